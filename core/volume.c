/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes: shown, made, resized, deleted; and who uses them. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_work_internal.h"
#include "core/secret.h"
#include "core/storage_internal.h"
#include "core/volume_device.h"
#include "storage/pool_block.h"
#include "storage/remote.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define RESIZE_LIMIT_MS 60000
#define NAMED_USERS	10 /* of a base with thousands of overlays */

char *volume_xml(struct manager *manager, const struct pool_row *pool, const struct volume *volume, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = -1;

	_cleanup_free_ char *key = strf("volume %s", volume->path);
	struct secret secret = { 0 };

	(void)pool;
	(void)err;
	if (volume->type == VOLUME_FILE)
		fd = open(volume->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	/* What its head says more; without it the row says enough. */
	bool read = fd >= 0 && image_read(fd, volume->path, volume->format, &image, NULL);

	/* An image does not say which secret opens it: as with libvirt it is the one that has its path as its usage. */
	bool known = volume->encrypted && secret_find(manager, key, &secret, NULL);
	char *text = volume_format(volume, read ? &image : NULL, known ? secret.uuid : NULL);

	secret_clear(&secret);
	return text;
}

/* ---- who uses it ---- */

void volume_users_free(struct volume_user *users, size_t count)
{
	for (size_t i = 0; users != NULL && i < count; i++)
		free(users[i].who);
	free(users);
}

bool volume_users(struct manager *manager, const struct volume *volume, struct volume_user **ret, size_t *ret_count,
		  struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };

	*ret = NULL;
	*ret_count = 0;
	if (!image_uses_load(manager, &uses, err))
		return false;
	volume_users_among(&uses, volume, ret, ret_count);
	return true;
}

void volume_users_among(const struct image_uses *uses, const struct volume *volume, struct volume_user **ret,
			size_t *ret_count)
{
	const struct image_use *use;
	struct stat st;
	bool there = remote_stat(volume->path, &st) == 0;
	size_t at = 0, more = 0;

	while (image_uses_next(uses, volume->path, there ? &st : NULL, &at) != NULL)
		more++;
	if (more == 0)
		return;
	*ret = xreallocarray(*ret, *ret_count + more, sizeof **ret);
	at = 0;
	while ((use = image_uses_next(uses, volume->path, there ? &st : NULL, &at)) != NULL)
		(*ret)[(*ret_count)++] = (struct volume_user){ .who = image_use_text(use), .running = use->running };
}

bool check_users(struct manager *manager, const struct volume *volume, const char *verb, bool above, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	_cleanup_strv_ char **who = NULL;
	const struct image_use *use;
	struct stat st;
	bool there = remote_stat(volume->path, &st) == 0;
	size_t at = 0, count = 0;

	if (!image_uses_load(manager, &uses, err))
		return false;
	while ((use = image_uses_next(&uses, volume->path, there ? &st : NULL, &at)) != NULL) {
		if (above && use->above == NULL)
			continue;
		if (count++ < NAMED_USERS)
			who = strv_take(who, image_use_text(use));
	}
	if (who == NULL)
		return true;
	if (count > NAMED_USERS)
		who = strv_addf(who, "and %zu more", count - NAMED_USERS);
	_cleanup_free_ char *text = strv_join(who, ", ");

	error_set(err, ERROR_BUSY, "cannot %s volume '%s': it is used by %s", verb, volume->name, text);
	return error_hint(err, "undefine or change what uses it first");
}

/* By another process than a machine of ours: QEMU's locks tell. */
static bool check_open(struct manager *manager, const struct volume *volume, const char *verb, struct error *err)
{
	_cleanup_close_ int fd = open(volume->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int pid = 0;

	if (volume->type == VOLUME_BLOCK && !block_check_free(volume, verb, err))
		return false;
	if (fd < 0 || !image_in_use(fd, true, &pid))
		return true;
	_cleanup_free_ char *holder = image_holder(manager, volume->path, pid);

	return error_set(err, ERROR_BUSY, "cannot %s volume '%s': it is in use by %s", verb, volume->name, holder);
}

/* ---- room ---- */

bool storage_room(const char *path, uint64_t bytes, struct error *err)
{
	_cleanup_free_ char *at = xstrdup(path);
	struct statvfs fs;

	while (statvfs(at, &fs) < 0) {
		char *slash = strrchr(at, '/');

		if (errno != ENOENT || slash == NULL)
			return error_set_errno(err, errno, "'%s'", path);
		if (slash == at)
			slash[1] = '\0';
		else
			*slash = '\0';
	}
	uint64_t available = (uint64_t)fs.f_bavail * fs.f_frsize;

	if (bytes <= available)
		return true;
	_cleanup_free_ char *need = size_format(bytes), *have = size_format(available),
			    *lack = size_format(bytes - available);

	return error_set(err, ERROR_FAILED, "'%s': no room for %s: %s are free, %s lack", path, need, have, lack);
}

/* ---- making ---- */

/* Room for what is taken at once; a raw volume takes all of its size where it does not say otherwise. */
static bool check_room(const struct pool_work *work, const struct volume_request *request, struct error *err)
{
	uint64_t bytes = request->allocation.set	? request->allocation.value
			 : request->format == IMAGE_RAW ? request->capacity.value
							: 0;

	if (pool_is_devices(work->row.type))
		return volume_device_room(work, request, err);
	if (work->row.type != POOL_DIR && work->row.type != POOL_FS && work->row.type != POOL_NETFS)
		return true;
	return bytes == 0 || storage_room(work->row.target, bytes, err);
}

/* An overlay needs its base to be there, and to be what it is said to be. */
static bool check_backing(const struct volume_request *request, struct error *err)
{
	if (request->backing_path == NULL)
		return true;
	if (request->backing_format == IMAGE_UNKNOWN) {
		error_set(err, ERROR_INVALID, "%s: the format of the backing file '%s' is not stated", request->source,
			  request->backing_path);
		return error_hint(err, "say it: <backingStore>...<format type='qcow2'/>, or --backing-vol-format");
	}
	return image_check_chain(request->backing_path, request->backing_format, err) ||
	       error_wrap(err, "backing file");
}

/* An overlay that says no size is as large as what it lies on. */
static bool settle_size(struct volume_request *request, struct error *err)
{
	_cleanup_close_ int fd = -1;
	_cleanup_image_ struct image image = { 0 };

	if (request->capacity.set || request->backing_path == NULL || request->backing_format == IMAGE_UNKNOWN)
		return volume_request_check_size(request, err);
	fd = open(request->backing_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return error_set_errno(err, errno, "backing file '%s'", request->backing_path);
	if (!image_read(fd, request->backing_path, request->backing_format, &image, err))
		return false;
	request->capacity.value = image.virtual_bytes;
	request->capacity.set = true;
	return true;
}

bool volume_request_secret(struct manager *manager, const struct volume_request *request, char **ret, struct error *err)
{
	_cleanup_free_ char *key = NULL;
	struct secret secret = { 0 };

	*ret = NULL;
	if (request->encryption == NULL)
		return true;
	key = request->secret_uuid != NULL ? xstrdup(request->secret_uuid) : strf("volume %s", request->secret_usage);
	if (!secret_find(manager, key, &secret, err))
		return false;
	*ret = secret_file(manager, &secret, err);
	secret_clear(&secret);
	return *ret != NULL;
}

/* What the driver left to be run becomes a job; else the volume is there and gets its row. */
static bool finish_create(struct manager *manager, struct pool_work *work, const struct volume_request *request,
			  struct volume *volume, char **argv, int64_t *ret_job, struct error *err)
{
	_cleanup_free_ char *subject = NULL, *unfinished = NULL;

	*ret_job = 0;
	if (argv == NULL && volume_row_put(manager, work->row.id, volume, err))
		return pool_work_refresh(manager, work, err);
	if (argv == NULL) {
		(void)work->driver->delete (work->pool, volume, NULL);
		return false;
	}
	subject = strf("%s/%s", work->row.name, volume->name);
	unfinished = volume_unfinished_path(volume->path);
	struct job_plan plan = {
		.kind = JOB_CREATE,
		.subject = subject,
		.argv = argv,
		.target = unfinished,
		.final = volume->path,
		.target_is_ours = true,
		.mode = request->permissions.mode,
		.owner = request->permissions.owner,
		.group = request->permissions.group,
		.bytes_total = request->capacity.value,
		.pool = work->row.name,
		.format = volume->format,
	};

	return job_start(manager, &plan, -1, ret_job, err);
}

bool check_not_made(struct manager *manager, const struct pool_work *work, const char *name, struct error *err)
{
	_cleanup_free_ char *path = work->driver->path != NULL ? work->driver->path(work->pool, name, err) : NULL;
	int64_t job = 0;

	if (work->driver->path == NULL)
		return true;
	if (path == NULL || !job_making(manager, path, &job, err))
		return false;
	if (job == 0)
		return true;
	error_set(err, ERROR_EXISTS, "volume '%s' exists already in pool '%s': job %" PRId64 " is making it", name,
		  work->row.name, job);
	return error_hint(err, "'virtty jobs' shows how far it is");
}

bool volume_create(struct manager *manager, const struct pool_row *pool, const char *source, const char *text,
		   size_t length, unsigned flags, struct volume *ret, int64_t *ret_job, struct error *err)
{
	_cleanup_volume_request_ struct volume_request request = { 0 };
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };
	_cleanup_free_ char *secret = NULL;
	_cleanup_strv_ char **argv = NULL;

	*ret = (struct volume){ 0 };
	if (!volume_request_parse(source, text, length, &request, err) || !job_reap(manager, err) ||
	    !pool_work_begin_active(manager, pool->id, &work, err))
		return false;
	if (work.driver->create == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "pool '%s' is of type %s: its server makes volumes",
				 work.row.name, enum_word(&pool_type_words, (int)work.row.type));
	request.metadata = flags & VOLUME_METADATA;
	/* The directory of the default pool may not be there yet. */
	if (!volume_name_check(work.row.type, request.name, err) || !settle_size(&request, err) ||
	    !volume_settle(&work, &request, err) || !check_backing(&request, err) ||
	    !volume_request_secret(manager, &request, &secret, err) || !pool_work_refresh(manager, &work, err) ||
	    !check_room(&work, &request, err))
		return false;
	if (!check_not_made(manager, &work, request.name, err))
		return false;
	if (!work.driver->create(work.pool, &request, secret, ret, &argv, err))
		return error_wrap(err, "cannot create volume '%s'", request.name);
	if (finish_create(manager, &work, &request, ret, argv, ret_job, err))
		return true;
	volume_clear(ret);
	return false;
}

char *volume_place(struct manager *manager, const struct pool_row *pool, const char *name, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	if (!pool_work_begin_active(manager, pool->id, &work, err))
		return NULL;
	if (work.driver->create != NULL && work.driver->path != NULL)
		return work.driver->path(work.pool, name, err);
	error_set(err, ERROR_UNSUPPORTED, "pool '%s' is of type %s: its server makes volumes", work.row.name,
		  enum_word(&pool_type_words, (int)work.row.type));
	return NULL;
}

bool volume_next_name(struct manager *manager, const struct pool_row *pool, char **ret, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	*ret = NULL;
	if (!pool_work_begin_active(manager, pool->id, &work, err))
		return false;
	if (work.driver->next_name == NULL)
		return true;
	*ret = work.driver->next_name(work.pool, err);
	return *ret != NULL;
}

/* ---- changing ---- */

/* A directory in a pool may be another pool's place: it goes with that one. */
static bool check_no_pool(struct manager *manager, const struct volume *volume, struct error *err)
{
	struct pool_row *rows = NULL;
	size_t count = 0;
	struct stat place, st;
	bool ok = true;

	if (volume->type != VOLUME_DIR || stat(volume->path, &st) < 0)
		return true;
	if (!pool_list(manager, &rows, &count, err))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		if (rows[i].target != NULL && stat(rows[i].target, &place) == 0 && place.st_dev == st.st_dev &&
		    place.st_ino == st.st_ino)
			ok = error_set(err, ERROR_BUSY, "cannot delete volume '%s': it is the place of pool '%s'", volume->name,
				       rows[i].name);
	pool_rows_free(rows, count);
	return ok;
}

bool volume_delete(struct manager *manager, const struct pool_row *pool, const struct volume *volume, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	/* Overlays that were made beside us count too. */
	storage_look_again(manager);
	if (!pool_work_begin_active(manager, pool->id, &work, err))
		return false;
	if (work.driver->delete == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "pool '%s' is of type %s: its server deletes volumes",
				 work.row.name, enum_word(&pool_type_words, (int)work.row.type));
	return pool_work_refresh(manager, &work, err) && check_no_pool(manager, volume, err) &&
	       check_users(manager, volume, "delete", false, err) && check_open(manager, volume, "delete", err) && work.driver->delete (work.pool, volume, err) &&
	       volume_row_delete(manager, work.row.id, volume->name, err) && pool_work_refresh(manager, &work, err);
}

static bool check_resize(const struct volume *volume, uint64_t bytes, unsigned flags, struct error *err)
{
	if (bytes >= volume->capacity || (flags & RESIZE_SHRINK))
		return true;
	_cleanup_free_ char *now = size_format(volume->capacity), *then = size_format(bytes);

	error_set(err, ERROR_INVALID, "volume '%s' would shrink from %s to %s: what lies beyond is lost", volume->name,
		  now, then);
	return error_hint(err, "--shrink says that this is meant");
}

/* qemu-img writes into an encrypted image with its key alone. */
static bool resize_encrypted(struct manager *manager, const struct volume *volume, uint64_t bytes, unsigned flags,
			     struct error *err)
{
	_cleanup_free_ char *secret = image_usual_secret(manager, volume->path);
	const struct image_source image = { volume->path, volume->format, secret };
	_cleanup_strv_ char **argv = NULL;

	if (secret == NULL) {
		error_set(err, ERROR_NOT_FOUND, "cannot resize volume '%s': it is encrypted, and no secret has the usage 'volume %s'",
			  volume->name, volume->path);
		return error_hint(err, "'virtty image-resize --secret' takes any");
	}
	argv = qemu_img_resize_image(&image, bytes, (flags & RESIZE_SHRINK) != 0, flags & RESIZE_ALLOCATE ? "falloc" : NULL);
	return qemu_img_run(argv, RESIZE_LIMIT_MS, NULL, err) || secret_explain(manager, argv, err);
}

bool volume_resize(struct manager *manager, const struct pool_row *pool, const struct volume *volume, uint64_t bytes,
		   unsigned flags, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	if (flags & RESIZE_DELTA)
		bytes = flags & RESIZE_SHRINK ? (bytes > volume->capacity ? 0 : volume->capacity - bytes)
					      : volume->capacity + bytes;
	if (!check_resize(volume, bytes, flags, err) || !pool_work_begin_active(manager, pool->id, &work, err))
		return false;
	if (work.driver->resize == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "pool '%s' is of type %s: its server resizes volumes",
				 work.row.name, enum_word(&pool_type_words, (int)work.row.type));
	if (!check_open(manager, volume, "resize", err))
		return image_runs_on(manager, volume->path)
			       ? error_hint(err, "'virtty blockresize' resizes the disk of a running machine")
			       : false;
	/* What stands on it would miss what is cut off. */
	if ((bytes < volume->capacity && !check_users(manager, volume, "shrink", true, err)) ||
	    (volume->type == VOLUME_FILE && !image_check_chain(volume->path, volume->format, err)))
		return false;
	if ((flags & RESIZE_ALLOCATE) && bytes > volume->capacity && volume->type != VOLUME_BLOCK &&
	    !storage_room(volume->path, bytes - volume->capacity, err))
		return false;
	bool resized = volume->type == VOLUME_FILE && volume->encrypted
			       ? resize_encrypted(manager, volume, bytes, flags, err)
			       : work.driver->resize(work.pool, volume, bytes, (flags & RESIZE_SHRINK) != 0,
						     (flags & RESIZE_ALLOCATE) != 0, err);

	return resized && pool_work_refresh(manager, &work, err);
}
