/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Linux console fonts: PSF 1 and 2, with the tables that say which characters a glyph stands for. */
#include "screen/font_read.h"

#include <string.h>

enum {
	PSF1_HEADER = 4,
	PSF1_512 = 1,	/* twice the glyphs */
	PSF1_TABLE = 2, /* a Unicode table follows */
	PSF1_SEQUENCES = 4,
	PSF2_HEADER = 32,
	PSF2_TABLE = 1,
};

/* What both say in their headers. */
struct psf {
	unsigned width, height;
	size_t glyphs, glyph_size;
	const unsigned char *bits;	  /* glyphs of glyph_size */
	const unsigned char *table, *end; /* NULL: none */
	bool utf8;			  /* the table is of PSF 2 */
};

bool font_psf_is(const unsigned char *data, size_t length)
{
	return (length >= PSF1_HEADER && memcmp(data, "\x36\x04", 2) == 0) ||
	       (length >= PSF2_HEADER && memcmp(data, "\x72\xb5\x4a\x86", 4) == 0);
}

static bool read_header(const unsigned char *data, size_t length, struct psf *ret)
{
	size_t header;

	*ret = (struct psf){ .width = 8, .end = data + length };
	if (data[0] == 0x36) {
		ret->glyphs = data[2] & PSF1_512 ? 512 : 256;
		ret->height = data[3];
		ret->glyph_size = data[3];
		header = PSF1_HEADER;
		if (data[2] & (PSF1_TABLE | PSF1_SEQUENCES))
			ret->table = data;
	} else {
		header = le32(data + 8);
		ret->glyphs = le32(data + 16);
		ret->glyph_size = le32(data + 20);
		ret->height = le32(data + 24);
		ret->width = le32(data + 28);
		ret->utf8 = true;
		if (le32(data + 12) & PSF2_TABLE)
			ret->table = data;
		if (header < PSF2_HEADER || header > length)
			return false;
	}
	if (ret->width < FONT_WIDTH_MIN || ret->width > FONT_WIDTH_MAX || ret->height < FONT_HEIGHT_MIN ||
	    ret->height > FONT_HEIGHT_MAX || ret->glyphs > FONT_GLYPHS_MAX ||
	    ret->glyph_size != (size_t)(ret->width + 7) / 8 * ret->height)
		return false;
	ret->bits = data + header;
	if ((length - header) / ret->glyph_size < ret->glyphs) {
		/* cut off: no table then, and fewer glyphs */
		ret->glyphs = (length - header) / ret->glyph_size;
		ret->table = NULL;
	} else if (ret->table != NULL) {
		ret->table = ret->bits + ret->glyphs * ret->glyph_size;
	}
	return true;
}

static void read_glyph(const struct psf *psf, size_t number, struct bitmap *ret)
{
	const unsigned char *bits = psf->bits + number * psf->glyph_size;

	memset(ret, 0, sizeof *ret);
	for (unsigned y = 0; y < psf->height; y++) {
		if (psf->width == 8)
			ret->rows[y] = bits[y];
		else
			ret->rows[y] = (uint16_t)(be16(bits + (size_t)2 * y) >> (16 - psf->width));
	}
}

/* The next character of a glyph's entry, 0 at its end and where the entry is no more to be understood. What follows the
 * mark of a sequence is passed over: combinations are no characters. */
static uint32_t next_psf1(const unsigned char **table, const unsigned char *end)
{
	bool sequence = false;

	while (end - *table >= 2) {
		uint32_t unit = le16(*table);

		*table += 2;
		if (unit == 0xffff)
			return 0;
		if (unit == 0xfffe)
			sequence = true;
		else if (!sequence)
			return unit;
	}
	*table = end;
	return 0;
}

static uint32_t next_psf2(const unsigned char **table, const unsigned char *end)
{
	bool sequence = false;

	while (*table < end) {
		unsigned char first = *(*table)++;
		unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
		uint32_t character = more == 0 ? first : first & (0x3fu >> more);

		if (first == 0xff)
			return 0;
		if (first == 0xfe) {
			sequence = true;
			continue;
		}
		for (; more > 0 && *table < end && (**table & 0xc0) == 0x80; more--)
			character = character << 6 | (*(*table)++ & 0x3fu);
		/* a broken one is none, and does not end the entry */
		if (more == 0 && character != 0 && !sequence)
			return character;
	}
	return 0;
}

size_t font_psf_read(struct fonts *fonts, const unsigned char *data, size_t length)
{
	struct psf psf;
	size_t taken = 0;

	if (!read_header(data, length, &psf))
		return 0;
	for (size_t i = 0; i < psf.glyphs; i++) {
		struct bitmap bitmap;
		uint32_t character;

		read_glyph(&psf, i, &bitmap);
		if (psf.table == NULL) {
			/* Whatever the code page is, these are the same in it. */
			if (i >= 0x20 && i < 0x7f)
				taken += store_put(fonts, psf.width, psf.height, 1, &bitmap, (uint32_t)i);
			continue;
		}
		while ((character = psf.utf8 ? next_psf2(&psf.table, psf.end) : next_psf1(&psf.table, psf.end)) != 0)
			taken += store_put(fonts, psf.width, psf.height, 1, &bitmap, character);
	}
	return taken;
}
