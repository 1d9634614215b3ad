/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables. */
#include "tui/widget_table.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

static void draw_cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct table *table = userdata;
	size_t item = table->rows[row];

	table->class->cell(item, column, ret, table->userdata);
	if (!table->marks[item])
		return;
	/* the first column has room for it */
	if (column == 0) {
		char *text = strf("*%s", !text_empty(ret->text) ? ret->text + 1 : "");

		free(ret->text);
		ret->text = text;
	}
	ret->style = column == 0 ? STYLE_MATCH : column == 1 ? STYLE_KEY : ret->style;
}

void table_init(struct table *table, const struct table_class *class, void *userdata)
{
	*table = (struct table){ .class = class, .userdata = userdata, .sort = class->first_sorted };
	table->list.columns = class->columns;
	table->list.column_count = class->column_count;
	table->list.cell = draw_cell;
	table->list.userdata = table;
	table->list.sorted = class->compare != NULL && table->sort != TABLE_NONE ? (int)table->sort + 1 : 0;
}

void table_clear(struct table *table)
{
	free(table->rows);
	free(table->marks);
	free(table->selected);
	strv_free(table->kept);
	line_clear(&table->filter);
	*table = (struct table){ 0 };
}

/* ---- order and filter ---- */

static int compare(const void *a, const void *b, void *userdata)
{
	const struct table *table = userdata;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	int order = table->class->compare(x, y, table->sort, table->userdata);

	if (order != 0)
		return table->reverse ? -order : order;
	return (x > y) - (x < y);
}

static const char *name_of(const struct table *table, size_t item)
{
	return table->class->name(item, table->userdata);
}

static void remember(struct table *table)
{
	size_t item = table_selected(table);

	free(table->selected);
	table->selected = item != TABLE_NONE ? xstrdup(name_of(table, item)) : NULL;
}

void table_select(struct table *table, const char *name)
{
	for (size_t i = 0; name != NULL && i < table->row_count; i++)
		if (strcmp(name_of(table, table->rows[i]), name) == 0) {
			list_select(&table->list, i);
			break;
		}
	remember(table);
}

void table_rebuild(struct table *table)
{
	_cleanup_strv_ char **words = strv_split(line_text(&table->filter), " ");

	free(table->rows);
	table->rows = xcalloc(table->count + 1, sizeof *table->rows);
	table->row_count = 0;
	for (size_t i = 0; i < table->count; i++)
		if (words == NULL || table->class->matches(i, words, table->userdata))
			table->rows[table->row_count++] = i;
	if (table->row_count > 1 && table->class->compare != NULL && table->sort != TABLE_NONE)
		qsort_r(table->rows, table->row_count, sizeof *table->rows, compare, table);
	list_set_count(&table->list, table->row_count);
	table_select(table, table->selected);
}

/* ---- the items, read anew ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* What is marked is known by name: items are forgotten before new ones are there. */
static void keep_marks(struct table *table)
{
	size_t marked = 0;

	for (size_t i = 0; i < table->count; i++)
		marked += table->marks[i];
	strv_free(TAKE_POINTER(table->kept));
	table->kept_count = 0;
	if (marked == 0)
		return;
	table->kept = xcalloc(marked + 1, sizeof *table->kept);
	for (size_t i = 0; i < table->count; i++)
		if (table->marks[i])
			table->kept[table->kept_count++] = xstrdup(name_of(table, i));
	qsort(table->kept, table->kept_count, sizeof *table->kept, compare_names);
}

void table_set_count(struct table *table, size_t count)
{
	free(table->marks);
	table->marks = xcalloc(count + 1, sizeof *table->marks);
	table->count = count;
	for (size_t i = 0; table->kept_count > 0 && i < count; i++) {
		const char *name = name_of(table, i);

		table->marks[i] = bsearch(&name, table->kept, table->kept_count, sizeof name, compare_names) != NULL;
	}
	keep_marks(table);
	table_rebuild(table);
}

void table_forget(struct table *table)
{
	free(TAKE_POINTER(table->selected));
	strv_free(TAKE_POINTER(table->kept));
	table->kept_count = 0;
	line_clear(&table->filter);
	table->typing = false;
	table->count = table->row_count = 0;
	list_set_count(&table->list, 0);
	list_select(&table->list, 0);
}

/* ---- what is chosen ---- */

size_t table_selected(const struct table *table)
{
	return table->list.selected < table->row_count ? table->rows[table->list.selected] : TABLE_NONE;
}

size_t *table_chosen(const struct table *table, size_t *ret_count)
{
	size_t *items = xcalloc(table->row_count + 1, sizeof *items);
	size_t selected = table_selected(table);

	*ret_count = 0;
	for (size_t i = 0; i < table->row_count; i++)
		if (table->marks[table->rows[i]])
			items[(*ret_count)++] = table->rows[i];
	if (*ret_count == 0 && selected != TABLE_NONE)
		items[(*ret_count)++] = selected;
	return items;
}

bool table_filtered(const struct table *table)
{
	return table->typing || *line_text(&table->filter) != '\0';
}

static size_t marked(const struct table *table, size_t *ret_hidden)
{
	size_t shown = 0;

	for (size_t i = 0; table->kept_count > 0 && i < table->row_count; i++)
		shown += table->marks[table->rows[i]];
	*ret_hidden = table->kept_count - shown;
	return shown;
}

/* ---- commands ---- */

static void sort_by(struct table *table, size_t column, bool reverse)
{
	table->sort = column;
	table->reverse = reverse;
	table->list.sorted = (int)column + 1;
	table->list.descending = reverse;
	table_rebuild(table);
}

/* The direction that people want of a column at first; of the same again: the other. */
static void sort_anew(struct table *table, size_t column)
{
	bool downwards = table->class->descends != NULL && table->class->descends(column);

	sort_by(table, column, column == table->sort ? !table->reverse : downwards);
}

/* Columns without a title have nothing to sort by. */
static size_t next_column(const struct table *table)
{
	size_t column = table->sort; /* TABLE_NONE: one before the first */

	do
		column = (column + 1) % table->class->column_count;
	while (*table->class->columns[column].title == '\0');
	return column;
}

static void filter_end(struct table *table, bool keep)
{
	table->typing = false;
	if (keep)
		return;
	line_clear(&table->filter);
	table_rebuild(table);
}

static bool typing_command(struct table *table, enum command command)
{
	bool changed = false;

	if (command == COMMAND_ACCEPT || command == COMMAND_CLOSE) {
		filter_end(table, command == COMMAND_ACCEPT);
	} else if (line_command(&table->filter, command, &changed)) {
		if (changed)
			table_rebuild(table);
	} else if (list_command(&table->list, command)) {
		remember(table);
	} else {
		return false;
	}
	return true;
}

static void mark_selected(struct table *table)
{
	size_t item = table_selected(table);

	if (item != TABLE_NONE)
		table->marks[item] = !table->marks[item];
	keep_marks(table);
	list_command(&table->list, COMMAND_DOWN);
	remember(table);
}

/* Marks of what is not shown stay as they are. */
static void invert_shown(struct table *table)
{
	for (size_t i = 0; i < table->row_count; i++)
		table->marks[table->rows[i]] = !table->marks[table->rows[i]];
	keep_marks(table);
}

bool table_command(struct table *table, enum command command)
{
	if (table->typing)
		return typing_command(table, command);
	if (list_command(&table->list, command)) {
		remember(table);
		return true;
	}
	switch ((int)command) {
	case COMMAND_SORT:
		sort_anew(table, next_column(table));
		return true;
	case COMMAND_SORT_REVERSE:
		sort_by(table, table->sort != TABLE_NONE ? table->sort : next_column(table), !table->reverse);
		return true;
	case COMMAND_FILTER:
		table->typing = true;
		return true;
	case COMMAND_UNFILTER:
		filter_end(table, false);
		return true;
	case COMMAND_MARK:
		mark_selected(table);
		return true;
	case COMMAND_MARK_INVERT:
		invert_shown(table);
		return true;
	case COMMAND_UNMARK:
		memset(table->marks, 0, table->count * sizeof *table->marks);
		keep_marks(table);
		return true;
	default:
		return false;
	}
}

const char *table_refuses(const struct table *table, enum command command)
{
	if (table->typing)
		return NULL;
	switch ((int)command) {
	case COMMAND_FILTER:
	case COMMAND_SORT:
	case COMMAND_SORT_REVERSE:
		return table->count == 0 ? _(table->class->nothing) : NULL;
	case COMMAND_MARK:
	case COMMAND_MARK_INVERT:
		return table->count == 0 ? _(table->class->nothing) : table->row_count == 0 ? _(table->class->not_found) : NULL;
	default:
		return NULL;
	}
}

bool table_key(struct table *table, const struct key *key)
{
	if (!table->typing || !line_key(&table->filter, key))
		return false;
	table_rebuild(table);
	return true;
}

bool table_paste(struct table *table, const char *text, size_t length)
{
	if (!table->typing || !line_insert(&table->filter, text, length))
		return false;
	table_rebuild(table);
	return true;
}

bool table_mouse(struct table *table, const struct mouse *mouse)
{
	size_t column;

	if (mouse->column < table->list.column || mouse->column >= table->list.column + table->list.wide)
		return false;
	if (table->class->compare != NULL && list_title_at(&table->list, mouse, table->list.wide, &column)) {
		if (*table->class->columns[column].title != '\0')
			sort_anew(table, column);
		return false;
	}
	bool pressed = list_mouse(&table->list, mouse, NULL);

	remember(table);
	return pressed && mouse->twice && mouse->button == 1;
}

/* ---- drawing ---- */

static bool has_note(const struct table *table)
{
	size_t hidden;

	return table_filtered(table) || marked(table, &hidden) + hidden > 0;
}

/* The filter, how many it finds, what is marked. */
static void draw_note(struct table *table, struct terminal *term, int row, int column, int limit, bool cursor)
{
	size_t hidden, shown = marked(table, &hidden);
	struct strbuf text = STRBUF_INIT;

	terminal_fill(term, row, column, 1, limit - column, STYLE_NORMAL);
	if (table_filtered(table))
		strbuf_printf(&text, _("%zu of %zu"), table->row_count, table->count);
	if (shown > 0)
		strbuf_printf(&text, ngettext("%s%zu marked", "%s%zu marked", shown), text.length > 0 ? ", " : " ", shown);
	if (hidden > 0)
		strbuf_printf(&text, ngettext(" (%zu more is hidden and left alone)", " (%zu more are hidden and left alone)", hidden), hidden);
	if (table_filtered(table)) {
		int field = limit - column - utf8_width(text.data) - 10;

		field = field > 40 ? 40 : field < 10 ? 10 : field;
		column = terminal_put(term, row, column, limit, STYLE_KEY, _(" Filter: "));
		field = field > limit - column ? limit - column : field;
		line_draw(&table->filter, term, row, column, field, table->typing ? STYLE_SELECTED : STYLE_NORMAL, table->typing && cursor);
		column += field + 1;
	}
	if (text.length > 0)
		terminal_put(term, row, column, limit, STYLE_STATUS, text.data);
	strbuf_clear(&text);
}

void table_draw_rows(struct table *table, struct terminal *term, const struct view_area *area)
{
	int limit = area->column + area->columns;

	table->list.column = area->column;
	list_draw(&table->list, term, area->row, area->rows, area->columns);
	if (table->row_count == 0 && area->rows > 2)
		terminal_put(term, area->row + 1, area->column + 1, limit, STYLE_DIM,
			     table->count == 0 ? _(table->class->nothing) : _(table->class->not_found));
}

void table_draw(struct table *table, struct terminal *term, const struct view_area *area, bool focused, bool cursor)
{
	int note = has_note(table) && area->rows > 3;
	const struct view_area rows = { area->row, area->column, area->rows - note, area->columns };

	table->list.idle = !focused;
	table_draw_rows(table, term, &rows);
	if (note)
		draw_note(table, term, area->row + area->rows - 1, area->column, area->column + area->columns, cursor && focused);
}
