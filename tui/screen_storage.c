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
#include "tui/table_pair.h"
#include "tui/terminal.h"
#include "tui/volume_actions.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

struct storage_screen {
	struct table_pair base; /* pools, and the volumes of one */
	struct volume_set set;
};

static struct storage_model *model_of(const struct storage_screen *self)
{
	return self->base.screen.ui->storage;
}

/* The pool with the focus; NULL: there is none. */
static const struct pool_row *pool_of(const struct storage_screen *self)
{
	size_t item = table_selected(&self->base.outer);

	return item != TABLE_NONE ? &model_of(self)->pools[item] : NULL;
}

/* The volumes of the pool with the focus; anew or not, they are read where they are not what they were. */
static void load_volumes(struct table_pair *base, bool anew)
{
	struct storage_screen *self = (struct storage_screen *)base;
	const struct pool_row *pool = pool_of(self);
	bool same = pool != NULL && text_equal(self->set.uuid, pool->uuid);

	(void)anew;
	if (pool != NULL)
		storage_model_look_into(model_of(self), pool);
	if (volume_set_is_fresh(&self->set, pool))
		return;
	if (!same)
		table_forget(&self->base.inner);
	volume_set_load(&self->set, pool);
	table_set_count(&self->base.inner, self->set.count);
}

static void load(struct storage_screen *self)
{
	table_set_count(&self->base.outer, model_of(self)->pool_count);
	table_pair_load_inner(&self->base, true);
	if (self->base.in_inner && pool_of(self) == NULL)
		self->base.in_inner = false;
	/* what users and jobs say may sort and filter */
	if (self->set.count > 0 && table_filtered(&self->base.inner))
		table_rebuild(&self->base.inner);
	ui_dirty(self->base.screen.ui);
}

/* ---- commands ---- */

static const char *volumes_refuse(struct table_pair *base, enum command command)
{
	const struct storage_screen *self = (const struct storage_screen *)base;
	const struct pool_row *pool = pool_of(self);
	size_t count;

	if (command == COMMAND_NEW && volumes_are_servers(pool->type))
		return _("the pool's server makes its volumes, and takes them away");
	if ((command == COMMAND_NEW || command == COMMAND_UPLOAD || command == COMMAND_REFRESH) && !pool->active)
		return _("the pool is not active: s starts it");
	if (command == COMMAND_NEW || command == COMMAND_REFRESH)
		return NULL;
	if (command == COMMAND_OPEN)
		return self->base.inner.row_count > 0 ? NULL : _("there is no volume here yet");
	_cleanup_free_ size_t *items = table_chosen(&self->base.inner, &count);
	const struct volume_choice choice = { pool, self->set.volumes, items, count };

	return volume_refusal(self->base.screen.ui, &choice, command);
}

static const char *pools_refuse(struct table_pair *base, enum command command)
{
	const struct storage_screen *self = (const struct storage_screen *)base;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.outer, &count);

	if (count == 0 && (command == COMMAND_OPEN || command == COMMAND_NEXT || command == COMMAND_DETAILS))
		return _("there is no pool: n makes one");
	return pool_refusal(model_of(self), items, count, command);
}

static void refresh_pool(struct storage_screen *self)
{
	size_t item = table_selected(&self->base.outer);

	pool_act(self->base.screen.ui, &item, 1, COMMAND_REFRESH);
}

static void volumes_do(struct table_pair *base, enum command command)
{
	struct storage_screen *self = (struct storage_screen *)base;
	struct ui *ui = self->base.screen.ui;
	const struct pool_row *pool = pool_of(self);
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.inner, &count);
	const struct volume_choice choice = { pool, self->set.volumes, items, count };

	if (command == COMMAND_OPEN)
		ui_push(ui, volume_screen(ui, pool->name, &self->set.volumes[table_selected(&self->base.inner)]));
	else if (command == COMMAND_NEXT)
		table_pair_enter(base, false);
	else if (command == COMMAND_NEW)
		volume_new(ui, pool);
	else if (command == COMMAND_REFRESH)
		refresh_pool(self);
	else if (command == COMMAND_JOBS)
		ui_push(ui, jobs_screen(ui));
	else
		volume_act(ui, &choice, command);
}

static void pools_do(struct table_pair *base, enum command command)
{
	struct storage_screen *self = (struct storage_screen *)base;
	struct ui *ui = self->base.screen.ui;
	size_t count;
	_cleanup_free_ size_t *items = table_chosen(&self->base.outer, &count);

	if (command == COMMAND_OPEN || command == COMMAND_NEXT)
		table_pair_enter(base, true);
	else if (command == COMMAND_NEW)
		pool_new(ui);
	else if (command == COMMAND_DETAILS)
		ui_push(ui, pool_screen(ui, pool_of(self)->name));
	else if (command == COMMAND_JOBS)
		ui_push(ui, jobs_screen(ui));
	else
		pool_act(ui, items, count, command);
}

static void storage_changed(struct screen *screen)
{
	load((struct storage_screen *)screen);
}

/* ---- drawing ---- */

static void draw_pools(struct table_pair *base, struct terminal *term, const struct view_area *area)
{
	table_draw(&base->outer, term, area, !base->in_inner, base->screen.ui->top == &base->screen);
}

static void draw_volumes(struct table_pair *base, struct terminal *term, const struct view_area *area)
{
	const struct storage_screen *self = (const struct storage_screen *)base;
	const struct pool_row *pool = pool_of(self);

	table_draw(&base->inner, term, area, base->in_inner, base->screen.ui->top == &base->screen);
	if (pool == NULL || pool->active || area->rows < 3)
		return;
	terminal_fill(term, area->row + 1, area->column, 1, area->columns, STYLE_NORMAL);
	terminal_put(term, area->row + 1, area->column + 1, area->column + area->columns, STYLE_DIM,
		     self->base.in_inner ? _("the pool is not active: its volumes are not known") : _("the pool is not active: s starts it"));
}

static char *head_of(const struct storage_screen *self)
{
	const struct pool_row *pool = pool_of(self);

	if (pool == NULL || !table_pair_shows_inner(&self->base))
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
	_cleanup_free_ char *left = NULL;
	_cleanup_free_ char *right = jobs_text(model_of(self));

	table_pair_load_inner(&self->base, false); /* a window that became wide shows more */
	left = head_of(self);
	head_draw(term, left, right);
	table_pair_draw(&self->base, term);
	footer_draw(screen, term, NULL);
}

static void storage_close(struct screen *screen)
{
	struct storage_screen *self = (struct storage_screen *)screen;

	storage_model_want(screen->ui->storage, false);
	table_clear(&self->base.outer);
	table_clear(&self->base.inner);
	volume_set_clear(&self->set);
	free(self);
}

static const struct table_pair_class pair_class = {
	.beside_columns = 120,
	.outer_percent = 40,
	.outer_least = 46,
	.outer_most = 76,
	.outer_keys = &keys_pools,
	.inner_keys = &keys_volumes,
	.inner_pressed = COMMAND_OPEN,
	.load_inner = load_volumes,
	.outer_refuses = pools_refuse,
	.inner_refuses = volumes_refuse,
	.outer_do = pools_do,
	.inner_do = volumes_do,
	.draw_outer = draw_pools,
	.draw_inner = draw_volumes,
};

static const struct screen_class storage_class = {
	.keys = table_pair_keys,
	.refuses = table_pair_refuses,
	.command = table_pair_command,
	.key = table_pair_key,
	.paste = table_pair_paste,
	.mouse = table_pair_mouse,
	.changed = storage_changed,
	.draw = storage_draw,
	.close = storage_close,
};

struct screen *storage_screen(struct ui *ui)
{
	struct storage_screen *self = xcalloc(1, sizeof *self);

	self->base.screen.class = &storage_class;
	self->base.screen.ui = ui;
	self->base.class = &pair_class;
	self->set.ui = ui;
	storage_model_want(ui->storage, true);
	table_init(&self->base.outer, &pool_table, ui->storage);
	table_init(&self->base.inner, &volume_table, &self->set);
	load(self);
	return &self->base.screen;
}
