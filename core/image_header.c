/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the head of a qcow2 image (docs/interop/qcow2.txt in QEMU): its size, its backing file, the format stated for that. */
#include "core/image_header.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define QCOW2_MAGIC 0x514649fbu /* "QFI\xfb" */
#define V2_LENGTH   72u
#define V3_LENGTH   104u
#define EXTENSION_END            0x00000000u
#define EXTENSION_BACKING_FORMAT 0xe2792acau
#define INCOMPATIBLE_DATA_FILE   (UINT64_C(1) << 2)
#define BACKING_NAME_LIMIT       1023u
#define BACKING_FORMAT_LIMIT     64u

void image_header_clear(struct image_header *header)
{
	free(header->backing_file);
	free(header->backing_format);
	*header = (struct image_header){ 0 };
}

static uint32_t be32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t be64(const uint8_t *bytes)
{
	return (uint64_t)be32(bytes) << 32 | be32(bytes + 4);
}

static bool broken(const char *path, const char *what, struct error *err)
{
	return error_set(err, ERROR_INVALID, "'%s' is a broken qcow2 image: %s", path, what);
}

/* Extensions lie between the header and the backing file's name, or the end of the first cluster. */
static bool parse_extensions(const uint8_t *bytes, size_t start, size_t end, const char *path, struct image_header *ret, struct error *err)
{
	size_t at = start;

	while (end - at >= 8) {
		uint32_t type = be32(bytes + at), size = be32(bytes + at + 4);

		at += 8;
		if (type == EXTENSION_END)
			return true;
		if (size > end - at)
			return broken(path, "an extension goes beyond its header", err);
		if (type == EXTENSION_BACKING_FORMAT && !ret->backing_format) {
			if (size == 0 || size > BACKING_FORMAT_LIMIT || memchr(bytes + at, 0, size))
				return broken(path, "the format of its backing file is not a word", err);
			ret->backing_format = xstrndup((const char *)bytes + at, size);
		}
		at += size;
		at = end - at < (8 - size % 8) % 8 ? end : at + (8 - size % 8) % 8;
	}
	return true;
}

bool image_header_parse(const uint8_t *bytes, size_t length, const char *path, struct image_header *ret, struct error *err)
{
	uint32_t version, cluster_bits, name_size;
	uint64_t name_at, header_length = V2_LENGTH, extensions_end;

	*ret = (struct image_header){ 0 };
	if (length < V2_LENGTH || be32(bytes) != QCOW2_MAGIC)
		return true;
	version = be32(bytes + 4);
	name_at = be64(bytes + 8);
	name_size = be32(bytes + 16);
	cluster_bits = be32(bytes + 20);
	ret->qcow2 = true;
	ret->virtual_size = be64(bytes + 24);
	if (version < 2 || version > 3)
		return broken(path, "its version is neither 2 nor 3", err);
	if (cluster_bits < 9 || cluster_bits > 21)
		return broken(path, "its cluster size is out of range", err);
	if (version == 3) {
		if (length < V3_LENGTH)
			return broken(path, "it ends inside its header", err);
		ret->external_data = (be64(bytes + 72) & INCOMPATIBLE_DATA_FILE) != 0;
		header_length = be32(bytes + 100);
		if (header_length < V3_LENGTH || header_length > UINT64_C(1) << cluster_bits)
			return broken(path, "its header's length is out of range", err);
	}
	extensions_end = UINT64_C(1) << cluster_bits;
	if (extensions_end > length)
		extensions_end = length;
	if (name_at) {
		if (name_size == 0 || name_size > BACKING_NAME_LIMIT || name_at < header_length || name_at > length || name_size > length - name_at ||
		    memchr(bytes + name_at, 0, name_size))
			return broken(path, "the name of its backing file is out of range", err);
		ret->backing_file = xstrndup((const char *)bytes + name_at, name_size);
		if (extensions_end > name_at)
			extensions_end = name_at;
	}
	if (header_length >= extensions_end)
		return true;
	return parse_extensions(bytes, header_length, extensions_end, path, ret, err);
}

bool image_header_read(int fd, const char *path, struct image_header *ret, struct error *err)
{
	_cleanup_free_ uint8_t *bytes = xmalloc(IMAGE_HEADER_BYTES);
	size_t length = 0;
	bool ok;

	*ret = (struct image_header){ 0 };
	while (length < IMAGE_HEADER_BYTES) {
		ssize_t n = pread(fd, bytes + length, IMAGE_HEADER_BYTES - length, (off_t)length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_set_errno(err, errno, "cannot read '%s'", path);
		if (n == 0)
			break;
		length += (size_t)n;
		if (length >= V2_LENGTH && be32(bytes) != QCOW2_MAGIC)
			break;
	}
	ok = image_header_parse(bytes, length, path, ret, err);
	if (!ok)
		image_header_clear(ret);
	return ok;
}
