/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every reader of an image head uses: the word that it is broken, and names, in it or for it. */
#include "storage/image_internal.h"

#include "base/memory.h"
#include "base/text.h"

#define NAME_LIMIT   1023u /* QEMU's own, of a backing file's name */

ENUM_WORDS(image_format, IMAGE_FORMAT_COUNT, NULL, "raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vhdx", "vpc", "luks",
	   "iso");

bool image_broken(const struct head *head, const char *what, struct error *err)
{
	return error_set(err, ERROR_INVALID, "'%s' is a broken %s image: %s", head->path, head->format, what);
}

char *image_name(const struct head *head, uint64_t at, uint64_t size)
{
	if (size == 0 || size > NAME_LIMIT || !head_has(head, at, size))
		return NULL;
	for (uint64_t i = 0; i < size; i++)
		if (head->bytes[at + i] < 0x20 || head->bytes[at + i] == 0x7f)
			return NULL;
	return utf8_valid((const char *)head->bytes + at, size) ? xstrndup((const char *)head->bytes + at, size) : NULL;
}

bool image_check_backing_name(const char *path, struct error *err)
{
	size_t length = strlen(path);

	if (length > NAME_LIMIT)
		return error_set(err, ERROR_INVALID, "nothing can stand on '%.40s...': its path is longer than %u bytes", path,
				 (unsigned)NAME_LIMIT);
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)path[i] < 0x20 || path[i] == 0x7f)
			return error_set(err, ERROR_INVALID, "nothing can stand on '%s': its path has control characters", path);
	return utf8_valid(path, length) ||
	       error_set(err, ERROR_INVALID, "nothing can stand on '%s': its path is not UTF-8", path);
}
