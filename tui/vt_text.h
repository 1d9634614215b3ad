/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a guest's terminal: copying parts of it exactly, and searching it. */
#ifndef TUI_VT_TEXT_H
#define TUI_VT_TEXT_H

#include "tui/vt.h"

/* A cell, by its line's number (see vt_line()). */
struct vt_place {
	uint64_t line;
	int column;
};

bool vt_place_before(const struct vt_place *a, const struct vt_place *b);

#define VT_TEXT_LIMIT (4 * 1024 * 1024)

/* The text from one place to another, both included, whichever is first. Lines that the terminal wrapped are one line again, blanks at the ends of
 * lines are left out, a wide character is taken whole when half of it is meant. whole_lines: the columns do not matter, and the text ends with a
 * newline. At most VT_TEXT_LIMIT bytes. Owned. */
char *vt_text(const struct vt *vt, struct vt_place from, struct vt_place to, bool whole_lines);

/* A column into a line's first or last one that is not blank (last: -1 for an empty line). */
int vt_text_first(const struct vt *vt, uint64_t line);
int vt_text_last(const struct vt *vt, uint64_t line);

struct vt_match {
	struct vt_place at;
	int columns; /* how wide it is, in this line */
};

/* The next place at which needle is, beginning with from (forward) or before it (backward), around the ends once. A needle of small letters finds
 * capitals too. False when there is none, or the needle is empty. */
bool vt_search(const struct vt *vt, const char *needle, struct vt_place from, bool forward, struct vt_match *ret);
/* All matches in one line, at most max; how many. */
size_t vt_search_line(const struct vt *vt, const char *needle, uint64_t line, struct vt_match *ret, size_t max);

#endif
