/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The columns of pools and of volumes, and how they are sorted and found. */
#include "tui/pool_table.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/text.h"
#include "tui/compare.h"
#include "tui/filter_words.h"
#include "tui/terminal.h"
#include "tui/usage_bar.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BAR_COLUMNS 8

/* ---- pools ---- */

enum { POOL_MARK, POOL_NAME, POOL_TYPE, POOL_STATE, POOL_BAR, POOL_SIZE, POOL_USED, POOL_FREE, POOL_VOLUMES, POOL_COLUMNS };

static const struct list_column pool_columns[POOL_COLUMNS] = {
	[POOL_MARK] = { "", .width = 2 },
	[POOL_NAME] = { N_("Pool"), .width = 12, .grow = 3, .most = 32 },
	[POOL_TYPE] = { N_("Type"), .width = 8, .grow = 1, .most = 12, .priority = 4 },
	[POOL_STATE] = { N_("State"), .width = 9, .priority = 1 },
	[POOL_BAR] = { N_("Usage"), .width = BAR_COLUMNS, .priority = 3 },
	[POOL_SIZE] = { N_("Size"), .width = 9, .priority = 5, .right = true },
	[POOL_USED] = { N_("Used"), .width = 9, .priority = 6, .right = true },
	[POOL_FREE] = { N_("Free"), .width = 9, .priority = 2, .right = true },
	[POOL_VOLUMES] = { N_("Vols"), .width = 5, .priority = 3, .right = true },
};

static const struct pool_row *pool_of(size_t item, void *userdata)
{
	return &((const struct storage_model *)userdata)->pools[item];
}

/* As df counts: what nobody may use is neither used nor free. */
static uint64_t in_all(const struct pool_figures *figures)
{
	return figures->allocation + figures->available;
}

static const char *pool_name(size_t item, void *userdata)
{
	return pool_of(item, userdata)->name;
}

static const char *pool_state(const struct storage_model *model, const struct pool_row *pool, enum style *ret_style)
{
	const char *busy = storage_busy_word(model, pool->name, NULL);

	*ret_style = busy != NULL ? STYLE_BUSY : pool->active ? STYLE_RUNNING : STYLE_DIM;
	return busy != NULL ? _(busy) : pool->active ? _("active") : _("inactive");
}

static void pool_cell(size_t item, size_t column, struct list_cell *ret, void *userdata)
{
	const struct storage_model *model = userdata;
	const struct pool_row *pool = pool_of(item, userdata);
	const struct pool_figures *figures = &pool->figures;
	uint64_t bytes = column == POOL_SIZE ? figures->capacity : column == POOL_USED ? figures->allocation : figures->available;

	switch (column) {
	case POOL_MARK:
		ret->text = xstrdup(pool->autostart ? " A" : "");
		ret->style = STYLE_DIM;
		break;
	case POOL_NAME:
		ret->text = xstrdup(pool->name);
		break;
	case POOL_TYPE:
		ret->text = xstrdup_null(enum_word(&pool_type_words, (int)pool->type));
		ret->style = STYLE_DIM;
		break;
	case POOL_STATE:
		ret->text = xstrdup(pool_state(model, pool, &ret->style));
		break;
	case POOL_BAR:
		ret->text = usage_bar(figures->allocation, in_all(figures), BAR_COLUMNS, terminal_utf8(model->ui->term));
		ret->style = usage_percent(figures->allocation, in_all(figures)) >= 90 ? STYLE_CRASHED : STYLE_RUNNING;
		break;
	case POOL_SIZE:
	case POOL_USED:
	case POOL_FREE:
		ret->text = pool->active ? size_format(bytes) : NULL;
		break;
	case POOL_VOLUMES:
		ret->text = pool->active ? strf("%zu", pool->volumes) : NULL;
		break;
	default:
		break;
	}
}

static bool pool_matches(size_t item, char *const *words, void *userdata)
{
	const struct pool_row *pool = pool_of(item, userdata);
	enum style style;
	const char *const texts[] = { pool->name, enum_word(&pool_type_words, (int)pool->type), pool_state(userdata, pool, &style), pool->target };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static int pool_compare(size_t a, size_t b, size_t column, void *userdata)
{
	const struct pool_row *x = pool_of(a, userdata), *y = pool_of(b, userdata);

	switch (column) {
	case POOL_TYPE:
		return (int)x->type - (int)y->type;
	case POOL_STATE:
		return (int)y->active - (int)x->active;
	case POOL_BAR:
		return compare_unsigned(usage_percent(x->figures.allocation, in_all(&x->figures)),
				       usage_percent(y->figures.allocation, in_all(&y->figures)));
	case POOL_SIZE:
		return compare_unsigned(x->figures.capacity, y->figures.capacity);
	case POOL_USED:
		return compare_unsigned(x->figures.allocation, y->figures.allocation);
	case POOL_FREE:
		return compare_unsigned(x->figures.available, y->figures.available);
	case POOL_VOLUMES:
		return compare_unsigned(x->volumes, y->volumes);
	default:
		return strcasecmp(x->name, y->name);
	}
}

static bool pool_descends(size_t column)
{
	return column >= POOL_BAR;
}

const struct table_class pool_table = {
	.columns = pool_columns,
	.column_count = POOL_COLUMNS,
	.first_sorted = POOL_NAME,
	.nothing = N_("there is no pool: n makes one"),
	.not_found = N_("no pool has that in its name, type, state or path"),
	.cell = pool_cell,
	.name = pool_name,
	.matches = pool_matches,
	.compare = pool_compare,
	.descends = pool_descends,
};

/* ---- the volumes of a pool ---- */

void volume_set_clear(struct volume_set *set)
{
	free(set->pool);
	free(set->uuid);
	volumes_free(set->volumes, set->count);
	*set = (struct volume_set){ .ui = set->ui };
}

bool volume_set_is_fresh(const struct volume_set *set, const struct pool_row *pool)
{
	struct volumes_stamp stamp;

	if (pool == NULL || set->pool == NULL)
		return pool == NULL && set->pool == NULL;
	return text_equal(set->uuid, pool->uuid) && text_equal(set->pool, pool->name) && set->active == pool->active &&
	       (!pool->active || (volumes_stamp(set->ui->manager, pool->id, &stamp, NULL) && memcmp(&stamp, &set->stamp, sizeof stamp) == 0));
}

void volume_set_load(struct volume_set *set, const struct pool_row *pool)
{
	volume_set_clear(set);
	if (pool == NULL)
		return;
	set->pool = xstrdup(pool->name);
	set->uuid = xstrdup(pool->uuid);
	set->active = pool->active;
	/* before the rows: what changes in between is seen the next time */
	volumes_stamp(set->ui->manager, pool->id, &set->stamp, NULL);
	if (pool->active && !volume_list(set->ui->manager, pool, &set->volumes, &set->count, NULL))
		set->count = 0;
}

enum { VOLUME_MARK, VOLUME_NAME, VOLUME_FORMAT, VOLUME_SIZE, VOLUME_TAKEN, VOLUME_BAR, VOLUME_BASE, VOLUME_USERS, VOLUME_NOW, VOLUME_COLUMNS };

static const struct list_column volume_columns[VOLUME_COLUMNS] = {
	[VOLUME_MARK] = { "", .width = 1 },
	[VOLUME_NAME] = { N_("Volume"), .width = 16, .grow = 4, .most = 48 },
	[VOLUME_FORMAT] = { N_("Format"), .width = 7, .priority = 3 },
	[VOLUME_SIZE] = { N_("Size"), .width = 9, .priority = 1, .right = true },
	[VOLUME_TAKEN] = { N_("Taken"), .width = 9, .priority = 4, .right = true },
	[VOLUME_BAR] = { "", .width = BAR_COLUMNS, .priority = 7 },
	[VOLUME_BASE] = { N_("Based on"), .width = 9, .grow = 2, .most = 32, .priority = 5 },
	[VOLUME_USERS] = { N_("Used by"), .width = 9, .grow = 2, .priority = 2 },
	[VOLUME_NOW] = { N_("Now"), .width = 8, .grow = 2, .most = 18, .priority = 6 },
};

static const struct volume *volume_of(size_t item, void *userdata)
{
	return &((const struct volume_set *)userdata)->volumes[item];
}

static const char *volume_name(size_t item, void *userdata)
{
	return volume_of(item, userdata)->name;
}

static const char *base_name(const struct volume *volume)
{
	const char *slash = volume->backing_path != NULL ? strrchr(volume->backing_path, '/') : NULL;

	return slash != NULL ? slash + 1 : volume->backing_path;
}

/* A job with how far it is, what this program does, that it is in use or broken. */
static char *now_text(const struct volume_set *set, const struct volume *volume, enum style *ret_style)
{
	const struct storage_model *model = set->ui->storage;
	const struct job *job = storage_job(model, set->pool, volume->name);
	const char *busy = storage_busy_word(model, set->pool, volume->name);
	bool running = false;

	*ret_style = STYLE_BUSY;
	if (job != NULL && job->bytes_total > 0)
		return strf("%u %% %s", usage_percent(job->bytes_done, job->bytes_total), storage_job_word(job->kind));
	if (job != NULL || busy != NULL)
		return xstrdup(job != NULL ? storage_job_word(job->kind) : _(busy));
	*ret_style = STYLE_CRASHED;
	if (volume->trouble != NULL)
		return xstrdup(_("trouble"));
	*ret_style = STYLE_RUNNING;
	free(storage_users_text(model, volume->path, &running));
	return running ? xstrdup(_("in use")) : NULL;
}

const char *volume_format_word(enum image_format format)
{
	const char *word = enum_word(&image_format_words, (int)format);

	return word != NULL ? word : "?";
}

static void volume_cell(size_t item, size_t column, struct list_cell *ret, void *userdata)
{
	const struct volume_set *set = userdata;
	const struct volume *volume = volume_of(item, userdata);
	bool running = false;

	switch (column) {
	case VOLUME_NAME:
		ret->text = xstrdup(volume->name);
		break;
	case VOLUME_FORMAT:
		ret->text = strf("%s%s", volume->type == VOLUME_DIR ? _("dir") : volume_format_word(volume->format),
				 volume->encrypted ? "*" : "");
		ret->style = STYLE_DIM;
		break;
	case VOLUME_SIZE:
		ret->text = size_format(volume->capacity);
		break;
	case VOLUME_TAKEN:
		ret->text = size_format(volume->allocation);
		break;
	case VOLUME_BAR:
		ret->text = usage_bar(volume->allocation, volume->capacity, BAR_COLUMNS, terminal_utf8(set->ui->term));
		ret->style = STYLE_RUNNING;
		break;
	case VOLUME_BASE:
		ret->text = xstrdup_null(base_name(volume));
		ret->style = STYLE_DIM;
		break;
	case VOLUME_USERS:
		ret->text = storage_users_text(set->ui->storage, volume->path, &running);
		ret->style = running ? STYLE_RUNNING : STYLE_NORMAL;
		break;
	case VOLUME_NOW:
		ret->text = now_text(set, volume, &ret->style);
		break;
	default:
		break;
	}
}

static bool volume_matches(size_t item, char *const *words, void *userdata)
{
	const struct volume_set *set = userdata;
	const struct volume *volume = volume_of(item, userdata);
	_cleanup_free_ char *users = storage_users_text(set->ui->storage, volume->path, NULL);
	const char *const texts[] = { volume->name, enum_word(&image_format_words, (int)volume->format), base_name(volume), users };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static int compare_users(const struct volume_set *set, const struct volume *x, const struct volume *y)
{
	_cleanup_free_ char *a = storage_users_text(set->ui->storage, x->path, NULL);
	_cleanup_free_ char *b = storage_users_text(set->ui->storage, y->path, NULL);

	return compare_texts(a, b);
}

static int compare_now(const struct volume_set *set, const struct volume *x, const struct volume *y)
{
	enum style style;
	_cleanup_free_ char *a = now_text(set, x, &style);
	_cleanup_free_ char *b = now_text(set, y, &style);

	return compare_texts(a, b);
}

static int volume_compare(size_t a, size_t b, size_t column, void *userdata)
{
	const struct volume *x = volume_of(a, userdata), *y = volume_of(b, userdata);

	switch (column) {
	case VOLUME_FORMAT:
		return (int)x->format - (int)y->format;
	case VOLUME_SIZE:
		return compare_unsigned(x->capacity, y->capacity);
	case VOLUME_TAKEN:
		return compare_unsigned(x->allocation, y->allocation);
	case VOLUME_BASE:
		return compare_texts(base_name(x), base_name(y));
	case VOLUME_USERS:
		return compare_users(userdata, x, y);
	case VOLUME_NOW:
		return compare_now(userdata, x, y);
	default:
		return strcasecmp(x->name, y->name);
	}
}

static bool volume_descends(size_t column)
{
	return column == VOLUME_SIZE || column == VOLUME_TAKEN;
}

const struct table_class volume_table = {
	.columns = volume_columns,
	.column_count = VOLUME_COLUMNS,
	.first_sorted = VOLUME_NAME,
	.nothing = N_("there is no volume here: n makes one, < uploads one"),
	.not_found = N_("no volume has that in its name, format, base or users"),
	.cell = volume_cell,
	.name = volume_name,
	.matches = volume_matches,
	.compare = volume_compare,
	.descends = volume_descends,
};
