/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's taps and macvtaps: opened, limited, watched, and what outlives them taken away. */
#include "base/memory.h"
#include "base/text.h"
#include "core/network_forward.h"
#include "core/network_internal.h"
#include "core/network_port.h"
#include "core/passt.h"
#include "hv/domain.h"
#include "net/bridge_helper.h"
#include "net/nft.h"
#include "net/ruleset.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VHOST_PATH	  "/dev/vhost-net"
#define TAP_NAME	  "vnet%d"
#define MACVTAP_NAME	  "macvtap%d"
#define ADDRESSES_MAX	  64
#define TRIES_MAX	  16

/* ---- opening ---- */

/* A name that a dump of a running machine has is not one that somebody chose. */
static bool is_chosen(const char *target)
{
	return target != NULL && !text_starts(target, "vnet") && !text_starts(target, "macvtap") && !text_starts(target, "tap");
}

/* The host's end has a MAC of its own, higher than its guest's: a bridge takes the lowest of its ports for itself. Owned. */
static char *host_mac(const char *mac)
{
	return strf("fe%s", mac + 2);
}

/* Is there something to watch it for, where it comes to a bridge? */
static bool has_rules(const struct network_port *port, const struct interface *interface)
{
	return port->way != PORT_WAY_MACVTAP && (interface->filter != NULL || interface->outbound.average.set);
}

/* It outlives who makes it: so it is written down first. */
static bool make_macvtap(struct manager *manager, int64_t domain_id, struct links *links, const struct network_port *port, const char *pattern,
			 const struct tap_settings *settings, int *fds, char ret_name[LINK_NAME_SIZE], struct error *err)
{
	for (unsigned tries = 1;; tries++) {
		_cleanup_error_ struct error why = ERROR_INIT;

		if (!link_free_name(pattern, ret_name, err) ||
		    !network_port_record(manager, domain_id, ret_name, port->interface->mac, false, err))
			return false;
		if (macvtap_open(links, ret_name, port->lower, port->mode, settings, fds, &why))
			return true;
		/* another machine's start was quicker */
		if (why.code != ERROR_EXISTS || tries == TRIES_MAX)
			return error_move(err, &why);
		if (!network_port_remove(manager, domain_id, ret_name, err))
			return false;
	}
}

static bool open_tap(struct manager *manager, int64_t domain_id, struct links *links, struct network_port *port, int *fds, struct error *err)
{
	const struct interface *interface = port->interface;
	bool macvtap = port->way == PORT_WAY_MACVTAP;
	_cleanup_free_ char *mac = macvtap ? xstrdup(interface->mac) : host_mac(interface->mac), *alias = network_port_alias(domain_id);
	struct tap_settings settings = { .alias = alias,
					 .mac = mac,
					 .mtu = port->mtu,
					 .queues = port->queues,
					 .vnet_header = text_equal(interface->model, "virtio") };
	const char *chosen = is_chosen(interface->target) ? interface->target : NULL;
	char name[LINK_NAME_SIZE];

	if (chosen != NULL && !interface_name_check("<target dev=>", chosen, err))
		return false;
	if (macvtap ? !make_macvtap(manager, domain_id, links, port, chosen != NULL ? chosen : MACVTAP_NAME, &settings, fds, name, err) :
		      !tap_open(links, chosen != NULL ? chosen : TAP_NAME, &settings, fds, name, err))
		return false;
	port->name = xstrdup(name);
	return true;
}

/* What leaves by the host's end: of a tap it goes to the guest, of a macvtap it comes from it. */
static const struct bandwidth_limit *queue_limit(const struct network_port *port)
{
	return port->way == PORT_WAY_MACVTAP ? &port->interface->outbound : &port->interface->inbound;
}

static bool limit_queue(struct links *links, const struct network_port *port, struct error *err)
{
	const struct bandwidth_limit *side = queue_limit(port);
	struct link_limit settings = { side->average.value * 1024, side->peak.value * 1024, side->burst.value * 1024 };

	return link_set_limit(links, port->name, side->average.set ? &settings : NULL, err);
}

/* The addresses that <parameter name='IP'> allows. */
static bool filter_addresses(const struct interface *interface, struct ip_address *addresses, size_t *ret_count, struct error *err)
{
	for (size_t i = 0; i < interface->parameter_count; i++) {
		const struct filter_parameter *parameter = &interface->parameters[i];

		if (strcasecmp(parameter->name, "IP") != 0 && strcasecmp(parameter->name, "IPV6") != 0)
			continue;
		if (*ret_count == ADDRESSES_MAX || !address_parse(parameter->value, &addresses[*ret_count]))
			return error_set(err, ERROR_INVALID, "<filterref>: '%s' is not an address", parameter->value);
		(*ret_count)++;
	}
	return true;
}

static bool watch_guest(const struct network_port *port, struct error *err)
{
	const struct interface *interface = port->interface;
	struct ip_address addresses[ADDRESSES_MAX];
	struct tap_filter filter = { .clean = interface->filter != NULL, .mac = interface->mac, .addresses = addresses,
				     .hosts = port->hosts, .host_count = port->host_count };

	if (interface->filter != NULL && !text_equal(interface->filter, "clean-traffic")) {
		error_set(err, ERROR_UNSUPPORTED, "filter '%s' is not supported", interface->filter);
		return error_hint(err, "'clean-traffic' is: its own MAC and addresses, no DHCP offers, no router advertisements");
	}
	if (!filter_addresses(interface, addresses, &filter.address_count, err))
		return false;
	filter.limit_bytes_s = interface->outbound.average.value * 1024;
	filter.limit_burst_bytes = interface->outbound.burst.value * 1024;
	if (has_rules(port, interface)) {
		_cleanup_free_ char *rules = ruleset_tap_put(port->name, &filter);

		return nft_run(rules, err);
	}
	_cleanup_free_ char *rules = ruleset_tap_remove(port->name), *table = ruleset_tap_trim();

	return nft_run(rules, err) && nft_run_unless_busy(table, err);
}

static bool join_bridge(struct links *links, const struct network_port *port, struct error *err)
{
	return port->bridge == NULL || link_set_bridge(links, port->name, port->bridge, port->isolated, err);
}

static bool open_vhost(const struct network_port *port, int *fds, size_t *opened, struct error *err)
{
	for (unsigned i = 0; port->vhost && i < port->queues; i++) {
		int fd = open(VHOST_PATH, O_RDWR | O_CLOEXEC);

		if (fd < 0)
			return error_set_errno(err, errno, "cannot open %s", VHOST_PATH);
		fds[(*opened)++] = fd;
	}
	return true;
}

/* The tap is all there is: nothing of it outlives its descriptor. */
static bool open_by_helper(struct network_port *port, int *fds, size_t *opened, struct error *err)
{
	char name[LINK_NAME_SIZE];

	if (is_chosen(port->interface->target)) {
		error_set(err, ERROR_UNSUPPORTED, "only root gives a tap the name '%s'", port->interface->target);
		return error_hint(err, "without <target dev=> it is called as the kernel likes");
	}
	if (!bridge_helper_open(port->bridge, text_equal(port->interface->model, "virtio"), &fds[*opened], name, err))
		return false;
	(*opened)++;
	port->name = xstrdup(name);
	return open_vhost(port, fds, opened, err);
}

static bool open_foreign(struct links *links, const struct network_port *port, int *fds, size_t *opened, struct error *err)
{
	struct tap_settings settings = { .queues = port->queues, .vnet_header = text_equal(port->interface->model, "virtio") };

	if (!tap_open_foreign(links, port->interface->target, &settings, &fds[*opened], err))
		return false;
	*opened += port->queues;
	return open_vhost(port, fds, opened, err);
}

static bool open_passt(struct manager *manager, int64_t domain_id, struct network_port *port, int *fds, size_t *opened, struct error *err)
{
	struct process_id id;

	if (!passt_start(manager, domain_id, port->interface, &fds[*opened], &id, err))
		return false;
	(*opened)++;
	port->name = network_port_name(port->interface);
	return network_port_record_process(manager, domain_id, port->name, &id, err);
}

static bool open_port(struct manager *manager, int64_t domain_id, struct links *links, struct network_ports *ports, size_t index, int *fds,
		      size_t *opened, struct error *err)
{
	struct network_port *port = &ports->ports[index];

	if (port->way == PORT_WAY_USER)
		return true;
	if (port->way == PORT_WAY_PASST)
		return open_passt(manager, domain_id, port, fds, opened, err);
	if (port->way == PORT_WAY_HELPER)
		return open_by_helper(port, fds, opened, err);
	if (port->way == PORT_WAY_FOREIGN)
		return open_foreign(links, port, fds, opened, err);
	if (!open_tap(manager, domain_id, links, port, &fds[*opened], err))
		return false;
	*opened += port->queues;
	return (!has_rules(port, port->interface) ||
		network_port_record(manager, domain_id, port->name, NULL, true, err)) &&
	       join_bridge(links, port, err) && (!queue_limit(port)->average.set || limit_queue(links, port, err)) &&
	       (!has_rules(port, port->interface) || watch_guest(port, err)) && link_set_up(links, port->name, true, err) &&
	       open_vhost(port, fds, opened, err) &&
	       (port->interface->forwarding_count == 0 || network_forward_put(manager, domain_id, port->name, port->interface, err));
}

bool network_ports_open(struct manager *manager, int64_t domain_id, struct network_ports *ports, int *fds, struct error *err)
{
	_cleanup_links_ struct links *links = NULL;
	size_t opened = 0;

	if (network_ports_fds(ports) == 0)
		return true;
	/* what an earlier run under this keeper left */
	links = network_ports_remove(manager, domain_id, err) ? links_open(err) : NULL;
	bool ok = links != NULL;

	for (size_t i = 0; ok && i < ports->count; i++) {
		ok = open_port(manager, domain_id, links, ports, i, fds, &opened, err);
		if (!ok)
			error_wrap(err, "interface '%s'", ports->ports[i].interface->device.alias);
	}
	if (ok)
		return true;
	for (size_t i = 0; i < opened; i++)
		close(fds[i]);
	(void)network_ports_remove(manager, domain_id, NULL);
	return false;
}

/* ---- of a running machine ---- */

bool network_port_open(struct manager *manager, int64_t domain_id, struct network_ports *ports, int *fds, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	size_t opened = 0;

	if (links != NULL && open_port(manager, domain_id, links, ports, 0, fds, &opened, err))
		return true;
	for (size_t i = 0; i < opened; i++)
		close(fds[i]);
	(void)network_port_remove(manager, domain_id, ports->ports[0].name, NULL);
	return false;
}

/* A tap is no port of a device, nor a macvtap of a bridge. */
static bool check_kind(struct links *links, const struct interface *now, const struct network_port *port, struct error *err)
{
	struct link link;

	if (!link_find(links, now->target, &link, err))
		return false;
	if (text_equal(link.kind, "macvtap") == (port->way == PORT_WAY_MACVTAP) &&
	    (port->way != PORT_WAY_MACVTAP || text_equal(now->source, port->interface->source)))
		return true;
	error_set(err, ERROR_UNSUPPORTED, "interface '%s': a running machine cannot be moved from a bridge to a device, or from a device", now->device.alias);
	return error_hint(err, "--config changes the stored definition, for the next start");
}

bool network_port_change(struct manager *manager, int64_t domain_id, const struct interface *now, struct interface *next, struct error *err)
{
	_cleanup_network_ports_ struct network_ports ports = { 0 };
	_cleanup_links_ struct links *links = links_open(err);
	struct network_port *port;
	bool rules;

	if (links == NULL || !network_port_plan(manager, next, &ports, NULL, err))
		return false;
	port = &ports.ports[0];
	if (port->way == PORT_WAY_USER || port->way == PORT_WAY_PASST)
		return true;
	if (!check_kind(links, now, port, err))
		return false;
	port->name = xstrdup(now->target);
	rules = has_rules(port, now) || has_rules(port, next);
	return network_port_record(manager, domain_id, port->name, port->way == PORT_WAY_MACVTAP ? now->mac : NULL, rules, err) &&
	       join_bridge(links, port, err) && limit_queue(links, port, err) && (!rules || watch_guest(port, err)) &&
	       network_forward_put(manager, domain_id, port->name, next, err);
}

/* ---- a network that was stopped while machines ran ---- */

/* The card that a tap is the end of: by its name, and its MAC, since another home may have a machine of that number. */
static struct interface *card_of(const struct domain *domain, const struct link *tap, const char *network)
{
	for (size_t i = 0; i < domain->interface_count; i++) {
		struct interface *interface = &domain->interfaces[i];
		_cleanup_free_ char *mac = interface->mac != NULL ? host_mac(interface->mac) : NULL;

		if (interface->type == INTERFACE_NETWORK && text_equal(interface->source, network) && text_equal(interface->target, tap->name) &&
		    text_equal(mac, tap->mac))
			return interface;
	}
	return NULL;
}

static bool rejoin(struct manager *manager, struct links *links, const struct machine *machine, const struct link *tap, const char *network,
		   bool anew, char ***notes, struct error *err)
{
	_cleanup_network_ports_ struct network_ports ports = { 0 };
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, true, err);
	struct interface *card = domain != NULL ? card_of(domain, tap, network) : NULL;

	if (card == NULL)
		return domain != NULL;
	if (!network_port_plan(manager, card, &ports, notes, err))
		return false;
	ports.ports[0].name = xstrdup(tap->name);
	if (tap->master == 0 && !join_bridge(links, &ports.ports[0], err))
		return false;
	if (!anew)
		return network_forward_put(manager, machine->id, tap->name, card, err);
	return (!has_rules(&ports.ports[0], card) || watch_guest(&ports.ports[0], err)) &&
	       network_forward_renew(manager, machine->id, tap->name, card, err);
}

bool network_ports_rejoin(struct manager *manager, const char *network, bool anew, char ***notes, struct error *err)
{
	_cleanup_links_ struct links *links = links_open(err);
	_cleanup_free_ struct link *there = NULL;
	struct machine *machines = NULL;
	size_t count = 0, machine_count = 0, taps = 0;
	bool ok = links != NULL && link_list(links, &there, &count, err);

	for (size_t i = 0; ok && i < count; i++)
		taps += (anew || there[i].master == 0) && text_starts(there[i].alias, NETWORK_PORT_ALIAS);
	if (!ok || taps == 0)
		return ok;
	if (!machine_list(manager, &machines, &machine_count, err))
		return false;
	for (size_t n = 0; n < machine_count; n++) {
		_cleanup_free_ char *alias = network_port_alias(machines[n].id);

		for (size_t i = 0; i < count; i++)
			if ((anew || there[i].master == 0) && text_equal(there[i].alias, alias))
				ok = rejoin(manager, links, &machines[n], &there[i], network, anew, notes, ok ? err : NULL) && ok;
	}
	machines_free(machines, machine_count);
	return ok;
}
