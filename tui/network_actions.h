/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with networks, and with what lies in one. */
#ifndef TUI_NETWORK_ACTIONS_H
#define TUI_NETWORK_ACTIONS_H

#include "tui/network_entries.h"

/* Why a command cannot be done with any of these networks (items of the model's) now; NULL: it can with one at least, or is no network's.
 * May lie in the model. */
const char *network_refusal(const struct network_model *model, const size_t *items, size_t count, enum command command);
/* Does it with those that can: at once, or after a question. False when it is no network's command. */
bool network_act(struct ui *ui, const size_t *items, size_t count, enum command command);
/* "VERB --network=NAME": a name that looks like an option is none so. Owned vector. */
char **network_command(const char *verb, const char *network);

/* ---- forms: tui/network_form.c ---- */

/* The form for a new network. */
void network_new(struct ui *ui);

/* ---- entries: tui/entry_actions.c, tui/entry_forms.c, tui/forward_form.c ---- */

/* Entries of one network, as indices into the set's. Borrowed for the time of the call. */
struct entry_choice {
	const struct network_row *row;
	const struct entry_set *set;
	const size_t *items;
	size_t count;
};
/* As network_refusal() and network_act(). */
const char *entry_refusal(const struct ui *ui, const struct entry_choice *choice, enum command command);
bool entry_act(struct ui *ui, const struct entry_choice *choice, enum command command);

/* A reservation: entry NULL is a new one, a lease the new one for its guest. */
void reservation_ask(struct ui *ui, const struct network_row *row, const struct network_entry *entry);
/* A port of the host that leads to a machine; entry NULL: a new one. */
void forward_ask(struct ui *ui, const struct network_row *row, const struct network_entry *entry);
/* "forward --domain=MACHINE VERB PROTO TEXT". Owned vector. */
char **forward_command(const char *machine, const char *verb, const char *proto, const char *text);
/* Names of an address; entry NULL: new ones. */
void host_name_ask(struct ui *ui, const struct network_row *row, const struct network_entry *entry);

/* What is wrong with a host's name, as DNS has it. Owned; NULL: nothing. */
char *host_name_wrong(const char *name);

/* The net-update that adds, modifies or deletes an entry in the live network, the definition or both. Owned. */
char **entry_update_command(const struct network_row *row, const struct network_entry *entry, const char *command, unsigned where);
/* Puts an entry in, in the place of another (NULL: a new one): in what runs and in the definition, as far as there are both. */
void entry_change(struct ui *ui, const struct network_row *row, const struct network_entry *before, const struct network_entry *after);

#endif
