/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files that speak netlink share. */
#ifndef NET_LINK_INTERNAL_H
#define NET_LINK_INTERNAL_H

#include "net/link.h"

#include <netlink/netlink.h>

struct links {
	struct nl_sock *socket;
};

/* "cannot <what> '<name>': <netlink's reason>". Returns false. A missing right has the way out. */
bool link_fail(int code, const char *what, const char *name, struct error *err);
/* The index of an interface; 0 with ERROR_NOT_FOUND. */
int link_index(const char *name, struct error *err);
/* A request about an interface: RTM_NEWLINK with those flags. Owned by the caller. */
struct nl_msg *link_request(int type, int flags, int index);
/* Sends a message (freed), waits for the answer: 0 or netlink's negative code. */
int link_send(struct links *links, struct nl_msg *message);
/* Sends a message (freed) and has each part of the answer taken, to its end: that of a dump, or an acknowledgement. 0 or netlink's
 * negative code. */
int link_ask(struct links *links, struct nl_msg *message, int (*take)(struct nl_msg *, void *), void *userdata);

#endif
