/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Choosing a volume. */
#include "tui/screen_pick.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/filter_words.h"
#include "tui/storage_model.h"
#include "tui/table_picker.h"
#include "tui/terminal.h"
#include "tui/widget_status.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMN_NAME, COLUMN_POOL, COLUMN_FORMAT, COLUMN_SIZE, COLUMN_USERS, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_NAME] = { N_("Volume"), .width = 20, .grow = 3, .most = 60 },
	[COLUMN_POOL] = { N_("Pool"), .width = 12, .grow = 1, .most = 24 },
	[COLUMN_FORMAT] = { N_("Format"), .width = 6, .priority = 3 },
	[COLUMN_SIZE] = { N_("Size"), .width = 10, .priority = 2, .right = true },
	[COLUMN_USERS] = { N_("Used by"), .width = 12, .grow = 2, .priority = 1 },
};

/* A volume of any pool. */
struct item {
	const char *pool; /* of the pools below */
	const struct volume *volume;
};

struct pool_volumes {
	char *pool; /* owned */
	struct volume *volumes; /* owned */
	size_t count;
	struct volumes_stamp stamp;
};

struct pick_screen {
	struct table_picker base;
	struct pool_volumes *pools; /* owned: the active ones */
	size_t pool_count;
	struct item *items; /* owned */
	size_t count;
	char *title, *path; /* owned; path: where the browser begins; NULL: anywhere */
	enum files_kind kind;
	void (*chosen)(struct ui *ui, const char *path, void *userdata);
	void *userdata;
};

/* ---- what there is ---- */

static void forget(struct pick_screen *self)
{
	for (size_t i = 0; i < self->pool_count; i++) {
		free(self->pools[i].pool);
		volumes_free(self->pools[i].volumes, self->pools[i].count);
	}
	free(TAKE_POINTER(self->pools));
	free(TAKE_POINTER(self->items));
	self->pool_count = self->count = 0;
}

/* An installer's disk is an ISO; a machine's disk is none. */
static bool fits(const struct pick_screen *self, const struct volume *volume)
{
	bool iso = volume->format == IMAGE_ISO || text_ends(volume->name, ".iso") || text_ends(volume->name, ".ISO");

	return volume->type != VOLUME_DIR && (self->kind == FILES_ISO ? iso : !iso);
}

static bool is_fresh(const struct pick_screen *self)
{
	const struct storage_model *model = self->base.screen.ui->storage;
	size_t at = 0;

	for (size_t i = 0; i < model->pool_count; i++) {
		struct volumes_stamp stamp;

		if (!model->pools[i].active)
			continue;
		if (at == self->pool_count || strcmp(self->pools[at].pool, model->pools[i].name) != 0 ||
		    !volumes_stamp(self->base.screen.ui->manager, model->pools[i].id, &stamp, NULL) ||
		    memcmp(&stamp, &self->pools[at].stamp, sizeof stamp) != 0)
			return false;
		at++;
	}
	return at == self->pool_count;
}

static void load_pool(struct pick_screen *self, const struct pool_row *pool)
{
	struct pool_volumes *volumes = ARRAY_ADD(self->pools, self->pool_count);

	volumes->pool = xstrdup(pool->name);
	volumes_stamp(self->base.screen.ui->manager, pool->id, &volumes->stamp, NULL);
	if (!volume_list(self->base.screen.ui->manager, pool, &volumes->volumes, &volumes->count, NULL))
		volumes->count = 0;
}

static void load(struct pick_screen *self)
{
	const struct storage_model *model = self->base.screen.ui->storage;
	size_t most = 0;

	if (is_fresh(self))
		return;
	forget(self);
	for (size_t i = 0; i < model->pool_count; i++)
		if (model->pools[i].active)
			load_pool(self, &model->pools[i]);
	for (size_t i = 0; i < self->pool_count; i++)
		most += self->pools[i].count;
	self->items = xcalloc(most + 1, sizeof *self->items);
	for (size_t i = 0; i < self->pool_count; i++)
		for (size_t j = 0; j < self->pools[i].count; j++)
			if (fits(self, &self->pools[i].volumes[j]))
				self->items[self->count++] = (struct item){ self->pools[i].pool, &self->pools[i].volumes[j] };
	table_set_count(&self->base.table, self->count);
}

/* ---- the table ---- */

static const struct item *item_of(size_t item, void *userdata)
{
	return &((const struct pick_screen *)userdata)->items[item];
}

static void cell(size_t row, size_t column, struct list_cell *ret, void *userdata)
{
	const struct pick_screen *self = userdata;
	const struct item *item = item_of(row, userdata);
	const struct volume *volume = item->volume;
	bool running = false;

	switch (column) {
	case COLUMN_NAME:
		ret->text = xstrdup(volume->name);
		break;
	case COLUMN_POOL:
		ret->text = xstrdup(item->pool);
		ret->style = STYLE_DIM;
		break;
	case COLUMN_FORMAT:
		ret->text = xstrdup_null(enum_word(&image_format_words, (int)volume->format));
		break;
	case COLUMN_SIZE:
		ret->text = size_format(volume->capacity);
		break;
	case COLUMN_USERS:
		ret->text = storage_users_text(self->base.screen.ui->storage, volume->path, &running);
		ret->style = running ? STYLE_RUNNING : STYLE_DIM;
		break;
	default:
		break;
	}
}

static const char *name_of(size_t item, void *userdata)
{
	return item_of(item, userdata)->volume->path;
}

static bool matches(size_t item, char *const *words, void *userdata)
{
	const struct item *it = item_of(item, userdata);
	const char *const texts[] = { it->volume->name, it->pool, enum_word(&image_format_words, (int)it->volume->format) };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static const struct table_class class = {
	.columns = columns,
	.column_count = COLUMN_TOTAL,
	.nothing = N_("no pool that is active has such a volume: Tab shows files"),
	.not_found = N_("no volume has that in its name, pool or format"),
	.cell = cell,
	.name = name_of,
	.matches = matches,
};

/* ---- the screen ---- */

static const struct key_table *pick_keys(const struct screen *screen)
{
	(void)screen;
	return &keys_pick;
}

static const char *pick_refuses(struct screen *screen, enum command command)
{
	const struct pick_screen *self = (struct pick_screen *)screen;

	if (command != COMMAND_ACCEPT || table_selected(&self->base.table) != TABLE_NONE)
		return NULL;
	return self->count == 0 ? _(class.nothing) : _(class.not_found);
}

static void choose(struct pick_screen *self, const char *path)
{
	struct ui *ui = self->base.screen.ui;
	_cleanup_free_ char *copy = xstrdup(path);

	ui_close(&self->base.screen);
	self->chosen(ui, copy, self->userdata);
}

static void accept_row(struct screen *screen)
{
	struct pick_screen *self = (struct pick_screen *)screen;

	choose(self, name_of(table_selected(&self->base.table), self));
}

static void file_chosen(struct ui *ui, const char *path, void *userdata)
{
	(void)ui;
	choose(userdata, path);
}

static bool act(struct screen *screen, enum command command)
{
	struct pick_screen *self = (struct pick_screen *)screen;

	if (command != COMMAND_BROWSE)
		return false;
	ui_push(screen->ui, files_screen(screen->ui, self->title, self->kind, self->path, file_chosen, self));
	return true;
}

static void pick_do(struct screen *screen, enum command command)
{
	table_picker_command(screen, command, act);
}

static void pick_changed(struct screen *screen)
{
	load((struct pick_screen *)screen);
	ui_dirty(screen->ui);
}

static void pick_draw(struct screen *screen, struct terminal *term)
{
	struct pick_screen *self = (struct pick_screen *)screen;
	_cleanup_free_ char *head = strf(" virtty: %s", self->title);
	_cleanup_free_ char *right = strf(_("%zu of %zu "), self->base.table.row_count, self->count);

	head_draw(term, head, right);
	table_picker_draw(&self->base, term, 1);
	footer_draw(screen, term, NULL);
}

static void pick_close(struct screen *screen)
{
	struct pick_screen *self = (struct pick_screen *)screen;

	storage_model_want(screen->ui->storage, false);
	table_clear(&self->base.table);
	forget(self);
	free(self->title);
	free(self->path);
	free(self);
}

static const struct screen_class pick_class = {
	.keys = pick_keys,
	.refuses = pick_refuses,
	.command = pick_do,
	.key = table_picker_key,
	.paste = table_picker_paste,
	.mouse = table_picker_mouse,
	.changed = pick_changed,
	.draw = pick_draw,
	.close = pick_close,
};

struct screen *pick_screen(struct ui *ui, const char *title, enum files_kind kind, const char *path,
			   void (*chosen)(struct ui *ui, const char *path, void *userdata), void *userdata)
{
	struct pick_screen *self = xcalloc(1, sizeof *self);

	table_picker_init(&self->base, ui, &pick_class, &class, accept_row);
	self->title = xstrdup(title);
	self->path = xstrdup_null(path);
	self->kind = kind;
	self->chosen = chosen;
	self->userdata = userdata;
	storage_model_want(ui->storage, true);
	for (size_t i = 0; i < ui->storage->pool_count; i++)
		storage_model_look_into(ui->storage, &ui->storage->pools[i]);
	load(self);
	table_select(&self->base.table, path);
	return &self->base.screen;
}
