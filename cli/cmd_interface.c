/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about the network cards of machines: listed, counted, and the addresses that their guests have. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/output_table.h"
#include "core/interface.h"

#include <inttypes.h>
#include <sys/socket.h>

#define OPTION_INTERFACE                                                                                                     \
	{                                                                                                                    \
		"interface", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("INTERFACE"), \
			N_("the host's end (vnet0), alias (net0) or MAC of a card")                                          \
	}

static bool find_machine(struct cli *cli, struct machine *ret, struct error *err)
{
	return cli_manager(cli, err) && machine_find(cli->manager, cli_string(cli, "domain"), ret, err);
}

/* ---- domiflist ---- */

static void set_bandwidth(struct json_object *object, const char *key, const struct bandwidth *bandwidth)
{
	struct json_object *inner;

	if (bandwidth->average == 0)
		return;
	inner = json_object_new_object();
	json_set_int(inner, "average", (int64_t)bandwidth->average);
	json_set_int(inner, "peak", (int64_t)bandwidth->peak);
	json_set_int(inner, "burst", (int64_t)bandwidth->burst);
	json_set(object, key, inner);
}

static struct json_object *interface_json(const struct interface_row *row)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "interface", row->target);
	json_set_string(object, "type", row->type);
	json_set_string(object, "source", row->source);
	json_set_string(object, "model", row->model);
	json_set_string(object, "mac", row->mac);
	json_set_string(object, "alias", row->alias);
	json_set_string(object, "link", row->up ? "up" : "down");
	set_bandwidth(object, "inbound", &row->inbound);
	set_bandwidth(object, "outbound", &row->outbound);
	return object;
}

static const char *or_dash(const char *text)
{
	return text != NULL ? text : "-";
}

static void print_interfaces(struct cli *cli, const struct interface_row *rows, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Interface"), _("Type"), _("Source"), _("Model"), _("MAC"), NULL);
	for (size_t i = 0; i < count; i++)
		output_table_row(&table, or_dash(rows[i].target), or_dash(rows[i].type), or_dash(rows[i].source), or_dash(rows[i].model),
				 or_dash(rows[i].mac));
	output_table_print(&table, stdout, cli->quiet);
}

static bool run_domiflist(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct interface_row *rows = NULL;
	size_t count = 0;

	if (!find_machine(cli, &machine, err) ||
	    !domain_interfaces(cli->manager, &machine, machine_is_active(&machine) && !cli_flag(cli, "inactive"), &rows, &count, err))
		return false;
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			json_object_array_add(array, interface_json(&rows[i]));
		cli_json(array);
	} else {
		print_interfaces(cli, rows, count);
	}
	interface_rows_free(rows, count);
	return true;
}

static const struct option domiflist_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_SIMPLE("inactive", N_("of the stored definition, not of what runs")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domiflist = {
	.name = "domiflist",
	.group = GROUP_MONITOR,
	.summary = N_("the network cards of a machine"),
	.description = N_("Prints each network card: the host's end of it while the machine runs, what it is joined to, model and MAC."),
	.options = domiflist_options,
	.run = run_domiflist,
};

/* ---- domifstat ---- */

static const struct {
	const char *name;
	size_t offset;
} counters[] = {
	{ "rx_bytes", offsetof(struct interface_stats, rx_bytes) }, { "rx_packets", offsetof(struct interface_stats, rx_packets) },
	{ "rx_errs", offsetof(struct interface_stats, rx_errors) }, { "rx_drop", offsetof(struct interface_stats, rx_dropped) },
	{ "tx_bytes", offsetof(struct interface_stats, tx_bytes) }, { "tx_packets", offsetof(struct interface_stats, tx_packets) },
	{ "tx_errs", offsetof(struct interface_stats, tx_errors) }, { "tx_drop", offsetof(struct interface_stats, tx_dropped) },
};

static uint64_t counter(const struct interface_stats *stats, size_t i)
{
	return *(const uint64_t *)(const void *)((const char *)stats + counters[i].offset);
}

static bool run_domifstat(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_interface_row_ struct interface_row row = { 0 };
	const char *key = cli_string(cli, "interface");
	struct interface_stats stats;

	if (!find_machine(cli, &machine, err) || !domain_interface(cli->manager, &machine, key, machine_is_active(&machine), &row, err) ||
	    !interface_stats(&row, &stats, err))
		return false;
	if (cli->json) {
		struct json_object *object = json_object_new_object();

		for (size_t i = 0; i < ARRAY_LENGTH(counters); i++)
			json_set_int(object, counters[i].name, (int64_t)counter(&stats, i));
		cli_json(object);
	} else {
		for (size_t i = 0; i < ARRAY_LENGTH(counters); i++)
			printf("%s %s %" PRIu64 "\n", key, counters[i].name, counter(&stats, i)); /* as it was named, like virsh */
	}
	return true;
}

static const struct option domifstat_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_INTERFACE,
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domifstat = {
	.name = "domifstat",
	.group = GROUP_MONITOR,
	.summary = N_("what went through a network card"),
	.description = N_("Prints how many bytes and packets the guest received and sent, with errors and what was dropped."),
	.options = domifstat_options,
	.run = run_domifstat,
};

/* ---- domif-getlink ---- */

static bool run_domif_getlink(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_interface_row_ struct interface_row row = { 0 };
	const char *key = cli_string(cli, "interface");

	if (!find_machine(cli, &machine, err) ||
	    !domain_interface(cli->manager, &machine, key, machine_is_active(&machine) && !cli_flag(cli, "config"), &row, err))
		return false;
	if (cli->json)
		cli_json(interface_json(&row));
	else
		printf("%s %s\n", key, row.up ? "up" : "down");
	return true;
}

static const struct option domif_getlink_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_INTERFACE,
	OPTION_SIMPLE("config", N_("of the stored definition, not of what runs")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domif_getlink = {
	.name = "domif-getlink",
	.group = GROUP_MONITOR,
	.summary = N_("is the cable of a network card in?"),
	.description = N_("Prints 'up', or 'down' where the cable is pulled."),
	.options = domif_getlink_options,
	.run = run_domif_getlink,
};

/* ---- domifaddr ---- */

#define SOURCES "lease arp agent"

/* A card without an address has no "address". */
static struct json_object *address_json(const struct interface_address *address)
{
	struct json_object *object = json_object_new_object();
	char text[ADDRESS_TEXT_SIZE];

	json_set_string(object, "interface", address->target);
	json_set_string(object, "mac", address->mac);
	if (address->address.family == 0)
		return object;
	address_format(&address->address, text);
	json_set_string(object, "family", address->address.family == AF_INET ? "ipv4" : "ipv6");
	json_set_string(object, "address", text);
	json_set_int(object, "prefix", address->prefix);
	return object;
}

/* As virsh: columns of fixed width, /0 where no prefix is known; a card's name and MAC stand once, but for --full. */
static void print_addresses(struct cli *cli, const struct interface_address *addresses, size_t count, const char *name)
{
	const char *previous = NULL;

	if (!cli->quiet)
		printf(" %-10s %-20s %-8s     %s\n"
		       "-------------------------------------------------------------------------------\n",
		       _("Name"), _("MAC address"), _("Protocol"), _("Address"));
	for (size_t i = 0; i < count; i++) {
		const struct interface_address *address = &addresses[i];
		bool again = !cli_flag(cli, "full") && text_equal(address->target, previous);
		char text[ADDRESS_TEXT_SIZE];

		if (name && !text_equal(name, address->target))
			continue;
		printf(" %-10s %-17s    ", again ? "-" : address->target, again ? "-" : address->mac ? address->mac : "");
		previous = address->target;
		if (address->address.family == 0) {
			printf("%-12s %s\n", "N/A", "N/A");
			continue;
		}
		address_format(&address->address, text);
		printf("%-12s %s/%u\n", address->address.family == AF_INET ? "ipv4" : "ipv6", text, address->prefix);
	}
}

/* What the card that a user names is called among the addresses. Owned; NULL with err where there is no such card: the agent's are those of the
 * guest, which names every one it has. */
static char *shown_name(struct cli *cli, const struct machine *machine, enum address_source source, const struct interface_address *addresses,
			size_t count, struct error *err)
{
	const char *key = cli_string(cli, "interface");
	_cleanup_interface_row_ struct interface_row row = { 0 };

	if (source != ADDRESS_FROM_AGENT) {
		if (!domain_interface(cli->manager, machine, key, true, &row, err))
			return NULL;
		return xstrdup(row.target != NULL ? row.target : row.alias != NULL ? row.alias : "-");
	}
	for (size_t i = 0; i < count; i++)
		if (text_equal(key, addresses[i].target))
			return xstrdup(key);
	error_set(err, ERROR_NOT_FOUND, _("the guest of '%s' has no network card '%s'"), machine->name, key);
	error_hint(err, _("'virtty domifaddr %s --source agent' shows them"), machine->name);
	return NULL;
}

static bool run_domifaddr(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct interface_address *addresses = NULL;
	const char *word = cli_string(cli, "source");
	enum address_source source = text_equal(word, "arp")   ? ADDRESS_FROM_ARP :
				     text_equal(word, "agent") ? ADDRESS_FROM_AGENT :
								 ADDRESS_FROM_LEASE;
	_cleanup_free_ char *name = NULL;
	bool one = cli_string(cli, "interface") != NULL;
	size_t count = 0;

	if (!find_machine(cli, &machine, err) || !domain_addresses(cli->manager, &machine, source, &addresses, &count, err))
		return false;
	name = one ? shown_name(cli, &machine, source, addresses, count, err) : NULL;
	if (one && name == NULL) {
		interface_addresses_free(addresses, count);
		return false;
	}
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			if (!name || text_equal(name, addresses[i].target))
				json_object_array_add(array, address_json(&addresses[i]));
		cli_json(array);
	} else {
		print_addresses(cli, addresses, count, name);
	}
	interface_addresses_free(addresses, count);
	return true;
}

static const struct option domifaddr_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	{ "interface", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, N_("INTERFACE"),
	  N_("only this card: the host's end of it (vnet0), or by --source agent the guest's own name (eth0)") },
	OPTION_SIMPLE("full", N_("name and MAC in every line")),
	{ "source", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, SOURCES, N_("SOURCE"),
	  N_("lease: what its network lent (as without it); arp: who this host has heard of; agent: what the guest's agent says") },
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domifaddr = {
	.name = "domifaddr",
	.group = GROUP_MONITOR,
	.summary = N_("the addresses of a running machine's guest"),
	.description = N_("Prints which addresses the guest has on its network cards. The guest's agent knows all of them, those of "
			  "tunnels and containers in it, too: it is the program qemu-guest-agent, and needs <channel "
			  "type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel> in the machine."),
	.options = domifaddr_options,
	.run = run_domifaddr,
};
