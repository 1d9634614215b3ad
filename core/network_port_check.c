/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands in the way of a machine's ports, asked before anything is made: a bridge or device that cannot be joined, whoever has it already,
 * the host itself that lives by it, and another machine with the same MAC. */
#include "core/network_port.h"

#include "base/memory.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "core/network_use.h"
#include "hv/domain.h"
#include "hv/domain_interface.h"

#include <net/if_arp.h>
#include <stdlib.h>
#include <string.h>

/* Whose ports they are to be. */
struct asker {
	struct manager *manager;
	int64_t domain_id;
	const struct domain *live; /* what it has already; NULL: it starts */
	struct links *links;
};

/* ---- bridges ---- */

static bool check_bridge(struct links *links, const struct network_port *port, struct error *err)
{
	struct link link;

	if (!link_find(links, port->bridge, &link, err)) {
		if (err != NULL && err->code == ERROR_NOT_FOUND)
			error_hint(err, "'virtty bridge list' shows the bridges of this host");
		return false;
	}
	if (text_equal(link.kind, "bridge") || text_equal(link.kind, "openvswitch"))
		return true;
	error_set(err, ERROR_INVALID, "interface '%s' is not a bridge", port->bridge);
	return error_hint(err, "a card of type 'direct' stands on a device; 'virtty bridge list' shows the bridges of this host");
}

/* ---- devices ---- */

/* "'macvtap0' of machine 'a'": whoever made it. Owned. */
static char *holder(struct manager *manager, const struct link *link)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_domain_ struct domain *live = NULL;
	uint64_t id;

	if (!text_starts(link->alias, NETWORK_PORT_ALIAS) || !text_to_uint(link->alias + strlen(NETWORK_PORT_ALIAS), false, &id) ||
	    !machine_reload(manager, (int64_t)id, &machine, NULL))
		return strf("'%s'", link->name);
	/* another home may have a machine of that number */
	live = domain_load(manager, &machine, true, NULL);
	return live != NULL && domain_find_interface(live, link->name) != NULL ? strf("'%s' of machine '%s'", link->name, machine.name) :
										  strf("'%s'", link->name);
}

/* Passthrough has a device for itself: nothing else stands on it then. What an earlier run of the machine left is about to go. */
static bool check_shared(const struct asker *asker, const struct network_port *port, const struct link *lower, struct error *err)
{
	_cleanup_free_ char *alias = network_port_alias(asker->domain_id);
	_cleanup_free_ struct link *all = NULL;
	bool alone = text_equal(port->mode, "passthru");
	size_t count;

	if (!link_list(asker->links, &all, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		bool stands = all[i].lower == lower->index && (text_equal(all[i].kind, "macvtap") || text_equal(all[i].kind, "macvlan"));
		bool left = text_equal(all[i].alias, alias) && (asker->live == NULL || domain_find_interface(asker->live, all[i].name) == NULL);

		if (!stands || left || !(alone || all[i].passthru))
			continue;
		_cleanup_free_ char *who = holder(asker->manager, &all[i]);

		if (all[i].passthru)
			error_set(err, ERROR_EXISTS, "device '%s' is taken by %s, which has it for itself (passthrough)", lower->name, who);
		else
			error_set(err, ERROR_EXISTS, "device '%s' cannot be passed through: %s stands on it already", lower->name, who);
		return error_hint(err, "several cards share a device by mode 'bridge'");
	}
	return true;
}

/* All that comes in by the device is the guest's then, and the device has the guest's MAC. */
static bool check_host(struct links *links, const struct link *lower, struct error *err)
{
	_cleanup_free_ struct subnet *own = NULL;
	size_t count;

	if (!link_addresses(links, lower->name, &own, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		char text[ADDRESS_TEXT_SIZE];

		address_format(&own[i].address, text);
		error_set(err, ERROR_STATE, "device '%s' carries this host's address %s: passthrough would cut the host off", lower->name, text);
		return error_hint(err, "mode 'bridge' leaves it to the host; passthrough is for a device that the host does not use");
	}
	for (size_t i = 0; i < 2; i++) {
		char name[LINK_NAME_SIZE];

		if (!link_default(links, i == 0 ? AF_INET : AF_INET6, name) || !text_equal(name, lower->name))
			continue;
		error_set(err, ERROR_STATE, "device '%s' carries this host's default route: passthrough would cut the host off", lower->name);
		return error_hint(err, "mode 'bridge' leaves it to the host; passthrough is for a device that the host does not use");
	}
	return true;
}

static bool check_device(const struct asker *asker, const struct network_port *port, struct error *err)
{
	struct link lower;

	if (!link_find(asker->links, port->lower, &lower, err))
		return false;
	if (lower.type != ARPHRD_ETHER) {
		error_set(err, ERROR_INVALID, "device '%s' is not an Ethernet device: no card can stand on it", lower.name);
		return error_hint(err, "'ip -br link' shows the devices of this host");
	}
	if (lower.master != 0) {
		error_set(err, ERROR_INVALID, "device '%s' is a port of a bridge or bond already: no card can stand on it", lower.name);
		return error_hint(err, "a card of type 'bridge' joins the bridge; 'virtty bridge list' shows them");
	}
	return check_shared(asker, port, &lower, err) && (!text_equal(port->mode, "passthru") || check_host(asker->links, &lower, err));
}

/* Two cards of one machine, neither of which is there yet. */
static bool check_pair(const struct network_ports *ports, size_t index, struct error *err)
{
	const struct network_port *port = &ports->ports[index];

	for (size_t i = 0; i < index; i++) {
		const struct network_port *other = &ports->ports[i];

		if (other->way != PORT_WAY_MACVTAP || !text_equal(other->lower, port->lower) ||
		    !(text_equal(other->mode, "passthru") || text_equal(port->mode, "passthru")))
			continue;
		error_set(err, ERROR_EXISTS, "device '%s' is that of card %s already: passthrough gives it to one alone", port->lower,
			  other->interface->mac);
		return error_hint(err, "several cards share a device by mode 'bridge'");
	}
	return true;
}

/* ---- MACs ---- */

/* By the network's name, or by its bridge, whichever of the two each of them says. */
static bool same_place(struct manager *manager, const struct network_port *port, const struct network_use *use)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (port->network != NULL && use->network != NULL)
		return strcmp(port->network, use->network) == 0;
	if (port->bridge == NULL)
		return false;
	if (use->bridge != NULL)
		return strcmp(port->bridge, use->bridge) == 0;
	return network_find(manager, use->network, &row, NULL) && text_equal(row.bridge, port->bridge);
}

/* A bridge sends to one of the two what is for the other. */
static bool check_mac(const struct asker *asker, const struct network_port *port, struct error *err)
{
	_cleanup_network_uses_ struct network_uses uses = { 0 };

	if (port->network == NULL && port->bridge == NULL)
		return true;
	if (!network_uses_of_mac(asker->manager, port->interface->mac, &uses, err))
		return false;
	for (size_t i = 0; i < uses.count; i++) {
		const struct network_use *use = &uses.uses[i];

		if (use->running && use->domain_id != asker->domain_id && same_place(asker->manager, port, use))
			return network_use_fail(use, err);
	}
	return true;
}

/* ---- all of it ---- */

static bool check_port(const struct asker *asker, const struct network_ports *ports, size_t index, struct error *err)
{
	const struct network_port *port = &ports->ports[index];

	if (port->way == PORT_WAY_USER || port->way == PORT_WAY_PASST)
		return true;
	if (port->interface->target != NULL && !interface_name_check("<target dev=>", port->interface->target, err))
		return false;
	if (port->bridge != NULL && !check_bridge(asker->links, port, err))
		return false;
	if (port->way == PORT_WAY_MACVTAP && (!check_device(asker, port, err) || !check_pair(ports, index, err)))
		return false;
	return check_mac(asker, port, err);
}

bool network_ports_check(struct manager *manager, int64_t domain_id, const struct domain *live, const struct network_ports *ports, struct error *err)
{
	_cleanup_links_ struct links *links = NULL;

	if (network_ports_fds(ports) == 0)
		return true;
	links = links_open(err);
	for (size_t i = 0; links != NULL && i < ports->count; i++) {
		const struct interface *interface = ports->ports[i].interface;

		if (!check_port(&(struct asker){ manager, domain_id, live, links }, ports, i, err))
			return error_wrap(err, "interface '%s'", interface->device.alias != NULL ? interface->device.alias : interface->mac);
	}
	return links != NULL;
}

bool network_port_check_move(struct manager *manager, int64_t domain_id, const struct domain *live, struct interface *next, struct error *err)
{
	_cleanup_network_ports_ struct network_ports ports = { 0 };

	return network_port_plan(manager, next, &ports, NULL, err) && network_ports_check(manager, domain_id, live, &ports, err);
}
