/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an image reads besides itself, before any program opens it: a head may name whatever it likes. */
#include "storage/image.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool image_is_plain_path(const char *name)
{
	const char *colon = strchr(name, ':'), *slash = strchr(name, '/');

	return colon == NULL || (slash != NULL && slash < colon);
}

char *image_backing_path(const char *image, const char *name)
{
	const char *slash = strrchr(image, '/');

	if (name[0] == '/' || slash == NULL)
		return xstrdup(name);
	return strf("%.*s/%s", (int)(slash - image), image, name);
}

bool image_check_names(const struct image *image, const char *path, struct error *err)
{
	if (image->external_data)
		return error_set(err, ERROR_UNSUPPORTED,
				 "'%s' keeps its data in another file, '%s': virtty does not follow that", path,
				 image->data_file != NULL ? image->data_file : "?");
	if (image->backing_file != NULL && !image_is_plain_path(image->backing_file))
		return error_set(err, ERROR_UNSUPPORTED, "'%s' has the backing file '%s', which is not a plain path",
				 path, image->backing_file);
	return true;
}

/* Opens what may be an image; -1 on error. */
static int open_image(const char *path, struct stat *ret, struct error *err)
{
	/* O_NONBLOCK: a FIFO, or a drive without a medium, must not make us wait. */
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0 || fstat(fd, ret) < 0) {
		error_set_errno(err, errno, "'%s'", path);
		return -1;
	}
	if (!S_ISREG(ret->st_mode) && !S_ISBLK(ret->st_mode)) {
		error_set(err, ERROR_INVALID, "'%s' is neither a file nor a block device", path);
		return -1;
	}
	return TAKE_FD(fd);
}

/* One image; *ret_below is what it stands on (owned), NULL: nothing. */
static bool check_one(int fd, const char *path, enum image_format *format, char **ret_below, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };

	*ret_below = NULL;
	/* whatever a raw image holds is the guest's */
	if (*format == IMAGE_RAW)
		return true;
	if (!image_read(fd, path, *format, &image, err) || !image_check_names(&image, path, err))
		return false;
	if (image.backing_file == NULL)
		return true;
	if (image.backing_format == IMAGE_UNKNOWN) {
		error_set(err, ERROR_INVALID, "'%s': the format of its backing file '%s' is not stated", path,
			  image.backing_file);
		return error_hint(err, "state it, as it is: virtty image-rebase --unsafe -b '%s' -F FORMAT '%s'",
				  image.backing_file, path);
	}
	*ret_below = image_backing_path(path, image.backing_file);
	*format = image.backing_format;
	return true;
}

bool image_check_chain(const char *path, enum image_format format, struct error *err)
{
	_cleanup_free_ char *at = xstrdup(path);
	struct stat seen[IMAGE_CHAIN];

	for (size_t depth = 0; depth < IMAGE_CHAIN; depth++) {
		_cleanup_close_ int fd = open_image(at, &seen[depth], err);
		char *below;

		if (fd < 0)
			return depth > 0 ? error_wrap(err, "a backing file of '%s'", path) : false;
		for (size_t i = 0; i < depth; i++)
			if (seen[i].st_dev == seen[depth].st_dev && seen[i].st_ino == seen[depth].st_ino)
				return error_set(err, ERROR_INVALID,
						 "'%s' is its own backing file: nothing can be read from such a circle", at);
		if (!check_one(fd, at, &format, &below, err))
			return false;
		if (below == NULL)
			return true;
		free(at);
		at = below;
	}
	return error_set(err, ERROR_INVALID, "'%s': more than %d images stand behind one another", path, IMAGE_CHAIN);
}
