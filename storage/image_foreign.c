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
	if (size == 0 || size > 1023 || !head_has(head, at, size) || memchr(head->bytes + at, 0, size) != NULL)
		return image_broken(head, "the name of its backing file is out of range", err);
	ret->backing_file = xstrndup((const char *)head->bytes + at, size);
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

static bool parse_vmdk_text(const struct head *head, struct image *ret, struct error *err)
{
	const char *at = (const char *)head->bytes, *end = at + head->length;
	uint64_t sectors = 0;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));

		if (stop == NULL)
			stop = end;
		uint64_t more = extent_sectors(at, (size_t)(stop - at));

		if (more > INT64_MAX / SECTOR - sectors)
			return image_broken(head, "its size is out of range", err);
		sectors += more;
		at = stop < end ? stop + 1 : end;
	}
	return sectors_to_bytes(head, sectors, &ret->virtual_bytes, err);
}

/* VMware's Virtual Disk Format 5.0: a sparse extent, one of ESX's, or a text that names extents. */
bool image_parse_vmdk(const struct head *head, struct image *ret, struct error *err)
{
	if (head->bytes[0] == '#')
		return parse_vmdk_text(head, ret, err);
	if (!head_has(head, 0, 20))
		return image_broken(head, "it ends inside its header", err);
	if (head->bytes[0] == 'C')
		return sectors_to_bytes(head, le32(head->bytes + 12), &ret->virtual_bytes, err);
	return sectors_to_bytes(head, le64(head->bytes + 12), &ret->virtual_bytes, err);
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
