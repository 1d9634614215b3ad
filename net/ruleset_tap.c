/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a single guest may say, in the table `bridge virtty`: a chain for each tap that is watched. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "net/ruleset.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/socket.h>

static const char skeleton[] = "add table bridge virtty\n"
			       "add map bridge virtty taps { type ifname : verdict; }\n"
			       "add chain bridge virtty prerouting { type filter hook prerouting priority filter; policy accept; }\n"
			       "flush chain bridge virtty prerouting\n"
			       "add rule bridge virtty prerouting iifname vmap @taps\n";

/* A chain's name has letters, digits, '_', '-' and '.': an interface's may have more, so it is written by its bytes. Owned. */
static char *chain_of(const char *tap)
{
	struct strbuf out = STRBUF_INIT;

	strbuf_puts(&out, "tap_");
	for (const char *p = tap; *p != '\0'; p++) {
		bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9');

		if (plain)
			strbuf_putc(&out, *p);
		else
			strbuf_printf(&out, "_%02x", (unsigned char)*p);
	}
	return strbuf_take(&out);
}

static void put_addresses(struct strbuf *out, const char *chain, const struct tap_filter *filter)
{
	_cleanup_strbuf_ struct strbuf v4 = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf v6 = STRBUF_INIT;

	for (size_t i = 0; i < filter->address_count; i++) {
		struct strbuf *list = filter->addresses[i].family == AF_INET ? &v4 : &v6;
		char text[ADDRESS_TEXT_SIZE];

		address_format(&filter->addresses[i], text);
		strbuf_printf(list, "%s%s", list->length > 0 ? ", " : "", text);
	}
	/* before it has an address it asks for one as 0.0.0.0; a link-local one is made of its MAC */
	if (v4.length > 0) {
		strbuf_printf(out, "add rule bridge virtty %s ip saddr != { 0.0.0.0, %s } drop\n", chain, v4.data);
		strbuf_printf(out, "add rule bridge virtty %s arp saddr ip != { 0.0.0.0, %s } drop\n", chain, v4.data);
	}
	if (v6.length > 0)
		strbuf_printf(out, "add rule bridge virtty %s ip6 saddr != { ::, fe80::/64, %s } drop\n", chain, v6.data);
}

static void put_clean(struct strbuf *out, const char *chain, const struct tap_filter *filter)
{
	strbuf_printf(out, "add rule bridge virtty %s ether saddr != %s drop\n", chain, filter->mac);
	strbuf_printf(out, "add rule bridge virtty %s arp saddr ether != %s drop\n", chain, filter->mac);
	/* what only a server or a router says */
	strbuf_printf(out, "add rule bridge virtty %s udp sport { 67, 547 } drop\n", chain);
	strbuf_printf(out, "add rule bridge virtty %s icmpv6 type { nd-router-advert, nd-redirect } drop\n", chain);
	put_addresses(out, chain, filter);
	strbuf_printf(out, "add rule bridge virtty %s ether type != { ip, ip6, arp, vlan } drop\n", chain);
}

char *ruleset_tap_put(const char *tap, const struct tap_filter *filter)
{
	struct strbuf out = STRBUF_INIT;
	_cleanup_free_ char *chain = chain_of(tap);

	strbuf_puts(&out, skeleton);
	strbuf_printf(&out, "add chain bridge virtty %s\nflush chain bridge virtty %s\n", chain, chain);
	strbuf_printf(&out, "add element bridge virtty taps { \"%s\" : jump %s }\n", tap, chain);
	if (filter->clean)
		put_clean(&out, chain, filter);
	if (filter->limit_bytes_s != 0) {
		strbuf_printf(&out, "add rule bridge virtty %s limit rate over %" PRIu64 " bytes/second", chain,
			      filter->limit_bytes_s);
		if (filter->limit_burst_bytes != 0)
			strbuf_printf(&out, " burst %" PRIu64 " bytes", filter->limit_burst_bytes);
		strbuf_puts(&out, " drop\n");
	}
	return strbuf_take(&out);
}

char *ruleset_tap_remove(const char *tap)
{
	_cleanup_free_ char *chain = chain_of(tap);

	return strf("%sadd chain bridge virtty %s\nflush chain bridge virtty %s\nadd element bridge virtty taps { \"%s\" : jump %s }\n"
		    "delete element bridge virtty taps { \"%s\" }\ndelete chain bridge virtty %s\n",
		    skeleton, chain, chain, tap, chain, tap, chain);
}
