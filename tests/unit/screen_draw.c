/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fonts and screens made for tests. */
#include "tests/unit/screen_draw.h"

#include "base/memory.h"
#include "base/text.h"
#include "screen/font_read.h"

#include <stdlib.h>
#include <string.h>

const uint32_t draw_characters[] = {
	' ',	'!',	'"',	'#',	'$',	'%',	'&',	'\'',	'(',	')',	'*',	   '+',	   ',',
	'-',	'.',	'/',	'0',	'1',	'2',	'3',	'4',	'5',	'6',	'7',	   '8',	   '9',
	':',	';',	'<',	'=',	'>',	'?',	'@',	'A',	'B',	'C',	'D',	   'E',	   'F',
	'G',	'H',	'I',	'J',	'K',	'L',	'M',	'N',	'O',	'P',	'Q',	   'R',	   'S',
	'T',	'U',	'V',	'W',	'X',	'Y',	'Z',	'[',	'\\',	']',	'^',	   '_',	   '`',
	'a',	'b',	'c',	'd',	'e',	'f',	'g',	'h',	'i',	'j',	'k',	   'l',	   'm',
	'n',	'o',	'p',	'q',	'r',	's',	't',	'u',	'v',	'w',	'x',	   'y',	   'z',
	'{',	'|',	'}',	'~',	0xe9,	0x430,	0x434,	0x435,	0x436,	0x43e,	0x440,	   0x441,  0x44f,
	0x2500, 0x2501, 0x2502, 0x2503, 0x250c, 0x2518, 0x2580, 0x2584, 0x2588, 0x258c, 0x2590, 0x2592, DRAW_WIDE, 0x9f8d, 0,
};

/* A sequence of numbers that is the same everywhere. */
static uint32_t next(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static uint32_t drawn_as(uint32_t character)
{
	static const uint32_t pairs[][2] = { { 0x430, 'a' }, { 0x435, 'e' }, { 0x43e, 'o' },
					     { 0x440, 'p' }, { 0x441, 'c' }, { 0xa0, ' ' }, { 0x2503, 0x2502 } };

	for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
		if (pairs[i][0] == character)
			return pairs[i][1];
	return character;
}

static void fill_rows(struct bitmap *bitmap, unsigned from, unsigned to, unsigned row)
{
	for (unsigned y = from; y < to; y++)
		bitmap->rows[y] |= (uint16_t)row;
}

void draw_bitmap(uint32_t character, unsigned width, unsigned height, struct bitmap *ret)
{
	unsigned full = (1u << width) - 1, left = full & full << width / 2, right = full & ~left;
	unsigned middle = 1u << (width / 2 - 1), row = height / 2 - 1;
	uint32_t state;

	*ret = (struct bitmap){ { 0 } };
	character = drawn_as(character);
	switch (character) {
	case ' ':
		return;
	case 0x2500:
		fill_rows(ret, row, row + 1, full);
		return;
	case 0x2501:
		fill_rows(ret, row, row + 2, full);
		return;
	case 0x2502:
		fill_rows(ret, 0, height, middle);
		return;
	case 0x250c:
		fill_rows(ret, row, height, middle);
		fill_rows(ret, row, row + 1, right | middle);
		return;
	case 0x2518:
		fill_rows(ret, 0, row + 1, middle);
		fill_rows(ret, row, row + 1, left | middle);
		return;
	case 0x2580:
		fill_rows(ret, 0, height / 2, full);
		return;
	case 0x2584:
		fill_rows(ret, height / 2, height, full);
		return;
	case 0x2588:
		fill_rows(ret, 0, height, full);
		return;
	case 0x258c:
		fill_rows(ret, 0, height, left);
		return;
	case 0x2590:
		fill_rows(ret, 0, height, right);
		return;
	case '_':
		fill_rows(ret, height - 2, height - 1, full);
		return;
	default:
		break;
	}
	/* Ink where letters have it, with room around. */
	state = character * 2654435761u + 1;
	for (unsigned y = height / 8; y < height - height / 8; y++)
		ret->rows[y] = (uint16_t)(next(&state) >> 7 & full & ~1u & ~(1u << (width - 1)));
	ret->rows[height / 2] |= (uint16_t)(middle | middle << 1);
}

/* ---- font files ---- */

static void put(struct strbuf *out, uint32_t value, unsigned bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		strbuf_putc(out, (char)value);
}

static void put_big(struct strbuf *out, uint32_t value, unsigned bytes)
{
	while (bytes-- > 0)
		strbuf_putc(out, (char)(value >> 8 * bytes));
}

static void put_bitmap(struct strbuf *out, uint32_t character, unsigned width, unsigned height)
{
	struct bitmap bitmap;

	draw_bitmap(character, width, height, &bitmap);
	for (unsigned y = 0; y < height; y++)
		put_big(out, (uint32_t)bitmap.rows[y] << (width > 8 ? 16 - width : 0), width > 8 ? 2 : 1);
}

static size_t character_count(void)
{
	size_t count = 0;

	while (draw_characters[count] != 0)
		count++;
	return count;
}

void draw_psf1(struct strbuf *out, unsigned height)
{
	size_t count = character_count();

	put(out, 0x0436, 2);
	put(out, 2, 1);
	put(out, height, 1);
	for (size_t i = 0; i < 256; i++)
		put_bitmap(out, i < count ? draw_characters[i] : ' ', 8, height);
	for (size_t i = 0; i < 256; i++) {
		if (i < count)
			put(out, draw_characters[i], 2);
		/* a sequence is no character: é as e and an accent */
		put(out, 0xfffe, 2);
		put(out, 'e', 2);
		put(out, 0x301, 2);
		put(out, 0xffff, 2);
	}
}

static void put_utf8(struct strbuf *out, uint32_t character)
{
	if (character < 0x80) {
		put(out, character, 1);
	} else if (character < 0x800) {
		put_big(out, 0xc080 | (character & 0x7c0) << 2 | (character & 0x3f), 2);
	} else {
		put_big(out, 0xe08080 | (character & 0xf000) << 4 | (character & 0xfc0) << 2 | (character & 0x3f), 3);
	}
}

void draw_psf2(struct strbuf *out, unsigned width, unsigned height, bool table)
{
	size_t count = table ? character_count() : 128;

	put(out, 0x864ab572, 4);
	put(out, 0, 4);
	put(out, 32, 4);
	put(out, table, 4);
	put(out, (uint32_t)count, 4);
	put(out, height * (width > 8 ? 2 : 1), 4);
	put(out, height, 4);
	put(out, width, 4);
	for (size_t i = 0; i < count; i++)
		put_bitmap(out, table ? draw_characters[i] : (uint32_t)i, width, height);
	for (size_t i = 0; table && i < count; i++) {
		put_utf8(out, draw_characters[i]);
		put(out, 0xff, 1);
	}
}

void draw_cp437(struct strbuf *out, unsigned width, unsigned height)
{
	for (unsigned c = 0; c < 256; c++)
		put_bitmap(out, font_cp437_character((unsigned char)c), width, height);
}

void draw_efi(struct strbuf *out)
{
	for (size_t i = 0; draw_characters[i] != 0; i++) {
		put(out, draw_characters[i], 2);
		put(out, 0, 1);
		put_bitmap(out, draw_characters[i], 8, 19);
	}
	put(out, 0, 22);
}

/* One glyph without the rows and columns around it that are blank. */
static void put_pf2_glyph(struct strbuf *out, uint32_t character, unsigned ascent, unsigned descent)
{
	unsigned width = character >= DRAW_WIDE ? 16 : 8, height = ascent + descent, top = 0, bottom = height;
	unsigned left = 0, right = width, ink = 0, bits = 0, count = 0;
	struct bitmap bitmap;

	draw_bitmap(character, width, height, &bitmap);
	while (top < bottom && bitmap.rows[top] == 0)
		top++;
	while (bottom > top && bitmap.rows[bottom - 1] == 0)
		bottom--;
	for (unsigned y = top; y < bottom; y++)
		ink |= bitmap.rows[y];
	while (left < right && !(ink >> (width - 1 - left) & 1))
		left++;
	while (right > left && !(ink >> (width - right) & 1))
		right--;
	put_big(out, right - left, 2);
	put_big(out, bottom - top, 2);
	put_big(out, left, 2);
	put_big(out, ascent - bottom, 2);
	put_big(out, width, 2);
	for (unsigned y = top; y < bottom; y++)
		for (unsigned x = left; x < right; x++) {
			bits = bits << 1 | (bitmap.rows[y] >> (width - 1 - x) & 1);
			if (++count % 8 == 0)
				put(out, bits, 1);
		}
	if (count % 8 != 0)
		put(out, bits << (8 - count % 8), 1);
}

void draw_pf2(struct strbuf *out, unsigned ascent, unsigned descent)
{
	_cleanup_strbuf_ struct strbuf glyphs = STRBUF_INIT;
	size_t count = character_count(), start;

	strbuf_add(out, "FILE\0\0\0\4PFF2", 12);
	strbuf_add(out, "NAME\0\0\0\5test", 13);
	strbuf_add(out, "ASCE\0\0\0\2", 8);
	put_big(out, ascent, 2);
	strbuf_add(out, "DESC\0\0\0\2", 8);
	put_big(out, descent, 2);
	strbuf_add(out, "CHIX", 4);
	put_big(out, (uint32_t)count * 9, 4);
	start = out->length + count * 9 + 8;
	for (size_t i = 0; i < count; i++) {
		put_big(out, draw_characters[i], 4);
		put_big(out, 0, 1);
		put_big(out, (uint32_t)(start + glyphs.length), 4);
		put_pf2_glyph(&glyphs, draw_characters[i], ascent, descent);
	}
	strbuf_add(out, "DATA\xff\xff\xff\xff", 8);
	strbuf_add(out, glyphs.data, glyphs.length);
}

struct fonts *draw_fonts(unsigned width, unsigned height)
{
	_cleanup_strbuf_ struct strbuf psf = STRBUF_INIT, pf2 = STRBUF_INIT;
	struct fonts *fonts = fonts_new();
	bool added;

	/* GRUB's first: for it wide characters are wide */
	if (width == 8 && height == 16) {
		draw_pf2(&pf2, 13, 3);
		added = fonts_add(fonts, "pf2", pf2.data, pf2.length, NULL);
	} else {
		draw_psf2(&psf, width, height, true);
		added = fonts_add(fonts, "psf", psf.data, psf.length, NULL);
	}
	if (!added)
		abort();
	return fonts;
}

/* ---- screens ---- */

struct canvas canvas_new(unsigned width, unsigned height, uint32_t colour)
{
	struct canvas canvas = { .data = xreallocarray(NULL, (size_t)width * height, sizeof(uint32_t)) };

	canvas.pixels = (struct pixels){ .data = canvas.data, .width = width, .height = height, .stride = width };
	canvas_fill(&canvas, 0, 0, width, height, colour);
	return canvas;
}

void canvas_free(struct canvas *canvas)
{
	free(canvas->data);
	*canvas = (struct canvas){ 0 };
}

void canvas_fill(struct canvas *canvas, unsigned x, unsigned y, unsigned width, unsigned height, uint32_t colour)
{
	for (unsigned dy = 0; dy < height; dy++)
		for (unsigned dx = 0; dx < width; dx++)
			canvas->data[(size_t)(y + dy) * canvas->pixels.stride + x + dx] = colour;
}

void canvas_bitmap(struct canvas *canvas, unsigned x, unsigned y, unsigned width, unsigned height,
		   const struct bitmap *bitmap, uint32_t foreground, uint32_t background)
{
	for (unsigned dy = 0; dy < height; dy++)
		for (unsigned dx = 0; dx < width; dx++) {
			uint32_t *pixel = &canvas->data[(size_t)(y + dy) * canvas->pixels.stride + x + dx];

			if (bitmap->rows[dy] >> (width - 1 - dx) & 1)
				*pixel = foreground;
			else if (background != TRANSPARENT)
				*pixel = background;
		}
}

/* A VGA's ninth column. */
static void widen(struct bitmap *bitmap, uint32_t character, unsigned height)
{
	bool repeats = character >= 0x2500 && character < 0x25a0;

	for (unsigned y = 0; y < height; y++)
		bitmap->rows[y] = (uint16_t)(bitmap->rows[y] << 1 | (repeats ? bitmap->rows[y] & 1 : 0));
}

void canvas_text(struct canvas *canvas, const struct cells *cells, unsigned column, unsigned row, const char *text,
		 uint32_t foreground, uint32_t background)
{
	uint32_t character;

	while ((character = utf8_next(&text)) != 0) {
		unsigned width = cells->width == 9 ? 8 : cells->width, columns;
		struct bitmap bitmap;

		columns = character >= DRAW_WIDE && width == 8 ? 2 : 1;
		draw_bitmap(character, width * columns, cells->height, &bitmap);
		if (cells->width == 9)
			widen(&bitmap, character, cells->height);
		canvas_bitmap(canvas, cells->x + column * cells->width, cells->y + row * cells->height,
			      cells->width * columns, cells->height, &bitmap, foreground, background);
		column += columns;
	}
}
