/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The storage screen. */
#include "tui/screen_storage.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/pool_actions.h"
#include "tui/pool_table.h"
#include "tui/screen_jobs.h"
#include "tui/screen_volume.h"
#include "tui/storage_task.h"
#include "tui/terminal.h"
#include "tui/volume_actions.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

#define SIDE_BY_SIDE  120 /* columns from which on both are shown */
#define POOLS_LEAST   46
#define POOLS_MOST    76

struct storage_screen {
	struct screen screen;
	struct table pools, volumes;
	struct volume_set set;
	bool in_volumes; /* keys are for them */
};

static struct storage_model *model_of(const struct storage_screen *self)
{
	return self->screen.ui->storage;
}

static bool side_by_side(const struct storage_screen *self)
{
	return terminal_columns(self->screen.ui->term) >= SIDE_BY_SIDE;
}

static struct table *current(struct storage_screen *self)
{
	return self->in_volumes ? &self->volumes : &self->pools;
}

/* The pool with the focus; NULL: there is none. */
static const struct pool_row *pool_of(const struct storage_screen *self)
{
	size_t item = table_selected(&self->pools);

	return item != TABLE_NONE ? &model_of(self)->pools[item] : NULL;
}

/* Reads the volumes of the pool with the focus, where they are seen and not what they were. */
static void load_volumes(struct storage_screen *self)
{
	const struct pool_row *pool = pool_of(self);
	bool same = pool != NULL && text_equal(self->set.uuid, pool->uuid);

	if (!self->in_volumes && !side_by_side(self))
		return;
	if (pool != NULL)
		storage_model_look_into(model_of(self), pool);
	if (volume_set_is_fresh(&self->set, pool))
		return;
	if (!same)
		table_forget(&self->volumes);
	volume_set_load(&self->set, pool);
	table_set_count(&self->volumes, self->set.count);
}

static void load(struct storage_screen *self)
{
	table_set_count(&self->pools, model_of(self)->pool_count);
	load_volumes(self);
	if (self->in_volumes && pool_of(self) == NULL)
		self->in_volumes = false;
	/* what users and jobs say may sort and filter */
	if (self->set.count > 0 && table_filtered(&self->volumes))
		table_rebuild(&self->volumes);
	ui_dirty(self->screen.ui);
}

/* ---- commands ---- */

static const struct key_table *storage_keys(const struct screen *screen)
{
	const struct storage_screen *self = (const struct storage_screen *)screen;
	const struct table *table = self->in_volumes ? &self->volumes : &self->pools;

	return table->typing ? &keys_filter : self->in_volumes ? &keys_volumes : &keys_pools;
}

static const char *volumes_refuse(struct storage_screen *self, enum command command)
{
	const struct pool_row *pool = pool_of(self);
	size_t count;

	if (command == COMMAND_NEW && volumes_are_servers(pool->type))
		return _("the pool's server makes its volumes, and takes them away");
	if ((command == COMMAND_NEW || command == COMMAND_UPLOAD || command == COMMAND_REFRESH) && !pool->active)
		return _("the pool is not active: s starts it");
	if (command == COMMAND_NEW || command == COMMAND_REFRESH)
		return NULL;
	if (command == COMMAND_OPEN)
		return self->volumes.row_count > 0 ? NULL : _("there is no volume here yet");
	_cleanup_free_ size_t *items = table_chosen(&self->volumes, &count);
	const struct volume_choice choice = { pool, self->set.volumes, items, count };

	return volume_refusal(self->screen.ui, &choice, command);
}

static const char *pools_refuse(struct storage_screen *self, enum command command)
{
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->pools, &count);

	if (count == 0 && (command == COMMAND_OPEN || command == COMMAND_NEXT || command == COMMAND_DETAILS))
		return _("there is no pool: n makes one");
	return pool_refusal(model_of(self), items, count, command);
}

static const char *storage_refuses(struct screen *screen, enum command command)
{
	struct storage_screen *self = (struct storage_screen *)screen;
	const struct table *table = current(self);
	const char *why = table_refuses(table, command);

	if (why != NULL || table->typing)
		return why;
	return self->in_volumes ? volumes_refuse(self, command) : pools_refuse(self, command);
}

static void go_to_volumes(struct storage_screen *self, bool volumes)
{
	self->in_volumes = volumes;
	load_volumes(self);
}

/* One step back: all again, then the pools, then the machines. */
static void go_back(struct storage_screen *self)
{
	if (table_filtered(current(self)))
		table_command(current(self), COMMAND_UNFILTER);
	else if (self->in_volumes)
		go_to_volumes(self, false);
	else
		ui_close(&self->screen);
}

static void refresh_pool(struct storage_screen *self)
{
	size_t item = table_selected(&self->pools);

	pool_act(self->screen.ui, &item, 1, COMMAND_REFRESH);
}

static void volumes_do(struct storage_screen *self, enum command command)
{
	struct ui *ui = self->screen.ui;
	const struct pool_row *pool = pool_of(self);
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->volumes, &count);
	const struct volume_choice choice = { pool, self->set.volumes, items, count };

	if (command == COMMAND_OPEN)
		ui_push(ui, volume_screen(ui, pool->name, &self->set.volumes[table_selected(&self->volumes)]));
	else if (command == COMMAND_NEXT)
		go_to_volumes(self, false);
	else if (command == COMMAND_NEW)
		volume_new(ui, pool);
	else if (command == COMMAND_REFRESH)
		refresh_pool(self);
	else
		volume_act(ui, &choice, command);
}

static void pools_do(struct storage_screen *self, enum command command)
{
	struct ui *ui = self->screen.ui;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->pools, &count);

	if (command == COMMAND_OPEN || command == COMMAND_NEXT)
		go_to_volumes(self, true);
	else if (command == COMMAND_NEW)
		pool_new(ui);
	else if (command == COMMAND_DETAILS)
		ui_push(ui, pool_screen(ui, pool_of(self)->name));
	else
		pool_act(ui, items, count, command);
}

static void storage_do(struct screen *screen, enum command command)
{
	struct storage_screen *self = (struct storage_screen *)screen;
	bool typing = current(self)->typing;

	ui_dirty(screen->ui);
	if (table_command(current(self), command))
		load_volumes(self);
	else if (typing)
		ui_everywhere(screen->ui, command);
	else if (command == COMMAND_CLOSE)
		go_back(self);
	else if (command == COMMAND_JOBS)
		ui_push(screen->ui, jobs_screen(screen->ui));
	else if (self->in_volumes)
		volumes_do(self, command);
	else
		pools_do(self, command);
	screen->grabs = current(self)->typing;
}

static void storage_key(struct screen *screen, const struct key *key)
{
	struct storage_screen *self = (struct storage_screen *)screen;

	if (!table_key(current(self), key))
		return;
	load_volumes(self);
	ui_dirty(screen->ui);
}

static void storage_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	struct storage_screen *self = (struct storage_screen *)screen;

	(void)begin;
	(void)end;
	if (!table_paste(current(self), text, length))
		return;
	load_volumes(self);
	ui_dirty(screen->ui);
}

/* Whatever is pressed gets the keys. */
static void storage_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct storage_screen *self = (struct storage_screen *)screen;
	bool volumes = self->in_volumes;

	ui_dirty(screen->ui);
	if (mouse->action != MOUSE_PRESS || screen->grabs)
		return;
	if (side_by_side(self))
		volumes = mouse->column >= self->volumes.list.column && pool_of(self) != NULL;
	bool same = volumes == self->in_volumes;

	self->in_volumes = volumes;
	/* twice in one row, but not in one table, is no double click */
	bool twice = table_mouse(current(self), mouse) && same;

	load_volumes(self);
	if (twice)
		ui_command(screen->ui, COMMAND_OPEN);
}

static void storage_changed(struct screen *screen)
{
	load((struct storage_screen *)screen);
}

/* ---- drawing ---- */

static int pools_width(int columns)
{
	int width = columns * 2 / 5;

	return width < POOLS_LEAST ? POOLS_LEAST : width > POOLS_MOST ? POOLS_MOST : width;
}

static void draw_volumes(struct storage_screen *self, struct terminal *term, const struct view_area *area)
{
	const struct pool_row *pool = pool_of(self);

	table_draw(&self->volumes, term, area, self->in_volumes, self->screen.ui->top == &self->screen);
	if (pool == NULL || pool->active || area->rows < 3)
		return;
	terminal_fill(term, area->row + 1, area->column, 1, area->columns, STYLE_NORMAL);
	terminal_put(term, area->row + 1, area->column + 1, area->column + area->columns, STYLE_DIM,
		     self->in_volumes ? _("the pool is not active: its volumes are not known") : _("the pool is not active: s starts it"));
}

static void draw_line(struct terminal *term, int column, int rows)
{
	for (int row = 1; row < rows; row++)
		terminal_put(term, row, column, column + 1, STYLE_DIM, terminal_utf8(term) ? "│" : "|");
}

static char *head_of(const struct storage_screen *self)
{
	const struct pool_row *pool = pool_of(self);

	if (pool == NULL || (!self->in_volumes && !side_by_side(self)))
		return xstrdup(_(" virtty: storage"));
	if (!pool->active)
		return strf(_(" virtty: storage: %s, not active"), pool->name);
	_cleanup_free_ char *free_text = size_format(pool->figures.available);

	return strf(ngettext(" virtty: storage: %s, %zu volume, %s free", " virtty: storage: %s, %zu volumes, %s free", self->set.count), pool->name,
		    self->set.count, free_text);
}

static char *jobs_text(const struct storage_model *model)
{
	if (model->running == 0)
		return xstrdup("");
	return strf(ngettext("%zu job runs ", "%zu jobs run ", model->running), model->running);
}

static void storage_draw(struct screen *screen, struct terminal *term)
{
	struct storage_screen *self = (struct storage_screen *)screen;
	int rows = terminal_rows(term) - 2, columns = terminal_columns(term);
	_cleanup_free_ char *left = NULL;
	_cleanup_free_ char *right = jobs_text(model_of(self));

	load_volumes(self); /* a window that became wide shows more */
	left = head_of(self);
	head_draw(term, left, right);
	if (side_by_side(self)) {
		int wide = pools_width(columns);
		const struct view_area pools = { 1, 0, rows, wide }, volumes = { 1, wide + 2, rows, columns - wide - 2 };

		table_draw(&self->pools, term, &pools, !self->in_volumes, screen->ui->top == screen);
		draw_line(term, wide, rows + 1);
		draw_volumes(self, term, &volumes);
	} else {
		const struct view_area area = { 1, 0, rows, columns };

		if (self->in_volumes)
			draw_volumes(self, term, &area);
		else
			table_draw(&self->pools, term, &area, true, screen->ui->top == screen);
	}
	footer_draw(screen, term, NULL);
}

static void storage_close(struct screen *screen)
{
	struct storage_screen *self = (struct storage_screen *)screen;

	storage_model_want(screen->ui->storage, false);
	table_clear(&self->pools);
	table_clear(&self->volumes);
	volume_set_clear(&self->set);
	free(self);
}

static const struct screen_class storage_class = {
	.keys = storage_keys,
	.refuses = storage_refuses,
	.command = storage_do,
	.key = storage_key,
	.paste = storage_paste,
	.mouse = storage_mouse,
	.changed = storage_changed,
	.draw = storage_draw,
	.close = storage_close,
};

struct screen *storage_screen(struct ui *ui)
{
	struct storage_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &storage_class;
	self->screen.ui = ui;
	self->set.ui = ui;
	storage_model_want(ui->storage, true);
	table_init(&self->pools, &pool_table, ui->storage);
	table_init(&self->volumes, &volume_table, &self->set);
	load(self);
	return &self->screen;
}
