/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text recovery from update to update: what is read again, when the grid is looked for anew, what counts as changed. */
#include "screen/recover.h"

#include "base/memory.h"
#include "screen/recover_read.h"

#include <stdlib.h>
#include <string.h>

enum {
	COVERED_MAX = 16, /* cells of an update that are searched for below a bar */
	PATIENCE = 8,	  /* updates between two searches in vain, unless much has changed */
};

struct recover *recover_new(const struct fonts *fonts)
{
	struct recover *recover = xcalloc(1, sizeof *recover);

	recover->fonts = fonts;
	recover->foreground = RGB;
	return recover;
}

static void grid_drop(struct recover *recover)
{
	free(recover->cells);
	free(recover->more);
	free(recover->old);
	recover->cells = NULL;
	recover->more = NULL;
	recover->old = NULL;
	recover->grid = (struct text_grid){ 0 };
	recover->cursor_seen = false;
	recover->accepted = recover->accepted_filled = 0;
}

void recover_free(struct recover *recover)
{
	if (recover == NULL)
		return;
	grid_drop(recover);
	free(recover);
}

static void grid_set(struct recover *recover, const struct text_grid *grid)
{
	size_t count = (size_t)grid->columns * grid->rows;

	grid_drop(recover);
	recover->grid = *grid;
	recover->cells = xcalloc(count, sizeof *recover->cells);
	recover->more = xcalloc(count, sizeof *recover->more);
	recover->old = xcalloc(grid->columns, sizeof *recover->old);
}

/* ---- reading ---- */

/* The commonest colours, by a vote in which the last few kinds are counted. */
struct vote {
	uint32_t colours[8];
	unsigned counts[8];
};

static void vote_add(struct vote *vote, uint32_t colour)
{
	unsigned least = 0;

	for (unsigned i = 0; i < ARRAY_LENGTH(vote->colours); i++) {
		if (vote->counts[i] > 0 && vote->colours[i] == colour) {
			vote->counts[i]++;
			return;
		}
		if (vote->counts[i] < vote->counts[least])
			least = i;
	}
	vote->colours[least] = colour;
	vote->counts[least]++;
}

static bool vote_result(const struct vote *vote, uint32_t *ret)
{
	unsigned most = 0;

	for (unsigned i = 1; i < ARRAY_LENGTH(vote->colours); i++)
		if (vote->counts[i] > vote->counts[most])
			most = i;
	*ret = vote->colours[most];
	return vote->counts[most] > 0;
}

/* Blocks: what the edge of anything is taken for. */
static bool is_edge(uint32_t character)
{
	return character >= 0x2580 && character <= 0x259f && !(character >= 0x2591 && character <= 0x2593);
}

static bool is_letter(uint32_t character)
{
	return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z') ||
	       (character >= 'a' && character <= 'z') || (character >= 0xc0 && character < 0x2000) ||
	       character >= 0x3040;
}

/* The colours that most of the screen has, and how many of its cells are known. */
static void take_stock(struct recover *recover)
{
	struct vote background = { 0 }, foreground = { 0 };
	size_t count = (size_t)recover->grid.columns * recover->grid.rows;
	uint32_t colour;

	recover->grid.filled = recover->grid.recognised = recover->grid.letters = 0;
	for (size_t i = 0; i < count; i++) {
		const struct text_cell *cell = &recover->cells[i];

		if (cell->blank) {
			vote_add(&background, cell->background);
			continue;
		}
		if (!is_edge(cell->character)) {
			recover->grid.filled++;
			recover->grid.recognised += cell->character != 0;
		}
		if (cell->character == 0)
			continue;
		recover->grid.letters += is_letter(cell->character);
		vote_add(&background, cell->background);
		if (cell->background == recover->background)
			vote_add(&foreground, cell->foreground);
	}
	if (vote_result(&background, &colour))
		recover->background = colour;
	if (vote_result(&foreground, &colour))
		recover->foreground = colour;
	settle_frames(recover);
}

static bool differs(const struct text_cell *a, const struct text_cell *b)
{
	return a->character != b->character || a->foreground != b->foreground || a->background != b->background ||
	       a->columns != b->columns || a->blank != b->blank;
}

static void read_row(struct recover *recover, const struct pixels *screen, unsigned row, unsigned first, unsigned last)
{
	struct text_cell *cells = cell_at(recover, row, 0);
	unsigned columns = recover->grid.columns;

	memcpy(recover->old, cells, columns * sizeof *cells);
	read_cells(recover, screen, row, first, last);
	settle_row(recover, row);
	for (unsigned column = 0; column < columns; column++) {
		const struct text_cell *old = &recover->old[column];
		struct cell_more *more = more_at(recover, row, column);

		cells[column].changed = old->changed || differs(&cells[column], old);
		if (cells[column].blank || cells[column].character != old->character)
			more->turned = false;
		else if (cells[column].foreground == old->background && cells[column].background == old->foreground)
			more->turned = true;
	}
}

static void read_rectangle(struct recover *recover, const struct pixels *screen, const struct rectangle *rectangle)
{
	const struct text_grid *grid = &recover->grid;
	unsigned right = rectangle->x + rectangle->width, bottom = rectangle->y + rectangle->height;
	unsigned first, last, top, end;

	if (rectangle->width == 0 || rectangle->height == 0 || right <= grid->x || bottom <= grid->y ||
	    right < rectangle->x || bottom < rectangle->y)
		return;
	first = rectangle->x > grid->x ? (rectangle->x - grid->x) / grid->cell_width : 0;
	top = rectangle->y > grid->y ? (rectangle->y - grid->y) / grid->cell_height : 0;
	last = (right - 1 - grid->x) / grid->cell_width;
	end = (bottom - 1 - grid->y) / grid->cell_height;
	if (first >= grid->columns)
		return;
	if (last >= grid->columns)
		last = grid->columns - 1;
	for (unsigned row = top; row <= end && row < grid->rows; row++)
		read_row(recover, screen, row, first, last);
}

static void read_all(struct recover *recover, const struct pixels *screen)
{
	const struct rectangle all = { 0, 0, screen->width, screen->height };

	read_rectangle(recover, screen, &all);
}

/* The cursor may come and go without its cell being read: it counts as a change of both cells. */
static void cursor_update(struct recover *recover)
{
	bool seen = recover->cursor_seen;
	unsigned row = recover->cursor_row, column = recover->cursor_column;

	find_cursor(recover);
	if (seen == recover->cursor_seen && (!seen || (row == recover->cursor_row && column == recover->cursor_column)))
		return;
	if (seen)
		cell_at(recover, row, column)->changed = true;
	if (recover->cursor_seen)
		cell_at(recover, recover->cursor_row, recover->cursor_column)->changed = true;
}

/* ---- the grid ---- */

static bool grid_same(const struct text_grid *a, const struct text_grid *b)
{
	return a->cell_width == b->cell_width && a->cell_height == b->cell_height && a->x == b->x && a->y == b->y &&
	       a->columns == b->columns && a->rows == b->rows;
}

/* Its text is known for the most part, or as much of it as when the grid was chosen. */
static bool grid_fits(const struct recover *recover)
{
	return recover->grid.recognised * 2 >= recover->grid.filled ||
	       (recover->grid.recognised * 4 >= recover->accepted * 3 &&
		recover->grid.filled * 3 <= recover->accepted_filled * 4);
}

/* Reads all cells of a new grid. Twice: which colours are common is known after the first time. */
static void grid_read(struct recover *recover, const struct pixels *screen, const struct text_grid *grid)
{
	grid_set(recover, grid);
	for (int i = 0; i < 2; i++) {
		recover->covered_left = COVERED_MAX;
		read_all(recover, screen);
		take_stock(recover);
	}
}

/* Makes a grid the one that is used. */
static void grid_use(struct recover *recover, const struct pixels *screen, const struct text_grid *grid)
{
	struct text_grid mode;

	grid_read(recover, screen, grid);
	recover->whole = recover->grid;
	if (grid_cut(recover, screen, &mode)) {
		recover->outside = recover->background;
		grid_read(recover, screen, &mode);
		recover->whole = *grid;
	}
	recover->accepted = recover->grid.recognised;
	recover->accepted_filled = recover->grid.filled;
	cursor_update(recover);
	for (size_t i = 0; i < (size_t)recover->grid.columns * recover->grid.rows; i++)
		recover->cells[i].changed = true;
}

/* Looks at the screen as a whole. True when there is another grid than before, or none any more. */
static bool grid_renew(struct recover *recover, const struct pixels *screen, bool outgrown)
{
	struct text_grid found, before = recover->grid;

	if (grid_find(recover->fonts, screen, &found)) {
		if (grid_same(&found, &recover->whole) && before.cell_width != 0 && !outgrown) {
			recover->accepted = before.recognised;
			recover->accepted_filled = before.filled;
			return false;
		}
		grid_use(recover, screen, &found);
		return true;
	}
	if (before.cell_width == 0 && grid_of_mode(recover, screen, &found)) {
		grid_use(recover, screen, &found);
		if (grid_fits(recover))
			return true;
	}
	/* A few known cells keep a grid, so that a screen that is cleared keeps it too. */
	if (before.cell_width != 0 && before.recognised * 16 >= before.filled)
		return false;
	grid_drop(recover);
	return before.cell_width != 0;
}

/* Reads what changed in the grid that is known. False when it is to be looked for anew. */
static bool grid_update(struct recover *recover, const struct pixels *screen, const struct rectangle *changed,
			size_t count)
{
	recover->covered_left = COVERED_MAX;
	for (size_t i = 0; i < count; i++)
		read_rectangle(recover, screen, &changed[i]);
	take_stock(recover);
	cursor_update(recover);
	return grid_fits(recover);
}

bool recover_update(struct recover *recover, const struct pixels *screen, const struct rectangle *changed, size_t count)
{
	const struct rectangle all = { 0, 0, screen->width, screen->height };
	bool lost = false;
	uint64_t area = 0;

	if (screen->width != recover->width || screen->height != recover->height) {
		lost = recover->grid.cell_width != 0;
		grid_drop(recover);
		recover->width = screen->width;
		recover->height = screen->height;
		recover->misfits = PATIENCE;
	}
	if (count == 0) {
		changed = &all;
		count = 1;
	}
	for (size_t i = 0; i < count; i++)
		area += (uint64_t)changed[i].width * changed[i].height;
	if (recover->grid.cell_width != 0) {
		bool fits = grid_update(recover, screen, changed, count);

		for (size_t i = 0; i < count && !grid_same(&recover->grid, &recover->whole); i++)
			if (grid_outgrown(recover, screen, &changed[i]))
				return grid_renew(recover, screen, true);
		if (fits)
			return false;
	}
	/* Pictures are not looked through again for each of their small changes. */
	recover->misfits++;
	if (recover->misfits < PATIENCE && area * 4 < (uint64_t)screen->width * screen->height)
		return lost;
	recover->misfits = 0;
	return grid_renew(recover, screen, false) || lost;
}

const struct text_grid *recover_grid(const struct recover *recover)
{
	return &recover->grid;
}

const struct text_cell *recover_row(const struct recover *recover, unsigned row)
{
	return cell_at(recover, row, 0);
}

void recover_settle(struct recover *recover)
{
	size_t count = (size_t)recover->grid.columns * recover->grid.rows;

	for (size_t i = 0; i < count; i++)
		recover->cells[i].changed = false;
}

bool recover_cursor(const struct recover *recover, unsigned *ret_row, unsigned *ret_column)
{
	if (!recover->cursor_seen)
		return false;
	*ret_row = recover->cursor_row;
	*ret_column = recover->cursor_column;
	return true;
}
