/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Machines' commands, as a table, and their jobs. */
#include "tui/actions.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "tui/dialog.h"
#include "tui/job.h"

#include <stdlib.h>

struct action {
	enum command command;
	const char *verb;   /* of the command line */
	const char *busy;   /* the state while it runs, N_() */
	const char *done;   /* after "NAME: ", N_() */
	const char *failed; /* after "NAME: ", N_() */
	const char *title, *loses, *yes; /* the question and what is lost, N_(); NULL: does not ask */
};

static const struct action actions[] = {
	{ COMMAND_START, "start", N_("starting"), N_("has started"), N_("cannot start"), NULL, NULL, NULL },
	{ COMMAND_SHUTDOWN, "shutdown", N_("asking"), N_("was asked to shut down; the guest decides when"),
	  N_("cannot be asked to shut down"), NULL, NULL, NULL },
	{ COMMAND_FORCE_OFF, "destroy", N_("forcing off"), N_("was forced off"), N_("cannot be forced off"),
	  N_("force off?"),
	  N_("The machine stops at once, as when a plug is pulled. What its guest has not yet written to disk is lost, and its file systems may "
	     "need a check. Its disks and its definition stay.\n\n'Shut down' asks the guest instead."),
	  N_("Force off") },
};

/* A machine and what is done with it: outlives the row of the list. */
struct order {
	struct ui *ui;
	const struct action *action;
	int64_t id;
	char *name, *uuid; /* owned */
};

static void order_free(void *userdata)
{
	struct order *order = userdata;

	free(order->name);
	free(order->uuid);
	free(order);
}

static struct order *order_new(struct ui *ui, const struct action *action, const struct machine *machine)
{
	struct order *order = xcalloc(1, sizeof *order);

	order->ui = ui;
	order->action = action;
	order->id = machine->id;
	order->name = xstrdup(machine->name);
	order->uuid = xstrdup(machine->uuid);
	return order;
}

static void show_failure(const struct order *order, const struct error *err)
{
	_cleanup_free_ char *title = strf("%s: %s", order->name, _(order->action->failed));

	ui_push(order->ui, dialog_error(title, err));
}

static void order_done(const struct job_result *result, void *userdata)
{
	struct order *order = userdata;

	model_set_busy(order->ui->model, order->id, NULL);
	order->ui->stale = true;
	if (result->ok)
		ui_status(order->ui, STYLE_STATUS, "%s: %s", order->name, _(order->action->done));
	else
		show_failure(order, &result->error);
	ui_dirty(order->ui);
}

/* Takes the order over. */
static void give(struct order *order)
{
	/* by UUID: a name may look like an option, or like another machine's number */
	const char *const arguments[] = { order->action->verb, "--domain", order->uuid, NULL };
	_cleanup_error_ struct error err = ERROR_INIT;

	if (job_run(order->ui->jobs, arguments, order_done, order_free, order, &err)) {
		model_set_busy(order->ui->model, order->id, order->action->busy);
		ui_dirty(order->ui);
		return;
	}
	show_failure(order, &err);
	order_free(order);
}

static void confirmed(struct ui *ui, void *userdata)
{
	struct order *asked = userdata;
	const struct machine machine = { .id = asked->id, .name = asked->name, .uuid = asked->uuid };

	give(order_new(ui, asked->action, &machine));
}

bool action_run(struct ui *ui, const struct machine *machine, enum command command)
{
	for (size_t i = 0; i < ARRAY_LENGTH(actions); i++) {
		const struct action *action = &actions[i];

		if (action->command != command)
			continue;
		struct order *order = order_new(ui, action, machine);

		if (action->title == NULL) {
			give(order);
			return true;
		}
		_cleanup_free_ char *title = strf("%s: %s", machine->name, _(action->title));

		ui_push(ui, dialog_confirm(title, _(action->loses), _(action->yes), confirmed, order_free, order));
		return true;
	}
	return false;
}

const char *action_refusal(const struct machine *machine, const struct figures *figures, enum command command)
{
	bool active = machine_is_active(machine);

	switch ((int)command) {
	case COMMAND_START:
	case COMMAND_SHUTDOWN:
	case COMMAND_FORCE_OFF:
		if (figures->busy != NULL)
			return _("the machine is being seen to already");
		if (command == COMMAND_START && active)
			return _("the machine runs already");
		if (command != COMMAND_START && !active)
			return _("the machine is off already");
		return NULL;
	default:
		return NULL;
	}
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
	*ret_style = state_styles[machine->state];
	return _(state_words[machine->state]);
}
