/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes of a network's document by pieces, as net-update has them. Pure: who runs with it, and where it is kept, is core's. */
#ifndef NET_NETWORK_CHANGE_H
#define NET_NETWORK_CHANGE_H

#include "net/network.h"

struct network_change {
	const char *command; /* "add", "add-first", "add-last", "delete", "modify" */
	const char *section; /* "ip-dhcp-host", "ip-dhcp-range", "forward-interface", "dns-host", "dns-txt", "dns-srv" */
	int parent;	     /* which <ip>, counted from 0; -1: the one that fits */
	const char *text;    /* the piece */
};
/* The document with the change in it, judged as a whole. name is for messages. Owned; NULL with err. */
struct network *network_changed(const char *name, const char *text, const struct network_change *request, struct error *err);

#endif
