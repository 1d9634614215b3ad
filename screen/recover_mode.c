/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles whose place is known by their mode: a VGA's text, and UEFI's in the middle of the screen. */
#include "base/memory.h"
#include "screen/recover_read.h"

/* Hardly a cell of a text mode has more than two colours. */
static bool is_two_coloured(const struct pixels *screen, const struct text_grid *grid)
{
	unsigned others = 0, limit = grid->columns * grid->rows / 16;
	struct cell_image cell;

	for (unsigned row = 0; row < grid->rows && others <= limit; row++)
		for (unsigned column = 0; column < grid->columns; column++)
			others += cell_read(screen, column * grid->cell_width, row * grid->cell_height,
					    grid->cell_width, grid->cell_height, &cell) == CELL_MANY;
	return others <= limit;
}

bool grid_of_mode(const struct recover *recover, const struct pixels *screen, struct text_grid *ret)
{
	unsigned width = screen->width == 720 ? 9 : 8;

	return (screen->width == 720 || screen->width == 640) && screen->height == 400 &&
	       fonts_count(recover->fonts, width, 16) > 0 && grid_place(screen, width, 16, 0, 0, ret) &&
	       is_two_coloured(screen, ret);
}

/* Is all that is on the screen inside of these cells? */
static bool holds_all(const struct recover *recover, const struct text_grid *part)
{
	const struct text_grid *grid = &recover->grid;
	unsigned left = (part->x - grid->x) / grid->cell_width, top = (part->y - grid->y) / grid->cell_height;

	for (unsigned row = 0; row < grid->rows; row++)
		for (unsigned column = 0; column < grid->columns; column++) {
			const struct text_cell *cell = cell_at(recover, row, column);
			bool inside =
				row >= top && row < top + part->rows && column >= left && column < left + part->columns;

			if (!inside && (!cell->blank || cell->background != recover->background))
				return false;
		}
	return true;
}

bool grid_cut(const struct recover *recover, const struct pixels *screen, struct text_grid *ret)
{
	static const unsigned modes[][2] = { { 80, 25 }, { 100, 31 }, { 80, 50 }, { 128, 40 } };
	const struct text_grid *grid = &recover->grid;

	if (grid->cell_height != 19 || grid->filled == 0)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(modes); i++) {
		unsigned width = modes[i][0] * grid->cell_width, height = modes[i][1] * grid->cell_height;

		if (width > screen->width || height > screen->height)
			continue;
		*ret = *grid;
		ret->x = (screen->width - width) / 2;
		ret->y = (screen->height - height) / 2;
		ret->columns = modes[i][0];
		ret->rows = modes[i][1];
		if (ret->x % grid->cell_width == grid->x && ret->y % grid->cell_height == grid->y &&
		    holds_all(recover, ret))
			return true;
	}
	return false;
}

/* Have these pixels of a row another colour than what is around the console? */
static bool is_drawn(const struct recover *recover, const struct pixels *screen, unsigned y, unsigned from, unsigned to)
{
	const uint32_t *row = screen->data + (size_t)y * screen->stride;
	uint32_t differs = 0;

	for (unsigned x = from; x < to; x++)
		differs |= row[x] ^ recover->outside;
	return (differs & RGB) != 0;
}

static unsigned least(uint64_t a, unsigned b)
{
	return a < b ? (unsigned)a : b;
}

bool grid_outgrown(const struct recover *recover, const struct pixels *screen, const struct rectangle *changed)
{
	const struct text_grid *grid = &recover->grid;
	unsigned right = grid->x + grid->columns * grid->cell_width, bottom = grid->y + grid->rows * grid->cell_height;
	unsigned end = least((uint64_t)changed->x + changed->width, screen->width);
	unsigned last = least((uint64_t)changed->y + changed->height, screen->height);

	for (unsigned y = changed->y; y < last; y++) {
		bool beside = y >= grid->y && y < bottom;

		if (is_drawn(recover, screen, y, changed->x, beside ? least(end, grid->x) : end) ||
		    (beside && is_drawn(recover, screen, y, changed->x > right ? changed->x : right, end)))
			return true;
	}
	return false;
}
