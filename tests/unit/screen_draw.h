/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fonts and screens made for tests: every glyph is computed, none is anybody's. */
#ifndef TESTS_UNIT_SCREEN_DRAW_H
#define TESTS_UNIT_SCREEN_DRAW_H

#include "base/strbuf.h"
#include "screen/fonts.h"
#include "screen/pixels.h"

#include <stdbool.h>

/* The bitmap that the tests' fonts have for a character: blanks and blocks are what they are, lines meet in the middle,
 * anything else is a pattern of its own. No two letters look alike but for those of LOOKALIKES. */
void draw_bitmap(uint32_t character, unsigned width, unsigned height, struct bitmap *ret);
/* Cyrillic letters that are drawn as the Latin ones. */
#define LOOKALIKES_CYRILLIC "\u0430\u0435\u043e\u0440\u0441"
#define LOOKALIKES_LATIN    "aeopc"

/* A heavy line from top to bottom (U+2503) is drawn as the light one; from side to side they differ. */

/* The characters of the tests' fonts; 0 ends them. */
extern const uint32_t draw_characters[];

/* Font files with these characters in them. */
void draw_psf1(struct strbuf *out, unsigned height);
void draw_psf2(struct strbuf *out, unsigned width, unsigned height, bool table);
/* 256 glyphs in a row, of code page 437. */
void draw_cp437(struct strbuf *out, unsigned width, unsigned height);
/* An array of EFI_NARROW_GLYPH. */
void draw_efi(struct strbuf *out);
/* GRUB's: narrow and wide glyphs cut to their ink. */
void draw_pf2(struct strbuf *out, unsigned ascent, unsigned descent);
#define DRAW_WIDE 0x6c34 /* of the characters, those from here on are wide in it */

/* A font store with the glyphs of psf2 (and, for 8x16, of pf2). */
struct fonts *draw_fonts(unsigned width, unsigned height);

/* A screen to draw on. */
struct canvas {
	struct pixels pixels;
	uint32_t *data; /* owned */
};
struct canvas canvas_new(unsigned width, unsigned height, uint32_t colour);
void canvas_free(struct canvas *canvas);
void canvas_fill(struct canvas *canvas, unsigned x, unsigned y, unsigned width, unsigned height, uint32_t colour);
/* Ones of the bitmap in foreground, zeroes in background (TRANSPARENT: they stay). */
#define TRANSPARENT UINT32_MAX
void canvas_bitmap(struct canvas *canvas, unsigned x, unsigned y, unsigned width, unsigned height,
		   const struct bitmap *bitmap, uint32_t foreground, uint32_t background);

/* Text in cells: UTF-8 from column, row of a grid at x, y. A width of 9 draws glyphs of 8 as a VGA does. */
struct cells {
	unsigned width, height;
	unsigned x, y;
};
void canvas_text(struct canvas *canvas, const struct cells *cells, unsigned column, unsigned row, const char *text,
		 uint32_t foreground, uint32_t background);

#endif
