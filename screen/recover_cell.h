/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of text recovery: a cell reduced to a bitmap of two colours, and the search for the grid. */
#ifndef SCREEN_RECOVER_CELL_H
#define SCREEN_RECOVER_CELL_H

#include "screen/recover.h"

#define RGB 0xffffffu

enum cell_colours { CELL_ONE, CELL_TWO, CELL_MANY };

/* A cell's pixels: where the second colour is, the bitmap has ones. With more than two colours neither is set. */
struct cell_image {
	enum cell_colours kind;
	uint32_t colours[2]; /* 0xRRGGBB; the first is that of the cell's first pixel */
	struct bitmap bitmap;
};

/* Reads a cell that lies on the screen, of at most FONT_WIDTH_MAX by FONT_HEIGHT_MAX. Returns ret->kind. */
enum cell_colours cell_read(const struct pixels *screen, unsigned x, unsigned y, unsigned width, unsigned height,
			    struct cell_image *ret);
/* Exchanges the colours. */
void cell_invert(struct cell_image *cell, unsigned width, unsigned height);
/* How certain it is that a glyph is there because somebody wrote it: 1 for lines and dots, which pictures have too. */
unsigned cell_worth(const struct bitmap *bitmap, unsigned width, unsigned height);
#define WORTH_STRONG 8

/* A cell of more than two colours, which may be text of one colour on top of a picture: the glyph that the pixels of
 * one of its frequent colours make. ret's colours are then the most frequent of the others, and it. False when there is
 * no such glyph: ret's colours are the two most frequent. */
bool cell_read_overlay(const struct fonts *fonts, const struct pixels *screen, unsigned x, unsigned y, unsigned width,
		       unsigned height, struct cell_image *ret, struct glyph *ret_glyph);

/* The grid of such cells with one at x, y, as large as the screen allows. False when there is no room, or too much. */
bool grid_place(const struct pixels *screen, unsigned width, unsigned height, unsigned x, unsigned y,
		struct text_grid *ret);
/* Looks for the grid whose cells are known glyphs. False when there is none that explains anything. */
bool grid_find(const struct fonts *fonts, const struct pixels *screen, struct text_grid *ret);

#endif
