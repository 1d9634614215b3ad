/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq, one for each network: its configuration and its leases as text. Pure: files are read and written by others.
 *
 * Everything is in one file, which dnsmasq reads as root before it becomes nobody in particular: what it reads again later it would have
 * to be let in for. A change means dnsmasq anew, which takes some milliseconds and which its lease file survives. */
#ifndef NET_DNSMASQ_H
#define NET_DNSMASQ_H

#include "net/network.h"
#include "net/subnet.h"

/* The network is settled and valid; leases is the file that dnsmasq writes. Owned. */
char *dnsmasq_config(const struct network *network, const char *leases);
/* dnsmasq in the foreground with that configuration and no other. Owned. */
char **dnsmasq_argv(const char *binary, const char *config);

struct lease {
	int64_t expiry_s; /* wall clock; 0: for ever */
	char *mac;	  /* owned; IPv6: as its DUID says; NULL: it does not */
	struct ip_address address;
	char *name;	 /* owned; NULL: the guest said none */
	char *client_id; /* owned; NULL: none. IPv6: the DUID */
	uint32_t iaid;	 /* IPv6 */
};
void leases_free(struct lease *leases, size_t count);
/* A lease file as dnsmasq writes it, which a guest may have brought its words into: what is no lease is passed over, and at most
 * LEASES_MAX are taken. Owned array. */
#define LEASES_MAX 65536
void leases_read(const char *text, size_t length, struct lease **ret, size_t *ret_count);
/* Drops those that have run out: dnsmasq forgets them only when it is asked something. How many are left. */
size_t leases_current(struct lease *leases, size_t count, int64_t now_s);

#endif
