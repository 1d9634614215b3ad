/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools' commands, as a table: what each needs and says. */
#include "tui/pool_actions.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tui/definition_edit.h"
#include "tui/row_actions.h"

#include <stdlib.h>

static const struct row_action actions[] = {
	{ COMMAND_START, NEED_OFF, "pool-start", NULL, { N_("starting"), N_("has started"), N_("have started"), N_("cannot start") } },
	{ COMMAND_STOP, NEED_ON, "pool-destroy", NULL, { N_("stopping"), N_("was stopped"), N_("were stopped"), N_("cannot be stopped") } },
	{ COMMAND_REFRESH, NEED_ON, "pool-refresh", NULL, { N_("refreshing"), N_("is up to date"), N_("are up to date"), N_("cannot be looked into") } },
	{ COMMAND_AUTOSTART, NEED_UNMARKED, "pool-autostart", NULL,
	  { N_("marking"), N_("starts with the host from now on"), N_("start with the host from now on"), N_("cannot be started with the host") } },
	{ COMMAND_AUTOSTART, NEED_MARKED, "pool-autostart", "--disable",
	  { N_("marking"), N_("no longer starts with the host"), N_("no longer start with the host"),
	    N_("cannot be taken from those that start with the host") } },
	{ COMMAND_EDIT, NEED_KEPT, NULL, NULL, { NULL, NULL, NULL, NULL } },
	{ COMMAND_DELETE, NEED_ANY, NULL, NULL, { NULL, NULL, NULL, NULL } },
};

/* Why not; NULL: it can be done. */
static const char *lacks(const struct ui *ui, const struct row_action *action, size_t item)
{
	const struct pool_row *pool = &ui->storage->pools[item];

	if (storage_busy_word(ui->storage, pool->name, NULL) != NULL)
		return _("the pool is being seen to already");
	switch (action->need) {
	case NEED_OFF:
		return pool->active ? _("the pool is active already") : NULL;
	case NEED_ON:
		return pool->active ? NULL : _("the pool is not active: s starts it");
	case NEED_UNMARKED:
	case NEED_MARKED:
	case NEED_KEPT:
		if (!pool->persistent)
			return _("the pool is gone when it stops: it has no stored definition");
		if (action->need == NEED_UNMARKED)
			return pool->autostart ? _("the pool starts with the host already") : NULL;
		return action->need == NEED_KEPT || pool->autostart ? NULL : _("the pool does not start with the host");
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
		const struct pool_row *pool = &ui->storage->pools[items[i]];
		char **arguments = storage_command(action->verb, pool->name, NULL);

		if (action->option != NULL)
			arguments = strv_add(arguments, action->option);
		storage_task_add(task, arguments, NULL, pool->name, NULL);
	}
	return task;
}

/* Machines that run keep what they have open; what is mounted for them may refuse to go. */
static void ask_to_stop(struct ui *ui, struct storage_task *task, const size_t *items, size_t count)
{
	struct strbuf names = STRBUF_INIT;

	for (size_t i = 0; i < count; i++)
		strbuf_printf(&names, "%s%s", i > 0 ? ", " : "", ui->storage->pools[items[i]].name);
	_cleanup_free_ char *title = count == 1 ? strf(_("%s: stop?"), names.data) : strf(_("%zu pools: stop?"), count);
	_cleanup_free_ char *text =
		strf(_("%s: volumes and definition stay as they are. What was mounted is unmounted, who was logged in to is left. Machines "
		       "whose disks are in it cannot start until it is started again."),
		     names.data);

	storage_task_ask(task, title, text, _("Stop"));
	strbuf_clear(&names);
}

/* Owned; NULL: it cannot be read, or the pool is no more. */
static char *definition_of(struct ui *ui, const char *uuid)
{
	struct pool_row row = { 0 };
	char *text = pool_find(ui->manager, uuid, &row, NULL) ? pool_xml(ui->manager, &row, true, NULL) : NULL;

	pool_row_clear(&row);
	return text;
}

static void act(struct ui *ui, const struct row_action *action, const size_t *items, size_t count)
{
	if (action->command == COMMAND_EDIT) {
		const struct pool_row *pool = &ui->storage->pools[items[0]];
		_cleanup_strv_ char **arguments = storage_command("pool-edit", pool->name, NULL);

		definition_edit(ui, arguments, pool->name, pool->uuid, definition_of);
		return;
	}
	if (action->command == COMMAND_DELETE) {
		pool_delete_ask(ui, &ui->storage->pools[items[0]]);
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
	.one_at_a_time = N_("one pool at a time: u takes the marks away"),
	.lacks = lacks,
	.act = act,
};

const char *pool_refusal(const struct storage_model *model, const size_t *items, size_t count, enum command command)
{
	return row_actions_refusal(&set, model->ui, items, count, command);
}

bool pool_act(struct ui *ui, const size_t *items, size_t count, enum command command)
{
	return row_actions_do(&set, ui, items, count, command);
}
