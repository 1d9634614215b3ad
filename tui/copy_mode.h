/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking back in a guest's lines with a cursor of one's own: moving, marking, searching. It changes nothing but the view. */
#ifndef TUI_COPY_MODE_H
#define TUI_COPY_MODE_H

#include "tui/keys.h"
#include "tui/lines_text.h"

enum copy_marking { COPY_NOTHING, COPY_CHARACTERS, COPY_LINES };

/* Zeroed is: not looking back. */
struct copy_mode {
	bool active;
	struct line_place cursor, anchor;
	enum copy_marking marking;
	char *needle; /* owned; what is searched for */
	bool backward; /* the search's direction */
	struct line_place origin; /* where the search began */
};

/* Begins at the guest's cursor, or at the bottom of the view when that is out of sight. */
void copy_mode_begin(struct copy_mode *copy, struct lines *lines);
/* Ends it, back to the live screen. What was searched for is kept for the next time. */
void copy_mode_end(struct copy_mode *copy, struct lines *lines);
void copy_mode_free(struct copy_mode *copy);

/* Moves by one of COMMAND_UP, DOWN, LEFT, RIGHT, PAGE_UP, PAGE_DOWN, FIRST, LAST, LINE_BEGIN, LINE_END, WORD_NEXT, WORD_BACK, or marks by
 * COMMAND_MARK, MARK_LINES. False when it is none of them. */
bool copy_mode_command(struct copy_mode *copy, struct lines *lines, enum command command);
/* The cursor to a place, marking from where it was pressed (the mouse). */
void copy_mode_press(struct copy_mode *copy, struct lines *lines, int row, int column);
void copy_mode_drag(struct copy_mode *copy, struct lines *lines, int row, int column);
/* What is marked, as text; NULL when nothing is. Owned. */
char *copy_mode_text(const struct copy_mode *copy, const struct lines *lines);
/* Is the cell marked? */
bool copy_mode_marks(const struct copy_mode *copy, uint64_t line, int column);

/* Searches for another needle from where the search began. False when it is nowhere. */
bool copy_mode_search(struct copy_mode *copy, struct lines *lines, const char *needle);
/* The next one, on (or in the other direction). False when there is none. */
bool copy_mode_search_on(struct copy_mode *copy, struct lines *lines, bool other_way);

#endif
