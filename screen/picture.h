/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pixels drawn with what a terminal has, by libchafa: cells of blocks or letters, sixel, or kitty's pictures. */
#ifndef SCREEN_PICTURE_H
#define SCREEN_PICTURE_H

#include "screen/pixels.h"
#include "screen/wire.h"

struct picture;

/* How it is to be drawn; columns and rows are those of the area, cell_* the terminal's cells in pixels. */
struct picture_style {
	uint8_t picture, colours; /* enum wire_picture, enum wire_colours */
	unsigned columns, rows;
	unsigned cell_width, cell_height;
};

struct picture *picture_new(void);
void picture_free(struct picture *picture);
/* The cells that a part of the screen covers when its aspect is kept, in the middle of the area. */
void picture_fit(const struct picture_style *style, const struct rectangle *part, struct rectangle *ret_cells);
/* Draws part into cells (columns * rows of the area, what is outside of the fitted cells blank). For WIRE_ASCII and
 * WIRE_BLOCKS. */
void picture_cells(struct picture *picture, const struct picture_style *style, const struct pixels *screen,
		   const struct rectangle *part, struct wire_cell *ret);
/* As picture_cells(), of quarters of cells in colours of 24 bits: rougher, and ten times as fast. */
void picture_quick(const struct picture_style *style, const struct pixels *screen, const struct rectangle *part,
		   struct wire_cell *ret);
/* One cell's worth of pixels (a grid's cell that is no text) as the symbol that comes nearest. */
void picture_symbol(struct picture *picture, const struct picture_style *style, const struct pixels *screen,
		    const struct rectangle *part, struct wire_cell *ret);
/* Draws part as an image for WIRE_SIXEL and WIRE_KITTY: what struct wire_image wants. Borrowed until the next call.
 * False: it would be larger than may be sent. */
bool picture_image(struct picture *picture, const struct picture_style *style, const struct pixels *screen,
		   const struct rectangle *part, struct wire_image *ret);

#endif
