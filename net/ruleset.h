/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The firewall: one table of ours, `inet virtty`, and `bridge virtty` for what single guests may say. Everything here is text for
 * `nft -f -`, which takes it in one transaction, all or nothing. Text and not JSON: nft 1.0.6 falls over on maps to an address and a
 * port in JSON, and this is what an administrator reads in `nft list ruleset` too. Names are judged before they come here
 * (interface_name_check()), addresses are written from their bytes.
 *
 * A network has chains of its own, named by its bridge, which no other network of the host can have: to_virbr0 (what is forwarded to its
 * guests), from_virbr0 (what they send), nat_virbr0. The first two are found by one lookup of the interface's name, however many networks
 * there are. to_ is asked first and returns, from_ accepts: from one network into another both have to agree.
 *
 * The tables belong to whoever uses them, in this home or another: they go with the last one. Each user's part refers to the chain
 * "refused", so that the transaction which deletes this chain and the table fails as a whole (ERROR_BUSY) while there is one. */
#ifndef NET_RULESET_H
#define NET_RULESET_H

#include "net/network.h"
#include "net/subnet.h"

/* Puts a network's part in, in place of what it had. The network is settled and valid, and has a bridge of its own. Owned. */
char *ruleset_put(const struct network *network);
/* Takes out the part of the network that had this bridge, whether it is there or not. Owned. */
char *ruleset_remove(const char *bridge);
/* Takes the table out, unless a network has a part in it: nft_run() says ERROR_BUSY then. Owned. */
char *ruleset_trim(void);

/* Ports of the host in a row that lead to a guest. */
struct port_forward {
	bool udp;		/* else TCP */
	struct ip_address host; /* family 0: any address of the host */
	uint16_t host_port;
	struct ip_address guest;
	uint16_t guest_port;
	unsigned count;
};
/* Takes some out, whether they are there or not, and puts others in, at once. nft refuses a port that leads elsewhere already. Owned. */
char *ruleset_forwards(const struct port_forward *removed, size_t removed_count, const struct port_forward *added, size_t added_count);

/* What a guest may say through its tap: at least one of clean and a limit. */
struct tap_filter {
	bool clean;	    /* only as its own MAC and addresses, no DHCP offers, no router advertisements */
	const char *mac;    /* canonical; needed by clean */
	const struct ip_address *addresses;
	size_t address_count;		/* 0: any */
	const struct ip_address *hosts; /* the host's own, which clean never lets it have */
	size_t host_count;
	uint64_t limit_bytes_s;	  /* what it may send in a second; 0: no limit */
	uint64_t limit_burst_bytes; /* 0: as nft has it */
};
char *ruleset_tap_put(const char *tap, const struct tap_filter *filter);
char *ruleset_tap_remove(const char *tap);
/* As ruleset_trim(), of the table of taps. Owned. */
char *ruleset_tap_trim(void);

#endif
