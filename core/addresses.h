/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The addresses of all running machines at once, for whoever shows them again and again.
 *
 * Looking often is cheap: documents are read after a change of the state alone, and parsed when they are others; lease files when they were
 * written; the host's neighbours every few seconds, and only where a card has no lease. No process is run. */
#ifndef CORE_ADDRESSES_H
#define CORE_ADDRESSES_H

#include "core/manager.h"
#include "net/subnet.h"

struct addresses;
struct addresses *addresses_new(struct manager *manager);
void addresses_free(struct addresses *addresses);
static inline void addresses_freep(struct addresses **addresses)
{
	addresses_free(*addresses);
}
#define _cleanup_addresses_ _cleanup_(addresses_freep)

/* The state has changed: the next look reads the documents of what runs, and the networks. */
void addresses_stale(struct addresses *addresses);
/* Looks at these machines; those that are off are passed over. What cannot be read is not known: that is no error. True when any address is
 * another one than before. */
bool addresses_look(struct addresses *addresses, const struct machine *machines, size_t count);
/* The address that a running machine is reached by, of its first card that has one: a lease before what the host's neighbours say, IPv4 before
 * IPv6, none that holds on one link alone. False: none is known. */
bool addresses_of(const struct addresses *addresses, int64_t id, struct ip_address *ret);

#endif
