/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which grid a screen's text is drawn in: sizes and places of cells are tried on points where there is ink, and the one
 * that makes known glyphs of most of them is it. */
#include "base/memory.h"
#include "screen/recover_cell.h"

#include <string.h>

enum {
	BAND = 16, /* of the screen's rows, from each of which points are taken */
	POINTS_OF_BAND = 3,
	POINTS_MAX = 192,
	FIRST_LOOK = 16, /* points that a place is tried on before all of them are */
	SIZES_MAX = 48,
	STRONG = 8,	    /* worth of a glyph that cannot be there by chance; lines and dots are worth 1 */
	ENOUGH = 3 * STRONG /* worth of points that make a grid */
};

/* A pixel that differs from the one left of it. */
struct point {
	unsigned x, y;
};

struct points {
	struct point items[POINTS_MAX];
	unsigned count;
};

static unsigned changes_in_row(const struct pixels *screen, unsigned y)
{
	const uint32_t *row = screen->data + (size_t)y * screen->stride;
	unsigned changes = 0;

	for (unsigned x = 1; x < screen->width; x++)
		changes += ((row[x] ^ row[x - 1]) & RGB) != 0;
	return changes;
}

/* The n-th change of a row. */
static unsigned change_of_row(const struct pixels *screen, unsigned y, unsigned n)
{
	const uint32_t *row = screen->data + (size_t)y * screen->stride;

	for (unsigned x = 1; x < screen->width; x++)
		if (((row[x] ^ row[x - 1]) & RGB) != 0 && n-- == 0)
			return x;
	return 0;
}

/* Takes points from all over the screen: a few of every band, whatever ink it has. */
static void take_points(const struct pixels *screen, struct points *points)
{
	unsigned bands = (screen->height + BAND - 1) / BAND, of_band = POINTS_OF_BAND;

	points->count = 0;
	while (of_band > 1 && bands * of_band > POINTS_MAX)
		of_band--;
	for (unsigned top = 0; top < screen->height; top += BAND) {
		unsigned changes[BAND], total = 0, height = screen->height - top < BAND ? screen->height - top : BAND;

		for (unsigned y = 0; y < height; y++)
			total += changes[y] = changes_in_row(screen, top + y);
		for (unsigned n = 0; n < of_band && n < total && points->count < POINTS_MAX; n++) {
			unsigned wanted = total * (2 * n + 1) / (2 * of_band), y = 0;

			while (wanted >= changes[y])
				wanted -= changes[y++];
			points->items[points->count++] =
				(struct point){ change_of_row(screen, top + y, wanted), top + y };
		}
	}
	/* The first ones are to be from all over, too. */
	for (unsigned i = 0, step = points->count / FIRST_LOOK; step > 1 && i < FIRST_LOOK; i++) {
		struct point other = points->items[i * step];

		points->items[i * step] = points->items[i];
		points->items[i] = other;
	}
}

/* Lines match at every place along them, and dots by chance. */
static unsigned worth(const struct cell_image *cell, unsigned width, unsigned height)
{
	unsigned mask = (1u << width) - 1, ink = 0, kinds = 0, first = cell->bitmap.rows[0];
	bool bars = true;

	for (unsigned y = 0; y < height; y++) {
		unsigned row = cell->bitmap.rows[y];

		ink += (unsigned)__builtin_popcount(row);
		kinds += row != first;
		bars = bars && (row == 0 || row == mask);
	}
	if (ink > width * height / 2)
		ink = width * height - ink;
	return kinds == 0 || bars || ink < 8 ? 1 : STRONG;
}

/* What the points say for a grid with a cell at x, y; gives up early when the first ones say little. */
static unsigned grid_worth(const struct fonts *fonts, const struct pixels *screen, const struct points *points,
			   const struct text_grid *grid, unsigned least)
{
	unsigned sum = 0;

	for (unsigned i = 0; i < points->count; i++) {
		const struct point *point = &points->items[i];
		unsigned column, row;
		struct cell_image cell;
		struct glyph glyph;

		if (i == FIRST_LOOK && sum < least)
			return 0;
		if (point->x < grid->x || point->y < grid->y)
			continue;
		column = (point->x - grid->x) / grid->cell_width;
		row = (point->y - grid->y) / grid->cell_height;
		if (column >= grid->columns || row >= grid->rows)
			continue;
		if (cell_read(screen, grid->x + column * grid->cell_width, grid->y + row * grid->cell_height,
			      grid->cell_width, grid->cell_height, &cell) == CELL_TWO &&
		    fonts_find(fonts, grid->cell_width, grid->cell_height, &cell.bitmap, &glyph))
			sum += worth(&cell, grid->cell_width, grid->cell_height);
	}
	return sum;
}

bool grid_place(const struct pixels *screen, unsigned width, unsigned height, unsigned x, unsigned y,
		struct text_grid *ret)
{
	if (screen->width < x + width || screen->height < y + height)
		return false;
	*ret = (struct text_grid){
		.cell_width = width,
		.cell_height = height,
		.x = x,
		.y = y,
		.columns = (screen->width - x) / width,
		.rows = (screen->height - y) / height,
	};
	return ret->columns <= TEXT_COLUMNS_MAX && ret->rows <= TEXT_ROWS_MAX;
}

struct search {
	const struct fonts *fonts;
	const struct pixels *screen;
	struct points points;
	struct text_grid best;
	unsigned best_worth;
};

static void try_place(struct search *search, unsigned width, unsigned height, unsigned x, unsigned y, unsigned least)
{
	struct text_grid grid;
	unsigned sum;

	if (!grid_place(search->screen, width, height, x % width, y % height, &grid))
		return;
	sum = grid_worth(search->fonts, search->screen, &search->points, &grid, least);
	if (sum > search->best_worth) {
		search->best_worth = sum;
		search->best = grid;
	}
}

/* Where consoles begin: at the corner, in the middle (UEFI, in modes of 80x25, 100x31 and as many as fit), or behind a
 * border of 10 pixels (GRUB). */
static void try_usual_places(struct search *search, unsigned width, unsigned height)
{
	static const unsigned modes[][2] = { { 80, 25 }, { 80, 50 }, { 100, 31 }, { 128, 40 }, { 160, 42 } };
	const struct pixels *screen = search->screen;

	try_place(search, width, height, 0, 0, 0);
	try_place(search, width, height, screen->width % width / 2, screen->height % height / 2, 0);
	try_place(search, width, height, 10, 10, 0);
	for (size_t i = 0; height == 19 && i < ARRAY_LENGTH(modes); i++)
		if (screen->width >= modes[i][0] * width && screen->height >= modes[i][1] * height)
			try_place(search, width, height, (screen->width - modes[i][0] * width) / 2,
				  (screen->height - modes[i][1] * height) / 2, 0);
}

/* Every place there is. */
static void try_all_places(struct search *search, unsigned width, unsigned height)
{
	for (unsigned y = 0; y < height; y++)
		for (unsigned x = 0; x < width; x++)
			try_place(search, width, height, x, y, 2 * STRONG);
}

/* The sizes of cells that the fonts have; VGA makes 9 of 8, but only in its text modes, of 720 pixels. */
static unsigned cell_sizes(const struct search *search, unsigned sizes[SIZES_MAX][2])
{
	unsigned count = 0, width, height;

	for (size_t n = 0; count < SIZES_MAX - 1 && fonts_size(search->fonts, n, &width, &height); n++) {
		sizes[count][0] = width;
		sizes[count++][1] = height;
		if (width == 8 && search->screen->width == 720) {
			sizes[count][0] = 9;
			sizes[count++][1] = height;
		}
	}
	return count;
}

bool grid_find(const struct fonts *fonts, const struct pixels *screen, struct text_grid *ret)
{
	struct search search = { .fonts = fonts, .screen = screen };
	unsigned sizes[SIZES_MAX][2], count = cell_sizes(&search, sizes);

	take_points(screen, &search.points);
	if (search.points.count == 0)
		return false;
	for (unsigned i = 0; i < count; i++)
		try_usual_places(&search, sizes[i][0], sizes[i][1]);
	if (search.best_worth < search.points.count * STRONG / 2)
		for (unsigned i = 0; i < count; i++)
			try_all_places(&search, sizes[i][0], sizes[i][1]);
	*ret = search.best;
	return search.best_worth >= ENOUGH;
}
