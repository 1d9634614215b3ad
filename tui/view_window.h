/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of a guest's text screen that is seen in a window, which may be smaller: it follows the guest's cursor until
 * it is moved. Its lines can be looked back in, and stand still meanwhile. */
#ifndef TUI_VIEW_WINDOW_H
#define TUI_VIEW_WINDOW_H

#include "core/display.h"
#include "tui/lines.h"

struct view_window {
	struct lines lines;	       /* the head */
	const struct display *display; /* borrowed; NULL: none */
	unsigned grid_rows, grid_columns;
	struct wire_cell *frozen; /* owned: the grid as it was; NULL: it is live */
	bool cursor_shown;	  /* as it was */
	unsigned cursor_row, cursor_column;
	int top, left;	   /* of the grid, in the window's upper left corner */
	int rows, columns; /* of the window */
	bool moved;	   /* by the user */
};

void view_window_init(struct view_window *window);
void view_window_end(struct view_window *window);
/* Another display, or NULL, from now on. */
void view_window_set(struct view_window *window, const struct display *display);
/* Takes up the grid's size and the cursor of now: before it is drawn, in a window of this size. */
void view_window_settle(struct view_window *window, int rows, int columns);
/* Stands still from now on, or is live again. */
void view_window_freeze(struct view_window *window, bool frozen);
/* How many of a hundred cells that hold something are characters. */
unsigned view_window_share(const struct view_window *window);
/* Does the grid not fit? */
bool view_window_smaller(const struct view_window *window);
/* Moves the view; follows the cursor again. */
void view_window_move(struct view_window *window, int rows, int columns);
void view_window_follow(struct view_window *window);
/* The cells of a row of the grid, grid_columns of them; NULL outside of it. Borrowed, until the display's next step. */
const struct wire_cell *view_window_row(const struct view_window *window, unsigned row);
/* The guest's cursor in the window. */
bool view_window_cursor(const struct view_window *window, int *ret_row, int *ret_column);

#endif
