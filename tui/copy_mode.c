/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cursor that looks back. */
#include "tui/copy_mode.h"

#include "base/memory.h"

#include <stdlib.h>

static int columns_of(const struct vt *vt)
{
	int rows, columns;

	vt_size(vt, &rows, &columns);
	return columns;
}

static int rows_of(const struct vt *vt)
{
	int rows, columns;

	vt_size(vt, &rows, &columns);
	return rows;
}

/* Into what there is: lines go while one looks, and the window shrinks. */
static void settle(struct copy_mode *copy, struct vt *vt)
{
	uint64_t first = vt_line_first(vt);
	uint64_t last = vt_line_end(vt) - 1;

	if (copy->cursor.line < first)
		copy->cursor.line = first;
	if (copy->cursor.line > last)
		copy->cursor.line = last;
	if (copy->cursor.column >= columns_of(vt))
		copy->cursor.column = columns_of(vt) - 1;
	if (copy->cursor.column < 0)
		copy->cursor.column = 0;
}

void copy_mode_begin(struct copy_mode *copy, struct vt *vt)
{
	int row, column;
	uint64_t top = vt_line_top(vt);

	if (copy->active)
		return;
	copy->active = true;
	copy->marking = COPY_NOTHING;
	vt_cursor(vt, &row, &column);
	copy->cursor = row >= 0 && row < rows_of(vt) ? (struct vt_place){ top + (uint64_t)row, column }
						     : (struct vt_place){ top + (uint64_t)rows_of(vt) - 1, 0 };
	settle(copy, vt);
	copy->origin = copy->cursor;
}

void copy_mode_end(struct copy_mode *copy, struct vt *vt)
{
	copy->active = false;
	copy->marking = COPY_NOTHING;
	vt_scroll_to(vt, false);
}

void copy_mode_free(struct copy_mode *copy)
{
	free(TAKE_POINTER(copy->needle));
}

enum kind { BLANK, WORD, OTHER };

/* What stands at a place: words as people see them. */
static enum kind kind_at(const struct vt *vt, const struct vt_place *at)
{
	struct cell *cells = xcalloc((size_t)at->column + 2, sizeof *cells);
	size_t column = (size_t)at->column;

	vt_line(vt, at->line, cells, column + 2);
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

static bool step(struct vt_place *at, const struct vt *vt, bool forward)
{
	if (forward && at->column + 1 < columns_of(vt)) {
		at->column++;
	} else if (forward) {
		if (at->line + 1 >= vt_line_end(vt))
			return false;
		*at = (struct vt_place){ at->line + 1, 0 };
	} else if (at->column > 0) {
		at->column--;
	} else {
		if (at->line <= vt_line_first(vt))
			return false;
		*at = (struct vt_place){ at->line - 1, columns_of(vt) - 1 };
	}
	return true;
}

static void next_word(struct copy_mode *copy, const struct vt *vt)
{
	struct vt_place *at = &copy->cursor;
	enum kind kind = kind_at(vt, at);

	while (kind != BLANK && kind_at(vt, at) == kind)
		if (!step(at, vt, true))
			return;
	while (kind_at(vt, at) == BLANK && step(at, vt, true))
		;
}

static void word_back(struct copy_mode *copy, const struct vt *vt)
{
	struct vt_place *at = &copy->cursor;

	do {
		if (!step(at, vt, false))
			return;
	} while (kind_at(vt, at) == BLANK);
	for (struct vt_place before = *at;
	     step(&before, vt, false) && before.line == at->line && kind_at(vt, &before) == kind_at(vt, at);)
		*at = before;
}

static void mark(struct copy_mode *copy, enum copy_marking marking)
{
	if (copy->marking == COPY_NOTHING)
		copy->anchor = copy->cursor;
	copy->marking = copy->marking == marking ? COPY_NOTHING : marking;
}

static void move_lines(struct copy_mode *copy, const struct vt *vt, int64_t lines)
{
	uint64_t first = vt_line_first(vt);
	int64_t at = (int64_t)(copy->cursor.line - first) + lines;

	copy->cursor.line = first + (uint64_t)(at < 0 ? 0 : at);
}

static bool move(struct copy_mode *copy, const struct vt *vt, enum command command)
{
	switch ((int)command) {
	case COMMAND_UP:
	case COMMAND_DOWN:
		move_lines(copy, vt, command == COMMAND_UP ? -1 : 1);
		return true;
	case COMMAND_PAGE_UP:
	case COMMAND_PAGE_DOWN:
		move_lines(copy, vt, command == COMMAND_PAGE_UP ? -rows_of(vt) : rows_of(vt));
		return true;
	case COMMAND_LEFT:
		copy->cursor.column--;
		return true;
	case COMMAND_RIGHT:
		copy->cursor.column++;
		return true;
	case COMMAND_FIRST:
		copy->cursor = (struct vt_place){ vt_line_first(vt), 0 };
		return true;
	case COMMAND_LAST:
		copy->cursor = (struct vt_place){ vt_line_end(vt) - 1, 0 };
		return true;
	case COMMAND_LINE_BEGIN:
		copy->cursor.column = 0;
		return true;
	case COMMAND_LINE_END:
		copy->cursor.column = vt_text_last(vt, copy->cursor.line);
		return true;
	default:
		return false;
	}
}

bool copy_mode_command(struct copy_mode *copy, struct vt *vt, enum command command)
{
	settle(copy, vt);
	if (command == COMMAND_MARK || command == COMMAND_MARK_LINES)
		mark(copy, command == COMMAND_MARK ? COPY_CHARACTERS : COPY_LINES);
	else if (command == COMMAND_WORD_NEXT)
		next_word(copy, vt);
	else if (command == COMMAND_WORD_BACK)
		word_back(copy, vt);
	else if (!move(copy, vt, command))
		return false;
	settle(copy, vt);
	vt_show_line(vt, copy->cursor.line);
	return true;
}

void copy_mode_press(struct copy_mode *copy, struct vt *vt, int row, int column)
{
	copy->cursor = (struct vt_place){ vt_line_top(vt) + (uint64_t)(row > 0 ? row : 0), column };
	settle(copy, vt);
	copy->anchor = copy->cursor;
	copy->marking = COPY_NOTHING;
}

void copy_mode_drag(struct copy_mode *copy, struct vt *vt, int row, int column)
{
	uint64_t top = vt_line_top(vt);

	copy->marking = copy->marking == COPY_NOTHING ? COPY_CHARACTERS : copy->marking;
	/* above and below the screen, more comes into sight */
	copy->cursor = (struct vt_place){ row < 0 ? (top > 0 ? top - 1 : 0) : top + (uint64_t)row, column };
	settle(copy, vt);
	vt_show_line(vt, copy->cursor.line);
}

char *copy_mode_text(const struct copy_mode *copy, const struct vt *vt)
{
	return copy->marking != COPY_NOTHING ? vt_text(vt, copy->anchor, copy->cursor, copy->marking == COPY_LINES)
					     : NULL;
}

bool copy_mode_marks(const struct copy_mode *copy, uint64_t line, int column)
{
	struct vt_place at = { line, column };
	bool swapped = vt_place_before(&copy->cursor, &copy->anchor);
	const struct vt_place *from = swapped ? &copy->cursor : &copy->anchor;
	const struct vt_place *to = swapped ? &copy->anchor : &copy->cursor;

	if (copy->marking == COPY_NOTHING)
		return false;
	if (copy->marking == COPY_LINES)
		return line >= from->line && line <= to->line;
	return !vt_place_before(&at, from) && !vt_place_before(to, &at);
}

static bool go_to(struct copy_mode *copy, struct vt *vt, struct vt_place from, bool forward)
{
	struct vt_match match;

	if (copy->needle == NULL || !vt_search(vt, copy->needle, from, forward, &match))
		return false;
	copy->cursor = match.at;
	vt_show_line(vt, match.at.line);
	return true;
}

bool copy_mode_search(struct copy_mode *copy, struct vt *vt, const char *needle)
{
	free(copy->needle);
	copy->needle = *needle != '\0' ? xstrdup(needle) : NULL;
	copy->cursor = copy->origin;
	settle(copy, vt);
	vt_show_line(vt, copy->cursor.line);
	return copy->needle == NULL || go_to(copy, vt, copy->cursor, !copy->backward);
}

bool copy_mode_search_on(struct copy_mode *copy, struct vt *vt, bool other_way)
{
	bool forward = copy->backward == other_way;
	struct vt_place from = copy->cursor;

	settle(copy, vt);
	if (forward)
		from.column++;
	return go_to(copy, vt, from, forward);
}
