/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks at a disk image from elsewhere, through its compression. */
#include "core/import.h"

#include "base/file.h"
#include "base/filter.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/import_internal.h"
#include "storage/qemu_img.h"
#include "storage/tar.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define INFO_LIMIT_MS 30000
#define VPC_FOOTER    512u

void import_image_clear(struct import_image *image)
{
	free(image->path);
	free(image->name);
	free(image->digest_hex);
	*image = (struct import_image){ 0 };
}

void import_image_free(struct import_image *image)
{
	if (image != NULL)
		import_image_clear(image);
	free(image);
}

struct import_image *import_image_copy(const struct import_image *image)
{
	struct import_image *copy = xmalloc(sizeof *copy);

	*copy = *image;
	copy->path = xstrdup(image->path);
	copy->name = xstrdup_null(image->name);
	copy->digest_hex = xstrdup_null(image->digest_hex);
	return copy;
}

/* ---- heads ---- */

struct head_bytes {
	uint8_t *bytes; /* owned: IMAGE_HEADER_BYTES of them */
	size_t length;
};

static enum filter_answer take_head(const void *bytes, size_t length, void *userdata, struct error *err)
{
	struct head_bytes *head = userdata;
	size_t room = IMAGE_HEADER_BYTES - head->length;

	(void)err;
	if (length > room)
		length = room;
	memcpy(head->bytes + head->length, bytes, length);
	head->length += length;
	return head->length == IMAGE_HEADER_BYTES ? FILTER_ENOUGH : FILTER_MORE;
}

/* The first bytes of what is compressed. */
static bool read_packed_head(int fd, const struct import_image *image, struct head_bytes *head, struct error *err)
{
	_cleanup_strv_ char **argv = packing_argv(image->packing);
	struct filter filter = { .argv = argv, .source = fd, .offset = image->offset, .length = image->length, .take = take_head, .userdata = head };
	_cleanup_free_ char *program = process_find(argv[0]);

	if (program == NULL) {
		error_set(err, ERROR_NOT_FOUND, "'%s' is compressed by %s, which is not installed", image->name, argv[0]);
		return error_hint(err, "install %s", packing_package(image->packing));
	}
	return filter_run(&filter, err) || error_wrap(err, "'%s' cannot be unpacked", image->name);
}

static bool read_plain_head(int fd, const struct import_image *image, struct head_bytes *head, struct error *err)
{
	uint64_t most = image->length != 0 && image->length < IMAGE_HEADER_BYTES ? image->length : IMAGE_HEADER_BYTES;

	while (head->length < most) {
		ssize_t n = pread(fd, head->bytes + head->length, (size_t)most - head->length, (off_t)(image->offset + head->length));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read '%s'", image->path);
		if (n == 0)
			break;
		head->length += (size_t)n;
	}
	return true;
}

/* A fixed VHD is its disk's bytes, and says what it is behind them. */
static bool is_fixed_vpc(int fd, const struct import_image *image)
{
	char cookie[8];

	return image->stored_bytes > VPC_FOOTER &&
	       pread(fd, cookie, sizeof cookie, (off_t)(image->offset + image->stored_bytes - VPC_FOOTER)) == (ssize_t)sizeof cookie &&
	       memcmp(cookie, "conectix", sizeof cookie) == 0;
}

/* qemu-img, for what the head does not tell. */
static bool ask_size(struct import_image *image, struct error *err)
{
	_cleanup_strv_ char **argv = qemu_img_info(&(struct image_source){ .path = image->path, .format = image->format });
	_cleanup_json_ struct json_object *json = NULL;

	if (!qemu_img_run(argv, INFO_LIMIT_MS, &json, err))
		return false;
	int64_t size = json_get_int(json, "virtual-size", 0);

	image->virtual_bytes = size > 0 ? (uint64_t)size : 0;
	return true;
}

/* ---- what is no disk ---- */

static bool refuse_others(const struct import_image *image, const struct head_bytes *head, struct error *err)
{
	if (image->packing != PACKING_NONE && packing_recognise(head->bytes, head->length) != PACKING_NONE)
		return error_set(err, ERROR_UNSUPPORTED, "'%s' is compressed twice: unpack it first", image->name);
	if (head->length >= TAR_BLOCK && tar_recognise(head->bytes)) {
		error_set(err, ERROR_UNSUPPORTED, "'%s' is an archive, not an image", image->name);
		return error_hint(err, "unpack it first: tar -xf '%s'", image->path);
	}
	if (image->format != IMAGE_ISO)
		return true;
	error_set(err, ERROR_INVALID, "'%s' is an ISO, not a disk", image->name);
	return error_hint(err, "'virtty install --cdrom %s' installs from it", image->path);
}

/* ---- looking ---- */

static bool read_head(int fd, enum image_format stated, struct import_image *ret, struct image *head_image, struct error *err)
{
	struct head_bytes head = { .bytes = xcalloc(1, IMAGE_HEADER_BYTES) };
	bool good = read_plain_head(fd, ret, &head, err);

	ret->packing = good ? packing_recognise(head.bytes, head.length) : PACKING_NONE;
	if (good && ret->packing != PACKING_NONE) {
		head.length = 0;
		good = read_packed_head(fd, ret, &head, err);
	}
	bool packed = ret->packing != PACKING_NONE;
	uint64_t bytes = packed ? UINT64_C(1) << 62 : ret->stored_bytes;

	if (good && head.length == 0)
		good = error_set(err, ERROR_INVALID, "'%s' is empty", ret->name);
	good = good && image_parse(head.bytes, head.length, bytes, ret->path, stated, head_image, err);
	if (good) {
		ret->format = head_image->format;
		if (ret->format == IMAGE_RAW && stated == IMAGE_UNKNOWN && !packed && is_fixed_vpc(fd, ret))
			ret->format = IMAGE_VPC;
		/* a raw disk may begin with anything when that is what it is said to be */
		good = stated == IMAGE_RAW || refuse_others(ret, &head, err);
	}
	free(head.bytes);
	if (!good)
		return false;
	ret->virtual_bytes = packed && ret->format == IMAGE_RAW ? 0 : head_image->virtual_bytes;
	return true;
}

bool import_look_at(int fd, enum image_format stated, struct import_image *ret, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };
	bool whole = ret->offset == 0 && ret->length == 0;

	if (!read_head(fd, stated, ret, &image, err))
		return false;
	if (ret->packing != PACKING_NONE) {
		ret->taken_bytes = ret->stored_bytes;
		/* the rest is checked when it is unpacked */
		return image.backing_file == NULL || image_stands_alone(fd, ret->path, ret->offset, ret->length, &image, err);
	}
	if (!image_stands_alone(fd, ret->path, ret->offset, ret->length, &image, err))
		return false;
	ret->taken_bytes = ret->stored_bytes;
	if (whole && (ret->format == IMAGE_VPC || ret->virtual_bytes == 0) && !ask_size(ret, err))
		return false;
	return true;
}

/* A regular file or a device that can be read, and that no running machine writes. */
static bool open_image(const char *path, struct import_image *ret, int *ret_fd, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY), pid = 0;
	struct stat st;

	if (fd < 0)
		return error_set_errno(err, errno, "'%s' cannot be read", path);
	*ret_fd = fd;
	if (fstat(fd, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode)))
		return error_set(err, ERROR_INVALID, "'%s' is %s", path, S_ISDIR(st.st_mode) ? "a directory" : "not a file");
	if (image_in_use(fd, false, &pid)) {
		error_set(err, ERROR_BUSY, "'%s' is in use (pid %d)", path, pid);
		return error_hint(err, "shut down what uses it first");
	}
	off_t end = S_ISREG(st.st_mode) ? st.st_size : lseek(fd, 0, SEEK_END);

	ret->stored_bytes = end > 0 ? (uint64_t)end : 0;
	if (S_ISREG(st.st_mode) && (uint64_t)st.st_blocks * 512 < ret->stored_bytes)
		ret->taken_bytes = (uint64_t)st.st_blocks * 512;
	return true;
}

bool import_look(const char *path, enum image_format format, struct import_image *ret, struct error *err)
{
	_cleanup_close_ int fd = -1;

	*ret = (struct import_image){ .path = path_absolute(path) };
	const char *slash = strrchr(ret->path, '/');

	ret->name = xstrdup(slash != NULL && slash[1] != '\0' ? slash + 1 : ret->path);
	uint64_t blocks = 0;
	bool good = open_image(ret->path, ret, &fd, err);

	blocks = ret->taken_bytes;
	good = good && import_look_at(fd, format, ret, err);
	if (good && blocks != 0 && ret->packing == PACKING_NONE)
		ret->taken_bytes = blocks;
	if (good && ret->packing != PACKING_NONE) {
		char *plain = packing_plain_name(ret->name);

		free(ret->name);
		ret->name = plain;
	}
	if (!good)
		import_image_clear(ret);
	return good;
}
