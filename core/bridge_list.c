/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bridges that the host has, whose they are, and who stands on them. */
#include "core/bridge_internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/network.h"

#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

#define NETWORK_MARK "virtty network "
#define MACHINE_MARK "virtty machine "

void bridge_rows_free(struct bridge_row *rows, size_t count)
{
	for (size_t i = 0; rows != NULL && i < count; i++) {
		for (size_t n = 0; n < rows[i].port_count; n++) {
			free(rows[i].ports[n].name);
			free(rows[i].ports[n].machine);
		}
		free(rows[i].ports);
		free(rows[i].name);
		free(rows[i].id);
		free(rows[i].mac);
		free(rows[i].network);
	}
	free(rows);
}

/* A tap says which row it is of; the row has the name. Owned; NULL: not one of ours. */
static char *machine_of(struct manager *manager, const struct link *link)
{
	sqlite3_stmt *row;
	char *name = NULL;
	bool found;
	int64_t id;

	if (!text_starts(link->alias, MACHINE_MARK) || !text_to_int(link->alias + strlen(MACHINE_MARK), &id))
		return NULL;
	row = db_query(manager->db, NULL, "SELECT name FROM domain WHERE id = ?", "i", id);
	if (row != NULL && db_step(manager->db, row, &found, NULL) && found) {
		name = db_text(row, 0);
		sqlite3_reset(row);
	}
	return name;
}

static char *network_of(struct manager *manager, const struct link *link)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!text_starts(link->alias, NETWORK_MARK) || !network_find(manager, link->alias + strlen(NETWORK_MARK), &row, NULL))
		return NULL;
	return TAKE_POINTER(row.name);
}

/* How long until the bridge that waits for its confirmation is put back; 0: that is not this one. */
static int unconfirmed_s(const struct bridge_plan *plan, const char *name)
{
	if (plan->carried == NULL || plan->stage != BRIDGE_WHOLE || !text_equal(plan->name, name))
		return 0;
	int64_t left = (plan->deadline_ms - clock_boot_ms() + 999) / 1000;

	return left > 0 ? (int)left : 1;
}

static void add_ports(struct manager *manager, struct bridge_row *row, int index, const struct link *links, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (links[i].master == index)
			*ARRAY_ADD(row->ports, row->port_count) = (struct bridge_port){
				.name = xstrdup(links[i].name), .machine = machine_of(manager, &links[i]), .up = links[i].up
			};
}

static int compare_rows(const void *a, const void *b)
{
	return strcmp(((const struct bridge_row *)a)->name, ((const struct bridge_row *)b)->name);
}

bool bridge_list(struct manager *manager, struct bridge_row **ret, size_t *ret_count, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_free_ char *directory = bridge_directory(manager);
	_cleanup_bridge_plan_ struct bridge_plan plan = { 0 };
	_cleanup_free_ struct link *all = NULL;
	struct bridge_row *rows = NULL;
	size_t all_count = 0, count = 0;

	if (links == NULL || !link_list(links, &all, &all_count, err))
		return false;
	(void)bridge_plan_read(directory, &plan, NULL);
	for (size_t i = 0; i < all_count; i++) {
		if (!text_equal(all[i].kind, "bridge"))
			continue;
		struct bridge_row *row = ARRAY_ADD(rows, count);

		*row = (struct bridge_row){
			.name = xstrdup(all[i].name),
			.id = xstrdup(all[i].bridge_id),
			.mac = xstrdup(all[i].mac),
			.network = network_of(manager, &all[i]),
			.mtu = all[i].mtu,
			.stp = all[i].stp,
			.up = all[i].up,
			.made = text_starts(all[i].alias, BRIDGE_ALIAS),
			.unconfirmed_s = unconfirmed_s(&plan, all[i].name),
		};
		add_ports(manager, row, all[i].index, all, all_count);
	}
	if (count > 1)
		qsort(rows, count, sizeof *rows, compare_rows);
	*ret = rows;
	*ret_count = count;
	return true;
}

/* What a bridge could have as a port: something that speaks Ethernet, stands for itself, and is nobody's tap. */
static bool is_candidate(const struct link *link)
{
	_cleanup_free_ char *wireless = strf("/sys/class/net/%s/phy80211", link->name);

	return link->type == ARPHRD_ETHER && link->master == 0 && !text_equal(link->kind, "bridge") && !text_equal(link->kind, "tun") &&
	       !text_starts(link->kind, "macv") && !text_starts(link->kind, "ipv") && !text_equal(link->kind, "ifb") && !path_exists(wireless);
}

char **bridge_candidates(struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_free_ struct link *all = NULL;
	char **names = xcalloc(1, sizeof *names);
	size_t count = 0;

	if (links == NULL || !link_list(links, &all, &count, err)) {
		strv_free(names);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		if (is_candidate(&all[i]))
			names = strv_add(names, all[i].name);
	return names;
}
