/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The networks screen. */
#include "tui/screen_networks.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/dialog.h"
#include "tui/network_actions.h"
#include "tui/screen_network.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>

#define SIDE_BY_SIDE   132 /* columns from which on both are shown */
#define NETWORKS_LEAST 64
#define NETWORKS_MOST  96
#define ABOUT_ROWS     4 /* above what lies in a network: what it is */
#define LABEL_COLUMNS  10
#define BARS	       24

struct networks_screen {
	struct screen screen;
	struct table networks, entries;
	struct entry_set set;
	bool in_entries; /* keys are for them */
};

static struct network_model *model_of(const struct networks_screen *self)
{
	return self->screen.ui->networks;
}

static bool side_by_side(const struct networks_screen *self)
{
	return terminal_columns(self->screen.ui->term) >= SIDE_BY_SIDE;
}

static struct table *current(struct networks_screen *self)
{
	return self->in_entries ? &self->entries : &self->networks;
}

/* The network with the focus; NULL: there is none. */
static const struct network_row *row_of(const struct networks_screen *self)
{
	size_t item = table_selected(&self->networks);

	return item != TABLE_NONE ? &model_of(self)->rows[item] : NULL;
}

/* Reads what lies in the network with the focus, where it is seen. anew: even where it is what was read already. */
static void load_entries(struct networks_screen *self, bool anew)
{
	const struct network_row *row = row_of(self);
	bool same = text_equal(self->set.uuid, row != NULL ? row->uuid : NULL);

	if ((!self->in_entries && !side_by_side(self)) || (same && !anew))
		return;
	if (!same)
		table_forget(&self->entries);
	entry_set_load(&self->set, row);
	table_set_count(&self->entries, self->set.count);
}

static void load(struct networks_screen *self)
{
	struct network_model *model = model_of(self);

	table_set_count(&self->networks, model->count);
	if (model->fresh != NULL && network_model_find(model, model->fresh) < model->count) {
		table_select(&self->networks, model->fresh);
		free(TAKE_POINTER(model->fresh));
	}
	load_entries(self, true);
	if (self->in_entries && row_of(self) == NULL)
		self->in_entries = false;
	ui_dirty(self->screen.ui);
}

/* ---- commands ---- */

static const struct key_table *networks_keys(const struct screen *screen)
{
	const struct networks_screen *self = (const struct networks_screen *)screen;
	const struct table *table = self->in_entries ? &self->entries : &self->networks;

	return table->typing ? &keys_filter : self->in_entries ? &keys_leases : &keys_networks;
}

static const char *networks_refuse(struct networks_screen *self, enum command command)
{
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->networks, &count);

	if (command == COMMAND_CLOSE || command == COMMAND_NEW)
		return NULL;
	if (count == 0)
		return _("there is no network: n makes one");
	return network_refusal(model_of(self), items, count, command);
}

static const char *networks_screen_refuses(struct screen *screen, enum command command)
{
	struct networks_screen *self = (struct networks_screen *)screen;
	const struct table *table = current(self);
	const char *why = table_refuses(table, command);
	size_t count;

	if (why != NULL || table->typing)
		return why;
	if (!self->in_entries)
		return networks_refuse(self, command);
	_cleanup_free_ size_t *items = table_chosen(&self->entries, &count);
	const struct entry_choice choice = { row_of(self), &self->set, items, count };

	return entry_refusal(screen->ui, &choice, command);
}

static void go_to_entries(struct networks_screen *self, bool entries)
{
	self->in_entries = entries;
	load_entries(self, true);
}

/* One step back: all again, then the networks, then the machines. */
static void go_back(struct networks_screen *self)
{
	if (table_filtered(current(self)))
		table_command(current(self), COMMAND_UNFILTER);
	else if (self->in_entries)
		go_to_entries(self, false);
	else
		ui_close(&self->screen);
}

static void entries_do(struct networks_screen *self, enum command command)
{
	struct ui *ui = self->screen.ui;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->entries, &count);
	const struct entry_choice choice = { row_of(self), &self->set, items, count };

	if (command == COMMAND_NEXT)
		go_to_entries(self, false);
	else if (command == COMMAND_DETAILS)
		ui_push(ui, network_screen(ui, choice.row->name));
	else
		entry_act(ui, &choice, command);
}

static void networks_do(struct networks_screen *self, enum command command)
{
	struct ui *ui = self->screen.ui;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->networks, &count);

	if (command == COMMAND_OPEN || command == COMMAND_NEXT)
		go_to_entries(self, true);
	else if (command == COMMAND_NEW)
		network_new(ui);
	else if (command == COMMAND_DETAILS)
		ui_push(ui, network_screen(ui, row_of(self)->name));
	else
		network_act(ui, items, count, command);
}

static void networks_screen_do(struct screen *screen, enum command command)
{
	struct networks_screen *self = (struct networks_screen *)screen;
	bool typing = current(self)->typing;

	ui_dirty(screen->ui);
	if (table_command(current(self), command))
		load_entries(self, false);
	else if (typing)
		ui_everywhere(screen->ui, command);
	else if (command == COMMAND_CLOSE)
		go_back(self);
	else if (self->in_entries)
		entries_do(self, command);
	else
		networks_do(self, command);
	screen->grabs = current(self)->typing;
}

static void networks_key(struct screen *screen, const struct key *key)
{
	struct networks_screen *self = (struct networks_screen *)screen;

	if (!table_key(current(self), key))
		return;
	load_entries(self, false);
	ui_dirty(screen->ui);
}

static void networks_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct networks_screen *self = (struct networks_screen *)screen;

	(void)begin;
	(void)end;
	if (!table_paste(current(self), text, length))
		return;
	load_entries(self, false);
	ui_dirty(screen->ui);
}

/* Whatever is pressed gets the keys. */
static void networks_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct networks_screen *self = (struct networks_screen *)screen;
	bool entries = self->in_entries;

	ui_dirty(screen->ui);
	if (mouse->action != MOUSE_PRESS || screen->grabs)
		return;
	if (side_by_side(self))
		entries = mouse->column >= self->entries.list.column && row_of(self) != NULL;
	bool same = entries == self->in_entries;

	self->in_entries = entries;
	/* twice in one row, but not in one table, is no double click */
	bool twice = table_mouse(current(self), mouse) && same;

	load_entries(self, false);
	if (twice)
		ui_command(screen->ui, self->in_entries ? COMMAND_EDIT : COMMAND_OPEN);
}

static void networks_changed(struct screen *screen)
{
	load((struct networks_screen *)screen);
}

/* Leases come and go in a file of dnsmasq's. */
static void networks_tick(struct screen *screen)
{
	struct networks_screen *self = (struct networks_screen *)screen;

	if ((self->in_entries || side_by_side(self)) && entry_set_is_stale(&self->set, row_of(self))) {
		load_entries(self, true);
		ui_dirty(screen->ui);
	}
}

/* ---- drawing ---- */

static int networks_width(int columns)
{
	int width = columns / 2;

	return width < NETWORKS_LEAST ? NETWORKS_LEAST : width > NETWORKS_MOST ? NETWORKS_MOST : width;
}

static void draw_fact(struct terminal *term, const struct view_area *area, int line, const char *label, enum style style, const char *text)
{
	int end = area->column + area->columns;

	terminal_put(term, area->row + line, area->column + 1, end, STYLE_TITLE, label);
	terminal_put(term, area->row + line, area->column + 1 + LABEL_COLUMNS, end, style, text);
}

/* "NAT via eth0, virbr0, 192.168.122.0/24". Owned. */
static char *what_it_is(const struct network_row *row, const struct network_facts *facts)
{
	_cleanup_strv_ char **parts = strv_add(NULL, facts->leads);

	if (facts->own_bridge && row->bridge != NULL)
		parts = strv_add(parts, row->bridge);
	if (facts->subnets != NULL)
		parts = strv_add(parts, facts->subnets);
	return strv_join(parts, ", ");
}

/* What the network is, above what lies in it. */
static void draw_about(const struct networks_screen *self, struct terminal *term, const struct view_area *area)
{
	const struct network_model *model = model_of(self);
	size_t item = table_selected(&self->networks);
	const struct network_facts *facts = &model->facts[item];
	_cleanup_free_ char *what = what_it_is(&model->rows[item], facts);
	_cleanup_free_ char *traffic = network_traffic_text(facts);
	_cleanup_free_ char *bars = network_traffic_bars(facts, BARS, terminal_utf8(term));
	_cleanup_free_ char *both = strf("%s%s%s", bars, *bars != '\0' ? " " : "", traffic != NULL ? traffic : "");

	terminal_fill(term, area->row, area->column, ABOUT_ROWS, area->columns, STYLE_NORMAL);
	draw_fact(term, area, 0, _("Mode"), STYLE_NORMAL, what);
	draw_fact(term, area, 1, _("Machines"), facts->running > 0 ? STYLE_RUNNING : STYLE_NORMAL, facts->who != NULL ? facts->who : _("none"));
	if (!model->rows[item].active)
		draw_fact(term, area, 2, _("Traffic"), STYLE_DIM,
			  self->in_entries ? _("it is not active") : _("it is not active: s starts it"));
	else
		draw_fact(term, area, 2, _("Traffic"), STYLE_NORMAL, traffic != NULL ? both : _("not known"));
}

static void draw_entries(struct networks_screen *self, struct terminal *term, const struct view_area *area)
{
	bool about = row_of(self) != NULL && area->rows > 2 * ABOUT_ROWS;
	int above = about ? ABOUT_ROWS : 0;
	const struct view_area below = { area->row + above, area->column, area->rows - above, area->columns };

	if (about)
		draw_about(self, term, area);
	table_draw(&self->entries, term, &below, self->in_entries, self->screen.ui->top == &self->screen);
}

/* The networks, and below them why none can be started here. */
static void draw_networks(struct networks_screen *self, struct terminal *term, const struct view_area *area)
{
	const struct network_model *model = model_of(self);
	_cleanup_free_ char *text = model->hindrance == NULL ? NULL :
							       strf(_("%s\nhint: %s"), model->hindrance, model->remedy != NULL ? model->remedy : "");
	_cleanup_strv_ char **lines = text != NULL ? text_wrap(text, area->columns - 2) : NULL;
	int count = (int)strv_length(lines);
	struct view_area table = *area;

	if (area->rows > count + 4 && count > 0) {
		table.rows -= count + 1;
		terminal_fill(term, area->row + table.rows, area->column, count + 1, area->columns, STYLE_NORMAL);
		for (int i = 0; i < count; i++)
			terminal_put(term, area->row + table.rows + 1 + i, area->column + 1, area->column + area->columns, STYLE_PAUSED, lines[i]);
	}
	table_draw(&self->networks, term, &table, !self->in_entries, self->screen.ui->top == &self->screen);
}

static void draw_line(struct terminal *term, int column, int rows)
{
	for (int row = 1; row < rows; row++)
		terminal_put(term, row, column, column + 1, STYLE_DIM, terminal_utf8(term) ? "│" : "|");
}

static char *head_of(const struct networks_screen *self)
{
	const struct network_row *row = row_of(self);

	if (row == NULL || (!self->in_entries && !side_by_side(self)))
		return xstrdup(_(" virtty: networks"));
	const char *busy = network_busy_word(model_of(self), row->name);

	if (busy != NULL)
		return strf(_(" virtty: networks: %s, %s"), row->name, _(busy));
	return strf(row->active ? _(" virtty: networks: %s") : _(" virtty: networks: %s, not active"), row->name);
}

static void networks_draw(struct screen *screen, struct terminal *term)
{
	struct networks_screen *self = (struct networks_screen *)screen;
	int rows = terminal_rows(term) - 2, columns = terminal_columns(term);
	_cleanup_free_ char *left = NULL;

	load_entries(self, false); /* a window that became wide shows more */
	left = head_of(self);
	head_draw(term, left, "");
	if (side_by_side(self)) {
		int wide = networks_width(columns);
		const struct view_area networks = { 1, 0, rows, wide }, entries = { 1, wide + 2, rows, columns - wide - 2 };

		draw_networks(self, term, &networks);
		draw_line(term, wide, rows + 1);
		draw_entries(self, term, &entries);
	} else {
		const struct view_area area = { 1, 0, rows, columns };

		if (self->in_entries)
			draw_entries(self, term, &area);
		else
			draw_networks(self, term, &area);
	}
	footer_draw(screen, term, NULL);
}

static void networks_close(struct screen *screen)
{
	struct networks_screen *self = (struct networks_screen *)screen;

	network_model_want(screen->ui->networks, false);
	table_clear(&self->networks);
	table_clear(&self->entries);
	entry_set_clear(&self->set);
	free(self);
}

static const struct screen_class networks_class = {
	.keys = networks_keys,
	.refuses = networks_screen_refuses,
	.command = networks_screen_do,
	.key = networks_key,
	.paste = networks_paste,
	.mouse = networks_mouse,
	.tick = networks_tick,
	.changed = networks_changed,
	.draw = networks_draw,
	.close = networks_close,
};

struct screen *networks_screen(struct ui *ui)
{
	struct networks_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &networks_class;
	self->screen.ui = ui;
	self->set.ui = ui;
	network_model_want(ui->networks, true);
	table_init(&self->networks, &network_table, ui->networks);
	table_init(&self->entries, &entry_table, &self->set);
	load(self);
	return &self->screen;
}
