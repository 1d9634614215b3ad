/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that change the network cards of machines: plugged and unplugged, their cables, their limits. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/device.h"
#include "cli/interface_text.h"
#include "cli/storage.h"
#include "core/interface.h"

#include <inttypes.h>
#include <string.h>

#define OPTION_INTERFACE                                                                                                     \
	{                                                                                                                    \
		"interface", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("INTERFACE"), \
			N_("the host's end (vnet0), alias (net0) or MAC of a card")                                          \
	}
#define TYPES "network bridge direct ethernet user"

/* ---- attach-interface ---- */

static bool run_attach_interface(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned flags;

	if (!cli_change_flags(cli, true, &flags, err) || !cli_machine(cli, &machine, err))
		return false;
	text = interface_text_of_options(cli, err);
	if (!text)
		return false;
	if (cli_flag(cli, "print-xml")) {
		puts(text);
		return true;
	}
	if (!domain_attach_device(cli->manager, &machine, &(struct device_text){ "attach-interface", text, strlen(text) }, flags, err))
		return false;
	cli_note(cli, _("Interface attached successfully\n"));
	return true;
}

#define OPTION_TYPE                                                                                                         \
	{                                                                                                                   \
		"type", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, TYPES, N_("TYPE"),       \
			N_("network: one of virtty's; bridge: one of the host's; direct: a device of the host's; user: no privilege") \
	}

static const struct option attach_interface_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_TYPE,
	{ "source", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_EMPTY, COMPLETE_NONE, NULL, N_("SOURCE"),
	  N_("the network, bridge or device; types user and ethernet have none") },
	OPTION_WORD("target", N_("NAME"), N_("the name of the host's end; without it, vnet and a number")),
	OPTION_WORD("mac", N_("MAC"), N_("the card's MAC; without it, one is made")),
	OPTION_WORD("model", N_("MODEL"), N_("virtio, e1000e, rtl8139, ...; without it, that of the machine's other cards, or virtio")),
	OPTION_WORD("alias", N_("ALIAS"), N_("an alias of your own: it begins with ua-")),
	OPTION_WORD("inbound", N_("AVERAGE[,PEAK[,BURST]]"), N_("how fast the guest receives: KiB a second, KiB a second, KiB")),
	OPTION_WORD("outbound", N_("AVERAGE[,PEAK[,BURST]]"), N_("how fast the guest sends")),
	OPTION_OF_WORDS("source-mode", "vepa bridge private passthrough", N_("MODE"), N_("of type direct: who reaches whom")),
	OPTION_SIMPLE("print-xml", N_("print the card's XML and do nothing")),
	OPTIONS_CHANGE,
	OPTION_END,
};

const struct command command_attach_interface = {
	.name = "attach-interface",
	.group = GROUP_DOMAIN,
	.summary = N_("give a machine a network card"),
	.description = N_("Plugs a network card into the running machine; --persistent also puts it into the stored definition, --config only "
			  "there. A network that is marked to start by itself is started."),
	.options = attach_interface_options,
	.run = run_attach_interface,
};

/* ---- detach-interface ---- */

/* The one card of the type, or the one with the MAC. */
static const struct interface *find_card(struct cli *cli, const struct machine *machine, const struct domain *domain, struct error *err)
{
	const char *type = cli_string(cli, "type"), *mac = cli_string(cli, "mac");
	const struct interface *named = mac ? domain_find_interface(domain, mac) : NULL, *found = NULL;
	size_t count = 0;

	for (size_t i = 0; i < domain->interface_count; i++) {
		const struct interface *interface = &domain->interfaces[i];

		if (!text_equal(enum_word(&interface_type_words, (int)interface->type), type) || (mac && interface != named))
			continue;
		found = interface;
		count++;
	}
	if (count == 1)
		return found;
	if (count > 1) {
		error_set(err, ERROR_INVALID, _("'%s' has %zu cards of type '%s'"), machine->name, count, type);
		error_hint(err, _("--mac says which one; 'virtty domiflist %s' shows them"), machine->name);
		return NULL;
	}
	error_set(err, ERROR_NOT_FOUND, mac ? _("'%s' has no card of type '%s' with the MAC %s") : _("'%s' has no card of type '%s'"),
		  machine->name, type, mac);
	error_hint(err, _("'virtty domiflist %s' shows them"), machine->name);
	return NULL;
}

static bool run_detach_interface(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;
	const struct interface *interface;
	_cleanup_free_ char *text = NULL;
	unsigned flags;
	bool live;

	if (!cli_change_flags(cli, true, &flags, err) || !cli_machine(cli, &machine, err))
		return false;
	live = machine_is_active(&machine) && (!(flags & CHANGE_CONFIG) || (flags & CHANGE_LIVE));
	domain = domain_load(cli->manager, &machine, live, err);
	interface = domain ? find_card(cli, &machine, domain, err) : NULL;
	if (!interface)
		return false;
	text = device_node_text(interface->device.node);
	if (cli_flag(cli, "print-xml")) {
		fputs(text, stdout);
		return true;
	}
	if (!domain_detach_device(cli->manager, &machine, &(struct device_text){ "detach-interface", text, strlen(text) }, flags,
				  cli_wait_ms(cli), err))
		return false;
	cli_note(cli, _("Interface detached successfully\n"));
	return true;
}

static const struct option detach_interface_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_TYPE,
	OPTION_WORD("mac", N_("MAC"), N_("which one, where there are several")),
	OPTIONS_CHANGE,
	OPTION_WAIT,
	OPTION_SIMPLE("print-xml", N_("print the card's XML and do nothing")),
	OPTION_END,
};

const struct command command_detach_interface = {
	.name = "detach-interface",
	.group = GROUP_DOMAIN,
	.summary = N_("take a network card out of a machine"),
	.description = N_("Asks the guest to let go of the card and waits until it has; its end on the host goes with it. When the guest does "
			  "not let go in time, that is an error, and the machine still has the card."),
	.options = detach_interface_options,
	.run = run_detach_interface,
};

/* ---- domif-setlink ---- */

static bool run_domif_setlink(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	unsigned flags;

	if (!cli_change_flags(cli, false, &flags, err) || !cli_machine(cli, &machine, err) ||
	    !domain_set_link(cli->manager, &machine, cli_string(cli, "interface"), text_equal(cli_string(cli, "state"), "up"), flags, err))
		return false;
	cli_note(cli, _("Device updated successfully\n"));
	return true;
}

static const struct option domif_setlink_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_INTERFACE,
	{ "state", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, "up down", N_("STATE"),
	  N_("up: the cable is in; down: it is pulled") },
	OPTIONS_CHANGE,
	OPTION_END,
};

const struct command command_domif_setlink = {
	.name = "domif-setlink",
	.group = GROUP_DOMAIN,
	.summary = N_("pull or plug the cable of a network card"),
	.description = N_("The guest sees its link go or come. --config changes the stored definition."),
	.options = domif_setlink_options,
	.run = run_domif_setlink,
};

/* ---- domiftune ---- */

static struct json_object *bandwidth_json(const struct bandwidth *bandwidth)
{
	struct json_object *object = json_object_new_object();

	json_set_int(object, "average", (int64_t)bandwidth->average);
	json_set_int(object, "peak", (int64_t)bandwidth->peak);
	json_set_int(object, "burst", (int64_t)bandwidth->burst);
	return object;
}

/* virsh's rows. There is no floor: it needs a network that shares out what it has. */
static void show_limits(struct cli *cli, const struct interface_row *row)
{
	const struct {
		const char *name;
		uint64_t value;
	} rows[] = {
		{ "inbound.average", row->inbound.average },   { "inbound.peak", row->inbound.peak },
		{ "inbound.burst", row->inbound.burst },       { "inbound.floor", 0 },
		{ "outbound.average", row->outbound.average }, { "outbound.peak", row->outbound.peak },
		{ "outbound.burst", row->outbound.burst },
	};

	if (cli->json) {
		struct json_object *object = json_object_new_object();

		json_set(object, "inbound", bandwidth_json(&row->inbound));
		json_set(object, "outbound", bandwidth_json(&row->outbound));
		cli_json(object);
		return;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		printf("%-15s: %" PRIu64 "\n", rows[i].name, rows[i].value);
	if (!cli->quiet)
		putchar('\n');
}

static bool look_at_limits(struct cli *cli, const struct machine *machine, unsigned flags, struct error *err)
{
	bool live = machine_is_active(machine) && !(flags & CHANGE_CONFIG);
	_cleanup_interface_row_ struct interface_row row = { 0 };

	if ((flags & CHANGE_LIVE) && (flags & CHANGE_CONFIG))
		return cli_usage(cli, err, _("to look at them, say --live or --config"));
	if ((flags & CHANGE_LIVE) && !live)
		return error_set(err, ERROR_STATE, _("'%s' is not running"), machine->name);
	if (!domain_interface(cli->manager, machine, cli_string(cli, "interface"), live, &row, err))
		return false;
	show_limits(cli, &row);
	return true;
}

static bool run_domiftune(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct interface_limit inbound, outbound;
	bool has_in = cli_string(cli, "inbound") != NULL, has_out = cli_string(cli, "outbound") != NULL;
	unsigned flags;

	if (!cli_change_flags(cli, false, &flags, err) || (has_in && !interface_limit_of_option(cli, "inbound", &inbound, err)) ||
	    (has_out && !interface_limit_of_option(cli, "outbound", &outbound, err)) || !cli_machine(cli, &machine, err))
		return false;
	if (!has_in && !has_out)
		return look_at_limits(cli, &machine, flags, err);
	return domain_set_bandwidth(cli->manager, &machine, cli_string(cli, "interface"), has_in ? &inbound : NULL,
				    has_out ? &outbound : NULL, flags, err);
}

static const struct option domiftune_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_INTERFACE,
	OPTION_WORD("inbound", N_("AVERAGE[,PEAK[,BURST]]"), N_("how fast the guest receives: KiB a second, KiB a second, KiB; 0: no limit")),
	OPTION_WORD("outbound", N_("AVERAGE[,PEAK[,BURST]]"), N_("how fast the guest sends")),
	OPTIONS_CHANGE_BASIC,
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domiftune = {
	.name = "domiftune",
	.group = GROUP_DOMAIN,
	.summary = N_("show or set how fast a network card is"),
	.description = N_("Without a limit, prints those that hold. What is not given stays as it is, and 0 is no limit."),
	.options = domiftune_options,
	.run = run_domiftune,
};
