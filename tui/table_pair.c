/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen of two tables, the inner one of what lies in a row of the outer one. */
#include "tui/table_pair.h"

#include "tui/bindings.h"
#include "tui/terminal.h"

static bool beside(const struct table_pair *self)
{
	return terminal_columns(self->screen.ui->term) >= self->class->beside_columns;
}

/* The one that has the keys. */
static struct table *current(struct table_pair *self)
{
	return self->in_inner ? &self->inner : &self->outer;
}

bool table_pair_shows_inner(const struct table_pair *self)
{
	return self->in_inner || beside(self);
}

void table_pair_load_inner(struct table_pair *self, bool anew)
{
	if (table_pair_shows_inner(self))
		self->class->load_inner(self, anew);
}

void table_pair_enter(struct table_pair *self, bool inner)
{
	self->in_inner = inner;
	table_pair_load_inner(self, true);
}

/* ---- commands ---- */

const struct key_table *table_pair_keys(const struct screen *screen)
{
	const struct table_pair *self = (const struct table_pair *)screen;
	const struct table *table = self->in_inner ? &self->inner : &self->outer;

	return table->typing ? &keys_filter : self->in_inner ? self->class->inner_keys : self->class->outer_keys;
}

const char *table_pair_refuses(struct screen *screen, enum command command)
{
	struct table_pair *self = (struct table_pair *)screen;
	const struct table *table = current(self);
	const char *why = table_refuses(table, command);

	if (why != NULL || table->typing)
		return why;
	return self->in_inner ? self->class->inner_refuses(self, command) : self->class->outer_refuses(self, command);
}

/* One step back: all again, then the outer table, then the screen below. */
static void go_back(struct table_pair *self)
{
	if (table_filtered(current(self)))
		table_command(current(self), COMMAND_UNFILTER);
	else if (self->in_inner)
		table_pair_enter(self, false);
	else
		ui_close(&self->screen);
}

void table_pair_command(struct screen *screen, enum command command)
{
	struct table_pair *self = (struct table_pair *)screen;
	bool typing = current(self)->typing;

	ui_dirty(screen->ui);
	if (table_command(current(self), command))
		table_pair_load_inner(self, false);
	else if (typing)
		ui_everywhere(screen->ui, command);
	else if (command == COMMAND_CLOSE)
		go_back(self);
	else if (self->in_inner)
		self->class->inner_do(self, command);
	else
		self->class->outer_do(self, command);
	screen->grabs = current(self)->typing;
}

void table_pair_key(struct screen *screen, const struct key *key)
{
	struct table_pair *self = (struct table_pair *)screen;

	if (!table_key(current(self), key))
		return;
	table_pair_load_inner(self, false);
	ui_dirty(screen->ui);
}

void table_pair_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct table_pair *self = (struct table_pair *)screen;

	(void)begin;
	(void)end;
	if (!table_paste(current(self), text, length))
		return;
	table_pair_load_inner(self, false);
	ui_dirty(screen->ui);
}

/* Whatever is pressed gets the keys. */
void table_pair_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct table_pair *self = (struct table_pair *)screen;
	bool inner = self->in_inner;

	ui_dirty(screen->ui);
	if (mouse->action != MOUSE_PRESS || screen->grabs)
		return;
	if (beside(self))
		inner = mouse->column >= self->inner.list.column && table_selected(&self->outer) != TABLE_NONE;
	bool same = inner == self->in_inner;

	self->in_inner = inner;
	/* twice in one row, but not in one table, is no double click */
	bool twice = table_mouse(current(self), mouse) && same;

	table_pair_load_inner(self, false);
	if (twice)
		ui_command(screen->ui, self->in_inner ? self->class->inner_pressed : COMMAND_OPEN);
}

/* ---- drawing ---- */

static int outer_width(const struct table_pair_class *class, int columns)
{
	int width = columns * class->outer_percent / 100;

	return width < class->outer_least ? class->outer_least : width > class->outer_most ? class->outer_most : width;
}

static void draw_line(struct terminal *term, int column, int rows)
{
	for (int row = 1; row < rows; row++)
		terminal_put(term, row, column, column + 1, STYLE_DIM, terminal_utf8(term) ? "│" : "|");
}

void table_pair_draw(struct table_pair *self, struct terminal *term)
{
	int rows = terminal_rows(term) - 2, columns = terminal_columns(term);

	if (beside(self)) {
		int wide = outer_width(self->class, columns);
		const struct view_area outer = { 1, 0, rows, wide }, inner = { 1, wide + 2, rows, columns - wide - 2 };

		self->class->draw_outer(self, term, &outer);
		draw_line(term, wide, rows + 1);
		self->class->draw_inner(self, term, &inner);
	} else {
		const struct view_area area = { 1, 0, rows, columns };

		if (self->in_inner)
			self->class->draw_inner(self, term, &area);
		else
			self->class->draw_outer(self, term, &area);
	}
}
