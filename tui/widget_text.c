/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text view: its lines, how they are laid out in rows, scrolling and drawing. */
#include "tui/widget_text.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

#define TAB_COLUMNS  8
#define SIDE_COLUMNS 8 /* a step sideways */
#define WHEEL_ROWS   3

/* The character at *text: its bytes and columns; *text goes behind it. False at the end. */
static bool step(const char **text, char character[5], int *ret_columns)
{
	const char *at = *text;

	if (*at == '\0')
		return false;
	utf8_next(text);
	size_t length = (size_t)(*text - at);

	memcpy(character, at, length);
	character[length] = '\0';
	*ret_columns = utf8_width(character);
	return true;
}

/* A line as it may be shown and searched: what is no character is '?', tabs are blanks. Owned. */
static char *clean(const char *text, size_t length)
{
	_cleanup_free_ char *copy = xstrndup(text, length);
	struct strbuf out = STRBUF_INIT;
	const char *at = copy;
	char character[5];
	int column = 0, wide;

	while (*at != '\0') {
		if (*at >= ' ' && *at <= '~') {
			strbuf_putc(&out, *at++);
			column++;
			continue;
		}
		step(&at, character, &wide);
		if (*character == '\t') {
			do {
				strbuf_putc(&out, ' ');
			} while (++column % TAB_COLUMNS != 0);
			continue;
		}
		_cleanup_free_ char *shown = utf8_fit(character, wide, true);

		strbuf_puts(&out, shown);
		column += wide;
	}
	return strbuf_take(&out);
}

void text_view_clear(struct text_view *view)
{
	for (size_t i = 0; i < view->count; i++)
		free(view->lines[i].text);
	free(TAKE_POINTER(view->lines));
	view->count = 0;
	view->columns = 0;
}

void text_view_end(struct text_view *view)
{
	text_view_clear(view);
	free(view->rows);
	line_clear(&view->pattern);
	*view = (struct text_view){ 0 };
}

static void add_line(struct text_view *view, enum style style, size_t lead, char *text)
{
	struct text_line *line = ARRAY_ADD(view->lines, view->count);

	*line = (struct text_line){ .text = text, .style = style, .lead = lead };
	view->columns = 0;
}

void text_view_add(struct text_view *view, enum style style, const char *text)
{
	do {
		size_t length = strcspn(text, "\n");
		size_t end = length > 0 && text[length - 1] == '\r' ? length - 1 : length;

		add_line(view, style, 0, clean(text, end));
		text += length + (text[length] == '\n');
	} while (*text != '\0');
}

void text_view_add_labelled(struct text_view *view, const char *label, int label_columns, enum style style, const char *text)
{
	do {
		size_t length = strcspn(text, "\n");
		_cleanup_free_ char *value = clean(text, length);
		int missing = label_columns - utf8_width(label);
		_cleanup_free_ char *lead = strf("%s%*s ", label, missing > 0 ? missing : 0, "");

		add_line(view, style, strlen(lead), strf("%s%s", lead, value));
		label = "";
		text += length + (text[length] == '\n');
	} while (*text != '\0');
}

/* ---- layout ---- */

/* Columns that the first bytes of a line take. */
static int columns_to(const char *text, size_t bytes)
{
	_cleanup_free_ char *head = xstrndup(text, bytes);

	return utf8_width(head);
}

/* Continued rows stand below the text, not below its label. */
static int indent_of(const struct text_line *line, int columns)
{
	int indent = line->lead > 0 ? columns_to(line->text, line->lead) : 0;

	return indent < columns / 2 ? indent : 0;
}

/* Where a row that begins at from ends, and the next begins. At least one character goes into a row. */
static size_t row_end(const char *text, size_t from, int columns, size_t *ret_next)
{
	const char *at = text + from;
	const char *blank = NULL;
	char character[5];
	int width = 0, wide;

	for (const char *next = at; step(&next, character, &wide); at = next) {
		if (width + wide > columns && at > text + from) {
			if (*at != ' ' && blank != NULL)
				at = blank;
			*ret_next = (size_t)(at - text) + strspn(at, " ");
			return (size_t)(at - text);
		}
		if (*character == ' ' && width > 0)
			blank = at;
		width += wide;
	}
	*ret_next = (size_t)(at - text);
	return *ret_next;
}

static void lay_line(struct text_view *view, size_t index, int columns, size_t *capacity)
{
	const struct text_line *line = &view->lines[index];
	size_t from = 0;
	int indent = 0;

	do {
		size_t next = strlen(line->text);
		size_t to = next;

		if (view->wrap)
			to = row_end(line->text, from, columns - indent, &next);
		if (view->row_count == *capacity) {
			*capacity = *capacity > 0 ? *capacity * 2 : 64;
			view->rows = xreallocarray(view->rows, *capacity, sizeof *view->rows);
		}
		view->rows[view->row_count++] = (struct text_row){ .line = index, .from = from, .to = to };
		from = next;
		indent = indent_of(line, columns);
	} while (line->text[from] != '\0');
}

void text_view_layout(struct text_view *view, int columns)
{
	/* the line at the top stays there */
	size_t line = view->top < view->row_count ? view->rows[view->top].line : SIZE_MAX;
	size_t capacity = 0;

	if (columns < 1)
		columns = 1;
	if (view->columns == columns)
		return;
	bool resized = view->columns != 0;

	free(TAKE_POINTER(view->rows));
	view->row_count = 0;
	for (size_t i = 0; i < view->count; i++)
		lay_line(view, i, columns, &capacity);
	view->columns = columns;
	for (size_t i = 0; resized && line != SIZE_MAX && i < view->row_count; i++)
		if (view->rows[i].line == line) {
			view->top = i;
			break;
		}
}

size_t text_view_found_row(const struct text_view *view)
{
	size_t row = 0;

	while (row + 1 < view->row_count && (view->rows[row + 1].line < view->found_line ||
					     (view->rows[row + 1].line == view->found_line && view->rows[row + 1].from <= view->found_at)))
		row++;
	return row;
}

/* ---- moving ---- */

static size_t last_top(const struct text_view *view)
{
	size_t fit = view->shown > 0 ? (size_t)view->shown : 1;

	return view->row_count > fit ? view->row_count - fit : 0;
}

static void settle(struct text_view *view)
{
	size_t last = last_top(view);

	if (view->top > last)
		view->top = last;
	view->away = view->top < last;
}

bool text_view_command(struct text_view *view, enum command command)
{
	size_t page = view->shown > 1 ? (size_t)view->shown - 1 : 1;

	if (text_view_search_command(view, command))
		return true;
	if (view->typing)
		return false;
	if (command == COMMAND_UP)
		view->top -= view->top > 0;
	else if (command == COMMAND_DOWN)
		view->top++;
	else if (command == COMMAND_PAGE_UP)
		view->top = view->top > page ? view->top - page : 0;
	else if (command == COMMAND_PAGE_DOWN)
		view->top += page;
	else if (command == COMMAND_FIRST)
		view->top = 0;
	else if (command == COMMAND_LAST)
		view->top = last_top(view);
	else if (command == COMMAND_LEFT)
		view->left = view->left > SIDE_COLUMNS ? view->left - SIDE_COLUMNS : 0;
	else if (command == COMMAND_RIGHT)
		view->left += view->wrap ? 0 : SIDE_COLUMNS;
	else
		return false;
	settle(view);
	return true;
}

void text_view_mouse(struct text_view *view, const struct mouse *mouse)
{
	if (mouse->action == MOUSE_PRESS && (mouse->button == 4 || mouse->button == 5))
		for (int i = 0; i < WHEEL_ROWS && !view->typing; i++)
			text_view_command(view, mouse->button == 4 ? COMMAND_UP : COMMAND_DOWN);
}

/* ---- drawing ---- */

/* The widest of the rows seen: looking further to the side shows nothing. */
static int widest_seen(const struct text_view *view)
{
	int widest = 0;

	for (size_t i = view->top; i < view->row_count && i < view->top + (size_t)view->shown; i++) {
		int wide = utf8_width(view->lines[view->rows[i].line].text);

		widest = wide > widest ? wide : widest;
	}
	return widest;
}

/* Brings the found place into view. */
static void seek(struct text_view *view, int columns)
{
	size_t row = text_view_found_row(view);

	view->seek = false;
	if (row < view->top || row >= view->top + (size_t)view->shown)
		view->top = row > (size_t)view->shown / 3 ? row - (size_t)view->shown / 3 : 0;
	if (view->wrap || view->found_line >= view->count)
		return;
	int at = columns_to(view->lines[view->found_line].text, view->found_at);
	int wide = utf8_width(line_text(&view->pattern));

	if (at + wide < columns)
		view->left = 0;
	else if (at < view->left || at + wide >= view->left + columns)
		view->left = at - columns / 3;
	view->left = view->left < 0 ? 0 : view->left;
}

/* Draws bytes of a line that stand at text column `at` (from the row's first column, counted without the shift to the left); what is left of
 * the view is skipped, half of a wide character is a blank. */
static void draw_piece(const struct text_view *view, struct terminal *term, int row, int column, int limit, int at, enum style style,
		       const char *bytes, size_t length)
{
	_cleanup_free_ char *piece = xstrndup(bytes, length);
	const char *rest = piece;
	const char *next = piece;
	char character[5];
	int wide;

	at -= view->left;
	while (at < 0 && step(&next, character, &wide)) {
		at += wide;
		rest = next;
	}
	if (at < 0)
		return;
	/* marks that belong to what was skipped */
	while (rest > piece && step(&next, character, &wide) && wide == 0)
		rest = next;
	terminal_put(term, row, column + at, limit, style, rest);
}

static void draw_matches(const struct text_view *view, struct terminal *term, int row, int column, int limit, const struct text_row *at)
{
	const char *text = view->lines[at->line].text;
	const char *pattern = line_text(&view->pattern);
	size_t from = 0, found, length;

	if (text_empty(pattern))
		return;
	while (text_find(text, from, pattern, &found, &length) && found < at->to) {
		size_t begin = found > at->from ? found : at->from;
		size_t end = found + length < at->to ? found + length : at->to;
		bool current = view->found && at->line == view->found_line && found == view->found_at;

		if (begin < end)
			draw_piece(view, term, row, column, limit, columns_to(text + at->from, begin - at->from),
				   current ? STYLE_SELECTED : STYLE_MATCH, text + begin, end - begin);
		from = found + length;
	}
}

static void draw_row(const struct text_view *view, struct terminal *term, int row, int column, int limit, size_t index)
{
	const struct text_row *at = &view->rows[index];
	const struct text_line *line = &view->lines[at->line];
	size_t lead = at->from < line->lead ? line->lead - at->from : 0;

	if (at->from > 0)
		column += indent_of(line, view->columns);
	if (lead > at->to - at->from)
		lead = at->to - at->from;
	draw_piece(view, term, row, column, limit, 0, line->style, line->text + at->from, at->to - at->from);
	if (lead > 0)
		draw_piece(view, term, row, column, limit, 0, STYLE_TITLE, line->text + at->from, lead);
	draw_matches(view, term, row, column, limit, at);
}

static int number_columns(const struct text_view *view)
{
	int digits = 1;

	for (size_t n = view->count; n >= 10; n /= 10)
		digits++;
	return view->numbers ? digits + 1 : 0;
}

void text_view_draw(struct text_view *view, struct terminal *term, int row, int rows, int columns)
{
	int gutter = number_columns(view);

	view->row = row;
	view->shown = rows > 0 ? rows : 0;
	if (gutter >= columns)
		gutter = 0;
	bool was_away = view->away;

	text_view_layout(view, columns - gutter);
	if (view->follow && !was_away)
		view->top = last_top(view);
	if (view->seek && view->found)
		seek(view, columns - gutter);
	settle(view);
	int most = widest_seen(view) - (columns - gutter);

	if (view->left > most && !view->wrap)
		view->left = most > 0 ? most : 0;
	for (int i = 0; i < view->shown && view->top + (size_t)i < view->row_count; i++) {
		size_t index = view->top + (size_t)i;

		if (gutter > 0 && view->rows[index].from == 0) {
			_cleanup_free_ char *number = strf("%*zu", gutter - 1, view->rows[index].line + 1);

			terminal_put(term, row + i, 0, gutter, STYLE_DIM, number);
		}
		draw_row(view, term, row + i, gutter, columns, index);
	}
}

char *text_view_position(const struct text_view *view)
{
	size_t last = view->top + (size_t)view->shown;

	if (view->row_count <= (size_t)view->shown)
		return xstrdup("");
	return strf(_("%zu-%zu of %zu"), view->top + 1, last < view->row_count ? last : view->row_count, view->row_count);
}
