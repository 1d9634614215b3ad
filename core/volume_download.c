/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A volume's bytes carried out: into a file that is nobody's disk, which is whole or not there. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_work_internal.h"
#include "core/storage_internal.h"
#include "storage/pool_block.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool volume_download(struct manager *manager, const struct pool_row *pool, const struct volume *volume, int fd,
		     uint64_t offset, uint64_t length, bool sparse, int64_t *ret_job, struct error *err)
{
	struct volume_target target = { .fd = fd };

	(void)sparse; /* a file that can be sought in gets its holes in any case */
	return volume_download_begin(manager, pool, volume, &target, offset, length, ret_job, err);
}

/* ---- whose the file is ---- */

static bool is_same_file(const char *path, const struct stat *st)
{
	struct stat other;

	if (stat(path, &other) < 0)
		return false;
	return S_ISBLK(st->st_mode) ? S_ISBLK(other.st_mode) && other.st_rdev == st->st_rdev
				    : other.st_dev == st->st_dev && other.st_ino == st->st_ino;
}

/* The volume that a file is, under whatever name: "pool/volume"; NULL: none. Owned. */
static bool volume_of_file(struct manager *manager, const char *file, const struct stat *st, char **ret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT pool.name || '/' || volume.name, volume.path FROM volume JOIN pool ON pool.id = volume.pool_id"
				     " WHERE volume.path = ?1 OR volume.inode = ?2 OR volume.type = 'block'",
				     "si", file, (int64_t)st->st_ino);
	bool found = true;

	*ret = NULL;
	while (row != NULL && found && *ret == NULL) {
		if (!db_step(manager->db, row, &found, err))
			return false;
		if (found && is_same_file((const char *)sqlite3_column_text(row, 1), st))
			*ret = db_text(row, 0);
	}
	if (row != NULL && found)
		sqlite3_reset(row);
	return row != NULL;
}

static bool check_unused(struct manager *manager, const char *file, const struct stat *st, struct error *err)
{
	_cleanup_image_uses_ struct image_uses uses = { 0 };
	_cleanup_free_ char *who = NULL, *volume = NULL;
	const struct image_use *use;
	size_t at = 0;

	storage_look_again(manager);
	if (!image_uses_load(manager, &uses, err))
		return false;
	if ((use = image_uses_next(&uses, file, st, &at)) != NULL) {
		who = image_use_text(use);
		return error_set(err, ERROR_BUSY, "cannot overwrite '%s': it is used by %s", file, who);
	}
	if (!volume_of_file(manager, file, st, &volume, err))
		return false;
	if (volume != NULL) {
		error_set(err, ERROR_EXISTS, "cannot overwrite '%s': it is the volume '%s'", file, volume);
		return error_hint(err, "'virtty vol-clone' copies a volume, 'virtty vol-upload' writes into one");
	}
	if (S_ISBLK(st->st_mode)) {
		const struct volume device = { .name = (char *)file, .path = (char *)file, .type = VOLUME_BLOCK };

		if (!block_check_free(&device, "overwrite", err))
			return false;
	}
	return image_check_free(manager, file, "overwrite", true, err);
}

/* Nothing is opened for writing before this has been asked. */
static bool check_target(struct manager *manager, const struct volume *volume, const char *file, const struct stat *st,
			 struct error *err)
{
	if (volume->type != VOLUME_NETWORK && is_same_file(volume->path, st))
		return error_set(err, ERROR_INVALID, "cannot download volume '%s' to '%s': that is the volume itself", volume->name,
				 file);
	return (!S_ISREG(st->st_mode) && !S_ISBLK(st->st_mode)) || check_unused(manager, file, st, err);
}

static bool check_not_making(struct manager *manager, const char *file, struct error *err)
{
	int64_t job = 0;

	if (!job_making(manager, file, &job, err))
		return false;
	return job == 0 || error_set(err, ERROR_BUSY, "cannot write '%s': job %" PRId64 " is making it", file, job);
}

/* ---- where it goes ---- */

/* The file that a name leads to, or will be: absolute, and no link where it is there. Owned. */
static char *place_of(const char *file, struct error *err)
{
	const char *slash = strrchr(file, '/');
	_cleanup_free_ char *whole = realpath(file, NULL), *directory = NULL, *place = NULL;

	if (whole != NULL)
		return TAKE_POINTER(whole);
	directory = slash == NULL ? xstrdup(".") : slash == file ? xstrdup("/") : xstrndup(file, (size_t)(slash - file));
	place = realpath(directory, NULL);
	if (place == NULL || (slash != NULL && slash[1] == '\0')) {
		error_set_errno(err, place == NULL ? errno : EISDIR, "cannot write '%s'", file);
		return NULL;
	}
	return strf("%s/%s", text_equal(place, "/") ? "" : place, slash != NULL ? slash + 1 : file);
}

/* What a file has that is replaced, or what any new one gets. */
static void take_manners(const struct stat *st, bool there, struct volume_target *ret)
{
	mode_t mask = there ? 0 : umask(022);

	if (!there)
		(void)umask(mask);
	ret->mode = strf("%04o", there ? (unsigned)st->st_mode & 07777u : 0666u & ~(unsigned)mask);
	if (there && geteuid() == 0) {
		ret->owner = strf("%u", (unsigned)st->st_uid);
		ret->group = strf("%u", (unsigned)st->st_gid);
	}
}

static void target_clear(struct volume_target *target)
{
	free(target->unfinished);
	free(target->final);
	free(target->mode);
	free(target->owner);
	free(target->group);
	if (target->fd >= 0)
		close(target->fd);
}

static bool open_target(struct manager *manager, const struct volume *volume, const char *file, struct volume_target *ret,
			struct error *err)
{
	_cleanup_free_ char *place = place_of(file, err);
	struct stat st;
	bool there;

	if (place == NULL)
		return false;
	there = stat(place, &st) == 0;
	if (there && S_ISDIR(st.st_mode))
		return error_set_errno(err, EISDIR, "cannot write '%s'", file);
	if ((there && !check_target(manager, volume, place, &st, err)) || !check_not_making(manager, place, err))
		return false;
	if (there && !S_ISREG(st.st_mode)) {
		ret->fd = open(place, O_WRONLY | O_CLOEXEC | O_NOCTTY);
		return ret->fd >= 0 || error_set_errno(err, errno, "cannot write '%s'", file);
	}
	if (there && access(place, W_OK) < 0)
		return error_set_errno(err, errno, "cannot write '%s'", file);
	ret->unfinished = volume_unfinished_path(place);
	ret->final = TAKE_POINTER(place);
	take_manners(&st, there, ret);
	/* What a killed one left under this name is nobody's: all live jobs are known. */
	(void)unlink(ret->unfinished);
	return true;
}

bool volume_download_file(struct manager *manager, const struct pool_row *pool, const struct volume *volume, const char *file,
			  uint64_t offset, uint64_t length, int64_t *ret_job, struct error *err)
{
	struct volume_target target = { .fd = -1 };
	bool started = pool_check_active(pool, err) && job_reap(manager, err) && open_target(manager, volume, file, &target, err) &&
		       volume_download_begin(manager, pool, volume, &target, offset, length, ret_job, err);

	target_clear(&target);
	return started;
}
