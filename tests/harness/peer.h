/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Another host for tests of networks: a namespace behind a cable, which knows nothing of the guests' networks. */
#ifndef TESTS_HARNESS_PEER_H
#define TESTS_HARNESS_PEER_H

#include "tests/harness/task.h"

#define PEER_HOST4 "198.51.100.1"
#define PEER4	   "198.51.100.2"
#define PEER_HOST6 "2001:db8:51::1"
#define PEER6	   "2001:db8:51::2"

/* It lives as long as its only process, which ends with the test at the latest. */
struct peer {
	struct task holder;
	char pid[16];
};
/* At the end of cable out0, over IPv4 and IPv6: the host is PEER_HOST4 and PEER_HOST6 there. Fails the test when it cannot. */
struct peer peer_make(void);
/* Another cable between the two: here on the host, there at the peer, both up and without an address. */
void peer_cable(const struct peer *peer, const char *here, const char *there);
/* With all its cables. */
void peer_remove(struct peer *peer);

/* A program in the peer, for DO(), SHOWS() and an argument vector. */
#define IN(peer, ...) "nsenter", "-n", "-t", (peer)->pid, __VA_ARGS__
/* Does a ping from the peer get an answer within some seconds? */
bool peer_reaches(const struct peer *peer, const char *address);
/* Pings of one packet from the peer, from an address of its own (NULL: as its routes say). Each fails the test when it is otherwise. */
void peer_must_reach(const struct peer *peer, const char *from, const char *address);
void peer_must_not_reach(const struct peer *peer, const char *address);

#endif
