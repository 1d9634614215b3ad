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
#include "tui/storage_task.h"
#include "tui/terminal.h"
#include "tui/usage_bar.h"
#include "tui/volume_actions.h"
#include "tui/widget_status.h"
#include "tui/widget_text.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_COLUMNS 16
#define BAR_COLUMNS   20

struct about;

/* What runs for a screen that may be closed before it has ended. */
struct errand {
	struct about *about; /* NULL: it was closed */
	bool xml;	     /* else: the image's head and users */
};

struct about {
	struct screen screen;
	struct text_view text;
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
	return storage_pool(about->screen.ui->storage, about->pool);
}

static const char *name_of(const struct about *about)
{
	const char *slash = about->path != NULL ? strrchr(about->path, '/') : NULL;

	return about->volume.name != NULL ? about->volume.name : slash != NULL ? slash + 1 : about->pool;
}

/* ---- the text ---- */

static void section(struct about *about, const char *title)
{
	text_view_add(&about->text, STYLE_NORMAL, "");
	text_view_add(&about->text, STYLE_TITLE, title);
}

/* A value that may be NULL: then there is nothing to say. */
static void add(struct about *about, const char *label, enum style style, const char *value)
{
	if (!text_empty(value))
		text_view_add_labelled(&about->text, label, LABEL_COLUMNS, style, value);
}

static void add_size(struct about *about, const char *label, uint64_t bytes)
{
	_cleanup_free_ char *size = size_format(bytes);
	_cleanup_free_ char *text = strf(_("%s (%" PRIu64 " bytes)"), size, bytes);

	add(about, label, STYLE_NORMAL, text);
}

static void add_bar(struct about *about, uint64_t used, uint64_t total)
{
	_cleanup_free_ char *bar = usage_bar(used, total, BAR_COLUMNS, terminal_utf8(about->screen.ui->term));
	_cleanup_free_ char *text = strf("%s %u %%", bar, usage_percent(used, total));

	if (total > 0)
		add(about, "", STYLE_NORMAL, text);
}

static void add_job(struct about *about)
{
	const struct job *job = storage_job(about->screen.ui->storage, about->pool, about->volume.name);
	const char *busy = storage_busy_word(about->screen.ui->storage, about->pool, about->volume.name);

	if (job != NULL) {
		_cleanup_free_ char *pace = storage_job_pace(job);
		_cleanup_free_ char *text = strf("%s %u %% %s", storage_job_word(job->kind), usage_percent(job->bytes_done, job->bytes_total), pace);

		add(about, _("Now"), STYLE_BUSY, text);
	} else if (busy != NULL) {
		add(about, _("Now"), STYLE_BUSY, _(busy));
	}
}

static void add_figures(struct about *about)
{
	const struct volume *volume = &about->volume;
	_cleanup_free_ char *format = strf("%s%s", enum_word(&image_format_words, (int)volume->format), volume->encrypted ? _(", encrypted") : "");

	add(about, _("Volume"), STYLE_KEY, volume->name);
	add(about, _("Pool"), STYLE_NORMAL, about->pool);
	add(about, _("Path"), STYLE_NORMAL, volume->path);
	add(about, _("Format"), STYLE_NORMAL, format);
	add_size(about, _("Size"), volume->capacity);
	add_size(about, _("Taken"), volume->allocation);
	add_bar(about, volume->allocation, volume->capacity);
	add(about, _("Trouble"), STYLE_ERROR, volume->trouble);
	add_job(about);
}

/* Each image below the one above it, as far as pools know them. */
static void add_chain(struct about *about)
{
	_cleanup_free_ char *path = xstrdup_null(about->volume.backing_path);
	enum image_format format = about->volume.backing_format;

	if (path == NULL)
		return;
	section(about, _("Chain"));
	text_view_add(&about->text, STYLE_NORMAL, name_of(about));
	for (int depth = 1; path != NULL && depth < IMAGE_CHAIN; depth++) {
		struct volume below = { 0 };
		bool known = volume_known(about->screen.ui->manager, path, &below);
		_cleanup_free_ char *size = known ? size_format(below.capacity) : NULL;
		_cleanup_free_ char *line = strf("%*s%s %s (%s%s%s)", depth * 2, "", terminal_utf8(about->screen.ui->term) ? "└" : "`-", path,
						 enum_word(&image_format_words, (int)(known ? below.format : format)), size != NULL ? ", " : "",
						 size != NULL ? size : _(", in no pool that is active"));

		text_view_add(&about->text, STYLE_NORMAL, line);
		free(path);
		path = xstrdup_null(below.backing_path);
		format = below.backing_format;
		volume_clear(&below);
	}
}

static void add_users(struct about *about)
{
	struct json_object *users = about->info != NULL ? json_get(about->info, "users") : NULL;

	section(about, _("Used by"));
	for (size_t i = 0; users != NULL && i < json_object_array_length(users); i++) {
		struct json_object *user = json_object_array_get_idx(users, i);
		bool running = json_get_bool(user, "running", false);
		_cleanup_free_ char *line = strf("%s%s", json_get_string(user, "who", "?"), running ? _(", which runs") : "");

		text_view_add(&about->text, running ? STYLE_RUNNING : STYLE_NORMAL, line);
	}
	if (about->info == NULL)
		text_view_add(&about->text, STYLE_DIM, about->failure != NULL ? _("not known") : _("being looked for ..."));
	else if (users == NULL || json_object_array_length(users) == 0)
		text_view_add(&about->text, STYLE_DIM, _("no machine and no volume that virtty knows of"));
}

static void add_image(struct about *about)
{
	struct json_object *image = about->info != NULL ? json_get(about->info, "image") : NULL;
	_cleanup_strv_ char **features = NULL;

	if (image == NULL)
		return;
	section(about, _("Image"));
	if (json_get_bool(image, "in-use", false)) {
		int64_t pid = json_get_int(image, "pid", 0);
		_cleanup_free_ char *text = pid != 0 ? strf(_("by process %" PRId64), pid) : xstrdup(_("by another process"));

		add(about, _("Open now"), STYLE_RUNNING, text);
	}
	add_size(about, _("File"), (uint64_t)json_get_int(image, "file", 0));
	add(about, _("Compatibility"), STYLE_NORMAL, json_get_string(image, "compat", NULL));
	if (json_get_int(image, "cluster", 0) > 0) {
		_cleanup_free_ char *cluster = size_format((uint64_t)json_get_int(image, "cluster", 0));
		_cleanup_free_ char *snapshots = strf("%" PRId64, json_get_int(image, "snapshots", 0));

		add(about, _("Clusters of"), STYLE_NORMAL, cluster);
		add(about, _("Snapshots"), STYLE_NORMAL, snapshots);
	}
	if (json_get_bool(image, "lazy-refcounts", false))
		features = strv_add(features, _("lazy reference counts"));
	if (json_get_bool(image, "extended-l2", false))
		features = strv_add(features, _("subclusters"));
	if (json_get_bool(image, "zstd", false))
		features = strv_add(features, _("zstd compression"));
	_cleanup_free_ char *text = strv_join(features, ", ");

	add(about, _("Features"), STYLE_NORMAL, text);
	add(about, _("Data file"), STYLE_NORMAL, json_get_string(image, "data-file", NULL));
	if (json_get_bool(image, "dirty", false))
		add(about, _("State"), STYLE_PAUSED, _("it was not closed cleanly: 'qemu-img check' looks it through"));
	if (json_get_bool(image, "corrupt", false))
		add(about, _("State"), STYLE_ERROR, _("it is marked as corrupt: it can only be read until it is repaired"));
}

static void add_xml(struct about *about)
{
	section(about, "XML");
	if (about->xml != NULL)
		text_view_add(&about->text, STYLE_NORMAL, about->xml);
	else
		text_view_add(&about->text, about->failure != NULL ? STYLE_ERROR : STYLE_DIM, about->failure != NULL ? about->failure : _("being read ..."));
}

static void add_pool(struct about *about)
{
	const struct pool_row *pool = pool_of(about);

	if (pool == NULL)
		return;
	const char *busy = storage_busy_word(about->screen.ui->storage, pool->name, NULL);
	_cleanup_free_ char *volumes = strf("%zu", pool->volumes);

	add(about, _("Pool"), STYLE_KEY, pool->name);
	add(about, "UUID", STYLE_NORMAL, pool->uuid);
	add(about, _("Type"), STYLE_NORMAL, enum_word(&pool_type_words, (int)pool->type));
	add(about, _("State"), busy != NULL ? STYLE_BUSY : pool->active ? STYLE_RUNNING : STYLE_DIM,
	    busy != NULL ? _(busy) : pool->active ? _("active") : _("inactive"));
	add(about, _("Kept"), STYLE_NORMAL, pool->persistent ? _("yes") : _("no: it is gone when it stops"));
	add(about, _("Autostart"), STYLE_NORMAL, pool->autostart ? _("with the host") : _("no"));
	add(about, _("Path"), STYLE_NORMAL, pool->target);
	if (pool->active) {
		add_size(about, _("Size"), pool->figures.capacity);
		add_size(about, _("Used"), pool->figures.allocation);
		add_size(about, _("Free"), pool->figures.available);
		add_bar(about, pool->figures.allocation, pool->figures.allocation + pool->figures.available);
		add(about, _("Volumes"), STYLE_NORMAL, volumes);
	}
	add_xml(about);
}

static void compose(struct about *about)
{
	text_view_clear(&about->text);
	if (about->path == NULL) {
		add_pool(about);
	} else if (about->volume.name == NULL) {
		text_view_add(&about->text, STYLE_ERROR, _("The volume is no more."));
	} else {
		add_figures(about);
		add_chain(about);
		add_users(about);
		add_image(about);
		add_xml(about);
	}
	ui_dirty(about->screen.ui);
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
	if (job_run(about->screen.ui->jobs, (const char *const *)arguments, errand_done, errand_free, errand, NULL))
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
		    volume->mtime_ns, about->screen.ui->storage->use_count, about->screen.ui->storage->running);
}

static void load(struct about *about)
{
	if (about->path != NULL) {
		volume_clear(&about->volume);
		volume_known(about->screen.ui->manager, about->path, &about->volume);
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
		ui_status(about->screen.ui, STYLE_STATUS, _("pool '%s' is no more"), about->pool);
		ui_close(&about->screen);
	}
	compose(about);
}

/* ---- the screen ---- */

static const struct key_table *about_keys(const struct screen *screen)
{
	const struct about *about = (const struct about *)screen;

	return about->text.typing ? &keys_search : about->path != NULL ? &keys_volume : &keys_pool;
}

static bool act(struct about *about, enum command command)
{
	struct ui *ui = about->screen.ui;
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
	const struct storage_model *model = about->screen.ui->storage;
	const struct pool_row *pool = pool_of(about);
	static const size_t first = 0;

	if (pool == NULL)
		return command == COMMAND_CLOSE ? NULL : _("the pool is no more");
	if (about->path != NULL) {
		const struct volume_choice choice = { pool, &about->volume, &first, about->volume.name != NULL };

		return volume_refusal(about->screen.ui, &choice, command);
	}
	size_t item = (size_t)(pool - model->pools);

	return pool_refusal(model, &item, 1, command);
}

static const char *about_refuses(struct screen *screen, enum command command)
{
	const struct about *about = (const struct about *)screen;
	const char *why = about->text.typing ? NULL : lacks(about, command);

	return why != NULL ? why : text_view_refuses(&about->text, command);
}

static void about_do(struct screen *screen, enum command command)
{
	struct about *about = (struct about *)screen;

	ui_dirty(screen->ui);
	if (!text_view_command(&about->text, command)) {
		if (command == COMMAND_CLOSE)
			ui_close(screen);
		else if (about->text.typing || !act(about, command))
			ui_everywhere(screen->ui, command);
	}
	screen->grabs = about->text.typing;
}

static void about_key(struct screen *screen, const struct key *key)
{
	text_view_key(&((struct about *)screen)->text, key);
	ui_dirty(screen->ui);
}

static void about_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	text_view_paste(&((struct about *)screen)->text, text, length);
	ui_dirty(screen->ui);
}

static void about_mouse(struct screen *screen, const struct mouse *mouse)
{
	text_view_mouse(&((struct about *)screen)->text, mouse);
	ui_dirty(screen->ui);
}

static void about_changed(struct screen *screen)
{
	load((struct about *)screen);
}

static void about_draw(struct screen *screen, struct terminal *term)
{
	struct about *about = (struct about *)screen;
	_cleanup_free_ char *left = about->path != NULL ? strf(" %s/%s", about->pool, name_of(about)) : strf(_(" pool %s"), about->pool);
	_cleanup_free_ char *position = NULL;
	_cleanup_free_ char *right = NULL;
	int rows = terminal_rows(term) - 2;

	if (rows > 0)
		text_view_draw(&about->text, term, 1, rows, terminal_columns(term));
	position = text_view_position(&about->text);
	right = strf("%s ", position);
	head_draw(term, left, right);
	text_view_footer(&about->text, screen, term);
}

static void about_close(struct screen *screen)
{
	struct about *about = (struct about *)screen;

	for (size_t i = 0; i < ARRAY_LENGTH(about->errands); i++)
		if (about->errands[i] != NULL)
			about->errands[i]->about = NULL;
	text_view_end(&about->text);
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
	.key = about_key,
	.paste = about_paste,
	.mouse = about_mouse,
	.changed = about_changed,
	.draw = about_draw,
	.close = about_close,
};

static struct screen *about_screen(struct ui *ui, const char *pool, const char *path)
{
	struct about *about = xcalloc(1, sizeof *about);

	about->screen.class = &about_class;
	about->screen.ui = ui;
	about->pool = xstrdup(pool);
	about->path = xstrdup_null(path);
	load(about);
	return &about->screen;
}

struct screen *volume_screen(struct ui *ui, const char *pool, const struct volume *volume)
{
	return about_screen(ui, pool, volume->path);
}

struct screen *pool_screen(struct ui *ui, const char *pool)
{
	return about_screen(ui, pool, NULL);
}
