/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries of networks, read. */
#include "tui/network_entries.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/forward.h"
#include "tui/model.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

void network_entry_clear(struct network_entry *entry)
{
	free(entry->name);
	free(entry->who);
	free(entry->address);
	free(entry->mac);
	free(entry->host);
	free(entry->id);
	free(entry->forward);
	free(entry->proto);
	*entry = (struct network_entry){ 0 };
}

void network_entry_copy(struct network_entry *ret, const struct network_entry *entry)
{
	*ret = *entry;
	ret->name = xstrdup_null(entry->name);
	ret->who = xstrdup_null(entry->who);
	ret->address = xstrdup_null(entry->address);
	ret->mac = xstrdup_null(entry->mac);
	ret->host = xstrdup_null(entry->host);
	ret->id = xstrdup_null(entry->id);
	ret->forward = xstrdup_null(entry->forward);
	ret->proto = xstrdup_null(entry->proto);
}

void entry_set_clear(struct entry_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		network_entry_clear(&set->entries[i]);
	free(set->entries);
	free(set->uuid);
	*set = (struct entry_set){ .ui = set->ui };
}

static struct network_entry *add(struct entry_set *set, enum entry_kind kind, char *name)
{
	struct network_entry *entry = ARRAY_ADD(set->entries, set->count);

	entry->kind = kind;
	entry->name = name;
	return entry;
}

/* The machine's own name says more than what its guest calls itself. */
static char *who_has(const struct entry_set *set, const char *mac, const char *host)
{
	const char *machine = network_machine_of(set->ui->networks, mac);

	return xstrdup_null(machine != NULL ? machine : host);
}

/* ---- leases ---- */

static int compare_leases(const void *a, const void *b)
{
	const struct lease *x = a, *y = b;

	if (x->address.family != y->address.family)
		return x->address.family - y->address.family;
	return address_compare(&x->address, &y->address);
}

static void add_leases(struct entry_set *set, const struct network_row *row)
{
	struct lease *leases = NULL;
	size_t count = 0;

	set->leases_stamp = row->active ? network_leases_stamp(set->ui->manager, row) : 0;
	if (!row->active || !network_leases(set->ui->manager, row, &leases, &count, NULL))
		return;
	if (count > 1)
		qsort(leases, count, sizeof *leases, compare_leases);
	for (size_t i = 0; i < count; i++) {
		char address[ADDRESS_TEXT_SIZE];

		if (leases[i].expiry_s != 0 && leases[i].expiry_s * 1000 < clock_wall_ms())
			continue;
		address_format(&leases[i].address, address);
		struct network_entry *entry = add(set, ENTRY_LEASE, strf("lease %s", address));

		entry->who = who_has(set, leases[i].mac, leases[i].name);
		entry->address = xstrdup(address);
		entry->mac = xstrdup_null(leases[i].mac);
		entry->host = xstrdup_null(leases[i].name);
		entry->id = leases[i].address.family == AF_INET6 ? xstrdup_null(leases[i].client_id) : NULL;
		entry->expiry_s = leases[i].expiry_s;
		entry->where = NETWORK_LIVE;
	}
	leases_free(leases, count);
}

/* ---- what the document says ---- */

static struct network_entry *find(struct entry_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->entries[i].name, name) == 0)
			return &set->entries[i];
	return NULL;
}

static bool is_same_guest(const struct network_entry *lease, const struct dhcp_host *host)
{
	return text_equal(lease->address, host->ip) ||
	       (host->ip == NULL && host->mac != NULL && lease->mac != NULL && strcasecmp(host->mac, lease->mac) == 0);
}

static void add_reserved(struct entry_set *set, const struct dhcp_host *host, unsigned where)
{
	_cleanup_free_ char *name = strf("reserved %s %s %s %s", host->mac != NULL ? host->mac : "", host->id != NULL ? host->id : "",
					 host->name != NULL ? host->name : "", host->ip != NULL ? host->ip : "");
	struct network_entry *entry = find(set, name);

	if (entry == NULL) {
		entry = add(set, ENTRY_RESERVED, TAKE_POINTER(name));
		entry->who = who_has(set, host->mac, host->name);
		entry->address = xstrdup_null(host->ip);
		entry->mac = xstrdup_null(host->mac);
		entry->host = xstrdup_null(host->name);
		entry->id = xstrdup_null(host->id);
	}
	entry->where |= where;
	for (size_t i = 0; i < set->count; i++)
		if (set->entries[i].kind == ENTRY_LEASE && is_same_guest(&set->entries[i], host))
			set->entries[i].reserved = true;
}

static void add_name(struct entry_set *set, const struct dns_host *host, unsigned where)
{
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < host->name_count; i++)
		names = strv_add(names, host->names[i].name);
	_cleanup_free_ char *joined = strv_join(names, " ");
	_cleanup_free_ char *name = strf("name %s %s", host->ip, joined);
	struct network_entry *entry = find(set, name);

	if (entry == NULL) {
		entry = add(set, ENTRY_NAME, TAKE_POINTER(name));
		entry->who = xstrdup(joined);
		entry->host = TAKE_POINTER(joined);
		entry->address = xstrdup(host->ip);
	}
	entry->where |= where;
}

/* Of the document that runs or the one that is stored; NULL: there is none. */
static void add_all_reserved(struct entry_set *set, const struct network *network, unsigned where)
{
	for (size_t i = 0; network != NULL && i < network->ip_count; i++)
		for (size_t j = 0; j < network->ips[i].host_count; j++)
			add_reserved(set, &network->ips[i].hosts[j], where);
}

static void add_all_names(struct entry_set *set, const struct network *network, unsigned where)
{
	for (size_t i = 0; network != NULL && i < network->dns_host_count; i++)
		add_name(set, &network->dns_hosts[i], where);
}

/* ---- forwards ---- */

static void add_forward(struct entry_set *set, const struct machine *machine, const struct forward_row *row)
{
	_cleanup_free_ char *text = forward_text(&row->forward);
	struct network_entry *entry = add(set, ENTRY_FORWARD, strf("forward %s %s %s", machine->name, row->forward.proto, text));

	entry->who = xstrdup(machine->name);
	entry->address = xstrdup_null(row->guest);
	entry->mac = xstrdup_null(row->mac);
	entry->proto = xstrdup(row->forward.proto);
	entry->forward = TAKE_POINTER(text);
}

/* A running machine's as they are, another's as they are defined. */
static void add_machine_forwards(struct entry_set *set, const struct network_row *row, const struct machine *machine)
{
	struct forward_row *forwards = NULL;
	size_t count = 0;

	if (!domain_forwards(set->ui->manager, machine, machine_is_active(machine), &forwards, &count, NULL))
		return;
	for (size_t i = 0; i < count; i++)
		if (text_equal(forwards[i].source, row->name))
			add_forward(set, machine, &forwards[i]);
	forward_rows_free(forwards, count);
}

static void add_forwards(struct entry_set *set, const struct network_row *row)
{
	const struct network_uses *uses = &set->ui->networks->uses;
	const struct model *model = set->ui->model;
	int64_t last = 0;

	for (size_t i = 0; i < uses->count; i++) {
		const struct network_use *use = &uses->uses[i];

		if (!use->forwards || use->domain_id == last || !network_use_is_of(use, row))
			continue;
		size_t at = model_find(model, use->domain_id);

		last = use->domain_id;
		if (at < model->count)
			add_machine_forwards(set, row, &model->machines[at]);
	}
}

void entry_set_load(struct entry_set *set, const struct network_row *row)
{
	entry_set_clear(set);
	if (row == NULL)
		return;
	_cleanup_network_ struct network *live = row->active ? network_load(set->ui->manager, row, true, NULL) : NULL;
	_cleanup_network_ struct network *stored = row->persistent ? network_load(set->ui->manager, row, false, NULL) : NULL;

	set->uuid = xstrdup(row->uuid);
	add_leases(set, row);
	add_all_reserved(set, live, NETWORK_LIVE);
	add_all_reserved(set, stored, NETWORK_CONFIG);
	add_forwards(set, row);
	add_all_names(set, live, NETWORK_LIVE);
	add_all_names(set, stored, NETWORK_CONFIG);
}

bool entry_set_is_stale(const struct entry_set *set, const struct network_row *row)
{
	return row != NULL && row->active && network_leases_stamp(set->ui->manager, row) != set->leases_stamp;
}
