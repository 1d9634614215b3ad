/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Subnets and ranges of addresses as people type them, and what follows from them when nothing else is said. */
#ifndef TUI_SUBNET_TEXT_H
#define TUI_SUBNET_TEXT_H

#include "net/subnet.h"

/* "192.168.123.0/24": what is wrong with it as a network's, owned; NULL: nothing. */
char *subnet_read(const char *text, int family, struct subnet *ret);
/* The host's address in it: the one that was typed, or the first. */
struct ip_address subnet_own_address(const struct subnet *subnet);
/* "192.168.123.2 - 192.168.123.254": all of it on one side of the host's address. Owned. */
char *subnet_usual_range(const struct subnet *subnet);
/* Two addresses of IPv4 with '-' between; false: it is none. */
bool range_read(const char *text, struct ip_address *ret_first, struct ip_address *ret_last);

#endif
