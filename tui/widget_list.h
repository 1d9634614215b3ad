/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list in columns: selection, scrolling, columns that give way on narrow terminals. It owns no data: cells are asked for as they are drawn. */
#ifndef TUI_WIDGET_LIST_H
#define TUI_WIDGET_LIST_H

#include "tui/keys.h"
#include "tui/theme.h"

struct terminal;

struct list_column {
	const char *title; /* N_() */
	int width;         /* the least it can do with */
	int grow;          /* its share of the columns left over; 0: stays at width */
	int most;          /* where growing ends; 0: nowhere */
	int priority;      /* the highest goes first when there is no room; 0 never goes */
	bool right;        /* figures */
};

struct list_cell {
	char *text; /* owned by the cell once set (freed by the list); NULL: blank */
	enum style style;
};

struct list {
	const struct list_column *columns;
	size_t column_count;
	/* Fills a cell (zeroed before). */
	void (*cell)(size_t row, size_t column, struct list_cell *ret, void *userdata);
	void *userdata;
	size_t count;    /* rows there are */
	size_t selected; /* < count, or 0 when there is none */
	size_t top;      /* the first row shown */
	int sorted;      /* the column whose title has the arrow, from 1; 0: none */
	bool descending; /* its direction */
	int column;      /* where it begins; to be set by the owner */
	bool idle;       /* the keys are another's: the selected row is shown, but not as where they go */
	int row, rows;   /* where it was drawn last: its first row of cells, and how many fit */
	int wide;        /* and in how many columns; 0: not yet */
};

#define LIST_COLUMN_LIMIT 16
#define LIST_GAP 1 /* blanks between columns */

/* The widths of columns in a total width; 0: dropped. Pure. */
void list_layout(const struct list_column *columns, size_t count, int width, int *ret_widths);

void list_set_count(struct list *list, size_t count);
void list_select(struct list *list, size_t row);
/* Moves by one of the movement commands; false when it is none of them. */
bool list_command(struct list *list, enum command command);
/* Click and wheel; *ret_row (may be NULL) is the row pressed. True when a row was pressed. */
bool list_mouse(struct list *list, const struct mouse *mouse, size_t *ret_row);
/* The column whose title was pressed; false when none was. */
bool list_title_at(const struct list *list, const struct mouse *mouse, int columns, size_t *ret_column);
/* Draws titles (when there is a row to spare) and the visible rows. */
void list_draw(struct list *list, struct terminal *term, int row, int rows, int columns);

#endif
