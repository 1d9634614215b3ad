/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Network interfaces: a -netdev towards the host and a card towards the guest. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <string.h>

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "hv/domain_interface.h"
#include "hv/launch_build.h"
#include "hv/port_forwarding.h"

#define TAP_NAME   "vnet%d" /* the kernel puts a number in */
#define TAP_SCRIPT "no"	    /* QEMU's word for: run none */

/* XML's models that QEMU calls otherwise; all others are QEMU's own names. */
static const char *card_driver(const char *model)
{
	return text_equal(model, "virtio") ? "virtio-net-pci" : model;
}

static bool is_virtio(const struct interface *interface)
{
	return text_equal(interface->model, "virtio");
}

/* The cards there are flags for, so that no other device can be had by naming it a network card. */
static bool is_card(const char *driver)
{
	static const enum cap cards[] = { CAP_VIRTIO_NET, CAP_E1000,  CAP_E1000E,  CAP_RTL8139,	 CAP_NE2K_PCI,
					  CAP_PCNET,	  CAP_I82551, CAP_I82557B, CAP_I82559ER, CAP_VMXNET3 };

	for (size_t i = 0; i < ARRAY_LENGTH(cards); i++)
		if (strcmp(enum_word(&cap_words, (int)cards[i]), driver) == 0)
			return true;
	return false;
}

bool launch_knows_card(const char *model)
{
	return is_card(card_driver(model));
}

static bool check_type(struct builder *b, const struct interface *interface, const char *what)
{
	const char *type = enum_word(&interface_type_words, (int)interface->type);

	switch (interface->type) {
	case INTERFACE_USER:
	case INTERFACE_NETWORK:
	case INTERFACE_BRIDGE:
	case INTERFACE_DIRECT:
	case INTERFACE_ETHERNET:
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
	return build_unsupported(b, "use type 'network', 'bridge', 'direct', 'ethernet' or 'user': 'virtty edit' changes it",
				 "%s: interface type '%s' is not supported", what, type ? type : "(none)");
}

/* Behind user networking QEMU listens; on a network the firewall sends packets on, which is core's part. */
static bool check_forwarding(struct builder *b, const struct interface *interface, const struct port_forwarding *forwarding, const char *what)
{
	_cleanup_free_ struct port_run *runs = NULL;
	size_t count = 0, ports = 0;

	if (forwarding->dev)
		return build_unsupported(b, "name the interface's address instead: <portForward proto='tcp' address='192.0.2.1'>",
					 "%s: <portForward> by dev= is not supported", what);
	if (interface->type == INTERFACE_USER && forwarding->address && inet_pton(AF_INET, forwarding->address, &(struct in_addr){ 0 }) != 1)
		return build_unsupported(b, "<backend type='passt'/> forwards IPv6, and so does a card of type 'network'",
					 "%s: '%s' is no IPv4 address, and QEMU's user networking forwards no other", what, forwarding->address);
	if (!port_forwarding_runs(forwarding, &runs, &count, b->err))
		return error_wrap(b->err, "%s", what);
	for (size_t i = 0; i < count; i++)
		ports += runs[i].count;
	return ports <= FORWARD_PORTS_MAX || build_unsupported(b, "forward those that the guest listens at",
								"%s: <portForward> of %zu ports, %u are possible", what, ports, FORWARD_PORTS_MAX);
}

static bool check_forwardings(struct builder *b, const struct interface *interface, const char *what)
{
	if (interface->forwarding_count > 0 && interface->type != INTERFACE_USER && interface->type != INTERFACE_NETWORK)
		return build_unsupported(b, "the guest has an address of its own there: no port has to lead to it",
					 "%s: no port is forwarded to a card of type '%s'", what,
					 enum_word(&interface_type_words, (int)interface->type));
	/* passt reads all that can be stated */
	for (size_t i = 0; !interface_uses_passt(interface) && i < interface->forwarding_count; i++)
		if (!check_forwarding(b, interface, &interface->forwardings[i], what))
			return false;
	return true;
}

static bool check_passt(struct builder *b, const struct interface *interface, const char *what)
{
	if (interface->queues.value > 1 || text_equal(interface->driver, "vhost"))
		return build_unsupported(b, "type 'network', 'bridge' or 'direct' have both", "%s: passt has one queue, and no vhost", what);
	return true;
}

static bool check_user(struct builder *b, const struct interface *interface, const char *what)
{
	if (interface_uses_passt(interface))
		return check_passt(b, interface, what);
	if (!caps_has(b->caps, CAP_NETDEV_USER))
		return build_unsupported(b, "install a QEMU with user networking (slirp), or the program passt: <backend type='passt'/>",
					 "%s: '%s' was built without user networking", what, b->caps->binary);
	if (interface->backend_log || interface->source)
		return build_unsupported(b, "<backend type='passt'/> has both", "%s: QEMU's own user networking has no log file and no <source dev=>",
					 what);
	return true;
}

/* What is read, and not carried out for cards of this type. */
static bool check_wishes(struct builder *b, const struct interface *interface, const char *what)
{
	if (interface->type == INTERFACE_USER && !check_user(b, interface, what))
		return false;
	if (interface->ip_count > 0 && interface->type != INTERFACE_USER)
		return build_unsupported(b, "its network lends addresses: a reservation there gives it this one",
					 "%s: <ip> is not supported for this type", what);
	return check_forwardings(b, interface, what);
}

static bool check_interface(struct builder *b, const struct interface *interface, const char *what)
{
	if (!check_type(b, interface, what) || !check_wishes(b, interface, what))
		return false;
	if (!interface->model || !interface->mac)
		return build_invalid(b, "'virtty edit' and saving settles the machine",
				     "%s has no model or MAC address yet", what);
	if (!launch_knows_card(interface->model))
		return build_unsupported(b, LAUNCH_CARDS_HINT, "%s: model '%s' is not supported",
					 what, interface->model);
	if (!is_virtio(interface) && (interface->queues.value > 1 || interface->rx_queue_size.set || interface->tx_queue_size.set))
		return build_unsupported(b, "only virtio has queues: <model type='virtio'/>", "%s: a %s card has one queue of its own size", what,
					 interface->model);
	return true;
}

/* ---- towards the host ---- */

/* "tcp:127.0.0.1:2222-:22", in the form of QEMU's list of strings. */
static void add_forward(struct json_object *list, const struct port_forwarding *forwarding, unsigned host, unsigned guest)
{
	struct json_object *item = json_object_new_object();
	_cleanup_free_ char *text = strf("%s:%s:%u-:%u", forwarding->proto, forwarding->address ? forwarding->address : "",
					 host, guest);

	json_set_string(item, "str", text);
	json_object_array_add(list, item);
}

static struct json_object *forwards(const struct interface *interface)
{
	struct json_object *list = json_object_new_array();

	for (size_t i = 0; i < interface->forwarding_count; i++) {
		_cleanup_free_ struct port_run *runs = NULL;
		size_t count = 0;

		/* they were looked at: it cannot fail */
		(void)port_forwarding_runs(&interface->forwardings[i], &runs, &count, NULL);
		for (size_t n = 0; n < count; n++)
			for (unsigned port = 0; port < runs[n].count; port++)
				add_forward(list, &interface->forwardings[i], runs[n].host + port, runs[n].guest + port);
	}
	return list;
}

/* slirp's network, where the document gives the guest an address: that is the first one it lends. */
static void add_guest_addresses(const struct interface *interface, struct json_object *netdev)
{
	for (size_t i = 0; i < interface->ip_count; i++) {
		const struct interface_ip *ip = &interface->ips[i];
		bool v6 = text_equal(ip->family, "ipv6");
		_cleanup_free_ char *net = strf("%s/%" PRIu64, ip->address, ip->prefix.set ? ip->prefix.value : (uint64_t)(v6 ? 64 : 24));

		if (v6) {
			json_set_string(netdev, "ipv6-prefix", ip->address);
			json_set_int(netdev, "ipv6-prefixlen", (int64_t)(ip->prefix.set ? ip->prefix.value : 64));
		} else {
			json_set_string(netdev, "net", net);
			json_set_string(netdev, "dhcpstart", ip->address);
		}
	}
}

static struct json_object *netdev_user(const struct interface *interface, const char *id)
{
	struct json_object *netdev = json_object_new_object();

	json_set_string(netdev, "type", "user");
	json_set_string(netdev, "id", id);
	add_guest_addresses(interface, netdev);
	if (interface->forwarding_count > 0)
		json_set(netdev, "hostfwd", forwards(interface));
	return netdev;
}

/* "5:6:7", or the names of those that QEMU was given. */
static char *fd_list(const struct launch_port *port, int first)
{
	struct strbuf list = STRBUF_INIT;

	for (unsigned i = 0; i < port->queues; i++)
		strbuf_printf(&list, "%s%s%d", i > 0 ? ":" : "", port->fd_names ? port->fd_names : "", first + (int)i);
	return strbuf_take(&list);
}

static struct json_object *netdev_tap(const struct interface *interface, const struct launch_port *port, const char *id)
{
	struct json_object *netdev = json_object_new_object();

	json_set_string(netdev, "type", "tap");
	json_set_string(netdev, "id", id);
	if (!port) {
		json_set_string(netdev, "ifname", interface->target ? interface->target : TAP_NAME);
		json_set_string(netdev, "script", TAP_SCRIPT);
		json_set_string(netdev, "downscript", TAP_SCRIPT);
		return netdev;
	}
	_cleanup_free_ char *fds = fd_list(port, port->first_fd);

	json_set_string(netdev, port->queues > 1 ? "fds" : "fd", fds);
	if (port->first_vhost_fd >= 0) {
		_cleanup_free_ char *vhost = fd_list(port, port->first_vhost_fd);

		json_set_bool(netdev, "vhost", true);
		json_set_string(netdev, port->queues > 1 ? "vhostfds" : "vhostfd", vhost);
	}
	return netdev;
}

/* passt at the other end of a socket. Not "stream", which connects in a thread of its own, where no name of a descriptor is known: then a card
 * that comes while the machine runs would have no other end, and nobody would hear of it. */
static struct json_object *netdev_socket(const struct launch_port *port, const char *id)
{
	struct json_object *netdev = json_object_new_object();
	_cleanup_free_ char *fd = fd_list(port, port->first_fd);

	json_set_string(netdev, "type", "socket");
	json_set_string(netdev, "id", id);
	json_set_string(netdev, "fd", fd);
	return netdev;
}

/* domxml-to-native starts no passt: it names a socket that one could listen at. */
static struct json_object *netdev_stream(const struct builder *b, const struct interface *interface, const char *id)
{
	struct json_object *netdev = json_object_new_object(), *address = json_object_new_object();
	_cleanup_free_ char *path = strf("%s/%s-passt.socket", b->resources->run_directory, interface->device.alias);

	json_set_string(netdev, "type", "stream");
	json_set_string(netdev, "id", id);
	json_set_bool(netdev, "server", false);
	json_set_string(address, "type", "unix");
	json_set_string(address, "path", path);
	json_set(netdev, "addr", address);
	return netdev;
}

static struct json_object *netdev_of(const struct builder *b, const struct interface *interface, const struct launch_port *port,
				     const char *id)
{
	if (interface_uses_passt(interface))
		return port ? netdev_socket(port, id) : netdev_stream(b, interface, id);
	if (interface->type == INTERFACE_USER)
		return netdev_user(interface, id);
	return netdev_tap(interface, port, id);
}

/* ---- towards the guest ---- */

static void add_queues(const struct interface *interface, const struct launch_port *port, struct json_object *json)
{
	uint64_t queues = port ? port->queues : interface->queues.value;

	if (queues > 1) {
		json_set_bool(json, "mq", true);
		/* one for each direction of each pair, one for changes, one for control */
		json_set_int(json, "vectors", (int64_t)(2 * queues + 2));
	}
	if (interface->rx_queue_size.set)
		json_set_int(json, "rx_queue_size", (int64_t)interface->rx_queue_size.value);
	if (interface->tx_queue_size.set)
		json_set_int(json, "tx_queue_size", (int64_t)interface->tx_queue_size.value);
}

static struct json_object *interface_device(struct builder *b, const struct interface *interface, const struct launch_port *port,
					    const char *netdev, bool first, const char *what)
{
	struct json_object *json = device_new(card_driver(interface->model));
	uint64_t mtu = interface->mtu.set ? interface->mtu.value : port != NULL ? port->mtu : 0;

	json_set_string(json, "netdev", netdev);
	json_set_string(json, "id", interface->device.alias);
	json_set_string(json, "mac", interface->mac);
	if (is_virtio(interface)) {
		add_queues(interface, port, json);
		if (mtu != 0)
			json_set_int(json, "host_mtu", (int64_t)mtu);
	}
	device_add_boot(b, &interface->device, BOOT_NETWORK, first, json);
	if (device_add_address(b, &interface->device, what, json))
		return json;
	json_object_put(json);
	return NULL;
}

bool build_interface(struct builder *b, const struct interface *interface, const struct launch_port *port, bool first)
{
	_cleanup_free_ char *what =
		strf("interface '%s'", interface->device.alias ? interface->device.alias : "(no alias)");
	_cleanup_free_ char *id = NULL;
	struct json_object *device, *link;

	if (!check_interface(b, interface, what) || !device_check_alias(b, &interface->device, what))
		return false;
	id = strf("host%s", interface->device.alias);
	build_json(b, "-netdev", netdev_of(b, interface, port, id));
	device = interface_device(b, interface, port, id, first, what);
	if (!device || !build_device(b, device))
		return false;
	if (interface->link == TRI_NO) {
		link = json_object_new_object();
		json_set_string(link, "name", interface->device.alias);
		json_set_bool(link, "up", false);
		build_setup(b, "set_link", link);
	}
	return true;
}

bool build_interfaces(struct builder *b)
{
	const struct launch_port *ports = b->resources->ports;

	for (size_t i = 0; i < b->domain->interface_count; i++)
		if (!build_interface(b, &b->domain->interfaces[i], ports ? &ports[i] : NULL, i == 0))
			return false;
	return true;
}
