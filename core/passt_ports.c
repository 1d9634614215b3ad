/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Can the ports be had that passt is to listen at? */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/passt.h"
#include "hv/port_forwarding.h"
#include "net/subnet.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* errno of taking a port as passt would; 0: it can be had. */
static int try_port(const struct port_forwarding *forwarding, const struct ip_address *at, unsigned port)
{
	bool udp = text_equal(forwarding->proto, "udp");
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	bool is_v6 = at == NULL ? path_exists("/proc/net/if_inet6") : at->family == AF_INET6;
	int one = 1, zero = 0;
	_cleanup_close_ int fd = socket(is_v6 ? AF_INET6 : AF_INET, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return errno;
	if (at != NULL)
		memcpy(is_v6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr, at->bytes, is_v6 ? sizeof v6.sin6_addr : sizeof v4.sin_addr);
	if (is_v6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, at == NULL ? &zero : &one, sizeof one);
	if (!udp)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
	if (forwarding->dev != NULL &&
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, forwarding->dev, (socklen_t)strlen(forwarding->dev)) < 0)
		return errno;
	return bind(fd, is_v6 ? (void *)&v6 : (void *)&v4, is_v6 ? sizeof v6 : sizeof v4) < 0 ? errno : 0;
}

static bool fail_port(const struct port_forwarding *forwarding, unsigned port, int errnum, struct error *err)
{
	const char *proto = text_equal(forwarding->proto, "udp") ? "UDP" : "TCP";

	error_set(err, errnum == EADDRINUSE ? ERROR_EXISTS : ERROR_FAILED, "%s port %u of the host%s%s cannot be had: %s", proto, port,
		  forwarding->address != NULL ? " at " : "", forwarding->address != NULL ? forwarding->address : "", strerror(errnum));
	if (errnum == EADDRINUSE)
		error_hint(err, "'ss -%snp' shows who has it; <portForward> of the card may name another one", *proto == 'U' ? "lu" : "lt");
	else if (errnum == EACCES)
		error_hint(err, "ports below 1024 are root's: take a higher one, or have root run 'sysctl net.ipv4.ip_unprivileged_port_start=%u'",
			   port);
	else if (errnum == EADDRNOTAVAIL)
		error_hint(err, "'ip address' shows the host's addresses; without address= all of them are listened at");
	else if (errnum == ENODEV)
		error_hint(err, "there is no interface '%s': 'ip link' shows them", forwarding->dev);
	return false;
}

/* All ports, or all but some: passt takes what it can get of them. */
static bool names_ports(const struct port_forwarding *forwarding)
{
	for (size_t i = 0; i < forwarding->range_count; i++)
		if (forwarding->ranges[i].exclude != TRI_YES)
			return true;
	return false;
}

static bool check_forwarding(const struct port_forwarding *forwarding, struct error *err)
{
	_cleanup_free_ struct port_run *runs = NULL;
	struct ip_address address;
	const struct ip_address *at = NULL;
	size_t count = 0;

	if (forwarding->address != NULL) {
		if (!address_parse(forwarding->address, &address))
			return error_set(err, ERROR_INVALID, "<portForward address='%s'>: this is no address", forwarding->address);
		at = &address;
	}
	if (!names_ports(forwarding))
		return true;
	if (!port_forwarding_runs(forwarding, &runs, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		for (unsigned n = 0; n < runs[i].count; n++) {
			int errnum = try_port(forwarding, at, runs[i].host + n);

			if (errnum != 0)
				return fail_port(forwarding, runs[i].host + n, errnum, err);
		}
	return true;
}

bool passt_check_ports(const struct interface *interface, struct error *err)
{
	for (size_t i = 0; i < interface->forwarding_count; i++)
		if (!check_forwarding(&interface->forwardings[i], err))
			return false;
	return true;
}
