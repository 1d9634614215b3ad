/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks' commands, as a table: what each needs and says. */
#include "tui/network_actions.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tui/definition_edit.h"
#include "tui/row_actions.h"

#include <stdlib.h>

static const struct row_action actions[] = {
	{ COMMAND_START, NEED_OFF, "net-start", NULL, { N_("starting"), N_("has started"), N_("have started"), N_("cannot start") } },
	{ COMMAND_STOP, NEED_ON, "net-destroy", NULL, { N_("stopping"), N_("was stopped"), N_("were stopped"), N_("cannot be stopped") } },
	{ COMMAND_AUTOSTART, NEED_UNMARKED, "net-autostart", NULL,
	  { N_("marking"), N_("starts by itself from now on"), N_("start by themselves from now on"), N_("cannot be started by itself") } },
	{ COMMAND_AUTOSTART, NEED_MARKED, "net-autostart", "--disable",
	  { N_("marking"), N_("no longer starts by itself"), N_("no longer start by themselves"),
	    N_("cannot be taken from those that start by themselves") } },
	{ COMMAND_EDIT, NEED_KEPT, NULL, NULL, { NULL, NULL, NULL, NULL } },
	{ COMMAND_DELETE, NEED_ANY, NULL, NULL, { NULL, NULL, NULL, NULL } },
};

char **network_command(const char *verb, const char *network)
{
	return strv_addf(strv_add(NULL, verb), "--network=%s", network);
}

/* Why not; NULL: it can be done. */
static const char *lacks(const struct ui *ui, const struct row_action *action, size_t item)
{
	const struct network_model *model = ui->networks;
	const struct network_row *row = &model->rows[item];

	if (network_busy_word(model, row->name) != NULL)
		return _("the network is being seen to already");
	switch (action->need) {
	case NEED_OFF:
		if (row->active) /* a start puts back what somebody has taken away */
			return network_lacks_rules(row) ? NULL : _("the network is active already");
		return model->facts[item].own_bridge ? model->hindrance : NULL;
	case NEED_ON:
		return row->active || row->half ? NULL : _("the network is not active: s starts it");
	case NEED_UNMARKED:
	case NEED_MARKED:
	case NEED_KEPT:
		if (!row->persistent)
			return _("the network is gone when it stops: it has no stored definition");
		if (action->need == NEED_UNMARKED)
			return row->autostart ? _("the network starts by itself already") : NULL;
		return action->need == NEED_KEPT || row->autostart ? NULL : _("the network does not start by itself");
	case NEED_ANY:
		break;
	}
	return NULL;
}

/* ---- doing it ---- */

static struct storage_task *task_for(struct ui *ui, const struct row_action *action, const size_t *items, size_t count)
{
	struct storage_task *task = storage_task_new(ui, &action->words, NULL);

	for (size_t i = 0; i < count; i++) {
		const struct network_row *row = &ui->networks->rows[items[i]];
		char **arguments = network_command(action->verb, row->name);

		if (action->option != NULL)
			arguments = strv_add(arguments, action->option);
		storage_task_add_network(task, arguments, NULL, row->name);
	}
	return task;
}

/* "lab, office". Owned. */
static char *names_of(const struct ui *ui, const size_t *items, size_t count)
{
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < count; i++)
		names = strv_add(names, ui->networks->rows[items[i]].name);
	return strv_join(names, ", ");
}

/* Who loses what, a line for each network. Owned. */
static char *who_is_cut_off(const struct ui *ui, const size_t *items, size_t count)
{
	struct strbuf text = STRBUF_INIT;

	for (size_t i = 0; i < count; i++) {
		const struct network_row *row = &ui->networks->rows[items[i]];
		_cleanup_free_ char *running = network_running_text(ui->networks, row);

		if (running == NULL)
			strbuf_printf(&text, _("%s: no machine that runs is on it.\n"), row->name);
		else if (ui->networks->facts[items[i]].own_bridge)
			strbuf_printf(&text, _("%s: these machines run on, and are cut off until it is started again: %s.\n"), row->name, running);
		else
			strbuf_printf(&text, _("%s: these machines run on, and keep what they have: %s.\n"), row->name, running);
	}
	return strbuf_take(&text);
}

static void ask_to_stop(struct ui *ui, struct storage_task *task, const size_t *items, size_t count)
{
	_cleanup_free_ char *names = names_of(ui, items, count), *cut_off = who_is_cut_off(ui, items, count);
	_cleanup_free_ char *title = count == 1 ? strf(_("%s: stop?"), names) : strf(_("%zu networks: stop?"), count);
	_cleanup_free_ char *text =
		strf(_("%s\nDefinitions stay. Machines that need it cannot start until it is started again, unless it starts by itself."), cut_off);

	storage_task_ask(task, title, text, _("Stop"));
}

static const struct storage_words delete_words = { N_("deleting"), N_("is deleted"), NULL, N_("cannot be deleted") };

static void ask_to_delete(struct ui *ui, const struct network_row *row, const struct network_facts *facts)
{
	struct storage_task *task = storage_task_new(ui, &delete_words, row->name);
	_cleanup_free_ char *title = strf(_("%s: delete?"), row->name);
	_cleanup_free_ char *who = facts->who == NULL ? xstrdup(_("No machine is on it.")) :
							strf(_("These machines have a card on it, and cannot start without it: %s."), facts->who);
	_cleanup_free_ char *text = strf(_("%s %s This cannot be undone."), who,
					 row->active ? _("It is stopped, which cuts off who is on it, and its definition goes.") :
						       _("Its definition goes."));

	if (row->active || row->half)
		storage_task_add_network(task, network_command("net-destroy", row->name), NULL, row->name);
	/* a transient one is gone by then */
	if (row->persistent)
		storage_task_add_network(task, network_command("net-undefine", row->name), NULL, row->name);
	storage_task_ask(task, title, text, _("Delete"));
}

/* Owned; NULL: it cannot be read, or the network is no more. */
static char *definition_of(struct ui *ui, const char *uuid)
{
	struct network_row row = { 0 };
	char *text = network_find(ui->manager, uuid, &row, NULL) ? network_xml(ui->manager, &row, true, NULL) : NULL;

	network_row_clear(&row);
	return text;
}

static void act(struct ui *ui, const struct row_action *action, const size_t *items, size_t count)
{
	if (action->command == COMMAND_EDIT) {
		const struct network_row *row = &ui->networks->rows[items[0]];
		_cleanup_strv_ char **arguments = network_command("net-edit", row->name);

		definition_edit(ui, arguments, row->name, row->uuid, definition_of);
		return;
	}
	if (action->command == COMMAND_DELETE) {
		ask_to_delete(ui, &ui->networks->rows[items[0]], &ui->networks->facts[items[0]]);
		return;
	}
	struct storage_task *task = task_for(ui, action, items, count);

	if (action->command == COMMAND_STOP)
		ask_to_stop(ui, task, items, count);
	else
		storage_task_run(task);
}

static const struct row_actions set = {
	.actions = actions,
	.count = ARRAY_LENGTH(actions),
	.one_at_a_time = N_("one network at a time: u takes the marks away"),
	.lacks = lacks,
	.act = act,
};

const char *network_refusal(const struct network_model *model, const size_t *items, size_t count, enum command command)
{
	return row_actions_refusal(&set, model->ui, items, count, command);
}

bool network_act(struct ui *ui, const size_t *items, size_t count, enum command command)
{
	return row_actions_do(&set, ui, items, count, command);
}
