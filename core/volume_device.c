/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are block devices: made, filled, and taken away when that failed. */
#include "core/volume_device.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/pool_block.h"
#include "storage/qemu_img.h"

#include <stdlib.h>
#include <string.h>

bool pool_is_devices(enum pool_type type)
{
	return type == POOL_LOGICAL || type == POOL_DISK;
}

/* ---- whose it is ---- */

/* The group or disk that a pool is of; by a disk's own name, whatever link leads to it. Owned; NULL: neither. */
static char *source_of(const struct pool *pool)
{
	if (pool->type == POOL_LOGICAL)
		return xstrdup(pool->source_name);
	if (pool->type != POOL_DISK || pool->device_count == 0)
		return NULL;
	char *real = realpath(pool->devices[0].path, NULL);

	return real != NULL ? real : xstrdup(pool->devices[0].path);
}

/* Is the pool of that row of the same source? */
static bool has_source(struct manager *manager, const struct pool_row *row, const char *source, bool *ret,
		       struct error *err)
{
	_cleanup_free_ char *text = pool_xml(manager, row, true, err), *other = NULL;
	_cleanup_pool_ struct pool *pool = text != NULL ? pool_parse(row->name, text, strlen(text), err) : NULL;

	if (pool == NULL)
		return false;
	other = source_of(pool);
	*ret = text_equal(other, source);
	return true;
}

bool pool_check_source(struct manager *manager, const struct pool *pool, struct error *err)
{
	_cleanup_free_ char *source = source_of(pool);
	struct pool_row *rows = NULL;
	size_t count = 0;
	bool ok = true;

	if (source == NULL)
		return true;
	if (!pool_list(manager, &rows, &count, err))
		return false;
	for (size_t i = 0; ok && i < count; i++) {
		bool same = false;

		if (rows[i].type != pool->type || text_equal(rows[i].uuid, pool->uuid))
			continue;
		ok = has_source(manager, &rows[i], source, &same, err) &&
		     (!same ||
		      error_set(err, ERROR_EXISTS, "'%s' is what pool '%s' is of already", source, rows[i].name));
	}
	pool_rows_free(rows, count);
	return ok;
}

static bool find_owned(struct manager *manager, const char *path, struct volume *ret, struct pool_row *ret_pool,
		       struct error *err)
{
	if (!volume_find(manager, NULL, path, ret, ret_pool, err))
		return false;
	if (ret->type == VOLUME_BLOCK && pool_is_devices(ret_pool->type))
		return true;
	volume_clear(ret);
	pool_row_clear(ret_pool);
	return error_set(err, ERROR_UNSUPPORTED, "'%s' is no volume of a pool", path);
}

bool volume_device_owned(struct manager *manager, const char *path, uint64_t *ret_bytes)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };

	if (!find_owned(manager, path, &volume, &pool, NULL))
		return false;
	*ret_bytes = volume.allocation;
	volume_clear(&volume);
	pool_row_clear(&pool);
	return true;
}

bool volume_device_delete(struct manager *manager, const char *path, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };

	if (!find_owned(manager, path, &volume, &pool, err))
		return false;
	bool ok = volume_delete(manager, &pool, &volume, err);

	volume_clear(&volume);
	pool_row_clear(&pool);
	return ok;
}

/* ---- what is asked for ---- */

/* As libvirt has it: where a base is, what is not there yet is read through. */
static bool check_metadata(const struct volume_request *request, struct error *err)
{
	if (!request->metadata)
		return true;
	if (request->format != IMAGE_QCOW2)
		return error_set(err, ERROR_INVALID, "only volumes of format qcow2 have tables that can be written first");
	return request->backing_path == NULL ||
	       error_set(err, ERROR_INVALID, "a volume that lies on another cannot have its tables written first");
}

bool volume_settle(const struct pool_work *work, struct volume_request *request, struct error *err)
{
	if (request->is_partition && work->row.type != POOL_DISK)
		return error_set(err, ERROR_INVALID,
				 "%s: '%s' is what a partition holds: only pools of type disk have such volumes",
				 request->source, request->format_word);
	if (!pool_is_devices(work->row.type)) {
		volume_request_settle(request);
		return check_metadata(request, err);
	}
	if (request->metadata)
		return error_set(err, ERROR_UNSUPPORTED, "volumes of pool '%s' are devices, and have no tables to be written first",
				 work->row.name);
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
static char **convert_argv(struct manager *manager, const struct volume *from, const struct volume *made,
			   struct error *err)
{
	_cleanup_free_ char *secret = NULL;

	/* qemu-img opens whatever the source names. */
	if (!image_check_chain(from->path, from->format, err) || !volume_source_check(manager, from, &secret, err))
		return NULL;
	struct image_convert convert = {
		.source = from->path,
		.source_format = from->format,
		.source_secret_file = secret,
		.target = made->path,
		.target_exists = true,
		.target_zero = made->allocation == 0,
		.options = { .format = IMAGE_RAW },
	};

	return qemu_img_convert(&convert, err);
}

/* The device is in the job's row before it is made, and the job begins when it is there. */
static bool make_and_start(struct manager *manager, struct pool_work *work, const struct volume_request *request,
			   const struct volume *from, struct job_plan *plan, struct volume *ret, int64_t *ret_job,
			   struct error *err)
{
	_cleanup_strv_ char **argv = NULL;
	char **unused = NULL;

	if (!job_reserve(manager, plan, ret_job, err))
		return false;
	if (!work->driver->create(work->pool, request, NULL, ret, &unused, err)) {
		job_unreserve(manager, *ret_job);
		return false;
	}
	plan->volume_key = ret->key;
	plan->target = ret->path;
	plan->target_zero = ret->allocation == 0;
	plan->argv = argv = plan->kind == JOB_CONVERT ? convert_argv(manager, from, ret, err) : NULL;
	if ((plan->kind != JOB_CONVERT || argv != NULL) && job_start_reserved(manager, *ret_job, plan, err))
		return true;
	ret->unfinished = true;
	(void)work->driver->delete (work->pool, ret, NULL);
	job_unreserve(manager, *ret_job);
	volume_clear(ret);
	return false;
}

bool volume_device_copy(struct manager *manager, struct pool_work *work, struct volume_request *request,
			const struct volume *from, char **program, struct volume *ret, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = strf("%s/%s", work->row.name, request->name), *path = NULL;
	bool plain = from->format == IMAGE_RAW || from->format == IMAGE_ISO;

	if (request->backing_path != NULL)
		return error_set(err, ERROR_INVALID, "a copy has its contents from another volume, and none behind it");
	/* All of the source must fit, whatever smaller size was asked for. */
	if (request->capacity.value < from->capacity)
		request->capacity.value = from->capacity;
	request->unfinished = true;
	path = work->driver->path(work->pool, request->name, err);
	if (path == NULL || !pool_work_refresh(manager, work, err) || !volume_device_room(work, request, err))
		return false;
	struct job_plan plan = {
		.kind = plain ? JOB_CLONE : JOB_CONVERT,
		.subject = subject,
		.source = plain && program == NULL ? from->path : NULL,
		.source_argv = program,
		.target = path,
		.volume = request->name,
		.bytes_total = plain ? from->physical : from->capacity,
		.pool = work->row.name,
	};

	return make_and_start(manager, work, request, from, &plan, ret, ret_job, err);
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
				.type = VOLUME_BLOCK,
				.unfinished = true };
}

bool job_volume_finish(struct manager *manager, int64_t id, const struct job_plan *plan, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };
	struct job_plan finished = *plan;
	_cleanup_free_ char *text = NULL;
	struct volume volume;

	if (plan->volume == NULL)
		return true;
	volume = volume_of(plan);
	finished.volume = finished.volume_key = NULL;
	text = job_plan_text(&finished, false);
	/* From here on nobody takes it away, whatever becomes of us. */
	return begin(manager, plan, &work, err) &&
	       (work.driver->finish == NULL || work.driver->finish(work.pool, &volume, err)) &&
	       db_run(manager->db, NULL, err, "UPDATE job SET plan = ? WHERE id = ?", "si", text, id);
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
