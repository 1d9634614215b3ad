/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet frames that no honest guest sends, as hexadecimal text for the test guest's `frame`. */
#ifndef TESTS_HARNESS_FRAMES_H
#define TESTS_HARNESS_FRAMES_H

#include <stdbool.h>
#include <stddef.h>

/* To everybody, from a MAC: an ARP reply that says that an IPv4 address is that MAC's. Owned. */
char *frame_arp(const char *mac, const char *address);
/* To all IPv6 hosts, from a MAC: an advertisement of a router with a prefix of 64 bits. tagged: as VLAN 0, which hosts take for untagged. Owned. */
char *frame_router(const char *mac, const char *prefix, bool tagged);
/* To all IPv6 hosts, from a MAC: that an IPv6 address is that MAC's. Owned. */
char *frame_neighbour(const char *mac, const char *address);
/* length bytes that mean nothing, from one MAC to another. Owned. */
char *frame_noise(const char *from, const char *to, size_t length);

#endif
