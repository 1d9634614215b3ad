/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet frames that no honest guest sends. */
#include "tests/harness/frames.h"

#include "base/memory.h"
#include "base/strbuf.h"

#include <arpa/inet.h>
#include <check.h>
#include <net/ethernet.h>
#include <netinet/ether.h>
#include <netinet/icmp6.h>
#include <netinet/ip6.h>
#include <stdint.h>
#include <string.h>

#define EVERYBODY	     "ff:ff:ff:ff:ff:ff"
#define ETHERTYPE_EXPERIMENT 0x88b5 /* IEEE 802: local, for experiments */

struct frame {
	unsigned char bytes[ETH_FRAME_LEN];
	size_t length;
};

static void put(struct frame *frame, const void *bytes, size_t length)
{
	ck_assert_uint_le(length, sizeof frame->bytes - frame->length);
	memcpy(frame->bytes + frame->length, bytes, length);
	frame->length += length;
}

static void put_mac(struct frame *frame, const char *mac)
{
	struct ether_addr address;

	ck_assert_ptr_nonnull(ether_aton_r(mac, &address));
	put(frame, &address, sizeof address);
}

static void put_u16(struct frame *frame, uint16_t value)
{
	uint16_t wire = htons(value);

	put(frame, &wire, sizeof wire);
}

static void put_ipv4(struct frame *frame, const char *text)
{
	struct in_addr address;

	ck_assert_int_eq(inet_pton(AF_INET, text, &address), 1);
	put(frame, &address, sizeof address);
}

static char *frame_text(const struct frame *frame)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i < frame->length; i++)
		strbuf_printf(&out, "%02x", frame->bytes[i]);
	return strbuf_take(&out);
}

char *frame_arp(const char *mac, const char *address)
{
	struct frame frame = { .length = 0 };

	put_mac(&frame, EVERYBODY);
	put_mac(&frame, mac);
	put_u16(&frame, ETHERTYPE_ARP);
	put(&frame, "\0\1\10\0\6\4\0\2", 8); /* Ethernet, IPv4, their lengths, a reply */
	put_mac(&frame, mac);
	put_ipv4(&frame, address);
	put_mac(&frame, EVERYBODY);
	put_ipv4(&frame, address);
	return frame_text(&frame);
}

/* Of an IPv6 packet: its pseudo header and what follows the header. */
static uint16_t icmp6_checksum(const struct ip6_hdr *header, const unsigned char *body, size_t length)
{
	uint32_t sum = (uint32_t)length + IPPROTO_ICMPV6;
	const unsigned char *addresses = (const unsigned char *)&header->ip6_src;

	for (size_t i = 0; i < 32; i += 2)
		sum += (uint32_t)(addresses[i] << 8 | addresses[i + 1]);
	for (size_t i = 0; i < length; i += 2)
		sum += (uint32_t)(body[i] << 8 | body[i + 1]);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* An ICMPv6 message to all hosts, from a MAC; its checksum, which is filled in, is at body + 2. */
static char *icmp6_frame(const char *mac, bool tagged, const char *source, unsigned char *body, size_t length)
{
	struct ip6_hdr header = { .ip6_flow = htonl(6U << 28), .ip6_plen = htons((uint16_t)length), .ip6_nxt = IPPROTO_ICMPV6, .ip6_hlim = 255 };
	struct frame frame = { .length = 0 };
	uint16_t checksum;

	ck_assert_int_eq(inet_pton(AF_INET6, source, &header.ip6_src), 1);
	ck_assert_int_eq(inet_pton(AF_INET6, "ff02::1", &header.ip6_dst), 1);
	checksum = icmp6_checksum(&header, body, length);
	memcpy(body + 2, &checksum, sizeof checksum);
	put_mac(&frame, "33:33:00:00:00:01");
	put_mac(&frame, mac);
	if (tagged) {
		put_u16(&frame, ETHERTYPE_VLAN);
		put_u16(&frame, 0);
	}
	put_u16(&frame, ETHERTYPE_IPV6);
	put(&frame, &header, sizeof header);
	put(&frame, body, length);
	return frame_text(&frame);
}

char *frame_router(const char *mac, const char *prefix, bool tagged)
{
	struct {
		struct nd_router_advert router;
		struct nd_opt_prefix_info prefix;
	} body = {
		.router = { .nd_ra_type = ND_ROUTER_ADVERT },
		.prefix = { .nd_opt_pi_type = ND_OPT_PREFIX_INFORMATION, .nd_opt_pi_len = 4, .nd_opt_pi_prefix_len = 64,
			    .nd_opt_pi_flags_reserved = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO, .nd_opt_pi_valid_time = htonl(3600),
			    .nd_opt_pi_preferred_time = htonl(3600) },
	};

	/* members of one union in the header: not for an initializer */
	body.router.nd_ra_curhoplimit = 64;
	body.router.nd_ra_router_lifetime = htons(1800);
	ck_assert_int_eq(inet_pton(AF_INET6, prefix, &body.prefix.nd_opt_pi_prefix), 1);
	return icmp6_frame(mac, tagged, "fe80::66", (unsigned char *)&body, sizeof body);
}

char *frame_neighbour(const char *mac, const char *address)
{
	struct {
		struct nd_neighbor_advert neighbour;
		struct nd_opt_hdr option;
		struct ether_addr mac;
	} body = { .neighbour = { .nd_na_type = ND_NEIGHBOR_ADVERT, .nd_na_flags_reserved = ND_NA_FLAG_OVERRIDE },
		   .option = { ND_OPT_TARGET_LINKADDR, 1 } };

	ck_assert_int_eq(inet_pton(AF_INET6, address, &body.neighbour.nd_na_target), 1);
	ck_assert_ptr_nonnull(ether_aton_r(mac, &body.mac));
	return icmp6_frame(mac, false, "fe80::66", (unsigned char *)&body, sizeof body);
}

char *frame_noise(const char *from, const char *to, size_t length)
{
	struct frame frame = { .length = 0 };

	put_mac(&frame, to);
	put_mac(&frame, from);
	put_u16(&frame, ETHERTYPE_EXPERIMENT);
	while (frame.length < length)
		put(&frame, "", 1);
	return frame_text(&frame);
}
