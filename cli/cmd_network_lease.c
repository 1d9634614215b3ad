/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who got which address on a network, and what happened to networks. */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "base/uuid.h"
#include "cli/network.h"
#include "cli/output_table.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- net-dhcp-leases ---- */

static struct json_object *lease_json(const struct lease *lease, unsigned prefix)
{
	struct json_object *object = json_object_new_object();
	char address[ADDRESS_TEXT_SIZE];

	address_format(&lease->address, address);
	json_set_int(object, "expiry_s", lease->expiry_s);
	json_set_string(object, "mac", lease->mac);
	json_set_string(object, "family", lease->address.family == AF_INET ? "ipv4" : "ipv6");
	json_set_string(object, "address", address);
	json_set_int(object, "prefix", prefix);
	json_set_string(object, "hostname", lease->name);
	json_set_string(object, "client_id", lease->client_id);
	return object;
}

/* As virsh sorts them: by card; one without a MAC last. */
static int compare_leases(const void *left, const void *right)
{
	const struct lease *a = left, *b = right;
	int order = a->mac == NULL || b->mac == NULL ? (a->mac == NULL) - (b->mac == NULL) : strcmp(a->mac, b->mac);

	if (order != 0 || a->address.family != b->address.family)
		return order != 0 ? order : a->address.family - b->address.family;
	return address_compare(&a->address, &b->address);
}

static void print_leases(struct cli *cli, const struct network *network, const struct lease *leases, size_t count, const char *mac)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Expiry Time"), _("MAC address"), _("Protocol"), _("IP address"), _("Hostname"),
			  _("Client ID or DUID"), NULL);
	for (size_t i = 0; i < count; i++) {
		const struct lease *lease = &leases[i];
		char text[ADDRESS_TEXT_SIZE];

		if (mac != NULL && !text_equal(mac, lease->mac))
			continue;
		address_format(&lease->address, text);
		_cleanup_free_ char *address = strf("%s/%u", text, network_prefix(network, &lease->address));
		_cleanup_free_ char *expiry = lease->expiry_s != 0 ? clock_text(lease->expiry_s * 1000) : xstrdup(_("never"));

		output_table_row(&table, expiry, lease->mac != NULL ? lease->mac : "-",
				 lease->address.family == AF_INET ? "ipv4" : "ipv6", address, lease->name != NULL ? lease->name : "-",
				 lease->client_id != NULL ? lease->client_id : "-");
	}
	output_table_print(&table, stdout, cli->quiet);
}

static bool run_net_dhcp_leases(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_network_ struct network *network = NULL;
	const char *mac = cli_string(cli, "mac");
	char canonical[MAC_TEXT_SIZE];
	struct lease *leases = NULL;
	size_t count = 0;

	if (mac != NULL && !mac_parse(mac, canonical))
		return cli_usage(cli, err, _("--mac: '%s' is not a MAC address"), mac);
	mac = mac != NULL ? canonical : NULL;
	if (!cli_network(cli, &row, err))
		return false;
	network = network_load(cli->manager, &row, true, err);
	if (network == NULL || !network_leases(cli->manager, &row, &leases, &count, err))
		return false;
	if (count > 1)
		qsort(leases, count, sizeof *leases, compare_leases);
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			if (mac == NULL || text_equal(mac, leases[i].mac))
				json_object_array_add(array, lease_json(&leases[i], network_prefix(network, &leases[i].address)));
		cli_json(array);
	} else {
		print_leases(cli, network, leases, count, mac);
	}
	leases_free(leases, count);
	return true;
}

static const struct option net_dhcp_leases_options[] = {
	OPTION_NETWORK,
	{ "mac", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, N_("MAC"), N_("only leases of this card") },
	OPTION_JSON,
	OPTION_END,
};

const struct command command_net_dhcp_leases = {
	.name = "net-dhcp-leases",
	.group = GROUP_NETWORK,
	.summary = N_("the addresses that a network has lent"),
	.description = N_("Prints which guest has which address on an active network, over IPv4 and IPv6."),
	.options = net_dhcp_leases_options,
	.run = run_net_dhcp_leases,
};
