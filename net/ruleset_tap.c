/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a single guest may say, in the table `bridge virtty`: a chain for each tap that is watched. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "net/ruleset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>

static const char skeleton[] = "add table bridge virtty\n"
			       "add chain bridge virtty refused\n"
			       "flush chain bridge virtty refused\n"
			       "add rule bridge virtty refused drop\n"
			       "add map bridge virtty taps { type ifname : verdict; }\n"
			       "add chain bridge virtty prerouting { type filter hook prerouting priority filter; policy accept; }\n"
			       "flush chain bridge virtty prerouting\n"
			       "add rule bridge virtty prerouting iifname vmap @taps\n";

/* nft 1.0.6 has no word for the address that an advertisement is about: it is compared by its bytes. */
static void put_number(struct strbuf *out, const struct ip_address *address)
{
	strbuf_printf(out, "%s0x", out->length > 0 ? ", " : "");
	for (size_t i = 0; i < address_bits(address) / 8; i++)
		strbuf_printf(out, "%02x", address->bytes[i]);
}

/* Addresses as sets of nft: by family, and those of IPv6 as numbers too. */
struct address_lists {
	struct strbuf v4, v6, numbers;
};
#define _cleanup_lists_ _cleanup_(clear_lists)

static void clear_lists(struct address_lists *lists)
{
	strbuf_clear(&lists->v4);
	strbuf_clear(&lists->v6);
	strbuf_clear(&lists->numbers);
}

static void list_addresses(struct address_lists *lists, const struct ip_address *addresses, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct strbuf *list = addresses[i].family == AF_INET ? &lists->v4 : &lists->v6;
		char text[ADDRESS_TEXT_SIZE];

		address_format(&addresses[i], text);
		strbuf_printf(list, "%s%s", list->length > 0 ? ", " : "", text);
		if (list == &lists->v6)
			put_number(&lists->numbers, &addresses[i]);
	}
}

static void put_addresses(struct strbuf *out, const char *tap, const struct tap_filter *filter)
{
	_cleanup_lists_ struct address_lists own = { .v4 = STRBUF_INIT, .v6 = STRBUF_INIT, .numbers = STRBUF_INIT };

	list_addresses(&own, filter->addresses, filter->address_count);
	/* before it has an address it asks for one as 0.0.0.0; a link-local one is made of its MAC */
	if (own.v4.length > 0) {
		strbuf_printf(out, "add rule bridge virtty tap_%s ip saddr != { 0.0.0.0, %s } goto refused\n", tap, own.v4.data);
		strbuf_printf(out, "add rule bridge virtty tap_%s arp saddr ip != { 0.0.0.0, %s } goto refused\n", tap, own.v4.data);
	}
	if (own.v6.length == 0)
		return;
	strbuf_printf(out, "add rule bridge virtty tap_%s ip6 saddr != { ::, fe80::/64, %s } goto refused\n", tap, own.v6.data);
	strbuf_printf(out,
		      "add rule bridge virtty tap_%s icmpv6 type nd-neighbor-advert @th,64,64 != 0xfe80000000000000 @th,64,128 != { %s } goto refused\n",
		      tap, own.numbers.data);
}

/* Who says to be the host gets what the others send out. */
static void put_hosts(struct strbuf *out, const char *tap, const struct tap_filter *filter)
{
	_cleanup_lists_ struct address_lists hosts = { .v4 = STRBUF_INIT, .v6 = STRBUF_INIT, .numbers = STRBUF_INIT };

	list_addresses(&hosts, filter->hosts, filter->host_count);
	if (hosts.v4.length > 0) {
		strbuf_printf(out, "add rule bridge virtty tap_%s ip saddr { %s } goto refused\n", tap, hosts.v4.data);
		strbuf_printf(out, "add rule bridge virtty tap_%s arp saddr ip { %s } goto refused\n", tap, hosts.v4.data);
	}
	if (hosts.v6.length == 0)
		return;
	strbuf_printf(out, "add rule bridge virtty tap_%s ip6 saddr { %s } goto refused\n", tap, hosts.v6.data);
	strbuf_printf(out, "add rule bridge virtty tap_%s icmpv6 type nd-neighbor-advert @th,64,128 { %s } goto refused\n", tap, hosts.numbers.data);
}

static void put_clean(struct strbuf *out, const char *tap, const struct tap_filter *filter)
{
	/* no tags either: the rules below look into what is tagged with VLAN 0 in part only, and its receivers take it for untagged */
	strbuf_printf(out, "add rule bridge virtty tap_%s ether type != { ip, ip6, arp } goto refused\n", tap);
	strbuf_printf(out, "add rule bridge virtty tap_%s ether saddr != %s goto refused\n", tap, filter->mac);
	strbuf_printf(out, "add rule bridge virtty tap_%s arp saddr ether != %s goto refused\n", tap, filter->mac);
	/* what only a server or a router says; clients do not look at the port that an offer comes from */
	strbuf_printf(out, "add rule bridge virtty tap_%s udp sport { 67, 547 } goto refused\n", tap);
	strbuf_printf(out, "add rule bridge virtty tap_%s udp dport { 68, 546 } goto refused\n", tap);
	strbuf_printf(out, "add rule bridge virtty tap_%s icmpv6 type { nd-router-advert, nd-redirect } goto refused\n", tap);
	put_hosts(out, tap, filter);
	put_addresses(out, tap, filter);
}

char *ruleset_tap_put(const char *tap, const struct tap_filter *filter)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_puts(&out, skeleton);
	strbuf_printf(&out, "add chain bridge virtty tap_%s\nflush chain bridge virtty tap_%s\n", tap, tap);
	strbuf_printf(&out, "add element bridge virtty taps { \"%s\" : jump tap_%s }\n", tap, tap);
	if (filter->clean)
		put_clean(&out, tap, filter);
	if (filter->limit_bytes_s != 0) {
		strbuf_printf(&out, "add rule bridge virtty tap_%s limit rate over %" PRIu64 " bytes/second", tap,
			      filter->limit_bytes_s);
		if (filter->limit_burst_bytes != 0)
			strbuf_printf(&out, " burst %" PRIu64 " bytes", filter->limit_burst_bytes);
		strbuf_puts(&out, " goto refused\n");
	}
	return strbuf_take(&out);
}

char *ruleset_tap_remove(const char *tap)
{
	return strf("%sadd chain bridge virtty tap_%s\nflush chain bridge virtty tap_%s\n"
		    "add element bridge virtty taps { \"%s\" : jump tap_%s }\n"
		    "delete element bridge virtty taps { \"%s\" }\ndelete chain bridge virtty tap_%s\n",
		    skeleton, tap, tap, tap, tap, tap, tap);
}

char *ruleset_tap_trim(void)
{
	return xstrdup("add table bridge virtty\nadd chain bridge virtty refused\n"
		       "delete chain bridge virtty refused\ndelete table bridge virtty\n");
}
