/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Searches and prints the cells of a guest's screen. */
#include "config.h"

#include "cli/screen_text.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <limits.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

struct screen_pattern {
	char *text;    /* owned */
	bool is_regex; /* regex is compiled */
	regex_t regex;
};

struct screen_pattern *screen_pattern_new(const char *text)
{
	struct screen_pattern *pattern = xcalloc(1, sizeof *pattern);

	pattern->text = xstrdup(text);
	pattern->is_regex = regcomp(&pattern->regex, text, REG_EXTENDED | REG_NEWLINE | REG_NOSUB) == 0;
	return pattern;
}

void screen_pattern_free(struct screen_pattern *pattern)
{
	if (!pattern)
		return;
	if (pattern->is_regex)
		regfree(&pattern->regex);
	free(pattern->text);
	free(pattern);
}

bool screen_pattern_found(const struct screen_pattern *pattern, const struct display *display)
{
	const struct wire_layout *layout = display_layout(display);
	_cleanup_strbuf_ struct strbuf cut = STRBUF_INIT, whole = STRBUF_INIT;

	for (unsigned row = 0; row < layout->rows; row++) {
		_cleanup_free_ char *text = display_text(display, row);
		int blanks = layout->columns - utf8_width(text);

		strbuf_puts(&cut, text);
		strbuf_putc(&cut, '\n');
		/* "login: " is looked for as it stands, though the blank is a row's last */
		strbuf_printf(&whole, "%s%*s\n", text, blanks > 0 ? blanks : 0, "");
	}
	if (!cut.data)
		return false;
	return strstr(whole.data, pattern->text) ||
	       (pattern->is_regex && regexec(&pattern->regex, cut.data, 0, NULL, 0) == 0);
}

bool screen_is_blank(const struct display *display)
{
	const struct wire_layout *layout = display_layout(display);

	for (unsigned row = 0; row < layout->rows; row++) {
		const struct wire_cell *cells = display_row(display, row), *first = display_row(display, 0);

		for (unsigned column = 0; column < layout->columns; column++)
			if (cells[column].background != first->background ||
			    (cells[column].character != ' ' && cells[column].foreground != first->background))
				return false;
	}
	return true;
}

/* The nearest that ASCII has to the lines and blocks that firmware and installers draw; '?' for all else. */
static int ascii_of(uint32_t character)
{
	static const struct {
		uint32_t first, last;
		char ascii;
	} ranges[] = { { 0x2500, 0x2501, '-' }, { 0x2502, 0x2503, '|' }, { 0x2550, 0x2550, '-' },
		       { 0x2551, 0x2551, '|' }, { 0x250c, 0x256c, '+' }, { 0x2580, 0x2593, '#' },
		       { 0x25a0, 0x25a0, '#' }, { 0x2190, 0x2190, '<' }, { 0x2191, 0x2191, '^' },
		       { 0x2192, 0x2192, '>' }, { 0x2193, 0x2193, 'v' }, { 0x25b2, 0x25b2, '^' },
		       { 0x25ba, 0x25ba, '>' }, { 0x25bc, 0x25bc, 'v' }, { 0x25c4, 0x25c4, '<' } };

	for (size_t i = 0; i < ARRAY_LENGTH(ranges); i++)
		if (character >= ranges[i].first && character <= ranges[i].last)
			return ranges[i].ascii;
	return '?';
}

/* In the locale's own encoding; what is no picture, as '?'. */
static void put_character(uint32_t character, FILE *out)
{
	mbstate_t state = { 0 };
	char bytes[MB_LEN_MAX];
	size_t length = (size_t)-1;

	if (character >= ' ' && character != 0x7f && !(character >= 0x80 && character < 0xa0) &&
	    wcwidth((wchar_t)character) >= 0)
		length = wcrtomb(bytes, (wchar_t)character, &state);
	if (length == (size_t)-1)
		fputc(ascii_of(character), out);
	else
		fwrite(bytes, 1, length, out);
}

void screen_print_text(const struct display *display, FILE *out)
{
	const struct wire_layout *layout = display_layout(display);
	unsigned empty = 0;

	for (unsigned row = 0; row < layout->rows; row++) {
		_cleanup_free_ char *text = display_text(display, row);

		if (!*text) {
			empty++;
			continue;
		}
		for (; empty > 0; empty--)
			fputc('\n', out);
		for (const char *p = text; *p;)
			put_character(utf8_next(&p), out);
		fputc('\n', out);
	}
}

#define NO_COLOUR UINT32_MAX /* none was said on this line */

static void put_colour(unsigned which, uint32_t rgb, FILE *out)
{
	fprintf(out, "\033[%u;2;%u;%u;%um", which, (unsigned)(rgb >> 16 & 0xff), (unsigned)(rgb >> 8 & 0xff),
		(unsigned)(rgb & 0xff));
}

void screen_print_colours(const struct display *display, FILE *out)
{
	const struct wire_layout *layout = display_layout(display);

	for (unsigned row = 0; row < layout->rows; row++) {
		const struct wire_cell *cells = display_row(display, row);
		uint32_t foreground = NO_COLOUR, background = NO_COLOUR;

		for (unsigned column = 0; column < layout->columns; column++) {
			const struct wire_cell *cell = &cells[column];

			/* nobody sees in what colour a blank is written */
			if (cell->character != ' ' && foreground != cell->foreground)
				put_colour(38, foreground = cell->foreground, out);
			if (background != cell->background)
				put_colour(48, background = cell->background, out);
			put_character(cell->character, out);
		}
		fputs("\033[m\n", out);
	}
}

static const char *kind_word(uint8_t kind)
{
	return kind == WIRE_KIND_GRID ? "text" : kind == WIRE_KIND_PICTURE ? "picture" : "none";
}

/* Of a thousand cells that hold something, those that are text. The layout says it of its own first frame alone. */
static int recognised(const struct display *display)
{
	const struct wire_layout *layout = display_layout(display);
	unsigned text = 0, pixels = 0;

	for (unsigned row = 0; row < layout->rows; row++) {
		const struct wire_cell *cells = display_row(display, row);

		for (unsigned column = 0; column < layout->columns; column++)
			if (!(cells[column].flags & WIRE_CELL_TEXT))
				pixels += cells[column].foreground != cells[column].background;
			else if (cells[column].character != ' ')
				text++;
	}
	return text + pixels ? (int)(text * 1000 / (text + pixels)) : 1000;
}

struct json_object *screen_json(const struct display *display)
{
	const struct wire_layout *layout = display_layout(display);
	struct json_object *object = json_object_new_object(), *lines = json_object_new_array();
	struct json_object *cursor = NULL;
	unsigned row, column;

	json_set_string(object, "kind", kind_word(layout->kind));
	json_set_int(object, "width", layout->width);
	json_set_int(object, "height", layout->height);
	json_set_int(object, "columns", layout->columns);
	json_set_int(object, "rows", layout->rows);
	json_set_int(object, "recognised", layout->kind == WIRE_KIND_GRID ? recognised(display) : 0);
	if (display_cursor(display, &row, &column)) {
		cursor = json_object_new_object();
		json_set_int(cursor, "row", row);
		json_set_int(cursor, "column", column);
	}
	json_set(object, "cursor", cursor);
	for (row = 0; row < layout->rows; row++) {
		_cleanup_free_ char *text = display_text(display, row);

		json_object_array_add(lines, json_object_new_string(text));
	}
	json_set(object, "lines", lines);
	return object;
}
