/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a qcow2 image (docs/interop/qcow2.txt in QEMU). Every offset and count in it is a claim, and checked
 * before it is believed. */
#include "base/memory.h"
#include "storage/image_internal.h"

#include <stdlib.h>

#define V2_LENGTH	     72u
#define V3_LENGTH	     104u
#define COMPRESSION_AT	     104u /* a byte, where the header is longer than that */
#define BACKING_FORMAT_LIMIT 64u
#define L1_ENTRY	     8u
#define L1_LIMIT	     (32u * 1024 * 1024) /* bytes, QEMU's own */
#define REFCOUNT_TABLE_LIMIT (8u * 1024 * 1024)
#define REFCOUNT_ORDER_LIMIT 6u
#define SNAPSHOT_BYTES	     40u /* of one, at least */
#define EXTENSION_END	     0x00000000u
#define EXTENSION_BACKING    0xe2792acau
#define EXTENSION_DATA_FILE  0x44415441u

enum { CRYPT_NONE, CRYPT_AES, CRYPT_LUKS };
/* bits of the incompatible features */
#define BIT_DIRTY	(UINT64_C(1) << 0)
#define BIT_CORRUPT	(UINT64_C(1) << 1)
#define BIT_DATA_FILE	(UINT64_C(1) << 2)
#define BIT_COMPRESSION (UINT64_C(1) << 3)
#define BIT_EXTENDED_L2 (UINT64_C(1) << 4)
#define BITS_KNOWN	(BIT_DIRTY | BIT_CORRUPT | BIT_DATA_FILE | BIT_COMPRESSION | BIT_EXTENDED_L2)
/* and of the compatible ones */
#define BIT_LAZY_REFCOUNTS (UINT64_C(1) << 0)

/* The text of an extension: a word without NUL. Owned; NULL when it is none. */
static char *extension_text(const uint8_t *bytes, uint32_t size, uint32_t limit)
{
	if (size == 0 || size > limit || memchr(bytes, 0, size) != NULL)
		return NULL;
	return xstrndup((const char *)bytes, size);
}

static bool take_extension(const struct head *head, uint32_t type, const uint8_t *bytes, uint32_t size,
			   struct image *ret, struct error *err)
{
	_cleanup_free_ char *text = NULL;

	if (type == EXTENSION_BACKING && ret->backing_format == IMAGE_UNKNOWN) {
		text = extension_text(bytes, size, BACKING_FORMAT_LIMIT);
		if (text == NULL)
			return image_broken(head, "the format of its backing file is not a word", err);
		int format = enum_value(&image_format_words, text);

		if (format <= IMAGE_UNKNOWN)
			return image_broken(head, "the format of its backing file is unknown", err);
		ret->backing_format = (enum image_format)format;
	}
	if (type == EXTENSION_DATA_FILE && ret->data_file == NULL) {
		ret->data_file = image_name(head, (uint64_t)(bytes - head->bytes), size);
		if (ret->data_file == NULL)
			return image_broken(head, "the name of its data file is none", err);
	}
	return true;
}

/* Extensions lie between the header and the backing file's name, or the end of the first cluster. */
static bool parse_extensions(const struct head *head, size_t at, size_t end, struct image *ret, struct error *err)
{
	while (at < end && end - at >= 8) {
		uint32_t type = be32(head->bytes + at), size = be32(head->bytes + at + 4);

		at += 8;
		if (type == EXTENSION_END)
			return true;
		if (size > end - at)
			return image_broken(head, "an extension goes beyond its header", err);
		if (!take_extension(head, type, head->bytes + at, size, ret, err))
			return false;
		size_t padded = ((size_t)size + 7) & ~(size_t)7;

		at = padded > end - at ? end : at + padded;
	}
	/* They go on to the end of the cluster: was that all of it? */
	if (end == head->length)
		(void)head_has(head, end, 1);
	return true;
}

static bool parse_v3(const struct head *head, struct image *ret, uint64_t *ret_length, struct error *err)
{
	if (!head_has(head, 0, V3_LENGTH))
		return image_broken(head, "it ends inside its header", err);
	ret->incompatible = be64(head->bytes + 72);
	ret->compatible = be64(head->bytes + 80);
	ret->autoclear = be64(head->bytes + 88);
	uint32_t order = be32(head->bytes + 96);

	if (order > REFCOUNT_ORDER_LIMIT)
		return image_broken(head, "its refcounts' width is out of range", err);
	ret->refcount_bits = 1u << order;
	*ret_length = be32(head->bytes + 100);
	if (*ret_length < V3_LENGTH || *ret_length > UINT64_C(1) << ret->cluster_bits)
		return image_broken(head, "its header's length is out of range", err);
	if (ret->incompatible & ~BITS_KNOWN)
		return image_broken(head, "it needs features that are not known", err);
	ret->dirty = (ret->incompatible & BIT_DIRTY) != 0;
	ret->corrupt = (ret->incompatible & BIT_CORRUPT) != 0;
	ret->external_data = (ret->incompatible & BIT_DATA_FILE) != 0;
	ret->extended_l2 = (ret->incompatible & BIT_EXTENDED_L2) != 0;
	ret->lazy_refcounts = (ret->compatible & BIT_LAZY_REFCOUNTS) != 0;
	if (ret->incompatible & BIT_COMPRESSION)
		ret->zstd = *ret_length > COMPRESSION_AT && head_has(head, COMPRESSION_AT, 1) &&
			    head->bytes[COMPRESSION_AT] == 1;
	return true;
}

/* Tables must lie in whole clusters, inside the file and inside what QEMU takes. */
static bool check_table(const struct head *head, const struct image *image, uint64_t at, uint64_t bytes, uint64_t limit,
			const char *what, struct error *err)
{
	if (bytes == 0)
		return true;
	if (bytes > limit || at == 0 || (at & ((UINT64_C(1) << image->cluster_bits) - 1)) != 0 || at > INT64_MAX - bytes ||
	    (head->file_bytes > 0 && at > head->file_bytes))
		return image_broken(head, what, err);
	return true;
}

static bool check_tables(const struct head *head, struct image *image, struct error *err)
{
	const uint8_t *bytes = head->bytes;
	uint64_t cluster = UINT64_C(1) << image->cluster_bits;
	uint64_t l1_entries = be32(bytes + 36), refcount_clusters = be32(bytes + 56);
	uint64_t snapshots = be32(bytes + 60), snapshots_at = be64(bytes + 64);
	/* What one L1 entry covers: a cluster of L2 entries, a cluster each. */
	uint64_t covered = cluster / (image->extended_l2 ? 16 : 8);

	covered = covered > UINT64_MAX / cluster ? UINT64_MAX : covered * cluster;
	if (image->virtual_bytes > INT64_MAX)
		return image_broken(head, "its size is out of range", err);
	if (!check_table(head, image, be64(bytes + 40), l1_entries * L1_ENTRY, L1_LIMIT, "its L1 table is out of range",
			 err) ||
	    !check_table(head, image, be64(bytes + 48), refcount_clusters * cluster, REFCOUNT_TABLE_LIMIT,
			 "its refcount table is out of range", err))
		return false;
	if (l1_entries < image->virtual_bytes / covered + (image->virtual_bytes % covered != 0))
		return image_broken(head, "its L1 table is too small for its size", err);
	if (snapshots > IMAGE_SNAPSHOTS)
		return image_broken(head, "it has too many snapshots", err);
	if (!check_table(head, image, snapshots_at, snapshots * SNAPSHOT_BYTES, IMAGE_SNAPSHOTS * SNAPSHOT_BYTES,
			 "its snapshot table is out of range", err))
		return false;
	/* unlike the others it is never larger than the file */
	if (snapshots > 0 && head->file_bytes > 0 && snapshots * SNAPSHOT_BYTES > head->file_bytes - snapshots_at)
		return image_broken(head, "its snapshot table is out of range", err);
	image->snapshots = (unsigned)snapshots;
	return true;
}

static bool parse_backing(const struct head *head, uint64_t header_length, struct image *ret, size_t *extensions_end,
			  struct error *err)
{
	uint64_t at = be64(head->bytes + 8);
	uint32_t size = be32(head->bytes + 16);

	if (at == 0)
		return true;
	if (at >= header_length)
		ret->backing_file = image_name(head, at, size);
	if (ret->backing_file == NULL)
		return image_broken(head, "the name of its backing file is none", err);
	if (*extensions_end > at)
		*extensions_end = (size_t)at;
	return true;
}

bool image_parse_qcow2(const struct head *head, struct image *ret, struct error *err)
{
	uint64_t header_length = V2_LENGTH;

	if (!head_has(head, 0, V2_LENGTH))
		return image_broken(head, "it ends inside its header", err);
	ret->version = be32(head->bytes + 4);
	ret->cluster_bits = be32(head->bytes + 20);
	ret->virtual_bytes = be64(head->bytes + 24);
	ret->refcount_bits = 16;
	if (ret->version < 2 || ret->version > 3)
		return image_broken(head, "its version is neither 2 nor 3", err);
	if (ret->cluster_bits < 9 || ret->cluster_bits > 21)
		return image_broken(head, "its cluster size is out of range", err);
	if (ret->version == 3 && !parse_v3(head, ret, &header_length, err))
		return false;
	uint32_t crypt = be32(head->bytes + 32);

	if (crypt > CRYPT_LUKS)
		return image_broken(head, "its encryption is not known", err);
	ret->encrypted = crypt != CRYPT_NONE;
	ret->luks = crypt == CRYPT_LUKS;
	size_t end = head->length;

	if (end > UINT64_C(1) << ret->cluster_bits)
		end = (size_t)1 << ret->cluster_bits;
	return check_tables(head, ret, err) && parse_backing(head, header_length, ret, &end, err) &&
	       parse_extensions(head, (size_t)header_length, end, ret, err);
}
