/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of <interface>: a card towards the guest, and what is behind it on the host. */
#include "hv/domain_schema.h"

SCHEMA_CHOICES(direct_modes, "vepa", "bridge", "private", "passthrough");
SCHEMA_CHOICES(driver_names, "vhost", "qemu");
SCHEMA_CHOICES(backends, "default", "passt");
SCHEMA_CHOICES(protocols, "tcp", "udp");
SCHEMA_CHOICES(families, "ipv4", "ipv6");

ENUM_WORDS(link_state, TRI_COUNT, NULL, "up", "down");

#define SCHEMA_TYPE struct port_range
static const struct schema_row range_rows[] = {
	ROW_UINT("@start", start, 1, 65535, "Port", "The host's port", .required = true),
	ROW_UINT("@end", end, 1, 65535, "To port", "The last of them, where there are more"),
	ROW_UINT("@to", to, 1, 65535, "Guest's port", "The guest's, where it is another"),
	ROW_WORD("@exclude", exclude, yesno_words, NULL, "These are left out"),
};
static SCHEMA_DEFINE(range_schema, "range", range_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct port_forwarding
static const struct schema_row forwarding_rows[] = {
	ROW_CHOICE("@proto", proto, protocols, "Protocol", "tcp or udp", .required = true),
	ROW_STRING("@address", address, "Address", "The host's address that is listened at; none: all of them"),
	ROW_STRING("@dev", dev, NULL, "The host's interface that is listened at"),
	ROW_LIST("range", ranges, range_count, range_schema),
};
SCHEMA_DEFINE(port_forwarding_schema, "portForward", forwarding_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct interface_ip
static const struct schema_row ip_rows[] = {
	ROW_CHOICE("@family", family, families, NULL, "ipv4 or ipv6"),
	ROW_STRING("@address", address, "Guest's address", "What the guest gets", .required = true),
	ROW_UINT("@prefix", prefix, 1, 128, NULL, "Bits of it that are the network's"),
};
static SCHEMA_DEFINE(ip_schema, "ip", ip_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct filter_parameter
static const struct schema_row parameter_rows[] = {
	ROW_STRING("@name", name, NULL, "IP: an address that the guest may use", .required = true),
	ROW_STRING("@value", value, NULL, "What it is", .required = true),
};
static SCHEMA_DEFINE(parameter_schema, "parameter", parameter_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct bandwidth_limit
static const struct schema_row bandwidth_rows[] = {
	ROW_UINT("@average", average, 1, UINT32_MAX, "Average", "KiB in a second", .required = true),
	ROW_UINT("@peak", peak, 1, UINT32_MAX, "Peak", "KiB in a second, for a burst"),
	ROW_UINT("@burst", burst, 1, UINT32_MAX, "Burst", "KiB that may go at the peak"),
};
static SCHEMA_DEFINE(inbound_schema, "inbound", bandwidth_rows, node);
static SCHEMA_DEFINE(outbound_schema, "outbound", bandwidth_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct interface
#define FROM_DEVICE (BIT(INTERFACE_DIRECT) | BIT(INTERFACE_ETHERNET) | BIT(INTERFACE_VDPA) | BIT(INTERFACE_USER))
#define IS_USER SCHEMA_WHEN(type, BIT(INTERFACE_USER))
#define IS_TAP SCHEMA_WHEN(type, BIT(INTERFACE_NETWORK) | BIT(INTERFACE_BRIDGE) | BIT(INTERFACE_DIRECT) | BIT(INTERFACE_ETHERNET))
static const struct schema_row interface_rows[] = {
	ROW_WORD("@type", type, interface_type_words, "Type", "user needs no privilege; network and bridge join others", .key = true,
		 .required = true),
	{ .path = "mac/@address", .kind = SCHEMA_MAC, .offset = offsetof(struct interface, mac), .label = "MAC address",
	  .help = "Hardware address, made at random when none is given" },
	ROW_STRING("source/@network", source, "Network", "Name of the network", SCHEMA_WHEN(type, BIT(INTERFACE_NETWORK)),
		   .required = true),
	ROW_STRING("source/@bridge", source, "Bridge", "Name of the host's bridge", SCHEMA_WHEN(type, BIT(INTERFACE_BRIDGE)),
		   .required = true),
	ROW_STRING("source/@dev", source, "Device", "Name of the host's interface; with passt: whose addresses the guest gets",
		   SCHEMA_WHEN(type, FROM_DEVICE)),
	ROW_CHOICE("source/@mode", mode, direct_modes, "Mode", "bridge: guests on this device reach each other; none reaches the host",
		   SCHEMA_WHEN(type, BIT(INTERFACE_DIRECT))),
	ROW_CHOICE("backend/@type", backend, backends, "Backend",
		   "default: QEMU's own; passt: the program of that name, the guest has the host's own addresses", IS_USER),
	ROW_STRING("backend/@logFile", backend_log, NULL, "Where passt writes its log", IS_USER),
	ROW_LIST("portForward", forwardings, forwarding_count, port_forwarding_schema),
	ROW_LIST("ip", ips, ip_count, ip_schema),
	ROW_STRING("target/@dev", target, "Tap", "Name of the host's end while it runs", IS_TAP),
	ROW_WORD("target/@managed", target_managed, yesno_words, NULL, "no: the tap is there already",
		 SCHEMA_WHEN(type, BIT(INTERFACE_ETHERNET))),
	ROW_STRING("model/@type", model, "Model", "virtio is fastest; e1000e and rtl8139 work without a driver to install"),
	ROW_CHOICE("driver/@name", driver, driver_names, NULL, "vhost: packets go through the kernel; qemu: through QEMU"),
	ROW_UINT("driver/@queues", queues, 1, 256, "Queues", "Pairs of queues of a virtio card: one a virtual CPU at the most"),
	ROW_UINT("driver/@rx_queue_size", rx_queue_size, 256, 1024, NULL, "Packets that wait to be received"),
	ROW_UINT("driver/@tx_queue_size", tx_queue_size, 256, 1024, NULL, "Packets that wait to be sent"),
	ROW_STRING("filterref/@filter", filter, "Filter", "clean-traffic: the guest speaks as itself alone"),
	ROW_LIST("filterref/parameter", parameters, parameter_count, parameter_schema),
	ROW_NESTED("bandwidth/inbound", inbound, inbound_schema),
	ROW_NESTED("bandwidth/outbound", outbound, outbound_schema),
	ROW_WORD("link/@state", link, link_state_words, "Link", "down: the cable is pulled"),
	ROW_UINT("mtu/@size", mtu, 68, 65535, "MTU", "The largest packet"),
	ROW_WORD("port/@isolated", port_isolated, yesno_words, "Isolated", "yes: it reaches no other isolated guest of its bridge"),
	BOOT_ROW,
	DEVICE_ROWS,
};
SCHEMA_DEFINE(interface_schema, "interface", interface_rows, device.node);
#undef SCHEMA_TYPE
