/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What an interface carries: addresses, routes, rules of policy routing, fixed neighbours, the kernel's switches. Read as a whole, written
 * down, and given to another interface in an order that connections live through.
 *
 * Everything is kept as the kernel said it and told to the kernel again with another interface in it, so that what this file knows nothing of
 * (metrics, preferred sources, on-link gateways, protocols) comes along. What the kernel makes by itself (link-local addresses, routes to an
 * address's own network) is not carried: it comes with the rest. */
#ifndef NET_CARRIED_H
#define NET_CARRIED_H

#include "base/json.h"
#include "net/link.h"

struct carried;
/* ERROR_UNSUPPORTED: a route goes by a nexthop object, which others may share. */
struct carried *carried_read(struct links *links, const char *name, struct error *err);
void carried_free(struct carried *carried);
static inline void carried_freep(struct carried **carried)
{
	carried_free(*carried);
}
#define _cleanup_carried_ _cleanup_(carried_freep)

/* For a file that this very boot reads again. Owned. */
struct json_object *carried_to_json(const struct carried *carried);
struct carried *carried_from_json(struct json_object *json, struct error *err);

/* Gives all addresses to an interface that is up, without waiting whether another host has them; times to live go on running. What it has
 * already is no error. */
bool carried_put_addresses(struct links *links, const struct carried *carried, const char *name, struct error *err);
bool carried_take_addresses(struct links *links, const struct carried *carried, const char *name, struct error *err);
/* Has routes, rules and neighbours lead over `to`, each before the one over `from` goes: there is no moment without. from may be gone, or have
 * none of them; what is done already is no error. */
bool carried_move(struct links *links, const struct carried *carried, const char *from, const char *to, struct error *err);
/* Tells an interface whom another one has heard of, so that nobody has to be asked for while both change places. */
void carried_share_neighbours(struct links *links, const char *from, const char *to);
/* Sets the switches of /proc/sys/net/.../conf/NAME, but for disable_ipv6. What the kernel here does not have, or refuses, is passed over. */
void carried_put_switches(const struct carried *carried, const char *name);
/* Has an interface all of the addresses and routes? ERROR_STATE names the first that is missing. */
bool carried_is_on(struct links *links, const struct carried *carried, const char *name, struct error *err);

/* Does the kernel keep IPv6 off it? (What is read, not what is carried.) */
bool link_ipv6_disabled(const char *name);
bool link_disable_ipv6(const char *name, bool disable, struct error *err);

/* ---- for people ---- */

struct carried_address {
	struct subnet subnet;
	bool leased; /* it runs out: by DHCP or a router's announcement */
};
struct carried_route {
	struct subnet to; /* prefix 0: the default route */
	struct ip_address gateway; /* family 0: none */
	unsigned metric, table;
	bool leased; /* by a router's announcement, or a DHCP client */
};
/* Owned arrays. Routes that a line of a file cannot say (several ways at once) are not among them. */
void carried_addresses(const struct carried *carried, struct carried_address **ret, size_t *ret_count);
void carried_routes(const struct carried *carried, struct carried_route **ret, size_t *ret_count);

#endif
