/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The model of storage. */
#include "tui/storage_model.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tui/job.h"
#include "tui/storage_task.h"
#include "tui/usage_bar.h"

#include <stdlib.h>
#include <string.h>


struct storage_model *storage_model_new(struct ui *ui)
{
	struct storage_model *model = xcalloc(1, sizeof *model);

	model->ui = ui;
	return model;
}

void storage_model_free(struct storage_model *model)
{
	if (model == NULL)
		return;
	pool_rows_free(model->pools, model->pool_count);
	path_uses_free(model->uses, model->use_count);
	jobs_free(model->jobs, model->job_count);
	busy_list_clear(&model->busy);
	busy_list_clear(&model->done);
	strv_free(model->refreshed);
	free(model);
}

/* ---- what is being done ---- */

static char *subject_of(const char *pool, const char *volume)
{
	return volume != NULL ? strf("%s/%s", pool, volume) : xstrdup(pool);
}

const char *storage_busy_word(const struct storage_model *model, const char *pool, const char *volume)
{
	if (model->busy.count == 0)
		return NULL;
	_cleanup_free_ char *subject = subject_of(pool, volume);

	return busy_word(&model->busy, subject);
}

void storage_busy_begin(struct storage_model *model, const char *pool, const char *volume, const char *word)
{
	_cleanup_free_ char *subject = subject_of(pool, volume);

	busy_begin(&model->busy, subject, word);
	ui_dirty(model->ui);
}

void storage_busy_end(struct storage_model *model, const char *pool, const char *volume)
{
	_cleanup_free_ char *subject = subject_of(pool, volume);

	busy_end(&model->busy, subject);
	busy_begin(&model->done, subject, "");
	ui_dirty(model->ui);
}

/* ---- jobs ---- */

static const struct job *find_job(const struct job *jobs, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (jobs[i].id == id)
			return &jobs[i];
	return NULL;
}

static bool is_running(const struct job *job)
{
	return job->state == JOB_RUNNING || job->state == JOB_WAITING;
}

static void tell_end(struct ui *ui, const struct job *job)
{
	enum style style;
	const char *word = storage_job_word(job->kind);

	/* what the user did himself is told first: a machine that is made comes to more than its disk */
	if (ui->status != NULL && !ui->status_seen)
		return;
	if (job->state == JOB_DONE)
		ui_status(ui, STYLE_STATUS, _("%s: %s has ended"), job->subject, word);
	else if (job->state == JOB_FAILED && job->reason != NULL)
		ui_status(ui, STYLE_ERROR, _("%s: %s has failed: %s"), job->subject, word, job->reason);
	else
		ui_status(ui, STYLE_STATUS, _("%s: %s: %s"), job->subject, word, storage_job_state_word(job, &style));
}

/* Was it begun here? The command that ran it may have ended before its job's last row was read. */
static bool is_ours(const struct storage_model *model, const char *subject)
{
	return busy_word(&model->busy, subject) != NULL || busy_word(&model->done, subject) != NULL;
}

/* Ends that nobody else tells: whoever began a job here is told by the command that runs it. */
static void tell_ends(const struct storage_model *model, const struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct job *before = find_job(model->jobs, model->job_count, jobs[i].id);

		if (jobs[i].ended_ms != 0 && (before == NULL || before->ended_ms == 0) && !is_ours(model, jobs[i].subject))
			tell_end(model->ui, &jobs[i]);
	}
}

static void read_jobs(struct storage_model *model)
{
	struct job *jobs;
	size_t count;

	if (!job_list(model->ui->manager, &jobs, &count, NULL))
		return;
	if (model->jobs_read)
		tell_ends(model, jobs, count);
	busy_list_clear(&model->done);
	jobs_free(model->jobs, model->job_count);
	model->jobs = jobs;
	model->job_count = count;
	model->jobs_read = true;
	model->running = 0;
	for (size_t i = 0; i < count; i++)
		model->running += is_running(&jobs[i]);
}

bool storage_was_cancelled(struct storage_model *model, const char *pool, const char *volume)
{
	_cleanup_free_ char *subject = subject_of(pool, volume);
	const struct job *last = NULL;

	read_jobs(model);
	for (size_t i = 0; i < model->job_count; i++)
		if (strcmp(model->jobs[i].subject, subject) == 0 && (last == NULL || model->jobs[i].id > last->id))
			last = &model->jobs[i];
	return last != NULL && last->state == JOB_CANCELLED;
}

static void reaped(const struct job_result *result, void *userdata)
{
	struct storage_model *model = userdata;

	(void)result;
	model->reaping_id = 0;
	model->ui->stale = true;
}

void storage_model_tick(struct storage_model *model)
{
	static const char *const look[] = { "jobs", "--json", NULL };

	for (size_t i = 0; i < model->job_count && model->reaping_id == 0; i++) {
		struct job *job = &model->jobs[i];

		if (job->ended_ms != 0 || process_alive(&job->process))
			continue;
		/* whoever lists jobs takes away what dead ones left */
		if (job_run(model->ui->jobs, look, reaped, NULL, model, NULL))
			model->reaping_id = job->id;
		break;
	}
	if (model->running > 0)
		ui_dirty(model->ui);
}

/* ---- pools ---- */

static void read_pools(struct storage_model *model)
{
	struct pool_row *pools;
	struct path_use *uses;
	size_t count;

	if (pool_list(model->ui->manager, &pools, &count, NULL)) {
		pool_rows_free(model->pools, model->pool_count);
		model->pools = pools;
		model->pool_count = count;
	}
	if (path_uses(model->ui->manager, &uses, &count, NULL)) {
		path_uses_free(model->uses, model->use_count);
		model->uses = uses;
		model->use_count = count;
	}
}

void storage_model_refresh(struct storage_model *model)
{
	read_jobs(model);
	if (model->wanted > 0)
		read_pools(model);
}

/* Screens below keep what they have read: they are told of changes, and of nothing else. */
void storage_model_want(struct storage_model *model, bool wanted)
{
	if (!wanted)
		model->wanted--;
	else if (model->wanted++ == 0)
		read_pools(model);
}

static void looked(const struct job_result *result, void *userdata)
{
	struct ui *ui = userdata;

	if (!result->ok)
		ui_status(ui, STYLE_ERROR, "%s", error_text(&result->error));
	ui->stale = true;
}

void storage_model_look_into(struct storage_model *model, const struct pool_row *pool)
{

	if (!pool->active || strv_contains(model->refreshed, pool->uuid))
		return;
	_cleanup_strv_ char **refresh = storage_command("pool-refresh", pool->name, NULL);

	model->refreshed = strv_add(model->refreshed, pool->uuid);
	job_run(model->ui->jobs, (const char *const *)refresh, looked, NULL, model->ui, NULL);
}

const struct pool_row *storage_pool(const struct storage_model *model, const char *name)
{
	for (size_t i = 0; i < model->pool_count; i++)
		if (strcmp(model->pools[i].name, name) == 0)
			return &model->pools[i];
	return NULL;
}

const struct job *storage_job(const struct storage_model *model, const char *pool, const char *volume)
{
	if (model->running == 0)
		return NULL;
	_cleanup_free_ char *subject = subject_of(pool, volume);

	for (size_t i = 0; i < model->job_count; i++)
		if (is_running(&model->jobs[i]) && strcmp(model->jobs[i].subject, subject) == 0)
			return &model->jobs[i];
	return NULL;
}

/* ---- words ---- */

char *storage_users_text(const struct storage_model *model, const char *path, bool *ret_running)
{
	size_t at = path_uses_find(model->uses, model->use_count, path), volumes = 0;
	_cleanup_strv_ char **machines = NULL;
	const char *above = NULL;
	bool running = false;

	for (; at < model->use_count && strcmp(model->uses[at].path, path) == 0; at++) {
		running |= model->uses[at].running;
		volumes += model->uses[at].is_volume;
		if (!model->uses[at].is_volume)
			machines = strv_add(machines, model->uses[at].who);
		else
			above = model->uses[at].who;
	}
	if (ret_running != NULL)
		*ret_running = running;
	if (volumes == 1)
		machines = strv_add(machines, above);
	else if (volumes > 1)
		machines = strv_addf(machines, ngettext("%zu volume", "%zu volumes", volumes), volumes);
	return machines != NULL ? strv_join(machines, ", ") : NULL;
}

char *storage_users_list(const struct storage_model *model, const char *path)
{
	size_t at = path_uses_find(model->uses, model->use_count, path);
	_cleanup_strv_ char **who = NULL;

	for (; at < model->use_count && strcmp(model->uses[at].path, path) == 0; at++)
		who = strv_addf(who, model->uses[at].is_volume ? _("volume %s") : _("machine %s"), model->uses[at].who);
	return who != NULL ? strv_join(who, ", ") : NULL;
}

const char *storage_job_word(enum job_kind kind)
{
	static const char *const words[JOB_KIND_COUNT] = {
		[JOB_CREATE] = N_("making"),	   [JOB_CONVERT] = N_("converting"),   [JOB_CLONE] = N_("cloning"),
		[JOB_UPLOAD] = N_("uploading"),	   [JOB_DOWNLOAD] = N_("downloading"), [JOB_WIPE] = N_("wiping"),
		[JOB_CHECK] = N_("checking"),	   [JOB_RESIZE] = N_("resizing"),      [JOB_IMPORT] = N_("importing"),
	};

	return words[kind] != NULL ? _(words[kind]) : enum_word(&job_kind_words, (int)kind);
}

const char *storage_job_state_word(const struct job *job, enum style *ret_style)
{
	static const struct {
		const char *word;
		enum style style;
	} states[JOB_STATE_COUNT] = {
		[JOB_WAITING] = { N_("waiting"), STYLE_BUSY },	 [JOB_RUNNING] = { N_("running"), STYLE_RUNNING },
		[JOB_DONE] = { N_("done"), STYLE_NORMAL },	 [JOB_FAILED] = { N_("failed"), STYLE_CRASHED },
		[JOB_CANCELLED] = { N_("cancelled"), STYLE_PAUSED },
	};

	*ret_style = states[job->state].style;
	/* what it made is still being taken away */
	if (!is_running(job) && job->ended_ms == 0)
		return _("ending");
	return _(states[job->state].word);
}

char *storage_job_pace(const struct job *job)
{
	int64_t now_ms = clock_wall_ms(), left_s = job_left_s(job, now_ms);
	uint64_t bytes = job_rate(job, now_ms);
	_cleanup_strv_ char **parts = NULL;

	if (left_s >= 0 && job->bytes_total > job->bytes_done) {
		_cleanup_free_ char *left = clock_duration(left_s * 1000);

		parts = strv_addf(parts, _("%s left"), left);
	}
	if (bytes > 0) {
		_cleanup_free_ char *rate = size_format(bytes);

		parts = strv_addf(parts, _("%s/s"), rate);
	}
	return strv_join(parts, ", ");
}
