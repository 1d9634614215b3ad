/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells back to text, and needles in it. */
#include "tui/lines_text.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#define NEEDLE_CHARS 256

bool line_place_before(const struct line_place *a, const struct line_place *b)
{
	return a->line != b->line ? a->line < b->line : a->column < b->column;
}

static void put_character(struct strbuf *out, uint32_t c)
{
	static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

	if (length == 1) {
		strbuf_putc(out, c < 0x20 || c == 0x7f ? ' ' : (char)c);
		return;
	}
	/* no C1 control, nothing that is no character: what is copied may be pasted anywhere */
	if (c < 0xa0 || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return;
	strbuf_putc(out, (char)(heads[length] | c >> 6 * (length - 1)));
	for (size_t i = length - 1; i > 0; i--)
		strbuf_putc(out, (char)(0x80 | (c >> 6 * (i - 1) & 0x3f)));
}

static bool is_blank(const struct cell *cell)
{
	return cell->width != 0 && (cell->chars[0] == 0 || cell->chars[0] == ' ') && cell->chars[1] == 0;
}

/* The end (behind the last column) of a line's text; of one that goes on in the next line, blanks that were written
 * count. */
static size_t text_end(const struct cell *cells, size_t count, bool goes_on)
{
	while (count > 0 &&
	       (goes_on ? cells[count - 1].width != 0 && cells[count - 1].chars[0] == 0 : is_blank(&cells[count - 1])))
		count--;
	return count;
}

static void put_cells(struct strbuf *out, const struct cell *cells, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++) {
		if (cells[i].width == 0)
			continue;
		if (cells[i].chars[0] == 0)
			strbuf_putc(out, ' ');
		for (size_t n = 0; n < CELL_CHARS && cells[i].chars[n] != 0; n++)
			put_character(out, cells[i].chars[n]);
	}
}

static bool continues(const struct lines *lines, uint64_t line)
{
	struct cell cells[2]; /* room for a wide first character */

	lines_get(lines, line, cells, ARRAY_LENGTH(cells));
	return line < lines_end(lines) && cells[0].attributes & CELL_WRAPPED;
}

char *lines_text(const struct lines *lines, struct line_place from, struct line_place to, bool whole_lines)
{
	_cleanup_free_ struct cell *cells = xcalloc(LINES_LARGEST, sizeof *cells);
	struct strbuf out = STRBUF_INIT;

	if (line_place_before(&to, &from)) {
		struct line_place swap = from;

		from = to;
		to = swap;
	}
	if (from.line < lines_first(lines))
		from = (struct line_place){ lines_first(lines), 0 };
	for (uint64_t line = from.line; line <= to.line && line < lines_end(lines) && out.length < LINES_TEXT_LIMIT;
	     line++) {
		bool goes_on = line < to.line && continues(lines, line + 1);
		size_t begin = line == from.line && !whole_lines && from.column > 0 ? (size_t)from.column : 0;

		lines_get(lines, line, cells, LINES_LARGEST);
		size_t end = text_end(cells, LINES_LARGEST, goes_on);

		if (line == to.line && !whole_lines && to.column >= 0 && (size_t)to.column + 1 < end)
			end = text_end(cells, (size_t)to.column + 1, false);
		if (begin > 0 && begin < LINES_LARGEST && cells[begin].width == 0)
			begin--;
		put_cells(&out, cells, begin, end);
		if (!goes_on && (whole_lines || line < to.line))
			strbuf_putc(&out, '\n');
	}
	return strbuf_take(&out);
}

int lines_text_first(const struct lines *lines, uint64_t line)
{
	_cleanup_free_ struct cell *cells = xcalloc(LINES_LARGEST, sizeof *cells);
	int column = 0;

	lines_get(lines, line, cells, LINES_LARGEST);
	while (column < LINES_LARGEST && is_blank(&cells[column]))
		column++;
	return column < LINES_LARGEST ? column : 0;
}

int lines_text_last(const struct lines *lines, uint64_t line)
{
	_cleanup_free_ struct cell *cells = xcalloc(LINES_LARGEST, sizeof *cells);

	lines_get(lines, line, cells, LINES_LARGEST);
	return (int)text_end(cells, LINES_LARGEST, false) - 1;
}

/* ---- searching ---- */

struct needle {
	uint32_t chars[NEEDLE_CHARS];
	size_t count;
	bool fold;
};

static bool read_needle(const char *text, struct needle *ret)
{
	ret->count = 0;
	ret->fold = true;
	while (*text != '\0' && ret->count < NEEDLE_CHARS) {
		uint32_t c = utf8_next(&text);

		if (iswupper((wint_t)c))
			ret->fold = false;
		ret->chars[ret->count++] = c;
	}
	return ret->count > 0 && *text == '\0';
}

/* Does the needle begin at this cell? The columns it takes; 0: no. */
static size_t match_at(const struct cell *cells, size_t count, size_t at, const struct needle *needle)
{
	size_t done = 0;
	size_t column = at;

	while (done < needle->count && column < count) {
		const struct cell *cell = &cells[column++];

		if (cell->width == 0)
			continue;
		for (size_t i = 0; i < CELL_CHARS && (i == 0 || cell->chars[i] != 0) && done < needle->count; i++) {
			uint32_t c = cell->chars[i] == 0 ? ' ' : cell->chars[i];

			if (c != needle->chars[done] &&
			    (!needle->fold || (uint32_t)towlower((wint_t)c) != needle->chars[done]))
				return 0;
			done++;
		}
	}
	if (done < needle->count)
		return 0;
	while (column < count && cells[column].width == 0)
		column++;
	return column - at;
}

static size_t matches_in(const struct lines *lines, const struct needle *needle, uint64_t line, struct cell *cells,
			 size_t count, struct line_match *ret, size_t max)
{
	size_t found = 0;

	lines_get(lines, line, cells, count);
	size_t end = text_end(cells, count, true);

	for (size_t at = 0; at < end && found < max;) {
		size_t wide = cells[at].width != 0 ? match_at(cells, end, at, needle) : 0;

		if (wide > 0)
			ret[found++] = (struct line_match){ { line, (int)at }, (int)wide };
		at += wide > 0 ? wide : 1;
	}
	return found;
}

static size_t columns_of(const struct lines *lines)
{
	int rows, columns;

	lines->class->size(lines, &rows, &columns);
	return (size_t)columns;
}

size_t lines_search_line(const struct lines *lines, const char *text, uint64_t line, struct line_match *ret, size_t max)
{
	size_t count = columns_of(lines);
	struct needle needle;

	if (!read_needle(text, &needle))
		return 0;
	_cleanup_free_ struct cell *cells = xcalloc(count, sizeof *cells);

	return matches_in(lines, &needle, line, cells, count, ret, max);
}

bool lines_search(const struct lines *lines, const char *text, struct line_place from, bool forward, struct line_match *ret)
{
	size_t count = columns_of(lines);
	uint64_t first = lines_first(lines);
	uint64_t total = lines_end(lines) - first;
	struct needle needle;

	if (!read_needle(text, &needle))
		return false;
	_cleanup_free_ struct cell *cells = xcalloc(count, sizeof *cells);
	_cleanup_free_ struct line_match *found = xcalloc(count, sizeof *found);
	uint64_t at = from.line < first ? 0 : from.line - first;

	/* the line it begins in is looked at twice: once for what lies ahead, at the end for the rest */
	for (uint64_t step = 0; step <= total; step++) {
		uint64_t line = first + (forward ? at + step : at + 2 * total - step) % total;
		size_t n = matches_in(lines, &needle, line, cells, count, found, count);

		for (size_t i = 0; i < n; i++) {
			const struct line_match *match = &found[forward ? i : n - 1 - i];
			bool ahead = forward ? match->at.column >= from.column : match->at.column < from.column;

			if ((step == 0 && !ahead) || (step == total && ahead))
				continue;
			*ret = *match;
			return true;
		}
	}
	return false;
}
