/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A text to be read: scrolled, wrapped or moved sideways, searched as one types. */
#ifndef TUI_WIDGET_TEXT_H
#define TUI_WIDGET_TEXT_H

#include "tui/keys.h"
#include "tui/line_edit.h"
#include "tui/theme.h"

struct screen;
struct terminal;

struct text_line {
	char *text; /* owned; valid UTF-8 without controls, tabs made blanks */
	enum style style;
	size_t lead; /* bytes at the beginning that are a label: drawn as a title */
};

/* A row of the screen: a line's bytes from..to. */
struct text_row {
	size_t line, from, to;
};

/* Zeroed is an empty text. */
struct text_view {
	bool wrap;    /* long lines go on in the next row; else they are looked at sideways */
	bool numbers; /* of lines, at the left */
	bool follow;  /* who looks at the end goes on doing so as the text grows */
	struct text_line *lines; /* owned */
	size_t count;
	/* as laid out for a width */
	struct text_row *rows; /* owned */
	size_t row_count;
	int columns; /* that width; 0: to be laid out anew */
	/* what is shown */
	size_t top; /* row */
	int left;   /* columns, where lines are not wrapped */
	int row, shown;
	bool away; /* not at the end */
	/* search */
	struct line_edit pattern;
	bool typing;
	bool found, seek; /* there is a place; it is to be brought into view */
	size_t found_line, found_at;
	size_t origin_top; /* where typing began */
	int origin_left;
};

/* Takes the text away; place and search stay. */
void text_view_clear(struct text_view *view);
/* Frees everything. */
void text_view_end(struct text_view *view);
/* Appends a text of any bytes, a line for each of its lines. */
void text_view_add(struct text_view *view, enum style style, const char *text);
/* Appends a line with a label of label_columns columns before it; a text of more lines goes on below. */
void text_view_add_labelled(struct text_view *view, const char *label, int label_columns, enum style style, const char *text);

/* Moves and searches; false when it is none of its commands. While view->typing is set, those of line_edit.h, ACCEPT and CLOSE are, no other. */
bool text_view_command(struct text_view *view, enum command command);
/* Why a command cannot be done now; NULL: it can, or is none of the view's. */
const char *text_view_refuses(const struct text_view *view, enum command command);
/* Typing of the text to search for. */
void text_view_key(struct text_view *view, const struct key *key);
void text_view_paste(struct text_view *view, const char *text, size_t length);
/* The wheel. */
void text_view_mouse(struct text_view *view, const struct mouse *mouse);

void text_view_draw(struct text_view *view, struct terminal *term, int row, int rows, int columns);
/* The footer of a screen that shows the text: what is typed to be searched for, or was not found, before its keys. */
void text_view_footer(struct text_view *view, struct screen *screen, struct terminal *term);
/* "1-20 of 96", or "" while all is seen. Owned. */
char *text_view_position(const struct text_view *view);

/* ---- for the widget's own files and its tests ---- */

/* Lays the lines out in rows for a width (of the text, numbers apart). */
void text_view_layout(struct text_view *view, int columns);
/* Where the pattern is in text at or after from; false when it is not. A pattern without capitals finds both. */
bool text_find(const char *text, size_t from, const char *pattern, size_t *ret_at, size_t *ret_length);
/* The commands of searching and typing; false when it is none of them. */
bool text_view_search_command(struct text_view *view, enum command command);
/* The row in which the found place is. */
size_t text_view_found_row(const struct text_view *view);

#endif
