/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The smallest DHCPv6 client (RFC 8415), for test guests: `dhcp6 INTERFACE MAC [NAME]` asks for one address, with rapid commit, and prints what
 * it was lent. The MAC is who it says to be (DUID-LL); NAME is sent as its name. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SOLICIT = 1, REPLY = 7 };
enum { CLIENT_ID = 1, IA_NA = 3, IA_ADDRESS = 5, ELAPSED = 8, RAPID_COMMIT = 14, FQDN = 39 };
#define TRIES 10

static size_t put_option(unsigned char *at, unsigned type, const void *bytes, size_t length)
{
	at[0] = 0;
	at[1] = (unsigned char)type;
	at[2] = (unsigned char)(length >> 8);
	at[3] = (unsigned char)length;
	memcpy(at + 4, bytes, length);
	return length + 4;
}

static size_t make_solicit(unsigned char *out, const unsigned char mac[6], const char *name)
{
	unsigned char duid[10] = { 0, 3, 0, 1 }, association[12] = { 0, 0, 0, 1 }, fqdn[66] = { 1 };
	size_t length = 4;

	memcpy(out, (unsigned char[]){ SOLICIT, 0x12, 0x34, mac[5] }, 4);
	memcpy(duid + 4, mac, 6);
	length += put_option(out + length, CLIENT_ID, duid, sizeof duid);
	length += put_option(out + length, ELAPSED, "\0", 2);
	length += put_option(out + length, RAPID_COMMIT, "", 0);
	length += put_option(out + length, IA_NA, association, sizeof association);
	if (name != NULL && strlen(name) < 64) {
		/* one label, and no end of the root: a part of a name */
		fqdn[1] = (unsigned char)strlen(name);
		memcpy(fqdn + 2, name, strlen(name));
		length += put_option(out + length, FQDN, fqdn, strlen(name) + 2);
	}
	return length;
}

/* The first option of a type; NULL: there is none. */
static const unsigned char *find_option(const unsigned char *at, size_t length, unsigned type, size_t *ret_length)
{
	while (length >= 4) {
		size_t own = (size_t)(at[2] << 8 | at[3]);

		if (own > length - 4)
			return NULL;
		if ((unsigned)(at[0] << 8 | at[1]) == type) {
			*ret_length = own;
			return at + 4;
		}
		at += own + 4;
		length -= own + 4;
	}
	return NULL;
}

static int print_lease(const unsigned char *answer, size_t length)
{
	const unsigned char *association, *address;
	char text[INET6_ADDRSTRLEN];

	association = length > 4 && answer[0] == REPLY ? find_option(answer + 4, length - 4, IA_NA, &length) : NULL;
	address = association != NULL && length > 12 ? find_option(association + 12, length - 12, IA_ADDRESS, &length) : NULL;
	if (address == NULL || length < 24 || inet_ntop(AF_INET6, address, text, sizeof text) == NULL)
		return 1;
	printf("%s\n", text);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned char mac[6], out[256], in[1500];
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (argc < 3 || sscanf(argv[2], "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5]) != 6)
		return 2;
	unsigned scope = if_nametoindex(argv[1]);
	struct sockaddr_in6 own = { .sin6_family = AF_INET6, .sin6_port = htons(546), .sin6_scope_id = scope };
	struct sockaddr_in6 servers = { .sin6_family = AF_INET6, .sin6_port = htons(547), .sin6_scope_id = scope };

	inet_pton(AF_INET6, "ff02::1:2", &servers.sin6_addr);
	if (bind(fd, (struct sockaddr *)&own, sizeof own) < 0) {
		perror("dhcp6");
		return 1;
	}
	size_t length = make_solicit(out, mac, argc > 3 ? argv[3] : NULL);

	for (int tries = 0; tries < TRIES; tries++) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };

		/* fails as long as the card's own address is being looked for twice: tried again */
		(void)sendto(fd, out, length, 0, (struct sockaddr *)&servers, sizeof servers);
		if (poll(&wait, 1, 1000) <= 0)
			continue;
		ssize_t got = recv(fd, in, sizeof in, 0);

		if (got > 0 && print_lease(in, (size_t)got) == 0)
			return 0;
	}
	fprintf(stderr, "dhcp6: no answer\n");
	return 1;
}
