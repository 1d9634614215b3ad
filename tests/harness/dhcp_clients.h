/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many DHCP clients behind one network card: each has a MAC and a name of its own, and takes a real lease. */
#ifndef TESTS_HARNESS_DHCP_CLIENTS_H
#define TESTS_HARNESS_DHCP_CLIENTS_H

#include <stddef.h>

/* The MAC of the client of that number, as text: 52:54:00:01:xx:xx. Owned. */
char *dhcp_client_mac(size_t number);
/* Has the clients 0 to count - 1 ask on a card until each has its lease; their addresses by their numbers, in host order. Owned. Fails the
 * test when the time is up. */
unsigned *dhcp_clients_lease(const char *card, size_t count, int timeout_ms);

#endif
