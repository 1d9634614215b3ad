/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's taps and macvtaps: opened, limited, watched, and what outlives them taken away. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/network_internal.h"
#include "core/network_port.h"
#include "hv/domain.h"
#include "net/nft.h"
#include "net/ruleset.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VHOST_PATH	  "/dev/vhost-net"
#define RECORD_FILE	  "ports"
#define RECORD_BYTES	  ((size_t)1024 * 1024)
#define TAP_NAME	  "vnet%d"
#define MACVTAP_NAME	  "macvtap%d"
#define ADDRESSES_MAX	  64

static char *record_path(struct manager *manager, int64_t domain_id)
{
	_cleanup_free_ char *directory = machine_run_directory(manager, domain_id);

	return strf("%s/%s", directory, RECORD_FILE);
}

static char *machine_alias(int64_t domain_id)
{
	return strf("virtty machine %" PRId64, domain_id);
}

/* ---- what is left to be taken away ---- */

/* Written anew before each thing is made: what is written and not there is no loss. */
static bool record(struct manager *manager, int64_t domain_id, const struct network_ports *ports, size_t count, struct error *err)
{
	_cleanup_free_ char *path = record_path(manager, domain_id);
	_cleanup_json_ struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		const struct network_port *port = &ports->ports[i];
		struct json_object *object;

		if (port->name == NULL)
			continue;
		object = json_object_new_object();
		json_set_string(object, "name", port->name);
		json_set_bool(object, "macvtap", port->way == PORT_WAY_MACVTAP);
		json_set_bool(object, "rules", port->interface->filter != NULL || port->interface->outbound.average.set);
		json_object_array_add(list, object);
	}
	_cleanup_free_ char *text = json_text(list);

	return file_write(path, text, strlen(text), 0600, err);
}

static bool remove_one(struct links *links, struct json_object *object, const char *alias, struct error *err)
{
	const char *name = json_get_string(object, "name", "");
	bool ok = true;

	if (json_get_bool(object, "rules", false)) {
		_cleanup_free_ char *rules = ruleset_tap_remove(name);

		ok = nft_run(rules, err);
	}
	return (!json_get_bool(object, "macvtap", false) || link_delete(links, name, alias, ok ? err : NULL)) && ok;
}

bool network_ports_remove(struct manager *manager, int64_t domain_id, struct error *err)
{
	_cleanup_free_ char *path = record_path(manager, domain_id), *alias = machine_alias(domain_id);
	_cleanup_json_ struct json_object *list = NULL;
	_cleanup_links_ struct links *links = NULL;
	_cleanup_free_ char *text = NULL;
	bool ok = true;

	if (!path_exists(path))
		return true;
	if (!file_read(path, RECORD_BYTES, &text, NULL, err))
		return false;
	list = json_parse("ports", text, strlen(text), err);
	links = list != NULL ? links_open(err) : NULL;
	if (links == NULL)
		return false;
	for (size_t i = 0; json_object_is_type(list, json_type_array) && i < json_object_array_length(list); i++)
		ok = remove_one(links, json_object_array_get_idx(list, i), alias, ok ? err : NULL) && ok;
	if (ok)
		unlink(path);
	return ok;
}

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

static bool open_tap(struct links *links, struct network_port *port, const char *alias, int *fds, struct error *err)
{
	const struct interface *interface = port->interface;
	_cleanup_free_ char *mac = port->way == PORT_WAY_MACVTAP ? xstrdup(interface->mac) : host_mac(interface->mac);
	struct tap_settings settings = { .alias = alias,
					 .mac = mac,
					 .mtu = port->mtu,
					 .queues = port->queues,
					 .vnet_header = text_equal(interface->model, "virtio") };
	const char *chosen = is_chosen(interface->target) ? interface->target : NULL;
	char name[LINK_NAME_SIZE];
	bool ok = port->way == PORT_WAY_MACVTAP ?
			  macvtap_open(links, chosen != NULL ? chosen : MACVTAP_NAME, port->lower, port->mode, &settings, fds, name, err) :
			  tap_open(links, chosen != NULL ? chosen : TAP_NAME, &settings, fds, name, err);

	if (ok)
		port->name = xstrdup(name);
	return ok;
}

static bool limit_to_guest(struct links *links, const struct network_port *port, struct error *err)
{
	const struct bandwidth_limit *side = &port->interface->inbound;
	struct link_limit settings = { side->average.value * 1024, side->peak.value * 1024, side->burst.value * 1024 };

	return !side->average.set || link_set_limit(links, port->name, &settings, err);
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
	struct tap_filter filter = { .clean = interface->filter != NULL, .mac = interface->mac, .addresses = addresses };

	if (interface->filter != NULL && !text_equal(interface->filter, "clean-traffic")) {
		error_set(err, ERROR_UNSUPPORTED, "filter '%s' is not supported", interface->filter);
		return error_hint(err, "'clean-traffic' is: its own MAC and addresses, no DHCP offers, no router advertisements");
	}
	if (!filter_addresses(interface, addresses, &filter.address_count, err))
		return false;
	filter.limit_bytes_s = interface->outbound.average.value * 1024;
	filter.limit_burst_bytes = interface->outbound.burst.value * 1024;
	if (!filter.clean && filter.limit_bytes_s == 0)
		return true;
	_cleanup_free_ char *rules = ruleset_tap_put(port->name, &filter);

	return nft_run(rules, err);
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

static bool open_port(struct manager *manager, int64_t domain_id, struct links *links, struct network_ports *ports, size_t index, int *fds,
		      size_t *opened, struct error *err)
{
	struct network_port *port = &ports->ports[index];
	_cleanup_free_ char *alias = machine_alias(domain_id);

	if (port->way == PORT_WAY_USER)
		return true;
	if (!open_tap(links, port, alias, &fds[*opened], err))
		return false;
	*opened += port->queues;
	return record(manager, domain_id, ports, index + 1, err) &&
	       (port->bridge == NULL || link_set_bridge(links, port->name, port->bridge, port->isolated, err)) &&
	       limit_to_guest(links, port, err) && watch_guest(port, err) && link_set_up(links, port->name, true, err) &&
	       open_vhost(port, fds, opened, err);
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
