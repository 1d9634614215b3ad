/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file with what was found in the installed fonts. Its first line says what they were found in. */
#include "screen/fonts_file.h"

#include "base/file.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_LIMIT (64 * 1024 * 1024)

static bool restore(struct fonts *fonts, const char *path, const char *stamp)
{
	_cleanup_free_ char *text = NULL;
	size_t length, line = strlen(stamp);

	if (!file_read(path, FILE_LIMIT, &text, &length, NULL))
		return false;
	if (length <= line || memcmp(text, stamp, line) != 0 || text[line] != '\n')
		return false;
	return fonts_restore(fonts, text + line + 1, length - line - 1, NULL);
}

/* Under another name first: another virtty-screen may read it now. */
static void save(const struct fonts *fonts, const char *path, const char *stamp)
{
	_cleanup_free_ char *draft = strf("%s.XXXXXX", path);
	_cleanup_close_ int fd = mkstemp(draft);

	if (fd < 0)
		return;
	if (!write_all(fd, stamp, strlen(stamp)) || !write_all(fd, "\n", 1) || !fonts_save(fonts, fd, NULL) ||
	    rename(draft, path) < 0)
		(void)unlink(draft);
}

struct fonts *fonts_file_load(const char *path)
{
	_cleanup_free_ char *stamp = fonts_stamp();
	struct fonts *fonts = fonts_new();

	if (path && restore(fonts, path, stamp))
		return fonts;
	/* What a damaged file left is not kept. */
	fonts_free(fonts);
	fonts = fonts_new();
	fonts_add_installed(fonts);
	if (path)
		save(fonts, path, stamp);
	return fonts;
}
