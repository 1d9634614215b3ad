# SPDX-License-Identifier: GPL-2.0-or-later
noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = \
	net/bridge_helper.c net/bridge_helper.h \
	net/carried.c net/carried.h \
	net/carried_internal.h \
	net/carried_neighbours.c \
	net/carried_put.c \
	net/carried_show.c \
	net/dnsmasq.c net/dnsmasq.h \
	net/dnsmasq_leases.c \
	net/firewall.c net/firewall.h \
	net/firewall_nft.c \
	net/firewall_save.c \
	net/foreign_remedy.c \
	net/foreign_rules.c net/foreign_rules.h \
	net/link.c net/link.h \
	net/link_internal.h \
	net/link_limit.c \
	net/link_list.c \
	net/link_name.c \
	net/link_request.c \
	net/network.c net/network.h \
	net/network_addresses.c \
	net/network_change.c net/network_change.h \
	net/network_check.c net/network_check.h \
	net/network_names.c \
	net/network_schema.c net/network_schema.h \
	net/network_settle.c \
	net/network_validate.c \
	net/nft.c net/nft.h \
	net/nft_tables.c \
	net/ruleset.c net/ruleset.h \
	net/ruleset_tap.c \
	net/subnet.c net/subnet.h \
	net/tap.c
libnet_a_CFLAGS = $(AM_CFLAGS) $(NL_CFLAGS)
