/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Recovered text as cells for a viewer. */
#include "screen/text_cells.h"

#define ENOUGH	400 /* of a thousand cells that hold something: recognised, to be shown as text */
#define TOO_FEW 250 /* below it text is shown no more */
#define WORDS	40  /* letters on a picture that cannot be drawn so that they can be read */

bool text_worth(const struct text_grid *grid, bool was, enum wire_picture picture)
{
	if (grid->cell_width == 0 || grid->columns == 0 || grid->rows == 0 || grid->columns > WIRE_COLUMNS ||
	    grid->rows > WIRE_ROWS)
		return false;
	if (grid->filled == 0)
		return was;
	/* A boot menu on a splash picture: of blocks nobody could read it. */
	if (picture <= WIRE_BLOCKS && grid->letters >= (was ? WORDS / 2 : WORDS))
		return true;
	return (uint64_t)grid->recognised * 1000 >= (uint64_t)grid->filled * (was ? TOO_FEW : ENOUGH);
}

struct wire_layout text_layout(const struct text_grid *grid, const struct pixels *screen)
{
	return (struct wire_layout){
		.kind = WIRE_KIND_GRID,
		.columns = (uint16_t)grid->columns,
		.rows = (uint16_t)grid->rows,
		.recognised = (uint16_t)(grid->filled ? (uint64_t)grid->recognised * 1000 / grid->filled : 0),
		.x = (uint16_t)grid->x,
		.y = (uint16_t)grid->y,
		.cell_width_256 = grid->cell_width * 256,
		.cell_height_256 = grid->cell_height * 256,
		.width = (uint16_t)screen->width,
		.height = (uint16_t)screen->height,
	};
}

static void put_character(const struct text_cell *from, struct wire_cell *to)
{
	to->character = from->columns == 0 ? ' ' : from->character;
	to->foreground = from->foreground;
	to->background = from->background;
	to->flags = WIRE_CELL_TEXT;
	if (from->columns == 2)
		to->flags |= WIRE_CELL_WIDE;
	if (from->columns == 0)
		to->flags |= WIRE_CELL_RIGHT;
}

/* False: it is no text. */
static bool put_text(const struct text_cell *from, struct wire_cell *to)
{
	if (from->character || from->columns == 0)
		put_character(from, to);
	else if (from->blank)
		*to = (struct wire_cell){ ' ', from->foreground, from->background, WIRE_CELL_TEXT };
	else
		return false;
	return true;
}

/* The pixels of a cell, as far as they are on the screen. */
static bool cell_place(const struct text_grid *grid, unsigned row, unsigned column, const struct pixels *screen,
		       struct rectangle *ret)
{
	*ret = (struct rectangle){ grid->x + column * grid->cell_width, grid->y + row * grid->cell_height,
				   grid->cell_width, grid->cell_height };
	if (ret->x >= screen->width || ret->y >= screen->height)
		return false;
	if (ret->width > screen->width - ret->x)
		ret->width = screen->width - ret->x;
	if (ret->height > screen->height - ret->y)
		ret->height = screen->height - ret->y;
	return true;
}

bool text_cells(const struct recover *recover, struct picture *picture, const struct picture_style *style,
		const struct pixels *screen, bool all, bool quick, struct wire_cell *cells)
{
	const struct picture_style one = { style->picture, style->colours, 1, 1, 0, 0 };
	const struct text_grid *grid = recover_grid(recover);
	bool rough = false;

	for (unsigned row = 0; row < grid->rows; row++) {
		const struct text_cell *from = recover_row(recover, row);
		struct wire_cell *to = cells + (size_t)row * grid->columns;

		for (unsigned column = 0; column < grid->columns; column++) {
			struct rectangle place;

			if (!all && !from[column].changed)
				continue;
			if (put_text(&from[column], &to[column]) || !cell_place(grid, row, column, screen, &place))
				continue;
			if (quick)
				picture_quick(&one, screen, &place, &to[column]);
			else
				picture_symbol(picture, style, screen, &place, &to[column]);
			rough = rough || quick;
		}
	}
	return rough;
}
