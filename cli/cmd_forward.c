/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty forward`: ports of the host that lead to a machine, added, listed and deleted. */
#include "config.h"

#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/device.h"
#include "cli/network.h"
#include "cli/output_table.h"
#include "core/forward.h"

#include <stdlib.h>

#define ACTIONS "add list delete"

/* ---- list ---- */

static struct json_object *ports_json(const struct forward *forward)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "proto", forward->proto);
	json_set_string(object, "address", forward->address);
	json_set_int(object, "host_port", forward->host_port);
	json_set_int(object, "guest_port", forward->guest_port);
	json_set_int(object, "count", forward->count);
	return object;
}

static struct json_object *row_json(const struct forward_row *row)
{
	struct json_object *object = ports_json(&row->forward);

	json_set_string(object, "guest", row->guest);
	json_set_string(object, "mac", row->mac);
	json_set_string(object, "type", row->type);
	json_set_string(object, "source", row->source);
	json_set_string(object, "backend", row->backend);
	return object;
}

static void print_rows(const struct cli *cli, const struct forward_row *rows, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Proto"), _("Host"), _("Guest"), _("MAC"), _("Type"), _("Source"), NULL);
	for (size_t i = 0; i < count; i++) {
		const struct forward *forward = &rows[i].forward;
		_cleanup_free_ char *host = forward_ports_text(forward->address, forward->host_port, forward->count);
		_cleanup_free_ char *guest = forward_ports_text(rows[i].guest, forward->guest_port, forward->count);

		output_table_row(&table, forward->proto, host, guest, rows[i].mac != NULL ? rows[i].mac : "-", rows[i].type,
				 rows[i].source != NULL ? rows[i].source : rows[i].backend != NULL ? rows[i].backend : "-");
	}
	output_table_print(&table, stdout, cli->quiet);
}

static bool list(struct cli *cli, const struct machine *machine, unsigned flags, struct error *err)
{
	bool live = machine_is_active(machine) && !(flags & CHANGE_CONFIG);
	struct forward_row *rows = NULL;
	size_t count = 0;

	if ((flags & CHANGE_LIVE) && (flags & CHANGE_CONFIG))
		return cli_usage(cli, err, _("to look at them, say --live or --config"));
	if ((flags & CHANGE_LIVE) && !live)
		return error_set(err, ERROR_STATE, _("'%s' is not running"), machine->name);
	if (!domain_forwards(cli->manager, machine, live, &rows, &count, err))
		return false;
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			json_object_array_add(array, row_json(&rows[i]));
		cli_json(array);
	} else {
		print_rows(cli, rows, count);
	}
	forward_rows_free(rows, count);
	return true;
}

/* ---- add, delete ---- */

struct wishes {
	struct forward *items; /* owned */
	size_t count;
};

static void wishes_clear(struct wishes *wishes)
{
	for (size_t i = 0; i < wishes->count; i++)
		forward_clear(&wishes->items[i]);
	free(wishes->items);
}

/* "tcp 2222:22 8080:80 udp 53:53": a protocol holds for what comes after it. */
static bool read_wishes(struct cli *cli, struct wishes *ret, struct error *err)
{
	size_t count;
	const char *const *words = argument_list(&cli->arguments, "ports", &count);
	const char *proto = "tcp";

	for (size_t i = 0; i < count; i++) {
		struct forward forward = { 0 };

		if (text_equal(words[i], "tcp") || text_equal(words[i], "udp")) {
			proto = words[i];
			continue;
		}
		if (!forward_parse(proto, words[i], &forward, err)) {
			cli->usage = true;
			return false;
		}
		*ARRAY_ADD(ret->items, ret->count) = forward;
	}
	return ret->count > 0 || cli_usage(cli, err, _("which port is not said: tcp 2222:22, say"));
}

/* What a command has done to ports; the JSON is NULL where words are wanted. */
struct doing {
	const struct machine *machine;
	bool adds;
	unsigned flags;
	struct json_object *ports; /* owned */
	char **notes;		   /* owned */
};

static void doing_clear(struct doing *doing)
{
	json_object_put(doing->ports);
	strv_free(doing->notes);
}

static void tell(struct cli *cli, struct doing *doing, const struct forward *forward, char *const *notes)
{
	_cleanup_free_ char *text = forward_text(forward);

	if (doing->ports != NULL)
		json_object_array_add(doing->ports, ports_json(forward));
	if (doing->adds)
		cli_note(cli, _("Port forward %s %s added\n"), forward->proto, text);
	else
		cli_note(cli, _("Port forward %s %s deleted\n"), forward->proto, text);
	for (; notes != NULL && *notes != NULL; notes++) {
		cli_note(cli, "%s\n", *notes);
		doing->notes = strv_add(doing->notes, *notes);
	}
}

static bool change_one(struct cli *cli, struct doing *doing, const struct forward *forward, struct error *err)
{
	_cleanup_strv_ char **notes = NULL;

	if (!(doing->adds ? domain_forward_add(cli->manager, doing->machine, cli_string(cli, "interface"), forward, doing->flags, &notes, err) :
			    domain_forward_delete(cli->manager, doing->machine, forward, doing->flags, &notes, err)))
		return false;
	tell(cli, doing, forward, notes);
	return true;
}

static void print_done(struct doing *doing)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "name", doing->machine->name);
	json_set(object, doing->adds ? "added" : "deleted", TAKE_POINTER(doing->ports));
	cli_json_lines(object, "notes", doing->notes);
	cli_json(object);
}

/* All of them or none: what was added is taken away again where a later one cannot be. */
static bool change(struct cli *cli, const struct machine *machine, bool adds, unsigned flags, struct error *err)
{
	_cleanup_(wishes_clear) struct wishes wishes = { 0 };
	_cleanup_(doing_clear) struct doing doing = {
		.machine = machine, .adds = adds, .flags = flags, .ports = cli->json ? json_object_new_array() : NULL
	};

	if (!read_wishes(cli, &wishes, err))
		return false;
	for (size_t i = 0; i < wishes.count; i++) {
		if (change_one(cli, &doing, &wishes.items[i], err))
			continue;
		while (adds && i-- > 0)
			if (domain_forward_delete(cli->manager, machine, &wishes.items[i], flags, NULL, NULL))
				cli_note(cli, _("Port forward %s of port %u taken back\n"), wishes.items[i].proto, wishes.items[i].host_port);
		return false;
	}
	if (cli->json)
		print_done(&doing);
	return true;
}

static bool run_forward(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	const char *action = cli_string(cli, "action");
	size_t words;
	unsigned flags;

	(void)argument_list(&cli->arguments, "ports", &words);
	if (text_equal(action, "list") && words > 0)
		return cli_usage(cli, err, _("list takes no ports"));
	if (!text_equal(action, "add") && cli_string(cli, "interface") != NULL)
		return cli_usage(cli, err, _("--interface is of add alone"));
	if (!cli_change_flags(cli, false, &flags, err) || !cli_machine(cli, &machine, err))
		return false;
	if (cli_flag(cli, "current"))
		flags = machine_is_active(&machine) ? CHANGE_LIVE : CHANGE_CONFIG;
	if (text_equal(action, "list"))
		return list(cli, &machine, flags, err);
	return change(cli, &machine, text_equal(action, "add"), flags, err);
}

static const struct option forward_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	{ "action", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, ACTIONS, N_("ACTION"), N_("add, list or delete") },
	{ "ports", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, N_("PORTS"),
	  N_("tcp or udp, then HOST:GUEST: 2222:22, 127.0.0.1:2222:22, [2001:db8::1]:80:80, 8000-8010:9000-9010") },
	OPTION_WORD("interface", N_("INTERFACE"), N_("of add: the host's end, alias or MAC of the card; without it, the first that can")),
	OPTIONS_CHANGE,
	OPTION_JSON,
	OPTION_END,
};

const struct command command_forward = {
	.name = "forward",
	.group = GROUP_DOMAIN,
	.summary = N_("lead ports of the host to a machine"),
	.description =
		N_("Adds, lists or deletes ports of this host that lead to ports of the guest. A running machine has them at once, and the stored "
		   "definition keeps them, unless --live or --config says otherwise. With user networking QEMU listens; on a network of virtty's the "
		   "firewall sends packets on, and the network keeps an address for the guest. A port that leads elsewhere already, or that a "
		   "program of this host listens at, is refused."),
	.options = forward_options,
	.run = run_forward,
};
