/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen on which one row of a table is chosen. */
#include "tui/table_picker.h"

#include "base/gettext.h"
#include "tui/terminal.h"

void table_picker_init(struct table_picker *self, struct ui *ui, const struct screen_class *class, const struct table_class *table,
		       void (*accept)(struct screen *screen))
{
	self->screen.class = class;
	self->screen.ui = ui;
	self->screen.grabs = true;
	self->accept = accept;
	table_init(&self->table, table, self);
	self->table.typing = true;
}

void table_picker_command(struct screen *screen, enum command command, bool (*act)(struct screen *screen, enum command command))
{
	struct table_picker *self = (struct table_picker *)screen;

	ui_dirty(screen->ui);
	if (ui_everywhere(screen->ui, command))
		return;
	if (command == COMMAND_CLOSE)
		ui_close(screen);
	else if (command == COMMAND_ACCEPT)
		self->accept(screen);
	else if (!act(screen, command))
		table_command(&self->table, command);
}

void table_picker_key(struct screen *screen, const struct key *key)
{
	table_key(&((struct table_picker *)screen)->table, key);
	ui_dirty(screen->ui);
}

void table_picker_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	table_paste(&((struct table_picker *)screen)->table, text, length);
	ui_dirty(screen->ui);
}

void table_picker_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct table_picker *self = (struct table_picker *)screen;

	if (table_mouse(&self->table, mouse) && table_selected(&self->table) != TABLE_NONE)
		self->accept(screen);
	ui_dirty(screen->ui);
}

void table_picker_draw(struct table_picker *self, struct terminal *term, int below)
{
	int wide = terminal_columns(term);
	const struct view_area area = { 2, 0, terminal_rows(term) - 2 - below, wide };
	int column = terminal_put(term, 1, 1, wide, STYLE_NORMAL, _("Filter: "));

	line_draw(&self->table.filter, term, 1, column, wide - column - 1, STYLE_SELECTED, self->screen.ui->top == &self->screen);
	table_draw_rows(&self->table, term, &area);
}
