/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms drawn: a line a field, and below it what is to be said where there is no room beside. */
#include "tui/form.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/dialog.h"
#include "tui/terminal.h"

#include <string.h>

#define LABEL_COLUMN 1
#define LABEL_WIDTH  16
#define VALUE_COLUMN (LABEL_COLUMN + LABEL_WIDTH + 1)
#define LONG_TEXT    60

/* What stands beside or below a field. */
static const char *remark(const struct field *field, enum style *ret_style)
{
	*ret_style = field->verdict == FIELD_WRONG ? STYLE_ERROR : field->verdict == FIELD_DOUBTFUL ? STYLE_PAUSED : STYLE_DIM;
	if (field->message != NULL)
		return field->message;
	*ret_style = STYLE_DIM;
	return field->note;
}

static int text_width(const struct field *field, int columns)
{
	int room = columns - VALUE_COLUMN - 3;

	if (field->width > 0 && field->width < room)
		return field->width;
	return room < 1 ? 1 : room < LONG_TEXT || columns < 100 ? room : LONG_TEXT;
}

/* How many columns the value takes, brackets and unit too. */
static int value_width(const struct field *field, int columns)
{
	switch (field->kind) {
	case FIELD_TEXT:
		return text_width(field, columns) + 2 + (field->unit != NULL ? 1 + utf8_width(_(field->unit)) : 0);
	case FIELD_CHOICE:
		return utf8_width(field->choices[field->choice]) + 4;
	case FIELD_CHECK:
		return 3;
	case FIELD_NOTE:
	default:
		return 0;
	}
}

static bool fits_beside(const struct field *field, const char *text, int columns)
{
	return VALUE_COLUMN + value_width(field, columns) + 2 + utf8_width(text) <= columns;
}

/* Lines that a field takes. */
static int height(const struct field *field, int columns)
{
	enum style style;
	const char *text = remark(field, &style);
	int room = columns - VALUE_COLUMN - 1;

	if (field->hidden)
		return 0;
	if (field->kind == FIELD_NOTE || (text != NULL && !fits_beside(field, text, columns))) {
		_cleanup_strv_ char **lines = text_wrap(text != NULL ? text : "", room);

		return (int)strv_length(lines) + (field->kind != FIELD_NOTE);
	}
	return 1;
}

static void draw_text(struct field *field, struct terminal *term, int row, int columns, bool focused)
{
	int width = text_width(field, columns);
	enum style edge = focused ? STYLE_KEY : STYLE_NORMAL;

	terminal_put(term, row, VALUE_COLUMN, columns, edge, "[");
	terminal_put(term, row, VALUE_COLUMN + 1 + width, columns, edge, "]");
	line_draw(&field->line, term, row, VALUE_COLUMN + 1, width, focused ? STYLE_SELECTED : STYLE_NORMAL, focused);
	if (*line_text(&field->line) == '\0' && field->proposal != NULL)
		terminal_put(term, row, VALUE_COLUMN + 1, VALUE_COLUMN + 1 + width, focused ? STYLE_SELECTED : STYLE_DIM, field->proposal);
	if (field->unit != NULL)
		terminal_put(term, row, VALUE_COLUMN + width + 3, columns, STYLE_NORMAL, _(field->unit));
	field->column = VALUE_COLUMN + 1;
	field->columns = width;
}

static void draw_value(struct field *field, struct terminal *term, int row, int columns, bool focused)
{
	enum style style = focused ? STYLE_SELECTED : STYLE_NORMAL;

	field->column = VALUE_COLUMN;
	field->columns = value_width(field, columns);
	if (field->kind == FIELD_TEXT) {
		draw_text(field, term, row, columns, focused);
	} else if (field->kind == FIELD_CHOICE) {
		_cleanup_free_ char *text = strf("< %s >", field->choices[field->choice]);

		terminal_put(term, row, VALUE_COLUMN, columns, style, text);
	} else if (field->kind == FIELD_CHECK) {
		terminal_put(term, row, VALUE_COLUMN, columns, style, field->checked ? "[x]" : "[ ]");
	}
	if (focused && field->kind != FIELD_TEXT)
		terminal_cursor(term, row, VALUE_COLUMN + (field->kind == FIELD_CHECK), true);
}

struct area {
	struct terminal *term;
	int row, rows, columns;
};

static bool inside(const struct area *area, int row)
{
	return row >= area->row && row < area->row + area->rows;
}

static void draw_field(struct field *field, const struct area *area, int row, bool focused)
{
	enum style style;
	const char *text = remark(field, &style);

	field->row = -1;
	if (inside(area, row)) {
		field->row = row;
		terminal_put(area->term, row, LABEL_COLUMN, LABEL_COLUMN + LABEL_WIDTH, focused ? STYLE_KEY : STYLE_NORMAL,
			     _(field->label));
		draw_value(field, area->term, row, area->columns, focused);
	}
	if (text == NULL)
		return;
	if (field->kind != FIELD_NOTE && fits_beside(field, text, area->columns)) {
		if (inside(area, row))
			terminal_put(area->term, row, VALUE_COLUMN + value_width(field, area->columns) + 2, area->columns, style, text);
		return;
	}
	_cleanup_strv_ char **lines = text_wrap(text, area->columns - VALUE_COLUMN - 1);
	int at = row + (field->kind != FIELD_NOTE);

	for (char **line = lines; line != NULL && *line != NULL; line++, at++)
		if (inside(area, at))
			terminal_put(area->term, at, VALUE_COLUMN, area->columns, style, *line);
}

/* Scrolls so that the focus, and what is said of it, can be seen. */
static void follow(struct form *form, int rows, int columns)
{
	int line = 0;
	int begin = 0;
	int end = 0;

	for (size_t i = 0; i < form->count; i++) {
		int tall = height(&form->fields[i], columns);

		if (i == form->focus) {
			begin = line;
			end = line + tall;
		}
		line += tall;
	}
	if (end > form->top + rows)
		form->top = end - rows;
	if (begin < form->top)
		form->top = begin;
	/* the last field draws the notes behind it into view */
	if (form->focus + 1 < form->count && form->fields[form->focus + 1].kind == FIELD_NOTE &&
	    line - begin <= rows && form->top + rows < line)
		form->top = line - rows;
	if (form->top > line - rows)
		form->top = line > rows ? line - rows : 0;
}

void form_draw(struct form *form, struct terminal *term, int row, int rows, int columns, bool focused)
{
	const struct area area = { term, row, rows, columns };
	int at = row;

	if (rows <= 0)
		return;
	follow(form, rows, columns);
	for (size_t i = 0; i < form->count; i++) {
		form->fields[i].row = -1;
		if (form->fields[i].hidden)
			continue;
		draw_field(&form->fields[i], &area, at - form->top, focused && i == form->focus);
		at += height(&form->fields[i], columns);
	}
	if (form->top > 0)
		terminal_put(term, row, columns - 1, columns, STYLE_KEY, "^");
	if (at - form->top > row + rows)
		terminal_put(term, row + rows - 1, columns - 1, columns, STYLE_KEY, "v");
}
