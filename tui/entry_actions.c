/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with what lies in a network: changed, reserved, taken away, copied. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tui/network_actions.h"
#include "tui/storage_task.h"
#include "tui/terminal.h"

#include <stdlib.h>
#include <string.h>

/* ---- taking away ---- */

static const struct storage_words delete_words = { N_("changing"), N_("is changed"), N_("are changed"), N_("cannot be changed") };

/* "web1, 192.168.122.50". Owned. */
static char *entry_text(const struct network_entry *entry)
{
	const char *who = entry->who != NULL ? entry->who : entry->mac != NULL ? entry->mac : entry->id;

	if (who == NULL || entry->address == NULL)
		return xstrdup(who != NULL ? who : entry->address);
	return strf("%s, %s", who, entry->address);
}

static const char *kind_text(enum entry_kind kind)
{
	return kind == ENTRY_RESERVED ? _("The reservation goes; who has the address keeps it until the lease runs out.") :
	       kind == ENTRY_FORWARD  ? _("The port of the host leads to the machine no more.") :
					_("The name goes.");
}

static void ask_to_delete(struct ui *ui, const struct entry_choice *choice)
{
	struct storage_task *task = storage_task_new(ui, &delete_words, choice->row->name);
	struct strbuf text = STRBUF_INIT;
	_cleanup_free_ char *title = NULL;
	size_t count = 0;

	for (size_t i = 0; i < choice->count; i++) {
		const struct network_entry *entry = &choice->set->entries[choice->items[i]];
		_cleanup_free_ char *name = entry_text(entry);

		if (entry->kind == ENTRY_LEASE)
			continue;
		if (count++ == 0)
			title = strf(_("%s: delete?"), name);
		strbuf_printf(&text, "%s: %s\n", name, kind_text(entry->kind));
		storage_task_add_network(task,
					 entry->kind == ENTRY_FORWARD ? forward_command(entry->who, "delete", entry->proto, entry->forward) :
									entry_update_command(choice->row, entry, "delete", entry->where),
					 NULL, choice->row->name);
	}
	if (count > 1) {
		free(title);
		title = strf(_("%zu entries: delete?"), count);
	}
	storage_task_ask(task, title, text.data, _("Delete"));
	strbuf_clear(&text);
}

/* ---- what can be done ---- */

static bool any_of(const struct entry_choice *choice, bool lease)
{
	for (size_t i = 0; i < choice->count; i++)
		if ((choice->set->entries[choice->items[i]].kind == ENTRY_LEASE) == lease)
			return true;
	return false;
}

const char *entry_refusal(const struct ui *ui, const struct entry_choice *choice, enum command command)
{
	const struct network_entry *entry = choice->count > 0 ? &choice->set->entries[choice->items[0]] : NULL;
	const struct network_facts *facts = &ui->networks->facts[choice->row - ui->networks->rows];
	bool changes = command == COMMAND_NEW || command == COMMAND_FORWARD || command == COMMAND_HOST_NAME || command == COMMAND_EDIT ||
		       command == COMMAND_RESERVE || command == COMMAND_DELETE;

	if (changes && network_busy_word(ui->networks, choice->row->name) != NULL)
		return _("the network is being seen to already");
	if (changes && !facts->own_bridge)
		return _("others hand out addresses there: virtty only has guests join it");
	if ((command == COMMAND_NEW || command == COMMAND_HOST_NAME) && facts->subnets == NULL)
		return _("the network has no address of its own: e on it gives it one");
	if (command == COMMAND_FORWARD && facts->machines == 0)
		return _("no machine is on the network");
	if (command != COMMAND_EDIT && command != COMMAND_RESERVE && command != COMMAND_DELETE && command != COMMAND_COPY)
		return NULL;
	if (entry == NULL)
		return _("there is nothing here yet");
	if (command == COMMAND_DELETE)
		return any_of(choice, false) ? NULL : _("a lease runs out by itself");
	if (choice->count > 1)
		return _("one at a time: u takes the marks away");
	if (command == COMMAND_COPY)
		return entry->address != NULL ? NULL : _("it has no address yet");
	if (command == COMMAND_RESERVE && entry->kind != ENTRY_LEASE)
		return _("only a lease can be made a reservation: n makes one of another kind");
	if (entry->kind == ENTRY_LEASE && entry->reserved)
		return _("its address is reserved already");
	return entry->kind == ENTRY_LEASE && entry->mac == NULL && entry->id == NULL ? _("nobody knows whose lease this is") : NULL;
}

static void copy(struct ui *ui, const char *address)
{
	if (terminal_copy(ui->term, address, strlen(address)))
		ui_status(ui, STYLE_STATUS, _("copied: %s"), address);
	else
		ui_status(ui, STYLE_STATUS, _("this terminal has no clipboard: %s"), address);
}

static void edit(struct ui *ui, const struct network_row *row, const struct network_entry *entry)
{
	if (entry->kind == ENTRY_FORWARD)
		forward_ask(ui, row, entry);
	else if (entry->kind == ENTRY_NAME)
		host_name_ask(ui, row, entry);
	else
		reservation_ask(ui, row, entry);
}

bool entry_act(struct ui *ui, const struct entry_choice *choice, enum command command)
{
	const struct network_entry *entry = choice->count > 0 ? &choice->set->entries[choice->items[0]] : NULL;

	switch ((int)command) {
	case COMMAND_NEW:
		reservation_ask(ui, choice->row, NULL);
		return true;
	case COMMAND_FORWARD:
		forward_ask(ui, choice->row, NULL);
		return true;
	case COMMAND_HOST_NAME:
		host_name_ask(ui, choice->row, NULL);
		return true;
	case COMMAND_EDIT:
	case COMMAND_RESERVE:
		edit(ui, choice->row, entry);
		return true;
	case COMMAND_DELETE:
		ask_to_delete(ui, choice);
		return true;
	case COMMAND_COPY:
		copy(ui, entry->address);
		return true;
	default:
		return false;
	}
}
