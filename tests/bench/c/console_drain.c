/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a console as fast as it comes, from a keeper's viewer socket or (--raw) from flood_peer itself, after typing
 * one byte. console_drain [--raw] SOCKET SECONDS: prints the bytes that came, the bytes that the peer sent meanwhile,
 * and nanoseconds. */
#include "core/console_frame.h"

#include <inttypes.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define LINE 64

struct count {
	uint64_t bytes, first, last; /* the peer's numbers seen at the two ends */
	bool started;
};

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* The number of the last line that begins in this piece. */
static void take(struct count *count, const char *bytes, size_t length)
{
	count->bytes += length;
	for (size_t i = length; i-- > 0;) {
		char number[17];

		if (bytes[i] != '\n' || length - i < 17)
			continue;
		memcpy(number, bytes + i + 1, 16);
		number[16] = '\0';
		count->last = strtoull(number, NULL, 16);
		if (!count->started) {
			count->first = count->last;
			count->bytes = 0;
			count->started = true;
		}
		return;
	}
}

static void take_frames(struct count *count, struct console_frames *frames, const char *bytes, size_t length)
{
	while (length > 0) {
		struct console_piece piece;
		size_t used = console_frames_feed(frames, bytes, length, &piece);

		if (piece.type == 'd')
			take(count, piece.bytes, piece.length);
		bytes += used;
		length -= used;
	}
}

static int connect_to(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (strlen(path) >= sizeof(a.sun_path))
		return -1;
	memcpy(a.sun_path, path, strlen(path) + 1);
	return fd >= 0 && connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 ? fd : -1;
}

/* Types one byte: as a frame after the right to write was asked for, or as it is. */
static bool type_byte(int fd, bool raw)
{
	static const char framed[] = { 'w', 0, 0, 5, 'f', 'o', 'r', 'c', 'e', 'd', 0, 0, 1, '\r' };

	return raw ? write(fd, "\r", 1) == 1 : write(fd, framed, sizeof(framed)) == sizeof(framed);
}

int main(int argc, char **argv)
{
	static char buffer[262144];
	bool raw = argc == 4 && strcmp(argv[1], "--raw") == 0;
	const char *path = argv[argc - 2];
	struct count count = { 0 };
	struct console_frames frames = { 0 };
	int64_t begin = 0, now = 0, length;
	int fd;

	if (argc != 3 + raw || (fd = connect_to(path)) < 0 || !type_byte(fd, raw)) {
		perror("console_drain");
		return 1;
	}
	length = (int64_t)(strtod(argv[argc - 1], NULL) * 1e9);
	while (begin == 0 || now - begin < length) {
		struct pollfd wait = { .fd = fd, .events = POLLIN };
		ssize_t n = poll(&wait, 1, 10000) > 0 ? read(fd, buffer, sizeof(buffer)) : -1;

		if (n <= 0) {
			fprintf(stderr, "console_drain: %s: nothing comes\n", path);
			return 1;
		}
		now = now_ns();
		if (raw)
			take(&count, buffer, (size_t)n);
		else
			take_frames(&count, &frames, buffer, (size_t)n);
		if (count.started && begin == 0)
			begin = now;
	}
	printf("%" PRIu64 " %" PRIu64 " %" PRId64 "\n", count.bytes, count.last - count.first, now - begin);
	return 0;
}
