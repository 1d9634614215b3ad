/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fonts of code page 437 that lie bare in an image: VGA BIOSes, QEMU's own consoles, the Linux kernel's. */
#include "base/memory.h"
#include "screen/font_read.h"

#include <string.h>

/* What the bytes below 32 and above 126 show; the others are ASCII. */
static const uint16_t low[32] = {
	' ',	0x263a, 0x263b, 0x2665, 0x2666, 0x2663, 0x2660, 0x2022, 0x25d8, 0x25cb, 0x25d9,
	0x2642, 0x2640, 0x266a, 0x266b, 0x263c, 0x25ba, 0x25c4, 0x2195, 0x203c, 0x00b6, 0x00a7,
	0x25ac, 0x21a8, 0x2191, 0x2193, 0x2192, 0x2190, 0x221f, 0x2194, 0x25b2, 0x25bc,
};
static const uint16_t high[129] = {
	0x2302, 0x00c7, 0x00fc, 0x00e9, 0x00e2, 0x00e4, 0x00e0, 0x00e5, 0x00e7, 0x00ea, 0x00eb, 0x00e8, 0x00ef,
	0x00ee, 0x00ec, 0x00c4, 0x00c5, 0x00c9, 0x00e6, 0x00c6, 0x00f4, 0x00f6, 0x00f2, 0x00fb, 0x00f9, 0x00ff,
	0x00d6, 0x00dc, 0x00a2, 0x00a3, 0x00a5, 0x20a7, 0x0192, 0x00e1, 0x00ed, 0x00f3, 0x00fa, 0x00f1, 0x00d1,
	0x00aa, 0x00ba, 0x00bf, 0x2310, 0x00ac, 0x00bd, 0x00bc, 0x00a1, 0x00ab, 0x00bb, 0x2591, 0x2592, 0x2593,
	0x2502, 0x2524, 0x2561, 0x2562, 0x2556, 0x2555, 0x2563, 0x2551, 0x2557, 0x255d, 0x255c, 0x255b, 0x2510,
	0x2514, 0x2534, 0x252c, 0x251c, 0x2500, 0x253c, 0x255e, 0x255f, 0x255a, 0x2554, 0x2569, 0x2566, 0x2560,
	0x2550, 0x256c, 0x2567, 0x2568, 0x2564, 0x2565, 0x2559, 0x2558, 0x2552, 0x2553, 0x256b, 0x256a, 0x2518,
	0x250c, 0x2588, 0x2584, 0x258c, 0x2590, 0x2580, 0x03b1, 0x00df, 0x0393, 0x03c0, 0x03a3, 0x03c3, 0x00b5,
	0x03c4, 0x03a6, 0x0398, 0x03a9, 0x03b4, 0x221e, 0x03c6, 0x03b5, 0x2229, 0x2261, 0x00b1, 0x2265, 0x2264,
	0x2320, 0x2321, 0x00f7, 0x2248, 0x00b0, 0x2219, 0x00b7, 0x221a, 0x207f, 0x00b2, 0x25a0, ' ',
};

uint32_t font_cp437_character(unsigned char byte)
{
	if (byte < ARRAY_LENGTH(low))
		return low[byte];
	return byte < 0x7f ? byte : high[byte - 0x7f];
}

/* Where in a table the left and the right half block stand, side by side: what a table is found by. */
enum { LEFT_HALF = 0xdd, RIGHT_HALF = 0xde, FULL_BLOCK = 0xdb, LOWER_HALF = 0xdc, UPPER_HALF = 0xdf };

struct table {
	unsigned width, height;
};

static size_t glyph_size(const struct table *table)
{
	return (size_t)table->width / 8 * table->height;
}

static bool all(const unsigned char *glyph, size_t size, unsigned char byte)
{
	for (size_t i = 0; i < size; i++)
		if (glyph[i] != byte)
			return false;
	return true;
}

/* Letters that look like nothing else in a run of bytes: what is blank where, and that they differ. */
static bool has_letters(const unsigned char *start, size_t size)
{
	for (unsigned char c = 'A'; c < 'Z'; c++) {
		const unsigned char *glyph = start + c * size;

		if (all(glyph, size, 0) || memcmp(glyph, glyph + size, size) == 0)
			return false;
	}
	return true;
}

/* The shapes that every such font has: blanks, and blocks that fill what they are named for. */
static bool is_table(const unsigned char *start, const struct table *table)
{
	size_t size = glyph_size(table), half = size / 2;
	const unsigned char *lower = start + LOWER_HALF * size, *upper = start + UPPER_HALF * size;

	if (!all(start + ' ' * size, size, 0) || !all(start + 0xff * size, size, 0) ||
	    !all(start + FULL_BLOCK * size, size, 0xff))
		return false;
	/* the two meet somewhere near the middle */
	for (size_t i = 0; i < size; i++)
		if ((lower[i] ^ upper[i]) != 0xff)
			return false;
	if (lower[0] != 0 || lower[half + size / 8] != 0xff || upper[half - size / 4] != 0xff)
		return false;
	return has_letters(start, size);
}

static size_t read_table(struct fonts *fonts, const unsigned char *start, const struct table *table)
{
	size_t size = glyph_size(table), taken = 0;

	for (unsigned c = 0; c < 256; c++) {
		const unsigned char *glyph = start + c * size;
		struct bitmap bitmap = { { 0 } };

		for (unsigned y = 0; y < table->height; y++)
			bitmap.rows[y] = table->width == 8 ? glyph[y] : (uint16_t)be16(glyph + (size_t)2 * y);
		/* Linux' large font has a box for NUL: no character of its own. */
		if (c == 0 && !all(glyph, size, 0))
			continue;
		taken += store_put(fonts, table->width, table->height, 1, &bitmap,
				   font_cp437_character((unsigned char)c));
		if (c == 0xff)
			store_put(fonts, table->width, table->height, 1, &bitmap, 0xa0);
	}
	return taken;
}

static size_t scan_for(struct fonts *fonts, const unsigned char *data, size_t length, const struct table *table)
{
	size_t size = glyph_size(table), taken = 0, at = 0;
	unsigned char halves[2 * PACKED_MAX];

	if (length < 256 * size)
		return 0;
	for (size_t i = 0; i < 2 * size; i++) {
		bool right = i >= size;

		if (table->width == 8)
			halves[i] = right ? 0x0f : 0xf0;
		else
			halves[i] = (i % 2 == 1) == right ? 0xff : 0;
	}
	while (at < length) {
		const unsigned char *found = memmem(data + at, length - at, halves, 2 * size);
		size_t before = LEFT_HALF * size;

		if (found == NULL)
			break;
		at = (size_t)(found - data) + 1;
		if ((size_t)(found - data) < before || length - (size_t)(found - data) < 256 * size - before)
			continue;
		if (is_table(found - before, table))
			taken += read_table(fonts, found - before, table);
	}
	return taken;
}

size_t font_cp437_scan(struct fonts *fonts, const unsigned char *data, size_t length)
{
	static const struct table tables[] = { { 8, 16 }, { 8, 14 }, { 8, 8 }, { 16, 32 } };
	size_t taken = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
		taken += scan_for(fonts, data, length, &tables[i]);
	return taken;
}
