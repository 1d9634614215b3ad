/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface has goes to a bridge, and back. In an order that connections live through: addresses and routes are on the new one before
 * they leave the old one. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/bridge_internal.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define READY_LIMIT_MS 2000
#define READY_STEP_MS  2

/* ---- there ---- */

/* A bridge sends once its first port forwards: the kernel notices in a moment. With spanning tree that is not waited for. */
static void wait_ready(struct links *links, const char *name)
{
	int64_t deadline = clock_monotonic_ms() + READY_LIMIT_MS;
	struct link link;

	while (link_find(links, name, &link, NULL) && !link.ready && clock_monotonic_ms() < deadline)
		(void)poll(NULL, 0, READY_STEP_MS);
}

static bool make_bridge(struct links *links, const struct bridge_request *request, const struct bridge_plan *plan, unsigned mtu,
			struct error *err)
{
	_cleanup_free_ char *alias = strf(BRIDGE_ALIAS "%s", plan->port);
	struct bridge_settings settings = {
		.alias = alias, .mac = plan->mac, .stp = request->stp, .delay_s = request->delay_s, .mtu = request->mtu != 0 ? request->mtu : mtu
	};

	if (!link_add_bridge(links, plan->name, &settings, err))
		return false;
	carried_put_switches(plan->carried, plan->name);
	return link_disable_ipv6(plan->name, plan->ipv6_off, err) && link_set_up(links, plan->name, true, err);
}

static bool make(struct links *links, const struct bridge_request *request, const struct bridge_plan *plan, const struct link *port,
		 struct error *err)
{
	if (!make_bridge(links, request, plan, port->mtu, err) || !carried_put_addresses(links, plan->carried, plan->name, err) ||
	    (!port->up && !link_set_up(links, plan->port, true, err)) || !link_set_bridge(links, plan->port, plan->name, false, err))
		return false;
	if (port->carrier && !(request->stp && request->delay_s > 0))
		wait_ready(links, plan->name);
	/* Until here everything still leaves by the port itself, which a port of a bridge may do. */
	carried_share_neighbours(links, plan->port, plan->name);
	return carried_move(links, plan->carried, plan->port, plan->name, err) &&
	       carried_take_addresses(links, plan->carried, plan->port, err) && link_disable_ipv6(plan->port, true, err) &&
	       carried_is_on(links, plan->carried, plan->name, err);
}

static bool plan_change(struct links *links, const struct bridge_request *request, struct bridge_plan *plan, struct link *port, struct error *err)
{
	struct link taken;

	if (link_find(links, request->name, &taken, NULL))
		return error_set(err, ERROR_EXISTS, "this host has a network interface '%s' already", request->name);
	if (!link_find(links, request->port, port, err))
		return false;
	strncpy(plan->name, request->name, sizeof plan->name - 1);
	strncpy(plan->port, request->port, sizeof plan->port - 1);
	snprintf(plan->mac, sizeof plan->mac, "%s", request->mac != NULL ? request->mac : port->mac);
	plan->port_up = port->up;
	plan->ipv6_off = link_ipv6_disabled(request->port);
	plan->carried = carried_read(links, request->port, err);
	return plan->carried != NULL;
}

bool bridge_carry_out(const char *directory, const struct bridge_request *request, struct bridge_plan *plan, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_error_ struct error back = ERROR_INIT;
	struct link port;

	*plan = (struct bridge_plan){ .stage = BRIDGE_MAKING };
	if (links == NULL || !plan_change(links, request, plan, &port, err) || !bridge_plan_write(directory, plan, err))
		return false;
	if (make(links, request, plan, &port, err)) {
		plan->stage = BRIDGE_WHOLE;
		plan->deadline_ms = clock_boot_ms() + (int64_t)request->timeout_s * 1000;
		if (bridge_plan_write(directory, plan, err))
			return true;
	}
	if (bridge_put_back(directory, plan, &back))
		return false;
	_cleanup_free_ char *both = strf("%s; and then %s", error_text(err), error_text(&back));

	error_set(err, ERROR_SYSTEM, "%s", both);
	return error_hint(err, "'virtty bridge delete %s' tries again to put everything back", plan->name);
}

/* ---- and back ---- */

/* Is it the one that we made? Its mark is put on after it was made; before, it has a MAC that we gave it. */
static bool is_ours(const struct bridge_plan *plan, const struct link *link)
{
	_cleanup_free_ char *alias = strf(BRIDGE_ALIAS "%s", plan->port);

	return text_equal(link->alias, alias) ||
	       (text_equal(link->alias, "") && text_equal(link->kind, "bridge") && strcasecmp(link->mac, plan->mac) == 0);
}

static bool put_back(struct links *links, const struct bridge_plan *plan, struct error *err)
{
	struct link bridge, port;
	bool there = link_find(links, plan->name, &bridge, NULL) && is_ours(plan, &bridge);

	if (!link_find(links, plan->port, &port, err) || !link_disable_ipv6(plan->port, plan->ipv6_off, err) ||
	    !link_set_up(links, plan->port, true, err) || !carried_put_addresses(links, plan->carried, plan->port, err))
		return false;
	carried_share_neighbours(links, plan->name, plan->port);
	if (!carried_move(links, plan->carried, plan->name, plan->port, err))
		return false;
	/* A bridge without a port leads nowhere: it should have no route when it loses its own. One that was never whole may not have them all. */
	if (there)
		(void)carried_take_addresses(links, plan->carried, plan->name, NULL);
	if (there && port.master == bridge.index && !link_set_bridge(links, plan->port, NULL, false, err))
		return false;
	if (there && !link_delete(links, plan->name, NULL, err))
		return false;
	if (!plan->port_up)
		return link_set_up(links, plan->port, false, err);
	return carried_is_on(links, plan->carried, plan->port, err);
}

bool bridge_put_back(const char *directory, struct bridge_plan *plan, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);

	plan->stage = BRIDGE_UNDOING;
	if (links == NULL || !bridge_plan_write(directory, plan, err) || !put_back(links, plan, err))
		return error_wrap(err, "'%s' could not be given back what it had", plan->port);
	bridge_plan_remove(directory);
	return true;
}

bool bridge_take_away(const char *directory, const char *name, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_bridge_plan_ struct bridge_plan plan = { .stage = BRIDGE_UNDOING, .port_up = true };
	struct link bridge, port;

	if (links == NULL || !link_find(links, name, &bridge, err))
		return false;
	if (!text_starts(bridge.alias, BRIDGE_ALIAS))
		return error_set(err, ERROR_STATE, "bridge '%s' is not one that virtty made: it is left alone", name);
	const char *port_name = bridge.alias + strlen(BRIDGE_ALIAS);

	if (strlen(port_name) >= sizeof plan.port || !link_find(links, port_name, &port, NULL) || port.master != bridge.index) {
		error_set(err, ERROR_STATE, "bridge '%s' was made for '%s', which is no port of it any more", name, port_name);
		return error_hint(err, "'ip link set %s master %s' makes it one again; 'ip link delete %s' gives up what the bridge has", port_name,
				  name, name);
	}
	strncpy(plan.name, name, sizeof plan.name - 1);
	memcpy(plan.port, port_name, strlen(port_name) + 1);
	memcpy(plan.mac, bridge.mac, sizeof plan.mac);
	plan.ipv6_off = link_ipv6_disabled(name);
	plan.carried = carried_read(links, name, err);
	return plan.carried != NULL && bridge_put_back(directory, &plan, err);
}
