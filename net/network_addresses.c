/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Do a network's addresses, ranges, reservations and routes fit together? */
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "net/network_check.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define RANGE_MAX ((uint64_t)1 << 16) /* addresses: more than a lease file is made for */

static bool family_is(const char *family, int wanted)
{
	return family == NULL || text_equal(family, wanted == AF_INET ? "ipv4" : "ipv6");
}

static bool read_subnet(const struct network *network, const struct network_ip *ip, struct subnet *ret,
			struct error *err)
{
	struct ip_address address;
	struct subnet subnet;

	if (address_parse(ip->address, &address) && !family_is(ip->family, address.family))
		return network_fail(network, ip->node, err, "family '%s', and '%s' is an address of the other",
				    ip->family, ip->address);
	if (!network_ip_subnet(ip, &subnet, err))
		return error_wrap(err, "%s:%ld: <ip>", network->source, xml_line(ip->node));
	if (ip->family == NULL && subnet.address.family == AF_INET6)
		return network_fail(network, ip->node, err, "'%s' is an IPv6 address: say family='ipv6'", ip->address);
	*ret = subnet;
	return true;
}

/* The host's own address has to be one of a host. */
static bool check_own(const struct network *network, const struct network_ip *ip, const struct subnet *subnet,
		      struct error *err)
{
	struct ip_address first = subnet_first(subnet), last = subnet_last(subnet);
	unsigned bits = address_bits(&subnet->address);
	_cleanup_free_ char *text = subnet_format(subnet);

	if (address_is_special(&subnet->address))
		return network_fail(network, ip->node, err, "'%s' cannot be a host's address", ip->address);
	if (subnet->prefix == 0)
		return network_fail(network, ip->node, err, "a prefix of 0 is the whole internet");
	if (bits - subnet->prefix < 2)
		return true; /* point to point: both ends are hosts */
	if (address_compare(&subnet->address, &first) == 0)
		return network_fail(network, ip->node, err, "'%s' is the address of the network %s itself, not of a host",
				    ip->address, text);
	if (subnet->address.family == AF_INET && address_compare(&subnet->address, &last) == 0)
		return network_fail(network, ip->node, err, "'%s' is the broadcast address of %s", ip->address, text);
	return true;
}

static bool check_lease_time(const struct network *network, const struct network_lease_time *lease, struct error *err)
{
	if (lease->node != NULL && !lease->expiry.set)
		return network_fail(network, lease->node, err, "expiry= is missing");
	if (lease->expiry.set && lease->expiry.value != 0 && lease->expiry.value < 2 &&
	    (lease->unit == NULL || text_equal(lease->unit, "minutes")))
		return network_fail(network, lease->node, err, "a lease of less than two minutes is not possible");
	if (lease->expiry.set && lease->expiry.value != 0 && text_equal(lease->unit, "seconds") &&
	    lease->expiry.value < 120)
		return network_fail(network, lease->node, err, "a lease of less than two minutes is not possible");
	return true;
}

/* An address that is in the network, of its family, and no special one of it. */
static bool check_inside(const struct network *network, const xmlNode *node, const struct subnet *subnet,
			 const char *text, struct ip_address *ret, struct error *err)
{
	struct ip_address first = subnet_first(subnet), last = subnet_last(subnet);
	_cleanup_free_ char *name = subnet_format(subnet);

	if (!address_parse(text, ret) || ret->family != subnet->address.family)
		return network_fail(network, node, err, "'%s' is not an %s address", text,
				    subnet->address.family == AF_INET ? "IPv4" : "IPv6");
	if (!subnet_has(subnet, ret))
		return network_fail(network, node, err, "'%s' is not in the network %s", text, name);
	if (address_compare(ret, &first) == 0 ||
	    (ret->family == AF_INET && address_compare(ret, &last) == 0))
		return network_fail(network, node, err, "'%s' is not a host's address in %s", text, name);
	return true;
}

static bool check_range(const struct network *network, const struct network_ip *ip, size_t index,
			const struct subnet *subnet, struct error *err)
{
	const struct dhcp_range *range = &ip->ranges[index];
	struct ip_address start, end, other_start, other_end;

	if (!check_inside(network, range->node, subnet, range->start, &start, err) ||
	    !check_inside(network, range->node, subnet, range->end, &end, err) ||
	    !check_lease_time(network, &range->lease, err))
		return false;
	if (address_compare(&start, &end) > 0)
		return network_fail(network, range->node, err, "'%s' is after '%s'", range->start, range->end);
	if (address_count(&start, &end) > RANGE_MAX)
		return network_fail(network, range->node, err, "more than %u addresses in one range",
				    (unsigned)RANGE_MAX);
	for (size_t i = 0; i < index; i++)
		if (address_parse(ip->ranges[i].start, &other_start) && address_parse(ip->ranges[i].end, &other_end) &&
		    address_compare(&start, &other_end) <= 0 && address_compare(&other_start, &end) <= 0)
			return network_fail(network, range->node, err, "'%s' to '%s' overlaps '%s' to '%s'", range->start,
					    range->end, ip->ranges[i].start, ip->ranges[i].end);
	return true;
}

/* However they are written. */
static bool same_address(const char *a, const char *b)
{
	struct ip_address one, other;

	return address_parse(a, &one) && address_parse(b, &other) && one.family == other.family && address_compare(&one, &other) == 0;
}

static bool check_unique(const struct network *network, const struct network_ip *ip, size_t index, struct error *err)
{
	const struct dhcp_host *host = &ip->hosts[index];

	for (size_t i = 0; i < index; i++) {
		const struct dhcp_host *other = &ip->hosts[i];

		if (host->mac != NULL && text_equal(host->mac, other->mac))
			return network_fail(network, host->node, err, "MAC '%s' is there twice", host->mac);
		if (same_address(host->ip, other->ip))
			return network_fail(network, host->node, err, "address '%s' is there twice", host->ip);
		if (host->name != NULL && text_equal(host->name, other->name))
			return network_fail(network, host->node, err, "name '%s' is there twice", host->name);
	}
	return true;
}

static bool check_host(const struct network *network, const struct network_ip *ip, size_t index,
		       const struct subnet *subnet, struct error *err)
{
	const struct dhcp_host *host = &ip->hosts[index];
	struct ip_address address;

	if (host->mac == NULL && host->id == NULL && host->name == NULL)
		return network_fail(network, host->node, err, "mac=, id= or name= is missing: whose reservation it is");
	if (host->ip == NULL && host->name == NULL)
		return network_fail(network, host->node, err, "ip= or name= is missing: what is reserved");
	if (host->mac != NULL && subnet->address.family == AF_INET6)
		return network_fail(network, host->node, err, "over IPv6 a guest is known by id= or name=, not by its MAC");
	if (host->name != NULL && !host_name_is_valid(host->name))
		return network_fail(network, host->node, err, "'%s' is not a host's name", host->name);
	if (host->id != NULL && (*host->id == '\0' || strspn(host->id, "0123456789abcdefABCDEF:") != strlen(host->id)))
		return network_fail(network, host->node, err, "'%s' is not a DUID: hexadecimal bytes with ':' between them", host->id);
	if (host->ip != NULL) {
		if (!check_inside(network, host->node, subnet, host->ip, &address, err))
			return false;
		if (address_compare(&address, &subnet->address) == 0)
			return network_fail(network, host->node, err, "'%s' is this host's own address", host->ip);
	}
	return check_lease_time(network, &host->lease, err) && check_unique(network, ip, index, err);
}

static bool check_dhcp(const struct network *network, const struct network_ip *ip, const struct subnet *subnet,
		       struct error *err)
{
	for (size_t i = 0; i < ip->range_count; i++)
		if (!check_range(network, ip, i, subnet, err))
			return false;
	for (size_t i = 0; i < ip->host_count; i++)
		if (!check_host(network, ip, i, subnet, err))
			return false;
	if (subnet->address.family == AF_INET6 && (ip->range_count > 0 || ip->host_count > 0) && subnet->prefix < 64)
		return network_fail(network, ip->node, err, "DHCP over IPv6 needs a prefix of 64 or more, not %u",
				    subnet->prefix);
	if (ip->bootp_file != NULL && !plain_text_is_valid(ip->bootp_file, false))
		return network_fail(network, ip->node, err, "<bootp file='%s'>: not a name that can be sent",
				    ip->bootp_file);
	if (ip->bootp_server != NULL && !host_name_is_valid(ip->bootp_server))
		return network_fail(network, ip->node, err, "<bootp server='%s'>: not a server", ip->bootp_server);
	if (ip->tftp_root != NULL && (ip->tftp_root[0] != '/' || !plain_text_is_valid(ip->tftp_root, false)))
		return network_fail(network, ip->node, err, "<tftp root='%s'>: an absolute path without a comma",
				    ip->tftp_root);
	return true;
}

static bool check_route(const struct network *network, const struct network_route *route, struct error *err)
{
	struct subnet to, own;
	struct ip_address gateway;

	if (!subnet_parse("address", route->address, route->netmask, route->prefix.set, route->prefix.value, &to, err))
		return error_wrap(err, "%s:%ld: <route>", network->source, xml_line(route->node));
	if (!family_is(route->family, to.address.family) ||
	    (route->family == NULL && to.address.family == AF_INET6))
		return network_fail(network, route->node, err, "'%s' is not of family '%s'", route->address,
				    route->family != NULL ? route->family : "ipv4");
	struct ip_address first = subnet_first(&to);

	if (address_compare(&first, &to.address) != 0)
		return network_fail(network, route->node, err, "'%s' has bits of a host set: a route leads to a network",
				    route->address);
	if (!address_parse(route->gateway, &gateway) || gateway.family != to.address.family)
		return network_fail(network, route->node, err, "gateway '%s' is not of the same family", route->gateway);
	for (size_t i = 0; i < network->ip_count; i++)
		if (read_subnet(network, &network->ips[i], &own, err) && subnet_has(&own, &gateway))
			return true;
	return network_fail(network, route->node, err, "gateway '%s' is in none of this network's own", route->gateway);
}

/* fe80::/10, and 169.254.0.0/16: no router passes on what comes from there. */
static bool is_link_local(const struct ip_address *address)
{
	const uint8_t *bytes = address->bytes;

	return address->family == AF_INET6 ? bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80 : bytes[0] == 169 && bytes[1] == 254;
}

/* NAT is for guests who get out: there has to be room for one, and an address that packets can leave from. */
static bool check_nat_addresses(const struct network *network, const struct subnet *subnets, struct error *err)
{
	size_t local = 0;

	if (network->forward != FORWARD_NAT)
		return true;
	for (size_t i = 0; i < network->ip_count; i++) {
		if (address_bits(&subnets[i].address) - subnets[i].prefix < 2)
			return network_fail(network, network->ips[i].node, err,
					    "NAT with a prefix of %u leaves no address for a guest: %u or less has room",
					    subnets[i].prefix, address_bits(&subnets[i].address) - 2);
		local += is_link_local(&subnets[i].address);
	}
	if (local == 0 || local < network->ip_count)
		return true;
	return network_fail(network, network->ips[0].node, err, "'%s' is a link-local address, which NAT leads nowhere: give the network another",
			    network->ips[0].address);
}

bool network_check_addresses(const struct network *network, struct error *err)
{
	_cleanup_free_ struct subnet *subnets = xcalloc(network->ip_count + 1, sizeof *subnets);
	unsigned ipv4_dhcp = 0, ipv6_dhcp = 0;

	for (size_t i = 0; i < network->ip_count; i++) {
		const struct network_ip *ip = &network->ips[i];
		bool dhcp = ip->range_count > 0 || ip->host_count > 0;

		if (!read_subnet(network, ip, &subnets[i], err) || !check_own(network, ip, &subnets[i], err) ||
		    !check_dhcp(network, ip, &subnets[i], err))
			return false;
		for (size_t n = 0; n < i; n++)
			if (subnets_overlap(&subnets[n], &subnets[i]))
				return network_fail(network, ip->node, err, "'%s' overlaps '%s' of the same network",
						    ip->address, network->ips[n].address);
		ipv4_dhcp += dhcp && subnets[i].address.family == AF_INET;
		ipv6_dhcp += dhcp && subnets[i].address.family == AF_INET6;
		if (subnets[i].address.family == AF_INET6 && network->mtu.set && network->mtu.value < 1280)
			return network_fail(network, ip->node, err, "IPv6 needs an MTU of 1280 or more");
	}
	if (ipv4_dhcp > 1 || ipv6_dhcp > 1)
		return network_fail(network, network->node, err, "<dhcp> in more than one <ip> of a family");
	if (!check_nat_addresses(network, subnets, err))
		return false;
	for (size_t i = 0; i < network->route_count; i++)
		if (!check_route(network, &network->routes[i], err))
			return false;
	return true;
}
