/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network cards of a machine, as its document, the host and its network's leases know them. */
#include "core/interface.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/guest_agent.h"
#include "core/live.h"
#include "core/network_internal.h"
#include "hv/domain.h"
#include "hv/domain_schema.h"

#include <stdlib.h>
#include <string.h>

/* ---- what they are ---- */

void interface_row_clear(struct interface_row *row)
{
	free(row->target);
	free(row->type);
	free(row->source);
	free(row->model);
	free(row->mac);
	free(row->alias);
	*row = (struct interface_row){ 0 };
}

void interface_rows_free(struct interface_row *rows, size_t count)
{
	for (size_t i = 0; rows != NULL && i < count; i++)
		interface_row_clear(&rows[i]);
	free(rows);
}

static struct bandwidth bandwidth_of(const struct bandwidth_limit *limit)
{
	return (struct bandwidth){ limit->average.value, limit->peak.value, limit->burst.value };
}

bool domain_interfaces(struct manager *manager, const struct machine *machine, bool live, struct interface_row **ret, size_t *ret_count,
		       struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, live, err);
	struct interface_row *rows = NULL;
	size_t count = 0;

	if (domain == NULL)
		return false;
	for (size_t i = 0; i < domain->interface_count; i++) {
		const struct interface *interface = &domain->interfaces[i];

		*ARRAY_ADD(rows, count) = (struct interface_row){
			.target = xstrdup_null(interface->target),
			.type = xstrdup(enum_word(&interface_type_words, (int)interface->type)),
			.source = xstrdup_null(interface->source),
			.model = xstrdup_null(interface->model),
			.mac = xstrdup_null(interface->mac),
			.alias = xstrdup_null(interface->device.alias),
			.up = interface->link != TRI_NO,
			.inbound = bandwidth_of(&interface->inbound),
			.outbound = bandwidth_of(&interface->outbound),
		};
	}
	*ret = rows;
	*ret_count = count;
	return true;
}

/* A row of them, taken out; of no type where there is none. */
static struct interface_row take_row(struct interface_row *rows, size_t count, const char *key)
{
	char mac[MAC_TEXT_SIZE];
	bool is_mac = mac_parse(key, mac);

	for (size_t i = 0; i < count; i++)
		if (text_equal(rows[i].target, key) || text_equal(rows[i].alias, key) || (is_mac && text_equal(rows[i].mac, mac))) {
			struct interface_row row = rows[i];

			rows[i] = (struct interface_row){ 0 };
			return row;
		}
	return (struct interface_row){ 0 };
}

static bool look_up(struct manager *manager, const struct machine *machine, const char *key, bool live, struct interface_row *ret,
		    struct error *err)
{
	struct interface_row *rows = NULL;
	size_t count = 0;

	if (!domain_interfaces(manager, machine, live, &rows, &count, err))
		return false;
	*ret = take_row(rows, count, key);
	interface_rows_free(rows, count);
	return true;
}

bool domain_interface(struct manager *manager, const struct machine *machine, const char *key, bool live, struct interface_row *ret,
		      struct error *err)
{
	_cleanup_interface_row_ struct interface_row running = { 0 };

	*ret = (struct interface_row){ 0 };
	if (!look_up(manager, machine, key, live, ret, err))
		return false;
	if (ret->type == NULL && !live && machine_is_active(machine) && look_up(manager, machine, key, true, &running, NULL) &&
	    running.mac != NULL && !look_up(manager, machine, running.mac, false, ret, err))
		return false;
	if (ret->type != NULL)
		return true;
	error_set(err, ERROR_NOT_FOUND, "'%s' has no network card '%s'", machine->name, key);
	return error_hint(err, "'virtty domiflist %s' shows them: by interface, alias or MAC", machine->name);
}

char *interface_mac_holder(struct manager *manager, const char *mac)
{
	char canonical[MAC_TEXT_SIZE];

	if (!mac_parse(mac, canonical))
		return NULL;
	/* as definitions are written: what is kept in a comment is taken for a card too */
	_cleanup_free_ char *element = strf("<mac address='%s'", canonical);
	sqlite3_stmt *row = db_query(manager->db, NULL,
				     "SELECT domain.name FROM definition JOIN domain ON domain.id = definition.domain_id"
				     " WHERE instr(lower(definition.xml), ?) > 0 ORDER BY domain.name LIMIT 1",
				     "s", element);
	bool found = row != NULL;
	char *name = NULL;

	while (found && db_step(manager->db, row, &found, NULL) && found)
		name = db_text(row, 0);
	return name;
}

bool interface_stats(const struct interface_row *row, struct interface_stats *ret, struct error *err)
{
	_cleanup_links_ struct links *links = NULL;
	struct link link;

	if (row->target == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "a card of type '%s' has no end on the host that counts", row->type);
	links = links_open(err);
	if (links == NULL || !link_find(links, row->target, &link, err))
		return false;
	/* what the tap sends, the guest receives */
	*ret = (struct interface_stats){ link.tx_bytes, link.tx_packets, link.tx_errors, link.tx_dropped,
					 link.rx_bytes, link.rx_packets, link.rx_errors, link.rx_dropped };
	return true;
}

/* ---- which addresses they have ---- */

void interface_addresses_free(struct interface_address *addresses, size_t count)
{
	for (size_t i = 0; addresses != NULL && i < count; i++) {
		free(addresses[i].target);
		free(addresses[i].mac);
	}
	free(addresses);
}

struct address_list {
	struct interface_address *addresses;
	size_t count;
};

static void add_address(struct address_list *to, const struct interface_row *row, const struct ip_address *address, unsigned prefix)
{
	*ARRAY_ADD(to->addresses, to->count) = (struct interface_address){
		.target = xstrdup(row->target != NULL ? row->target : row->alias != NULL ? row->alias : "-"),
		.mac = xstrdup_null(row->mac),
		.address = *address,
		.prefix = prefix,
	};
}

static bool add_leases(struct manager *manager, const struct interface_row *row, struct address_list *to, struct error *err)
{
	_cleanup_network_row_ struct network_row network_row = { 0 };
	_cleanup_network_ struct network *network = NULL;
	struct lease *leases = NULL;
	size_t count = 0;

	if (!text_equal(row->type, "network"))
		return true;
	if (!network_find(manager, row->source, &network_row, err) || !network_leases(manager, &network_row, &leases, &count, err))
		return false;
	network = network_load(manager, &network_row, true, err);
	for (size_t i = 0; network != NULL && i < count; i++)
		if (text_equal(leases[i].mac, row->mac))
			add_address(to, row, &leases[i].address, network_prefix(network, &leases[i].address));
	leases_free(leases, count);
	return network != NULL;
}

static bool add_neighbours(const struct interface_row *row, struct address_list *to, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	struct ip_address *addresses = NULL;
	size_t count = 0;

	if (links == NULL || row->mac == NULL || !link_neighbours(links, row->mac, &addresses, &count, err))
		return links != NULL && row->mac == NULL;
	for (size_t i = 0; i < count; i++)
		add_address(to, row, &addresses[i], 0);
	free(addresses);
	return true;
}

static bool addresses_of_agent(struct manager *manager, const struct machine *machine, struct interface_address **ret,
			       size_t *ret_count, struct error *err)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct address_list list = { 0 };

	if (!guest_agent_call(manager, machine, "guest-network-get-interfaces", NULL, &answer, err))
		return false;
	if (!guest_agent_addresses(answer, &list.addresses, &list.count, err)) {
		interface_addresses_free(list.addresses, list.count);
		return false;
	}
	*ret = list.addresses;
	*ret_count = list.count;
	return true;
}

bool domain_addresses(struct manager *manager, const struct machine *machine, enum address_source source, struct interface_address **ret,
		      size_t *ret_count, struct error *err)
{
	struct interface_row *rows = NULL;
	struct address_list list = { 0 };
	size_t count = 0;
	bool ok = true;

	if (!machine_is_active(machine))
		return fail_not_running(machine, err);
	if (source == ADDRESS_FROM_AGENT)
		return addresses_of_agent(manager, machine, ret, ret_count, err);
	if (!domain_interfaces(manager, machine, true, &rows, &count, err))
		return false;
	for (size_t i = 0; ok && i < count; i++)
		ok = source == ADDRESS_FROM_LEASE ? add_leases(manager, &rows[i], &list, err) : add_neighbours(&rows[i], &list, err);
	interface_rows_free(rows, count);
	if (!ok) {
		interface_addresses_free(list.addresses, list.count);
		return false;
	}
	*ret = list.addresses;
	*ret_count = list.count;
	return true;
}
