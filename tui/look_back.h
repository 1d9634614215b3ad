/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the screens of a console and of a guest's screen share: searching in what is kept, marking it by keys and mouse,
 * copying it. */
#ifndef TUI_LOOK_BACK_H
#define TUI_LOOK_BACK_H

#include "tui/copy_mode.h"
#include "tui/line_edit.h"
#include "tui/screen.h"

/* A screen's part of it; the cursor and what is marked are the tab's (struct copy_mode). Zeroed is: nothing is searched
 * for. */
struct look_back {
	struct ui *ui;
	bool searching;		     /* the needle is being typed */
	bool not_found, search_only; /* began from the live screen: Esc goes back there */
	bool dragging, dragged_in;   /* the mouse marks; and began that itself */
	struct line_edit needle;
};

void look_back_end(struct look_back *self);

/* A needle is asked for; while it is typed (self->searching), commands, keys and pasted text go to the next three. */
void look_back_search(struct look_back *self, struct copy_mode *copy, struct lines *lines);
void look_back_search_command(struct look_back *self, struct copy_mode *copy, struct lines *lines,
			      enum command command);
void look_back_search_key(struct look_back *self, struct copy_mode *copy, struct lines *lines, const struct key *key);
void look_back_search_paste(struct look_back *self, struct copy_mode *copy, struct lines *lines, const char *text,
			    size_t length);
/* The last row, while it is typed. */
void look_back_search_draw(struct look_back *self, struct terminal *term);

/* Moves, marks, copies, goes to the next place found, ends; false when it is none of these commands or nobody looks
 * back. */
bool look_back_command(struct look_back *self, struct copy_mode *copy, struct lines *lines, enum command command);
/* Marking by dragging, as terminals do; the end of it copies. Rows count from the first that shows lines. */
void look_back_mouse(struct look_back *self, struct copy_mode *copy, struct lines *lines, const struct mouse *mouse);
/* A line's cells as they are to be drawn: what is marked reversed, what was found underlined. */
void look_back_show(const struct copy_mode *copy, const struct lines *lines, uint64_t line, struct cell *cells,
		    int columns);

#endif
