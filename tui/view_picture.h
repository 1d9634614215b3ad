/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which part of a guest's screen a picture shows, and which of the guest's pixels a cell stands for. */
#ifndef TUI_VIEW_PICTURE_H
#define TUI_VIEW_PICTURE_H

#include "screen/wire.h"

#include <stdbool.h>

/* In the guest's pixels; zeroed: all of it. */
struct view_part {
	unsigned x, y, width, height;
};

#define VIEW_PART_LEAST 32 /* pixels, either way */

/* width, height: of the guest's screen. By half around the middle; twice as much again, and at last all of it. */
void view_part_zoom_in(struct view_part *part, unsigned width, unsigned height);
void view_part_zoom_out(struct view_part *part, unsigned width, unsigned height);
/* So many pixels as are shown one by one, around the middle of what is shown now. */
void view_part_pixels(struct view_part *part, unsigned width, unsigned height, unsigned shown_width,
		      unsigned shown_height);
/* Moves by quarters of the part. False while all is shown. */
bool view_part_move(struct view_part *part, unsigned width, unsigned height, int right, int down);

/* The guest's pixel in the middle of a cell of the grid or picture. False when the cell lies outside of it. */
bool view_pixel(const struct wire_layout *layout, int row, int column, unsigned *ret_x, unsigned *ret_y);
/* The guest's pixel under a pixel of the terminal, counted from the corner of the grid or picture; cells of the
 * terminal are of this size. */
bool view_pixel_exact(const struct wire_layout *layout, int x, int y, unsigned cell_width, unsigned cell_height,
		      unsigned *ret_x, unsigned *ret_y);

#endif
