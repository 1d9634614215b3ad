/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket to the kernel, requests about interfaces over it, and what their failures are in words. */
#include "net/link_internal.h"

#include "base/memory.h"

#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/msg.h>
#include <netlink/socket.h>
#include <stdlib.h>

struct links *links_open(struct error *err)
{
	struct links *links = xcalloc(1, sizeof *links);

	links->socket = nl_socket_alloc();
	if (links->socket == NULL)
		memory_exhausted();
	int code = nl_connect(links->socket, NETLINK_ROUTE);

	if (code < 0) {
		error_set(err, ERROR_SYSTEM, "cannot speak netlink with the kernel: %s", nl_geterror(code));
		links_close(links);
		return NULL;
	}
	return links;
}

void links_close(struct links *links)
{
	if (links == NULL)
		return;
	nl_socket_free(links->socket);
	free(links);
}

bool link_fail(int code, const char *what, const char *name, struct error *err)
{
	enum error_code kind = code == -NLE_EXIST	 ? ERROR_EXISTS :
			       code == -NLE_NODEV	 ? ERROR_NOT_FOUND :
			       code == -NLE_OBJ_NOTFOUND ? ERROR_NOT_FOUND :
			       code == -NLE_OPNOTSUPP	 ? ERROR_UNSUPPORTED :
							   ERROR_SYSTEM;

	error_set(err, kind, "cannot %s '%s': %s", what, name, nl_geterror(code));
	if (code == -NLE_PERM)
		error_hint(err, "changing the host's network needs root (CAP_NET_ADMIN)");
	return false;
}

int link_index(const char *name, struct error *err)
{
	int index = (int)if_nametoindex(name);

	if (index == 0)
		error_set(err, ERROR_NOT_FOUND, "this host has no network interface '%s'", name);
	return index;
}

struct nl_msg *link_request(int type, int flags, int index)
{
	struct nl_msg *message = nlmsg_alloc_simple(type, flags | NLM_F_REQUEST);
	struct ifinfomsg header = { .ifi_family = AF_UNSPEC, .ifi_index = index };

	if (message == NULL || nlmsg_append(message, &header, sizeof header, NLMSG_ALIGNTO) < 0)
		memory_exhausted();
	return message;
}

int link_send(struct links *links, struct nl_msg *message)
{
	return nl_send_sync(links->socket, message);
}
