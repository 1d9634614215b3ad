/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of font files of every format, and of the cache: what is taken in can be found, saved and read again. */
#include "base/error.h"
#include "base/memory.h"
#include "screen/fonts.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void check_sizes(const struct fonts *fonts, const struct fonts *again)
{
	unsigned width, height;

	for (size_t n = 0; fonts_size(fonts, n, &width, &height); n++) {
		must(width >= FONT_WIDTH_MIN && width <= FONT_WIDTH_MAX);
		must(height >= FONT_HEIGHT_MIN && height <= FONT_HEIGHT_MAX);
		must(fonts_count(fonts, width, height) == fonts_count(again, width, height));
	}
}

/* Looks up what the input's own bytes make as a cell. */
static void look_up(const struct fonts *fonts, const uint8_t *data, size_t size)
{
	unsigned width, height;
	struct bitmap bitmap = { { 0 } };
	struct glyph glyph;

	for (size_t i = 0; i < size && i < FONT_HEIGHT_MAX; i++)
		bitmap.rows[i] = data[size - 1 - i];
	for (size_t n = 0; fonts_size(fonts, n, &width, &height); n++) {
		if (fonts_find(fonts, width, height, &bitmap, &glyph))
			must(glyph.characters[0] >= ' ' && (glyph.columns == 1 || glyph.columns == 2));
		fonts_find_covered(fonts, width, height, &bitmap, height - 2, height - 1, 'A', &glyph);
	}
	fonts_find(fonts, 9, 16, &bitmap, &glyph);
}

static void save_again(const struct fonts *fonts)
{
	_cleanup_close_ int fd = memfd_create("fonts", MFD_CLOEXEC);
	struct fonts *again = fonts_new();
	off_t length;
	void *bytes;

	must(fd >= 0 && fonts_save(fonts, fd, NULL));
	length = lseek(fd, 0, SEEK_END);
	bytes = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, fd, 0);
	must(bytes != MAP_FAILED);
	must(fonts_restore(again, bytes, (size_t)length, NULL));
	munmap(bytes, (size_t)length);
	check_sizes(fonts, again);
	fonts_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct fonts *fonts = fonts_new();
	bool taken;

	/* what is no cache is a file */
	taken = fonts_restore(fonts, data, size, NULL) || fonts_add(fonts, "input", data, size, &err);
	must(taken != error_is_set(&err));
	look_up(fonts, data, size);
	save_again(fonts);
	fonts_free(fonts);
	return 0;
}
