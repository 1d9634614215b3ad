/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firewall: one table of ours, `inet virtty`, and `bridge virtty` for what single guests may say. Everything here is text for
 * `nft -f -`, which takes it in one transaction, all or nothing. Text and not JSON: nft 1.0.6 falls over on maps to an address and a
 * port in JSON, and this is what an administrator reads in `nft list ruleset` too. Names are judged before they come here
 * (interface_name_check()), addresses are written from their bytes.
 *
 * A network has chains of its own, named by its row: to_ROW (what is forwarded to its guests), from_ROW (what they send), nat_ROW. The
 * first two are found by one lookup of the interface's name, however many networks there are. to_ROW is asked first and
 * returns, from_ROW accepts: from one network into another both have to agree. */
#ifndef NET_RULESET_H
#define NET_RULESET_H

#include "net/network.h"
#include "net/subnet.h"

/* Puts a network's part in, in place of what it had. The network is settled and valid, and has a bridge of its own. Owned. */
char *ruleset_put(const struct network *network, int64_t id);
/* Takes it out, whether it is there or not. Owned. */
char *ruleset_remove(int64_t id, const char *bridge);
/* Takes the table out: when the last network goes. Owned. */
char *ruleset_clear(void);

/* A port of the host that leads to a guest. */
struct port_forward {
	bool udp;	     /* else TCP */
	struct ip_address host; /* family 0: any address of the host */
	uint16_t host_port;
	struct ip_address guest;
	uint16_t guest_port;
};
/* nft refuses a port that leads elsewhere already. Owned. */
char *ruleset_forward_add(const struct port_forward *forward);
char *ruleset_forward_remove(const struct port_forward *forward);

/* What a guest may say through its tap. */
struct tap_filter {
	bool clean;	    /* only as its own MAC and addresses, no DHCP offers, no router advertisements */
	const char *mac;    /* canonical; needed by clean */
	const struct ip_address *addresses;
	size_t address_count;	  /* 0: any */
	uint64_t limit_bytes_s;	  /* what it may send in a second; 0: no limit */
	uint64_t limit_burst_bytes; /* 0: as nft has it */
};
char *ruleset_tap_put(const char *tap, const struct tap_filter *filter);
char *ruleset_tap_remove(const char *tap);

#endif
