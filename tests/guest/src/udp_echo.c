/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends what comes to a UDP port back to where it came from, for test guests: `udp_echo PORT`. Over IPv4 and IPv6. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv)
{
	struct sockaddr_in6 at = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_ANY_INIT };
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (argc != 2)
		return 2;
	at.sin6_port = htons((uint16_t)strtoul(argv[1], NULL, 10));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof at) < 0)
		return 1;
	for (;;) {
		struct sockaddr_in6 from;
		socklen_t size = sizeof from;
		char bytes[2048];
		ssize_t length = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);

		if (length > 0)
			(void)!sendto(fd, bytes, (size_t)length, 0, (struct sockaddr *)&from, size);
	}
}
