/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of a guest's lines: copying parts of them exactly, and searching them. */
#ifndef TUI_LINES_TEXT_H
#define TUI_LINES_TEXT_H

#include "tui/lines.h"

/* A cell, by its line's number (tui/lines.h). */
struct line_place {
	uint64_t line;
	int column;
};

bool line_place_before(const struct line_place *a, const struct line_place *b);

#define LINES_TEXT_LIMIT (4 * 1024 * 1024)

/* The text from one place to another, both included, whichever is first. Lines that the terminal wrapped are one line again, blanks at the ends of
 * lines are left out, a wide character is taken whole when half of it is meant. whole_lines: the columns do not matter, and the text ends with a
 * newline. At most LINES_TEXT_LIMIT bytes. Owned. */
char *lines_text(const struct lines *lines, struct line_place from, struct line_place to, bool whole_lines);

/* A column into a line's first or last one that is not blank (last: -1 for an empty line). */
int lines_text_first(const struct lines *lines, uint64_t line);
int lines_text_last(const struct lines *lines, uint64_t line);

struct line_match {
	struct line_place at;
	int columns; /* how wide it is, in this line */
};

/* The next place at which needle is, beginning with from (forward) or before it (backward), around the ends once. A needle of small letters finds
 * capitals too. False when there is none, or the needle is empty. */
bool lines_search(const struct lines *lines, const char *needle, struct line_place from, bool forward, struct line_match *ret);
/* All matches in one line, at most max; how many. */
size_t lines_search_line(const struct lines *lines, const char *needle, uint64_t line, struct line_match *ret, size_t max);

#endif
