/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Heads of the formats that other hypervisors use: enough to say what a file is and how large its disk, before qemu-img
 * converts it. */
#include "base/memory.h"
#include "base/text.h"
#include "storage/image_internal.h"

#include <stdlib.h>

#define SECTOR 512u

static bool sectors_to_bytes(const struct head *head, uint64_t sectors, uint64_t *ret, struct error *err)
{
	if (sectors > INT64_MAX / SECTOR)
		return image_broken(head, "its size is out of range", err);
	*ret = sectors * SECTOR;
	return true;
}

/* docs/interop/qed_spec.rst in QEMU. */
bool image_parse_qed(const struct head *head, struct image *ret, struct error *err)
{
	if (!head_has(head, 0, 64))
		return image_broken(head, "it ends inside its header", err);
	uint64_t features = le64(head->bytes + 16);
	uint32_t at = le32(head->bytes + 56), size = le32(head->bytes + 60);

	ret->virtual_bytes = le64(head->bytes + 48);
	ret->dirty = (features & 2) != 0;
	if (!(features & 1))
		return true;
	ret->backing_file = image_name(head, at, size);
	if (ret->backing_file == NULL)
		return image_broken(head, "the name of its backing file is none", err);
	if (features & 4)
		ret->backing_format = IMAGE_RAW;
	return true;
}

/* "RW 4192256 SPARSE "name.vmdk"": the sectors of one extent; 0 when the line is none. */
static uint64_t extent_sectors(const char *line, size_t length)
{
	static const char *const accesses[] = { "RW ", "RDONLY ", "NOACCESS " };
	uint64_t sectors = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(accesses); i++) {
		size_t skip = strlen(accesses[i]);

		if (length <= skip || memcmp(line, accesses[i], skip) != 0)
			continue;
		for (size_t at = skip; at < length && line[at] >= '0' && line[at] <= '9'; at++) {
			if (sectors > UINT64_MAX / 20)
				return 0;
			sectors = sectors * 10 + (uint64_t)(line[at] - '0');
		}
	}
	return sectors;
}

/* What stands between the first two quotes of a line, as bytes of the head; 0: nothing. */
static uint64_t quoted(const struct head *head, uint64_t at, uint64_t length, uint64_t *ret_length)
{
	const uint8_t *open = memchr(head->bytes + at, '"', length);
	const uint8_t *close = open != NULL ? memchr(open + 1, '"', (size_t)(head->bytes + at + length - open - 1)) : NULL;

	if (close == NULL)
		return 0;
	*ret_length = (uint64_t)(close - open) - 1;
	return (uint64_t)(open - head->bytes) + 1;
}

/* One line of a descriptor: an extent, which may lie in another file, or the parent of a snapshot. */
static bool take_vmdk_line(const struct head *head, uint64_t at, uint64_t length, uint64_t *sectors, struct image *ret,
			   struct error *err)
{
	static const char parent[] = "parentFileNameHint";

	while (length > 0 && strchr(" \t\r", head->bytes[at]) != NULL && head->bytes[at] != '\0') {
		at++;
		length--;
	}
	const char *line = (const char *)head->bytes + at;
	uint64_t more = extent_sectors(line, length), name_length = 0, name = quoted(head, at, length, &name_length);

	if (more > INT64_MAX / SECTOR - *sectors)
		return image_broken(head, "its size is out of range", err);
	*sectors += more;
	if (name != 0 && length > sizeof parent && memcmp(line, parent, sizeof parent - 1) == 0 && ret->backing_file == NULL) {
		ret->backing_file = image_name(head, name, name_length);
		ret->backing_format = IMAGE_VMDK;
		return ret->backing_file != NULL || image_broken(head, "the name of its parent is none", err);
	}
	/* beside the descriptor is where they belong: QEMU would open any file of the host */
	if (name != 0 && more != 0 && ret->data_file == NULL &&
	    (memchr(head->bytes + name, '/', name_length) != NULL || memchr(head->bytes + name, ':', name_length) != NULL)) {
		ret->data_file = image_name(head, name, name_length);
		ret->external_data = true;
		return ret->data_file != NULL || image_broken(head, "the name of an extent is none", err);
	}
	return true;
}

static bool parse_vmdk_text(const struct head *head, uint64_t at, uint64_t end, uint64_t *sectors, struct image *ret,
			    struct error *err)
{
	while (at < end) {
		const uint8_t *stop = memchr(head->bytes + at, '\n', end - at);
		uint64_t length = stop != NULL ? (uint64_t)(stop - head->bytes) - at : end - at;

		if (!take_vmdk_line(head, at, length, sectors, ret, err))
			return false;
		at += length + 1;
	}
	return true;
}

/* VMware's Virtual Disk Format 5.0: a sparse extent with its descriptor inside, one of ESX's, or a descriptor alone,
 * which names extents. */
bool image_parse_vmdk(const struct head *head, struct image *ret, struct error *err)
{
	uint64_t sectors = 0, at = 0, length = 0;

	if (head->bytes[0] == '#')
		return parse_vmdk_text(head, 0, head->length, &sectors, ret, err) &&
		       sectors_to_bytes(head, sectors, &ret->virtual_bytes, err);
	if (!head_has(head, 0, 44))
		return image_broken(head, "it ends inside its header", err);
	if (head->bytes[0] == 'C')
		return sectors_to_bytes(head, le32(head->bytes + 12), &ret->virtual_bytes, err);
	if (!sectors_to_bytes(head, le64(head->bytes + 28), &at, err) ||
	    !sectors_to_bytes(head, le64(head->bytes + 36), &length, err))
		return false;
	/* What of the descriptor lies beyond the head says nothing that counts here. */
	if (at < head->length && length > head->length - at)
		length = head->length - at;
	return (!head_has(head, at, length) || parse_vmdk_text(head, at, at + length, &sectors, ret, err)) &&
	       sectors_to_bytes(head, le64(head->bytes + 12), &ret->virtual_bytes, err);
}

/* VirtualBox' VDICore.h: a preheader of 72 bytes, then the header. */
bool image_parse_vdi(const struct head *head, struct image *ret, struct error *err)
{
	if (!head_has(head, 368, 8))
		return image_broken(head, "it ends inside its header", err);
	ret->version = le32(head->bytes + 68) >> 16;
	ret->virtual_bytes = le64(head->bytes + 368);
	return true;
}

/* [MS-VHDX]: its size lies in a metadata region that is beyond the head, and is qemu-img's to say. */
bool image_parse_vhdx(const struct head *head, struct image *ret, struct error *err)
{
	(void)head;
	(void)err;
	ret->virtual_bytes = 0;
	return true;
}

/* Microsoft's VHD: a copy of the footer comes first where the image is dynamic. */
bool image_parse_vpc(const struct head *head, struct image *ret, struct error *err)
{
	if (!head_has(head, 0, 512))
		return image_broken(head, "it ends inside its footer's copy", err);
	ret->virtual_bytes = be64(head->bytes + 48);
	return true;
}

/* LUKS1 says where its payload begins; LUKS2 says so in JSON, 16 MiB is what cryptsetup makes. */
bool image_parse_luks(const struct head *head, struct image *ret, struct error *err)
{
	uint64_t payload = 16 * 1024 * 1024;

	if (!head_has(head, 0, 112))
		return image_broken(head, "it ends inside its header", err);
	ret->version = be16(head->bytes + 6);
	ret->encrypted = ret->luks = true;
	if (ret->version == 1)
		payload = (uint64_t)be32(head->bytes + 104) * SECTOR;
	if (payload <= head->file_bytes)
		ret->virtual_bytes = head->file_bytes - payload;
	return true;
}
