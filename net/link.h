/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's network interfaces over netlink: bridges, their ports and addresses, taps, macvtaps, limits.
 *
 * What virtty makes carries an alias (ifalias) "virtty" and whose it is, so that it is known again, and nothing else is ever
 * changed or deleted by accident: the functions that delete say what they were told to find. */
#ifndef NET_LINK_H
#define NET_LINK_H

#include "net/subnet.h"

#include <stddef.h>

#define LINK_NAME_SIZE 16 /* with its NUL */
#define LINK_ALIAS_SIZE 128

/* May this be a network interface's name? 1 to 15 bytes of letters, digits, '.', '_' and '-', as libvirt has it: the kernel takes more, but
 * nft and dnsmasq read '*' as any name and ',' as the next one. Not "." and "..", nor "all" and "default", which stand for every
 * interface in /proc/sys/net. what: "bridge". */
bool interface_name_check(const char *what, const char *name, struct error *err);

/* A connection to the kernel. Not carried over a fork. */
struct links;
struct links *links_open(struct error *err);
void links_close(struct links *links);
static inline void links_closep(struct links **links)
{
	links_close(*links);
}
#define _cleanup_links_ _cleanup_(links_closep)

struct link {
	int index;
	int master; /* the bridge that it is a port of; 0: none */
	int lower;  /* what it stands on (macvtap, vlan, the other end of a veth); 0: nothing */
	unsigned type; /* ARPHRD_ETHER, ARPHRD_LOOPBACK, ... */
	char name[LINK_NAME_SIZE];
	char kind[LINK_NAME_SIZE]; /* "bridge", "tun", "veth", "macvtap", ...; "": a real card */
	char alias[LINK_ALIAS_SIZE];
	char mac[18]; /* "": none */
	char bridge_id[18]; /* of a bridge: "8000.525400a1b2c3" */
	bool stp;	    /* of a bridge */
	bool passthru;	    /* of a macvtap or macvlan: it has what it stands on for itself */
	unsigned mtu;
	bool up, carrier;
	bool ready; /* the kernel has done all that a carrier entails: it sends */
	uint64_t rx_bytes, tx_bytes, rx_packets, tx_packets, rx_errors, tx_errors, rx_dropped, tx_dropped;
};
/* False with ERROR_NOT_FOUND: there is no such interface. */
bool link_find(struct links *links, const char *name, struct link *ret, struct error *err);
/* All of them, by index. Owned array. */
bool link_list(struct links *links, struct link **ret, size_t *ret_count, struct error *err);

/* ---- bridges ---- */

struct bridge_settings {
	const char *alias;
	const char *mac; /* NULL: the kernel's choice */
	bool stp;
	unsigned delay_s;
	unsigned mtu; /* 0: the kernel's */
};
/* ERROR_EXISTS: an interface has that name already. */
bool link_add_bridge(struct links *links, const char *name, const struct bridge_settings *settings, struct error *err);
/* Deletes it if its alias is that (NULL: whatever it is); one that is not there is no error. ERROR_STATE: it is somebody else's. */
bool link_delete(struct links *links, const char *name, const char *alias, struct error *err);
bool link_set_up(struct links *links, const char *name, bool up, struct error *err);
bool link_set_mtu(struct links *links, const char *name, unsigned mtu, struct error *err);
bool link_set_mac(struct links *links, const char *name, const char *mac, struct error *err);
bool link_set_alias(struct links *links, const char *name, const char *alias, struct error *err);
/* Makes it a port of a bridge; bridge NULL: of none. isolated: it reaches the bridge itself, and no other isolated port. */
bool link_set_bridge(struct links *links, const char *name, const char *bridge, bool isolated, struct error *err);

/* ---- addresses and routes ---- */

/* No duplicate address detection: IPv6 is there at once. */
bool link_add_address(struct links *links, const char *name, const struct subnet *subnet, struct error *err);
bool link_add_route(struct links *links, const char *name, const struct subnet *to, const struct ip_address *gateway,
		    unsigned metric, struct error *err);
/* The interface that the default route of a family goes over, the cheapest of several. False: there is none. */
bool link_default(struct links *links, int family, char ret[LINK_NAME_SIZE]);
/* All networks that the host has an address in or a route to, default routes left out. except: an interface not looked at; NULL: none. Owned
 * array. */
bool link_subnets(struct links *links, const char *except, struct subnet **ret, size_t *ret_count, struct error *err);

/* The addresses of one interface, those of its link alone (fe80::) left out. Owned array. */
bool link_addresses(struct links *links, const char *name, struct subnet **ret, size_t *ret_count, struct error *err);

/* Who has been heard of with that MAC on the host's networks (ARP, neighbour discovery). Owned array. */
bool link_neighbours(struct links *links, const char *mac, struct ip_address **ret, size_t *ret_count, struct error *err);
struct neighbour {
	char mac[18];
	struct ip_address address;
};
/* All of them that have a MAC, in one look. Owned array. */
bool link_neighbour_list(struct links *links, struct neighbour **ret, size_t *ret_count, struct error *err);

/* ---- taps ---- */

struct tap_settings {
	const char *alias, *mac; /* mac: of the host's end; NULL: the kernel's choice */
	unsigned mtu;		 /* 0: the kernel's */
	unsigned queues;	 /* 1 to 256 */
	bool vnet_header;
};
/* Makes a tap and opens its queues. name: "vnet%d" gets a number, and the name that it got is in ret_name. It is gone when the last of
 * the descriptors (owned by the caller, close-on-exec) is closed. ERROR_NOT_FOUND: /dev/net/tun is missing; ERROR_UNSUPPORTED: forbidden; each with the way
 * out. */
bool tap_open(struct links *links, const char *name, const struct tap_settings *settings, int *ret_fds,
	      char ret_name[LINK_NAME_SIZE], struct error *err);
/* "macvtap%d": the first number whose name is free; a name without: itself, if it is free. ERROR_EXISTS. */
bool link_free_name(const char *pattern, char ret[LINK_NAME_SIZE], struct error *err);
/* Makes a macvtap on a device and opens its queues. mode: "bridge", "private", "vepa", "passthru". It outlives its descriptors:
 * link_delete(). ERROR_EXISTS: the name is taken. */
bool macvtap_open(struct links *links, const char *name, const char *lower, const char *mode,
		  const struct tap_settings *settings, int *ret_fds, struct error *err);
/* Opens the queues of a tap or macvtap that somebody else made, which stays as it is, and stays. ERROR_NOT_FOUND: there is none of that name;
 * ERROR_UNSUPPORTED: it is another user's, in use, or of another kind; each with the way out. */
bool tap_open_foreign(struct links *links, const char *name, const struct tap_settings *settings, int *ret_fds, struct error *err);

/* ---- limits ---- */

struct link_limit {
	uint64_t average_bytes_s, peak_bytes_s, burst_bytes; /* peak 0: none; burst 0: a sensible one */
};
/* What goes out of an interface (of a tap: to its guest) goes no faster; limit NULL: as fast as it can. */
bool link_set_limit(struct links *links, const char *name, const struct link_limit *limit, struct error *err);

#endif
