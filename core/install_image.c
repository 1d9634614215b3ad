/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of an installation: which images there are, which are to be made, and where. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/import.h"
#include "core/image_work.h"
#include "core/install_internal.h"
#include "core/storage.h"
#include "core/undefine.h"
#include "storage/image.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define DEFAULT_DISK_BYTES (UINT64_C(20) << 30)
#define NAME_BYTES         200 /* of a machine's name in a file's, which has room for 255 with suffix and ending */

/* How much of a name fits into a file's, cut between characters. */
static size_t fitting_bytes(const char *name)
{
	size_t length = strlen(name);

	if (length <= NAME_BYTES)
		return length;
	length = NAME_BYTES;
	while (length > 0 && ((unsigned char)name[length] & 0xc0) == 0x80)
		length--;
	return length;
}

static bool path_is_taken(const struct installation *installation, const char *path)
{
	for (size_t i = 0; i < installation->image_count; i++)
		if (text_equal(installation->images[i].path, path))
			return true;
	return path_exists(path);
}

/* A new image's place in a directory: named after the machine, with a number where that is taken. ending may be "". Owned. */
static char *free_path(const struct installation *installation, const char *directory, const char *dot, const char *ending)
{
	int length = (int)fitting_bytes(installation->name);
	char *path = strf("%s/%.*s%s%s", directory, length, installation->name, dot, ending);

	for (int i = 1; path_is_taken(installation, path); i++) {
		free(path);
		path = strf("%s/%.*s-%d%s%s", directory, length, installation->name, i, dot, ending);
	}
	return path;
}

static bool is_directory_pool(const struct pool_row *pool)
{
	return pool->type == POOL_DIR || pool->type == POOL_FS || pool->type == POOL_NETFS;
}

/* Where new images go: the pool called default, while it is a directory and runs; else virtty's own. Owned. */
static char *default_directory(struct manager *manager)
{
	struct pool_row pool = { 0 };
	char *directory = pool_find(manager, "default", &pool, NULL) && pool.active && is_directory_pool(&pool) ? xstrdup(pool.target) :
														   xstrdup(manager->paths.images);

	pool_row_clear(&pool);
	return directory;
}

char *install_propose_image(struct manager *manager, const char *name, const char *format)
{
	_cleanup_free_ char *copy = xstrdup(name), *directory = default_directory(manager);
	const struct installation installation = { .name = copy };

	return free_path(&installation, directory, ".", format);
}

/* The space that a new image may come to need: a sparse one starts small, and the guest fills it. */
static void warn_space(struct installation *installation, const char *path, uint64_t size)
{
	_cleanup_free_ char *directory = xstrdup(path);
	struct statvfs fs;
	char *slash;

	/* the default pool is made on demand: what is above it has the space */
	do {
		slash = strrchr(directory, '/');
		if (slash)
			slash[slash == directory] = '\0';
	} while (slash && slash != directory && !path_exists(directory));
	if (statvfs(directory, &fs) == 0 && (uint64_t)fs.f_bavail * fs.f_frsize < size) {
		_cleanup_free_ char *free_text = size_format((uint64_t)fs.f_bavail * fs.f_frsize), *size_text = size_format(size);

		installation->warnings = strv_addf(installation->warnings, "disk '%s' may grow to %s, and only %s are free there", path, size_text, free_text);
	}
}

/* ---- new ones ---- */

static bool fits_full(const char *format)
{
	return text_equal(format, "raw") || text_equal(format, "qcow2");
}

static bool check_format(const struct install_disk *disk, struct install_image *image, struct error *err)
{
	static const char *const creatable[] = { "qcow2", "raw", "vmdk", "vdi", "vhdx", "vpc", "qed" };
	bool known = false;

	for (size_t i = 0; i < ARRAY_LENGTH(creatable); i++)
		known = known || text_equal(image->format, creatable[i]);
	if (!known)
		return error_set(err, ERROR_INVALID, "disk: a new image is qcow2, raw, vmdk, vdi, vhdx, vpc or qed, not '%s'", image->format);
	if (image->backing && !text_equal(image->format, "qcow2"))
		return error_set(err, ERROR_INVALID, "disk: an overlay is a qcow2 image: a %s image has nothing below it", image->format);
	if (disk->full && (image->backing || !fits_full(image->format)))
		return error_set(err, ERROR_INVALID, "disk: sparse=no is for raw and qcow2 images with nothing below them");
	return true;
}

/* What the new image will be read through: its format is what was said, else what its volume or its head says. */
static bool resolve_backing(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct install_image *image,
			    struct error *err)
{
	_cleanup_image_ struct image header = { 0 };
	_cleanup_close_ int fd = -1;
	int stated = disk->backing_format ? enum_value(&image_format_words, disk->backing_format) : IMAGE_UNKNOWN;
	struct volume volume = { 0 };

	if (stated < 0) {
		_cleanup_free_ char *words = enum_list(&image_format_words);

		return error_set(err, ERROR_INVALID, "disk: backing format '%s' is unknown; allowed: %s", disk->backing_format, words);
	}
	if (!xml_text_valid(disk->backing))
		return error_set(err, ERROR_INVALID, "disk: the backing file's path has characters that no document can hold");
	image->backing = path_absolute(disk->backing);
	if (stated == IMAGE_UNKNOWN && volume_find(manager, NULL, image->backing, &volume, NULL, NULL))
		stated = volume.stated ? (int)volume.format : IMAGE_UNKNOWN;
	volume_clear(&volume);
	fd = open(image->backing, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return error_set_errno(err, errno, "backing file '%s' cannot be read", image->backing);
	if (!image_read(fd, image->backing, (enum image_format)stated, &header, err))
		return error_wrap(err, "backing file");
	image->backing_format = xstrdup(header.format == IMAGE_ISO ? "raw" : enum_word(&image_format_words, (int)header.format));
	if (stated == IMAGE_UNKNOWN && text_equal(image->backing_format, "raw"))
		installation->warnings = strv_addf(installation->warnings,
						   "backing file '%s' is taken as a raw image: backing_format= says otherwise", image->backing);
	if (image->size_bytes == 0)
		image->size_bytes = header.virtual_bytes;
	if (image->size_bytes < header.virtual_bytes) {
		_cleanup_free_ char *size = size_format(image->size_bytes), *needed = size_format(header.virtual_bytes);

		error_set(err, ERROR_INVALID, "disk: an overlay of %s is smaller than its backing file '%s', which has %s", size,
			  image->backing, needed);
		return error_hint(err, "leave size= out to have it as large, or make it larger");
	}
	return image->size_bytes != 0 || error_set(err, ERROR_INVALID, "backing file '%s' is empty", image->backing);
}

static bool resolve_new(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct install_image *image,
			struct error *err)
{
	_cleanup_free_ char *directory = NULL;

	if ((disk->cdrom || disk->readonly) && !disk->copy && !disk->content)
		return error_set(err, ERROR_INVALID, "disk: a new image would be empty: it cannot be read-only or a CD-ROM");
	image->create = true;
	image->size_bytes = disk->size_bytes;
	image->format = xstrdup(image->block ? "raw" : disk->format ? disk->format : "qcow2");
	if (image->block && disk->format && !text_equal(disk->format, "raw"))
		return error_set(err, ERROR_INVALID, "disk: volumes of pool '%s' are devices, which are raw, not %s", image->pool, disk->format);
	if ((disk->backing && !resolve_backing(manager, installation, disk, image, err)) || !check_format(disk, image, err) ||
	    !install_resolve_content(disk, image, err))
		return false;
	if (!image->path)
		image->path = free_path(installation, directory = default_directory(manager), ".", disk->cdrom ? "iso" : image->format);
	if (image->content)
		return storage_room(image->path, image->content->taken_bytes, err);
	if (disk->full && !image->block)
		return storage_room(image->path, image->size_bytes, err);
	return true;
}

/* The same in a pool, under a name of its own. */
static bool resolve_new_volume(struct manager *manager, struct installation *installation, const struct pool_row *pool, const struct install_disk *disk,
			       struct install_image *image, struct error *err)
{
	const char *format = disk->format ? disk->format : "qcow2";
	_cleanup_free_ char *place = NULL;

	image->block = !is_directory_pool(pool);
	if (disk->volume)
		image->volume = xstrdup(disk->volume);
	else if (image->block && !volume_next_name(manager, pool, &image->volume, err))
		return false;
	if (image->volume) {
		image->path = volume_place(manager, pool, image->volume, err);
	} else if ((place = volume_place(manager, pool, "x", err))) {
		/* what stands before a name is the same for all */
		place[strlen(place) - 2] = '\0';
		image->path = free_path(installation, place, image->block ? "" : ".", image->block ? "" : format);
		image->volume = xstrdup(strrchr(image->path, '/') + 1);
	}
	if (!image->path || !volume_name_check(pool->type, image->volume, err))
		return false;
	if (path_is_taken(installation, image->path))
		return error_set(err, ERROR_EXISTS, "pool '%s' has a volume '%s' already", pool->name, image->volume);
	return resolve_new(manager, installation, disk, image, err);
}

/* ---- those that are there ---- */

/* A machine would take a compressed image's bytes for its disk's. */
static bool check_unpacked(int fd, const char *path, struct error *err)
{
	uint8_t bytes[8];
	ssize_t n = pread(fd, bytes, sizeof bytes, 0);
	enum packing packing = n > 0 ? packing_recognise(bytes, (size_t)n) : PACKING_NONE;

	if (packing == PACKING_NONE)
		return true;
	error_set(err, ERROR_INVALID, "disk '%s' is compressed by %s", path, enum_word(&packing_words, (int)packing));
	return error_hint(err, "--disk copy='%s' makes a disk of it", path);
}

/* What another machine has it as, or its volume was made as: whatever its head says since. NULL: nothing states it. Borrowed. */
static const char *stated_format(struct manager *manager, const char *path)
{
	_cleanup_image_name_ struct image_name name = { 0 };

	return image_name_find(manager, path, NULL, NULL, &name, NULL) && name.stated ? enum_word(&image_format_words, (int)name.format) : NULL;
}

/* An image that is there: its format is qcow2 when its head says so, else it is taken as raw, and that is said. */
static bool resolve_existing(struct manager *manager, struct installation *installation, struct install_image *image, const char *format, struct error *err)
{
	_cleanup_image_ struct image header = { 0 };
	const char *what = image->cdrom ? "CD-ROM image" : "disk";
	_cleanup_close_ int fd = open(image->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return error_set_errno(err, errno, "%s '%s' cannot be read", what, image->path);
	if (fstat(fd, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return error_set(err, ERROR_INVALID, "%s '%s' is %s", what, image->path, S_ISDIR(st.st_mode) ? "a directory" : "not a file");
	image->block = S_ISBLK(st.st_mode);
	if (!image->readonly && !image->cdrom && !image_check_unused(manager, 0, image->path, err))
		return error_hint(err, "copy it, or put an overlay on it: --disk backing_store='%s'", image->path);
	if (!format && !image->cdrom && !image->block)
		format = stated_format(manager, image->path);
	if (format) {
		if (enum_value(&disk_format_words, format) <= 0) {
			_cleanup_free_ char *words = enum_list(&disk_format_words);

			return error_set(err, ERROR_INVALID, "disk: format '%s' is unknown; allowed: %s", format, words);
		}
		image->format = xstrdup(format);
		return true;
	}
	if (!image->cdrom && !image_read(fd, image->path, IMAGE_UNKNOWN, &header, err))
		return false;
	if (header.format != IMAGE_QCOW2 && header.format != IMAGE_RAW && !image->cdrom && header.format != IMAGE_ISO) {
		error_set(err, ERROR_INVALID, "disk '%s' is a %s image", image->path, enum_word(&image_format_words, (int)header.format));
		return error_hint(err, "--disk copy='%s' makes a qcow2 image of it; --disk path=...,format=%s uses it as it is", image->path,
				  enum_word(&image_format_words, (int)header.format));
	}
	if (!image->cdrom && !image->block && !check_unpacked(fd, image->path, err))
		return false;
	image->format = xstrdup(header.format == IMAGE_QCOW2 ? "qcow2" : "raw");
	if (header.format != IMAGE_QCOW2 && !image->cdrom && !image->block)
		installation->warnings = strv_addf(installation->warnings, "disk '%s' is taken as a raw image: --disk path=...,format= says otherwise",
						   image->path);
	return true;
}

/* A new image's directory: the default pool is made on demand , but a mistyped path makes no directories. */
static bool check_directory(struct manager *manager, const char *path, struct error *err)
{
	const char *slash = path ? strrchr(path, '/') : NULL;
	_cleanup_free_ char *directory = slash ? xstrndup(path, slash != path ? (size_t)(slash - path) : 1) : NULL;

	if (!directory || text_equal(directory, manager->paths.images) || path_exists(directory))
		return true;
	error_set(err, ERROR_NOT_FOUND, "disk '%s' cannot be made: directory '%s' does not exist", path, directory);
	return error_hint(err, "'mkdir -p %s' makes it", directory);
}

static bool missing_iso(const char *path, struct error *err)
{
	error_set(err, ERROR_NOT_FOUND, "CD-ROM image '%s' does not exist", path);
	return strstr(path, "://") ? error_hint(err, "addresses are not fetched: download it first") : false;
}

/* A path in a pool's directory is a volume of that pool, made as one. */
static void find_home(struct manager *manager, struct install_image *image)
{
	struct pool_row pool = { 0 };
	const char *name = strrchr(image->path, '/') + 1;

	if (pool_find_path(manager, image->path, &pool, NULL) && pool.active && is_directory_pool(&pool) &&
	    volume_name_check(pool.type, name, NULL)) {
		image->pool = xstrdup(pool.name);
		image->volume = xstrdup(name);
	}
	pool_row_clear(&pool);
}

/* Is there a path that stays while the pool is stopped and started? */
static bool is_by_name(enum pool_type type)
{
	return type == POOL_ISCSI || type == POOL_ISCSI_DIRECT;
}

static bool resolve_volume(struct manager *manager, struct installation *installation, const struct pool_row *pool, const struct install_disk *disk,
			   struct install_image *image, struct error *err)
{
	struct volume volume = { 0 };

	if (!volume_find(manager, pool, disk->volume, &volume, NULL, err))
		return error_hint(err, "give a size to make it: --disk vol=%s/%s,size=20", pool->name, disk->volume);
	const char *format = disk->format ? disk->format : volume.stated ? enum_word(&image_format_words, (int)volume.format) : NULL;
	bool ok = true;

	free(image->volume);
	image->volume = xstrdup(volume.name);
	image->path = xstrdup(volume.path);
	if (volume.type == VOLUME_NETWORK)
		image->format = xstrdup(disk->format ? disk->format : "raw");
	else
		ok = resolve_existing(manager, installation, image, volume.type == VOLUME_BLOCK && !format ? "raw" : format, err);
	volume_clear(&volume);
	return ok;
}

/* In a pool: there, or to be made. */
static bool resolve_pool(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct install_image *image,
			 struct error *err)
{
	struct pool_row pool = { 0 };
	bool ok = pool_find(manager, disk->pool, &pool, err);

	if (ok && !pool.active) {
		ok = error_set(err, ERROR_STATE, "pool '%s' is not active", pool.name);
		error_hint(err, "'virtty pool-start %s' starts it", pool.name);
	}
	if (ok) {
		image->pool = xstrdup(pool.name);
		image->as_volume = is_by_name(pool.type);
	}
	if (ok && install_disk_is_new(disk))
		ok = resolve_new_volume(manager, installation, &pool, disk, image, err);
	else if (ok)
		ok = resolve_volume(manager, installation, &pool, disk, image, err);
	pool_row_clear(&pool);
	return ok;
}

/* By its path: there, or to be made. */
static bool resolve_path(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct install_image *image,
			 struct error *err)
{
	bool is_new = install_disk_is_new(disk), exists;

	if (disk->path && !xml_text_valid(disk->path))
		return error_set(err, ERROR_INVALID, "disk: the path has characters that no document can hold");
	image->path = disk->path ? path_absolute(disk->path) : NULL;
	exists = image->path && path_exists(image->path);
	if (exists && is_new) {
		error_set(err, ERROR_EXISTS, "disk '%s' exists already", image->path);
		return error_hint(err, "leave size= out to use it as it is, or name another path");
	}
	if (!exists && !is_new && disk->cdrom)
		return missing_iso(image->path ? image->path : "", err);
	if (!exists && !is_new) {
		error_set(err, ERROR_NOT_FOUND, "disk '%s' does not exist", image->path ? image->path : "");
		return error_hint(err, "give a size to make it: --disk path=...,size=20");
	}
	if (exists)
		return resolve_existing(manager, installation, image, disk->format, err);
	if (!check_directory(manager, image->path, err) || !resolve_new(manager, installation, disk, image, err))
		return false;
	find_home(manager, image);
	return true;
}

static bool resolve_disk(struct manager *manager, struct installation *installation, const struct install_disk *disk, struct error *err)
{
	struct install_image image = { .request = disk, .cdrom = disk->cdrom, .readonly = disk->readonly };
	bool ok = disk->pool ? resolve_pool(manager, installation, disk, &image, err) : resolve_path(manager, installation, disk, &image, err);

	image.bus = xstrdup(disk->bus ? disk->bus : install_disk_bus(installation, disk->cdrom));
	/* The array owns it in any case. */
	*ARRAY_ADD(installation->images, installation->image_count) = image;
	return ok;
}

bool install_resolve_images(struct manager *manager, struct installation *installation, struct error *err)
{
	const uint64_t wanted = installation->system ? os_wants(installation->system).disk_bytes : 0;
	const struct install_request *request = installation->request;

	installation->default_disk.size_bytes = wanted ? wanted : DEFAULT_DISK_BYTES;
	for (size_t i = 0; i < request->disk_count; i++)
		if (!resolve_disk(manager, installation, &request->disks[i], err))
			return false;
	if (request->disk_count == 0 && !request->no_disks && !resolve_disk(manager, installation, &installation->default_disk, err))
		return false;
	if (request->cdrom) {
		struct install_image image = { .path = path_absolute(request->cdrom), .bus = xstrdup(install_disk_bus(installation, true)), .cdrom = true };
		bool ok = path_exists(image.path) ? resolve_existing(manager, installation, &image, "raw", err) : missing_iso(request->cdrom, err);

		*ARRAY_ADD(installation->images, installation->image_count) = image;
		return ok;
	}
	return true;
}

void install_warn_space(struct installation *installation)
{
	for (size_t i = 0; i < installation->image_count; i++) {
		const struct install_image *image = &installation->images[i];

		if (image->create && !image->block && !image->request->full)
			warn_space(installation, image->path, image->size_bytes);
	}
}
