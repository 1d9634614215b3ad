/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What goes through networks, which subnets are taken, what is missing where none can be started. */
#include "core/network_use.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/network_internal.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CAP_NET_ADMIN_BIT 12

/* ---- traffic ---- */

static bool has_own_bridge(const struct network_row *row)
{
	const struct network of_mode = { .forward = row->mode };

	return network_has_own_bridge(&of_mode);
}

/* The card of a machine behind this interface is on the network that stands on that one. A bridge of the host's has other ports too. */
static bool is_guest(const struct network_row *row, const struct link *on, const struct link *link)
{
	bool ours = text_starts(link->alias, "virtty machine ");

	if (row->bridge != NULL)
		return link->master == on->index && (ours || has_own_bridge(row));
	return ours && link->lower == on->index && text_equal(link->kind, "macvtap");
}

static void count_guest(struct network_traffic *to, const struct link *link)
{
	/* what a tap sends, its guest receives; a macvtap counts as its guest does */
	bool tap = !text_equal(link->kind, "macvtap");

	to->received += tap ? link->tx_bytes : link->rx_bytes;
	to->sent += tap ? link->rx_bytes : link->tx_bytes;
}

bool network_traffic(const struct network_row *rows, size_t count, struct network_traffic *ret, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_free_ struct link *there = NULL;
	size_t there_count = 0;

	memset(ret, 0, count * sizeof *ret);
	if (links == NULL || !link_list(links, &there, &there_count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		const char *name = rows[i].bridge != NULL ? rows[i].bridge : rows[i].device;
		const struct link *on = NULL;

		for (size_t j = 0; rows[i].active && on == NULL && j < there_count; j++)
			if (text_equal(there[j].name, name))
				on = &there[j];
		ret[i].known = on != NULL;
		for (size_t j = 0; on != NULL && j < there_count; j++)
			if (is_guest(&rows[i], on, &there[j]))
				count_guest(&ret[i], &there[j]);
	}
	return true;
}

int64_t network_leases_stamp(struct manager *manager, const struct network_row *row)
{
	_cleanup_free_ char *path = network_lease_file(manager, row->id);
	struct stat st;

	if (stat(path, &st) != 0)
		return 0;
	return (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec + st.st_size;
}

/* ---- subnets ---- */

void subnet_uses_free(struct subnet_use *uses, size_t count)
{
	for (size_t i = 0; uses != NULL && i < count; i++)
		free(uses[i].network);
	free(uses);
}

static void add_network(struct manager *manager, const struct network_row *row, struct subnet_use **uses, size_t *count)
{
	_cleanup_network_ struct network *network = network_load(manager, row, row->active, NULL);

	for (size_t i = 0; network != NULL && i < network->ip_count; i++) {
		struct subnet subnet;

		if (network_ip_subnet(&network->ips[i], &subnet, NULL))
			*ARRAY_ADD(*uses, *count) = (struct subnet_use){ subnet, xstrdup(row->name) };
	}
}

bool network_subnets(struct manager *manager, struct subnet_use **ret, size_t *ret_count, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_free_ struct subnet *hosts = NULL;
	struct network_row *rows = NULL;
	struct subnet_use *uses = NULL;
	size_t host_count = 0, row_count = 0, count = 0;

	if (links == NULL || !link_subnets(links, NULL, &hosts, &host_count, err) || !network_list(manager, &rows, &row_count, err))
		return false;
	for (size_t i = 0; i < row_count; i++)
		add_network(manager, &rows[i], &uses, &count);
	for (size_t i = 0; i < host_count; i++)
		*ARRAY_ADD(uses, count) = (struct subnet_use){ hosts[i], NULL };
	network_rows_free(rows, row_count);
	*ret = uses;
	*ret_count = count;
	return true;
}

/* ---- what is missing ---- */

/* The kernel's own word on it: who is root in a container may still lack it. */
static bool may_make_links(void)
{
	_cleanup_free_ char *status = NULL;
	const char *line;

	if (!file_read("/proc/self/status", (size_t)64 * 1024, &status, NULL, NULL) || (line = strstr(status, "\nCapEff:")) == NULL)
		return geteuid() == 0;
	return (strtoull(line + strlen("\nCapEff:"), NULL, 16) >> CAP_NET_ADMIN_BIT & 1) != 0;
}

bool network_startable(struct error *err)
{
	static const struct {
		const char *program, *package, *does;
	} needed[] = { { "nft", "nftables", "the rules of networks" }, { "dnsmasq", "dnsmasq-base", "addresses and names of guests" } };

	if (!may_make_links()) {
		error_set(err, ERROR_UNSUPPORTED, "networks cannot be started here: making bridges is for root alone");
		return error_hint(err, "'sudo virtty' has networks of its own; machines of this user get out by user networking");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(needed); i++) {
		_cleanup_free_ char *path = process_find(needed[i].program);

		if (path != NULL)
			continue;
		error_set(err, ERROR_NOT_FOUND, "networks cannot be started here: there is no %s, which makes %s", needed[i].program, needed[i].does);
		return error_hint(err, "install the package %s", needed[i].package);
	}
	return true;
}
