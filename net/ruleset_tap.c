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

/* Senders that are refused: how nft's words for them begin, which the addresses end. */
struct refused_senders {
	const char *v4, *v6, *advertised;
};
/* All but the guest's own: before it has an address it asks for one as 0.0.0.0; a link-local one is made of its MAC. */
static const struct refused_senders others = {
	.v4 = "!= { 0.0.0.0, ",
	.v6 = "!= { ::, fe80::/64, ",
	.advertised = "@th,64,64 != 0xfe80000000000000 @th,64,128 != { ",
};
/* Who says to be the host gets what the others send out. */
static const struct refused_senders hosts = { .v4 = "{ ", .v6 = "{ ", .advertised = "@th,64,128 { " };

static void refuse_senders(struct strbuf *out, const char *tap, const struct refused_senders *refused, const struct ip_address *addresses,
			   size_t count)
{
	_cleanup_lists_ struct address_lists lists = { .v4 = STRBUF_INIT, .v6 = STRBUF_INIT, .numbers = STRBUF_INIT };

	list_addresses(&lists, addresses, count);
	if (lists.v4.length > 0) {
		strbuf_printf(out, "add rule bridge virtty tap_%s ip saddr %s%s } goto refused\n", tap, refused->v4, lists.v4.data);
		strbuf_printf(out, "add rule bridge virtty tap_%s arp saddr ip %s%s } goto refused\n", tap, refused->v4, lists.v4.data);
	}
	if (lists.v6.length == 0)
		return;
	strbuf_printf(out, "add rule bridge virtty tap_%s ip6 saddr %s%s } goto refused\n", tap, refused->v6, lists.v6.data);
	strbuf_printf(out, "add rule bridge virtty tap_%s icmpv6 type nd-neighbor-advert %s%s } goto refused\n", tap, refused->advertised,
		      lists.numbers.data);
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
	refuse_senders(out, tap, &hosts, filter->hosts, filter->host_count);
	refuse_senders(out, tap, &others, filter->addresses, filter->address_count);
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
