/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that live figures of many machines can cost: ask every QMP socket at once, wait for all the answers.
 * bare_stats SOCKET...; answers are printed as they are. */
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

static const char questions[] = "{\"execute\":\"qmp_capabilities\"}\n"
				"{\"execute\":\"query-balloon\"}\n"
				"{\"execute\":\"query-blockstats\"}\n"
				"{\"execute\":\"query-cpus-fast\"}\n";

struct peer {
	int answers; /* lines that were no event: the greeting and four replies are awaited */
	size_t length;
	char line[65536];
};

static int ask(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || strlen(path) >= sizeof(a.sun_path))
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0 || write(fd, questions, sizeof(questions) - 1) < 0)
		return -1;
	return fd;
}

/* False when the peer has gone too early. */
static bool take(struct peer *peer, int fd)
{
	ssize_t n = read(fd, peer->line + peer->length, sizeof(peer->line) - 1 - peer->length);
	char *end;

	if (n <= 0)
		return false;
	peer->length += (size_t)n;
	peer->line[peer->length] = '\0';
	while ((end = memchr(peer->line, '\n', peer->length)) != NULL) {
		size_t used = (size_t)(end + 1 - peer->line);

		if (strncmp(peer->line, "{\"timestamp\"", 12) != 0)
			peer->answers++;
		fwrite(peer->line, 1, used, stdout);
		memmove(peer->line, end + 1, peer->length - used);
		peer->length -= used;
	}
	return true;
}

int main(int argc, char **argv)
{
	size_t count = (size_t)argc - 1, left = count;
	struct pollfd *fds = calloc(count, sizeof(*fds));
	struct peer *peers = calloc(count, sizeof(*peers));

	for (size_t i = 0; i < count; i++) {
		fds[i] = (struct pollfd){ .fd = ask(argv[i + 1]), .events = POLLIN };
		if (fds[i].fd < 0) {
			perror(argv[i + 1]);
			return 1;
		}
	}
	while (left > 0) {
		if (poll(fds, count, 10000) <= 0)
			return 1;
		for (size_t i = 0; i < count; i++) {
			if (fds[i].revents == 0)
				continue;
			if (!take(&peers[i], fds[i].fd))
				return 1;
			if (peers[i].answers == 5) {
				fds[i].fd = -1;
				left--;
			}
		}
	}
	return 0;
}
