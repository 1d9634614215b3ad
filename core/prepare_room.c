/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sparse images grow while a machine runs: what they may come to need, beside what is free where they lie. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/prepare_internal.h"
#include "hv/domain.h"
#include "storage/image.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* What the images on one file system may grow by, all together. */
struct growth {
	dev_t device;
	uint64_t bytes, available;
	char *path; /* owned: of the first image there */
	size_t images;
};

/* By how many bytes an image may grow: a guest that writes all of it. 0: it cannot, or that is not known. */
static uint64_t growth_of(const struct disk *disk, const char *path, struct stat *st)
{
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = -1;
	int format = enum_value(&image_format_words, enum_word(&disk_format_words, (int)disk->source.format));

	if (stat(path, st) < 0 || !S_ISREG(st->st_mode) || format <= 0)
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || !image_read(fd, path, (enum image_format)format, &image, NULL))
		return 0;
	return image.virtual_bytes > image.allocated_bytes ? image.virtual_bytes - image.allocated_bytes : 0;
}

static void add_growth(struct growth **growths, size_t *count, const struct stat *st, const char *path, uint64_t bytes)
{
	struct growth *growth = NULL;
	struct statvfs fs;

	for (size_t i = 0; i < *count && growth == NULL; i++)
		if ((*growths)[i].device == st->st_dev)
			growth = &(*growths)[i];
	if (growth == NULL) {
		if (statvfs(path, &fs) < 0)
			return;
		growth = ARRAY_ADD(*growths, *count);
		*growth = (struct growth){ .device = st->st_dev,
					   .available = (uint64_t)fs.f_bavail * fs.f_frsize,
					   .path = xstrdup(path) };
	}
	growth->bytes = bytes > UINT64_MAX - growth->bytes ? UINT64_MAX : growth->bytes + bytes;
	growth->images++;
}

char **prepare_room_warnings(const struct domain *domain, char **warnings)
{
	struct growth *growths = NULL;
	size_t count = 0;

	for (size_t i = 0; i < domain->disk_count; i++) {
		const struct disk *disk = &domain->disks[i];
		const char *path = disk->source.type == DISK_FILE ? disk->source.file : NULL;
		struct stat st;
		uint64_t bytes =
			path != NULL && disk->kind == DISK_DISK && !disk->readonly ? growth_of(disk, path, &st) : 0;

		if (bytes > 0)
			add_growth(&growths, &count, &st, path, bytes);
	}
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *may = size_format(growths[i].bytes), *have = size_format(growths[i].available);

		if (growths[i].bytes > growths[i].available && growths[i].images == 1)
			warnings = strv_addf(warnings,
					     "disk '%s' may grow by %s, and only %s are free there: a guest that finds "
					     "no room is paused",
					     growths[i].path, may, have);
		else if (growths[i].bytes > growths[i].available)
			warnings = strv_addf(warnings,
					     "%zu disks of '%s' may grow by %s, and only %s are free where '%s' lies: "
					     "a guest that finds no room is paused",
					     growths[i].images, domain->name, may, have, growths[i].path);
		free(growths[i].path);
	}
	free(growths);
	return warnings;
}
