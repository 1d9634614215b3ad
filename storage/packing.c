/* SPDX-License-Identifier: GPL-2.0-or-later */
/* gzip, xz and zstd. */
#include "storage/packing.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <string.h>

ENUM_WORDS(packing, PACKING_COUNT, NULL, "gzip", "xz", "zstd");

static const struct {
	uint8_t magic[6];
	size_t length;
	const char *limit; /* on the memory that a hostile file may ask for */
	const char *package;
	const char *endings[3];
} packings[PACKING_COUNT] = {
	[PACKING_GZIP] = { { 0x1f, 0x8b, 0x08 }, 3, NULL, "gzip", { ".gz", ".gzip" } },
	[PACKING_XZ] = { { 0xfd, '7', 'z', 'X', 'Z', 0 }, 6, "--memlimit-decompress=1GiB", "xz-utils", { ".xz" } },
	[PACKING_ZSTD] = { { 0x28, 0xb5, 0x2f, 0xfd }, 4, "--memory=1024MB", "zstd", { ".zst", ".zstd" } },
};

enum packing packing_recognise(const uint8_t *bytes, size_t length)
{
	for (int i = PACKING_NONE + 1; i < PACKING_COUNT; i++)
		if (length >= packings[i].length && memcmp(bytes, packings[i].magic, packings[i].length) == 0)
			return (enum packing)i;
	return PACKING_NONE;
}

char **packing_argv(enum packing packing)
{
	char **argv = strv_add(NULL, enum_word(&packing_words, (int)packing));

	argv = strv_add(strv_add(argv, "-d"), "-c");
	return packings[packing].limit != NULL ? strv_add(argv, packings[packing].limit) : argv;
}

const char *packing_package(enum packing packing)
{
	return packings[packing].package;
}

char *packing_plain_name(const char *name)
{
	for (int i = PACKING_NONE + 1; i < PACKING_COUNT; i++)
		for (const char *const *ending = packings[i].endings; *ending != NULL; ending++)
			if (text_ends(name, *ending) && strlen(name) > strlen(*ending))
				return xstrndup(name, strlen(name) - strlen(*ending));
	return xstrdup(name);
}
