/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's switches that a network needs: forwarding, and what its bridge believes. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/network_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/ipv6_route.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ROUTES_BYTES ((size_t)64 * 1024 * 1024)

/* /proc/sys/net is that of our network namespace. */
static bool write_switch(const char *path, const char *value, struct error *err)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || !write_all(fd, value, strlen(value)))
		return error_set_errno(err, errno, "cannot write '%s' to %s", value, path);
	return true;
}

static bool bridge_switch(const char *family, const char *bridge, const char *name, const char *value, struct error *err)
{
	_cleanup_free_ char *path = strf("/proc/sys/net/%s/conf/%s/%s", family, bridge, name);

	return write_switch(path, value, err);
}

/* The interface of a default route that a router's advertisement brought, and that goes once this host is a router itself. Owned; NULL: there is
 * none. */
static char *find_advertised_route(void)
{
	_cleanup_free_ char *text = NULL;

	if (!file_read("/proc/net/ipv6_route", ROUTES_BYTES, &text, NULL, NULL))
		return NULL;
	_cleanup_strv_ char **lines = strv_split(text, "\n");

	for (size_t i = 0; lines[i] != NULL; i++) {
		/* network, its prefix, source, its prefix, gateway, metric, references, uses, flags, device */
		char device[LINK_NAME_SIZE];
		unsigned flags;

		if (sscanf(lines[i], "%*s %*s %*s %*s %*s %*s %*s %*s %x %15s", &flags, device) != 2 ||
		    (flags & (RTF_DEFAULT | RTF_ADDRCONF)) != (RTF_DEFAULT | RTF_ADDRCONF))
			continue;
		_cleanup_free_ char *path = strf("/proc/sys/net/ipv6/conf/%s/accept_ra", device), *now = file_read_line(path);

		if (text_equal(now, "1"))
			return xstrdup(device);
	}
	return NULL;
}

static bool check_advertised_route(struct error *err)
{
	_cleanup_free_ char *device = find_advertised_route();

	if (device == NULL)
		return true;
	error_set(err, ERROR_STATE, "forwarding of IPv6 would cost this host its own way out by '%s', which a router advertised", device);
	return error_hint(err, "'sysctl net.ipv6.conf.%s.accept_ra=2' keeps it; write it to /etc/sysctl.d as well", device);
}

bool network_switch_forwarding(int family, char ***notes, struct error *err)
{
	const char *path = family == AF_INET ? "/proc/sys/net/ipv4/ip_forward" : "/proc/sys/net/ipv6/conf/all/forwarding";
	_cleanup_free_ char *now = file_read_line(path);

	if (text_equal(now, "1"))
		return true;
	if ((family == AF_INET6 && !check_advertised_route(err)) || !write_switch(path, "1", err))
		return false;
	if (notes != NULL)
		*notes = strv_addf(*notes, "forwarding of %s was switched on (%s), until the host starts again or it is switched off",
				   family == AF_INET ? "IPv4" : "IPv6", path);
	return true;
}

bool network_set_switches(const struct network_work *work, char ***notes, struct error *err)
{
	const struct network *network = work->network;
	const char *bridge = network->bridge;
	bool v6 = network_has_family(network, AF_INET6), leads_out = network->forward != FORWARD_NONE;

	/* The host takes no part in its guests' IPv6 where it has no address among them; and never believes a guest that says it is a
	 * router. A kernel without IPv6 has no such switch. */
	if (path_exists("/proc/sys/net/ipv6") && (!bridge_switch("ipv6", bridge, "disable_ipv6", v6 ? "0" : "1", err) ||
						   !bridge_switch("ipv6", bridge, "accept_ra", "0", err)))
		return false;
	/* a port of 127.0.0.1 leads to a guest too (see ruleset.c) */
	if (network_has_family(network, AF_INET) && !bridge_switch("ipv4", bridge, "route_localnet", "1", err))
		return false;
	if (leads_out && network_has_family(network, AF_INET) && !network_switch_forwarding(AF_INET, notes, err))
		return false;
	return !leads_out || !v6 || network_switch_forwarding(AF_INET6, notes, err);
}
