/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tap made by hand, with the fewest calls to the kernel: what those of virtty are timed beside. */
#ifndef TESTS_BENCH_BY_HAND_H
#define TESTS_BENCH_BY_HAND_H

#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/if_tun.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static inline int64_t clock_ns(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

struct request {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char attributes[64];
};

static inline void add(struct request *request, unsigned short type, const void *value, size_t length)
{
	struct rtattr *attribute = (struct rtattr *)(void *)((char *)request + NLMSG_ALIGN(request->header.nlmsg_len));

	attribute->rta_type = type;
	attribute->rta_len = (unsigned short)RTA_LENGTH(length);
	memcpy(RTA_DATA(attribute), value, length);
	request->header.nlmsg_len = NLMSG_ALIGN(request->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
}

/* Sends it and waits for the kernel's word. */
static inline int ask(int netlink, struct request *request)
{
	char answer[1024];
	const struct nlmsghdr *header = (const void *)answer;

	if (send(netlink, request, request->header.nlmsg_len, 0) < 0 || recv(netlink, answer, sizeof(answer), 0) < 0)
		return -1;
	return header->nlmsg_type == NLMSG_ERROR ? ((const struct nlmsgerr *)NLMSG_DATA(header))->error : -1;
}

static inline struct request request_of(int index)
{
	return (struct request){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
			    .nlmsg_type = RTM_NEWLINK,
			    .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.link = { .ifi_family = AF_UNSPEC, .ifi_index = index },
	};
}

/* One with vnet headers, a port of the bridge, up. last: of its MAC. -1 when it cannot be. */
static inline int tap_by_hand(int bridge, unsigned char last)
{
	const unsigned char mac[6] = { 0xfe, 0x54, 0, 0, 0, last };
	struct ifreq tap = { .ifr_name = "bare%d", .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_VNET_HDR };
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
	close(netlink);
	return r ? -1 : fd;
}

#endif
