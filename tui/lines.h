/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of cells that one can look back in, search and copy from, whatever they come from: a guest's terminal, or its
 * screen as it stands. */
#ifndef TUI_LINES_H
#define TUI_LINES_H

#include "tui/cell.h"

#define LINES_LARGEST 1000 /* columns of a line */

struct lines;

/* Lines have numbers that stay theirs while others come after them. */
struct lines_class {
	/* What is seen at once: rows, and columns of a line. */
	void (*size)(const struct lines *lines, int *ret_rows, int *ret_columns);
	/* The first that is kept, the one in the first row seen, and the one behind the last. */
	uint64_t (*first)(const struct lines *lines);
	uint64_t (*top)(const struct lines *lines);
	uint64_t (*end)(const struct lines *lines);
	/* The cells of a line, count of them; blank when it is not kept. */
	void (*get)(const struct lines *lines, uint64_t line, struct cell *ret, size_t count);
	/* The guest's cursor in what is seen; false when it is out of sight. */
	bool (*cursor)(const struct lines *lines, int *ret_row, int *ret_column);
	/* Scrolls no further than it takes to see the place; back to what is live. */
	void (*show)(struct lines *lines, uint64_t line, int column);
	void (*live)(struct lines *lines);
};

/* The head of what has lines. */
struct lines {
	const struct lines_class *class;
};

static inline uint64_t lines_first(const struct lines *lines)
{
	return lines->class->first(lines);
}

static inline uint64_t lines_top(const struct lines *lines)
{
	return lines->class->top(lines);
}

static inline uint64_t lines_end(const struct lines *lines)
{
	return lines->class->end(lines);
}

static inline void lines_get(const struct lines *lines, uint64_t line, struct cell *ret, size_t count)
{
	lines->class->get(lines, line, ret, count);
}

static inline void lines_show(struct lines *lines, uint64_t line, int column)
{
	lines->class->show(lines, line, column);
}

#endif
