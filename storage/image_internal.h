/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the readers of image heads share: bounded bytes and one way to say that an image is broken. */
#ifndef STORAGE_IMAGE_INTERNAL_H
#define STORAGE_IMAGE_INTERNAL_H

#include "storage/image.h"

#include <string.h>

/* The head of a file. */
struct head {
	const uint8_t *bytes;
	size_t length;
	uint64_t file_bytes;
	const char *path; /* for messages */
	const char *format;
	bool *ret_more; /* set where more of the file than these bytes would have been looked at; NULL: nobody asks */
};

static inline uint16_t be16(const uint8_t *bytes)
{
	return (uint16_t)(bytes[0] << 8 | bytes[1]);
}
static inline uint32_t be32(const uint8_t *bytes)
{
	return (uint32_t)be16(bytes) << 16 | be16(bytes + 2);
}
static inline uint64_t be64(const uint8_t *bytes)
{
	return (uint64_t)be32(bytes) << 32 | be32(bytes + 4);
}
static inline uint32_t le32(const uint8_t *bytes)
{
	return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}
static inline uint64_t le64(const uint8_t *bytes)
{
	return (uint64_t)le32(bytes + 4) << 32 | le32(bytes);
}

/* Are there so many bytes from at on? */
static inline bool head_has(const struct head *head, uint64_t at, uint64_t count)
{
	bool has = at <= head->length && count <= head->length - at;

	if (!has && head->ret_more != NULL)
		*head->ret_more = true;
	return has;
}

/* "'/a.qcow2' is a broken qcow2 image: its cluster size is out of range". Always false. */
bool image_broken(const struct head *head, const char *what, struct error *err);

/* The name of a file that a head holds: text of at most 1023 bytes, since it is shown, and written into documents. Owned;
 * NULL: it is none. */
char *image_name(const struct head *head, uint64_t at, uint64_t size);

/* Each takes a head that begins as its format does. */
bool image_parse_qcow2(const struct head *head, struct image *ret, struct error *err);
bool image_parse_qed(const struct head *head, struct image *ret, struct error *err);
bool image_parse_vmdk(const struct head *head, struct image *ret, struct error *err);
bool image_parse_vdi(const struct head *head, struct image *ret, struct error *err);
bool image_parse_vhdx(const struct head *head, struct image *ret, struct error *err);
bool image_parse_vpc(const struct head *head, struct image *ret, struct error *err);
bool image_parse_luks(const struct head *head, struct image *ret, struct error *err);

#endif
