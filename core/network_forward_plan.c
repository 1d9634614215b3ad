/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can a network lead ports of the host to a card? What it takes is made: an address that the guest keeps, a host that forwards. */
#include "base/memory.h"
#include "base/xml.h"
#include "core/network_forward.h"
#include "core/network_internal.h"
#include "hv/domain.h"

#include <stdlib.h>
#include <sys/socket.h>

/* The family that a guest's address is needed of: that of the host's address; without one IPv4 where the network has it. IPv6 is served besides
 * where it is known. */
static bool needed_family(const struct network *network, const struct port_forwarding *forwarding, int *ret, struct error *err)
{
	static const struct ip_address own6 = { .family = AF_INET6, .bytes = { [15] = 1 } };
	struct ip_address host;

	if (forwarding->address == NULL) {
		*ret = network_has_family(network, AF_INET) ? AF_INET : AF_INET6;
	} else {
		if (!address_parse(forwarding->address, &host))
			return error_set(err, ERROR_INVALID, "<portForward address='%s'>: not an address", forwarding->address);
		if (host.family == AF_INET6 && address_compare(&host, &own6) == 0) {
			error_set(err, ERROR_UNSUPPORTED, "::1 leads to no guest: the kernel keeps it to the host itself");
			return error_hint(err, "127.0.0.1 does, and so do the host's other addresses");
		}
		*ret = host.family;
	}
	return network_has_family(network, *ret) ||
	       error_set(err, ERROR_UNSUPPORTED, "network '%s' has no %s address", network->name, *ret == AF_INET ? "IPv4" : "IPv6");
}

static char *machine_name(const struct interface *interface)
{
	xmlNode *name = xml_child(xmlDocGetRootElement(interface->device.node->doc), "name");

	return name != NULL ? xml_text(name) : xstrdup(interface->mac);
}

/* Then its tap is there. */
static bool runs(const struct interface *interface)
{
	_cleanup_links_ struct links *links = interface->target != NULL ? links_open(NULL) : NULL;
	struct link tap;

	return links != NULL && link_find(links, interface->target, &tap, NULL);
}

static bool plan_family(struct manager *manager, const struct network_row *row, const struct interface *interface, int family, char ***notes,
			struct error *err)
{
	_cleanup_free_ char *machine = machine_name(interface);
	const struct network_guest guest = { machine, interface->mac, runs(interface) };
	struct ip_address address;

	return network_reserve(manager, row, &guest, family, &address, notes, err) &&
	       (!row->active || network_switch_forwarding(family, notes, err));
}

bool network_forward_plan(struct manager *manager, const struct network_row *row, const struct interface *interface, char ***notes,
			  struct error *err)
{
	_cleanup_network_ struct network *network = NULL;
	bool planned[2] = { false, false };

	if (interface->forwarding_count == 0)
		return true;
	network = network_load(manager, row, row->active, err);
	if (network == NULL)
		return false;
	if (!network_has_own_bridge(network)) {
		error_set(err, ERROR_UNSUPPORTED, "no port is forwarded into network '%s', which is of mode '%s'", row->name,
			  enum_word(&forward_mode_words, (int)row->mode));
		return error_hint(err, "its guests are where this host is: they are reached at their own addresses");
	}
	for (size_t i = 0; i < interface->forwarding_count; i++) {
		int family = AF_INET;

		if (!needed_family(network, &interface->forwardings[i], &family, err))
			return false;
		bool *done = &planned[family == AF_INET6];

		if (!*done && !plan_family(manager, row, interface, family, notes, err))
			return false;
		*done = true;
	}
	return true;
}
