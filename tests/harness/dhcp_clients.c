/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many DHCP clients behind one network card (RFC 2131). */
#include "tests/harness/dhcp_clients.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <check.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define ASK_AGAIN_MS 1500
#define COOKIE	     "\x63\x82\x53\x63"

enum { DISCOVER = 1, OFFER, REQUEST, ACK = 5 };
enum { OPTION_NAME = 12, OPTION_ADDRESS = 50, OPTION_TYPE = 53, OPTION_SERVER = 54, OPTION_END = 255 };

/* Without padding: what a frame begins with, and BOOTP's own part. */
struct packet {
	struct ether_header ethernet;
	struct iphdr ip;
	struct udphdr udp;
	uint8_t op, hardware, hardware_length, hops;
	uint32_t transaction;
	uint16_t seconds, flags;
	uint32_t client, yours, server, relay;
	unsigned char chaddr[16], name[64], file[128], cookie[4], options[64];
} __attribute__((packed));

struct clients {
	int fd;
	unsigned *addresses; /* 0: none yet */
	size_t count, leased;
};

static void mac_of(size_t number, unsigned char mac[ETH_ALEN])
{
	memcpy(mac, (unsigned char[]){ 0x52, 0x54, 0, 1, (unsigned char)(number >> 8), (unsigned char)number }, ETH_ALEN);
}

char *dhcp_client_mac(size_t number)
{
	return strf("52:54:00:01:%02x:%02x", (unsigned)(number >> 8 & 0xff), (unsigned)(number & 0xff));
}

/* Of the packet's IPv4 header, whose own field is 0. */
static uint16_t header_checksum(const struct packet *packet)
{
	const unsigned char *bytes = (const unsigned char *)packet + offsetof(struct packet, ip);
	uint32_t sum = 0;

	for (size_t i = 0; i < sizeof packet->ip; i += 2)
		sum += (uint32_t)(bytes[i] << 8 | bytes[i + 1]);
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t)~sum);
}

static size_t put_option(unsigned char *options, size_t at, uint8_t type, const void *bytes, size_t length)
{
	options[at] = type;
	options[at + 1] = (uint8_t)length;
	memcpy(options + at + 2, bytes, length);
	return at + 2 + length;
}

/* To everybody, and to be answered so. offer: what is asked for; NULL: anything. */
static void ask(const struct clients *clients, size_t number, const struct packet *offer, uint32_t server)
{
	const uint8_t type = offer != NULL ? REQUEST : DISCOVER;
	struct packet packet = { .ethernet.ether_type = htons(ETHERTYPE_IP), .op = 1, .hardware = 1, .hardware_length = ETH_ALEN,
				 .transaction = htonl((uint32_t)number), .flags = htons(0x8000) };
	_cleanup_free_ char *name = strf("client%zu", number);
	size_t at = put_option(packet.options, 0, OPTION_TYPE, &type, 1);

	memset(packet.ethernet.ether_dhost, 0xff, ETH_ALEN);
	mac_of(number, packet.ethernet.ether_shost);
	mac_of(number, packet.chaddr);
	packet.ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .daddr = INADDR_BROADCAST,
				    .tot_len = htons(sizeof packet - sizeof packet.ethernet) };
	packet.ip.check = header_checksum(&packet);
	packet.udp = (struct udphdr){ .uh_sport = htons(68), .uh_dport = htons(67),
				      .uh_ulen = htons(sizeof packet - sizeof packet.ethernet - sizeof packet.ip) };
	memcpy(packet.cookie, COOKIE, 4);
	at = put_option(packet.options, at, OPTION_NAME, name, strlen(name));
	if (offer != NULL) {
		uint32_t address = offer->yours;

		at = put_option(packet.options, at, OPTION_ADDRESS, &address, 4);
		at = put_option(packet.options, at, OPTION_SERVER, &server, 4);
	}
	packet.options[at] = OPTION_END;
	/* one that is lost is sent again */
	(void)send(clients->fd, &packet, sizeof packet, 0);
}

/* An option of an answer of that length; NULL: it has none that is so long. */
static const unsigned char *find_option(const struct packet *packet, size_t length, uint8_t type, size_t wanted)
{
	const unsigned char *options = packet->options;
	size_t end = length - offsetof(struct packet, options);

	for (size_t at = 0; at + 2 <= end && options[at] != OPTION_END; at += options[at] == 0 ? 1 : 2 + (size_t)options[at + 1])
		if (options[at] == type && options[at + 1] == wanted && at + 2 + wanted <= end)
			return options + at + 2;
	return NULL;
}

static void take_answer(struct clients *clients, const struct packet *packet, size_t length)
{
	size_t number = ntohl(packet->transaction);
	uint32_t server;

	if (length < offsetof(struct packet, options) || packet->udp.uh_dport != htons(68) || packet->op != 2 || number >= clients->count)
		return;
	const unsigned char *type = find_option(packet, length, OPTION_TYPE, 1), *who = find_option(packet, length, OPTION_SERVER, 4);

	if (type == NULL || who == NULL || clients->addresses[number] != 0)
		return;
	memcpy(&server, who, 4);
	if (*type == OFFER) {
		ask(clients, number, packet, server);
	} else if (*type == ACK) {
		clients->addresses[number] = ntohl(packet->yours);
		clients->leased++;
	}
}

static void listen_a_while(struct clients *clients)
{
	int64_t until = clock_monotonic_ms() + ASK_AGAIN_MS;

	for (int64_t left = ASK_AGAIN_MS; left > 0 && clients->leased < clients->count; left = until - clock_monotonic_ms()) {
		struct pollfd wait = { .fd = clients->fd, .events = POLLIN };
		union {
			struct packet packet;
			unsigned char bytes[2048];
		} in;

		if (poll(&wait, 1, (int)left) <= 0)
			continue;
		ssize_t got = recv(clients->fd, &in, sizeof in, 0);

		if (got > 0)
			take_answer(clients, &in.packet, (size_t)got);
	}
}

unsigned *dhcp_clients_lease(const char *card, size_t count, int timeout_ms)
{
	struct clients clients = { .fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), .count = count };
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex(card) };
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	ck_assert(clients.fd >= 0 && bind(clients.fd, (struct sockaddr *)&address, sizeof address) == 0);
	clients.addresses = xcalloc(count, sizeof *clients.addresses);
	while (clients.leased < count) {
		ck_assert_msg(clock_monotonic_ms() < deadline, "%zu of %zu clients have a lease", clients.leased, count);
		for (size_t i = 0; i < count; i++)
			if (clients.addresses[i] == 0)
				ask(&clients, i, NULL, 0);
		listen_a_while(&clients);
	}
	cleanup_close(&clients.fd);
	return clients.addresses;
}
