/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of each network in the table `inet virtty`. */
#include "net/ruleset.h"

#include "base/memory.h"
#include "base/strbuf.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>

#define BURST_KIB (uint64_t)256 /* that may leave at once, where the document says nothing */

/* What is there whatever the networks are. Adding what exists changes nothing; the chains are filled anew, so that a newer virtty's
 * rules replace an older one's. 127.0.0.1 leads to guests too (route_localnet), so no guest may send to it: each network has an element
 * of guests, which leads to the chain refused. While one does, the kernel will not delete that chain (ruleset_trim()). */
static const char skeleton[] =
	"add table inet virtty\n"
	"add chain inet virtty refused\n"
	"add map inet virtty guests { type ifname : verdict; }\n"
	"add map inet virtty to { type ifname : verdict; }\n"
	"add map inet virtty from { type ifname : verdict; }\n"
	"add map inet virtty ports4 { type inet_proto . inet_service : ipv4_addr . inet_service; }\n"
	"add map inet virtty ports6 { type inet_proto . inet_service : ipv6_addr . inet_service; }\n"
	"add map inet virtty addressed4 { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }\n"
	"add map inet virtty addressed6 { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; }\n"
	"add chain inet virtty guard { type filter hook prerouting priority raw; policy accept; }\n"
	"add chain inet virtty forward { type filter hook forward priority filter; policy accept; }\n"
	"add chain inet virtty prerouting { type nat hook prerouting priority dstnat; policy accept; }\n"
	"add chain inet virtty output { type nat hook output priority -100; policy accept; }\n"
	"add chain inet virtty forwards\n"
	"flush chain inet virtty refused\n"
	"flush chain inet virtty guard\n"
	"flush chain inet virtty forward\n"
	"flush chain inet virtty prerouting\n"
	"flush chain inet virtty output\n"
	"flush chain inet virtty forwards\n"
	"add rule inet virtty refused drop\n"
	"add rule inet virtty guard ip daddr 127.0.0.0/8 iifname vmap @guests\n"
	"add rule inet virtty forward oifname vmap @to\n"
	"add rule inet virtty forward iifname vmap @from\n"
	"add rule inet virtty forwards fib daddr type local dnat ip to ip daddr . meta l4proto . th dport map @addressed4\n"
	"add rule inet virtty forwards fib daddr type local dnat ip6 to ip6 daddr . meta l4proto . th dport map @addressed6\n"
	"add rule inet virtty forwards fib daddr type local dnat ip to meta l4proto . th dport map @ports4\n"
	"add rule inet virtty forwards fib daddr type local dnat ip6 to meta l4proto . th dport map @ports6\n"
	"add rule inet virtty prerouting jump forwards\n"
	"add rule inet virtty output jump forwards\n";

/* An address as nft reads it, by what it is called there. */
static const char *family_word(const struct ip_address *address)
{
	return address->family == AF_INET ? "ip" : "ip6";
}

struct part {
	struct strbuf *out;
	const struct network *network;
};

static void rule(const struct part *part, const char *chain)
{
	strbuf_printf(part->out, "add rule inet virtty %s_%s ", chain, part->network->bridge);
}

static struct subnet subnet_of(const struct network_ip *ip)
{
	struct subnet subnet = { 0 };

	/* a valid document's: it cannot fail */
	(void)network_ip_subnet(ip, &subnet, NULL);
	return subnet;
}

/* IPv6 keeps its addresses on a NAT network, unless <nat ipv6='yes'/>. */
static bool is_nat(const struct network *network, int family)
{
	return network->forward == FORWARD_NAT && (family == AF_INET || network->nat_ipv6 == TRI_YES);
}

static void put_to(const struct part *part, const struct network_ip *ip)
{
	struct subnet subnet = subnet_of(ip);
	_cleanup_free_ char *text = subnet_format(&subnet);
	const char *device = network_device(part->network);

	rule(part, "to");
	if (device != NULL)
		strbuf_printf(part->out, "iifname \"%s\" ", device);
	strbuf_printf(part->out, "%s daddr %s ", family_word(&subnet.address), text);
	if (is_nat(part->network, subnet.address.family))
		strbuf_puts(part->out, "ct state established,related ");
	strbuf_puts(part->out, "return\n");
}

static void put_from(const struct part *part, const struct network_ip *ip)
{
	struct subnet subnet = subnet_of(ip);
	_cleanup_free_ char *text = subnet_format(&subnet);
	const char *device = network_device(part->network);

	rule(part, "from");
	strbuf_printf(part->out, "%s saddr %s ", family_word(&subnet.address), text);
	if (device != NULL)
		strbuf_printf(part->out, "oifname \"%s\" ", device);
	strbuf_puts(part->out, "accept\n");
}

/* "masquerade to :1024-65535", "snat ip to 10.0.0.1-10.0.0.9:1024-65535", as the document says. */
static void put_nat_verdict(const struct part *part, int family, bool ports)
{
	const struct network *network = part->network;
	struct ip_address start, end;
	char from[ADDRESS_TEXT_SIZE], to[ADDRESS_TEXT_SIZE];
	bool address = network->nat_start != NULL && address_parse(network->nat_start, &start) &&
		       address_parse(network->nat_end, &end) && start.family == family;

	if (address) {
		address_format(&start, from);
		address_format(&end, to);
		const char *open = family == AF_INET6 ? "[" : "", *close = family == AF_INET6 ? "]" : "";

		strbuf_printf(part->out, "snat %s to %s%s%s", family == AF_INET ? "ip" : "ip6", open, from, close);
		if (address_compare(&start, &end) != 0)
			strbuf_printf(part->out, "-%s%s%s", open, to, close);
	} else {
		strbuf_puts(part->out, "masquerade");
	}
	if (ports) {
		uint64_t first = network->nat_port_start.set ? network->nat_port_start.value : 1024;
		uint64_t last = network->nat_port_end.set ? network->nat_port_end.value : 65535;

		strbuf_printf(part->out, "%s:%" PRIu64 "-%" PRIu64, address ? "" : " to ", first, last);
	}
	strbuf_puts(part->out, "\n");
}

/* Who reaches a guest by a port of the host is seen as it is, but for a guest of the same network, which would be answered from an address
 * that it did not call; and where guests know no way out they answer to the host. */
static void put_forwarded(const struct part *part, const struct network_ip *ip)
{
	struct subnet subnet = subnet_of(ip);
	_cleanup_free_ char *text = subnet_format(&subnet);
	const char *family = family_word(&subnet.address);

	rule(part, "nat");
	if (part->network->forward != FORWARD_NONE)
		strbuf_printf(part->out, "%s saddr %s ", family, text);
	strbuf_printf(part->out, "%s daddr %s ct status dnat masquerade\n", family, text);
}

/* What leaves gets the host's address; what stays among guests, or is for all of them, does not. */
static void put_nat(const struct part *part, const struct network_ip *ip)
{
	struct subnet subnet = subnet_of(ip);
	_cleanup_free_ char *text = subnet_format(&subnet);
	const char *family = family_word(&subnet.address), *device = network_device(part->network);
	const char *everybody = subnet.address.family == AF_INET ? "224.0.0.0/24, 255.255.255.255" : "ff00::/8";

	if (!is_nat(part->network, subnet.address.family))
		return;
	rule(part, "nat");
	strbuf_printf(part->out, "%s saddr %s %s daddr { %s, %s } return\n", family, text, family, text, everybody);
	for (unsigned ports = 2; ports-- > 0;) {
		rule(part, "nat");
		strbuf_printf(part->out, "%s saddr %s ", family, text);
		if (device != NULL)
			strbuf_printf(part->out, "oifname \"%s\" ", device);
		if (ports != 0)
			strbuf_puts(part->out, "meta l4proto { tcp, udp } ");
		put_nat_verdict(part, subnet.address.family, ports != 0);
	}
}

static void put_chains(const struct part *part)
{
	const struct network *network = part->network;

	rule(part, "to");
	strbuf_printf(part->out, "iifname \"%s\" accept\n", network->bridge);
	rule(part, "from");
	strbuf_printf(part->out, "oifname \"%s\" accept\n", network->bridge);
	/* who calls a guest by a port of 127.0.0.1 has to be answered */
	rule(part, "nat");
	strbuf_printf(part->out, "ip saddr 127.0.0.0/8 oifname \"%s\" masquerade\n", network->bridge);
	if (network->outbound.average.set) {
		rule(part, "from");
		strbuf_printf(part->out, "limit rate over %" PRIu64 " kbytes/second burst %" PRIu64 " kbytes drop\n",
			      network->outbound.average.value,
			      network->outbound.burst.set ? network->outbound.burst.value : BURST_KIB);
	}
	for (size_t i = 0; i < network->ip_count; i++)
		put_forwarded(part, &network->ips[i]);
	if (network->forward == FORWARD_OPEN)
		return;
	rule(part, "to");
	strbuf_puts(part->out, "ct status dnat return\n");
	rule(part, "from");
	strbuf_puts(part->out, "ct status dnat accept\n");
	for (size_t i = 0; i < network->ip_count && network->forward != FORWARD_NONE; i++) {
		put_to(part, &network->ips[i]);
		put_from(part, &network->ips[i]);
		put_nat(part, &network->ips[i]);
	}
	rule(part, "to");
	strbuf_puts(part->out, "reject\n");
	rule(part, "from");
	strbuf_puts(part->out, "reject\n");
}

/* Empty chains that lead nowhere, whatever was there before. */
static void put_empty(struct strbuf *out, const char *bridge)
{
	strbuf_printf(out, "add chain inet virtty to_%s\nflush chain inet virtty to_%s\n", bridge, bridge);
	strbuf_printf(out, "add chain inet virtty from_%s\nflush chain inet virtty from_%s\n", bridge, bridge);
	strbuf_printf(out,
		      "add chain inet virtty nat_%s { type nat hook postrouting priority srcnat; policy accept; }\n"
		      "flush chain inet virtty nat_%s\n",
		      bridge, bridge);
}

static void put_elements(struct strbuf *out, const char *verb, const char *bridge)
{
	strbuf_printf(out, "%s element inet virtty guests { \"%s\" : goto refused }\n", verb, bridge);
	strbuf_printf(out, "%s element inet virtty to { \"%s\" : jump to_%s }\n", verb, bridge, bridge);
	strbuf_printf(out, "%s element inet virtty from { \"%s\" : jump from_%s }\n", verb, bridge, bridge);
}

char *ruleset_put(const struct network *network)
{
	struct strbuf out = STRBUF_INIT;
	struct part part = { &out, network };

	strbuf_puts(&out, skeleton);
	put_empty(&out, network->bridge);
	put_elements(&out, "add", network->bridge);
	put_chains(&part);
	return strbuf_take(&out);
}

char *ruleset_remove(const char *bridge)
{
	struct strbuf out = STRBUF_INIT;

	/* what is not there is put there first: deleting it cannot fail then */
	strbuf_puts(&out, skeleton);
	put_empty(&out, bridge);
	put_elements(&out, "add", bridge);
	put_elements(&out, "delete", bridge);
	strbuf_printf(&out,
		      "delete chain inet virtty to_%s\ndelete chain inet virtty from_%s\ndelete chain inet virtty nat_%s\n",
		      bridge, bridge, bridge);
	return strbuf_take(&out);
}

char *ruleset_trim(void)
{
	return xstrdup("add table inet virtty\nadd chain inet virtty refused\n"
		       "delete chain inet virtty refused\ndelete table inet virtty\n");
}

/* "add element inet virtty ports4 { tcp . 2222 : 10.1.0.7 . 22 }" */
static void put_forward(struct strbuf *out, const char *verb, const struct port_forward *forward)
{
	const char *family = forward->guest.family == AF_INET ? "4" : "6", *protocol = forward->udp ? "udp" : "tcp";
	bool addressed = forward->host.family != 0;
	char host[ADDRESS_TEXT_SIZE] = "", guest[ADDRESS_TEXT_SIZE];

	address_format(&forward->guest, guest);
	if (addressed)
		address_format(&forward->host, host);
	strbuf_printf(out, "%s element inet virtty %s%s { ", verb, addressed ? "addressed" : "ports", family);
	for (unsigned i = 0; i < forward->count; i++)
		strbuf_printf(out, "%s%s%s%s . %u : %s . %u", i > 0 ? ", " : "", host, addressed ? " . " : "", protocol,
			      forward->host_port + i, guest, forward->guest_port + i);
	strbuf_puts(out, " }\n");
}

char *ruleset_forwards(const struct port_forward *removed, size_t removed_count, const struct port_forward *added, size_t added_count)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_puts(&out, skeleton);
	/* what is not there is put there first: deleting it cannot fail then */
	for (size_t i = 0; i < removed_count; i++) {
		put_forward(&out, "add", &removed[i]);
		put_forward(&out, "delete", &removed[i]);
	}
	for (size_t i = 0; i < added_count; i++)
		put_forward(&out, "create", &added[i]);
	return strbuf_take(&out);
}
