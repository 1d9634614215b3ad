/* SPDX-License-Identifier: GPL-2.0-or-later */
/* GRUB's fonts (PF2): glyphs that are cut to their ink, put back into whole cells. */
#include "screen/font_read.h"

#include <string.h>

enum {
	SECTION_HEADER = 8,
	INDEX_ENTRY = 9, /* character, flags, offset in the file */
	GLYPH_HEADER = 10,
	CELL_WIDTH = 8, /* GRUB's terminal draws in cells of 8: fonts of 8 and 16 wide, such as Unifont */
};

struct pf2 {
	const unsigned char *data;
	size_t length;
	unsigned ascent, descent;
	const unsigned char *index; /* NULL: none */
	size_t index_count;
};

bool font_pf2_is(const unsigned char *data, size_t length)
{
	return length >= 12 && memcmp(data, "FILE\0\0\0\4PFF2", 12) == 0;
}

/* Sections up to "DATA", which has the glyphs and no length. */
static bool read_sections(struct pf2 *pf2)
{
	size_t at = 0;

	while (pf2->length - at >= SECTION_HEADER) {
		const unsigned char *section = pf2->data + at, *content = section + SECTION_HEADER;
		size_t size = be32(section + 4);

		if (memcmp(section, "DATA", 4) == 0)
			break;
		if (pf2->length - at - SECTION_HEADER < size)
			return false;
		if (memcmp(section, "ASCE", 4) == 0 && size == 2)
			pf2->ascent = be16(content);
		else if (memcmp(section, "DESC", 4) == 0 && size == 2)
			pf2->descent = be16(content);
		else if (memcmp(section, "CHIX", 4) == 0) {
			pf2->index = content;
			pf2->index_count = size / INDEX_ENTRY;
		}
		at += SECTION_HEADER + size;
	}
	return pf2->index != NULL && pf2->ascent <= FONT_HEIGHT_MAX && pf2->descent <= FONT_HEIGHT_MAX &&
	       pf2->ascent + pf2->descent <= FONT_HEIGHT_MAX;
}

/* Draws a glyph at its baseline into a cell that is as high as the font. False when it is not a character cell or two
 * wide, or does not lie inside. */
static bool read_glyph(const struct pf2 *pf2, size_t offset, struct bitmap *ret, unsigned *ret_width)
{
	const unsigned char *glyph = pf2->data + offset, *bits = glyph + GLYPH_HEADER;
	unsigned width, height;
	int left, top, advance;

	if (offset > pf2->length || pf2->length - offset < GLYPH_HEADER)
		return false;
	width = be16(glyph);
	height = be16(glyph + 2);
	left = (int16_t)be16(glyph + 4);
	advance = (int16_t)be16(glyph + 8);
	top = (int)pf2->ascent - (int16_t)be16(glyph + 6) - (int)height;
	if (advance != CELL_WIDTH && advance != 2 * CELL_WIDTH)
		return false;
	if (left < 0 || left + (int)width > advance || top < 0 || top + (int)height > (int)(pf2->ascent + pf2->descent))
		return false;
	if (pf2->length - offset - GLYPH_HEADER < ((size_t)width * height + 7) / 8)
		return false;
	memset(ret, 0, sizeof *ret);
	/* Bits follow each other without padding at the ends of rows. */
	for (size_t bit = 0; bit < (size_t)width * height; bit++) {
		unsigned x = (unsigned)left + (unsigned)(bit % width), y = (unsigned)top + (unsigned)(bit / width);

		if (bits[bit / 8] & 0x80 >> bit % 8)
			ret->rows[y] |= (uint16_t)(1u << ((unsigned)advance - 1 - x));
	}
	*ret_width = (unsigned)advance;
	return true;
}

size_t font_pf2_read(struct fonts *fonts, const unsigned char *data, size_t length)
{
	struct pf2 pf2 = { .data = data, .length = length };
	size_t taken = 0;

	if (!read_sections(&pf2))
		return 0;
	for (size_t i = 0; i < pf2.index_count && i < FONT_GLYPHS_MAX; i++) {
		const unsigned char *entry = pf2.index + i * INDEX_ENTRY;
		struct bitmap bitmap;
		unsigned width;

		/* No flag has a meaning for us: bit 0 once was compression. */
		if (entry[4] != 0 || !read_glyph(&pf2, be32(entry + 5), &bitmap, &width))
			continue;
		taken += store_put(fonts, width, pf2.ascent + pf2.descent, width / CELL_WIDTH, &bitmap, be32(entry));
	}
	return taken;
}
