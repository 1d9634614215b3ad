/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq, one for each network: its configuration and its leases as text. Pure: files are read and written by others.
 *
 * What may change while it runs (reservations, names) lies in two files that it reads again at SIGHUP; the rest needs it anew, which
 * its lease file survives. */
#ifndef NET_DNSMASQ_H
#define NET_DNSMASQ_H

#include "net/network.h"
#include "net/subnet.h"

struct dnsmasq_paths {
	const char *leases; /* dnsmasq writes it */
	const char *hosts;  /* dnsmasq_hosts(): reservations */
	const char *names;  /* dnsmasq_names(): names of <dns><host> */
};
/* The network is settled and valid. Each owned. */
char *dnsmasq_config(const struct network *network, const struct dnsmasq_paths *paths);
char *dnsmasq_hosts(const struct network *network);
char *dnsmasq_names(const struct network *network);
/* dnsmasq in the foreground with that configuration and no other. Owned. */
char **dnsmasq_argv(const char *binary, const char *config);

struct lease {
	int64_t expiry_s; /* wall clock; 0: for ever */
	char *mac;	  /* owned; IPv6: as its DUID says; NULL: it does not */
	struct address address;
	char *name;	 /* owned; NULL: the guest said none */
	char *client_id; /* owned; NULL: none. IPv6: the DUID */
	uint32_t iaid;	 /* IPv6 */
};
void leases_free(struct lease *leases, size_t count);
/* A lease file as dnsmasq writes it, which a guest may have brought its words into: what is no lease is passed over, and at most
 * LEASES_MAX are taken. Owned array. */
#define LEASES_MAX 65536
void leases_read(const char *text, size_t length, struct lease **ret, size_t *ret_count);

#endif
