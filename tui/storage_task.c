/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks: a list of commands, each a child. */
#include "tui/storage_task.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tui/dialog.h"
#include "tui/job.h"
#include "tui/network_model.h"
#include "tui/storage_model.h"

#include <stdlib.h>
#include <string.h>

struct step {
	char **arguments; /* owned */
	char *input, *pool, *volume; /* owned; may be NULL but for pool */
	bool of_network;	     /* whose name stands for the pool's */
};

struct storage_task {
	struct ui *ui;
	const struct storage_words *words;
	char *name; /* owned; NULL: each step is told by itself */
	struct step *steps; /* owned */
	size_t count, begun, at, failed;
	bool notes; /* what commands print behind their first lines is told */
	bool cancelled; /* by the user, in the list of jobs: that is no error */
	size_t references; /* commands that run, and whoever is about to begin one */
	char **undo; /* owned; NULL: nothing */
	struct error first; /* why the first failed */
	struct strbuf failures, warnings;
};

struct storage_task *storage_task_new(struct ui *ui, const struct storage_words *words, const char *name)
{
	struct storage_task *task = xcalloc(1, sizeof *task);

	task->ui = ui;
	task->words = words;
	task->name = xstrdup_null(name);
	return task;
}

void storage_task_add(struct storage_task *task, char **arguments, const char *input, const char *pool, const char *volume)
{
	*ARRAY_ADD(task->steps, task->count) = (struct step){ arguments, xstrdup_null(input), xstrdup(pool), xstrdup_null(volume), false };
}

void storage_task_add_network(struct storage_task *task, char **arguments, const char *input, const char *network)
{
	*ARRAY_ADD(task->steps, task->count) = (struct step){ arguments, xstrdup_null(input), xstrdup(network), NULL, true };
}

void storage_task_tell_notes(struct storage_task *task)
{
	task->notes = true;
}

void storage_task_undo(struct storage_task *task, char **arguments)
{
	strv_free(task->undo);
	task->undo = arguments;
}

void storage_task_free(struct storage_task *task)
{
	if (task == NULL)
		return;
	for (size_t i = 0; i < task->count; i++) {
		strv_free(task->steps[i].arguments);
		free(task->steps[i].input);
		free(task->steps[i].pool);
		free(task->steps[i].volume);
	}
	free(task->steps);
	free(task->name);
	strv_free(task->undo);
	error_clear(&task->first);
	strbuf_clear(&task->failures);
	strbuf_clear(&task->warnings);
	free(task);
}

static void release(void *userdata)
{
	struct storage_task *task = userdata;

	if (--task->references > 0)
		return;
	task->ui->waiting -= task->count - task->begun;
	storage_task_free(task);
}

static const char *step_name(const struct step *step)
{
	return step->volume != NULL ? step->volume : step->pool;
}

/* ---- the end ---- */

static void tell_failures(struct storage_task *task)
{
	const char *failed = _(task->words->failed);

	if (task->name != NULL || task->count == 1) {
		_cleanup_free_ char *title = strf("%s: %s", task->name != NULL ? task->name : step_name(&task->steps[0]), failed);

		ui_push(task->ui, dialog_error(title, &task->first));
		return;
	}
	_cleanup_free_ char *title = strf(_("%zu of %zu: %s"), task->failed, task->count, failed);

	ui_push(task->ui, dialog_message(title, STYLE_ERROR, task->failures.data));
}

static void tell(struct storage_task *task)
{
	size_t good = task->count - task->failed;
	const char *name = task->name != NULL ? task->name : step_name(&task->steps[0]);

	if (task->warnings.length > 0) {
		_cleanup_free_ char *title = strf("%s: %s", name, _(task->words->done));

		ui_push(task->ui, dialog_message(title, STYLE_PAUSED, task->warnings.data));
	}
	if (task->cancelled && task->failed == 1)
		ui_status(task->ui, STYLE_STATUS, _("%s: cancelled"), name);
	else if (task->failed > 0)
		tell_failures(task);
	if (task->failed == 0 && (task->name != NULL || task->count == 1))
		ui_status(task->ui, STYLE_STATUS, "%s: %s", name, _(task->words->done));
	else if (task->name == NULL && good > 0)
		ui_status(task->ui, STYLE_STATUS, "%zu: %s", good, _(task->words->done_many));
	ui_dirty(task->ui);
}

/* ---- one command after the other ---- */

static void say_busy(struct storage_task *task, const struct step *step, bool busy)
{
	if (step->of_network && busy)
		network_busy_begin(task->ui->networks, step->pool, task->words->busy);
	else if (step->of_network)
		network_busy_end(task->ui->networks, step->pool);
	else if (busy)
		storage_busy_begin(task->ui->storage, step->pool, step->volume, task->words->busy);
	else
		storage_busy_end(task->ui->storage, step->pool, step->volume);
}

static void begin(struct storage_task *task);

static void note_failure(struct storage_task *task, const struct step *step, const struct error *err)
{
	if (task->failed++ == 0) {
		error_set(&task->first, err->code, "%s", error_text(err));
		if (err->hint != NULL)
			error_hint(&task->first, "%s", err->hint);
	}
	strbuf_printf(&task->failures, _("%s: %s\n"), step_name(step), error_text(err));
	if (err->hint != NULL)
		strbuf_printf(&task->failures, _("   hint: %s\n"), err->hint);
}

static void undone(const struct job_result *result, void *userdata)
{
	struct storage_task *task = userdata;

	if (!result->ok)
		strbuf_printf(&task->warnings, "%s\n", error_text(&result->error));
	task->ui->stale = true;
	tell(task);
}

static void end(struct storage_task *task)
{
	/* what the first command made, another that needs it may have failed at */
	if (task->name != NULL && task->failed > 0 && task->at > 1 && task->undo != NULL &&
	    job_run(task->ui->jobs, (const char *const *)task->undo, undone, release, task, NULL))
		task->references++;
	else
		tell(task);
}

static void go_on(struct storage_task *task)
{
	if (task->at < task->count && (task->failed == 0 || task->name == NULL))
		begin(task);
	else
		end(task);
}

static void step_done(const struct job_result *result, void *userdata)
{
	struct storage_task *task = userdata;
	const struct step *step = &task->steps[task->at++];

	task->cancelled = !result->ok && step->volume != NULL && storage_was_cancelled(task->ui->storage, step->pool, step->volume);
	say_busy(task, step, false);
	task->ui->stale = true;
	if (!result->ok)
		note_failure(task, step, &result->error);
	else
		strbuf_puts(&task->warnings, result->warnings);
	/* of a change in several steps, what holds is what the last one says */
	if (result->ok && task->notes && (task->name == NULL || task->at == task->count) && strchr(result->output, '\n') != NULL)
		strbuf_printf(&task->warnings, "%s\n", strchr(result->output, '\n') + 1);
	go_on(task);
}

static void begin(struct storage_task *task)
{
	const struct step *step = &task->steps[task->at];
	_cleanup_error_ struct error err = ERROR_INIT;

	task->begun++;
	task->ui->waiting--;
	say_busy(task, step, true);
	if (job_run_input(task->ui->jobs, (const char *const *)step->arguments, step->input, NULL, step_done, release, task, &err)) {
		task->references++;
		return;
	}
	say_busy(task, step, false);
	task->at++;
	note_failure(task, step, &err);
	go_on(task);
}

void storage_task_run(struct storage_task *task)
{
	task->references++;
	task->ui->waiting += task->count;
	begin(task);
	ui_dirty(task->ui);
	release(task);
}

/* ---- after a question ---- */

static void confirmed(struct ui *ui, void *userdata)
{
	struct storage_task **task = userdata;

	(void)ui;
	storage_task_run(TAKE_POINTER(*task));
}

static void question_free(void *userdata)
{
	struct storage_task **task = userdata;

	storage_task_free(*task);
	free(task);
}

void storage_task_ask(struct storage_task *task, const char *title, const char *text, const char *yes)
{
	struct storage_task **question = xcalloc(1, sizeof(struct storage_task *));

	*question = task;
	ui_push(task->ui, dialog_confirm(title, text, yes, confirmed, question_free, question));
}
