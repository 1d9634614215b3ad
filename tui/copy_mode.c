/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cursor that looks back. */
#include "tui/copy_mode.h"

#include "base/memory.h"

#include <stdlib.h>

static int columns_of(const struct lines *lines)
{
	int rows, columns;

	lines->class->size(lines, &rows, &columns);
	return columns;
}

static int rows_of(const struct lines *lines)
{
	int rows, columns;

	lines->class->size(lines, &rows, &columns);
	return rows;
}

/* Into what there is: lines go while one looks, and the window shrinks. */
static void settle(struct copy_mode *copy, struct lines *lines)
{
	uint64_t first = lines_first(lines);
	uint64_t last = lines_end(lines) - 1;

	if (copy->cursor.line < first)
		copy->cursor.line = first;
	if (copy->cursor.line > last)
		copy->cursor.line = last;
	if (copy->cursor.column >= columns_of(lines))
		copy->cursor.column = columns_of(lines) - 1;
	if (copy->cursor.column < 0)
		copy->cursor.column = 0;
}

void copy_mode_begin(struct copy_mode *copy, struct lines *lines)
{
	int row, column;
	uint64_t top = lines_top(lines);

	if (copy->active)
		return;
	copy->active = true;
	copy->marking = COPY_NOTHING;
	lines->class->cursor(lines, &row, &column);
	copy->cursor = row >= 0 && row < rows_of(lines) ? (struct line_place){ top + (uint64_t)row, column }
						     : (struct line_place){ top + (uint64_t)rows_of(lines) - 1, 0 };
	settle(copy, lines);
	copy->origin = copy->cursor;
}

void copy_mode_end(struct copy_mode *copy, struct lines *lines)
{
	copy->active = false;
	copy->marking = COPY_NOTHING;
	lines->class->live(lines);
}

void copy_mode_free(struct copy_mode *copy)
{
	free(TAKE_POINTER(copy->needle));
}

enum kind { BLANK, WORD, OTHER };

/* What stands at a place: words as people see them. */
static enum kind kind_at(const struct lines *lines, const struct line_place *at)
{
	struct cell *cells = xcalloc((size_t)at->column + 2, sizeof *cells);
	size_t column = (size_t)at->column;

	lines_get(lines, at->line, cells, column + 2);
	if (cells[column].width == 0 && column > 0)
		column--;
	uint32_t c = cells[column].chars[0];

	free(cells);
	if (c == 0 || c == ' ')
		return BLANK;
	return c > 0x7f || c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')
		       ? WORD
		       : OTHER;
}

static bool step(struct line_place *at, const struct lines *lines, bool forward)
{
	if (forward && at->column + 1 < columns_of(lines)) {
		at->column++;
	} else if (forward) {
		if (at->line + 1 >= lines_end(lines))
			return false;
		*at = (struct line_place){ at->line + 1, 0 };
	} else if (at->column > 0) {
		at->column--;
	} else {
		if (at->line <= lines_first(lines))
			return false;
		*at = (struct line_place){ at->line - 1, columns_of(lines) - 1 };
	}
	return true;
}

static void next_word(struct copy_mode *copy, const struct lines *lines)
{
	struct line_place *at = &copy->cursor;
	enum kind kind = kind_at(lines, at);

	while (kind != BLANK && kind_at(lines, at) == kind)
		if (!step(at, lines, true))
			return;
	while (kind_at(lines, at) == BLANK && step(at, lines, true))
		;
}

static void word_back(struct copy_mode *copy, const struct lines *lines)
{
	struct line_place *at = &copy->cursor;

	do {
		if (!step(at, lines, false))
			return;
	} while (kind_at(lines, at) == BLANK);
	for (struct line_place before = *at;
	     step(&before, lines, false) && before.line == at->line && kind_at(lines, &before) == kind_at(lines, at);)
		*at = before;
}

static void mark(struct copy_mode *copy, enum copy_marking marking)
{
	if (copy->marking == COPY_NOTHING)
		copy->anchor = copy->cursor;
	copy->marking = copy->marking == marking ? COPY_NOTHING : marking;
}

static void move_lines(struct copy_mode *copy, const struct lines *lines, int64_t count)
{
	uint64_t first = lines_first(lines);
	int64_t at = (int64_t)(copy->cursor.line - first) + count;

	copy->cursor.line = first + (uint64_t)(at < 0 ? 0 : at);
}

static bool move(struct copy_mode *copy, const struct lines *lines, enum command command)
{
	switch ((int)command) {
	case COMMAND_UP:
	case COMMAND_DOWN:
		move_lines(copy, lines, command == COMMAND_UP ? -1 : 1);
		return true;
	case COMMAND_PAGE_UP:
	case COMMAND_PAGE_DOWN:
		move_lines(copy, lines, command == COMMAND_PAGE_UP ? -rows_of(lines) : rows_of(lines));
		return true;
	case COMMAND_LEFT:
		copy->cursor.column--;
		return true;
	case COMMAND_RIGHT:
		copy->cursor.column++;
		return true;
	case COMMAND_FIRST:
		copy->cursor = (struct line_place){ lines_first(lines), 0 };
		return true;
	case COMMAND_LAST:
		copy->cursor = (struct line_place){ lines_end(lines) - 1, 0 };
		return true;
	case COMMAND_LINE_BEGIN:
		copy->cursor.column = 0;
		return true;
	case COMMAND_LINE_END:
		copy->cursor.column = lines_text_last(lines, copy->cursor.line);
		return true;
	default:
		return false;
	}
}

bool copy_mode_command(struct copy_mode *copy, struct lines *lines, enum command command)
{
	settle(copy, lines);
	if (command == COMMAND_MARK || command == COMMAND_MARK_LINES)
		mark(copy, command == COMMAND_MARK ? COPY_CHARACTERS : COPY_LINES);
	else if (command == COMMAND_WORD_NEXT)
		next_word(copy, lines);
	else if (command == COMMAND_WORD_BACK)
		word_back(copy, lines);
	else if (!move(copy, lines, command))
		return false;
	settle(copy, lines);
	lines_show(lines, copy->cursor.line, copy->cursor.column);
	return true;
}

void copy_mode_press(struct copy_mode *copy, struct lines *lines, int row, int column)
{
	copy->cursor = (struct line_place){ lines_top(lines) + (uint64_t)(row > 0 ? row : 0), column };
	settle(copy, lines);
	copy->anchor = copy->cursor;
	copy->marking = COPY_NOTHING;
}

void copy_mode_drag(struct copy_mode *copy, struct lines *lines, int row, int column)
{
	uint64_t top = lines_top(lines);

	copy->marking = copy->marking == COPY_NOTHING ? COPY_CHARACTERS : copy->marking;
	/* above and below the screen, more comes into sight */
	copy->cursor = (struct line_place){ row < 0 ? (top > 0 ? top - 1 : 0) : top + (uint64_t)row, column };
	settle(copy, lines);
	lines_show(lines, copy->cursor.line, copy->cursor.column);
}

char *copy_mode_text(const struct copy_mode *copy, const struct lines *lines)
{
	return copy->marking != COPY_NOTHING ? lines_text(lines, copy->anchor, copy->cursor, copy->marking == COPY_LINES)
					     : NULL;
}

bool copy_mode_marks(const struct copy_mode *copy, uint64_t line, int column)
{
	struct line_place at = { line, column };
	bool swapped = line_place_before(&copy->cursor, &copy->anchor);
	const struct line_place *from = swapped ? &copy->cursor : &copy->anchor;
	const struct line_place *to = swapped ? &copy->anchor : &copy->cursor;

	if (copy->marking == COPY_NOTHING)
		return false;
	if (copy->marking == COPY_LINES)
		return line >= from->line && line <= to->line;
	return !line_place_before(&at, from) && !line_place_before(to, &at);
}

static bool go_to(struct copy_mode *copy, struct lines *lines, struct line_place from, bool forward)
{
	struct line_match match;

	if (copy->needle == NULL || !lines_search(lines, copy->needle, from, forward, &match))
		return false;
	copy->cursor = match.at;
	lines_show(lines, match.at.line, match.at.column);
	return true;
}

bool copy_mode_search(struct copy_mode *copy, struct lines *lines, const char *needle)
{
	free(copy->needle);
	copy->needle = *needle != '\0' ? xstrdup(needle) : NULL;
	copy->cursor = copy->origin;
	settle(copy, lines);
	lines_show(lines, copy->cursor.line, copy->cursor.column);
	return copy->needle == NULL || go_to(copy, lines, copy->cursor, !copy->backward);
}

bool copy_mode_search_on(struct copy_mode *copy, struct lines *lines, bool other_way)
{
	bool forward = copy->backward == other_way;
	struct line_place from = copy->cursor;

	settle(copy, lines);
	if (forward)
		from.column++;
	return go_to(copy, lines, from, forward);
}
