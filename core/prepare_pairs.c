/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disks of one machine against one another: an image twice, or one that changes under another. QEMU would lock it for
 * the one, and then ask which other process has it. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/device_change.h"
#include "core/prepare_internal.h"
#include "hv/domain.h"
#include "storage/image.h"
#include "storage/remote.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *path_of(const struct disk_source *source)
{
	const char *path = source->type == DISK_BLOCK ? source->dev : source->type == DISK_NETWORK ? NULL : source->file;

	return text_empty(path) ? NULL : path;
}

static const char *what_of(const struct disk *disk)
{
	return disk->kind == DISK_CDROM ? "CD-ROM image" : "disk";
}

static bool is_written(const struct disk *disk)
{
	return !disk->readonly && disk->kind != DISK_CDROM && !disk->transient;
}

static bool is_same(const char *a, const char *b)
{
	struct stat one, two;

	return text_equal(a, b) || (remote_stat(a, &one) == 0 && remote_stat(b, &two) == 0 && one.st_dev == two.st_dev &&
				    one.st_ino == two.st_ino);
}

/* The head of an image below which something may lie; what could hurt by being opened is left alone. */
static bool read_head(const char *path, struct image *ret)
{
	_cleanup_close_ int fd = -1;
	struct stat st;

	if (remote_stat(path, &st) < 0 || !(S_ISREG(st.st_mode) || S_ISBLK(st.st_mode)))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	return fd >= 0 && image_read(fd, path, IMAGE_QCOW2, ret, NULL);
}

/* A place in a chain of images: as the document states it, else as the heads say. */
struct place {
	char *path;		      /* owned */
	const struct disk_source *stated; /* NULL: by the heads */
	bool qcow2;
};

/* To the image below; false: there is none. */
static bool step_down(struct place *place)
{
	char *below = NULL;

	if (!place->qcow2 || (place->stated != NULL && place->stated->backing_end))
		return false;
	if (place->stated != NULL && place->stated->backing != NULL) {
		place->stated = place->stated->backing;
		below = xstrdup_null(path_of(place->stated));
		place->qcow2 = place->stated->format == FORMAT_QCOW2;
	} else {
		_cleanup_image_ struct image head = { 0 };

		place->stated = NULL;
		if (read_head(place->path, &head) && head.backing_file != NULL && image_is_plain_path(head.backing_file))
			below = image_backing_path(place->path, head.backing_file);
		place->qcow2 = head.backing_format == IMAGE_QCOW2;
	}
	free(place->path);
	place->path = below;
	return below != NULL;
}

static bool fail_below(const struct domain *domain, const struct disk *upper, const struct disk *lower, struct error *err)
{
	error_set(err, ERROR_INVALID, "%s '%s' ('%s') is the backing file of '%s' ('%s'), and would change under it", what_of(lower),
		  lower->target, path_of(&lower->source), upper->target, path_of(&upper->source));
	return error_hint(err, "remove one of them, or mark '%s' <readonly/>: virtty edit %s", lower->target, domain->name);
}

/* Does the disk read through an image that another one of these writes? only NULL: any of them. */
static bool check_below(const struct domain *domain, const struct disk *upper, const struct disk *only, struct error *err)
{
	struct place place = { xstrdup_null(path_of(&upper->source)), &upper->source, upper->source.format == FORMAT_QCOW2 };
	const struct disk *found = NULL;

	for (int depth = 0; depth < IMAGE_CHAIN && place.path != NULL && found == NULL && step_down(&place); depth++)
		for (size_t i = 0; i < domain->disk_count && found == NULL; i++) {
			const struct disk *lower = &domain->disks[i];

			if (lower != upper && (only == NULL || lower == only) && is_written(lower) &&
			    path_of(&lower->source) != NULL && is_same(place.path, path_of(&lower->source)))
				found = lower;
		}
	free(place.path);
	return found == NULL || fail_below(domain, upper, found, err);
}

static bool check_once(const struct domain *domain, const struct disk *disk, struct error *err)
{
	const char *path = path_of(&disk->source);

	for (size_t i = 0; i < domain->disk_count; i++) {
		const struct disk *other = &domain->disks[i];
		const char *same = path_of(&other->source);

		if (other == disk || same == NULL || (!is_written(disk) && !is_written(other)) ||
		    (disk->shareable && other->shareable) || !is_same(path, same))
			continue;
		error_set(err, ERROR_INVALID, "%s '%s' is both '%s' and '%s'", what_of(disk), path,
			  other < disk ? other->target : disk->target, other < disk ? disk->target : other->target);
		return error_hint(err, "remove one of them: virtty edit %s", domain->name);
	}
	return true;
}

bool prepare_pairs(const struct domain *domain, const struct disk *disk, bool alone, struct error *err)
{
	if (path_of(&disk->source) == NULL)
		return true;
	if (!check_once(domain, disk, err) || !check_below(domain, disk, NULL, err))
		return false;
	for (size_t i = 0; alone && is_written(disk) && i < domain->disk_count; i++)
		if (&domain->disks[i] != disk && !check_below(domain, &domain->disks[i], disk, err))
			return false;
	return true;
}

bool prepare_stored_disk(const struct domain *domain, const char *target, struct error *err)
{
	const struct disk *disk = domain_find_disk(domain, target);

	return disk == NULL || prepare_pairs(domain, disk, true, err);
}

char **domain_disk_warnings(struct manager *manager, const struct device_text *text)
{
	_cleanup_free_ char *element = device_text_element(text, NULL);
	_cleanup_error_ struct error err = ERROR_INIT;
	char **warnings = NULL;
	struct disk *disk;

	if (!text_equal(element, "disk") || (disk = disk_parse(text, NULL)) == NULL)
		return NULL;
	if (!resolve_disk_volume(manager, disk, &err))
		warnings = strv_addf(warnings, "%s: the machine will not start with it", error_text(&err));
	const char *path = warnings == NULL ? path_of(&disk->source) : NULL;

	if (path != NULL && path[0] != '/')
		warnings = strv_addf(warnings, "%s '%s' is not an absolute path: the machine will not start with it", what_of(disk), path);
	else if (path != NULL && !path_exists(path))
		warnings = strv_addf(warnings, "%s '%s' does not exist: the machine will not start without it", what_of(disk), path);
	disk_free(disk);
	return warnings;
}
