/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's tap made ready on a network: by network_ports_open(), and in turn by hand, with the fewest calls to the kernel: an ioctl that
 * makes it, one netlink message that gives it its MAC and makes it a port of the bridge, one that sets it up.
 * tap_time DOCUMENT BRIDGE ROUNDS, with the home in $VIRTTY_HOME and the document's network started; prints nanoseconds of both, a line
 * each round. */
#include "base/text.h"
#include "core/network_port.h"
#include "tests/bench/c/by_hand.h"
#include "tests/bench/c/network_document.h"

#include <stdio.h>

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
	_cleanup_bench_ struct bench bench = { 0 };
	uint64_t rounds;
	bool good;

	if (argc != 4 || !text_to_uint(argv[3], false, &rounds)) {
		fprintf(stderr, "usage: tap_time DOCUMENT BRIDGE ROUNDS\n");
		return 2;
	}
	good = bench_open(&bench, argv[1], &err);
	for (uint64_t i = 0; i < rounds && good; i++) {
		int64_t ours = by_core(bench.manager, bench.domain, &err), bare = by_hand((int)if_nametoindex(argv[2]));

		good = ours >= 0 && bare >= 0;
		printf("%lld %lld\n", (long long)ours, (long long)bare);
	}
	if (!good)
		fprintf(stderr, "tap_time: %s\n", error_is_set(&err) ? error_text(&err) : "there is no tap by hand");
	return good ? 0 : 1;
}
