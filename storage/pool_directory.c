/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes as the files of a directory: what is there, and how one is made, resized and deleted. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "storage/pool_drivers.h"
#include "storage/qemu_img.h"
#include "storage/remote.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define VOLUMES_LIMIT	  1000000
#define QEMU_IMG_LIMIT_MS 60000
#define CLOCK_TRIES	  10

/* ---- what is there ---- */

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct volume *)a)->name, ((const struct volume *)b)->name);
}

static const struct volume *find_known(const struct volume *known, size_t count, const char *name)
{
	struct volume key = { .name = (char *)(uintptr_t)name };

	return known != NULL ? bsearch(&key, known, count, sizeof *known, by_name) : NULL;
}

static int64_t mtime_ns(const struct stat *st)
{
	return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

/* The same file with the same head as when it was last looked at? */
static bool is_unchanged(const struct volume *known, const struct stat *st)
{
	return known->trouble == NULL && known->inode == st->st_ino && known->mtime_ns == mtime_ns(st) &&
	       known->physical == (uint64_t)st->st_size;
}

/* Does it read only what may be followed, and not itself? Longer circles are found when it is used. */
static bool check_names(const struct image *image, const struct volume *volume, struct error *err)
{
	struct stat st;

	if (!image_check_names(image, volume->path, err))
		return false;
	if (image->backing_file == NULL)
		return true;
	_cleanup_free_ char *below = image_backing_path(volume->path, image->backing_file);

	if (stat(below, &st) < 0 || st.st_ino != volume->inode)
		return true;
	struct stat own;

	return stat(volume->path, &own) < 0 || own.st_dev != st.st_dev || own.st_ino != st.st_ino ||
	       error_set(err, ERROR_INVALID, "'%s' is its own backing file", volume->path);
}

static void read_head(struct volume *volume, int directory, const struct volume *known)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = openat(directory, volume->name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0) {
		volume->trouble = xstrdup(strerror(errno));
		return;
	}
	if (known != NULL && known->stated)
		volume->format = known->format;
	volume->stated = known != NULL && known->stated;
	if (!image_read(fd, volume->path, volume->format, &image, &err)) {
		volume->trouble = xstrdup(error_text(&err));
		return;
	}
	volume->format = image.format;
	volume->capacity = image.virtual_bytes;
	volume->encrypted = image.encrypted;
	if (!check_names(&image, volume, &err)) {
		volume->trouble = xstrdup(error_text(&err));
		return;
	}
	if (image.backing_file != NULL)
		volume->backing_path = image_backing_path(volume->path, image.backing_file);
	volume->backing_format = image.backing_format;
}

static void take_over(struct volume *volume, const struct volume *known)
{
	volume->format = known->format;
	volume->stated = known->stated;
	volume->capacity = known->capacity;
	volume->encrypted = known->encrypted;
	volume->backing_path = xstrdup_null(known->backing_path);
	volume->backing_format = known->backing_format;
}

/* False: it is nothing that a pool shows. */
static bool look_at(const struct pool *pool, int directory, const char *name, const struct volume *known,
		    struct volume *ret)
{
	struct stat st;

	if (name[0] == '.' || fstatat(directory, name, &st, 0) < 0 ||
	    !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode) || S_ISDIR(st.st_mode)) ||
	    !volume_name_check(POOL_DIR, name, NULL))
		return false;
	*ret = (struct volume){
		.name = xstrdup(name),
		.path = strf("%s/%s", pool->target, name),
		.type = S_ISDIR(st.st_mode)   ? VOLUME_DIR
			: S_ISBLK(st.st_mode) ? VOLUME_BLOCK
					      : VOLUME_FILE,
		.inode = st.st_ino,
		.mtime_ns = mtime_ns(&st),
		.allocation = (uint64_t)st.st_blocks * 512,
		.physical = S_ISDIR(st.st_mode) ? 0 : (uint64_t)st.st_size,
	};
	ret->key = xstrdup(ret->path);
	if (S_ISDIR(st.st_mode))
		return true;
	if (known != NULL && is_unchanged(known, &st))
		take_over(ret, known);
	else
		read_head(ret, directory, known);
	return true;
}

static bool figures_of(const char *path, struct pool_figures *ret, struct error *err)
{
	struct statvfs fs;

	if (statvfs(path, &fs) < 0)
		return error_set_errno(err, errno, "'%s'", path);
	ret->capacity = (uint64_t)fs.f_blocks * fs.f_frsize;
	ret->allocation = ret->capacity - (uint64_t)fs.f_bfree * fs.f_frsize;
	ret->available = (uint64_t)fs.f_bavail * fs.f_frsize;
	return true;
}

static void close_directory(DIR **directory)
{
	if (*directory != NULL)
		closedir(*directory);
}

static bool read_directory(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
			   size_t *ret_count, struct pool_figures *ret_figures, struct error *err)
{
	_cleanup_(close_directory) DIR *directory = opendir(pool->target);
	struct volume *volumes = NULL;
	size_t count = 0, room = 0;
	const struct dirent *entry;

	if (directory == NULL)
		return error_set_errno(err, errno, "cannot read the pool's directory '%s'", pool->target);
	if (!figures_of(pool->target, ret_figures, err))
		return false;
	while ((entry = readdir(directory)) != NULL && count < VOLUMES_LIMIT) {
		if (count == room) {
			room = room == 0 ? 64 : room * 2;
			volumes = xreallocarray(volumes, room, sizeof *volumes);
		}
		if (look_at(pool, dirfd(directory), entry->d_name, find_known(known, known_count, entry->d_name),
			    &volumes[count]))
			count++;
	}
	if (count > 1)
		qsort(volumes, count, sizeof *volumes, by_name);
	*ret = volumes;
	*ret_count = count;
	return true;
}

bool directory_refresh(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
		       size_t *ret_count, struct pool_figures *ret_figures, struct error *err)
{
	/* A server may go away in the midst of it. */
	return remote_is(pool->target)
		       ? remote_refresh(read_directory, pool, known, known_count, ret, ret_count, ret_figures, err)
		       : read_directory(pool, known, known_count, ret, ret_count, ret_figures, err);
}

char *directory_path(const struct pool *pool, const char *name, struct error *err)
{
	return volume_name_check(pool->type, name, err) ? strf("%s/%s", pool->target, name) : NULL;
}

/* ---- what is made ---- */

static mode_t mode_of(const struct pool_permissions *permissions, mode_t otherwise)
{
	return permissions->mode != NULL ? (mode_t)strtoul(permissions->mode, NULL, 8) : otherwise;
}

static bool own(const char *path, int fd, const struct pool_permissions *permissions, struct error *err)
{
	int64_t owner = -1, group = -1;

	if (permissions->owner != NULL)
		(void)text_to_int(permissions->owner, &owner);
	if (permissions->group != NULL)
		(void)text_to_int(permissions->group, &group);
	if (owner < 0 && group < 0)
		return true;
	return fchown(fd, (uid_t)owner, (gid_t)group) == 0 ||
	       error_set_errno(err, errno, "cannot give '%s' to its owner", path);
}

bool directory_build(const struct pool *pool, bool overwrite, struct error *err)
{
	(void)overwrite; /* nothing that is there is touched */
	if (!directory_make(pool->target, mode_of(&pool->permissions, 0711), err))
		return false;
	_cleanup_close_ int fd = open(pool->target, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, errno, "'%s'", pool->target);
	if (pool->permissions.mode != NULL && fchmod(fd, mode_of(&pool->permissions, 0711)) < 0)
		return error_set_errno(err, errno, "cannot set the mode of '%s'", pool->target);
	return own(pool->target, fd, &pool->permissions, err);
}

/* Into its place, unless somebody was faster. */
static bool put_in_place(const char *made, const char *path, struct error *err)
{
	if (renameat2(AT_FDCWD, made, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
		return true;
	if (errno == EEXIST)
		return error_set(err, ERROR_EXISTS, "'%s' exists already", path);
	/* Some network file systems know no such rename: a link fails likewise when the name is taken. */
	if (errno == EINVAL && link(made, path) == 0 && unlink(made) == 0)
		return true;
	return error_set_errno(err, errno, "cannot put '%s' in its place", path);
}

static bool create_raw(const char *made, const struct volume_request *request, struct error *err)
{
	uint64_t allocation = request->allocation.set ? request->allocation.value : request->capacity.value;
	_cleanup_close_ int fd =
		open(made, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode_of(&request->permissions, 0600));

	if (fd < 0)
		return error_set_errno(err, errno, "cannot make '%s'", made);
	if (ftruncate(fd, (off_t)request->capacity.value) < 0)
		return error_set_errno(err, errno, "cannot make '%s' of %llu bytes", made,
				       (unsigned long long)request->capacity.value);
	if (allocation > request->capacity.value)
		allocation = request->capacity.value;
	/* Where the file system cannot allocate it stays sparse: writing zeroes would not keep its promise on such a
	 * one either. */
	if (allocation > 0 && fallocate(fd, 0, 0, (off_t)allocation) < 0 && errno != EOPNOTSUPP)
		return error_set_errno(err, errno, "cannot allocate %llu bytes for '%s'",
				       (unsigned long long)allocation, made);
	return own(made, fd, &request->permissions, err) &&
	       (fsync(fd) == 0 || error_set_errno(err, errno, "'%s'", made));
}

char **directory_create_argv(const char *made, const struct volume_request *request, const char *secret_file,
			     struct error *err)
{
	bool whole = request->allocation.set && request->allocation.value >= request->capacity.value &&
		     request->capacity.value > 0;
	struct image_options options = {
		.format = request->format,
		.size_bytes = request->capacity.value,
		.preallocation =
			whole && request->format == IMAGE_QCOW2 && request->backing_path == NULL ? "falloc"
			: request->metadata							 ? "metadata"
												 : NULL,
		.cluster_bytes = request->cluster_bytes.value,
		.lazy_refcounts = request->lazy_refcounts,
		.compat = request->compat,
		.backing_file = request->backing_path,
		.backing_format = request->backing_format,
		.secret_file = secret_file,
		.nocow = request->nocow,
	};

	char **argv = qemu_img_create(made, &options, err);

	if (argv == NULL)
		error_wrap(err, "%s:%ld: <volume>", request->source, xml_line(request->node));
	return argv;
}

/* qemu-img measures how long a LUKS key's derivation takes, and now and then sees no time pass: then it says so, and is
 * asked again. */
static bool make_image(char *const *argv, struct error *err)
{
	for (int tries = CLOCK_TRIES; tries > 1; tries--) {
		_cleanup_error_ struct error why = ERROR_INIT;

		if (qemu_img_run(argv, QEMU_IMG_LIMIT_MS, NULL, &why))
			return true;
		if (strstr(error_text(&why), "accurate CPU usage") == NULL)
			return error_move(err, &why);
	}
	return qemu_img_run(argv, QEMU_IMG_LIMIT_MS, NULL, err);
}

static bool run_create(const char *made, const struct volume_request *request, char **argv, struct error *err)
{
	if (!make_image(argv, err))
		return false;
	_cleanup_close_ int fd = open(made, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd < 0 || fchmod(fd, mode_of(&request->permissions, 0600)) < 0)
		return error_set_errno(err, errno, "'%s'", made);
	return own(made, fd, &request->permissions, err);
}

/* Only a qcow2 image whose clusters are all allocated takes long to make. */
static bool takes_long(const struct volume_request *request)
{
	return request->metadata || (request->format != IMAGE_RAW && request->allocation.set && request->allocation.value > 0);
}

bool directory_create(const struct pool *pool, const struct volume_request *request, const char *secret_file,
		      struct volume *ret, char ***ret_argv, struct error *err)
{
	_cleanup_free_ char *path = directory_path(pool, request->name, err), *made = NULL;
	_cleanup_strv_ char **argv = NULL;

	*ret_argv = NULL;
	if (path == NULL)
		return false;
	if (path_exists(path))
		return error_set(err, ERROR_EXISTS, "volume '%s' exists already in pool '%s'", request->name,
				 pool->name);
	made = volume_unfinished_path(path);
	if (request->format != IMAGE_RAW && !(argv = directory_create_argv(made, request, secret_file, err)))
		return false;
	if (argv != NULL && takes_long(request)) {
		*ret_argv = TAKE_POINTER(argv);
	} else if (!(argv == NULL ? create_raw(made, request, err) : run_create(made, request, argv, err)) ||
		   !put_in_place(made, path, err)) {
		(void)unlink(made);
		return false;
	}
	*ret = (struct volume){ .name = xstrdup(request->name),
				.key = xstrdup(path),
				.path = xstrdup(path),
				.type = VOLUME_FILE,
				.format = request->format,
				.stated = true,
				.capacity = request->capacity.value,
				.backing_path = xstrdup_null(request->backing_path),
				.backing_format = request->backing_format,
				.encrypted = secret_file != NULL };
	return true;
}

bool directory_delete(const struct pool *pool, const struct volume *volume, struct error *err)
{
	(void)pool;
	if (volume->type == VOLUME_DIR ? rmdir(volume->path) == 0 : unlink(volume->path) == 0)
		return true;
	if (errno == ENOENT)
		return true;
	return error_set_errno(err, errno, "cannot delete '%s'", volume->path);
}

bool directory_resize(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
		      struct error *err)
{
	_cleanup_strv_ char **argv = NULL;

	(void)pool;
	if (volume->type != VOLUME_FILE)
		return error_set(err, ERROR_UNSUPPORTED, "volume '%s' is not a file, and cannot be resized",
				 volume->name);
	argv = qemu_img_resize(volume->path, volume->format, bytes, shrink, allocate ? "falloc" : NULL);
	return qemu_img_run(argv, QEMU_IMG_LIMIT_MS, NULL, err);
}

/* ---- pools of type dir ---- */

static bool dir_check(const struct pool *pool, bool *ret_active, struct error *err)
{
	struct stat st;

	(void)err;
	*ret_active = stat(pool->target, &st) == 0 && S_ISDIR(st.st_mode);
	return true;
}

static bool dir_start(const struct pool *pool, struct error *err)
{
	struct stat st;

	if (stat(pool->target, &st) < 0) {
		error_set_errno(err, errno, "cannot start pool '%s': '%s'", pool->name, pool->target);
		return error_hint(err, "'virtty pool-build %s' makes the directory, and so does --build", pool->name);
	}
	if (!S_ISDIR(st.st_mode))
		return error_set(err, ERROR_INVALID, "cannot start pool '%s': '%s' is not a directory", pool->name,
				 pool->target);
	return true;
}

static bool dir_stop(const struct pool *pool, struct error *err)
{
	(void)pool;
	(void)err;
	return true;
}

static bool dir_remove(const struct pool *pool, struct error *err)
{
	if (rmdir(pool->target) == 0 || errno == ENOENT)
		return true;
	return error_set_errno(err, errno, "cannot delete the directory '%s' of pool '%s'", pool->target, pool->name);
}

const struct pool_driver pool_dir = {
	.type = POOL_DIR,
	.check = dir_check,
	.build = directory_build,
	.start = dir_start,
	.stop = dir_stop,
	.remove = dir_remove,
	.refresh = directory_refresh,
	.path = directory_path,
	.create = directory_create,
	.delete = directory_delete,
	.resize = directory_resize,
};
