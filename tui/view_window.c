/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A window on the grid. */
#include "tui/view_window.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static struct view_window *window_of(struct lines *lines)
{
	return (struct view_window *)lines;
}

static const struct view_window *const_window_of(const struct lines *lines)
{
	return (const struct view_window *)lines;
}

static int clamp(int value, int most)
{
	return value > most ? (most > 0 ? most : 0) : value < 0 ? 0 : value;
}

static void keep_inside(struct view_window *window)
{
	window->top = clamp(window->top, (int)window->grid_rows - window->rows);
	window->left = clamp(window->left, (int)window->grid_columns - window->columns);
}

/* Moves no further than it takes to see the place. */
static void bring_into_sight(struct view_window *window, int row, int column)
{
	if (row < window->top)
		window->top = row;
	else if (row >= window->top + window->rows)
		window->top = row - window->rows + 1;
	if (column < window->left)
		window->left = column;
	else if (column >= window->left + window->columns)
		window->left = column - window->columns + 1;
	keep_inside(window);
}

/* ---- as lines ---- */

static void size_of(const struct lines *lines, int *ret_rows, int *ret_columns)
{
	const struct view_window *window = const_window_of(lines);

	*ret_rows = window->rows;
	*ret_columns = window->grid_columns > 0 ? (int)window->grid_columns : 1;
}

static uint64_t first_of(const struct lines *lines)
{
	(void)lines;
	return 0;
}

static uint64_t top_of(const struct lines *lines)
{
	return (uint64_t)const_window_of(lines)->top;
}

static uint64_t end_of(const struct lines *lines)
{
	unsigned rows = const_window_of(lines)->grid_rows;

	return rows > 0 ? rows : 1;
}

static void get_line(const struct lines *lines, uint64_t line, struct cell *ret, size_t count)
{
	const struct view_window *window = const_window_of(lines);
	const struct wire_cell *cells = line < window->grid_rows ? view_window_row(window, (unsigned)line) : NULL;

	memset(ret, 0, count * sizeof *ret);
	for (size_t i = 0; i < count; i++) {
		ret[i].width = 1;
		/* cells that are drawn from pixels are no text */
		if (cells == NULL || i >= window->grid_columns || !(cells[i].flags & WIRE_CELL_TEXT))
			continue;
		ret[i].chars[0] = cells[i].character;
		ret[i].width = cells[i].flags & WIRE_CELL_WIDE ? 2 : 1;
		if (cells[i].flags & WIRE_CELL_RIGHT)
			ret[i] = (struct cell){ .width = 0 };
	}
}

static bool cursor_seen(const struct lines *lines, int *ret_row, int *ret_column)
{
	const struct view_window *window = const_window_of(lines);
	bool seen = view_window_cursor(window, ret_row, ret_column);

	*ret_column += window->left; /* lines begin at their first column */
	return seen;
}

static void show_place(struct lines *lines, uint64_t line, int column)
{
	bring_into_sight(window_of(lines), (int)line, column);
}

static void show_live(struct lines *lines)
{
	view_window_freeze(window_of(lines), false);
	view_window_follow(window_of(lines));
}

static const struct lines_class lines_class = {
	.size = size_of,
	.first = first_of,
	.top = top_of,
	.end = end_of,
	.get = get_line,
	.cursor = cursor_seen,
	.show = show_place,
	.live = show_live,
};

/* ---- the window ---- */

void view_window_init(struct view_window *window)
{
	*window = (struct view_window){ .lines = { &lines_class } };
}

void view_window_end(struct view_window *window)
{
	free(TAKE_POINTER(window->frozen));
}

void view_window_set(struct view_window *window, const struct display *display)
{
	view_window_freeze(window, false);
	window->display = display;
	window->grid_rows = window->grid_columns = 0;
}

static void follow_cursor(struct view_window *window)
{
	/* a line is read from its beginning, where that fits */
	if (window->cursor_shown && (int)window->cursor_column < window->columns)
		window->left = 0;
	if (window->cursor_shown)
		bring_into_sight(window, (int)window->cursor_row, (int)window->cursor_column);
}

static bool row_is_blank(const struct view_window *window, unsigned row)
{
	const struct wire_cell *cells = view_window_row(window, row);

	for (unsigned i = 0; cells != NULL && i < window->grid_columns; i++)
		if (!(cells[i].flags & WIRE_CELL_TEXT) || cells[i].character != ' ')
			return false;
	return true;
}

/* Where no cursor is seen, as in menus: blank rows at the top are the first to give way to text below. */
static void follow_text(struct view_window *window)
{
	unsigned first = 0, last = window->grid_rows;

	while (last > 0 && row_is_blank(window, last - 1))
		last--;
	while (first < last && row_is_blank(window, first))
		first++;
	window->top = (int)last <= window->rows ? 0 : clamp((int)last - window->rows, (int)first);
	keep_inside(window);
}

void view_window_settle(struct view_window *window, int rows, int columns)
{
	const struct wire_layout *layout = window->display != NULL ? display_layout(window->display) : NULL;

	window->rows = rows > 0 ? rows : 1;
	window->columns = columns > 0 ? columns : 1;
	if (window->frozen == NULL) {
		bool grid = layout != NULL && layout->kind == WIRE_KIND_GRID;

		window->grid_rows = grid ? layout->rows : 0;
		window->grid_columns = grid ? layout->columns : 0;
		window->cursor_shown =
			grid && display_cursor(window->display, &window->cursor_row, &window->cursor_column);
		if (!window->moved && window->cursor_shown)
			follow_cursor(window);
		else if (!window->moved && view_window_smaller(window))
			follow_text(window);
	}
	keep_inside(window);
}

void view_window_freeze(struct view_window *window, bool frozen)
{
	if (frozen == (window->frozen != NULL))
		return;
	if (!frozen) {
		free(TAKE_POINTER(window->frozen));
		return;
	}
	size_t columns = window->grid_columns;
	struct wire_cell *copy = xcalloc(window->grid_rows * columns + 1, sizeof *copy);

	for (unsigned row = 0; row < window->grid_rows; row++) {
		const struct wire_cell *cells = view_window_row(window, row);

		if (cells != NULL)
			memcpy(&copy[row * columns], cells, columns * sizeof *copy);
	}
	window->frozen = copy;
}

unsigned view_window_share(const struct view_window *window)
{
	unsigned filled = 0, text = 0;

	for (unsigned row = 0; row < window->grid_rows; row++) {
		const struct wire_cell *cells = view_window_row(window, row);

		for (unsigned i = 0; cells != NULL && i < window->grid_columns; i++) {
			bool is_text = cells[i].flags & WIRE_CELL_TEXT;

			filled += !is_text || cells[i].character != ' ';
			text += is_text && cells[i].character != ' ';
		}
	}
	return filled > 0 ? text * 100 / filled : 100;
}

bool view_window_smaller(const struct view_window *window)
{
	return (int)window->grid_rows > window->rows || (int)window->grid_columns > window->columns;
}

void view_window_move(struct view_window *window, int rows, int columns)
{
	window->moved = true;
	window->top += rows;
	window->left += columns;
	keep_inside(window);
}

void view_window_follow(struct view_window *window)
{
	window->moved = false;
}

const struct wire_cell *view_window_row(const struct view_window *window, unsigned row)
{
	const struct wire_layout *layout = window->display != NULL ? display_layout(window->display) : NULL;

	if (row >= window->grid_rows)
		return NULL;
	if (window->frozen != NULL)
		return &window->frozen[(size_t)row * window->grid_columns];
	/* what was settled may be old */
	if (layout == NULL || layout->kind != WIRE_KIND_GRID || row >= layout->rows ||
	    layout->columns != window->grid_columns)
		return NULL;
	return display_row(window->display, row);
}

bool view_window_cursor(const struct view_window *window, int *ret_row, int *ret_column)
{
	*ret_row = (int)window->cursor_row - window->top;
	*ret_column = (int)window->cursor_column - window->left;
	return window->cursor_shown && *ret_row >= 0 && *ret_row < window->rows && *ret_column >= 0 &&
	       *ret_column < window->columns;
}
