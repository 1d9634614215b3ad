/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands for several machines, as child processes. */
#include "tui/batch.h"

#include "base/clock.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "core/last_words.h"
#include "tui/dialog.h"
#include "tui/job.h"

#include <stdlib.h>
#include <string.h>

#define MOST_AT_ONCE 4

struct batch;

struct order {
	struct batch *batch;
	struct batch_target *target; /* one of the batch's */
};

struct batch {
	struct ui *ui;
	const struct batch_words *words;
	struct batch_target *targets; /* owned */
	struct order *orders;         /* owned, one for each */
	size_t count, left_alone;
	size_t next;       /* the first that has not begun */
	size_t running;
	size_t references; /* jobs, and whoever is about to begin some */
	size_t failed;
	int64_t begun_ms;   /* wall clock */
	struct error first; /* why the first failed */
	struct strbuf failures;
	struct strbuf warnings;
};

struct batch_target *batch_targets(const struct model *model, const size_t *indices, size_t count)
{
	struct batch_target *targets = xcalloc(count + 1, sizeof *targets);

	for (size_t i = 0; i < count; i++) {
		const struct machine *machine = &model->machines[indices[i]];

		targets[i].id = machine->id;
		targets[i].name = xstrdup(machine->name);
		targets[i].uuid = xstrdup(machine->uuid);
	}
	return targets;
}

void batch_targets_free(struct batch_target *targets, size_t count)
{
	for (size_t i = 0; targets != NULL && i < count; i++) {
		free(targets[i].name);
		free(targets[i].uuid);
		strv_free(targets[i].extra);
		free(targets[i].input);
	}
	free(targets);
}

static void release(struct batch *batch)
{
	if (--batch->references > 0)
		return;
	batch->ui->waiting -= batch->count - batch->next;
	batch_targets_free(batch->targets, batch->count);
	free(batch->orders);
	error_clear(&batch->first);
	strbuf_clear(&batch->failures);
	strbuf_clear(&batch->warnings);
	free(batch);
}

static void order_free(void *userdata)
{
	struct order *order = userdata;

	release(order->batch);
}

/* A start that failed: all that QEMU said, not the one line of the error. */
static void note_last_words(struct batch *batch, const struct batch_target *target)
{
	_cleanup_free_ char *words = start_last_words(batch->ui->manager, target->id, batch->begun_ms);

	if (words != NULL)
		strbuf_printf(&batch->failures, _("QEMU ended, and its last words were:\n%s\n"), words);
}

static void note_failure(struct batch *batch, const struct batch_target *target, const struct error *err)
{
	if (batch->failed++ == 0) {
		error_set(&batch->first, err->code, "%s", error_text(err));
		if (err->hint != NULL)
			error_hint(&batch->first, "%s", err->hint);
	}
	if (batch->count > 1) {
		strbuf_printf(&batch->failures, _("%s: %s\n"), target->name, error_text(err));
		if (err->hint != NULL)
			strbuf_printf(&batch->failures, _("   hint: %s\n"), err->hint);
	}
	note_last_words(batch, target);
}

static void tell_failures(struct batch *batch)
{
	const char *failed = _(batch->words->failed);

	if (batch->count == 1) {
		_cleanup_free_ char *title = strf("%s: %s", batch->targets[0].name, failed);

		ui_push(batch->ui, dialog_error_more(title, &batch->first, batch->failures.data));
		return;
	}
	_cleanup_free_ char *title = strf(ngettext("%zu of %zu machine: %s", "%zu of %zu machines: %s", batch->count), batch->failed, batch->count, failed);

	ui_push(batch->ui, dialog_message(title, STYLE_ERROR, batch->failures.data));
}

/* It was done, but: each warning on a line, behind its machine's name where there are several. */
static void note_warnings(struct batch *batch, const struct batch_target *target, const char *warnings)
{
	while (*warnings != '\0') {
		int length = (int)strcspn(warnings, "\n");

		if (batch->count > 1)
			strbuf_printf(&batch->warnings, "%s: ", target->name);
		strbuf_printf(&batch->warnings, "%.*s\n", length, warnings);
		warnings += length + (warnings[length] == '\n');
	}
}

static void tell_warnings(struct batch *batch)
{
	_cleanup_free_ char *title = batch->count == 1 ? strf("%s: %s", batch->targets[0].name, _(batch->words->done)) :
							 strf("%zu: %s", batch->count - batch->failed, _(batch->words->done_many));

	ui_push(batch->ui, dialog_message(title, STYLE_PAUSED, batch->warnings.data));
}

static void tell(struct batch *batch)
{
	size_t good = batch->count - batch->failed;

	if (batch->warnings.length > 0)
		tell_warnings(batch);
	if (batch->failed > 0)
		tell_failures(batch);
	_cleanup_free_ char *rest = batch->left_alone > 0 ? strf(_(" (%zu left alone)"), batch->left_alone) : xstrdup("");

	if (batch->count == 1 && good == 1)
		ui_status(batch->ui, STYLE_STATUS, "%s: %s%s", batch->targets[0].name, _(batch->words->done), rest);
	else if (good > 0)
		ui_status(batch->ui, STYLE_STATUS, ngettext("%zu machine: %s%s", "%zu machines: %s%s", good), good, _(batch->words->done_many), rest);
	ui_dirty(batch->ui);
}

static void begin_more(struct batch *batch);

static void order_done(const struct job_result *result, void *userdata)
{
	struct order *order = userdata;
	struct batch *batch = order->batch;

	batch->running--;
	model_set_busy(batch->ui->model, order->target->id, NULL);
	batch->ui->stale = true;
	if (!result->ok)
		note_failure(batch, order->target, &result->error);
	else
		note_warnings(batch, order->target, result->warnings);
	begin_more(batch);
	if (batch->running == 0)
		tell(batch);
	ui_dirty(batch->ui);
}

static bool begin(struct batch *batch, struct order *order, struct error *err)
{
	/* by UUID: a name may look like an option, or like another machine's number */
	_cleanup_strv_ char **arguments = strv_add(NULL, batch->words->verb);

	arguments = strv_add(arguments, "--domain");
	arguments = strv_add(arguments, order->target->uuid);
	if (batch->words->option != NULL)
		arguments = strv_add(arguments, batch->words->option);
	for (size_t i = 0; order->target->extra != NULL && order->target->extra[i] != NULL; i++)
		arguments = strv_add(arguments, order->target->extra[i]);
	return job_run_input(batch->ui->jobs, (const char *const *)arguments, order->target->input, NULL, order_done, order_free, order, err);
}

static void begin_more(struct batch *batch)
{
	while (batch->next < batch->count && batch->running < MOST_AT_ONCE) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct order *order = &batch->orders[batch->next++];

		batch->ui->waiting--;
		if (begin(batch, order, &err)) {
			batch->running++;
			batch->references++;
			continue;
		}
		model_set_busy(batch->ui->model, order->target->id, NULL);
		note_failure(batch, order->target, &err);
	}
}

void batch_run(struct ui *ui, const struct batch_words *words, struct batch_target *targets, size_t count, size_t left_alone)
{
	struct batch *batch = xcalloc(1, sizeof *batch);

	*batch = (struct batch){ .ui = ui, .words = words, .targets = targets, .count = count, .left_alone = left_alone, .references = 1,
				 .begun_ms = clock_wall_ms() };
	batch->orders = xcalloc(count + 1, sizeof *batch->orders);
	for (size_t i = 0; i < count; i++) {
		batch->orders[i] = (struct order){ batch, &targets[i] };
		model_set_busy(ui->model, targets[i].id, words->busy);
	}
	ui->waiting += count;
	begin_more(batch);
	if (batch->running == 0 && count > 0)
		tell(batch);
	ui_dirty(ui);
	release(batch);
}
