/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A list of things with names that is filtered, sorted and marked: what is selected or marked stays so while the things are read anew. */
#ifndef TUI_WIDGET_TABLE_H
#define TUI_WIDGET_TABLE_H

#include "tui/line_edit.h"
#include "tui/screen.h"
#include "tui/view_draw.h"
#include "tui/widget_list.h"

#define TABLE_NONE ((size_t)-1)

/* What the things are; items are their numbers in the owner's array. Where they can be marked, the first column has no title and begins with a blank. */
struct table_class {
	const struct list_column *columns;
	size_t column_count;
	size_t first_sorted;   /* the column that sorts before the user has said one; TABLE_NONE: they stay as they come */
	const char *nothing;   /* N_(): there are none */
	const char *not_found; /* N_(): the filter finds none */
	void (*cell)(size_t item, size_t column, struct list_cell *ret, void *userdata);
	/* What tells an item from all others. Borrowed. */
	const char *(*name)(size_t item, void *userdata);
	/* Has it all of these words? */
	bool (*matches)(size_t item, char *const *words, void *userdata);
	/* By a column; the items' own order settles what is equal. NULL: it stays in that order, and is not sorted. */
	int (*compare)(size_t a, size_t b, size_t column, void *userdata);
	/* Is a column's first direction downwards? NULL: never. */
	bool (*descends)(size_t column);
};

struct table {
	const struct table_class *class;
	void *userdata;
	struct list list;
	size_t count;         /* items there are */
	size_t *rows;         /* owned: those shown */
	size_t row_count;
	bool *marks;          /* owned, by item */
	size_t sort;          /* column, or TABLE_NONE */
	bool reverse;
	struct line_edit filter;
	bool typing;          /* letters go to the filter */
	char *selected;       /* owned: the name; NULL: none */
	char **kept;          /* owned: the names of all that are marked, in order */
	size_t kept_count;
};

void table_init(struct table *table, const struct table_class *class, void *userdata);
void table_clear(struct table *table);

/* The items were read anew, and there are so many. */
void table_set_count(struct table *table, size_t count);
/* The items are others, of something else: the selection and the marks go, the filter too. */
void table_forget(struct table *table);
/* Filters and sorts anew: what cells say has changed. */
void table_rebuild(struct table *table);

/* The item with the focus; TABLE_NONE: there is none. */
size_t table_selected(const struct table *table);
/* The focus to the item of this name, where it is shown. */
void table_select(struct table *table, const char *name);
/* The marked ones that are shown, else the one with the focus. Owned array. */
size_t *table_chosen(const struct table *table, size_t *ret_count);
bool table_filtered(const struct table *table);

/* Moves, sorts, filters, marks; while it is typed in: edits. False when it is none of its commands. */
bool table_command(struct table *table, enum command command);
/* Why not; NULL: it can, or is none of its commands. Borrowed. */
const char *table_refuses(const struct table *table, enum command command);
bool table_key(struct table *table, const struct key *key);
bool table_paste(struct table *table, const char *text, size_t length);
/* Titles sort, rows are selected, the wheel moves. True when a row was pressed twice. */
bool table_mouse(struct table *table, const struct mouse *mouse);
/* focused: keys are for it. cursor: and nothing lies above the screen. */
void table_draw(struct table *table, struct terminal *term, const struct view_area *area, bool focused, bool cursor);

/* The titles and rows alone: the filter stands elsewhere. */
void table_draw_rows(struct table *table, struct terminal *term, const struct view_area *area);

#endif
