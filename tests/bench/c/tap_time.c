/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's tap made ready on a network: by network_ports_open(), and in turn by hand, with the fewest calls to the kernel: an ioctl that makes it,
 * one netlink message that gives it its MAC and makes it a port of the bridge, one that sets it up.
 * tap_time DOCUMENT BRIDGE ROUNDS, with the home in $VIRTTY_HOME and the document's network started; prints nanoseconds of both, a line each round. */
#include "base/file.h"
#include "base/memory.h"
#include "core/network_port.h"
#include "hv/domain.h"

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define NO_MACHINE 1000000 /* a row that no machine has: only its run directory is used */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* ---- by hand ---- */

struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[64];
};

static void add(struct request *request, unsigned short type, const void *value, size_t length)
{
	struct rtattr *attribute = (struct rtattr *)(void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	memcpy(RTA_DATA(attribute), value, length);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

/* Sends it and waits for the kernel's word. */
static int ask(int netlink, struct request *request)
{
	char answer[1024];
	const struct nlmsghdr *header = (const void *)answer;

	if (send(netlink, request, request->header.nlmsg_len, 0) < 0 || recv(netlink, answer, sizeof(answer), 0) < 0)
		return -1;
	return header->nlmsg_type == NLMSG_ERROR ? ((const struct nlmsgerr *)NLMSG_DATA(header))->error : -1;
}

static struct request request_of(int index)
{
	return (struct request){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)), .nlmsg_type = RTM_NEWLINK, .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_family = AF_UNSPEC, .ifi_index = index },
	};
}

static int64_t by_hand(int bridge)
{
	static const unsigned char mac[6] = { 0xfe, 0x54, 0, 0, 0, 0x51 };
	struct ifreq tap = { .ifr_name = "bare%d", .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
	int64_t begin = now_ns();
	int netlink = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE), fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	struct request join, up;
	int index, r;

	if (netlink < 0 || fd < 0 || ioctl(fd, TUNSETIFF, &tap) < 0)
		return -1;
	index = (int)if_nametoindex(tap.ifr_name);
	join = request_of(index);
	add(&join, IFLA_ADDRESS, mac, sizeof(mac));
	add(&join, IFLA_MASTER, &bridge, sizeof(bridge));
	up = request_of(index);
	up.link.ifi_flags = up.link.ifi_change = IFF_UP;
	r = ask(netlink, &join) != 0 || ask(netlink, &up) != 0;
	begin = now_ns() - begin;
	close(netlink);
	close(fd);
	return r ? -1 : begin;
}

/* ---- by virtty ---- */

static int64_t by_core(struct manager *manager, const struct domain *domain, struct error *err)
{
	_cleanup_network_ports_ struct network_ports ports = { 0 };
	int64_t begin, end;
	int fds[16];

	if (!network_ports_plan(manager, domain, 3, &ports, NULL, err))
		return -1;
	begin = now_ns();
	if (!network_ports_open(manager, NO_MACHINE, &ports, fds, err))
		return -1;
	end = now_ns();
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
