/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines' commands, as a table: what each needs, says and asks. */
#include "tui/actions.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tui/dialog.h"
#include "tui/rename.h"
#include "tui/screen_autostart.h"
#include "tui/screen_delete.h"

#include <stdlib.h>

/* What a machine must be for an action. */
enum need { NEED_OFF, NEED_ACTIVE, NEED_RUNNING, NEED_PAUSED, NEED_KEPT_OFF, NEED_KEPT, NEED_UNMARKED, NEED_MARKED };

struct action {
	enum command command;
	enum need need;
	struct batch_words words;
	const char *title, *loses, *yes; /* the question and what is lost, N_(); NULL: does not ask */
};

/* Where a command has several rows, the first that a machine can take is meant. */
static const struct action actions[] = {
	{ COMMAND_START, NEED_OFF, { "start", NULL, N_("starting"), N_("has started"), N_("have started"), N_("cannot start") }, NULL, NULL, NULL },
	{ COMMAND_SHUTDOWN, NEED_ACTIVE,
	  { "shutdown", NULL, N_("asking"), N_("was asked to shut down; the guest decides when"),
	    N_("were asked to shut down; the guests decide when"), N_("cannot be asked to shut down") }, NULL, NULL, NULL },
	{ COMMAND_PAUSE, NEED_RUNNING, { "suspend", NULL, N_("pausing"), N_("stands still"), N_("stand still"), N_("cannot be paused") }, NULL, NULL, NULL },
	{ COMMAND_PAUSE, NEED_PAUSED, { "resume", NULL, N_("resuming"), N_("goes on"), N_("go on"), N_("cannot go on") }, NULL, NULL, NULL },
	{ COMMAND_REBOOT, NEED_RUNNING,
	  { "reboot", NULL, N_("asking"), N_("was asked to reboot; the guest decides when"), N_("were asked to reboot; the guests decide when"),
	    N_("cannot be asked to reboot") }, NULL, NULL, NULL },
	{ COMMAND_RESET, NEED_ACTIVE, { "reset", NULL, N_("resetting"), N_("was reset"), N_("were reset"), N_("cannot be reset") },
	  N_("reset?"),
	  N_("The machine begins anew at once, as by its reset button: the guest is not asked. What it has not yet written to disk is lost, and its "
	     "file systems may need a check.\n\n'Reboot' asks the guest instead."),
	  N_("Reset") },
	{ COMMAND_FORCE_OFF, NEED_ACTIVE, { "destroy", NULL, N_("forcing off"), N_("was forced off"), N_("were forced off"), N_("cannot be forced off") },
	  N_("force off?"),
	  N_("The machine stops at once, as when a plug is pulled. What its guest has not yet written to disk is lost, and its file systems may "
	     "need a check. Its disks and its definition stay.\n\n'Stop' asks the guest instead."),
	  N_("Force off") },
	{ COMMAND_RENAME, NEED_KEPT_OFF, { "domrename", NULL, N_("renaming"), N_("has another name"), N_("have other names"), N_("cannot be renamed") },
	  NULL, NULL, NULL },
	{ COMMAND_DELETE, NEED_KEPT_OFF, { "undefine", NULL, N_("deleting"), N_("is deleted"), N_("are deleted"), N_("cannot be deleted") },
	  NULL, NULL, NULL },
	{ COMMAND_AUTOSTART, NEED_UNMARKED,
	  { "autostart", NULL, N_("marking"), N_("starts with the host from now on"), N_("start with the host from now on"),
	    N_("cannot be started with the host") }, NULL, NULL, NULL },
	{ COMMAND_AUTOSTART, NEED_MARKED,
	  { "autostart", "--disable", N_("marking"), N_("no longer starts with the host"), N_("no longer start with the host"),
	    N_("cannot be taken from those that start with the host") }, NULL, NULL, NULL },
	{ COMMAND_AUTOSTART_WHEN, NEED_KEPT,
	  { "autostart", NULL, N_("marking"), N_("starts with the host from now on"), N_("start with the host from now on"),
	    N_("cannot be started with the host") }, NULL, NULL, NULL },
};

/* Why not; NULL: it can be done. */
static const char *lacks(const struct action *action, const struct machine *machine, const struct figures *figures)
{
	bool active = machine_is_active(machine);
	bool paused = machine->state == RUN_PAUSED;

	if (figures->busy != NULL)
		return _("the machine is being seen to already");
	switch (action->need) {
	case NEED_OFF:
		return active ? _("the machine runs already") : NULL;
	case NEED_ACTIVE:
		return active ? NULL : _("the machine is off already");
	case NEED_RUNNING:
		return !active ? _("the machine is off") : paused ? _("the machine is paused: it must go on first") : NULL;
	case NEED_PAUSED:
		return !active ? _("the machine is off") : !paused ? _("the machine is not paused") : NULL;
	case NEED_KEPT_OFF:
		return active ? _("the machine runs: it must be off for that") : NULL;
	case NEED_KEPT:
	case NEED_UNMARKED:
	case NEED_MARKED:
		if (!machine->persistent)
			return _("the machine is gone when it stops: it has no definition to start from");
		if (action->need == NEED_KEPT)
			return NULL;
		if (action->need == NEED_MARKED)
			return machine->autostart ? NULL : _("the machine does not start with the host");
		return machine->autostart ? _("the machine starts with the host already") : NULL;
	}
	return NULL;
}

const char *action_refusal_all(const struct model *model, const size_t *indices, size_t count, enum command command)
{
	const char *why = NULL;

	if (command == COMMAND_RENAME && count > 1)
		return _("one machine at a time is renamed: take the marks away first");
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
		for (size_t j = 0; actions[i].command == command && j < count; j++) {
			const char *lack = lacks(&actions[i], &model->machines[indices[j]], &model->figures[indices[j]]);

			if (lack == NULL)
				return NULL;
			why = why != NULL ? why : lack;
		}
	return why;
}

const char *action_refusal(const struct machine *machine, const struct figures *figures, enum command command)
{
	const char *why = NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++) {
		const char *lack = actions[i].command == command ? lacks(&actions[i], machine, figures) : NULL;

		if (actions[i].command == command && lack == NULL)
			return NULL;
		why = why != NULL ? why : lack;
	}
	return why;
}

/* What is to be done once the user has said yes. */
struct question {
	const struct action *action;
	struct batch_target *targets; /* owned until then */
	size_t count, left_alone;
};

static void question_free(void *userdata)
{
	struct question *question = userdata;

	batch_targets_free(question->targets, question->count);
	free(question);
}

static void confirmed(struct ui *ui, void *userdata)
{
	struct question *question = userdata;

	batch_run(ui, &question->action->words, TAKE_POINTER(question->targets), question->count, question->left_alone);
}

/* "3 machines: reset?" with what is lost and their names. */
static void ask(struct ui *ui, const struct action *action, struct batch_target *targets, size_t count, size_t left_alone)
{
	struct question *question = xcalloc(1, sizeof *question);
	struct strbuf text = STRBUF_INIT;

	*question = (struct question){ action, targets, count, left_alone };
	if (count > 1) {
		strbuf_printf(&text, _("Machines: %s"), targets[0].name);
		for (size_t i = 1; i < count; i++)
			strbuf_printf(&text, ", %s", targets[i].name);
		strbuf_puts(&text, "\n");
	}
	if (left_alone > 0)
		strbuf_printf(&text, ngettext("%zu more that is marked is left alone.\n", "%zu more that are marked are left alone.\n", left_alone),
			      left_alone);
	if (text.length > 0)
		strbuf_puts(&text, "\n");
	strbuf_puts(&text, _(action->loses));
	_cleanup_free_ char *words = strbuf_take(&text);
	_cleanup_free_ char *title = count == 1 ? strf("%s: %s", targets[0].name, _(action->title)) :
						  strf(ngettext("%zu machine: %s", "%zu machines: %s", count), count, _(action->title));

	ui_push(ui, dialog_confirm(title, words, _(action->yes), confirmed, question_free, question));
}

static const struct action *find_action(enum command command)
{
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++)
		if (actions[i].command == command)
			return &actions[i];
	return NULL;
}

const struct batch_words *action_words(enum command command)
{
	const struct action *action = find_action(command);

	return action != NULL ? &action->words : NULL;
}

static void do_with(struct ui *ui, const struct action *action, const size_t *fit, size_t count, size_t left_alone)
{
	if (action->command == COMMAND_DELETE) {
		ui_push(ui, delete_screen(ui, fit, count));
		return;
	}
	if (action->command == COMMAND_AUTOSTART_WHEN) {
		ui_push(ui, autostart_screen(ui, fit, count));
		return;
	}
	struct batch_target *targets = batch_targets(ui->model, fit, count);

	if (action->command == COMMAND_RENAME)
		rename_ask(ui, targets);
	else if (action->title != NULL)
		ask(ui, action, targets, count, left_alone);
	else
		batch_run(ui, &action->words, targets, count, left_alone);
}

bool action_run_all(struct ui *ui, const size_t *indices, size_t count, enum command command)
{
	_cleanup_free_ size_t *fit = xcalloc(count + 1, sizeof *fit);

	if (find_action(command) == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++) {
		size_t fitting = 0;

		for (size_t j = 0; actions[i].command == command && j < count; j++)
			if (lacks(&actions[i], &ui->model->machines[indices[j]], &ui->model->figures[indices[j]]) == NULL)
				fit[fitting++] = indices[j];
		if (fitting > 0) {
			do_with(ui, &actions[i], fit, fitting, count - fitting);
			break;
		}
	}
	return true;
}

bool action_run(struct ui *ui, const struct machine *machine, enum command command)
{
	size_t index = model_find(ui->model, machine->id);

	return index < ui->model->count && action_run_all(ui, &index, 1, command);
}

static const char *const state_words[RUN_STATE_COUNT] = {
	[RUN_NOSTATE] = N_("unknown"),	  [RUN_RUNNING] = N_("running"),   [RUN_BLOCKED] = N_("running"),
	[RUN_PAUSED] = N_("paused"),	  [RUN_SHUTDOWN] = N_("stopping"), [RUN_SHUTOFF] = N_("shut off"),
	[RUN_CRASHED] = N_("crashed"),	  [RUN_PMSUSPENDED] = N_("asleep"),
};

static const enum style state_styles[RUN_STATE_COUNT] = {
	[RUN_NOSTATE] = STYLE_DIM,	[RUN_RUNNING] = STYLE_RUNNING, [RUN_BLOCKED] = STYLE_RUNNING,
	[RUN_PAUSED] = STYLE_PAUSED,	[RUN_SHUTDOWN] = STYLE_PAUSED, [RUN_SHUTOFF] = STYLE_DIM,
	[RUN_CRASHED] = STYLE_CRASHED,	[RUN_PMSUSPENDED] = STYLE_PAUSED,
};

const char *action_state_word(const struct machine *machine, const struct figures *figures, enum style *ret_style)
{
	*ret_style = STYLE_BUSY;
	if (figures->busy != NULL)
		return _(figures->busy);
	if (machine->truth == TRUTH_STARTING)
		return _("starting");
	if (figures->asked_to_stop) {
		*ret_style = STYLE_PAUSED;
		return _("stopping");
	}
	*ret_style = state_styles[machine->state];
	return _(state_words[machine->state]);
}
