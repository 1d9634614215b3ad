/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports of the host that lead to machines on networks: rows in the table `forward`, elements of the firewall's maps. */
#include "core/network_forward.h"

#include "base/memory.h"
#include "base/text.h"
#include "core/change_lock.h"
#include "core/network_internal.h"
#include "hv/domain.h"
#include "hv/port_forwarding.h"
#include "net/nft.h"
#include "net/ruleset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* ---- rules ---- */

struct rule {
	int64_t id; /* of its row; 0: not written yet */
	struct port_forward forward;
};
struct rules {
	struct rule *items; /* owned */
	size_t count;
};

static void rules_clear(struct rules *rules)
{
	free(rules->items);
	*rules = (struct rules){ 0 };
}
#define _cleanup_rules_ _cleanup_(rules_clear)

static bool same_address(const struct ip_address *a, const struct ip_address *b)
{
	return a->family == b->family && (a->family == 0 || address_compare(a, b) == 0);
}

static bool same_rule(const struct port_forward *a, const struct port_forward *b)
{
	return a->udp == b->udp && a->host_port == b->host_port && a->guest_port == b->guest_port && a->count == b->count &&
	       same_address(&a->host, &b->host) && same_address(&a->guest, &b->guest);
}

static bool has_rule(const struct rules *rules, const struct port_forward *forward)
{
	for (size_t i = 0; i < rules->count; i++)
		if (same_rule(&rules->items[i].forward, forward))
			return true;
	return false;
}

/* Those of a that b has not. */
static struct rules without(const struct rules *a, const struct rules *b)
{
	struct rules rest = { 0 };

	for (size_t i = 0; i < a->count; i++)
		if (!has_rule(b, &a->items[i].forward))
			*ARRAY_ADD(rest.items, rest.count) = a->items[i];
	return rest;
}

static void add_rules(struct rules *rules, const struct port_forwarding *forwarding, const struct ip_address *guest)
{
	struct port_forward forward = { .udp = text_equal(forwarding->proto, "udp"), .guest = *guest };
	_cleanup_free_ struct port_run *runs = NULL;
	size_t count = 0;

	if (forwarding->address != NULL && (!address_parse(forwarding->address, &forward.host) || forward.host.family != guest->family))
		return;
	/* whoever built the machine's command line has looked at them */
	(void)port_forwarding_runs(forwarding, &runs, &count, NULL);
	for (size_t i = 0; i < count; i++) {
		forward.host_port = (uint16_t)runs[i].host;
		forward.guest_port = (uint16_t)runs[i].guest;
		forward.count = runs[i].count;
		if (!has_rule(rules, &forward))
			*ARRAY_ADD(rules->items, rules->count) = (struct rule){ .forward = forward };
	}
}

/* What a card's ports come to, by the addresses that its network keeps for it. */
static bool wanted_rules(const struct network *network, const struct interface *interface, struct rules *ret, struct error *err)
{
	static const int families[] = { AF_INET, AF_INET6 };
	struct ip_address guest;

	for (size_t i = 0; i < interface->forwarding_count; i++) {
		size_t before = ret->count;

		for (size_t n = 0; n < ARRAY_LENGTH(families); n++)
			if (network_reserved(network, interface->mac, families[n], &guest))
				add_rules(ret, &interface->forwardings[i], &guest);
		if (ret->count == before && before == 0)
			return error_set(err, ERROR_STATE, "network '%s' keeps no address for %s any more", network->name, interface->mac);
	}
	return true;
}

/* ---- rows ---- */

#define COLUMNS "id, proto, address, host_port, count, guest, guest_port, boot_id"

static bool read_rule(sqlite3_stmt *row, struct rule *ret)
{
	const char *address = (const char *)sqlite3_column_text(row, 2), *guest = (const char *)sqlite3_column_text(row, 5);

	*ret = (struct rule){ .id = sqlite3_column_int64(row, 0),
			      .forward = { .udp = text_equal((const char *)sqlite3_column_text(row, 1), "udp"),
					   .host_port = (uint16_t)sqlite3_column_int(row, 3),
					   .count = (unsigned)sqlite3_column_int(row, 4),
					   .guest_port = (uint16_t)sqlite3_column_int(row, 6) } };
	/* nothing of another boot is left */
	return text_equal((const char *)sqlite3_column_text(row, 7), process_boot_id()) && guest != NULL &&
	       address_parse(guest, &ret->forward.guest) && (address == NULL || address_parse(address, &ret->forward.host));
}

static bool read_rules(struct manager *manager, sqlite3_stmt *row, struct rules *ret, struct error *err)
{
	struct rule rule;
	bool found = true;

	if (row == NULL)
		return false;
	while (found) {
		if (!db_step(manager->db, row, &found, err))
			return false;
		if (found && read_rule(row, &rule))
			*ARRAY_ADD(ret->items, ret->count) = rule;
	}
	return true;
}

static bool rules_of_card(struct manager *manager, int64_t domain_id, const char *card, struct rules *ret, struct error *err)
{
	return read_rules(manager,
			  card != NULL ? db_query(manager->db, err, "SELECT " COLUMNS " FROM forward WHERE domain_id = ? AND card = ?", "is",
						  domain_id, card) :
					 db_query(manager->db, err, "SELECT " COLUMNS " FROM forward WHERE domain_id = ?", "i", domain_id),
			  ret, err);
}

static bool write_rule(struct manager *manager, int64_t domain_id, int64_t network_id, const char *card, struct rule *rule, struct error *err)
{
	const struct port_forward *forward = &rule->forward;
	char host[ADDRESS_TEXT_SIZE], guest[ADDRESS_TEXT_SIZE];

	address_format(&forward->guest, guest);
	if (forward->host.family != 0)
		address_format(&forward->host, host);
	if (!db_run(manager->db, NULL, err,
		    "INSERT INTO forward(domain_id, network_id, boot_id, card, proto, address, host_port, count, guest, guest_port)"
		    " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		    "iissssiisi", domain_id, network_id, process_boot_id(), card, forward->udp ? "udp" : "tcp",
		    forward->host.family != 0 ? host : NULL, (int64_t)forward->host_port, (int64_t)forward->count, guest,
		    (int64_t)forward->guest_port))
		return false;
	rule->id = db_last_id(manager->db);
	return true;
}

static bool delete_rows(struct manager *manager, const struct rules *rules, struct error *err)
{
	for (size_t i = 0; i < rules->count; i++)
		if (!db_run(manager->db, NULL, err, "DELETE FROM forward WHERE id = ?", "i", rules->items[i].id))
			return false;
	return true;
}

/* Is there a row that the statement finds? */
static bool check_row(struct manager *manager, sqlite3_stmt *row, const char *otherwise, struct error *err)
{
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (found)
		sqlite3_reset(row);
	return found || error_set(err, ERROR_STATE, "%s", otherwise);
}

/* Neither has ended since it was looked at: who ends them takes the rows away first. */
static bool check_both(struct manager *manager, int64_t domain_id, int64_t network_id, struct error *err)
{
	return check_row(manager, db_query(manager->db, err, "SELECT 1 FROM network WHERE id = ? AND active", "i", network_id),
			 "the network has stopped meanwhile", err) &&
	       check_row(manager, db_query(manager->db, err, "SELECT 1 FROM run WHERE domain_id = ? AND phase <> 0", "i", domain_id),
			 "the machine has stopped meanwhile", err);
}

/* ---- the firewall ---- */

static struct port_forward *forwards_of(const struct rules *rules)
{
	struct port_forward *forwards = xcalloc(rules->count + 1, sizeof *forwards);

	for (size_t i = 0; i < rules->count; i++)
		forwards[i] = rules->items[i].forward;
	return forwards;
}

/* With the database's write lock held, so that only the nft of somebody who was killed is waited for: it has the lock until it has ended, and
 * does nothing after that which we do. */
static bool change_firewall(struct manager *manager, const struct rules *removed, const struct rules *added, struct error *err)
{
	_cleanup_free_ struct port_forward *out = forwards_of(removed), *in = forwards_of(added);
	_cleanup_free_ char *text = ruleset_forwards(out, removed->count, in, added->count);
	_cleanup_close_ int lock = -1;

	if (removed->count == 0 && added->count == 0)
		return true;
	lock = change_lock(manager, "forward", 0, err);
	return lock >= 0 && nft_run_from(lock, text, err);
}

/* One whose port leads elsewhere by now was never put in, and is not ours to take out. */
static bool take_out(struct manager *manager, const struct rules *rules, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	const struct rules none = { 0 };

	if (change_firewall(manager, rules, &none, &local))
		return true;
	for (size_t i = 0; local.code == ERROR_EXISTS && i < rules->count; i++) {
		const struct rules one = { &rules->items[i], 1 };
		_cleanup_error_ struct error refused = ERROR_INIT;

		if (!change_firewall(manager, &one, &none, &refused) && refused.code != ERROR_EXISTS)
			return error_move(err, &refused);
	}
	return local.code == ERROR_EXISTS || error_move(err, &local);
}

/* Somebody may have taken the table away: it does not come back by this. */
static bool clear_firewall(struct manager *manager, const struct rules *rules, struct error *err)
{
	_cleanup_free_ char *table = ruleset_trim();

	return take_out(manager, rules, err) && nft_run_unless_busy(table, err);
}

/* ---- both ---- */

static bool commit_or_not(struct manager *manager, bool ok, struct error *err)
{
	if (ok)
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

static bool announce(struct manager *manager, int64_t domain_id, int64_t network_id, const char *card, struct rules *added, struct error *err)
{
	bool ok = db_begin_volatile(manager->db, err);

	if (!ok)
		return false;
	ok = check_both(manager, domain_id, network_id, err);
	for (size_t i = 0; ok && i < added->count; i++)
		ok = write_rule(manager, domain_id, network_id, card, &added->items[i], err);
	return commit_or_not(manager, ok, err);
}

/* With the write lock held: nobody can take the rows away in between. */
static bool carry_out(struct manager *manager, int64_t domain_id, int64_t network_id, const struct rules *removed, const struct rules *added,
		      struct error *err)
{
	if (!db_begin_volatile(manager->db, err))
		return false;
	return commit_or_not(manager,
			     check_both(manager, domain_id, network_id, err) && change_firewall(manager, removed, added, err) &&
				     delete_rows(manager, removed, err),
			     err);
}

static bool withdraw(struct manager *manager, const struct rules *rules)
{
	return db_begin_volatile(manager->db, NULL) && commit_or_not(manager, delete_rows(manager, rules, NULL), NULL);
}

/* anew: all of them, since what rows say need not be there. */
static bool put_rules(struct manager *manager, int64_t domain_id, const struct network_row *row, const char *card, const struct rules *wanted,
		      bool anew, struct error *err)
{
	_cleanup_rules_ struct rules now = { 0 }, added = { 0 }, removed = { 0 };
	const struct rules none = { 0 };

	if (!rules_of_card(manager, domain_id, card, &now, err))
		return false;
	added = without(wanted, anew ? &none : &now);
	removed = without(&now, anew ? &none : wanted);
	if (added.count == 0 && removed.count == 0)
		return true;
	if (!announce(manager, domain_id, row->id, card, &added, err))
		return false;
	if (carry_out(manager, domain_id, row->id, &removed, &added, err))
		return true;
	(void)withdraw(manager, &added);
	if (err != NULL && err->code == ERROR_EXISTS) {
		error_set(err, ERROR_EXISTS, "the firewall sends one of its ports elsewhere already");
		error_hint(err, "'nft list table inet virtty' shows where");
	}
	return false;
}

static bool put(struct manager *manager, int64_t domain_id, const char *card, const struct interface *interface, bool anew,
		struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_network_ struct network *network = NULL;
	_cleanup_rules_ struct rules wanted = { 0 };

	if (interface->type != INTERFACE_NETWORK || interface->forwarding_count == 0)
		return network_forward_remove(manager, domain_id, card, err);
	if (!network_find(manager, interface->source, &row, err))
		return false;
	if (!row.active)
		return error_set(err, ERROR_STATE, "network '%s' is not active", row.name);
	network = network_load(manager, &row, true, err);
	return network != NULL && wanted_rules(network, interface, &wanted, err) &&
	       put_rules(manager, domain_id, &row, card, &wanted, anew, err);
}

bool network_forward_put(struct manager *manager, int64_t domain_id, const char *card, const struct interface *interface, struct error *err)
{
	return put(manager, domain_id, card, interface, false, err);
}

bool network_forward_renew(struct manager *manager, int64_t domain_id, const char *card, const struct interface *interface, struct error *err)
{
	return put(manager, domain_id, card, interface, true, err);
}

/* Rows and rules of a statement's; in a transaction of its own where there is none. */
static bool remove_rules(struct manager *manager, const struct rules *rules, struct error *err)
{
	bool own = !db_in_transaction(manager->db);

	if (rules->count == 0)
		return true;
	if (own && !db_begin_volatile(manager->db, err))
		return false;
	bool ok = clear_firewall(manager, rules, err) && delete_rows(manager, rules, err);

	return own ? commit_or_not(manager, ok, err) : ok;
}

bool network_forward_remove(struct manager *manager, int64_t domain_id, const char *card, struct error *err)
{
	_cleanup_rules_ struct rules rules = { 0 };

	return rules_of_card(manager, domain_id, card, &rules, err) && remove_rules(manager, &rules, err) &&
	       (card != NULL || db_run(manager->db, NULL, err, "DELETE FROM forward WHERE domain_id = ?", "i", domain_id));
}

bool network_forward_stop(struct manager *manager, int64_t network_id, struct error *err)
{
	_cleanup_rules_ struct rules rules = { 0 };

	return read_rules(manager, db_query(manager->db, err, "SELECT " COLUMNS " FROM forward WHERE network_id = ?", "i", network_id), &rules,
			  err) &&
	       remove_rules(manager, &rules, err) && db_run(manager->db, NULL, err, "DELETE FROM forward WHERE network_id = ?", "i", network_id);
}
