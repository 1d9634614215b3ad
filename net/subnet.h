/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Addresses of both families and the networks that they are in. Pure: nothing is asked of the host. */
#ifndef NET_SUBNET_H
#define NET_SUBNET_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ip_address {
	int family;	   /* AF_INET, AF_INET6 */
	uint8_t bytes[16]; /* in network order; 4 of them with AF_INET */
};
#define ADDRESS_TEXT_SIZE 46

/* "192.168.122.1", "fd00::1": nothing before or after it, no zone, no leading zeroes. False without a message. */
bool address_parse(const char *text, struct ip_address *ret);
void address_format(const struct ip_address *address, char ret[ADDRESS_TEXT_SIZE]);
/* Of one family: below, equal, above 0. */
int address_compare(const struct ip_address *a, const struct ip_address *b);
unsigned address_bits(const struct ip_address *address); /* 32, 128 */
/* Multicast, loopback, unspecified, IPv4's broadcast: no machine can be called so. */
bool address_is_special(const struct ip_address *address);

struct subnet {
	struct ip_address address; /* as given: its host part may be set */
	unsigned prefix;
};
/* address with a prefix (prefix_set) or a netmask (may be NULL), or neither: the class of an IPv4 address, /64 of IPv6.
 * what names the place in messages: "<ip>". */
bool subnet_parse(const char *what, const char *address, const char *netmask, bool prefix_set, uint64_t prefix,
		  struct subnet *ret, struct error *err);
/* Its lowest address: the network's own. Its highest: IPv4's broadcast. */
struct ip_address subnet_first(const struct subnet *subnet);
struct ip_address subnet_last(const struct subnet *subnet);
struct ip_address subnet_netmask(const struct subnet *subnet);
bool subnet_has(const struct subnet *subnet, const struct ip_address *address);
bool subnets_overlap(const struct subnet *a, const struct subnet *b);
/* "192.168.122.0/24". Owned. */
char *subnet_format(const struct subnet *subnet);
/* How many addresses from a to b; UINT64_MAX: that many or more. 0: b is below a. */
uint64_t address_count(const struct ip_address *a, const struct ip_address *b);

/* The first of 192.168.122.0/24, 192.168.123.0/24 ... 192.168.254.0/24, 192.168.0.0/24 ... 192.168.121.0/24,
 * 172.16.122.0/24 ... that overlaps none of those in use. False: there is none. */
bool subnet_find_free(const struct subnet *used, size_t count, struct subnet *ret);

#endif
