/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses that networks keep for forwards: which of them virtty had made so, those that a port leads to, giving back. */
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "core/network_forward.h"
#include "core/network_internal.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

/* ---- whose it is ---- */

bool network_own_add(struct manager *manager, int64_t id, const char *mac, const char *address, struct error *err)
{
	return db_run(manager->db, NULL, err, "INSERT OR IGNORE INTO forward_address(network_id, mac, address) VALUES(?, lower(?), ?)", "iss", id,
		      mac, address);
}

bool network_own_delete(struct manager *manager, int64_t id, const char *mac, const char *address, struct error *err)
{
	return db_run(manager->db, NULL, err, "DELETE FROM forward_address WHERE network_id = ? AND mac = lower(?) AND address = ?", "iss", id, mac,
		      address);
}

static bool is_address(const char *text, const struct ip_address *address)
{
	struct ip_address other;

	return text != NULL && address_parse(text, &other) && other.family == address->family && address_compare(&other, address) == 0;
}

static const struct dhcp_host *find_host(const struct network *network, const struct ip_address *address)
{
	for (size_t i = 0; network != NULL && i < network->ip_count; i++)
		for (size_t n = 0; n < network->ips[i].host_count; n++)
			if (is_address(network->ips[i].hosts[n].ip, address))
				return &network->ips[i].hosts[n];
	return NULL;
}

/* ---- is it needed? ---- */

static bool same_word(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcasecmp(a, b) == 0;
}

static bool loses(const struct network *now, const struct network *next, const char *text)
{
	struct ip_address address;

	if (!address_parse(text, &address))
		return false;
	const struct dhcp_host *before = find_host(now, &address), *after = find_host(next, &address);

	return before != NULL && (after == NULL || !same_word(before->mac, after->mac) || !same_word(before->id, after->id));
}

static void fail_needed(sqlite3_stmt *row, struct error *err)
{
	const char *machine = (const char *)sqlite3_column_text(row, 0);

	error_set(err, ERROR_STATE, "port %s %d of this host leads to %s, which the network has to keep for '%s'",
		  (const char *)sqlite3_column_text(row, 1), sqlite3_column_int(row, 2), (const char *)sqlite3_column_text(row, 3), machine);
	error_hint(err, "'virtty forward %s list' shows its ports, and 'virtty forward %s delete' takes them away", machine, machine);
}

bool network_check_forwards(struct manager *manager, const struct network_work *work, const struct network *next, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT domain.name, proto, host_port, guest FROM forward JOIN domain ON domain.id = domain_id"
				     " WHERE network_id = ? AND forward.boot_id = ?",
				     "is", work->row.id, process_boot_id());
	bool found = true, ok = true;

	while (ok && found) {
		if (row == NULL || !db_step(manager->db, row, &found, err))
			return false;
		if (found && loses(work->network, next, (const char *)sqlite3_column_text(row, 3))) {
			fail_needed(row, err);
			sqlite3_reset(row);
			ok = false;
		}
	}
	return ok;
}

/* ---- giving back ---- */

/* "52:54:00:00:00:01", or an id (DUID) that ends with it. */
static bool is_of_card(const struct dhcp_host *host, const char *mac)
{
	const char *key = host->mac != NULL ? host->mac : host->id;
	size_t length = strlen(mac);

	return key != NULL && strlen(key) >= length && strcasecmp(key + strlen(key) - length, mac) == 0 &&
	       key[strspn(key, "0123456789abcdefABCDEF:")] == '\0';
}

/* As virtty made it: with nothing but the card and the address. */
static const struct dhcp_host *untouched(const struct network *network, const char *mac, const struct ip_address *address)
{
	const struct dhcp_host *host = find_host(network, address);

	return host != NULL && host->name == NULL && !host->lease.expiry.set && is_of_card(host, mac) ? host : NULL;
}

static bool give_back(struct manager *manager, const struct network_row *row, const char *mac, const char *text, bool *ret_given, struct error *err)
{
	_cleanup_network_ struct network *live = row->active ? network_load(manager, row, true, err) : NULL;
	_cleanup_network_ struct network *stored = row->persistent ? network_load(manager, row, false, err) : NULL;
	struct ip_address address;

	if ((row->active && live == NULL) || (row->persistent && stored == NULL))
		return false;
	if (!address_parse(text, &address))
		return true;
	const struct dhcp_host *runs = untouched(live, mac, &address), *kept = untouched(stored, mac, &address), *host = runs != NULL ? runs : kept;

	if (host == NULL)
		return true;
	_cleanup_free_ char *piece = host->mac != NULL ? strf("<host mac='%s' ip='%s'/>", host->mac, text) :
							 strf("<host id='%s' ip='%s'/>", host->id, text);

	*ret_given = network_update(manager, row, "delete", "ip-dhcp-host", -1, piece,
				    NETWORK_OWN | (runs != NULL ? NETWORK_LIVE : 0) | (kept != NULL ? NETWORK_CONFIG : 0), err);
	return *ret_given;
}

/* Those that are virtty's own. Owned vector. */
static char **own_addresses(struct manager *manager, const char *network, const char *mac)
{
	sqlite3_stmt *row = db_query(manager->db, NULL,
				     "SELECT address FROM forward_address JOIN network ON network.id = network_id"
				     " WHERE network.name = ? AND mac = lower(?)",
				     "ss", network, mac);
	char **addresses = NULL;
	bool found = true;

	while (row != NULL && found && db_step(manager->db, row, &found, NULL))
		if (found)
			addresses = strv_take(addresses, db_text(row, 0));
	return addresses;
}

void network_unreserve(struct manager *manager, const char *network, const char *machine, const char *mac, char ***notes)
{
	_cleanup_strv_ char **addresses = own_addresses(manager, network, mac);
	_cleanup_network_row_ struct network_row row = { 0 };

	if (addresses == NULL || !network_find(manager, network, &row, NULL))
		return;
	for (char **address = addresses; *address != NULL; address++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		bool given = false, ok = give_back(manager, &row, mac, *address, &given, &err);

		/* what a port leads to is given back with that */
		if (ok)
			(void)network_own_delete(manager, row.id, mac, *address, NULL);
		if (notes != NULL && given)
			*notes = strv_addf(*notes, "network '%s' keeps %s for %s no longer", network, *address, machine);
		else if (notes != NULL && !ok && err.code != ERROR_STATE)
			*notes = strv_addf(*notes, "network '%s' still keeps %s for %s: %s", network, *address, machine, error_text(&err));
	}
}

void network_unreserve_unused(struct manager *manager)
{
	sqlite3_stmt *row = db_query(manager->db, NULL,
				     "SELECT DISTINCT network.name, mac FROM forward_address JOIN network ON network.id = network_id"
				     " WHERE NOT EXISTS (SELECT 1 FROM definition WHERE instr(lower(definition.xml), mac))",
				     "");
	_cleanup_strv_ char **networks = NULL, **macs = NULL;
	bool found = true;

	while (row != NULL && found && db_step(manager->db, row, &found, NULL))
		if (found) {
			networks = strv_take(networks, db_text(row, 0));
			macs = strv_take(macs, db_text(row, 1));
		}
	for (size_t i = 0; networks != NULL && networks[i] != NULL; i++)
		network_unreserve(manager, networks[i], macs[i], macs[i], NULL);
}
