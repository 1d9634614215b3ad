/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form of a forward: a port of the host that leads to a machine on a network. */
#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/forward.h"
#include "tui/network_actions.h"
#include "tui/screen_form.h"
#include "tui/storage_task.h"

#include <stdlib.h>
#include <string.h>

enum { TO_MACHINE, TO_PROTO, TO_HOST_PORT, TO_GUEST_PORT, TO_ADDRESS, TO_TOTAL };

static const struct form_row to_rows[TO_TOTAL] = {
	[TO_MACHINE] = { FIELD_CHOICE, 0, N_("Machine"), NULL,
		N_("The machine that answers: one of those on this network. Left, Right or Space change it."), false },
	[TO_PROTO] = { FIELD_CHOICE, 0, N_("Protocol"), NULL, N_("TCP for ssh, web and most else."), false },
	[TO_HOST_PORT] = { FIELD_TEXT, 12, N_("Port of the host"), NULL, N_("What others connect to: 2222, or several in a row: 8000-8010."), false },
	[TO_GUEST_PORT] = { FIELD_TEXT, 12, N_("Leads to port"), NULL, N_("The machine's own: 22 for ssh. Left empty: the same."), false },
	[TO_ADDRESS] = { FIELD_TEXT, 40, N_("On address"), NULL,
		N_("The host's address that it counts for: 127.0.0.1 is this host alone. Left empty: all of them."), false },
};

static const char *const protos[] = { "tcp", "udp" };

/* What the form is about. */
struct leading {
	struct ui *ui;
	char *network;	  /* owned */
	char **machines;  /* owned: those on it */
	struct network_entry before; /* owned; kind ENTRY_LEASE: a new one */
};

static const char *text_of(const struct form *form, size_t field)
{
	return line_text(&form->fields[field].line);
}

static void leading_free(void *userdata)
{
	struct leading *leading = userdata;

	strv_free(leading->machines);
	network_entry_clear(&leading->before);
	free(leading->network);
	free(leading);
}

/* As the command line takes it: "2222:22", "127.0.0.1:2222:22", "[::1]:2222:22". Owned. */
static char *forward_of(const struct form *form)
{
	const char *address = text_of(form, TO_ADDRESS), *host = text_of(form, TO_HOST_PORT), *guest = text_of(form, TO_GUEST_PORT);
	bool brackets = strchr(address, ':') != NULL;

	return strf("%s%s%s%s%s:%s", brackets ? "[" : "", address, brackets ? "]" : "", *address != '\0' ? ":" : "", host,
		    *guest != '\0' ? guest : host);
}

static const char *proto_of(const struct form *form)
{
	return protos[form->fields[TO_PROTO].choice];
}

/* Digits, and a '-' between two ports of a range. */
static bool is_ports(const char *text)
{
	size_t dashes = 0;

	for (const char *p = text; *p != '\0'; p++) {
		dashes += *p == '-';
		if (!(*p >= '0' && *p <= '9') && (*p != '-' || p == text || p[1] == '\0'))
			return false;
	}
	return *text != '\0' && dashes <= 1;
}

static void judge_to(struct form *form, void *userdata)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_forward_ struct forward forward = { 0 };
	_cleanup_free_ char *text = forward_of(form);
	const char *host = text_of(form, TO_HOST_PORT), *guest = text_of(form, TO_GUEST_PORT), *address = text_of(form, TO_ADDRESS);
	struct ip_address parsed;
	char *wrong = NULL;

	(void)userdata;
	form_say(form, TO_HOST_PORT, NULL, FIELD_FINE, NULL);
	form_say(form, TO_ADDRESS, NULL, FIELD_FINE, NULL);
	form_say(form, TO_GUEST_PORT, NULL, FIELD_FINE, NULL);
	if (*address != '\0' && !address_parse(address, &parsed))
		form_say(form, TO_ADDRESS, NULL, FIELD_WRONG, xstrdup(_("this is no address")));
	if (*guest != '\0' && !is_ports(guest))
		form_say(form, TO_GUEST_PORT, NULL, FIELD_WRONG, xstrdup(_("a number from 1 to 65535, or two with '-' between")));
	form_propose(form, TO_GUEST_PORT, is_ports(host) ? xstrdup(host) : NULL);
	if (*host == '\0')
		form_say(form, TO_HOST_PORT, NULL, FIELD_WRONG, NULL);
	else if (!is_ports(host))
		form_say(form, TO_HOST_PORT, NULL, FIELD_WRONG, xstrdup(_("a number from 1 to 65535, or two with '-' between")));
	else {
		if (form_first_wrong(form) == form->count && !forward_parse(proto_of(form), text, &forward, &err))
			wrong = xstrdup(error_text(&err));
		form_say(form, TO_HOST_PORT, NULL, wrong != NULL ? FIELD_WRONG : FIELD_FINE, wrong);
	}
}

char **forward_command(const char *machine, const char *verb, const char *proto, const char *text)
{
	char **arguments = strv_addf(strv_add(NULL, "forward"), "--domain=%s", machine);

	return strv_add(strv_add(strv_add(arguments, verb), proto), text);
}

static const struct storage_words add_words = { N_("forwarding"), N_("its port leads to the machine"), NULL, N_("cannot have the forward") };

static bool take_to(struct ui *ui, struct form *form, void *userdata)
{
	const struct leading *leading = userdata;
	const struct network_entry *before = &leading->before;
	const char *machine = leading->machines[form->fields[TO_MACHINE].choice];
	struct storage_task *task = storage_task_new(ui, &add_words, machine);
	_cleanup_free_ char *text = forward_of(form);

	if (before->kind == ENTRY_FORWARD) {
		storage_task_add_network(task, forward_command(before->who, "delete", before->proto, before->forward), NULL, leading->network);
		storage_task_undo(task, forward_command(before->who, "add", before->proto, before->forward));
	}
	storage_task_add_network(task, forward_command(machine, "add", proto_of(form), text), NULL, leading->network);
	/* an address that was reserved, a change that waits for the next start */
	storage_task_tell_notes(task);
	storage_task_run(task);
	return true;
}

static void fill_to(struct form *form, void *userdata)
{
	const struct leading *leading = userdata;
	const struct network_entry *before = &leading->before;
	_cleanup_forward_ struct forward forward = { 0 };

	form->fields[TO_MACHINE].choices = strv_copy(leading->machines);
	for (size_t i = 0; i < ARRAY_LENGTH(protos); i++)
		form->fields[TO_PROTO].choices = strv_add(form->fields[TO_PROTO].choices, protos[i]);
	for (size_t i = 0; before->who != NULL && leading->machines[i] != NULL; i++)
		if (text_equal(leading->machines[i], before->who))
			form->fields[TO_MACHINE].choice = i;
	if (before->kind != ENTRY_FORWARD || !forward_parse(before->proto, before->forward, &forward, NULL))
		return;
	_cleanup_free_ char *host = forward_ports_text(NULL, forward.host_port, forward.count);
	_cleanup_free_ char *guest = forward_ports_text(NULL, forward.guest_port, forward.count);

	form->fields[TO_PROTO].choice = text_equal(forward.proto, "udp");
	form_set_text(form, TO_HOST_PORT, host);
	form_set_text(form, TO_GUEST_PORT, guest);
	form_set_text(form, TO_ADDRESS, forward.address != NULL ? forward.address : "");
}

static const struct form_class to_class = { .rows = to_rows, .count = TO_TOTAL, .judge = judge_to, .take = take_to, .free = leading_free };

void forward_ask(struct ui *ui, const struct network_row *row, const struct network_entry *entry)
{
	struct leading *leading = xcalloc(1, sizeof *leading);
	_cleanup_free_ char *title = strf(entry != NULL && entry->kind == ENTRY_FORWARD ? _("%s: a forward") : _("%s: a new forward"), row->name);
	const struct network_uses *uses = &ui->networks->uses;

	leading->ui = ui;
	leading->network = xstrdup(row->name);
	/* the machine of the row where the focus is comes first to mind */
	if (entry != NULL)
		network_entry_copy(&leading->before, entry);
	for (size_t i = 0; i < uses->count; i++)
		if (network_use_is_of(&uses->uses[i], row) && uses->uses[i].network != NULL &&
		    !strv_contains(leading->machines, uses->uses[i].machine))
			leading->machines = strv_add(leading->machines, uses->uses[i].machine);
	ui_push(ui, form_screen(ui, title, &to_class, fill_to, leading));
}
