/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes and pools as texts. What lies in files is read by `virtty` in the background: a server that is gone must not hold up the screen. */
#include "core/storage.h"
#include "tui/screen_volume.h"

#include "base/gettext.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/job.h"
#include "tui/pool_actions.h"
#include "tui/pool_table.h"
#include "tui/storage_task.h"
#include "tui/terminal.h"
#include "tui/text_screen.h"
#include "tui/usage_bar.h"
#include "tui/volume_actions.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define BAR_COLUMNS   20

struct about;

/* What runs for a screen that may be closed before it has ended. */
struct errand {
	struct about *about; /* NULL: it was closed */
	bool xml;	     /* else: the image's head and users */
};

struct about {
	struct text_screen base;
	char *pool;	      /* owned */
	char *path;	      /* owned: the volume's; NULL: it is about the pool */
	struct volume volume; /* as its row is; name NULL: it is gone */
	char *seen;	      /* owned: what the errands were run for */
	struct errand *errands[2]; /* under way; borrowed: they are the jobs' */
	struct json_object *info;  /* owned; NULL: not known yet */
	char *xml, *failure;	   /* owned; NULL: not known yet, nothing has failed */
};

static const struct pool_row *pool_of(const struct about *about)
{
	return storage_pool(about->base.screen.ui->storage, about->pool);
}

static const char *name_of(const struct about *about)
{
	const char *slash = about->path != NULL ? strrchr(about->path, '/') : NULL;

	return about->volume.name != NULL ? about->volume.name : slash != NULL ? slash + 1 : about->pool;
}

/* ---- the text ---- */

static void add_size(struct about *about, const char *label, uint64_t bytes)
{
	_cleanup_free_ char *size = size_format(bytes);
	_cleanup_free_ char *text = strf(_("%s (%" PRIu64 " bytes)"), size, bytes);

	text_screen_value(&about->base, label, STYLE_NORMAL, text);
}

static void add_bar(struct about *about, uint64_t used, uint64_t total)
{
	_cleanup_free_ char *bar = usage_bar(used, total, BAR_COLUMNS, terminal_utf8(about->base.screen.ui->term));
	_cleanup_free_ char *text = strf("%s %u %%", bar, usage_percent(used, total));

	if (total > 0)
		text_screen_value(&about->base, "", STYLE_NORMAL, text);
}

static void add_job(struct about *about)
{
	const struct job *job = storage_job(about->base.screen.ui->storage, about->pool, about->volume.name);
	const char *busy = storage_busy_word(about->base.screen.ui->storage, about->pool, about->volume.name);

	if (job != NULL) {
		_cleanup_free_ char *pace = storage_job_pace(job);
		_cleanup_free_ char *text = strf("%s %u %% %s", storage_job_word(job->kind), usage_percent(job->bytes_done, job->bytes_total), pace);

		text_screen_value(&about->base, _("Now"), STYLE_BUSY, text);
	} else if (busy != NULL) {
		text_screen_value(&about->base, _("Now"), STYLE_BUSY, _(busy));
	}
}

static void add_figures(struct about *about)
{
	const struct volume *volume = &about->volume;
	_cleanup_free_ char *format = strf("%s%s", volume_format_word(volume->format), volume->encrypted ? _(", encrypted") : "");

	text_screen_value(&about->base, _("Volume"), STYLE_KEY, volume->name);
	text_screen_value(&about->base, _("Pool"), STYLE_NORMAL, about->pool);
	text_screen_value(&about->base, _("Path"), STYLE_NORMAL, volume->path);
	text_screen_value(&about->base, _("Format"), STYLE_NORMAL, format);
	add_size(about, _("Size"), volume->capacity);
	add_size(about, _("Taken"), volume->allocation);
	add_bar(about, volume->allocation, volume->capacity);
	text_screen_value(&about->base, _("Trouble"), STYLE_ERROR, volume->trouble);
	add_job(about);
}

/* Each image below the one above it, as far as pools know them. */
static void add_chain(struct about *about)
{
	_cleanup_free_ char *path = xstrdup_null(about->volume.backing_path);
	enum image_format format = about->volume.backing_format;

	if (path == NULL)
		return;
	text_screen_section(&about->base, _("Chain"));
	text_view_add(&about->base.text, STYLE_NORMAL, name_of(about));
	for (int depth = 1; path != NULL && depth < IMAGE_CHAIN; depth++) {
		struct volume below = { 0 };
		bool known = volume_known(about->base.screen.ui->manager, path, &below);
		_cleanup_free_ char *size = known ? size_format(below.capacity) : NULL;
		_cleanup_free_ char *line = strf("%*s%s %s (%s%s%s)", depth * 2, "", terminal_utf8(about->base.screen.ui->term) ? "└" : "`-", path,
						 volume_format_word(known ? below.format : format), size != NULL ? ", " : "",
						 size != NULL ? size : _(", in no pool that is active"));

		text_view_add(&about->base.text, STYLE_NORMAL, line);
		free(path);
		path = xstrdup_null(below.backing_path);
		format = below.backing_format;
		volume_clear(&below);
	}
}

static void add_users(struct about *about)
{
	struct json_object *users = about->info != NULL ? json_get(about->info, "users") : NULL;

	text_screen_section(&about->base, _("Used by"));
	for (size_t i = 0; users != NULL && i < json_object_array_length(users); i++) {
		struct json_object *user = json_object_array_get_idx(users, i);
		bool running = json_get_bool(user, "running", false);
		_cleanup_free_ char *line = strf("%s%s", json_get_string(user, "who", "?"), running ? _(", which runs") : "");

		text_view_add(&about->base.text, running ? STYLE_RUNNING : STYLE_NORMAL, line);
	}
	if (about->info == NULL)
		text_view_add(&about->base.text, STYLE_DIM, about->failure != NULL ? _("not known") : _("being looked for ..."));
	else if (users == NULL || json_object_array_length(users) == 0)
		text_view_add(&about->base.text, STYLE_DIM, _("no machine and no volume that virtty knows of"));
}

static void add_image(struct about *about)
{
	struct json_object *image = about->info != NULL ? json_get(about->info, "image") : NULL;
	_cleanup_strv_ char **features = NULL;

	if (image == NULL)
		return;
	text_screen_section(&about->base, _("Image"));
	if (json_get_bool(image, "in-use", false)) {
		int64_t pid = json_get_int(image, "pid", 0);
		_cleanup_free_ char *text = pid != 0 ? strf(_("by process %" PRId64), pid) : xstrdup(_("by another process"));

		text_screen_value(&about->base, _("Open now"), STYLE_RUNNING, text);
	}
	add_size(about, _("File"), (uint64_t)json_get_int(image, "file", 0));
	text_screen_value(&about->base, _("Compatibility"), STYLE_NORMAL, json_get_string(image, "compat", NULL));
	if (json_get_int(image, "cluster", 0) > 0) {
		_cleanup_free_ char *cluster = size_format((uint64_t)json_get_int(image, "cluster", 0));
		_cleanup_free_ char *snapshots = strf("%" PRId64, json_get_int(image, "snapshots", 0));

		text_screen_value(&about->base, _("Clusters of"), STYLE_NORMAL, cluster);
		text_screen_value(&about->base, _("Snapshots"), STYLE_NORMAL, snapshots);
	}
	if (json_get_bool(image, "lazy-refcounts", false))
		features = strv_add(features, _("lazy reference counts"));
	if (json_get_bool(image, "extended-l2", false))
		features = strv_add(features, _("subclusters"));
	if (json_get_bool(image, "zstd", false))
		features = strv_add(features, _("zstd compression"));
	_cleanup_free_ char *text = strv_join(features, ", ");

	text_screen_value(&about->base, _("Features"), STYLE_NORMAL, text);
	text_screen_value(&about->base, _("Data file"), STYLE_NORMAL, json_get_string(image, "data-file", NULL));
	if (json_get_bool(image, "dirty", false))
		text_screen_value(&about->base, _("State"), STYLE_PAUSED, _("it was not closed cleanly: 'qemu-img check' looks it through"));
	if (json_get_bool(image, "corrupt", false))
		text_screen_value(&about->base, _("State"), STYLE_ERROR, _("it is marked as corrupt: it can only be read until it is repaired"));
}

static void add_xml(struct about *about)
{
	text_screen_section(&about->base, "XML");
	if (about->xml != NULL)
		text_view_add(&about->base.text, STYLE_NORMAL, about->xml);
	else
		text_view_add(&about->base.text, about->failure != NULL ? STYLE_ERROR : STYLE_DIM,
			      about->failure != NULL ? about->failure : _("being read ..."));
}

static void add_pool(struct about *about)
{
	const struct pool_row *pool = pool_of(about);

	if (pool == NULL)
		return;
	const char *busy = storage_busy_word(about->base.screen.ui->storage, pool->name, NULL);
	_cleanup_free_ char *volumes = strf("%zu", pool->volumes);

	text_screen_value(&about->base, _("Pool"), STYLE_KEY, pool->name);
	text_screen_value(&about->base, "UUID", STYLE_NORMAL, pool->uuid);
	text_screen_value(&about->base, _("Type"), STYLE_NORMAL, enum_word(&pool_type_words, (int)pool->type));
	text_screen_value(&about->base, _("State"), busy != NULL ? STYLE_BUSY : pool->active ? STYLE_RUNNING : STYLE_DIM,
	    busy != NULL ? _(busy) : pool->active ? _("active") : _("inactive"));
	text_screen_value(&about->base, _("Kept"), STYLE_NORMAL, pool->persistent ? _("yes") : _("no: it is gone when it stops"));
	text_screen_value(&about->base, _("Autostart"), STYLE_NORMAL, pool->autostart ? _("with the host") : _("no"));
	text_screen_value(&about->base, _("Path"), STYLE_NORMAL, pool->target);
	if (pool->active) {
		add_size(about, _("Size"), pool->figures.capacity);
		add_size(about, _("Used"), pool->figures.allocation);
		add_size(about, _("Free"), pool->figures.available);
		add_bar(about, pool->figures.allocation, pool->figures.allocation + pool->figures.available);
		text_screen_value(&about->base, _("Volumes"), STYLE_NORMAL, volumes);
	}
	add_xml(about);
}

static void compose(struct about *about)
{
	text_view_clear(&about->base.text);
	if (about->path == NULL) {
		add_pool(about);
	} else if (about->volume.name == NULL) {
		text_view_add(&about->base.text, STYLE_ERROR, _("The volume is no more."));
	} else {
		add_figures(about);
		add_chain(about);
		add_users(about);
		add_image(about);
		add_xml(about);
	}
	ui_dirty(about->base.screen.ui);
}

/* ---- reading ---- */

static void errand_free(void *userdata)
{
	struct errand *errand = userdata;

	if (errand->about != NULL)
		errand->about->errands[errand->xml] = NULL;
	free(errand);
}

static void errand_done(const struct job_result *result, void *userdata)
{
	const struct errand *errand = userdata;
	struct about *about = errand->about;
	_cleanup_error_ struct error err = ERROR_INIT;

	if (about == NULL)
		return;
	if (!result->ok) {
		free(about->failure);
		about->failure = xstrdup(error_text(&result->error));
	} else if (errand->xml) {
		free(about->xml);
		about->xml = xstrdup(result->output);
	} else {
		cleanup_json(&about->info);
		about->info = json_parse("vol-info", result->output, strlen(result->output), &err);
		if (about->info == NULL) {
			free(about->failure);
			about->failure = xstrdup(error_text(&err));
		}
	}
	compose(about);
}

static void run(struct about *about, bool xml)
{
	const char *verb = about->path == NULL ? "pool-dumpxml" : xml ? "vol-dumpxml" : "vol-info";
	char **arguments = storage_command(verb, about->pool, about->path != NULL ? about->volume.name : NULL);
	struct errand *errand = xcalloc(1, sizeof *errand);

	if (!xml)
		arguments = strv_add(arguments, "--json");
	*errand = (struct errand){ about, xml };
	if (job_run(about->base.screen.ui->jobs, (const char *const *)arguments, errand_done, errand_free, errand, NULL))
		about->errands[xml] = errand;
	else
		free(errand);
	strv_free(arguments);
}

/* What the text depends on, as one: whatever of it changes, more may have. Owned. */
static char *state_of(const struct about *about)
{
	const struct pool_row *pool = pool_of(about);
	const struct volume *volume = &about->volume;

	if (about->path == NULL)
		return pool == NULL ? NULL : strf("%d %d %" PRIu64 " %zu", pool->active, pool->autostart, pool->figures.allocation, pool->volumes);
	return strf("%s %" PRIu64 " %" PRIu64 " %" PRId64 " %zu %zu", volume->name != NULL ? volume->name : "", volume->capacity, volume->allocation,
		    volume->mtime_ns, about->base.screen.ui->storage->use_count, about->base.screen.ui->storage->running);
}

static void load(struct about *about)
{
	if (about->path != NULL) {
		volume_clear(&about->volume);
		volume_known(about->base.screen.ui->manager, about->path, &about->volume);
	}
	char *seen = state_of(about);
	bool gone = about->path != NULL ? about->volume.name == NULL : pool_of(about) == NULL;

	if (!gone && !text_equal(seen, about->seen) && about->errands[0] == NULL && about->errands[1] == NULL) {
		free(TAKE_POINTER(about->failure));
		run(about, true);
		if (about->path != NULL)
			run(about, false);
		free(about->seen);
		about->seen = TAKE_POINTER(seen);
	}
	free(seen);
	if (about->path == NULL && gone) {
		ui_status(about->base.screen.ui, STYLE_STATUS, _("pool '%s' is no more"), about->pool);
		ui_close(&about->base.screen);
	}
	compose(about);
}

/* ---- the screen ---- */

static const struct key_table *about_keys(const struct screen *screen)
{
	const struct about *about = (const struct about *)screen;

	return about->base.text.typing ? &keys_search : about->path != NULL ? &keys_volume : &keys_pool;
}

static bool act(struct screen *screen, enum command command)
{
	const struct about *about = (const struct about *)screen;
	struct ui *ui = about->base.screen.ui;
	const struct pool_row *pool = pool_of(about);
	static const size_t first = 0;

	if (pool == NULL)
		return false;
	if (about->path != NULL) {
		const struct volume_choice choice = { pool, &about->volume, &first, about->volume.name != NULL };

		return volume_act(ui, &choice, command);
	}
	size_t item = (size_t)(pool - ui->storage->pools);

	return pool_act(ui, &item, 1, command);
}

static const char *lacks(const struct about *about, enum command command)
{
	const struct storage_model *model = about->base.screen.ui->storage;
	const struct pool_row *pool = pool_of(about);
	static const size_t first = 0;

	if (pool == NULL)
		return command == COMMAND_CLOSE ? NULL : _("the pool is no more");
	if (about->path != NULL) {
		const struct volume_choice choice = { pool, &about->volume, &first, about->volume.name != NULL };

		return volume_refusal(about->base.screen.ui, &choice, command);
	}
	size_t item = (size_t)(pool - model->pools);

	return pool_refusal(model, &item, 1, command);
}

static const char *about_refuses(struct screen *screen, enum command command)
{
	const struct about *about = (const struct about *)screen;
	const char *why = about->base.text.typing ? NULL : lacks(about, command);

	return why != NULL ? why : text_view_refuses(&about->base.text, command);
}

static void about_do(struct screen *screen, enum command command)
{
	text_screen_command(screen, command, act);
}

static void about_changed(struct screen *screen)
{
	load((struct about *)screen);
}

static void about_draw(struct screen *screen, struct terminal *term)
{
	struct about *about = (struct about *)screen;
	_cleanup_free_ char *left = about->path != NULL ? strf(" %s/%s", about->pool, name_of(about)) : strf(_(" pool %s"), about->pool);

	text_screen_draw(&about->base, term, left);
}

static void about_close(struct screen *screen)
{
	struct about *about = (struct about *)screen;

	for (size_t i = 0; i < ARRAY_LENGTH(about->errands); i++)
		if (about->errands[i] != NULL)
			about->errands[i]->about = NULL;
	text_view_end(&about->base.text);
	volume_clear(&about->volume);
	cleanup_json(&about->info);
	free(about->pool);
	free(about->path);
	free(about->seen);
	free(about->xml);
	free(about->failure);
	free(about);
}

static const struct screen_class about_class = {
	.keys = about_keys,
	.refuses = about_refuses,
	.command = about_do,
	.key = text_screen_key,
	.paste = text_screen_paste,
	.mouse = text_screen_mouse,
	.changed = about_changed,
	.draw = about_draw,
	.close = about_close,
};

static struct screen *about_screen(struct ui *ui, const char *pool, const char *path)
{
	struct about *about = xcalloc(1, sizeof *about);

	about->base.screen.class = &about_class;
	about->base.screen.ui = ui;
	about->pool = xstrdup(pool);
	about->path = xstrdup_null(path);
	load(about);
	return &about->base.screen;
}

struct screen *volume_screen(struct ui *ui, const char *pool, const struct volume *volume)
{
	return about_screen(ui, pool, volume->path);
}

struct screen *pool_screen(struct ui *ui, const char *pool)
{
	return about_screen(ui, pool, NULL);
}
