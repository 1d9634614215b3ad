/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Editing a line, character by character: what combines with a character moves and goes with it. */
#include "tui/line_edit.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <termkey.h>
#include <wchar.h>

#define MOST_BYTES 4096

void line_clear(struct line_edit *line)
{
	free(line->text);
	*line = (struct line_edit){ 0 };
}

const char *line_text(const struct line_edit *line)
{
	return line->text != NULL ? line->text : "";
}

void line_set(struct line_edit *line, const char *text)
{
	char *copy = xstrdup(text);

	free(line->text);
	line->text = copy;
	line->cursor = strlen(copy);
	line->view = 0;
}

/* The end of the character that begins at a place, with all that combines with it. */
static size_t next_end(const char *text, size_t at)
{
	const char *p = text + at;

	if (utf8_next(&p) == 0)
		return at;
	while (*p != '\0') {
		const char *more = p;

		if (wcwidth((wchar_t)utf8_next(&more)) != 0)
			break;
		p = more;
	}
	return (size_t)(p - text);
}

static size_t previous(const char *text, size_t at)
{
	size_t begin = 0;

	while (begin < at) {
		size_t end = next_end(text, begin);

		if (end >= at || end == begin)
			break;
		begin = end;
	}
	return begin;
}

/* May a character stand in a line? No controls (C0, DEL, C1), no marks that turn the direction of writing. */
static bool is_text(uint32_t c)
{
	return c >= 0x20 && (c < 0x7f || c >= 0xa0) && (c < 0x2028 || c > 0x202e) && (c < 0x2066 || c > 0x2069);
}

static char *cleaned(const char *text, size_t length)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t at = 0; at < length;) {
		size_t n = 1;

		while (n < 4 && at + n < length && !utf8_valid(text + at, n))
			n++;
		if (!utf8_valid(text + at, n)) {
			at++;
			continue;
		}
		_cleanup_free_ char *character = xstrndup(text + at, n);
		const char *p = character;

		if (is_text(utf8_next(&p)))
			strbuf_puts(&out, character);
		at += n;
	}
	return strbuf_take(&out);
}

bool line_insert(struct line_edit *line, const char *text, size_t length)
{
	_cleanup_free_ char *added = cleaned(text, length);
	size_t more = strlen(added);
	const char *old = line_text(line);

	if (more == 0 || strlen(old) + more > MOST_BYTES)
		return false;
	char *joined = strf("%.*s%s%s", (int)line->cursor, old, added, old + line->cursor);

	free(line->text);
	line->text = joined;
	line->cursor += more;
	return true;
}

bool line_key(struct line_edit *line, const struct key *key)
{
	struct key bare = *key;
	char bytes[64];

	bare.modifiers &= ~(unsigned)TERMKEY_KEYMOD_SHIFT;
	if (bare.type != KEY_TYPE_CHAR || bare.modifiers != 0 || !is_text(bare.code))
		return false;
	key_label(&bare, true, bytes, sizeof bytes);
	return bare.code == ' ' ? line_insert(line, " ", 1) : line_insert(line, bytes, strlen(bytes));
}

static void erase(struct line_edit *line, size_t from, size_t to, bool *ret_changed)
{
	if (from >= to)
		return;
	memmove(line->text + from, line->text + to, strlen(line->text + to) + 1);
	line->cursor = from;
	*ret_changed = true;
}

/* Words end at blanks and at slashes, so that a path goes piece by piece. */
static size_t word_begin(const char *text, size_t at)
{
	while (at > 0 && strchr(" /", text[at - 1]) != NULL)
		at--;
	while (at > 0 && strchr(" /", text[at - 1]) == NULL)
		at--;
	return at;
}

bool line_command(struct line_edit *line, enum command command, bool *ret_changed)
{
	const char *text = line_text(line);

	*ret_changed = false;
	switch ((int)command) {
	case COMMAND_LEFT:
		line->cursor = previous(text, line->cursor);
		return true;
	case COMMAND_RIGHT:
		line->cursor = next_end(text, line->cursor);
		return true;
	case COMMAND_FIRST:
		line->cursor = 0;
		return true;
	case COMMAND_LAST:
		line->cursor = strlen(text);
		return true;
	case COMMAND_ERASE:
		erase(line, previous(text, line->cursor), line->cursor, ret_changed);
		return true;
	case COMMAND_ERASE_NEXT:
		erase(line, line->cursor, next_end(text, line->cursor), ret_changed);
		return true;
	case COMMAND_ERASE_WORD:
		erase(line, word_begin(text, line->cursor), line->cursor, ret_changed);
		return true;
	case COMMAND_ERASE_LINE:
		erase(line, 0, line->cursor, ret_changed);
		return true;
	default:
		return false;
	}
}

/* Columns of a part of a text. */
static int part_width(const char *text, size_t from, size_t to)
{
	_cleanup_free_ char *part = xstrndup(text + from, to - from);

	return utf8_width(part);
}

/* Moves the view so that the cursor, and the column it stands on, are inside. */
static void follow(struct line_edit *line, int columns)
{
	const char *text = line_text(line);

	if (line->cursor < line->view)
		line->view = line->cursor;
	while (line->view < line->cursor && part_width(text, line->view, line->cursor) >= columns)
		line->view = next_end(text, line->view);
	/* what was erased at the end lets the beginning come back */
	while (line->view > 0) {
		size_t before = previous(text, line->view);

		if (part_width(text, before, strlen(text)) >= columns)
			break;
		line->view = before;
	}
}

void line_click(struct line_edit *line, int column)
{
	const char *text = line_text(line);
	size_t at = line->view;

	if (line->secret) {
		line->cursor = strlen(text);
		return;
	}
	for (int width = 0; text[at] != '\0';) {
		size_t end = next_end(text, at);

		width += part_width(text, at, end);
		if (width > column || end == at)
			break;
		at = end;
	}
	line->cursor = at;
}

/* How many characters a part has. */
static int characters(const char *text, size_t from, size_t to)
{
	int count = 0;

	for (; from < to && text[from] != '\0'; from = next_end(text, from))
		count++;
	return count;
}

/* A '*' a character; the view is the end of what is before the cursor, and needs no memory. */
static void draw_secret(const struct line_edit *line, struct terminal *term, int row, int column, int columns, enum style style, bool focused)
{
	const char *text = line_text(line);
	int count = characters(text, 0, strlen(text));
	int cursor = characters(text, 0, line->cursor);
	int first = cursor >= columns ? cursor - columns + 1 : 0;
	int shown = count - first < columns ? count - first : columns;
	_cleanup_free_ char *stars = xcalloc((size_t)shown + 1, 1);

	memset(stars, '*', (size_t)shown);
	terminal_text(term, row, column, columns, style, stars);
	if (focused)
		terminal_cursor(term, row, column + cursor - first, true);
}

void line_draw(struct line_edit *line, struct terminal *term, int row, int column, int columns, enum style style, bool focused)
{
	if (line->secret) {
		draw_secret(line, term, row, column, columns, style, focused);
		return;
	}
	if (!focused) {
		/* from its beginning, and so that one sees when there is more */
		line->view = 0;
		terminal_text(term, row, column, columns, style, line_text(line));
		return;
	}
	follow(line, columns);
	const char *text = line_text(line);
	size_t end = line->view;

	/* cut at the field's edge without an ellipsis: the cursor may stand there */
	for (int width = 0; text[end] != '\0';) {
		size_t next = next_end(text, end);

		width += part_width(text, end, next);
		if (width > columns || next == end)
			break;
		end = next;
	}
	_cleanup_free_ char *shown = xstrndup(text + line->view, end - line->view);

	terminal_text(term, row, column, columns, style, shown);
	terminal_cursor(term, row, column + part_width(text, line->view, line->cursor), true);
}
