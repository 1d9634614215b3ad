/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of text recovery: a cell reduced to a bitmap of two colours, and the search for the grid. */
#ifndef SCREEN_RECOVER_CELL_H
#define SCREEN_RECOVER_CELL_H

#include "screen/recover.h"

#define RGB 0xffffffu

enum cell_colours { CELL_ONE, CELL_TWO, CELL_MANY };

/* A cell's pixels: where the second colour is, the bitmap has ones. With more than two colours they are the two most
 * frequent ones (of a sample), and the bitmap says nothing. */
struct cell_image {
	enum cell_colours kind;
	uint32_t colours[2]; /* 0xRRGGBB; the first is that of the cell's first pixel unless there are many */
	struct bitmap bitmap;
};

/* Reads a cell that lies on the screen, of at most FONT_WIDTH_MAX by FONT_HEIGHT_MAX. Returns ret->kind. */
enum cell_colours cell_read(const struct pixels *screen, unsigned x, unsigned y, unsigned width, unsigned height,
			    struct cell_image *ret);
/* Exchanges the colours. */
void cell_invert(struct cell_image *cell, unsigned width, unsigned height);

/* The grid of such cells with one at x, y, as large as the screen allows. False when there is no room, or too much. */
bool grid_place(const struct pixels *screen, unsigned width, unsigned height, unsigned x, unsigned y,
		struct text_grid *ret);
/* Looks for the grid whose cells are known glyphs. False when there is none that explains anything. */
bool grid_find(const struct fonts *fonts, const struct pixels *screen, struct text_grid *ret);

#endif
