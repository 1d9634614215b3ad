/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What whoever shows networks asks of all of them at once: who is on which, what goes through them, which addresses are taken, whether
 * this user can start any. */
#ifndef CORE_NETWORK_USE_H
#define CORE_NETWORK_USE_H

#include "core/network.h"

/* A machine's card that stands on a network, or on a bridge by the bridge's own name. */
struct network_use {
	int64_t domain_id;
	char *machine;	       /* owned */
	char *network, *bridge; /* owned; one of them is NULL */
	char *mac;	       /* owned; NULL: it has none yet */
	bool running;	       /* the machine runs with it; else it is defined so */
	bool forwards;	       /* it has ports of the host that lead to it */
};

/* All such cards, by machine. Kept between calls, so that only definitions that have changed are read. */
struct network_uses {
	struct network_use *uses; /* owned */
	size_t count;
	struct network_use_document *documents; /* owned: what was read of each definition */
	size_t document_count;
};
/* Reads what has changed. On failure it stays as it was. */
bool network_uses_read(struct manager *manager, struct network_uses *uses, struct error *err);
/* Those of one network alone, without reading what does not name it. */
bool network_uses_of(struct manager *manager, const struct network_row *row, struct network_uses *ret, struct error *err);
/* Those with that MAC alone, of machines that run and that do not. */
bool network_uses_of_mac(struct manager *manager, const char *mac, struct network_uses *ret, struct error *err);
void network_uses_clear(struct network_uses *uses);
#define _cleanup_network_uses_ _cleanup_(network_uses_clear)
/* One of another machine than that with this MAC; NULL: there is none. Borrowed. */
const struct network_use *network_uses_find_mac(const struct network_uses *uses, const char *machine, const char *mac);
/* ERROR_EXISTS: "MAC ... is that of 'a' already, on network 'default'". */
bool network_use_fail(const struct network_use *use, struct error *err);
/* Is the card on that network? By its name, or as a port of its bridge. */
bool network_use_is_of(const struct network_use *use, const struct network_row *row);

/* Bytes that the guests of a network have received and sent since their cards were plugged in; guests that talk to each other count
 * twice. */
struct network_traffic {
	bool known; /* false: it is not active, or the host does not count it */
	uint64_t received, sent;
};
/* Of all rows in one look at the host; ret has count entries. */
bool network_traffic(const struct network_row *rows, size_t count, struct network_traffic *ret, struct error *err);

/* Changes when the leases of a network may have; 0: there are none. One system call. */
int64_t network_leases_stamp(struct manager *manager, const struct network_row *row);

/* A subnet that is taken: by a network, or by an address or a route of the host. */
struct subnet_use {
	struct subnet subnet;
	char *network; /* owned; NULL: the host's */
};
/* Networks' first. Owned array. */
bool network_subnets(struct manager *manager, struct subnet_use **ret, size_t *ret_count, struct error *err);
void subnet_uses_free(struct subnet_use *uses, size_t count);

/* Can networks with a bridge of virtty's own be started here at all? False with what is missing, and the way out: the right to make
 * interfaces, nft, dnsmasq. */
bool network_startable(struct error *err);

#endif
