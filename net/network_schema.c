/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of <network>: what is modelled, in the order in which it is written. */
#include "net/network_schema.h"

ENUM_WORDS(forward_mode, FORWARD_MODE_COUNT, NULL, "nat", "route", "open", "bridge", "private", "vepa", "passthrough",
	   "hostdev");

SCHEMA_CHOICES(families, "ipv4", "ipv6");
SCHEMA_CHOICES(time_units, "seconds", "minutes", "hours");
SCHEMA_CHOICES(protocols, "tcp", "udp");

/* A switch that is an attribute: 'yes' and 'no', or 'on' and 'off'. */
#define ROW_YESNO(path_, member_, ...) ROW_WORD(path_, member_, yesno_words, __VA_ARGS__)
#define ROW_ONOFF(path_, member_, ...) ROW_WORD(path_, member_, onoff_words, __VA_ARGS__)
#define ROW_MAC(...)		       SCHEMA_ROW(SCHEMA_MAC, __VA_ARGS__)

#define SCHEMA_TYPE struct network_lease_time
static const struct schema_row lease_rows[] = {
	ROW_UINT("@expiry", expiry, 0, UINT32_MAX, "Lease", "How long an address is lent; 0: for ever"),
	ROW_CHOICE("@unit", unit, time_units, NULL, "What a lease is counted in"),
};
static SCHEMA_DEFINE(lease_schema, "lease", lease_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dhcp_range
static const struct schema_row range_rows[] = {
	ROW_STRING("@start", start, "From", "First address that is lent", .required = true),
	ROW_STRING("@end", end, "To", "Last address that is lent", .required = true),
	ROW_NESTED("lease", lease, lease_schema),
};
static SCHEMA_DEFINE(range_schema, "range", range_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dhcp_host
static const struct schema_row host_rows[] = {
	ROW_MAC("@mac", mac, "MAC", "The card that gets this address"),
	ROW_STRING("@id", id, "Client id", "What a client calls itself over DHCPv6"),
	ROW_STRING("@name", name, "Name", "The name that goes with the address"),
	ROW_STRING("@ip", ip, "Address", "The address that it always gets"),
	ROW_NESTED("lease", lease, lease_schema),
};
static SCHEMA_DEFINE(host_schema, "host", host_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct network_ip
static const struct schema_row ip_rows[] = {
	ROW_CHOICE("@family", family, families, "Family", "ipv4 or ipv6"),
	ROW_STRING("@address", address, "Address", "The host's address on this network", .required = true),
	ROW_UINT("@prefix", prefix, 0, 128, "Prefix", "How many bits of the address are the network's"),
	ROW_STRING("@netmask", netmask, "Netmask", "The same as a mask: 255.255.255.0"),
	ROW_YESNO("@localPtr", local_ptr, NULL, "Addresses are looked up here alone"),
	ROW_STRING("tftp/@root", tftp_root, "TFTP", "Directory that is served by TFTP"),
	ROW_FLAG("dhcp", dhcp, "DHCP", "Addresses are lent to guests"),
	ROW_LIST("dhcp/range", ranges, range_count, range_schema),
	ROW_LIST("dhcp/host", hosts, host_count, host_schema),
	ROW_STRING("dhcp/bootp/@file", bootp_file, "Boot file", "What a card that boots from the network loads"),
	ROW_STRING("dhcp/bootp/@server", bootp_server, NULL, "Where it loads it from, when not from here"),
};
static SCHEMA_DEFINE(ip_schema, "ip", ip_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct network_route
static const struct schema_row route_rows[] = {
	ROW_CHOICE("@family", family, families, NULL, "ipv4 or ipv6"),
	ROW_STRING("@address", address, "Route to", "The network that is behind the gateway", .required = true),
	ROW_UINT("@prefix", prefix, 0, 128, NULL, "Bits of it"),
	ROW_STRING("@netmask", netmask, NULL, "The same as a mask"),
	ROW_STRING("@gateway", gateway, "Gateway", "A guest that leads there", .required = true),
	ROW_UINT("@metric", metric, 1, UINT32_MAX, NULL, "Which of two routes is taken: the smaller"),
};
static SCHEMA_DEFINE(route_schema, "route", route_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dns_name
static const struct schema_row name_rows[] = {
	ROW_STRING(".", name, "Name", "A host's name"),
};
static SCHEMA_DEFINE(name_schema, "hostname", name_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dns_host
static const struct schema_row dns_host_rows[] = {
	ROW_STRING("@ip", ip, "Address", "The address of these names", .required = true),
	ROW_LIST("hostname", names, name_count, name_schema),
};
static SCHEMA_DEFINE(dns_host_schema, "host", dns_host_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dns_txt
static const struct schema_row txt_rows[] = {
	ROW_STRING("@name", name, "Name", "What is looked up", .required = true),
	ROW_STRING("@value", value, "Text", "What is answered"),
};
static SCHEMA_DEFINE(txt_schema, "txt", txt_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dns_srv
static const struct schema_row srv_rows[] = {
	ROW_STRING("@service", service, "Service", "What is offered: ldap", .required = true),
	ROW_CHOICE("@protocol", protocol, protocols, "Protocol", "tcp or udp", .required = true),
	ROW_STRING("@domain", domain, NULL, "The domain that offers it"),
	ROW_STRING("@target", target, "Host", "Where it is offered"),
	ROW_UINT("@port", port, 1, 65535, "Port", "And at which port"),
	ROW_UINT("@priority", priority, 0, 65535, NULL, "Lower ones are tried first"),
	ROW_UINT("@weight", weight, 0, 65535, NULL, "Among equals, how often"),
};
static SCHEMA_DEFINE(srv_schema, "srv", srv_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct dns_forwarder
static const struct schema_row forwarder_rows[] = {
	ROW_STRING("@domain", domain, "Domain", "Names that are asked there; none: all"),
	ROW_STRING("@addr", address, "Server", "Who is asked; none: this one alone answers"),
	ROW_UINT("@port", port, 1, 65535, NULL, "The server's port"),
};
static SCHEMA_DEFINE(forwarder_schema, "forwarder", forwarder_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct network_device
static const struct schema_row device_rows[] = {
	ROW_STRING("@dev", dev, "Device", "An interface of the host", .required = true),
	ROW_KNOWN("@connections"),
};
static SCHEMA_DEFINE(device_schema, "interface", device_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct bandwidth_side
static const struct schema_row bandwidth_rows[] = {
	ROW_UINT("@average", average, 1, UINT32_MAX, "Average", "KiB in a second", .required = true),
	ROW_UINT("@peak", peak, 1, UINT32_MAX, "Peak", "KiB in a second, for a burst"),
	ROW_UINT("@burst", burst, 1, UINT32_MAX, "Burst", "KiB that may go at the peak"),
};
static SCHEMA_DEFINE(inbound_schema, "inbound", bandwidth_rows, node);
static SCHEMA_DEFINE(outbound_schema, "outbound", bandwidth_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct network
static const struct schema_row network_rows[] = {
	ROW_KNOWN("@connections"),
	ROW_KNOWN("@trustGuestRxFilters"),
	ROW_RAW("name", name, "Name", "The network's name", .required = true),
	{ .path = "uuid",
	  .kind = SCHEMA_UUID,
	  .offset = offsetof(struct network, uuid),
	  .label = "UUID",
	  .help = "The network's identity, made at random when none is given" },
	ROW_STRING("title", title, "Title", "One line on it"),
	ROW_STRING("description", description, "Description", "Notes"),
	ROW_KNOWN("metadata"),
	ROW_FLAG("forward", has_forward, NULL, "Guests reach what is outside"),
	ROW_WORD("forward/@mode", forward, forward_mode_words, "Mode", "How guests reach what is outside"),
	ROW_STRING("forward/@dev", forward_dev, "Leaves by", "The only interface of the host that they leave by"),
	ROW_KNOWN("forward/@managed"),
	ROW_YESNO("forward/nat/@ipv6", nat_ipv6, "NAT of IPv6", "IPv6 too leaves with the host's address"),
	ROW_STRING("forward/nat/address/@start", nat_start, "NAT from", "First address that they leave with"),
	ROW_STRING("forward/nat/address/@end", nat_end, "NAT to", "Last one"),
	ROW_UINT("forward/nat/port/@start", nat_port_start, 1, 65535, "NAT ports from", "First port they leave with"),
	ROW_UINT("forward/nat/port/@end", nat_port_end, 1, 65535, "NAT ports to", "Last one"),
	ROW_LIST("forward/interface", devices, device_count, device_schema),
	ROW_STRING("bridge/@name", bridge, "Bridge", "The bridge's name, at most 15 characters"),
	ROW_ONOFF("bridge/@stp", stp, "Spanning tree", "Loops between bridges are found and cut"),
	ROW_STRING("bridge/@delay", delay, "Delay", "Seconds until a new port forwards"),
	ROW_KNOWN("bridge/@macTableManager"),
	ROW_UINT("mtu/@size", mtu, 68, 65535, "MTU", "The largest packet"),
	ROW_MAC("mac/@address", mac, "MAC", "The bridge's own"),
	ROW_STRING("domain/@name", domain, "Domain", "The names of guests end with it"),
	ROW_YESNO("domain/@localOnly", domain_local_only, NULL, "Its names are never asked of other servers"),
	ROW_KNOWN("domain/@register"),
	ROW_YESNO("dns/@enable", dns_enable, "Name server", "Guests can look up names here"),
	ROW_YESNO("dns/@forwardPlainNames", forward_plain_names, NULL, "Names without a dot are asked elsewhere, too"),
	ROW_LIST("dns/forwarder", forwarders, forwarder_count, forwarder_schema),
	ROW_LIST("dns/txt", txts, txt_count, txt_schema),
	ROW_LIST("dns/host", dns_hosts, dns_host_count, dns_host_schema),
	ROW_LIST("dns/srv", srvs, srv_count, srv_schema),
	ROW_LIST("ip", ips, ip_count, ip_schema),
	ROW_LIST("route", routes, route_count, route_schema),
	ROW_NESTED("bandwidth/inbound", inbound, inbound_schema),
	ROW_NESTED("bandwidth/outbound", outbound, outbound_schema),
	ROW_YESNO("port/@isolated", port_isolated, "Isolated", "Guests reach the host, and not each other"),
	ROW_STRING("virtualport/@type", virtualport, NULL, NULL),
};
SCHEMA_DEFINE(network_schema, "network", network_rows, node);
#undef SCHEMA_TYPE
