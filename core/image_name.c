/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images by the names that front ends give them, and what they are to be opened as. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/image_work_internal.h"
#include "core/secret.h"
#include "hv/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void image_name_clear(struct image_name *name)
{
	free(name->path);
	free(name->pool);
	free(name->volume);
	free(name->secret_file);
	*name = (struct image_name){ 0 };
}

bool image_format_parse(const char *word, enum image_format *ret, struct error *err)
{
	int format = enum_value(&image_format_words, word);

	if (format > 0) {
		*ret = (enum image_format)format;
		return true;
	}
	_cleanup_free_ char *words = enum_list(&image_format_words);

	return error_set(err, ERROR_INVALID, "image format '%s' is unknown; allowed: %s", word, words);
}

bool image_same_file(const char *a, const char *b)
{
	struct stat one, two;

	return text_equal(a, b) ||
	       (stat(a, &one) == 0 && stat(b, &two) == 0 && one.st_dev == two.st_dev && one.st_ino == two.st_ino);
}

char *image_subject(const struct image_name *name)
{
	return name->pool != NULL ? strf("%s/%s", name->pool, name->volume) : xstrdup(name->path);
}

struct image_source image_source_of(const struct image_name *name)
{
	return (struct image_source){ name->path, name->format, name->secret_file };
}

/* ---- secrets ---- */

static bool find_secret(struct manager *manager, const char *key, struct image_name *ret, struct error *err)
{
	struct secret secret = { 0 };

	if (key == NULL)
		return true;
	if (strchr(key, '/') != NULL) {
		ret->secret_file = path_absolute(key);
		return path_exists(ret->secret_file) ||
		       error_set(err, ERROR_NOT_FOUND, "the passphrase's file '%s' does not exist", ret->secret_file);
	}
	if (!secret_find(manager, key, &secret, err))
		return error_hint(err, "a file that holds the passphrase is named with its directory: ./%s", key);
	ret->secret_file = secret_file(manager, &secret, err);
	secret_clear(&secret);
	return ret->secret_file != NULL;
}

char *image_usual_secret(struct manager *manager, const char *path)
{
	_cleanup_free_ char *key = strf("volume %s", path);
	struct secret secret = { 0 };
	char *file = NULL;

	if (secret_find(manager, key, &secret, NULL) && secret.has_value)
		file = secret_file(manager, &secret, NULL);
	secret_clear(&secret);
	return file;
}

/* ---- what it is opened as ---- */

/* What a machine's definition says of the disk with this target. */
static enum image_format format_in(struct manager *manager, int64_t domain_id, const char *target)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_domain_ struct domain *domain = NULL;

	if (!definition_read(manager, domain_id, DEFINITION_PERSISTENT, &text, NULL) ||
	    (text == NULL && !definition_read(manager, domain_id, DEFINITION_LIVE, &text, NULL)) || text == NULL)
		return IMAGE_UNKNOWN;
	domain = domain_parse("machine", text, strlen(text), NULL);
	for (size_t i = 0; domain != NULL && i < domain->disk_count; i++) {
		const char *word = enum_word(&disk_format_words, (int)domain->disks[i].source.format);

		if (!text_equal(domain->disks[i].target, target) || word == NULL)
			continue;
		int format = enum_value(&image_format_words, word);

		return format > 0 ? (enum image_format)format : IMAGE_UNKNOWN;
	}
	return IMAGE_UNKNOWN;
}

/* As the machines that have it say. Where they differ raw it is: that follows nothing which a guest wrote. */
static enum image_format format_by_machines(struct manager *manager, const char *path)
{
	sqlite3_stmt *row = db_query(manager->db, NULL, "SELECT domain_id, target, path FROM disk", "");
	enum image_format format = IMAGE_UNKNOWN;
	_cleanup_strv_ char **targets = NULL;
	int64_t *domains = NULL;
	size_t count = 0;
	bool found = true;

	while (row != NULL && db_step(manager->db, row, &found, NULL) && found) {
		if (!image_same_file((const char *)sqlite3_column_text(row, 2), path))
			continue;
		*ARRAY_ADD(domains, count) = sqlite3_column_int64(row, 0);
		targets = strv_add(targets, (const char *)sqlite3_column_text(row, 1));
	}
	for (size_t i = 0; i < count && format != IMAGE_RAW; i++) {
		enum image_format one = format_in(manager, domains[i], targets[i]);

		format = one == IMAGE_UNKNOWN ? format : one;
	}
	free(domains);
	return format;
}

/* As the caller says, else as its machine does, else as its volume was made, else as its head is. */
static bool settle_format(struct manager *manager, const char *word, enum image_format by_volume,
			  struct image_name *name, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = -1;

	if (word != NULL && !image_format_parse(word, &name->format, err))
		return false;
	if (word == NULL)
		name->format = format_by_machines(manager, name->path);
	if (name->format == IMAGE_UNKNOWN)
		name->format = by_volume;
	name->stated = name->format != IMAGE_UNKNOWN;
	fd = open(name->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return error_set_errno(err, errno, "image '%s'", name->path);
	struct stat st;

	if (fstat(fd, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		return error_set(err, ERROR_INVALID, "'%s' is %s", name->path,
				 S_ISDIR(st.st_mode) ? "a directory" : "neither a file nor a block device");
	if (!image_read(fd, name->path, name->format, &image, err))
		return false;
	name->format = image.format;
	name->snapshots = image.snapshots;
	if (image.encrypted && name->secret_file == NULL)
		name->secret_file = image_usual_secret(manager, name->path);
	return true;
}

/* ---- finding ---- */

/* The volume that a path is, if it is one: *ret_stated is its format, where that was said when it was made. */
static void find_home(struct manager *manager, struct image_name *name, enum image_format *ret_stated)
{
	struct pool_row pool = { 0 };
	struct volume volume = { 0 };

	/* a directory has many names, and a device lies in none that is a pool's */
	bool found = pool_find_path(manager, name->path, &pool, NULL)
			     ? volume_find(manager, &pool, strrchr(name->path, '/') + 1, &volume, NULL, NULL)
			     : volume_find(manager, NULL, name->path, &volume, &pool, NULL);

	if (found && pool.active) {
		free(name->path);
		name->path = xstrdup(volume.path);
		name->pool = xstrdup(pool.name);
		name->volume = xstrdup(volume.name);
		*ret_stated = volume.stated ? volume.format : IMAGE_UNKNOWN;
	}
	volume_clear(&volume);
	pool_row_clear(&pool);
}

static bool take_volume(struct manager *manager, const struct pool_row *pool, const char *key, struct image_name *ret,
			enum image_format *ret_stated, struct error *err)
{
	struct pool_row home = { 0 };
	struct volume volume = { 0 };
	bool ok = volume_find(manager, pool, key, &volume, &home, err);

	if (ok && volume.type != VOLUME_FILE && volume.type != VOLUME_BLOCK)
		ok = error_set(err, ERROR_UNSUPPORTED, "volume '%s' is a %s, and no image that qemu-img could open",
			       volume.name, enum_word(&volume_type_words, (int)volume.type));
	if (ok) {
		ret->path = xstrdup(volume.path);
		ret->pool = xstrdup(home.name);
		ret->volume = xstrdup(volume.name);
		*ret_stated = volume.type == VOLUME_BLOCK || volume.stated ? volume.format : IMAGE_UNKNOWN;
	}
	volume_clear(&volume);
	pool_row_clear(&home);
	return ok;
}

/* The pool before the first slash of POOL/VOLUME; false: it is no such name, or there is no such pool. */
static bool split_pool(struct manager *manager, const char *key, struct pool_row *ret, const char **ret_name)
{
	const char *slash = strchr(key, '/');
	_cleanup_free_ char *pool = NULL;

	if (slash == NULL || slash == key || slash[1] == '\0' || key[0] == '.')
		return false;
	pool = xstrndup(key, (size_t)(slash - key));
	*ret_name = slash + 1;
	return pool_find(manager, pool, ret, NULL);
}

static bool fail_missing(const char *key, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "there is no image '%s'", key);
	return error_hint(err, "name a file, or a volume by POOL/VOLUME");
}

bool image_name_find(struct manager *manager, const char *key, const char *format, const char *secret,
		     struct image_name *ret, struct error *err)
{
	enum image_format by_volume = IMAGE_UNKNOWN;
	struct pool_row pool = { 0 };
	const char *name = NULL;
	bool ok = true;

	*ret = (struct image_name){ 0 };
	if (path_exists(key)) {
		ret->path = path_absolute(key);
		find_home(manager, ret, &by_volume);
	} else if (key[0] != '/' && split_pool(manager, key, &pool, &name)) {
		ok = take_volume(manager, &pool, name, ret, &by_volume, err);
	} else {
		/* a key that is no path */
		ok = key[0] != '\0' && take_volume(manager, NULL, key, ret, &by_volume, NULL);
		if (!ok)
			fail_missing(key, err);
	}
	pool_row_clear(&pool);
	ok = ok && find_secret(manager, secret, ret, err) && settle_format(manager, format, by_volume, ret, err);
	if (!ok)
		image_name_clear(ret);
	return ok;
}

/* ---- new ones ---- */

static bool is_directory_pool(const struct pool_row *pool)
{
	return pool->type == POOL_DIR || pool->type == POOL_FS || pool->type == POOL_NETFS;
}

static bool place_in_pool(const struct pool_row *pool, const char *name, struct image_name *ret, struct error *err)
{
	if (!pool->active) {
		error_set(err, ERROR_STATE, "pool '%s' is not active", pool->name);
		return error_hint(err, "'virtty pool-start %s' starts it", pool->name);
	}
	if (!is_directory_pool(pool)) {
		error_set(err, ERROR_UNSUPPORTED, "pool '%s' is of type %s: an image is made in a directory",
			  pool->name, enum_word(&pool_type_words, (int)pool->type));
		return error_hint(err, "'virtty vol-create-as %s NAME SIZE' makes a volume in it", pool->name);
	}
	if (!volume_name_check(pool->type, name, err))
		return false;
	ret->path = strf("%s/%s", pool->target, name);
	ret->pool = xstrdup(pool->name);
	ret->volume = xstrdup(name);
	return true;
}

/* By its path, in a pool where the directory is one. */
static bool place_by_path(struct manager *manager, const char *key, struct image_name *ret, struct error *err)
{
	struct pool_row pool = { 0 };
	const char *base;

	ret->path = path_absolute(key);
	base = strrchr(ret->path, '/') + 1;
	if (base[0] == '\0')
		return error_set(err, ERROR_INVALID, "'%s' is a directory", key);
	if (pool_find_path(manager, ret->path, &pool, NULL) && pool.active && is_directory_pool(&pool) &&
	    volume_name_check(pool.type, base, NULL)) {
		char *path = strf("%s/%s", pool.target, base);

		ret->pool = xstrdup(pool.name);
		ret->volume = xstrdup(base);
		free(ret->path);
		ret->path = path;
	}
	pool_row_clear(&pool);
	return true;
}

/* What is not there yet and has nowhere to be; the images' own directory is made when it is needed. */
static bool check_place(struct manager *manager, const struct image_name *name, struct error *err)
{
	const char *slash = strrchr(name->path, '/');
	_cleanup_free_ char *directory = xstrndup(name->path, slash == name->path ? 1 : (size_t)(slash - name->path));
	struct stat st;

	if (lstat(name->path, &st) == 0) {
		error_set(err, ERROR_EXISTS, "'%s' exists already", name->path);
		return error_hint(err, "nothing is overwritten: name another place, or delete it first");
	}
	if (text_equal(directory, manager->paths.images))
		return directory_make(directory, 0700, err);
	return stat(directory, &st) == 0 || error_set_errno(err, errno, "'%s' cannot be made", name->path);
}

bool image_name_new(struct manager *manager, const char *key, enum image_format format, const char *secret,
		    struct image_name *ret, struct error *err)
{
	struct pool_row pool = { 0 };
	const char *name = NULL;
	bool ok;

	*ret = (struct image_name){ .format = format, .stated = true };
	if (key[0] == '\0')
		return error_set(err, ERROR_INVALID, "an image's name cannot be empty");
	/* A directory beside us of the pool's name is what a path means. */
	if (key[0] != '/' && split_pool(manager, key, &pool, &name)) {
		_cleanup_free_ char *first = xstrndup(key, strcspn(key, "/"));

		ok = path_exists(first) ? place_by_path(manager, key, ret, err) : place_in_pool(&pool, name, ret, err);
	} else {
		ok = place_by_path(manager, key, ret, err);
	}
	pool_row_clear(&pool);
	ok = ok && check_place(manager, ret, err) && find_secret(manager, secret, ret, err);
	if (!ok)
		image_name_clear(ret);
	return ok;
}
