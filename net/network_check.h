/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that judge a network share: where a fault is, and what a name may be. */
#ifndef NET_NETWORK_CHECK_H
#define NET_NETWORK_CHECK_H

#include "net/network.h"
#include "net/subnet.h"

/* "net.xml:12: <ip>: ...", with what follows as printf takes it. Returns false. */
bool network_fail(const struct network *network, const xmlNode *node, struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* A host's or domain's name: letters, digits, '-', '_' and '.', labels of at most 63, 253 in all. */
bool host_name_is_valid(const char *name);
/* Can it stand in a line of dnsmasq's configuration? No control character, no quote, no backslash, no comma unless comma. */
bool plain_text_is_valid(const char *text, bool comma);

/* The addresses: <ip> with what is in it, <route>. */
bool network_check_addresses(const struct network *network, struct error *err);
/* <dns> and <domain>. */
bool network_check_names(const struct network *network, struct error *err);

#endif
