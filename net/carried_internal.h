/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about an interface's addresses and routes share. */
#ifndef NET_CARRIED_INTERNAL_H
#define NET_CARRIED_INTERNAL_H

#include "net/carried.h"
#include "net/link_internal.h"

#include <netlink/msg.h>

/* One of them, as the kernel told it: the family's header and its attributes. */
struct piece {
	uint16_t type; /* RTM_NEWADDR, RTM_NEWROUTE, RTM_NEWRULE, RTM_NEWNEIGH */
	size_t length;
	unsigned char *data; /* owned, aligned */
};

struct sysctl {
	char *path; /* owned: "ipv4/conf/%s/rp_filter", %s standing for the interface */
	char *value; /* owned */
};

struct carried {
	char name[LINK_NAME_SIZE]; /* whose they were */
	int index;
	int64_t read_at_ms; /* clock_boot_ms() */
	struct piece *pieces; /* owned: in the order to give them in */
	size_t count;
	struct sysctl *switches; /* owned */
	size_t switch_count;
};

/* How long each header is; 0: not one of these. */
size_t piece_header_size(uint16_t type);
/* The attribute of that type; NULL: it has none. */
const struct nlattr *piece_attribute(const struct piece *piece, int type);
/* A stream of all that is there now and of what belongs to an interface of that index and name. 0, or netlink's code, or -NLE_OPNOTSUPP for what
 * cannot be moved. */
int carried_collect(struct links *links, struct carried *carried);

#endif
