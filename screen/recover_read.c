/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells of the screen to characters, each by itself. */
#include "screen/recover_read.h"

#include <string.h>

static void set_character(struct text_cell *cell, struct cell_more *more, const struct cell_image *image,
			  const struct glyph *glyph)
{
	cell->character = glyph->characters[0];
	memcpy(more->others, &glyph->characters[1], sizeof more->others);
	cell->columns = glyph->columns;
	cell->background = image->colours[glyph->inverse ? 1 : 0];
	cell->foreground = image->colours[glyph->inverse ? 0 : 1];
}

/* Ones are to be the ink: what is not the screen's background, or else what there is less of. */
static void turn(const struct recover *recover, struct cell_image *image)
{
	unsigned width = recover->grid.cell_width, height = recover->grid.cell_height, ink = 0;
	bool inverse;

	if (image->colours[0] == recover->background || image->colours[1] == recover->background) {
		inverse = image->colours[1] == recover->background;
	} else {
		for (unsigned y = 0; y < height; y++)
			ink += (unsigned)__builtin_popcount(image->bitmap.rows[y]);
		inverse = ink * 2 > width * height;
	}
	if (inverse)
		cell_invert(image, width, height);
}

/* The lowest run of full rows in the lower half, if it is thin. */
static bool find_bar(const struct cell_image *image, unsigned width, unsigned height, unsigned *ret_from,
		     unsigned *ret_to)
{
	unsigned full = (1u << (width == 9 ? 8 : width)) - 1, to = height, from;

	while (to > height / 2) {
		unsigned row = image->bitmap.rows[to - 1];

		if ((width == 9 ? row >> 1 : row) == full)
			break;
		to--;
	}
	if (to <= height / 2)
		return false;
	for (from = to; from > 0; from--) {
		unsigned row = image->bitmap.rows[from - 1];

		if ((width == 9 ? row >> 1 : row) != full)
			break;
	}
	*ret_from = from;
	*ret_to = to - 1;
	return from >= height / 2 && to - from <= height / 4 + 1;
}

/* A glyph below a cursor's bar. */
static bool read_covered(struct recover *recover, struct cell_image *image, uint32_t likely, struct text_cell *cell,
			 struct cell_more *more)
{
	unsigned width = recover->grid.cell_width, height = recover->grid.cell_height, from, to;
	struct glyph glyph;

	for (int turned = 0; turned < 2; turned++) {
		if (turned)
			cell_invert(image, width, height);
		if (!find_bar(image, width, height, &from, &to) || recover->covered_left == 0)
			continue;
		recover->covered_left--;
		if (fonts_find_covered(recover->fonts, width, height, &image->bitmap, from, to, likely, &glyph)) {
			set_character(cell, more, image, &glyph);
			more->bar = true;
			return true;
		}
	}
	return false;
}

/* A wide character that begins at column. */
static bool read_wide(struct recover *recover, const struct pixels *screen, unsigned row, unsigned column)
{
	const struct text_grid *grid = &recover->grid;
	struct text_cell *cell = cell_at(recover, row, column);
	struct cell_more *more = more_at(recover, row, column);
	struct cell_image image;
	struct glyph glyph;

	if (grid->cell_width * 2 > FONT_WIDTH_MAX || column + 1 >= grid->columns ||
	    cell_read(screen, grid->x + column * grid->cell_width, grid->y + row * grid->cell_height,
		      grid->cell_width * 2, grid->cell_height, &image) != CELL_TWO ||
	    !fonts_find(recover->fonts, grid->cell_width * 2, grid->cell_height, &image.bitmap, &glyph) ||
	    glyph.columns != 2)
		return false;
	set_character(&cell[0], &more[0], &image, &glyph);
	cell[1] = cell[0];
	cell[1].columns = 0;
	more[1] = (struct cell_more){ 0 };
	cell[0].blank = cell[1].blank = false;
	return true;
}

/* A cell of many colours is a picture, or has text on it: settle_overlays() judges that by what is beside it. */
static void read_on_picture(struct recover *recover, const struct pixels *screen, unsigned row, unsigned column)
{
	const struct text_grid *grid = &recover->grid;
	unsigned x = grid->x + column * grid->cell_width, y = grid->y + row * grid->cell_height;
	struct text_cell *cell = cell_at(recover, row, column);
	struct cell_more *more = more_at(recover, row, column);
	struct cell_image image;
	struct glyph glyph;

	if (cell_read_overlay(recover->fonts, screen, x, y, grid->cell_width, grid->cell_height, &image, &glyph) &&
	    glyph.columns == 1) {
		set_character(cell, more, &image, &glyph);
		more->overlay = cell->character;
		more->worth = cell_worth(&image.bitmap, grid->cell_width, grid->cell_height);
		return;
	}
	cell->background = image.colours[0];
	cell->foreground = image.colours[1];
}

static void read_cell(struct recover *recover, const struct pixels *screen, unsigned row, unsigned column)
{
	const struct text_grid *grid = &recover->grid;
	struct text_cell *cell = cell_at(recover, row, column);
	struct cell_more *more = more_at(recover, row, column);
	uint32_t before = cell->character;
	struct cell_image image;
	struct glyph glyph;

	*cell = (struct text_cell){ .columns = 1 };
	*more = (struct cell_more){ .turned = more->turned };
	cell_read(screen, grid->x + column * grid->cell_width, grid->y + row * grid->cell_height, grid->cell_width,
		  grid->cell_height, &image);
	if (image.kind == CELL_ONE) {
		cell->blank = true;
		cell->character = ' ';
		cell->background = image.colours[0];
		cell->foreground = recover->foreground;
		return;
	}
	if (image.kind == CELL_TWO) {
		cell->background = image.colours[0];
		cell->foreground = image.colours[1];
		turn(recover, &image);
		if (fonts_find(recover->fonts, grid->cell_width, grid->cell_height, &image.bitmap, &glyph) &&
		    glyph.columns == 1) {
			set_character(cell, more, &image, &glyph);
			if (cell->character == LOWER_EIGHTH || cell->character == LOWER_QUARTER)
				more->low = cell->character;
			return;
		}
	} else {
		read_on_picture(recover, screen, row, column);
		return;
	}
	if (read_wide(recover, screen, row, column))
		return;
	if (column > 0 && cell[-1].blank && read_wide(recover, screen, row, column - 1))
		return;
	read_covered(recover, &image, before, cell, more);
}

void read_cells(struct recover *recover, const struct pixels *screen, unsigned row, unsigned first, unsigned last)
{
	/* half of a wide character is read with the other half */
	if (first > 0)
		first--;
	if (last + 1 < recover->grid.columns)
		last++;
	for (unsigned column = first; column <= last; column++) {
		read_cell(recover, screen, row, column);
		if (cell_at(recover, row, column)->columns == 2)
			column++;
	}
}
