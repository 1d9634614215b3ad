/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network is on the host: bridge, addresses, routes, the kernel's switches, rules. Made in this order, taken away in the other. */
#include "base/memory.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "net/nft.h"
#include "net/ruleset.h"

#include <stdlib.h>
#include <string.h>

/* ---- addresses ---- */

/* An address that the host has on another side too would cut one of the two off. */
static bool check_free(const struct network_work *work, struct error *err)
{
	_cleanup_free_ struct subnet *used = NULL;
	size_t count = 0;

	if (!link_subnets(work->links, work->network->bridge, &used, &count, err))
		return false;
	for (size_t i = 0; i < work->network->ip_count; i++) {
		struct subnet subnet;

		if (!network_ip_subnet(&work->network->ips[i], &subnet, err))
			return false;
		for (size_t n = 0; n < count; n++) {
			if (!subnets_overlap(&subnet, &used[n]))
				continue;
			_cleanup_free_ char *ours = subnet_format(&subnet), *theirs = subnet_format(&used[n]);

			error_set(err, ERROR_EXISTS, "network %s is in use on this host already: it has an address in or a route to %s", ours,
				  theirs);
			return error_hint(err, "'virtty net-edit %s' gives it another one", work->row.name);
		}
	}
	return true;
}

static bool add_addresses(const struct network_work *work, struct error *err)
{
	for (size_t i = 0; i < work->network->ip_count; i++) {
		struct subnet subnet;

		if (!network_ip_subnet(&work->network->ips[i], &subnet, err) ||
		    !link_add_address(work->links, work->network->bridge, &subnet, err))
			return false;
	}
	return true;
}

static bool fail_taken(const struct network_work *work, const struct subnet *to, struct error *err)
{
	_cleanup_free_ char *text = subnet_format(to);

	error_set(err, ERROR_EXISTS, "<route> to %s is in use on this host already: it has a route there of the same metric", text);
	return error_hint(err, "'ip route show %s' shows it; 'virtty net-edit %s' takes the network's away, or gives it another metric=",
			  text, work->row.name);
}

static bool add_routes(const struct network_work *work, struct error *err)
{
	for (size_t i = 0; i < work->network->route_count; i++) {
		const struct network_route *route = &work->network->routes[i];
		_cleanup_error_ struct error why = ERROR_INIT;
		struct ip_address gateway;
		struct subnet to;

		if (!subnet_parse("address", route->address, route->netmask, route->prefix.set, route->prefix.value, &to, err) ||
		    !address_parse(route->gateway, &gateway))
			return false;
		if (!link_add_route(work->links, work->network->bridge, &to, &gateway, (unsigned)route->metric.value, &why))
			return why.code == ERROR_EXISTS ? fail_taken(work, &to, err) : error_move(err, &why);
	}
	return true;
}

/* ---- the bridge ---- */

/* Whose is the interface that has the bridge's name? */
enum owner { OWNER_NOBODY, OWNER_NETWORK, OWNER_ANOTHER_HOME, OWNER_HOST };

static bool find_owner(const struct network_work *work, struct link *ret, enum owner *ret_owner, struct error *err)
{
	_cleanup_free_ char *alias = network_alias(&work->row);
	_cleanup_error_ struct error none = ERROR_INIT;

	*ret_owner = OWNER_NOBODY;
	if (!link_find(work->links, work->row.bridge, ret, &none))
		return none.code == ERROR_NOT_FOUND || error_move(err, &none);
	/* its mark is put on after it was made, with a MAC that no other has */
	bool unmarked = text_equal(ret->alias, "") && text_equal(ret->kind, "bridge") && text_equal(ret->mac, work->network->mac);

	*ret_owner = text_equal(ret->alias, alias) || unmarked		  ? OWNER_NETWORK :
		     text_starts(ret->alias, NETWORK_ALIAS) ? OWNER_ANOTHER_HOME :
								    OWNER_HOST;
	return true;
}

/* What a start that was killed left is ours to clear away; anything else of that name is not. */
static bool check_name(const struct network_work *work, struct error *err)
{
	enum owner owner;
	struct link link;

	if (!find_owner(work, &link, &owner, err))
		return false;
	if (owner == OWNER_NOBODY || owner == OWNER_NETWORK)
		return owner == OWNER_NOBODY || link_delete(work->links, link.name, link.alias, err);
	error_set(err, ERROR_EXISTS, "this host has a network interface '%s' already, and it is not this network's", link.name);
	return error_hint(err, "'virtty net-edit %s' gives the network another <bridge name=>", work->row.name);
}

static bool make_bridge(const struct network_work *work, struct error *err)
{
	const struct network *network = work->network;
	_cleanup_free_ char *alias = network_alias(&work->row);
	uint64_t delay = 0;

	(void)text_to_uint(network->delay != NULL ? network->delay : "0", false, &delay);
	struct bridge_settings settings = { .alias = alias,
					    .mac = network->mac,
					    .stp = network->stp == TRI_YES,
					    .delay_s = (unsigned)delay,
					    .mtu = network->mtu.set ? (unsigned)network->mtu.value : 0 };

	return link_add_bridge(work->links, network->bridge, &settings, err);
}

static bool limit(const struct network_work *work, struct error *err)
{
	const struct bandwidth_side *side = &work->network->inbound;
	struct link_limit settings = { side->average.value * 1024, side->peak.value * 1024, side->burst.value * 1024 };

	return !side->average.set || link_set_limit(work->links, work->network->bridge, &settings, err);
}

bool network_put_rules(const struct network *network, struct error *err)
{
	_cleanup_free_ char *rules = ruleset_put(network);

	return nft_run(rules, err);
}

/* A network of others is there, or is not. */
static bool check_foreign(const struct network_work *work, struct error *err)
{
	const struct network *network = work->network;
	struct link link;

	if (network->bridge != NULL) {
		if (!link_find(work->links, network->bridge, &link, err)) {
			if (err != NULL && err->code == ERROR_NOT_FOUND)
				error_hint(err, "'virtty bridge create %s --port CARD' makes it", network->bridge);
			return false;
		}
		return text_equal(link.kind, "bridge") ||
		       error_set(err, ERROR_INVALID, "interface '%s' is not a bridge", network->bridge);
	}
	for (size_t i = 0; i < network->device_count; i++)
		if (!link_find(work->links, network->devices[i].dev, &link, err))
			return false;
	return network->forward_dev == NULL || link_find(work->links, network->forward_dev, &link, err);
}

bool network_bring_up(struct network_work *work, char ***notes, bool *ret_made, struct error *err)
{
	*ret_made = false;
	if (!network_has_own_bridge(work->network))
		return check_foreign(work, err);
	if (!check_name(work, err) || !check_free(work, err) || !make_bridge(work, err))
		return false;
	*ret_made = true;
	return network_set_switches(work, notes, err) && add_addresses(work, err) &&
	       link_set_up(work->links, work->network->bridge, true, err) && add_routes(work, err) && limit(work, err) &&
	       network_put_rules(work->network, err);
}

bool network_take_down(const struct network_work *work, struct error *err)
{
	const struct network of_mode = { .forward = work->row.mode };
	enum owner owner;
	struct link link;

	if (!network_has_own_bridge(&of_mode) || work->row.bridge == NULL)
		return true;
	if (!find_owner(work, &link, &owner, err))
		return false;
	/* the name is that of another home's network now, and so are the rules */
	if (owner == OWNER_ANOTHER_HOME)
		return true;
	_cleanup_free_ char *rules = ruleset_remove(work->row.bridge), *table = ruleset_trim();
	bool ok = nft_run(rules, err) && nft_run_unless_busy(table, err);

	return (owner != OWNER_NETWORK || link_delete(work->links, link.name, link.alias, ok ? err : NULL)) && ok;
}
