/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages and questions. */
#include "tui/dialog.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

#define MOST_COLUMNS 72

struct dialog {
	struct screen screen;
	char *title, *text; /* owned */
	enum style style;
	int scroll;
	/* questions */
	bool asks;
	bool yes_marked;
	char *yes; /* owned */
	void (*answered)(struct ui *ui, void *userdata);
	void (*userdata_free)(void *userdata);
	void *userdata;
	int button_row, yes_column, no_column; /* where they were drawn; -1: nowhere */
};

/* Length of the first line's worth of text, and where the next begins. */
static size_t line_length(const char *text, int columns, const char **ret_next)
{
	const char *at = text;
	const char *blank = NULL;
	int width = 0;

	while (*at != '\0' && *at != '\n') {
		const char *next = at;

		utf8_next(&next);
		_cleanup_free_ char *character = xstrndup(at, (size_t)(next - at));
		int wide = utf8_width(character);

		if (width + wide > columns && at > text) {
			if (*at != ' ' && blank != NULL)
				at = blank;
			*ret_next = at + strspn(at, " ");
			return (size_t)(at - text);
		}
		if (*at == ' ')
			blank = at;
		width += wide;
		at = next;
	}
	*ret_next = *at == '\n' ? at + 1 : at;
	return (size_t)(at - text);
}

char **text_wrap(const char *text, int columns)
{
	char **lines = NULL;

	while (*text != '\0') {
		const char *next;
		size_t length = line_length(text, columns > 0 ? columns : 1, &next);

		lines = strv_take(lines, xstrndup(text, length));
		text = next;
	}
	return lines;
}

static const struct key_table *dialog_keys(const struct screen *screen)
{
	return ((const struct dialog *)screen)->asks ? &keys_confirm : &keys_message;
}

static void answer(struct dialog *dialog, bool yes)
{
	if (yes)
		dialog->answered(dialog->screen.ui, dialog->userdata);
	ui_close(&dialog->screen);
}

static void dialog_command(struct screen *screen, enum command command)
{
	struct dialog *dialog = (struct dialog *)screen;

	ui_dirty(screen->ui);
	if (dialog->asks && (command == COMMAND_YES || command == COMMAND_NO))
		answer(dialog, command == COMMAND_YES);
	else if (dialog->asks && command == COMMAND_ACCEPT)
		answer(dialog, dialog->yes_marked);
	else if (dialog->asks && command == COMMAND_NEXT)
		dialog->yes_marked = !dialog->yes_marked;
	else if (command == COMMAND_CLOSE)
		ui_close(screen);
	else if (command == COMMAND_UP)
		dialog->scroll -= dialog->scroll > 0;
	else if (command == COMMAND_DOWN)
		dialog->scroll++;
}

static void dialog_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct dialog *dialog = (struct dialog *)screen;
	int wide = dialog->asks ? utf8_width(dialog->yes) + 4 : 0;

	if (mouse->action != MOUSE_PRESS || mouse->button != 1)
		return;
	if (!dialog->asks)
		ui_close(screen);
	else if (mouse->row == dialog->button_row && mouse->column >= dialog->yes_column &&
		 mouse->column < dialog->yes_column + wide)
		answer(dialog, true);
	else if (mouse->row == dialog->button_row && mouse->column >= dialog->no_column &&
		 mouse->column < dialog->no_column + utf8_width(_("Cancel")) + 4)
		answer(dialog, false);
}

static int draw_button(struct terminal *term, int row, int column, int limit, bool marked, const char *word)
{
	_cleanup_free_ char *text = strf(marked ? "[ %s ]" : "  %s  ", word);

	return terminal_put(term, row, column, limit, marked ? STYLE_BUTTON_MARKED : STYLE_BUTTON, text);
}

static void dialog_draw(struct screen *screen, struct terminal *term)
{
	struct dialog *dialog = (struct dialog *)screen;
	int room_columns = terminal_columns(term);
	int columns = room_columns < MOST_COLUMNS + 4 ? room_columns : MOST_COLUMNS + 4;
	_cleanup_strv_ char **lines = text_wrap(dialog->text, columns - 4);
	int count = (int)strv_length(lines);
	int extra = dialog->asks ? 4 : 2; /* frame, and for a question a blank and the buttons */
	int most = terminal_rows(term) - 1 - extra;
	int shown = count < most ? count : most;

	shown = shown < 0 ? 0 : shown;
	if (dialog->scroll > count - shown)
		dialog->scroll = count - shown;
	int rows = shown + extra;
	int row = (terminal_rows(term) - 1 - rows) / 2;
	int column = (room_columns - columns) / 2;
	_cleanup_free_ char *title = strf(" %s ", dialog->title);

	row = row < 0 ? 0 : row;
	terminal_fill(term, row, column, rows, columns, STYLE_DIALOG);
	terminal_box(term, row, column, rows, columns, STYLE_DIALOG);
	terminal_put(term, row, column + 2, column + columns - 2, dialog->style, title);
	for (int i = 0; i < shown; i++)
		terminal_put(term, row + 1 + i, column + 2, column + columns - 2, STYLE_DIALOG, lines[dialog->scroll + i]);
	if (dialog->asks) {
		int limit = column + columns - 1;

		dialog->button_row = row + rows - 2;
		dialog->yes_column = column + 2;
		dialog->no_column =
			draw_button(term, dialog->button_row, dialog->yes_column, limit, dialog->yes_marked, dialog->yes) + 1;
		draw_button(term, dialog->button_row, dialog->no_column, limit, !dialog->yes_marked, _("Cancel"));
	}
	footer_draw(screen, term, NULL);
}

static void dialog_close(struct screen *screen)
{
	struct dialog *dialog = (struct dialog *)screen;

	if (dialog->userdata_free != NULL)
		dialog->userdata_free(dialog->userdata);
	free(dialog->title);
	free(dialog->text);
	free(dialog->yes);
	free(dialog);
}

static const struct screen_class dialog_class = {
	.overlay = true,
	.keys = dialog_keys,
	.command = dialog_command,
	.mouse = dialog_mouse,
	.draw = dialog_draw,
	.close = dialog_close,
};

static struct dialog *dialog_new(const char *title, enum style style, const char *text)
{
	struct dialog *dialog = xcalloc(1, sizeof *dialog);

	dialog->screen.class = &dialog_class;
	dialog->title = xstrdup(title);
	dialog->text = xstrdup(text);
	dialog->style = style;
	dialog->button_row = -1;
	return dialog;
}

struct screen *dialog_message(const char *title, enum style style, const char *text)
{
	return &dialog_new(title, style, text)->screen;
}

struct screen *dialog_error_more(const char *title, const struct error *err, const char *more)
{
	_cleanup_free_ char *hint = err->hint != NULL ? strf(_("\nhint: %s"), err->hint) : xstrdup("");
	_cleanup_free_ char *text = strf(_("error: %s%s%s%s"), error_text(err), hint, more != NULL ? "\n\n" : "", more != NULL ? more : "");

	return dialog_message(title, STYLE_ERROR, text);
}

struct screen *dialog_error(const char *title, const struct error *err)
{
	return dialog_error_more(title, err, NULL);
}

struct screen *dialog_confirm(const char *title, const char *text, const char *yes,
			      void (*answered)(struct ui *ui, void *userdata), void (*userdata_free)(void *userdata),
			      void *userdata)
{
	struct dialog *dialog = dialog_new(title, STYLE_TITLE, text);

	dialog->asks = true;
	dialog->yes = xstrdup(yes);
	dialog->answered = answered;
	dialog->userdata_free = userdata_free;
	dialog->userdata = userdata;
	return &dialog->screen;
}
