/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asking for a line. */
#include "tui/dialog_prompt.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/line_edit.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>

#define MOST_COLUMNS 72

struct prompt {
	struct screen screen;
	char *title, *label; /* owned */
	struct line_edit line;
	char *wrong; /* owned; NULL: it can be taken */
	char *(*check)(const char *text, void *userdata);
	void (*answered)(struct ui *ui, const char *text, void *userdata);
	void (*userdata_free)(void *userdata);
	void *userdata;
	int row, column; /* where the line was drawn */
};

static const struct key_table *prompt_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_prompt;
}

static void judge(struct prompt *prompt)
{
	free(prompt->wrong);
	prompt->wrong = prompt->check(line_text(&prompt->line), prompt->userdata);
}

static const char *prompt_refuses(struct screen *screen, enum command command)
{
	return command == COMMAND_ACCEPT ? ((struct prompt *)screen)->wrong : NULL;
}

static void prompt_command(struct screen *screen, enum command command)
{
	struct prompt *prompt = (struct prompt *)screen;
	bool changed;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command))
		return;
	if (command == COMMAND_ACCEPT)
		prompt->answered(screen->ui, line_text(&prompt->line), prompt->userdata);
	if (command == COMMAND_ACCEPT || command == COMMAND_CLOSE)
		ui_close(screen);
	else if (line_command(&prompt->line, command, &changed) && changed)
		judge(prompt);
}

static void prompt_key(struct screen *screen, const struct key *key)
{
	struct prompt *prompt = (struct prompt *)screen;

	if (line_key(&prompt->line, key))
		judge(prompt);
	ui_dirty(screen->ui);
}

static void prompt_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct prompt *prompt = (struct prompt *)screen;

	(void)begin;
	(void)end;
	if (line_insert(&prompt->line, text, length))
		judge(prompt);
	ui_dirty(screen->ui);
}

static void prompt_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct prompt *prompt = (struct prompt *)screen;

	if (mouse->action == MOUSE_PRESS && mouse->button == 1 && mouse->row == prompt->row && mouse->column >= prompt->column)
		line_click(&prompt->line, mouse->column - prompt->column);
	ui_dirty(screen->ui);
}

static void prompt_draw(struct screen *screen, struct terminal *term)
{
	struct prompt *prompt = (struct prompt *)screen;
	int room = terminal_columns(term);
	int columns = room < MOST_COLUMNS + 4 ? room : MOST_COLUMNS + 4;
	int column = (room - columns) / 2;
	int row = (terminal_rows(term) - 1 - 4) / 2;
	int limit = column + columns - 2;
	_cleanup_free_ char *title = strf(" %s ", prompt->title);

	row = row < 0 ? 0 : row;
	terminal_fill(term, row, column, 4, columns, STYLE_DIALOG);
	terminal_box(term, row, column, 4, columns, STYLE_DIALOG);
	terminal_put(term, row, column + 2, limit, STYLE_TITLE, title);
	prompt->row = row + 1;
	prompt->column = terminal_put(term, row + 1, column + 2, limit, STYLE_DIALOG, prompt->label) + 1;
	line_draw(&prompt->line, term, row + 1, prompt->column, limit - prompt->column, STYLE_SELECTED, true);
	if (prompt->wrong != NULL)
		terminal_put(term, row + 2, column + 2, limit, STYLE_ERROR, prompt->wrong);
	footer_draw(screen, term, NULL);
}

static void prompt_close(struct screen *screen)
{
	struct prompt *prompt = (struct prompt *)screen;

	if (prompt->userdata_free != NULL)
		prompt->userdata_free(prompt->userdata);
	line_clear(&prompt->line);
	free(prompt->title);
	free(prompt->label);
	free(prompt->wrong);
	free(prompt);
}

static const struct screen_class prompt_class = {
	.overlay = true,
	.keys = prompt_keys,
	.refuses = prompt_refuses,
	.command = prompt_command,
	.key = prompt_key,
	.paste = prompt_paste,
	.mouse = prompt_mouse,
	.draw = prompt_draw,
	.close = prompt_close,
};

struct screen *dialog_prompt(const char *title, const char *label, const char *text, char *(*check)(const char *text, void *userdata),
			     void (*answered)(struct ui *ui, const char *text, void *userdata), void (*userdata_free)(void *userdata),
			     void *userdata)
{
	struct prompt *prompt = xcalloc(1, sizeof *prompt);

	prompt->screen.class = &prompt_class;
	prompt->screen.grabs = true;
	prompt->title = xstrdup(title);
	prompt->label = xstrdup(label);
	prompt->check = check;
	prompt->answered = answered;
	prompt->userdata_free = userdata_free;
	prompt->userdata = userdata;
	line_set(&prompt->line, text);
	judge(prompt);
	return &prompt->screen;
}
