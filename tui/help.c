/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help screen. */
#include "tui/help.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>

#define KEYS_COLUMNS 24
#define PAGE 10

struct help_line {
	enum style style;
	char *keys; /* owned; NULL: text is a heading */
	const char *text;
};

/* A row of the screen: what fits into it of a line. */
struct help_row {
	enum style style;
	char *keys, *text; /* owned; keys NULL: text is a heading */
};

struct help {
	struct screen screen;
	struct help_line *lines; /* owned */
	size_t line_count;
	struct help_row *rows; /* owned: the lines as they are laid out */
	size_t count;
	int columns; /* for so many */
	size_t top;
	size_t shown; /* rows that fitted when drawn last */
};

static void add_table(struct help *help, const struct key_table *table)
{
	if (table == NULL)
		return;
	if (help->line_count > 0)
		*ARRAY_ADD(help->lines, help->line_count) = (struct help_line){ .text = "" };
	*ARRAY_ADD(help->lines, help->line_count) = (struct help_line){ .style = STYLE_TITLE, .text = _(table->title) };
	for (size_t i = 0; i < table->count; i++) {
		struct help_line *line = ARRAY_ADD(help->lines, help->line_count);

		/* the locale decides in draw how arrows look; here the names do */
		line->keys = key_binding_text(&table->bindings[i], false);
		line->text = _(table->bindings[i].help);
	}
}

static void forget_rows(struct help *help)
{
	for (size_t i = 0; i < help->count; i++) {
		free(help->rows[i].keys);
		free(help->rows[i].text);
	}
	free(TAKE_POINTER(help->rows));
	help->count = 0;
}

static int keys_columns(int columns)
{
	return columns >= 60 ? KEYS_COLUMNS : columns / 3;
}

/* Keys and what they do, side by side, each as many rows as it needs. */
static void lay_out_line(struct help *help, const struct help_line *line, int columns)
{
	int keys_wide = keys_columns(columns);
	_cleanup_strv_ char **keys = text_wrap(line->keys, keys_wide);
	_cleanup_strv_ char **text = text_wrap(line->text, columns - keys_wide - 4);
	size_t keys_count = strv_length(keys), text_count = strv_length(text);

	for (size_t i = 0; i < keys_count || i < text_count; i++)
		*ARRAY_ADD(help->rows, help->count) =
			(struct help_row){ line->style, xstrdup(i < keys_count ? keys[i] : ""), xstrdup(i < text_count ? text[i] : "") };
}

static void lay_out(struct help *help, int columns)
{
	if (help->columns == columns)
		return;
	forget_rows(help);
	help->columns = columns;
	for (size_t i = 0; i < help->line_count; i++) {
		const struct help_line *line = &help->lines[i];

		if (line->keys != NULL)
			lay_out_line(help, line, columns);
		else
			*ARRAY_ADD(help->rows, help->count) = (struct help_row){ line->style, NULL, xstrdup(line->text) };
	}
}

static const struct key_table *help_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_help;
}

static void help_command(struct screen *screen, enum command command)
{
	struct help *help = (struct help *)screen;
	size_t last = help->count > help->shown ? help->count - help->shown : 0;

	if (command == COMMAND_CLOSE)
		ui_close(screen);
	else if (command == COMMAND_UP)
		help->top -= help->top > 0;
	else if (command == COMMAND_DOWN)
		help->top++;
	else if (command == COMMAND_PAGE_UP)
		help->top = help->top > PAGE ? help->top - PAGE : 0;
	else if (command == COMMAND_PAGE_DOWN)
		help->top += PAGE;
	else if (command == COMMAND_FIRST)
		help->top = 0;
	else if (command == COMMAND_LAST)
		help->top = last;
	if (help->top > last)
		help->top = last;
	ui_dirty(screen->ui);
}

static void help_mouse(struct screen *screen, const struct mouse *mouse)
{
	if (mouse->action == MOUSE_PRESS && (mouse->button == 4 || mouse->button == 5))
		help_command(screen, mouse->button == 4 ? COMMAND_UP : COMMAND_DOWN);
}

static void help_draw(struct screen *screen, struct terminal *term)
{
	struct help *help = (struct help *)screen;
	int rows = terminal_rows(term) - 2;
	int columns = terminal_columns(term);
	int keys = keys_columns(columns);

	lay_out(help, columns);
	head_draw(term, _(" virtty: help"), "");
	help->shown = rows > 0 ? (size_t)rows : 0;
	if (help->top + help->shown > help->count)
		help->top = help->count > help->shown ? help->count - help->shown : 0;
	for (size_t i = 0; i < help->shown && help->top + i < help->count; i++) {
		const struct help_row *line = &help->rows[help->top + i];
		int row = 1 + (int)i;

		if (line->keys == NULL) {
			terminal_put(term, row, 1, columns, line->style, line->text);
			continue;
		}
		terminal_put(term, row, 2, 2 + keys, STYLE_KEY, line->keys);
		terminal_put(term, row, 3 + keys, columns, STYLE_NORMAL, line->text);
	}
	footer_draw(screen, term, NULL);
}

static void help_close(struct screen *screen)
{
	struct help *help = (struct help *)screen;

	forget_rows(help);
	for (size_t i = 0; i < help->line_count; i++)
		free(help->lines[i].keys);
	free(help->lines);
	free(help);
}

static const struct screen_class help_class = {
	.keys = help_keys,
	.command = help_command,
	.mouse = help_mouse,
	.draw = help_draw,
	.close = help_close,
};

static bool has_help(const struct key_table *table)
{
	for (size_t i = 0; table != NULL && i < table->count; i++)
		if (table->bindings[i].command == COMMAND_HELP)
			return true;
	return false;
}

struct screen *help_screen(const struct key_table *table)
{
	struct help *help = xcalloc(1, sizeof *help);

	help->screen.class = &help_class;
	add_table(help, table);
	/* a table that has the help itself is one where letters are typed: the rest does not hold there */
	if (!has_help(table))
		add_table(help, &keys_everywhere);
	return &help->screen;
}
