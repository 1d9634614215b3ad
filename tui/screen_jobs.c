/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The jobs screen. */
#include "tui/screen_jobs.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/bindings.h"
#include "tui/compare.h"
#include "tui/dialog.h"
#include "tui/filter_words.h"
#include "tui/job.h"
#include "tui/storage_model.h"
#include "tui/terminal.h"
#include "tui/usage_bar.h"
#include "tui/widget_status.h"
#include "tui/widget_table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BAR_COLUMNS 6

enum { COLUMN_WORK, COLUMN_SUBJECT, COLUMN_STATE, COLUMN_BAR, COLUMN_PACE, COLUMN_DONE, COLUMN_TIME, COLUMN_TOTAL };

static const struct list_column columns[COLUMN_TOTAL] = {
	[COLUMN_WORK] = { N_("Work"), .width = 11 },
	[COLUMN_SUBJECT] = { N_("On"), .width = 12, .grow = 2, .most = 60 },
	[COLUMN_STATE] = { N_("State"), .width = 9 },
	[COLUMN_BAR] = { N_("How far"), .width = BAR_COLUMNS + 6, .priority = 2 },
	[COLUMN_PACE] = { "", .width = 21, .grow = 1, .most = 60, .priority = 1 },
	[COLUMN_DONE] = { N_("Done"), .width = 9, .priority = 4, .right = true },
	[COLUMN_TIME] = { N_("Time"), .width = 10, .priority = 3, .right = true },
};

struct jobs_screen {
	struct screen screen;
	struct table table;
	char **names; /* owned: the ids as texts, one for each job of the model */
};

static const struct job *job_of(const struct jobs_screen *self, size_t item)
{
	return &self->screen.ui->storage->jobs[item];
}

static bool is_running(const struct job *job)
{
	return job->state == JOB_RUNNING || job->state == JOB_WAITING;
}

static int64_t spent_ms(const struct job *job)
{
	return (job->ended_ms != 0 ? job->ended_ms : clock_wall_ms()) - job->started_ms;
}

static char *how_far(const struct jobs_screen *self, const struct job *job)
{
	_cleanup_free_ char *bar = usage_bar(job->bytes_done, job->bytes_total, BAR_COLUMNS, terminal_utf8(self->screen.ui->term));

	return strf("%s %3u %%", bar, usage_percent(job->bytes_done, job->bytes_total));
}

static void cell(size_t item, size_t column, struct list_cell *ret, void *userdata)
{
	const struct jobs_screen *self = userdata;
	const struct job *job = job_of(self, item);

	switch (column) {
	case COLUMN_WORK:
		ret->text = xstrdup(storage_job_word(job->kind));
		break;
	case COLUMN_SUBJECT:
		ret->text = xstrdup(job->subject);
		break;
	case COLUMN_STATE:
		ret->text = xstrdup(storage_job_state_word(job, &ret->style));
		break;
	case COLUMN_BAR:
		if (is_running(job) && job->bytes_total > 0)
			ret->text = how_far(self, job);
		ret->style = STYLE_RUNNING;
		break;
	case COLUMN_PACE:
		ret->text = job->state == JOB_FAILED ? xstrdup_null(job->reason) : storage_job_pace(job);
		ret->style = job->state == JOB_FAILED ? STYLE_ERROR : STYLE_NORMAL;
		break;
	case COLUMN_DONE:
		ret->text = size_format(job->bytes_done);
		break;
	case COLUMN_TIME:
		ret->text = clock_duration(spent_ms(job));
		break;
	default:
		break;
	}
}

static const char *name_of(size_t item, void *userdata)
{
	return ((const struct jobs_screen *)userdata)->names[item];
}

static bool matches(size_t item, char *const *words, void *userdata)
{
	const struct job *job = job_of(userdata, item);
	enum style style;
	const char *const texts[] = { job->subject, storage_job_word(job->kind), storage_job_state_word(job, &style), job->reason };

	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static int compare(size_t a, size_t b, size_t column, void *userdata)
{
	const struct job *x = job_of(userdata, a), *y = job_of(userdata, b);

	switch (column) {
	case COLUMN_WORK:
		return strcmp(storage_job_word(x->kind), storage_job_word(y->kind));
	case COLUMN_SUBJECT:
		return strcasecmp(x->subject, y->subject);
	case COLUMN_STATE:
		return compare_signed(x->state, y->state);
	case COLUMN_DONE:
		return compare_unsigned(x->bytes_done, y->bytes_done);
	case COLUMN_TIME:
		return compare_signed(spent_ms(x), spent_ms(y));
	default:
		return compare_signed(usage_percent(x->bytes_done, x->bytes_total), usage_percent(y->bytes_done, y->bytes_total));
	}
}

static bool descends(size_t column)
{
	return column == COLUMN_DONE || column == COLUMN_TIME;
}

static const struct table_class class = {
	.columns = columns,
	.column_count = COLUMN_TOTAL,
	.first_sorted = TABLE_NONE,
	.nothing = N_("nothing is being copied, converted or made, and nothing was in the last day"),
	.not_found = N_("no job has that in its work, subject, state or reason"),
	.cell = cell,
	.name = name_of,
	.matches = matches,
	.compare = compare,
	.descends = descends,
};

/* ---- commands ---- */

static const struct job *selected(const struct jobs_screen *self)
{
	size_t item = table_selected(&self->table);

	return item != TABLE_NONE ? job_of(self, item) : NULL;
}

static const struct key_table *jobs_keys(const struct screen *screen)
{
	return ((const struct jobs_screen *)screen)->table.typing ? &keys_filter : &keys_jobs;
}

static const char *jobs_refuses(struct screen *screen, enum command command)
{
	const struct jobs_screen *self = (struct jobs_screen *)screen;
	const struct job *job = selected(self);
	const char *why = table_refuses(&self->table, command);

	if (why != NULL || self->table.typing)
		return why;
	if (command == COMMAND_FORGET_ALL)
		return self->table.count > screen->ui->storage->running ? NULL : _("no job has ended");
	if (command != COMMAND_OPEN && command != COMMAND_CANCEL && command != COMMAND_FORGET)
		return NULL;
	if (job == NULL)
		return _("there is no job");
	if (command == COMMAND_CANCEL && !is_running(job))
		return _("the job has ended already");
	if (command != COMMAND_FORGET || job->ended_ms != 0)
		return NULL;
	return is_running(job) ? _("the job runs: it is cancelled first") : _("what it has made is still being taken away");
}

/* "virtty jobs --WHAT=ID", in the background; what it changes is seen. */
static void done(const struct job_result *result, void *userdata)
{
	struct ui *ui = userdata;

	ui->stale = true;
	if (!result->ok)
		ui_push(ui, dialog_error(_("That cannot be done with the job"), &result->error));
	ui_dirty(ui);
}

static void run(struct ui *ui, const char *option)
{
	const char *const arguments[] = { "jobs", option, NULL };
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!job_run(ui->jobs, arguments, done, NULL, ui, &err))
		ui_push(ui, dialog_error(_("That cannot be done with the job"), &err));
}

static void cancel(struct ui *ui, void *userdata)
{
	run(ui, userdata);
}

static void ask_to_cancel(struct ui *ui, const struct job *job)
{
	_cleanup_free_ char *title = strf(_("%s %s: cancel?"), storage_job_word(job->kind), job->subject);
	const char *text = job->kind == JOB_WIPE || job->kind == JOB_UPLOAD || job->kind == JOB_RESIZE ?
				   _("It ends at once. What it has written over so far is lost: the volume is left half done.") :
				   _("It ends at once, and what it has made so far is taken away.");

	ui_push(ui, dialog_confirm(title, text, _("Cancel the job"), cancel, free, strf("--cancel=%" PRId64, job->id)));
}

static void show(struct ui *ui, const struct job *job)
{
	enum style style;
	struct strbuf text = STRBUF_INIT;
	_cleanup_free_ char *title = strf("%s %s", storage_job_word(job->kind), job->subject);
	_cleanup_free_ char *begun = clock_text(job->started_ms);
	_cleanup_free_ char *time = clock_duration(spent_ms(job));
	_cleanup_free_ char *bytes = size_format(job->bytes_done), *total = size_format(job->bytes_total);
	_cleanup_free_ char *pace = storage_job_pace(job);

	strbuf_printf(&text, _("Job %lld, %s\n\nBegun: %s\nTime: %s\n"), (long long)job->id, storage_job_state_word(job, &style), begun, time);
	if (job->bytes_total > 0)
		strbuf_printf(&text, _("Done: %s of %s\n"), bytes, total);
	else
		strbuf_printf(&text, _("Done: %s\n"), bytes);
	if (*pace != '\0')
		strbuf_printf(&text, _("Pace: %s\n"), pace);
	if (is_running(job))
		strbuf_printf(&text, _("Process: %d\n"), (int)job->process.pid);
	if (job->reason != NULL)
		strbuf_printf(&text, _("\nWhy: %s\n"), job->reason);
	ui_push(ui, dialog_message(title, job->state == JOB_FAILED ? STYLE_ERROR : STYLE_TITLE, text.data));
	strbuf_clear(&text);
}

static void jobs_do(struct screen *screen, enum command command)
{
	struct jobs_screen *self = (struct jobs_screen *)screen;
	const struct job *job = selected(self);
	bool typing = self->table.typing;

	ui_dirty(screen->ui);
	if (table_command(&self->table, command)) {
		screen->grabs = self->table.typing;
	} else if (typing) {
		ui_everywhere(screen->ui, command);
	} else if (command == COMMAND_CLOSE) {
		if (table_filtered(&self->table))
			table_command(&self->table, COMMAND_UNFILTER);
		else
			ui_close(screen);
	} else if (command == COMMAND_FORGET_ALL) {
		run(screen->ui, "--forget-ended");
	} else if (job == NULL) {
		return;
	} else if (command == COMMAND_OPEN) {
		show(screen->ui, job);
	} else if (command == COMMAND_CANCEL) {
		ask_to_cancel(screen->ui, job);
	} else if (command == COMMAND_FORGET) {
		_cleanup_free_ char *option = strf("--forget=%" PRId64, job->id);

		run(screen->ui, option);
	}
}

static void jobs_key(struct screen *screen, const struct key *key)
{
	if (table_key(&((struct jobs_screen *)screen)->table, key))
		ui_dirty(screen->ui);
}

static void jobs_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end)
{
	(void)begin;
	(void)end;
	if (table_paste(&((struct jobs_screen *)screen)->table, text, length))
		ui_dirty(screen->ui);
}

static void jobs_mouse(struct screen *screen, const struct mouse *mouse)
{
	struct jobs_screen *self = (struct jobs_screen *)screen;

	ui_dirty(screen->ui);
	if (!screen->grabs && table_mouse(&self->table, mouse))
		ui_command(screen->ui, COMMAND_OPEN);
}

static void load(struct jobs_screen *self)
{
	const struct storage_model *model = self->screen.ui->storage;

	strv_free(TAKE_POINTER(self->names));
	self->names = xcalloc(model->job_count + 1, sizeof *self->names);
	for (size_t i = 0; i < model->job_count; i++)
		self->names[i] = strf("%" PRId64, model->jobs[i].id);
	table_set_count(&self->table, model->job_count);
}

static void jobs_changed(struct screen *screen)
{
	load((struct jobs_screen *)screen);
	ui_dirty(screen->ui);
}

static void jobs_draw(struct screen *screen, struct terminal *term)
{
	struct jobs_screen *self = (struct jobs_screen *)screen;
	const struct storage_model *model = screen->ui->storage;
	const struct view_area area = { 1, 0, terminal_rows(term) - 2, terminal_columns(term) };
	_cleanup_free_ char *right = strf(_("%zu running, %zu ended "), model->running, model->job_count - model->running);

	head_draw(term, _(" virtty: jobs"), right);
	table_draw(&self->table, term, &area, true, screen->ui->top == screen);
	footer_draw(screen, term, NULL);
}

static void jobs_close(struct screen *screen)
{
	struct jobs_screen *self = (struct jobs_screen *)screen;

	table_clear(&self->table);
	strv_free(self->names);
	free(self);
}

static const struct screen_class jobs_class = {
	.keys = jobs_keys,
	.refuses = jobs_refuses,
	.command = jobs_do,
	.key = jobs_key,
	.paste = jobs_paste,
	.mouse = jobs_mouse,
	.changed = jobs_changed,
	.draw = jobs_draw,
	.close = jobs_close,
};

struct screen *jobs_screen(struct ui *ui)
{
	struct jobs_screen *self = xcalloc(1, sizeof *self);

	self->screen.class = &jobs_class;
	self->screen.ui = ui;
	table_init(&self->table, &class, self);
	load(self);
	return &self->screen;
}
