/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list widget. */
#include "tui/widget_list.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/terminal.h"

#include <stdlib.h>

static int least_width(const int *widths, size_t count)
{
	int total = 0;

	for (size_t i = 0; i < count; i++)
		if (widths[i] > 0)
			total += widths[i] + (total > 0 ? LIST_GAP : 0);
	return total;
}

/* The shown column that gives way first, or count. */
static size_t first_to_go(const struct list_column *columns, const int *widths, size_t count)
{
	size_t worst = count;

	for (size_t i = 0; i < count; i++)
		if (widths[i] > 0 && columns[i].priority > 0 &&
		    (worst == count || columns[i].priority >= columns[worst].priority))
			worst = i;
	return worst;
}

static bool can_grow(const struct list_column *column, int width)
{
	return width > 0 && column->grow > 0 && (column->most == 0 || width < column->most);
}

/* Deals spare columns out by the shares of those that grow. */
static void grow(const struct list_column *columns, size_t count, int spare, int *widths)
{
	while (spare > 0) {
		int shares = 0;

		for (size_t i = 0; i < count; i++)
			shares += can_grow(&columns[i], widths[i]) ? columns[i].grow : 0;
		if (shares == 0)
			return;
		int round = spare;

		for (size_t i = 0; i < count && spare > 0; i++) {
			if (!can_grow(&columns[i], widths[i]))
				continue;
			int more = round * columns[i].grow / shares;

			more = more < 1 ? 1 : more;
			more = columns[i].most > 0 && widths[i] + more > columns[i].most ? columns[i].most - widths[i] : more;
			more = more > spare ? spare : more;
			widths[i] += more;
			spare -= more;
		}
	}
}

void list_layout(const struct list_column *columns, size_t count, int width, int *ret_widths)
{
	for (size_t i = 0; i < count; i++)
		ret_widths[i] = columns[i].width;
	for (;;) {
		int spare = width - least_width(ret_widths, count);
		size_t victim = first_to_go(columns, ret_widths, count);

		if (spare >= 0) {
			grow(columns, count, spare, ret_widths);
			return;
		}
		if (victim < count) {
			ret_widths[victim] = 0;
			continue;
		}
		/* what must stay is cut from the right */
		for (size_t i = count; i-- > 0 && spare < 0;) {
			int cut = -spare < ret_widths[i] ? -spare : ret_widths[i];

			ret_widths[i] -= cut;
			spare += cut;
		}
		return;
	}
}

void list_set_count(struct list *list, size_t count)
{
	list->count = count;
	if (list->selected >= count)
		list->selected = count > 0 ? count - 1 : 0;
}

void list_select(struct list *list, size_t row)
{
	list->selected = row;
	list_set_count(list, list->count);
}

bool list_command(struct list *list, enum command command)
{
	size_t page = list->rows > 1 ? (size_t)list->rows - 1 : 1;
	size_t last = list->count > 0 ? list->count - 1 : 0;
	size_t at = list->selected;

	if (command == COMMAND_UP)
		at = at > 0 ? at - 1 : 0;
	else if (command == COMMAND_DOWN)
		at = at < last ? at + 1 : last;
	else if (command == COMMAND_PAGE_UP)
		at = at > page ? at - page : 0;
	else if (command == COMMAND_PAGE_DOWN)
		at = at + page < last ? at + page : last;
	else if (command == COMMAND_FIRST)
		at = 0;
	else if (command == COMMAND_LAST)
		at = last;
	else
		return false;
	list->selected = at;
	return true;
}

bool list_mouse(struct list *list, const struct mouse *mouse, size_t *ret_row)
{
	if (mouse->action != MOUSE_PRESS)
		return false;
	if (mouse->button == 4 || mouse->button == 5) {
		for (int i = 0; i < 3; i++)
			list_command(list, mouse->button == 4 ? COMMAND_UP : COMMAND_DOWN);
		return false;
	}
	if (mouse->row < list->row || mouse->row >= list->row + list->rows || mouse->column < list->column ||
	    (list->wide > 0 && mouse->column >= list->column + list->wide))
		return false;
	size_t row = list->top + (size_t)(mouse->row - list->row);

	if (row >= list->count)
		return false;
	list->selected = row;
	if (ret_row != NULL)
		*ret_row = row;
	return true;
}

static void draw_cell(const struct list_column *column, struct terminal *term, int row, int at, int width, enum style style,
		      const char *text)
{
	int used = column->right ? utf8_width(text) : width;
	int indent = used < width ? width - used : 0;

	terminal_fill(term, row, at, 1, indent, style);
	terminal_text(term, row, at + indent, width - indent, style, text);
}

static void draw_row(const struct list *list, struct terminal *term, const int *widths, int row, int columns, size_t index)
{
	bool marked = index == list->selected;
	enum style look = list->idle ? STYLE_KEY : STYLE_SELECTED;
	int at = list->column;

	terminal_fill(term, row, list->column, 1, columns, marked ? look : STYLE_NORMAL);
	for (size_t i = 0; i < list->column_count; i++) {
		struct list_cell cell = { 0 };

		if (widths[i] == 0)
			continue;
		list->cell(index, i, &cell, list->userdata);
		if (cell.text != NULL)
			draw_cell(&list->columns[i], term, row, at, widths[i], marked ? look : cell.style, cell.text);
		free(cell.text);
		at += widths[i] + LIST_GAP;
	}
}

static char *with_arrow(const struct list *list, const struct terminal *term, const char *title)
{
	if (terminal_utf8(term))
		return strf("%s%s", title, list->descending ? "▼" : "▲");
	return strf("%s%s", title, list->descending ? "v" : "^");
}

static void draw_titles(const struct list *list, struct terminal *term, const int *widths, int row, int columns)
{
	int at = list->column;

	terminal_fill(term, row, list->column, 1, columns, STYLE_TITLE);
	for (size_t i = 0; i < list->column_count; i++) {
		if (widths[i] == 0)
			continue;
		const char *title = *list->columns[i].title != '\0' ? _(list->columns[i].title) : "";
		_cleanup_free_ char *arrowed = list->sorted == (int)i + 1 ? with_arrow(list, term, title) : NULL;

		draw_cell(&list->columns[i], term, row, at, widths[i], STYLE_TITLE, arrowed != NULL ? arrowed : title);
		at += widths[i] + LIST_GAP;
	}
}

bool list_title_at(const struct list *list, const struct mouse *mouse, int columns, size_t *ret_column)
{
	int widths[LIST_COLUMN_LIMIT];
	int at = list->column;

	if (mouse->action != MOUSE_PRESS || mouse->button != 1 || mouse->row != list->row - 1 || mouse->row < 1)
		return false;
	list_layout(list->columns, list->column_count, columns, widths);
	for (size_t i = 0; i < list->column_count; i++) {
		if (widths[i] == 0)
			continue;
		if (mouse->column >= at && mouse->column < at + widths[i]) {
			*ret_column = i;
			return true;
		}
		at += widths[i] + LIST_GAP;
	}
	return false;
}

void list_draw(struct list *list, struct terminal *term, int row, int rows, int columns)
{
	int widths[LIST_COLUMN_LIMIT];
	bool titled = rows > 2;

	list_layout(list->columns, list->column_count, columns, widths);
	if (titled)
		draw_titles(list, term, widths, row, columns);
	list->row = row + titled;
	list->rows = rows - titled > 0 ? rows - titled : 0;
	list->wide = columns;
	size_t fit = (size_t)list->rows;

	if (list->selected < list->top)
		list->top = list->selected;
	if (fit > 0 && list->selected >= list->top + fit)
		list->top = list->selected - fit + 1;
	if (list->top + fit > list->count)
		list->top = list->count > fit ? list->count - fit : 0;
	for (size_t i = 0; i < fit && list->top + i < list->count; i++)
		draw_row(list, term, widths, list->row + (int)i, columns, list->top + i);
}
