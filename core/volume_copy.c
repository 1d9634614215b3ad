/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume's contents: cloned, converted, carried in and out, wiped. Each is a job. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_work_internal.h"
#include "core/storage_internal.h"
#include "core/volume_device.h"
#include "storage/pool_block.h"
#include "storage/qemu_img.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Somebody who writes it meanwhile would make the copy a mixture. */
static bool check_quiet(struct manager *manager, const struct volume *volume, const char *verb, bool writing, struct error *err)
{
	_cleanup_close_ int fd = open(volume->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int pid = 0;

	if (volume->type == VOLUME_NETWORK)
		return true; /* volume_program() asks */
	if (fd < 0)
		return error_set_errno(err, errno, "cannot %s volume '%s'", verb, volume->name);
	if (volume->type == VOLUME_BLOCK && !block_check_free(volume, verb, err))
		return false;
	if (!image_in_use(fd, writing, &pid))
		return true;
	_cleanup_free_ char *holder = image_holder(manager, volume->path, pid);

	error_set(err, ERROR_BUSY, "cannot %s volume '%s': it is in use by %s", verb, volume->name, holder);
	return error_hint(err, "shut the machine down first");
}

static bool check_file(const struct volume *volume, const char *verb, struct error *err)
{
	/* A device that is not there as it should be, or no disk. */
	if (volume->type == VOLUME_BLOCK && volume->trouble != NULL)
		return error_set(err, ERROR_STATE, "cannot %s volume '%s': %s", verb, volume->name, volume->trouble);
	if (volume->type != VOLUME_DIR)
		return true;
	return error_set(err, ERROR_UNSUPPORTED, "cannot %s volume '%s': it is a %s", verb, volume->name,
			 enum_word(&volume_type_words, (int)volume->type));
}

/* ---- copies ---- */

/* The same bytes do: same format, nothing that the copy would have to be told of. What is encrypted stays so, by the same
 * passphrase. */
static bool is_plain_copy(const struct volume_request *request, const struct volume *from)
{
	return !request->compress && !request->metadata && request->format == from->format && from->backing_path == NULL &&
	       request->backing_path == NULL && request->encryption == NULL && request->compat == NULL && !request->cluster_bytes.set;
}

/* More than the source holds is added at its end; 0: nothing is. */
static uint64_t enlarge_bytes(const struct volume_request *request, const struct volume *from)
{
	return request->capacity.set && request->capacity.value > from->capacity ? request->capacity.value : 0;
}

/* As much as the source holds now is what the copy will take at least. */
static bool check_room(const struct pool_work *work, const struct volume *from, bool reflink_only, struct error *err)
{
	uint64_t bytes = from->allocation;
	struct stat st;

	if (stat(from->path, &st) == 0 && S_ISREG(st.st_mode))
		bytes = (uint64_t)st.st_blocks * 512;
	return reflink_only || work->row.target == NULL || storage_room(work->row.target, bytes, err);
}

bool volume_source_check(struct manager *manager, const struct volume *from, char **ret_secret, struct error *err)
{
	const struct image_name name = { .path = from->path, .format = from->format };

	if (from->type == VOLUME_NETWORK)
		return true;
	if (!image_chain_check(manager, &name, "copy", NULL, NULL, err))
		return false;
	*ret_secret = from->encrypted ? image_usual_secret(manager, from->path) : NULL;
	if (!from->encrypted || *ret_secret != NULL)
		return true;
	error_set(err, ERROR_NOT_FOUND, "volume '%s' is encrypted, and no secret has the usage 'volume %s'", from->name,
		  from->path);
	return error_hint(err, "'virtty secret-define' makes one; 'virtty image-convert --secret' takes any");
}

static char **convert_argv(struct manager *manager, const struct volume_request *request, const struct pool_row *from_pool,
			   const struct volume *from, const char *made, struct error *err)
{
	_cleanup_free_ char *source_secret = NULL, *secret = NULL, *name = NULL, *login = NULL;

	if (!image_check_delta(from->path, from->backing_path, request->backing_path, err) ||
	    !volume_source_check(manager, from, &source_secret, err) || !volume_image(manager, from_pool, from, &name, &login, err) ||
	    !volume_request_secret(manager, request, &secret, err))
		return NULL;
	struct image_convert convert = {
		.source = name != NULL ? name : from->path,
		.source_login_file = login,
		.source_format = from->format,
		.source_secret_file = source_secret,
		.target = made,
		.compress = request->compress,
		.options = { .format = request->format,
			     .preallocation = request->metadata ? "metadata" : NULL,
			     .compat = request->compat,
			     .cluster_bytes = request->cluster_bytes.value,
			     .lazy_refcounts = request->lazy_refcounts,
			     .backing_file = request->backing_path,
			     .backing_format = request->backing_format,
			     .secret_file = secret,
			     .nocow = request->nocow },
	};

	return qemu_img_convert(&convert, err);
}

static bool start_copy(struct manager *manager, struct pool_work *work, const struct volume_request *request,
		       const struct pool_row *from_pool, const struct volume *from, struct volume *ret, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *path = work->driver->path(work->pool, request->name, err), *made = NULL, *subject = NULL;
	_cleanup_strv_ char **argv = NULL;
	bool plain = from->type != VOLUME_NETWORK && is_plain_copy(request, from);

	if (path == NULL)
		return false;
	if (path_exists(path))
		return error_set(err, ERROR_EXISTS, "volume '%s' exists already in pool '%s'", request->name,
				 work->row.name);
	/* qemu-img opens whatever the source names, and so would a machine with the copy. */
	if (!check_not_made(manager, work, request->name, err) ||
	    (from->type != VOLUME_NETWORK && !image_check_chain(from->path, from->format, err)))
		return false;
	made = volume_unfinished_path(path);
	if (!plain && !(argv = convert_argv(manager, request, from_pool, from, made, err)))
		return false;
	subject = strf("%s/%s", work->row.name, request->name);
	struct job_plan plan = {
		.kind = plain ? JOB_CLONE : JOB_CONVERT,
		.subject = subject,
		.argv = argv,
		.source = plain ? from->path : NULL,
		.target = made,
		.final = path,
		.target_is_ours = true,
		.mode = request->permissions.mode,
		.owner = request->permissions.owner,
		.group = request->permissions.group,
		.bytes_total = plain ? from->physical : from->capacity,
		.format = request->format,
		.pool = work->row.name,
		.size_bytes = enlarge_bytes(request, from),
	};

	if (plan.size_bytes != 0 && (request->encryption != NULL || (plain && from->encrypted))) {
		error_set(err, ERROR_UNSUPPORTED, "volume '%s': an encrypted copy cannot be larger than '%s' at once",
			  request->name, from->name);
		return error_hint(err, "'virtty vol-resize' makes it larger afterwards");
	}
	/* What a killed one left under this name is nobody's: all live jobs are known. */
	(void)unlink(made);
	if (!job_start(manager, &plan, -1, ret_job, err))
		return false;
	*ret = (struct volume){ .name = xstrdup(request->name),
				.key = xstrdup(path),
				.path = xstrdup(path),
				.type = VOLUME_FILE,
				.format = request->format,
				.stated = true,
				.capacity = plan.size_bytes != 0 ? plan.size_bytes : from->capacity };
	return true;
}

static bool check_no_reflink(const struct pool_work *work, bool reflink_only, struct error *err)
{
	return !reflink_only ||
	       error_set(err, ERROR_UNSUPPORTED, "volumes of pool '%s' are devices, and share no blocks",
			 work->row.name);
}

bool volume_create_from(struct manager *manager, const struct pool_row *pool, const char *source, const char *text,
			size_t length, const struct pool_row *from_pool, const struct volume *from, unsigned flags,
			struct volume *ret, int64_t *ret_job, struct error *err)
{
	_cleanup_volume_request_ struct volume_request request = { 0 };
	_cleanup_strv_ char **program = NULL;
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	*ret = (struct volume){ 0 };
	*ret_job = 0;
	if (!volume_request_parse(source, text, length, &request, err) || !job_reap(manager, err) ||
	    !pool_work_begin_active(manager, pool->id, &work, err))
		return false;
	request.compress = flags & COPY_COMPRESS;
	request.metadata = flags & VOLUME_METADATA;
	if (work.driver->path == NULL || work.driver->create == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "volumes of pools of type %s cannot be made from others yet",
				 enum_word(&pool_type_words, (int)work.row.type));
	if (!check_file(from, "copy", err) || !check_quiet(manager, from, "copy", false, err) ||
	    !volume_name_check(work.row.type, request.name, err))
		return false;
	if (pool_is_devices(work.row.type) && !volume_program(manager, from_pool, from, false, 0, 0, &program, err))
		return false;
	if (pool_is_devices(work.row.type))
		return check_no_reflink(&work, flags & COPY_REFLINK, err) && volume_settle(&work, &request, err) &&
		       volume_device_copy(manager, &work, &request, from, program, ret, ret_job, err);
	if (request.format == IMAGE_UNKNOWN && !request.is_partition)
		request.format = from->format;
	/* The directory of the default pool may not be there yet. */
	return volume_settle(&work, &request, err) && pool_work_refresh(manager, &work, err) &&
	       check_room(&work, from, flags & COPY_REFLINK, err) &&
	       start_copy(manager, &work, &request, from_pool, from, ret, ret_job, err);
}

/* ---- in and out ---- */

/* What is handed over holds so much from where it stands; false: that cannot be known. */
static bool bytes_left(int fd, struct stat *ret_st, uint64_t *ret)
{
	off_t at = lseek(fd, 0, SEEK_CUR);

	if (fstat(fd, ret_st) < 0 || !S_ISREG(ret_st->st_mode))
		return false;
	*ret = at < 0 ? (uint64_t)ret_st->st_size : at < ret_st->st_size ? (uint64_t)(ret_st->st_size - at) : 0;
	return true;
}

/* Neither a device nor a raw disk grows by what is written into it: what is known to be too much is not begun. */
static bool check_fits(const struct volume *volume, uint64_t offset, uint64_t length, struct error *err)
{
	uint64_t room = offset < volume->capacity ? volume->capacity - offset : 0;

	if ((volume->type != VOLUME_BLOCK && (volume->type != VOLUME_FILE || volume->format != IMAGE_RAW)) || length <= room)
		return true;
	_cleanup_free_ char *wanted = size_format(length), *there = size_format(room);

	error_set(err, ERROR_INVALID, "cannot upload to volume '%s': %s do not fit into %s: only %" PRIu64 " bytes are there",
		  volume->name, wanted, there, volume->capacity);
	return volume->type == VOLUME_BLOCK ? false : error_hint(err, "'virtty vol-resize' makes it larger");
}

/* What is not allocated yet has to be found: at least as much as the file holds more than the volume does. */
static bool check_upload_room(const struct volume *volume, const struct stat *from, uint64_t length, struct error *err)
{
	uint64_t bytes = (uint64_t)from->st_blocks * 512, there;
	struct stat st;

	if (volume->type != VOLUME_FILE || stat(volume->path, &st) < 0)
		return true;
	there = (uint64_t)st.st_blocks * 512;
	bytes = bytes < length ? bytes : length;
	return bytes <= there || storage_room(volume->path, bytes - there, err);
}

bool volume_upload(struct manager *manager, const struct pool_row *pool, const struct volume *volume, int fd,
		   uint64_t offset, uint64_t length, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = strf("%s/%s", pool->name, volume->name);
	_cleanup_strv_ char **program = NULL;
	uint64_t total = length, left = 0;
	struct stat st;

	if (!pool_check_active(pool, err))
		return false;
	bool known = bytes_left(fd, &st, &left);

	if (length == 0)
		total = left;
	if (!volume_program(manager, pool, volume, true, offset, length, &program, err))
		return error_wrap(err, "cannot upload");
	struct job_plan plan = { .kind = JOB_UPLOAD,
				 .subject = subject,
				 .target = program == NULL ? volume->path : NULL,
				 .target_argv = program,
				 .target_offset = offset,
				 .length = length,
				 .bytes_total = total,
				 .pool = pool->name };

	return job_reap(manager, err) && check_file(volume, "upload to", err) &&
	       check_fits(volume, offset, total, err) && check_users(manager, volume, "upload to", true, err) &&
	       check_quiet(manager, volume, "upload to", true, err) &&
	       (!known || check_upload_room(volume, &st, total, err)) && job_start(manager, &plan, fd, ret_job, err);
}

/* Beyond the end there is nothing, and an empty file would look like an answer. */
static bool check_begins_inside(const struct volume *volume, uint64_t offset, struct error *err)
{
	uint64_t end = volume->capacity;
	struct stat st;

	if (volume->type == VOLUME_FILE && stat(volume->path, &st) == 0)
		end = (uint64_t)st.st_size;
	return offset == 0 || offset < end ||
	       error_set(err, ERROR_INVALID, "cannot download volume '%s' from byte %" PRIu64 ": it has only %" PRIu64 " bytes",
			 volume->name, offset, end);
}

bool volume_download_begin(struct manager *manager, const struct pool_row *pool, const struct volume *volume,
			   const struct volume_target *target, uint64_t offset, uint64_t length, int64_t *ret_job,
			   struct error *err)
{
	_cleanup_free_ char *subject = strf("%s/%s", pool->name, volume->name);
	_cleanup_strv_ char **program = NULL;

	if (!pool_check_active(pool, err) || !check_begins_inside(volume, offset, err))
		return false;
	if (!volume_program(manager, pool, volume, false, offset, length, &program, err))
		return error_wrap(err, "cannot download");
	struct job_plan plan = { .kind = JOB_DOWNLOAD,
				 .subject = subject,
				 .source = program == NULL ? volume->path : NULL,
				 .source_argv = program,
				 .source_offset = program == NULL ? offset : 0,
				 .target = target->unfinished,
				 .final = target->final,
				 .target_is_ours = target->unfinished != NULL,
				 .replace = target->unfinished != NULL,
				 .mode = target->mode,
				 .owner = target->owner,
				 .group = target->group,
				 .length = length,
				 .bytes_total = length != 0 ? length : volume->physical };

	return job_reap(manager, err) && check_file(volume, "download", err) &&
	       check_quiet(manager, volume, "download", false, err) && job_start(manager, &plan, target->fd, ret_job, err);
}

bool volume_wipe(struct manager *manager, const struct pool_row *pool, const struct volume *volume,
		 const char *algorithm, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = strf("%s/%s", pool->name, volume->name);
	_cleanup_strv_ char **program = NULL;

	if (!pool_check_active(pool, err))
		return false;
	if (!volume_program(manager, pool, volume, true, 0, 0, &program, err))
		return error_wrap(err, "cannot wipe");
	struct job_plan plan = { .kind = JOB_WIPE,
				 .subject = subject,
				 .source = program != NULL ? "/dev/zero" : NULL,
				 .target = program == NULL ? volume->path : NULL,
				 .target_argv = program,
				 .length = program != NULL ? volume->capacity : 0,
				 .bytes_total = volume->physical,
				 .pool = pool->name,
				 .wipe_passes = 1 };

	if (algorithm != NULL && !text_equal(algorithm, "zero")) {
		error_set(err, ERROR_UNSUPPORTED, "wiping by '%s' is not supported", algorithm);
		return error_hint(err,
				  "zero overwrites once; of more passes nothing is known to come on today's disks");
	}
	return job_reap(manager, err) && check_file(volume, "wipe", err) &&
	       check_users(manager, volume, "wipe", true, err) && check_quiet(manager, volume, "wipe", true, err) &&
	       job_start(manager, &plan, -1, ret_job, err);
}
