/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which way a machine's network cards reach the host. */
#include "core/network_port.h"

#include "base/memory.h"
#include "base/text.h"
#include "core/network_forward.h"
#include "core/network_internal.h"
#include "hv/domain.h"
#include "hv/domain_interface.h"
#include "hv/domain_schema.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VHOST_PATH "/dev/vhost-net"

void network_ports_clear(struct network_ports *ports)
{
	for (size_t i = 0; i < ports->count; i++) {
		free(ports->ports[i].network);
		free(ports->ports[i].hosts);
		free(ports->ports[i].bridge);
		free(ports->ports[i].lower);
		free(ports->ports[i].mode);
		free(ports->ports[i].name);
	}
	free(ports->ports);
	free(ports->launch);
	*ports = (struct network_ports){ 0 };
}

/* libvirt calls a mode of macvtap otherwise than the kernel. Owned. */
static char *macvtap_mode(const char *mode)
{
	return xstrdup(mode == NULL ? "vepa" : text_equal(mode, "passthrough") ? "passthru" : mode);
}

/* How many of a machine's cards that are not there yet were given a device already. */
static size_t promised(const struct network_ports *ports, const char *device)
{
	size_t count = 0;

	for (size_t i = 0; i < ports->count; i++)
		count += ports->ports[i].way == PORT_WAY_MACVTAP && text_equal(ports->ports[i].lower, device);
	return count;
}

/* A network that lends its devices gives the one with the fewest guests; they are counted by who stands on them, or is about to. */
static char *choose_device(const struct network_ports *ports, const struct network *network)
{
	_cleanup_links_ struct links *links = NULL;
	_cleanup_free_ struct link *there = NULL;
	size_t count = 0, best = 0, fewest = SIZE_MAX;

	if (network->device_count == 0)
		return xstrdup_null(network->forward_dev);
	links = links_open(NULL);
	if (links == NULL || !link_list(links, &there, &count, NULL))
		return xstrdup(network->devices[0].dev);
	for (size_t i = 0; i < network->device_count; i++) {
		size_t guests = promised(ports, network->devices[i].dev);
		int index = 0;

		for (size_t n = 0; n < count; n++)
			if (text_equal(there[n].name, network->devices[i].dev))
				index = there[n].index;
		for (size_t n = 0; n < count; n++)
			guests += index != 0 && there[n].lower == index && text_equal(there[n].kind, "macvtap");
		if (index != 0 && guests < fewest) {
			best = i;
			fewest = guests;
		}
	}
	return xstrdup(network->devices[best].dev);
}

bool network_fail_as_user(struct error *err)
{
	error_wrap(err, "only root has networks");
	return error_hint(err, "without root a card is of type 'user' (--network user, or --network passt), or joins a bridge that root lets users "
			       "join (--network bridge=br0)");
}

static bool plan_network(struct manager *manager, const struct network_ports *ports, struct network_port *port, char ***notes, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_network_ struct network *network = NULL;

	if (!network_need(manager, port->interface->source, &row, notes, err))
		return geteuid() == 0 ? false : network_fail_as_user(err);
	if (!network_forward_plan(manager, &row, port->interface, notes, err))
		return false;
	network = network_load(manager, &row, true, err);
	if (network == NULL)
		return false;
	port->network = xstrdup(row.name);
	port->hosts = xcalloc(network->ip_count + 1, sizeof *port->hosts);
	for (size_t i = 0; i < network->ip_count; i++)
		port->host_count += address_parse(network->ips[i].address, &port->hosts[port->host_count]);
	port->isolated = network->port_isolated == TRI_YES;
	port->mtu = (unsigned)network->mtu.value;
	if (network->bridge != NULL) {
		port->way = PORT_WAY_BRIDGE;
		port->bridge = xstrdup(network->bridge);
		return true;
	}
	port->lower = choose_device(ports, network);
	port->way = PORT_WAY_MACVTAP;
	port->mode = macvtap_mode(enum_word(&forward_mode_words, (int)network->forward));
	return port->lower != NULL || error_set(err, ERROR_INVALID, "network '%s' names no device", row.name);
}

/* managed='no': a tap that somebody else made, and looks after. */
static bool plan_ethernet(struct network_port *port, struct error *err)
{
	const struct interface *interface = port->interface;

	port->way = interface->target_managed == TRI_NO ? PORT_WAY_FOREIGN : PORT_WAY_ALONE;
	if (port->way == PORT_WAY_ALONE)
		return true;
	if (interface->target == NULL)
		return error_set(err, ERROR_INVALID, "<target managed='no'> names no tap: <target dev='tap0' managed='no'/>");
	if (interface->filter == NULL && !interface->inbound.average.set && !interface->outbound.average.set)
		return true;
	error_set(err, ERROR_UNSUPPORTED, "tap '%s' is not virtty's: it gets no filter and no limits", interface->target);
	return error_hint(err, "whoever made it may set them: tc(8), nft(8); without managed='no' virtty makes a tap");
}

static bool plan_way(struct manager *manager, const struct network_ports *ports, struct network_port *port, char ***notes, struct error *err)
{
	const struct interface *interface = port->interface;

	switch (interface->type) {
	case INTERFACE_NETWORK:
		return plan_network(manager, ports, port, notes, err);
	case INTERFACE_BRIDGE:
		port->way = PORT_WAY_BRIDGE;
		port->bridge = xstrdup(interface->source);
		if (notes != NULL && interface->source != NULL)
			*notes = bridge_obstacle_notes(interface->source, *notes);
		return true;
	case INTERFACE_DIRECT:
		if (interface->source == NULL)
			return error_set(err, ERROR_INVALID, "<source dev=> is missing: the device that it stands on");
		port->way = PORT_WAY_MACVTAP;
		port->lower = xstrdup(interface->source);
		port->mode = macvtap_mode(interface->mode);
		return true;
	case INTERFACE_ETHERNET:
		return plan_ethernet(port, err);
	case INTERFACE_USER:
		port->way = interface_uses_passt(interface) ? PORT_WAY_PASST : PORT_WAY_USER;
		return true;
	case INTERFACE_ABSENT:
	case INTERFACE_HOSTDEV:
	case INTERFACE_VHOSTUSER:
	case INTERFACE_VDPA:
	case INTERFACE_UDP:
	case INTERFACE_MCAST:
	case INTERFACE_SERVER:
	case INTERFACE_CLIENT:
	case INTERFACE_INTERNAL:
	case INTERFACE_NULL:
	case INTERFACE_VDS:
	case INTERFACE_TYPE_COUNT:
		break;
	}
	port->way = PORT_WAY_USER; /* or one that the builder refuses */
	return true;
}

/* Who is not root has a bridge's tap by a helper, as that makes it. */
static bool plan_helper(struct network_port *port, struct error *err)
{
	const struct interface *interface = port->interface;
	const char *wish = interface->queues.value > 1	     ? "several queues" :
			   port->isolated		     ? "isolation" :
			   interface->filter != NULL	     ? "a filter" :
			   interface->inbound.average.set ||
			   interface->outbound.average.set   ? "limits" :
							       NULL;

	if (port->way != PORT_WAY_BRIDGE || geteuid() == 0)
		return true;
	port->way = PORT_WAY_HELPER;
	if (wish == NULL)
		return true;
	error_set(err, ERROR_UNSUPPORTED, "interface '%s' wants %s, which only root can give it", interface->device.alias, wish);
	return error_hint(err, "a user's card on a bridge has a plain tap of one queue");
}

/* Rules and isolation are a bridge's; and a device's queue is where packets leave by it: those of a tap to its guest, those of a macvtap from its
 * guest. What cannot be carried out is said. */
static bool check_wishes(const struct network_port *port, struct error *err)
{
	const struct interface *interface = port->interface;
	bool on_device = port->way == PORT_WAY_MACVTAP, alone = port->way == PORT_WAY_ALONE;
	bool user = interface->type == INTERFACE_USER;
	const char *wish = interface->filter != NULL				   ? "a filter" :
			   port->isolated					   ? "isolation" :
			   interface->inbound.average.set && (on_device || user)   ? "a limit of what it receives" :
			   interface->outbound.average.set && (alone || user)	   ? "a limit of what it sends" :
										     NULL;

	if (wish == NULL || (!on_device && !alone && !user))
		return true;
	error_set(err, ERROR_UNSUPPORTED, "interface '%s' wants %s, which %s cannot have",
		  interface->device.alias != NULL ? interface->device.alias : interface->mac, wish,
		  on_device ? "a card on a device (macvtap)" :
		  alone	    ? "a tap that is on no bridge" :
			      "a user's card");
	return error_hint(err, "a card on a bridge can: type 'bridge', or 'network' with a bridge");
}

/* Rights are asked for before anything is made: the answer of the kernel would come half-way. */
static bool plan_port(struct manager *manager, const struct network_ports *ports, struct network_port *port, char ***notes, struct error *err)
{
	const struct interface *interface = port->interface;

	if (!plan_way(manager, ports, port, notes, err))
		return error_wrap(err, "interface '%s'", interface->device.alias != NULL ? interface->device.alias : interface->mac);
	port->queues = 1;
	if (interface->port_isolated == TRI_YES)
		port->isolated = true;
	if (!check_wishes(port, err))
		return false;
	if (port->way == PORT_WAY_PASST)
		return true;
	port->queues = interface->queues.set ? (unsigned)interface->queues.value : 1;
	if (interface->mtu.set)
		port->mtu = (unsigned)interface->mtu.value;
	if (!plan_helper(port, err))
		return false;
	port->vhost = text_equal(interface->model, "virtio") && !text_equal(interface->driver, "qemu") && access(VHOST_PATH, R_OK | W_OK) == 0;
	if (text_equal(interface->driver, "vhost") && !port->vhost) {
		error_set(err, ERROR_UNSUPPORTED, "interface '%s' wants vhost, and %s is not to be had", interface->device.alias, VHOST_PATH);
		return error_hint(err, "'modprobe vhost_net' loads it; <driver name='qemu'/> does without");
	}
	return true;
}

static bool plan_ports(struct manager *manager, struct interface *interfaces, size_t count, int first_fd, struct network_ports *ret,
		       char ***notes, struct error *err)
{
	struct network_ports ports = { .count = count };
	int fd = first_fd;

	ports.ports = xcalloc(ports.count + 1, sizeof *ports.ports);
	ports.launch = xcalloc(ports.count + 1, sizeof *ports.launch);
	for (size_t i = 0; i < ports.count; i++) {
		struct network_port *port = &ports.ports[i];
		struct launch_port *launch = &ports.launch[i];

		port->interface = &interfaces[i];
		*launch = (struct launch_port){ .kind = PORT_USER, .first_fd = -1, .first_vhost_fd = -1 };
		if (!plan_port(manager, &ports, port, notes, err)) {
			network_ports_clear(&ports);
			return false;
		}
		if (port->way == PORT_WAY_USER)
			continue;
		launch->kind = port->way == PORT_WAY_PASST ? PORT_SOCKET : PORT_TAP;
		launch->queues = port->queues;
		launch->mtu = port->mtu;
		launch->first_fd = fd;
		fd += (int)port->queues;
		launch->first_vhost_fd = port->vhost ? fd : -1;
		fd += port->vhost ? (int)port->queues : 0;
	}
	*ret = ports;
	return true;
}

bool network_ports_plan(struct manager *manager, const struct domain *domain, int first_fd, struct network_ports *ret, char ***notes,
			struct error *err)
{
	return plan_ports(manager, domain->interfaces, domain->interface_count, first_fd, ret, notes, err);
}

bool network_port_plan(struct manager *manager, struct interface *interface, struct network_ports *ret, char ***notes, struct error *err)
{
	return plan_ports(manager, interface, 1, 0, ret, notes, err);
}

size_t network_ports_fds(const struct network_ports *ports)
{
	size_t count = 0;

	for (size_t i = 0; i < ports->count; i++)
		if (ports->ports[i].way != PORT_WAY_USER)
			count += ports->ports[i].queues * (ports->ports[i].vhost ? 2 : 1);
	return count;
}

bool network_ports_name(struct network_ports *ports, struct error *err)
{
	for (size_t i = 0; i < ports->count; i++)
		if (ports->ports[i].name != NULL && ports->ports[i].way != PORT_WAY_PASST &&
		    !schema_set(&interface_schema, ports->ports[i].interface, "target/@dev", ports->ports[i].name, err))
			return false;
	return true;
}
