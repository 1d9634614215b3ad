/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The glyphs of all fonts, by cell size, each bitmap once: what readers of font files put in and fonts_find() looks up.
 */
#ifndef SCREEN_FONT_STORE_H
#define SCREEN_FONT_STORE_H

#include "screen/fonts.h"

/* More than this, over all sizes, are not taken in: fonts are not trusted. */
#define STORE_GLYPHS_MAX  (512 * 1024)
#define STORE_SIZES_MAX	  64
#define STORE_ALIASES_MAX (16 * 1024) /* of one size */
/* The bytes of the largest packed bitmap. */
#define PACKED_MAX (FONT_WIDTH_MAX / 8 * FONT_HEIGHT_MAX)

/* Bitmaps of one cell size, packed: a byte a row for 8 pixels, two for more. */
struct size_class {
	unsigned width, height;
	unsigned columns;     /* 2: wide glyphs, of cells half as wide */
	unsigned packed_size; /* bytes of a bitmap */
	size_t count, room;
	unsigned char *packed; /* owned; count of packed_size */
	uint32_t *characters;  /* owned; the likeliest of each */
	uint32_t *index;       /* owned; open hash table of numbers + 1, 0 empty */
	size_t index_size;     /* a power of two */
};

/* A further character of a bitmap. */
struct alias {
	uint32_t glyph; /* number in its size class */
	uint32_t character;
};

struct fonts {
	struct size_class sizes[STORE_SIZES_MAX];
	size_t size_count;
	struct aliases {
		struct alias *items; /* owned; sorted by glyph, then as they are to be named */
		size_t count;
	} aliases[STORE_SIZES_MAX];
	size_t glyph_count; /* of all sizes */
};

/* Takes in one glyph. Sizes that no cell has, characters that are none and what is beyond the limits are passed over:
 * false then. columns is 2 for a wide glyph, whose bitmap is of two cells. */
bool store_put(struct fonts *fonts, unsigned width, unsigned height, unsigned columns, const struct bitmap *bitmap,
	       uint32_t character);
/* The size class of cells that are so wide and high; NULL: there is none. */
const struct size_class *store_size(const struct fonts *fonts, unsigned width, unsigned height, unsigned columns);
/* The number of a bitmap in its class, or SIZE_MAX. */
size_t store_find(const struct size_class *class, const struct bitmap *bitmap);
/* The first glyph at or behind number that equals the bitmap but for the rows from, ... to; SIZE_MAX: none is left.
 * class may be NULL. */
size_t store_next_covered(const struct size_class *class, size_t number, const struct bitmap *bitmap, unsigned from,
			  unsigned to);
/* All characters of glyph number, likeliest first, 0 after the last. */
void store_characters(const struct fonts *fonts, const struct size_class *class, size_t number, uint32_t ret[4]);
/* Makes room for so many glyphs of a size, to come by store_put(). */
void store_reserve(struct fonts *fonts, unsigned width, unsigned height, unsigned columns, size_t count);
/* A bitmap from its packed bytes. */
void store_unpack(unsigned width, unsigned height, const unsigned char *packed, struct bitmap *ret);
/* How likely a character is on a screen among those that look the same; less is likelier. */
unsigned store_rank(uint32_t character);

#endif
