/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's tap made ready on a network: by network_ports_open(), and in turn by hand, with the fewest calls to the kernel: an ioctl that makes it,
 * one netlink message that gives it its MAC and makes it a port of the bridge, one that sets it up.
 * tap_time DOCUMENT BRIDGE ROUNDS, with the home in $VIRTTY_HOME and the document's network started; prints nanoseconds of both, a line each round. */
#include "base/file.h"
#include "base/memory.h"
#include "core/network_port.h"
#include "hv/domain.h"

#include <stdio.h>
#include <stdlib.h>

#include "by_hand.h"

#define NO_MACHINE 1000000 /* a row that no machine has: only its run directory is used */

static int64_t by_hand(int bridge)
{
	int64_t begin = clock_ns(CLOCK_MONOTONIC), end;
	int fd = tap_by_hand(bridge, 0x51);

	end = clock_ns(CLOCK_MONOTONIC);
	close(fd);
	return fd < 0 ? -1 : end - begin;
}

static int64_t by_core(struct manager *manager, const struct domain *domain, struct error *err)
{
	_cleanup_network_ports_ struct network_ports ports = { 0 };
	int64_t begin, end;
	int fds[16];

	if (!network_ports_plan(manager, domain, 3, &ports, NULL, err))
		return -1;
	begin = clock_ns(CLOCK_MONOTONIC);
	if (!network_ports_open(manager, NO_MACHINE, &ports, fds, err))
		return -1;
	end = clock_ns(CLOCK_MONOTONIC);
	for (size_t i = 0; i < network_ports_fds(&ports); i++)
		close(fds[i]);
	return network_ports_remove(manager, NO_MACHINE, err) ? end - begin : -1;
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_domain_ struct domain *domain = NULL;
	_cleanup_free_ char *text = NULL, *directory = NULL;
	struct manager *manager = NULL;
	size_t length = 0;
	int bad = 0, rounds;

	if (argc != 4 || !manager_open(&manager, &err) || !file_read(argv[1], 65536, &text, &length, &err) ||
	    (domain = domain_parse("tap", text, length, &err)) == NULL || !domain_settle(domain, NULL, &err)) {
		fprintf(stderr, "tap_time: %s\n", error_text(&err));
		return 2;
	}
	directory = strf("%s/run/%d", getenv("VIRTTY_HOME"), NO_MACHINE);
	rounds = atoi(argv[3]);
	for (int i = 0; i < rounds && !bad && directory_make(directory, 0700, &err); i++) {
		int64_t ours = by_core(manager, domain, &err), bare = by_hand((int)if_nametoindex(argv[2]));

		bad = ours < 0 || bare < 0;
		printf("%lld %lld\n", (long long)ours, (long long)bare);
	}
	directory_remove(directory, NULL);
	manager_close(manager);
	if (bad || error_is_set(&err))
		fprintf(stderr, "tap_time: %s\n", error_text(&err));
	return bad;
}
