/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends an Ethernet frame as it stands, from a test guest: `frame INTERFACE HEX [COUNT]`, COUNT 0: for ever. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int digit(char c)
{
	const char *digits = "0123456789abcdef", *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

int main(int argc, char **argv)
{
	unsigned char bytes[ETH_FRAME_LEN];
	size_t length = 0;

	if (argc < 3)
		return 2;
	for (const char *p = argv[2]; *p != '\0'; p += 2) {
		int high = digit(p[0]), low = high < 0 ? -1 : digit(p[1]);

		if (low < 0 || length == sizeof bytes)
			return 2;
		bytes[length++] = (unsigned char)(high << 4 | low);
	}
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(argv[1]) };
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
	unsigned long count = argc > 3 ? strtoul(argv[3], NULL, 10) : 1;

	for (unsigned long i = 0; count == 0 || i < count; i++) {
		/* a full queue is no end: only one that was asked for a few frames says so */
		if (sendto(fd, bytes, length, 0, (struct sockaddr *)&to, sizeof to) < 0 && count != 0) {
			perror("frame");
			return 1;
		}
	}
	return 0;
}
