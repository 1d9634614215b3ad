/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports of the host that the firewall sends on to machines on networks of ours. The table `forward` has a row for each before nft has
 * it, and keeps it until nft has it no more; nft is changed with the database's write lock held. So whoever clears a machine or a network away
 * finds all of it there. */
#ifndef CORE_NETWORK_FORWARD_H
#define CORE_NETWORK_FORWARD_H

#include "core/network.h"

struct interface;

/* Whether the ports of a card can lead to its guest, by the network as it runs or would run: sees to it that the guest keeps an address there
 * (network_reserve()), and that the host forwards packets. A card without any is fine. ERROR_UNSUPPORTED, ERROR_INVALID with the way out.
 * notes may be NULL. */
bool network_forward_plan(struct manager *manager, const struct network_row *row, const struct interface *interface, char ***notes,
			  struct error *err);
/* Makes the rules of a machine's card (the tap's name) what the interface states, in place of what there was. ERROR_EXISTS: a port leads
 * elsewhere; what there was stays then. ERROR_STATE: the network, or the machine, has stopped. */
bool network_forward_put(struct manager *manager, int64_t domain_id, const char *card, const struct interface *interface, struct error *err);
/* The same after somebody was killed on the way: what is there is not known, and all of it is put in anew. */
bool network_forward_renew(struct manager *manager, int64_t domain_id, const char *card, const struct interface *interface, struct error *err);
/* Takes the rules of a machine's card away; card NULL: all of the machine's. Idempotent; inside the caller's transaction where there is one. */
bool network_forward_remove(struct manager *manager, int64_t domain_id, const char *card, struct error *err);
/* The same of all machines in a network that stops. */
bool network_forward_stop(struct manager *manager, int64_t network_id, struct error *err);
/* ---- addresses that are kept (network_reserve.c) ---- */

/* The address that a network keeps for a card, ERROR_NOT_FOUND: none. */
bool network_reserved(const struct network *network, const char *mac, int family, struct ip_address *ret);
/* The same, and where there is none one is reserved, in what runs and in the definition: the address that the guest has, else a free one. */
/* A note says which it is, and where the guest may have another one as yet. */
struct network_guest {
	const char *machine, *mac; /* borrowed; the machine's name is for notes */
	bool runs;
};
bool network_reserve(struct manager *manager, const struct network_row *row, const struct network_guest *guest, int family,
		     struct ip_address *ret, char ***notes, struct error *err);

/* ---- and given back (network_unreserve.c) ---- */

/* Gives back what network_reserve() had a network keep for a card, unless somebody has changed it since or a port still leads there. notes (may
 * be NULL): what is kept no longer, and what could not be given back. */
void network_unreserve(struct manager *manager, const char *network, const char *machine, const char *mac, char ***notes);
/* The same of all cards that no machine has any more; outside of transactions. */
void network_unreserve_unused(struct manager *manager);

#endif
