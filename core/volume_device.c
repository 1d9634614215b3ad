/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are block devices: made, filled, and taken away when that failed. */
#include "core/volume_device.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/pool_block.h"
#include "storage/qemu_img.h"

bool pool_is_devices(enum pool_type type)
{
	return type == POOL_LOGICAL || type == POOL_DISK;
}

bool volume_settle(const struct pool_work *work, struct volume_request *request, struct error *err)
{
	if (request->is_partition && work->row.type != POOL_DISK)
		return error_set(err, ERROR_INVALID,
				 "%s: '%s' is what a partition holds: only pools of type disk have such volumes",
				 request->source, request->format_word);
	if (!pool_is_devices(work->row.type)) {
		volume_request_settle(request);
		return true;
	}
	if (request->format == IMAGE_UNKNOWN)
		request->format = IMAGE_RAW;
	/* What can be behind a device is a device of the same pool. */
	if (request->backing_path != NULL && request->backing_format == IMAGE_UNKNOWN)
		request->backing_format = IMAGE_RAW;
	return block_request_check(work->pool, request, err);
}

bool volume_device_room(const struct pool_work *work, const struct volume_request *request, struct error *err)
{
	_cleanup_free_ char *where = strf("pool '%s'", work->row.name);
	uint64_t bytes = request->allocation.set && request->allocation.value < request->capacity.value
				 ? request->allocation.value
				 : request->capacity.value;

	/* What a snapshot takes depends on what it is one of: its driver judges. */
	return request->backing_path != NULL || block_room(where, bytes, work->row.figures.available, err);
}

/* ---- copies ---- */

/* The image's contents into a device that is there. Owned argv; NULL on error. */
static char **convert_argv(struct manager *manager, const struct volume *from, const char *device, struct error *err)
{
	_cleanup_free_ char *secret = NULL;

	/* qemu-img opens whatever the source names. */
	if (!image_check_chain(from->path, from->format, err) || !volume_source_check(manager, from, &secret, err))
		return NULL;
	struct image_convert convert = {
		.source = from->path,
		.source_format = from->format,
		.source_secret_file = secret,
		.target = device,
		.target_exists = true,
		.options = { .format = IMAGE_RAW },
	};

	return qemu_img_convert(&convert, err);
}

static bool start_job(struct manager *manager, struct pool_work *work, const struct volume *made,
		      const struct volume *from, char **program, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = strf("%s/%s", work->row.name, made->name);
	_cleanup_strv_ char **argv = NULL;
	bool plain = from->format == IMAGE_RAW || from->format == IMAGE_ISO;

	if (!plain && (argv = convert_argv(manager, from, made->path, err)) == NULL)
		return false;
	struct job_plan plan = {
		.kind = plain ? JOB_CLONE : JOB_CONVERT,
		.subject = subject,
		.argv = argv,
		.source = plain && program == NULL ? from->path : NULL,
		.source_argv = program,
		.target = made->path,
		.volume = made->name,
		.volume_key = made->key,
		.bytes_total = plain ? from->physical : from->capacity,
		.pool = work->row.name,
	};

	return job_start(manager, &plan, -1, ret_job, err);
}

bool volume_device_copy(struct manager *manager, struct pool_work *work, struct volume_request *request,
			const struct volume *from, char **program, struct volume *ret, int64_t *ret_job, struct error *err)
{
	char **argv = NULL;

	if (request->backing_path != NULL)
		return error_set(err, ERROR_INVALID, "a copy has its contents from another volume, and none behind it");
	/* All of the source must fit, whatever smaller size was asked for. */
	if (request->capacity.value < from->capacity)
		request->capacity.value = from->capacity;
	request->unfinished = true;
	if (!pool_work_refresh(manager, work, err) || !volume_device_room(work, request, err) ||
	    !work->driver->create(work->pool, request, NULL, ret, &argv, err))
		return false;
	if (start_job(manager, work, ret, from, program, ret_job, err))
		return true;
	(void)work->driver->delete (work->pool, ret, NULL);
	volume_clear(ret);
	return false;
}

bool volume_device_whole(struct manager *manager, const struct volume *volume, struct error *err)
{
	int64_t id = 0;

	if (volume->type != VOLUME_BLOCK)
		return true;
	/* What a dead job left half filled goes first. */
	if (!job_reap(manager, err) || !job_making(manager, volume->path, &id, err))
		return false;
	if (id == 0)
		return true;
	error_set(err, ERROR_BUSY, "volume '%s' is being filled by job %lld", volume->name, (long long)id);
	return error_hint(err, "'virtty jobs' shows how far it is");
}

/* ---- the end of a job ---- */

static bool begin(struct manager *manager, const struct job_plan *plan, struct pool_work *ret, struct error *err)
{
	struct pool_row row = { 0 };
	bool ok = pool_find(manager, plan->pool, &row, err) && pool_work_begin(manager, row.id, ret, err);

	pool_row_clear(&row);
	return ok;
}

/* As far as a driver needs to know it: borrowed from the plan. */
static struct volume volume_of(const struct job_plan *plan)
{
	return (struct volume){ .name = (char *)(uintptr_t)plan->volume,
				.key = (char *)(uintptr_t)plan->volume_key,
				.path = (char *)(uintptr_t)plan->target,
				.type = VOLUME_BLOCK };
}

bool job_volume_finish(struct manager *manager, const struct job_plan *plan, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };
	struct volume volume;

	if (plan->volume == NULL)
		return true;
	volume = volume_of(plan);
	return begin(manager, plan, &work, err) &&
	       (work.driver->finish == NULL || work.driver->finish(work.pool, &volume, err));
}

void job_volume_remove(struct manager *manager, const struct job_plan *plan)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };
	_cleanup_error_ struct error ignored = ERROR_INIT;
	struct volume volume;

	if (plan->volume == NULL || plan->pool == NULL || !begin(manager, plan, &work, &ignored))
		return;
	volume = volume_of(plan);
	if (work.driver->delete (work.pool, &volume, &ignored) && work.row.active)
		(void)pool_work_refresh(manager, &work, &ignored);
}
