/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What recovery asks of fonts: files taken in by what they are, and bitmaps found. */
#include "screen/fonts.h"

#include "base/memory.h"
#include "screen/font_read.h"

#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

struct fonts *fonts_new(void)
{
	return xcalloc(1, sizeof(struct fonts));
}

void fonts_free(struct fonts *fonts)
{
	if (fonts == NULL)
		return;
	for (size_t i = 0; i < fonts->size_count; i++) {
		free(fonts->sizes[i].packed);
		free(fonts->sizes[i].characters);
		free(fonts->sizes[i].index);
		free(fonts->aliases[i].items);
	}
	free(fonts);
}

/* ---- files ---- */

/* The whole of a gzip file. What is larger than any font, or broken, is not read. */
static bool gunzip(const unsigned char *data, size_t length, unsigned char **ret, size_t *ret_length)
{
	z_stream stream = { .next_in = data, .avail_in = (unsigned)length };
	_cleanup_free_ unsigned char *out = NULL;
	size_t room = 64 * 1024;
	int result = inflateInit2(&stream, 16 + MAX_WBITS);

	if (result != Z_OK)
		return false;
	out = xmalloc(room);
	while (result == Z_OK) {
		if (stream.total_out == room) {
			if (room == FONT_FILE_MAX)
				break;
			room *= 2;
			out = xreallocarray(out, room, 1);
		}
		stream.next_out = out + stream.total_out;
		stream.avail_out = (unsigned)(room - stream.total_out);
		result = inflate(&stream, Z_NO_FLUSH);
		if (result == Z_BUF_ERROR && stream.avail_out == 0)
			result = Z_OK;
	}
	*ret_length = stream.total_out;
	inflateEnd(&stream);
	if (result != Z_STREAM_END)
		return false;
	*ret = TAKE_POINTER(out);
	return true;
}

bool fonts_add(struct fonts *fonts, const char *name, const void *data, size_t length, struct error *err)
{
	_cleanup_free_ unsigned char *unpacked = NULL;
	const unsigned char *bytes = data;
	size_t taken = 0;

	if (length >= 2 && memcmp(data, "\x1f\x8b", 2) == 0) {
		if (length > FONT_FILE_MAX || !gunzip(data, length, &unpacked, &length))
			return error_set(err, ERROR_INVALID, "'%s' is compressed, and damaged or too large", name);
		bytes = unpacked;
	}
	if (font_psf_is(bytes, length))
		taken = font_psf_read(fonts, bytes, length);
	else if (font_pf2_is(bytes, length))
		taken = font_pf2_read(fonts, bytes, length);
	else if (length > 0)
		taken = font_cp437_scan(fonts, bytes, length) + font_image_scan(fonts, bytes, length);
	if (taken == 0)
		return error_set(err, ERROR_NOT_FOUND, "'%s' holds no font that is understood", name);
	return true;
}

/* ---- looking up ---- */

/* VGA draws fonts of 8 pixels in cells of 9: the ninth column is background, or repeats the eighth where lines and
 * blocks are to meet. False when it is neither. */
static bool without_ninth(const struct bitmap *bitmap, unsigned height, struct bitmap *ret)
{
	unsigned ninth = 0, differs = 0;

	memset(ret, 0, sizeof *ret);
	for (unsigned y = 0; y < height; y++) {
		unsigned row = bitmap->rows[y];

		ninth |= row & 1;
		differs |= (row ^ row >> 1) & 1;
		ret->rows[y] = (uint16_t)(row >> 1);
	}
	return !ninth || !differs;
}

static bool find_in(const struct fonts *fonts, const struct size_class *class, const struct bitmap *bitmap,
		    struct glyph *ret)
{
	size_t number = class != NULL ? store_find(class, bitmap) : SIZE_MAX;

	if (number == SIZE_MAX)
		return false;
	store_characters(fonts, class, number, ret->characters);
	ret->columns = (uint8_t) class->columns;
	return true;
}

static bool find(const struct fonts *fonts, unsigned width, unsigned height, const struct bitmap *bitmap,
		 struct glyph *ret)
{
	struct bitmap narrow;

	if (find_in(fonts, store_size(fonts, width, height, 1), bitmap, ret) ||
	    find_in(fonts, store_size(fonts, width, height, 2), bitmap, ret))
		return true;
	return width == 9 && without_ninth(bitmap, height, &narrow) &&
	       find_in(fonts, store_size(fonts, 8, height, 1), &narrow, ret);
}

static void invert(const struct bitmap *bitmap, unsigned width, unsigned height, struct bitmap *ret)
{
	unsigned mask = (1u << width) - 1;

	memset(ret, 0, sizeof *ret);
	for (unsigned y = 0; y < height; y++)
		ret->rows[y] = (uint16_t)(~bitmap->rows[y] & mask);
}

bool fonts_find(const struct fonts *fonts, unsigned width, unsigned height, const struct bitmap *bitmap,
		struct glyph *ret)
{
	struct bitmap inverse;

	*ret = (struct glyph){ 0 };
	if (height > FONT_HEIGHT_MAX || width > FONT_WIDTH_MAX)
		return false;
	if (find(fonts, width, height, bitmap, ret))
		return true;
	invert(bitmap, width, height, &inverse);
	ret->inverse = true;
	return find(fonts, width, height, &inverse, ret);
}

/* Which of two glyphs it is more likely to be. */
static bool better(const struct glyph *a, const struct glyph *b, uint32_t likely)
{
	if (a->characters[0] == likely || b->characters[0] == likely)
		return b->characters[0] != likely;
	if (a->characters[0] == ' ' || b->characters[0] == ' ')
		return b->characters[0] != ' ';
	return store_rank(a->characters[0]) < store_rank(b->characters[0]);
}

bool fonts_find_covered(const struct fonts *fonts, unsigned width, unsigned height, const struct bitmap *bitmap,
			unsigned from, unsigned to, uint32_t likely, struct glyph *ret)
{
	const struct size_class *class = store_size(fonts, width, height, 1);
	struct bitmap open = *bitmap;
	bool found = false;

	for (unsigned y = from; y <= to && y < FONT_HEIGHT_MAX; y++)
		open.rows[y] = 0;
	if (class == NULL && width == 9) {
		struct bitmap wide = open;

		if (!without_ninth(&wide, height, &open))
			return false;
		class = store_size(fonts, 8, height, 1);
	}
	*ret = (struct glyph){ 0 };
	for (size_t number = 0; (number = store_next_covered(class, number, &open, from, to)) != SIZE_MAX; number++) {
		struct glyph glyph = { .columns = 1 };

		store_characters(fonts, class, number, glyph.characters);
		if (!found || better(&glyph, ret, likely))
			*ret = glyph;
		found = true;
	}
	return found;
}

static size_t count(const struct size_class *class)
{
	return class != NULL ? class->count : 0;
}

size_t fonts_count(const struct fonts *fonts, unsigned width, unsigned height)
{
	return count(store_size(fonts, width, height, 1)) + count(store_size(fonts, width, height, 2)) +
	       (width == 9 ? count(store_size(fonts, 8, height, 1)) : 0);
}

bool fonts_size(const struct fonts *fonts, size_t n, unsigned *ret_width, unsigned *ret_height)
{
	for (size_t i = 0; i < fonts->size_count; i++) {
		if (fonts->sizes[i].columns != 1 || n-- > 0)
			continue;
		*ret_width = fonts->sizes[i].width;
		*ret_height = fonts->sizes[i].height;
		return true;
	}
	return false;
}
