/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen that is one text about something. */
#include "tui/text_screen.h"

#include "base/memory.h"
#include "base/text.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>

#define LABEL_COLUMNS 16

void text_screen_section(struct text_screen *self, const char *title)
{
	text_view_add(&self->text, STYLE_NORMAL, "");
	text_view_add(&self->text, STYLE_TITLE, title);
}

void text_screen_value(struct text_screen *self, const char *label, enum style style, const char *value)
{
	if (!text_empty(value))
		text_view_add_labelled(&self->text, label, LABEL_COLUMNS, style, value);
}

void text_screen_command(struct screen *screen, enum command command, bool (*act)(struct screen *screen, enum command command))
{
	struct text_view *text = &((struct text_screen *)screen)->text;

	ui_dirty(screen->ui);
	if (!text_view_command(text, command)) {
		if (command == COMMAND_CLOSE)
			ui_close(screen);
		else if (text->typing || !act(screen, command))
			ui_everywhere(screen->ui, command);
	}
	screen->grabs = text->typing;
}

void text_screen_key(struct screen *screen, const struct key *key)
{
	text_view_key(&((struct text_screen *)screen)->text, key);
	ui_dirty(screen->ui);
}

void text_screen_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	text_view_paste(&((struct text_screen *)screen)->text, text, length);
	ui_dirty(screen->ui);
}

void text_screen_mouse(struct screen *screen, const struct mouse *mouse)
{
	text_view_mouse(&((struct text_screen *)screen)->text, mouse);
	ui_dirty(screen->ui);
}

void text_screen_draw(struct text_screen *self, struct terminal *term, const char *head)
{
	_cleanup_free_ char *position = NULL, *right = NULL;
	int rows = terminal_rows(term) - 2;

	if (rows > 0)
		text_view_draw(&self->text, term, 1, rows, terminal_columns(term));
	/* after the text: it says what is seen of it */
	position = text_view_position(&self->text);
	right = strf("%s ", position);
	head_draw(term, head, right);
	text_view_footer(&self->text, &self->screen, term);
}
