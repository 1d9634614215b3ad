/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which grid a screen's text is drawn in: sizes and places of cells are tried on points where there is ink, and the one
 * that makes known glyphs of most of them is it. */
#include "base/memory.h"
#include "screen/recover_cell.h"

#include <limits.h>

enum {
	BAND = 16, /* of the screen's rows, from each of which points are taken */
	POINTS_OF_BAND = 3,
	POINTS_MAX = 192,
	FIRST_LOOK = 16, /* points that a place is tried on before all of them are */
	SIZES_MAX = 48,
	ENOUGH = 4 * WORTH_STRONG, /* worth of cells that make a grid, wherever it is */
};

/* A pixel of ink, or beside ink. */
struct point {
	unsigned x, y;
};

struct points {
	struct point items[POINTS_MAX];
	unsigned count;
};

/* Is there an edge at x: a pixel that differs in the bits of mask from two that are the same? Noise and soft pictures
 * have few of them. */
static inline bool is_edge(const uint32_t *row, unsigned x, uint32_t mask)
{
	return (((row[x] ^ row[x - 1]) & mask) != 0) & (((row[x - 1] ^ row[x - 2]) & RGB) == 0);
}

static unsigned edges_in_row(const struct pixels *screen, unsigned y, uint32_t mask)
{
	const uint32_t *row = screen->data + (size_t)y * screen->stride;
	unsigned edges = 0;

	for (unsigned x = 2; x < screen->width; x++)
		edges += is_edge(row, x, mask);
	return edges;
}

/* Where the n-th of them is. */
static unsigned edge_of_row(const struct pixels *screen, unsigned y, uint32_t mask, unsigned n)
{
	const uint32_t *row = screen->data + (size_t)y * screen->stride;

	for (unsigned x = 2; x < screen->width; x++)
		if (is_edge(row, x, mask) && n-- == 0)
			return x;
	return 0;
}

/* Takes count points of a band, spread over its edges. Returns false when there are none. */
static bool take_points_of(const struct pixels *screen, unsigned top, uint32_t mask, unsigned count,
			   struct points *points)
{
	unsigned edges[BAND], total = 0, height = screen->height - top < BAND ? screen->height - top : BAND;

	for (unsigned y = 0; y < height; y++)
		total += edges[y] = edges_in_row(screen, top + y, mask);
	for (unsigned n = 0; n < count && n < total && points->count < POINTS_MAX; n++) {
		unsigned wanted = total * (2 * n + 1) / (2 * count), y = 0;

		while (wanted >= edges[y])
			wanted -= edges[y++];
		points->items[points->count++] = (struct point){ edge_of_row(screen, top + y, mask, wanted), top + y };
	}
	return total > 0;
}

/* Takes points from all over the screen: a few of every band, whatever ink it has. Text stands out from what is behind
 * it: where anything does, what does not is not looked at. */
static void take_points(const struct pixels *screen, struct points *points)
{
	static const uint32_t stands_out = 0xc0c0c0;
	unsigned bands = (screen->height + BAND - 1) / BAND, of_band = POINTS_OF_BAND;

	points->count = 0;
	while (of_band > 1 && bands * of_band > POINTS_MAX)
		of_band--;
	for (unsigned top = 0; top < screen->height; top += BAND)
		if (!take_points_of(screen, top, stands_out, of_band, points))
			take_points_of(screen, top, RGB, of_band, points);
	/* The first ones are to be from all over, too. */
	for (unsigned i = 0, step = points->count / FIRST_LOOK; step > 1 && i < FIRST_LOOK; i++) {
		struct point other = points->items[i * step];

		points->items[i * step] = points->items[i];
		points->items[i] = other;
	}
}

/* What is found out about one grid. */
struct trial {
	struct text_grid grid;
	bool overlays; /* text on pictures is looked for, too */
	unsigned worth;
	unsigned cells, known; /* that were looked at */
};

/* The worth of a cell, or of the wide one that it is half of; 0: not known. */
static unsigned cell_says(const struct fonts *fonts, const struct pixels *screen, const struct trial *trial,
			  unsigned column, unsigned row)
{
	const struct text_grid *grid = &trial->grid;
	unsigned width = grid->cell_width, height = grid->cell_height;
	unsigned x = grid->x + column * width, y = grid->y + row * height;
	struct cell_image cell;
	struct glyph glyph;
	enum cell_colours kind = cell_read(screen, x, y, width, height, &cell);

	if (kind == CELL_ONE)
		return 1;
	if (kind == CELL_TWO && fonts_find(fonts, width, height, &cell.bitmap, &glyph) && glyph.columns == 1)
		return cell_worth(&cell.bitmap, width, height);
	if (kind == CELL_MANY)
		return trial->overlays && cell_read_overlay(fonts, screen, x, y, width, height, &cell, &glyph)
			       ? cell_worth(&cell.bitmap, width, height)
			       : 0;
	for (unsigned half = 0; 2 * width <= FONT_WIDTH_MAX && half < 2; half++)
		if (column >= half && column - half + 1 < grid->columns &&
		    cell_read(screen, x - half * width, y, 2 * width, height, &cell) == CELL_TWO &&
		    fonts_find(fonts, 2 * width, height, &cell.bitmap, &glyph) && glyph.columns == 2)
			return cell_worth(&cell.bitmap, 2 * width, height);
	return 0;
}

/* Asks the points; gives up when the first ones say less than least. */
static void grid_try(const struct fonts *fonts, const struct pixels *screen, const struct points *points,
		     struct trial *trial, unsigned least)
{
	const struct text_grid *grid = &trial->grid;
	unsigned last_column = UINT_MAX, last_row = UINT_MAX;

	for (unsigned i = 0; i < points->count && !(i == FIRST_LOOK && trial->worth < least); i++) {
		const struct point *point = &points->items[i];
		unsigned column, row, worth;

		if (point->x < grid->x || point->y < grid->y)
			continue;
		column = (point->x - grid->x) / grid->cell_width;
		row = (point->y - grid->y) / grid->cell_height;
		if (column >= grid->columns || row >= grid->rows || (column == last_column && row == last_row))
			continue;
		last_column = column;
		last_row = row;
		worth = cell_says(fonts, screen, trial, column, row);
		trial->worth += worth;
		trial->cells++;
		trial->known += worth > 0;
	}
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
	struct trial best;
};

static void try_place(struct search *search, unsigned width, unsigned height, unsigned x, unsigned y, unsigned least)
{
	/* menus with a picture behind them are drawn in the VGA's own font */
	struct trial trial = { .overlays = least == 0 && width == 8 && height == 16 };

	if (!grid_place(search->screen, width, height, x % width, y % height, &trial.grid))
		return;
	grid_try(search->fonts, search->screen, &search->points, &trial, least);
	if (trial.worth > search->best.worth)
		search->best = trial;
}

/* Most of what there is on the screen is known. */
static bool is_plain(const struct trial *trial)
{
	return trial->worth >= WORTH_STRONG && trial->known * 5 > trial->cells * 3;
}

/* Where consoles begin, and boot menus with pictures behind them: at the corner, in the middle (UEFI, in modes of
 * 80x25, 100x31 and as many as fit), behind a border of 10 pixels (GRUB) or 8 (syslinux). */
static void try_usual_places(struct search *search, unsigned width, unsigned height)
{
	static const unsigned modes[][2] = { { 80, 25 }, { 80, 50 }, { 100, 31 }, { 128, 40 }, { 160, 42 } };
	const struct pixels *screen = search->screen;

	try_place(search, width, height, 0, 0, 0);
	try_place(search, width, height, screen->width % width / 2, screen->height % height / 2, 0);
	try_place(search, width, height, 10, 10, 0);
	try_place(search, width, height, 8, 8, 0);
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
			try_place(search, width, height, x, y, 2 * WORTH_STRONG);
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
	struct trial usual;

	take_points(screen, &search.points);
	if (search.points.count == 0)
		return false;
	for (unsigned i = 0; i < count; i++)
		try_usual_places(&search, sizes[i][0], sizes[i][1]);
	*ret = search.best.grid;
	if (is_plain(&search.best))
		return true;
	usual = search.best;
	for (unsigned i = 0; i < count; i++)
		try_all_places(&search, sizes[i][0], sizes[i][1]);
	/* Among so many places some fit by chance, a little. */
	if (search.best.worth * 8 < search.best.cells * WORTH_STRONG)
		search.best = usual;
	*ret = search.best.grid;
	return search.best.worth >= ENOUGH;
}
