/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes the reader of archives: members lie inside, under plain names, each once. */
#include "base/memory.h"
#include "storage/tar.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
	const uint8_t *data;
	size_t size;
};

static bool read_bytes(void *userdata, uint64_t offset, void *bytes, size_t length, struct error *err)
{
	const struct bytes *all = userdata;

	(void)err;
	if (offset > all->size || length > all->size - offset)
		abort();
	memcpy(bytes, all->data + offset, length);
	return true;
}

/* Most mutations break a header's checksum: it is made right, so that what is behind it is reached. */
static void sign(uint8_t *data, size_t size)
{
	for (size_t at = 0; size - at >= TAR_BLOCK; at += TAR_BLOCK) {
		unsigned sum = 8 * ' ';

		if (memcmp(data + at + 257, "ustar", 5) != 0)
			continue;
		for (size_t i = 0; i < TAR_BLOCK; i++)
			sum += i >= 148 && i < 156 ? 0 : data[at + i];
		for (int i = 5; i >= 0; i--, sum >>= 3)
			data[at + 148 + (size_t)i] = (uint8_t)('0' + (sum & 7));
		data[at + 154] = 0;
		data[at + 155] = ' ';
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ uint8_t *copy = xmalloc(size + 1);
	_cleanup_tar_ struct tar tar = { 0 };
	struct bytes bytes = { copy, size };
	struct tar_source source = { .path = "a.tar", .size = size, .read = read_bytes, .userdata = &bytes };

	memcpy(copy, data, size);
	sign(copy, size);
	if (!tar_read(&source, &tar, &err)) {
		if (err.code == ERROR_NONE || tar.members != NULL)
			abort();
		return 0;
	}
	for (size_t i = 0; i < tar.count; i++) {
		const struct tar_member *member = &tar.members[i];

		if (member->offset > size || member->size > size - member->offset)
			abort();
		if (member->name[0] == '/' || member->name[0] == '\0' || strcmp(member->name, "..") == 0 || strncmp(member->name, "../", 3) == 0 ||
		    strstr(member->name, "/../") != NULL || tar_find(&tar, member->name) != member)
			abort();
	}
	return 0;
}
