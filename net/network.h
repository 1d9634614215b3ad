/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks: libvirt's documents as views that know their nodes. As with machines the document is the truth: parse, settle,
 * validate, format; what is not modelled survives and is named in a warning. What a network is on the host is made by
 * link.h, ruleset.h and dnsmasq.h; who may make it, and what is remembered, is core's. */
#ifndef NET_NETWORK_H
#define NET_NETWORK_H

#include "base/schema.h"
#include "net/subnet.h"

enum forward_mode {
	FORWARD_NONE, /* no <forward>: an isolated network */
	FORWARD_NAT,
	FORWARD_ROUTE,
	FORWARD_OPEN, /* as route, and no firewall rule of ours */
	FORWARD_BRIDGE, /* with <bridge name=>: one of the host's; with <interface dev=>: macvtap */
	FORWARD_PRIVATE,
	FORWARD_VEPA,
	FORWARD_PASSTHROUGH,
	FORWARD_HOSTDEV,
	FORWARD_MODE_COUNT
};
ENUM_DECLARE(forward_mode);

struct network_lease_time {
	struct opt_uint expiry; /* 0: for ever */
	char *unit;		/* "seconds", "minutes" (when absent), "hours" */
	xmlNode *node;
};
struct dhcp_range {
	char *start, *end;
	struct network_lease_time lease;
	xmlNode *node;
};
/* A machine that always gets the same address: known by its MAC, over IPv6 by its id (DUID), or by its name. */
struct dhcp_host {
	char *mac, *id, *name, *ip;
	struct network_lease_time lease;
	xmlNode *node;
};
struct network_ip {
	char *family; /* "ipv4" (when absent), "ipv6" */
	char *address, *netmask;
	struct opt_uint prefix;
	char *tftp_root;
	enum tristate local_ptr;
	bool dhcp;
	struct dhcp_range *ranges;
	size_t range_count;
	struct dhcp_host *hosts;
	size_t host_count;
	char *bootp_file, *bootp_server;
	xmlNode *node;
};
struct network_route {
	char *family, *address, *netmask, *gateway;
	struct opt_uint prefix, metric;
	xmlNode *node;
};

struct dns_name {
	char *name;
	xmlNode *node;
};
struct dns_host {
	char *ip;
	struct dns_name *names;
	size_t name_count;
	xmlNode *node;
};
struct dns_txt {
	char *name, *value;
	xmlNode *node;
};
struct dns_srv {
	char *service, *protocol, *domain, *target;
	struct opt_uint port, priority, weight;
	xmlNode *node;
};
struct dns_forwarder {
	char *address, *domain;
	struct opt_uint port;
	xmlNode *node;
};

struct network_device { /* <interface dev=> of a <forward> */
	char *dev;
	xmlNode *node;
};
struct bandwidth_side {
	struct opt_uint average, peak; /* KiB/s */
	struct opt_uint burst;	       /* KiB */
	xmlNode *node;
};

struct network {
	xmlDoc *doc; /* owned */
	xmlNode *node;
	char *source; /* owned: a file's name, for messages */
	char *name, *uuid, *title, *description;
	/* <forward> */
	bool has_forward;
	enum forward_mode forward; /* FORWARD_NAT too where a <forward> says none */
	char *forward_dev;
	enum tristate nat_ipv6;
	char *nat_start, *nat_end; /* addresses that it leaves with */
	struct opt_uint nat_port_start, nat_port_end;
	struct network_device *devices;
	size_t device_count;
	/* <bridge> */
	char *bridge;
	enum tristate stp;
	char *delay; /* seconds, as written */
	char *mac;
	struct opt_uint mtu;
	char *domain;
	enum tristate domain_local_only;
	/* <dns> */
	enum tristate dns_enable, forward_plain_names;
	struct dns_forwarder *forwarders;
	size_t forwarder_count;
	struct dns_txt *txts;
	size_t txt_count;
	struct dns_host *dns_hosts;
	size_t dns_host_count;
	struct dns_srv *srvs;
	size_t srv_count;
	struct network_ip *ips;
	size_t ip_count;
	struct network_route *routes;
	size_t route_count;
	struct bandwidth_side inbound, outbound;
	enum tristate port_isolated;
	char *virtualport; /* its type: refused for now */
	char **unmodelled; /* owned: a line for each thing that was kept and is not looked at */
};
#define _cleanup_network_ _cleanup_(network_freep)
struct network *network_parse(const char *source, const char *text, size_t length, struct error *err);
void network_free(struct network *network);
static inline void network_freep(struct network **network)
{
	network_free(*network);
}

/* What settling needs to know of the host and of other networks: names taken, subnets in use. */
struct network_surroundings {
	bool (*bridge_taken)(const char *name, void *userdata); /* by an interface or by another network */
	void *userdata;
};
/* Writes into the document what it leaves open: its UUID, a bridge's name (virbr0, virbr1, ...) and MAC. */
bool network_settle(struct network *network, const struct network_surroundings *surroundings, struct error *err);
/* Gives a document without a UUID one that is known. */
bool network_set_uuid(struct network *network, const char *uuid, struct error *err);
/* Judges the document alone: modes and what they need, addresses, ranges, names, MACs. */
bool network_validate(const struct network *network, struct error *err);
/* Owned text. */
char *network_format(const struct network *network);

/* The subnet of one of its addresses; of a valid document it cannot fail. */
bool network_ip_subnet(const struct network_ip *ip, struct subnet *ret, struct error *err);
/* Is it one of AF_INET, or of AF_INET6? */
bool network_ip_is_of(const struct network_ip *ip, int family);
/* Has the network an address of that family among its guests? */
bool network_has_family(const struct network *network, int family);
/* The prefix of that one of its subnets that an address is in; 0: in none. */
unsigned network_prefix(const struct network *network, const struct ip_address *address);
/* Does virtty make a bridge for it (none, nat, route, open)? */
bool network_has_own_bridge(const struct network *network);
/* The only interface that its guests leave by; NULL: any. Of a network that lends devices: the first of them. Borrowed. */
const char *network_device(const struct network *network);
/* Does any of its addresses hand out leases? */
bool network_has_dhcp(const struct network *network);
/* Does it need a dnsmasq: leases, or names to be looked up? */
bool network_needs_dnsmasq(const struct network *network);

#endif
