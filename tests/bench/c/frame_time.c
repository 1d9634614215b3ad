/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host does for a frame of a guest: from one tap to another and from a tap to the host, on a network of virtty's and on a bridge made by
 * hand in a network namespace without any rules, in turns. It is done while the frame is written, so it is this thread's processor time, which a
 * busy host changes little.
 * frame_time DOCUMENT NETWORK-BRIDGE ADDRESS NAMESPACE BARE-BRIDGE ADDRESS ROUNDS, with the home in $VIRTTY_HOME and the network of the document's
 * two cards started; prints four numbers of nanoseconds a line: tap to tap of both, tap to host of both. */
#include "base/text.h"
#include "core/network_port.h"
#include "tests/bench/c/by_hand.h"
#include "tests/bench/c/network_document.h"

#include <arpa/inet.h>
#include <linux/virtio_net.h>
#include <net/ethernet.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>

#define FRAMES	   2000		      /* written at a time */
#define ARRIVAL_NS INT64_C(2000000000) /* until the first one has come through */
#define PAYLOAD	   1400
#define PORT	   9

struct frame {
	struct virtio_net_hdr vnet;
	struct ether_header ether;
	struct iphdr ip;
	struct udphdr udp;
	char payload[PAYLOAD];
} __attribute__((packed));

/* Two taps on a bridge, and the host's address there. */
struct pair {
	int from, to, host_socket;
	in_addr_t host;
	unsigned char host_mac[6];
};

static const unsigned char first_mac[6] = { 0x52, 0x54, 0, 0, 0, 0x61 }, second_mac[6] = { 0x52, 0x54, 0, 0, 0, 0x62 };

static uint16_t sum(const void *header, size_t length)
{
	const uint16_t *words = header;
	uint32_t total = 0;

	for (size_t i = 0; i < length / 2; i++)
		total += words[i];
	total = (total & 0xffff) + (total >> 16);
	return (uint16_t)~((total & 0xffff) + (total >> 16));
}

static struct frame frame_of(const struct pair *pair, const unsigned char *from, const unsigned char *to)
{
	struct frame frame = {
		.ether = { .ether_type = htons(ETHERTYPE_IP) },
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .daddr = pair->host,
			.saddr = (pair->host & htonl(0xffffff00)) | htonl(99) },
		.udp = { .source = htons(4444), .dest = htons(PORT), .len = htons(sizeof(struct udphdr) + PAYLOAD) },
	};
	struct iphdr ip = frame.ip;

	memcpy(frame.ether.ether_shost, from, 6);
	memcpy(frame.ether.ether_dhost, to, 6);
	ip.tot_len = htons(sizeof(struct iphdr) + sizeof(struct udphdr) + PAYLOAD);
	ip.check = sum(&ip, sizeof(ip));
	frame.ip = ip;
	return frame;
}

static void drain(int fd)
{
	char bytes[4096];

	while (read(fd, bytes, sizeof(bytes)) > 0)
		;
}

/* Nanoseconds of processor time for one of many; what arrives is read in between, outside the time. */
static double time_frames(const struct pair *pair, const struct frame *frame, int sink)
{
	int64_t spent = 0;

	for (int i = 0; i < FRAMES; i += 100) {
		int64_t begin = clock_ns(CLOCK_THREAD_CPUTIME_ID);

		for (int n = 0; n < 100; n++)
			if (write(pair->from, frame, sizeof(*frame)) < 0)
				return -1;
		spent += clock_ns(CLOCK_THREAD_CPUTIME_ID) - begin;
		drain(sink);
	}
	return (double)spent / FRAMES;
}

static int bound_socket(in_addr_t address)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons(PORT), .sin_addr.s_addr = address };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), room = 1 << 20;

	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	return fd >= 0 && bind(fd, (struct sockaddr *)&name, sizeof(name)) == 0 ? fd : -1;
}

/* Does what is written come out at the other end? A new tap is a port that forwards after a moment. */
static int arrives(const struct pair *pair, const struct frame *frame, int sink)
{
	int64_t deadline = clock_ns(CLOCK_MONOTONIC) + ARRIVAL_NS;
	struct pollfd ready = { .fd = sink, .events = POLLIN };
	char bytes[4096];

	while (clock_ns(CLOCK_MONOTONIC) < deadline) {
		drain(sink);
		if (write(pair->from, frame, sizeof(*frame)) < 0)
			return 0;
		(void)poll(&ready, 1, 10);
		for (ssize_t n; (n = read(sink, bytes, sizeof(bytes))) > 0;)
			if (n >= PAYLOAD)
				return 1;
	}
	return 0;
}

static int measure(const struct pair *pairs, uint64_t rounds)
{
	struct frame across[2], in[2];

	for (int i = 0; i < 2; i++) {
		struct frame learned = frame_of(&pairs[i], second_mac, pairs[i].host_mac);

		across[i] = frame_of(&pairs[i], first_mac, second_mac);
		in[i] = frame_of(&pairs[i], first_mac, pairs[i].host_mac);
		if (pairs[i].host_socket < 0 || write(pairs[i].to, &learned, sizeof(learned)) < 0 ||
		    !arrives(&pairs[i], &across[i], pairs[i].to) || !arrives(&pairs[i], &in[i], pairs[i].host_socket)) {
			fprintf(stderr, "frame_time: frames do not arrive (%d)\n", i);
			return 1;
		}
	}
	for (uint64_t round = 0; round < rounds; round++) {
		double ns[4];

		for (int n = 0; n < 2; n++) {
			int i = (int)(round + (unsigned)n) % 2; /* each first every other time */

			ns[i] = time_frames(&pairs[i], &across[i], pairs[i].to);
			ns[2 + i] = time_frames(&pairs[i], &in[i], pairs[i].host_socket);
		}
		printf("%.0f %.0f %.0f %.0f\n", ns[0], ns[1], ns[2], ns[3]);
	}
	return 0;
}

static int read_mac(const char *bridge, unsigned char mac[6])
{
	struct ifreq request = { 0 };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), r;

	memccpy(request.ifr_name, bridge, 0, IFNAMSIZ - 1);
	r = ioctl(fd, SIOCGIFHWADDR, &request);
	memcpy(mac, request.ifr_hwaddr.sa_data, 6);
	close(fd);
	return r == 0;
}

/* In their own namespace, which this thread leaves again. */
static int open_bare(struct pair *pair, const char *namespace, const char *bridge)
{
	int former = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), other = open(namespace, O_RDONLY | O_CLOEXEC), index;

	if (former < 0 || other < 0 || setns(other, CLONE_NEWNET) < 0)
		return 0;
	index = (int)if_nametoindex(bridge);
	pair->from = tap_by_hand(index, 0x61);
	pair->to = tap_by_hand(index, 0x62);
	pair->host_socket = bound_socket(pair->host);
	close(other);
	return read_mac(bridge, pair->host_mac) && setns(former, CLONE_NEWNET) == 0 && close(former) == 0 && pair->to >= 0;
}

static int run(char **argv, uint64_t rounds, const struct bench *bench, struct error *err)
{
	struct pair pairs[2] = { { .host = inet_addr(argv[3]) }, { .host = inet_addr(argv[6]) } };
	_cleanup_network_ports_ struct network_ports ports = { 0 };
	int fds[16], r;

	if (!network_ports_plan(bench->manager, bench->domain, 3, &ports, NULL, err) ||
	    !network_ports_open(bench->manager, NO_MACHINE, &ports, fds, err))
		return 1;
	pairs[0].from = fds[0];
	pairs[0].to = fds[network_ports_fds(&ports) / 2];
	pairs[0].host_socket = bound_socket(pairs[0].host);
	r = !read_mac(argv[2], pairs[0].host_mac) || !open_bare(&pairs[1], argv[4], argv[5]) || measure(pairs, rounds);
	for (size_t i = 0; i < network_ports_fds(&ports); i++)
		close(fds[i]);
	return network_ports_remove(bench->manager, NO_MACHINE, err) ? r : 1;
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_bench_ struct bench bench = { 0 };
	uint64_t rounds;
	int bad = 1;

	if (argc != 8 || !text_to_uint(argv[7], false, &rounds)) {
		fprintf(stderr, "usage: frame_time DOCUMENT NETWORK-BRIDGE ADDRESS NAMESPACE BARE-BRIDGE ADDRESS ROUNDS\n");
		return 2;
	}
	if (bench_open(&bench, argv[1], &err))
		bad = run(argv, rounds, &bench, &err);
	if (error_is_set(&err))
		fprintf(stderr, "frame_time: %s\n", error_text(&err));
	return bad;
}
