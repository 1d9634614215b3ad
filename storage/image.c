/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of image a file is, and how large: by its head, and by the file itself. */
#include "storage/image.h"

#include "base/memory.h"
#include "storage/image_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define QCOW_MAGIC   0x514649fbu /* "QFI\xfb" */
#define VDI_MAGIC    0xbeda107fu
#define VDI_MAGIC_AT 64
#define ISO_AT	     32768u /* its first volume descriptor */
#define FIRST_BYTES  4096u  /* read of every file */
#define BLOCK	     512u   /* of st_blocks */

void image_clear(struct image *image)
{
	free(image->backing_file);
	free(image->data_file);
	*image = (struct image){ 0 };
}

static bool begins(const struct head *head, const char *bytes, size_t length)
{
	return head_has(head, 0, length) && memcmp(head->bytes, bytes, length) == 0;
}

/* By its head alone; raw is what nothing else is. */
static enum image_format recognise(const struct head *head)
{
	if (head_has(head, 0, 8) && be32(head->bytes) == QCOW_MAGIC)
		return be32(head->bytes + 4) == 1 ? IMAGE_QCOW : IMAGE_QCOW2;
	if (begins(head, "QED\0", 4))
		return IMAGE_QED;
	if (begins(head, "KDMV", 4) || begins(head, "COWD", 4) || begins(head, "# Disk DescriptorFile", 21))
		return IMAGE_VMDK;
	if (head_has(head, VDI_MAGIC_AT, 4) && le32(head->bytes + VDI_MAGIC_AT) == VDI_MAGIC)
		return IMAGE_VDI;
	if (begins(head, "vhdxfile", 8))
		return IMAGE_VHDX;
	if (begins(head, "conectix", 8))
		return IMAGE_VPC;
	if (begins(head, "LUKS\xba\xbe", 6))
		return IMAGE_LUKS;
	if (head_has(head, ISO_AT, 6) && memcmp(head->bytes + ISO_AT + 1, "CD001", 5) == 0)
		return IMAGE_ISO;
	return IMAGE_RAW;
}

/* qcow of version 1, which is read to be converted and for nothing else. */
static bool parse_qcow(const struct head *head, struct image *ret, struct error *err)
{
	if (!head_has(head, 0, 48))
		return image_broken(head, "it ends inside its header", err);
	ret->version = 1;
	ret->virtual_bytes = be64(head->bytes + 24);
	uint64_t at = be64(head->bytes + 8);
	uint32_t size = be32(head->bytes + 16);

	if (at == 0)
		return true;
	ret->backing_file = image_name(head, at, size);
	return ret->backing_file != NULL || image_broken(head, "the name of its backing file is none", err);
}

static bool parse_as(enum image_format format, const struct head *head, struct image *ret, struct error *err)
{
	switch (format) {
	case IMAGE_QCOW2:
		return image_parse_qcow2(head, ret, err);
	case IMAGE_QCOW:
		return parse_qcow(head, ret, err);
	case IMAGE_QED:
		return image_parse_qed(head, ret, err);
	case IMAGE_VMDK:
		return image_parse_vmdk(head, ret, err);
	case IMAGE_VDI:
		return image_parse_vdi(head, ret, err);
	case IMAGE_VHDX:
		return image_parse_vhdx(head, ret, err);
	case IMAGE_VPC:
		return image_parse_vpc(head, ret, err);
	case IMAGE_LUKS:
		return image_parse_luks(head, ret, err);
	case IMAGE_UNKNOWN:
	case IMAGE_RAW:
	case IMAGE_ISO:
	case IMAGE_FORMAT_COUNT:
		break;
	}
	ret->virtual_bytes = head->file_bytes;
	return true;
}

static bool parse_head(struct head *head, enum image_format stated, struct image *ret, struct error *err)
{
	enum image_format format = stated;

	*ret = (struct image){ .file_bytes = head->file_bytes };
	/* What is said to be raw is the guest's from its first byte on. */
	if (stated != IMAGE_RAW) {
		enum image_format found = recognise(head);

		if (stated != IMAGE_UNKNOWN && found != stated)
			return error_set(err, ERROR_INVALID, "'%s' is not a %s image, as its definition says", head->path,
					 enum_word(&image_format_words, (int)stated));
		format = found;
	}
	ret->format = format;
	head->format = enum_word(&image_format_words, (int)format);
	if (parse_as(format, head, ret, err))
		return true;
	image_clear(ret);
	return false;
}

bool image_parse(const uint8_t *bytes, size_t length, uint64_t file_bytes, const char *path, enum image_format stated,
		 struct image *ret, struct error *err)
{
	struct head head = { .bytes = bytes, .length = length, .file_bytes = file_bytes, .path = path };

	return parse_head(&head, stated, ret, err);
}

/* A regular file's size, or that of a device. */
static bool file_size(int fd, const char *path, struct image *sizes, struct error *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return error_set_errno(err, errno, "'%s'", path);
	if (S_ISDIR(st.st_mode))
		return error_set(err, ERROR_INVALID, "'%s' is a directory", path);
	off_t end = S_ISREG(st.st_mode) ? st.st_size : lseek(fd, 0, SEEK_END);

	sizes->file_bytes = end > 0 ? (uint64_t)end : 0;
	sizes->allocated_bytes = S_ISREG(st.st_mode) ? (uint64_t)st.st_blocks * BLOCK : sizes->file_bytes;
	return true;
}

/* Reads until there are wanted bytes, or the file ends. */
static bool read_head(int fd, const char *path, uint8_t *bytes, size_t wanted, size_t *length, struct error *err)
{
	while (*length < wanted) {
		ssize_t n = pread(fd, bytes + *length, wanted - *length, (off_t)*length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read '%s'", path);
		if (n == 0)
			break;
		*length += (size_t)n;
	}
	return true;
}

/* An ISO's mark is looked for where it would be: its first page is anybody's. */
static bool is_iso(int fd, const struct head *head)
{
	uint8_t mark[6];

	return recognise(head) == IMAGE_RAW && pread(fd, mark, sizeof mark, ISO_AT) == (ssize_t)sizeof mark &&
	       memcmp(mark + 1, "CD001", 5) == 0;
}

/* Most files say in their first page all that they have to say. */
static bool read_as(int fd, struct head *head, uint8_t *bytes, enum image_format stated, struct image *ret,
		    struct error *err)
{
	_cleanup_error_ struct error first = ERROR_INIT;
	size_t length = 0;
	bool more = false;

	if (!read_head(fd, head->path, bytes, FIRST_BYTES, &length, err))
		return false;
	head->bytes = bytes;
	head->length = length;
	if ((stated == IMAGE_UNKNOWN || stated == IMAGE_ISO) && is_iso(fd, head)) {
		*ret = (struct image){ .format = IMAGE_ISO, .virtual_bytes = head->file_bytes, .file_bytes = head->file_bytes };
		return true;
	}
	head->ret_more = &more;
	bool ok = parse_head(head, stated, ret, &first);

	head->ret_more = NULL;
	if (!more || length < FIRST_BYTES)
		return ok || error_move(err, &first);
	image_clear(ret);
	if (!read_head(fd, head->path, bytes, IMAGE_HEADER_BYTES, &length, err))
		return false;
	head->length = length;
	return parse_head(head, stated, ret, err);
}

bool image_read(int fd, const char *path, enum image_format stated, struct image *ret, struct error *err)
{
	_cleanup_free_ uint8_t *bytes = NULL;
	struct head head = { .path = path };
	struct image sizes = { 0 };

	*ret = sizes;
	if (!file_size(fd, path, &sizes, err))
		return false;
	head.file_bytes = sizes.file_bytes;
	if (stated != IMAGE_RAW)
		bytes = xmalloc(IMAGE_HEADER_BYTES);
	if (!(bytes != NULL ? read_as(fd, &head, bytes, stated, ret, err) : parse_head(&head, stated, ret, err)))
		return false;
	ret->allocated_bytes = sizes.allocated_bytes;
	return true;
}
