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
#include "tui/table_pair.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>

#define ABOUT_ROWS     4 /* above what lies in a network: what it is */
#define LABEL_COLUMNS  10
#define BARS	       24

struct networks_screen {
	struct table_pair base; /* networks, and what lies in one */
	struct entry_set set;
};

static struct network_model *model_of(const struct networks_screen *self)
{
	return self->base.screen.ui->networks;
}

/* The network with the focus; NULL: there is none. */
static const struct network_row *row_of(const struct networks_screen *self)
{
	size_t item = table_selected(&self->base.outer);

	return item != TABLE_NONE ? &model_of(self)->rows[item] : NULL;
}

static void load_entries(struct table_pair *base, bool anew)
{
	struct networks_screen *self = (struct networks_screen *)base;
	const struct network_row *row = row_of(self);
	bool same = text_equal(self->set.uuid, row != NULL ? row->uuid : NULL);

	if (same && !anew)
		return;
	if (!same)
		table_forget(&self->base.inner);
	entry_set_load(&self->set, row);
	table_set_count(&self->base.inner, self->set.count);
}

static void load(struct networks_screen *self)
{
	struct network_model *model = model_of(self);

	table_set_count(&self->base.outer, model->count);
	if (model->fresh != NULL && network_model_find(model, model->fresh) < model->count) {
		table_select(&self->base.outer, model->fresh);
		free(TAKE_POINTER(model->fresh));
	}
	table_pair_load_inner(&self->base, true);
	if (self->base.in_inner && row_of(self) == NULL)
		self->base.in_inner = false;
	ui_dirty(self->base.screen.ui);
}

/* ---- commands ---- */

static const char *networks_refuse(struct table_pair *base, enum command command)
{
	const struct networks_screen *self = (const struct networks_screen *)base;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.outer, &count);

	if (command == COMMAND_CLOSE || command == COMMAND_NEW)
		return NULL;
	if (count == 0)
		return _("there is no network: n makes one");
	return network_refusal(model_of(self), items, count, command);
}

static const char *entries_refuse(struct table_pair *base, enum command command)
{
	const struct networks_screen *self = (const struct networks_screen *)base;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.inner, &count);
	const struct entry_choice choice = { row_of(self), &self->set, items, count };

	return entry_refusal(self->base.screen.ui, &choice, command);
}

static void entries_do(struct table_pair *base, enum command command)
{
	const struct networks_screen *self = (const struct networks_screen *)base;
	struct ui *ui = self->base.screen.ui;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.inner, &count);
	const struct entry_choice choice = { row_of(self), &self->set, items, count };

	if (command == COMMAND_NEXT)
		table_pair_enter(base, false);
	else if (command == COMMAND_DETAILS)
		ui_push(ui, network_screen(ui, choice.row->name));
	else
		entry_act(ui, &choice, command);
}

static void networks_do(struct table_pair *base, enum command command)
{
	const struct networks_screen *self = (const struct networks_screen *)base;
	struct ui *ui = self->base.screen.ui;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.outer, &count);

	if (command == COMMAND_OPEN || command == COMMAND_NEXT)
		table_pair_enter(base, true);
	else if (command == COMMAND_NEW)
		network_new(ui);
	else if (command == COMMAND_DETAILS)
		ui_push(ui, network_screen(ui, row_of(self)->name));
	else
		network_act(ui, items, count, command);
}

static void networks_changed(struct screen *screen)
{
	load((struct networks_screen *)screen);
}

/* Leases come and go in a file of dnsmasq's. */
static void networks_tick(struct screen *screen)
{
	struct networks_screen *self = (struct networks_screen *)screen;

	if (table_pair_shows_inner(&self->base) && entry_set_is_stale(&self->set, row_of(self))) {
		table_pair_load_inner(&self->base, true);
		ui_dirty(screen->ui);
	}
}

/* ---- drawing ---- */

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
	size_t item = table_selected(&self->base.outer);
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
			  self->base.in_inner ? _("it is not active") : _("it is not active: s starts it"));
	else
		draw_fact(term, area, 2, _("Traffic"), STYLE_NORMAL, traffic != NULL ? both : _("not known"));
}

static void draw_entries(struct table_pair *base, struct terminal *term, const struct view_area *area)
{
	const struct networks_screen *self = (const struct networks_screen *)base;
	bool about = row_of(self) != NULL && area->rows > 2 * ABOUT_ROWS;
	int above = about ? ABOUT_ROWS : 0;
	const struct view_area below = { area->row + above, area->column, area->rows - above, area->columns };

	if (about)
		draw_about(self, term, area);
	table_draw(&base->inner, term, &below, base->in_inner, base->screen.ui->top == &base->screen);
}

/* The networks, and below them why none can be started here. */
static void draw_networks(struct table_pair *base, struct terminal *term, const struct view_area *area)
{
	const struct networks_screen *self = (const struct networks_screen *)base;
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
	table_draw(&base->outer, term, &table, !base->in_inner, base->screen.ui->top == &base->screen);
}

static char *head_of(const struct networks_screen *self)
{
	const struct network_row *row = row_of(self);

	if (row == NULL || !table_pair_shows_inner(&self->base))
		return xstrdup(_(" virtty: networks"));
	const char *busy = network_busy_word(model_of(self), row->name);

	if (busy != NULL)
		return strf(_(" virtty: networks: %s, %s"), row->name, _(busy));
	return strf(row->active ? _(" virtty: networks: %s") : _(" virtty: networks: %s, not active"), row->name);
}

static void networks_draw(struct screen *screen, struct terminal *term)
{
	struct networks_screen *self = (struct networks_screen *)screen;
	_cleanup_free_ char *left = NULL;

	table_pair_load_inner(&self->base, false); /* a window that became wide shows more */
	left = head_of(self);
	head_draw(term, left, "");
	table_pair_draw(&self->base, term);
	footer_draw(screen, term, NULL);
}

static void networks_close(struct screen *screen)
{
	struct networks_screen *self = (struct networks_screen *)screen;

	network_model_want(screen->ui->networks, false);
	table_clear(&self->base.outer);
	table_clear(&self->base.inner);
	entry_set_clear(&self->set);
	free(self);
}

static const struct table_pair_class pair_class = {
	.beside_columns = 132,
	.outer_percent = 50,
	.outer_least = 64,
	.outer_most = 96,
	.outer_keys = &keys_networks,
	.inner_keys = &keys_leases,
	.inner_pressed = COMMAND_EDIT,
	.load_inner = load_entries,
	.outer_refuses = networks_refuse,
	.inner_refuses = entries_refuse,
	.outer_do = networks_do,
	.inner_do = entries_do,
	.draw_outer = draw_networks,
	.draw_inner = draw_entries,
};

static const struct screen_class networks_class = {
	.keys = table_pair_keys,
	.refuses = table_pair_refuses,
	.command = table_pair_command,
	.key = table_pair_key,
	.paste = table_pair_paste,
	.mouse = table_pair_mouse,
	.tick = networks_tick,
	.changed = networks_changed,
	.draw = networks_draw,
	.close = networks_close,
};

struct screen *networks_screen(struct ui *ui)
{
	struct networks_screen *self = xcalloc(1, sizeof *self);

	self->base.screen.class = &networks_class;
	self->base.screen.ui = ui;
	self->base.class = &pair_class;
	self->set.ui = ui;
	network_model_want(ui->networks, true);
	table_init(&self->base.outer, &network_table, ui->networks);
	table_init(&self->base.inner, &entry_table, &self->set);
	load(self);
	return &self->base.screen;
}
