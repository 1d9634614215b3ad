/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long the head of an image takes to be read, opening and closing included. head_time COUNT FILE...: nanoseconds for each of so
 * many times through all of them. */
#include "base/error.h"
#include "storage/image.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static long long now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000000000 + now.tv_nsec;
}

int main(int argc, char **argv)
{
	int count = argc > 2 ? (int)strtol(argv[1], NULL, 10) : 0;

	for (int round = 0; round < count; round++) {
		long long begin = now_ns();

		for (int i = 2; i < argc; i++) {
			struct error err = ERROR_INIT;
			struct image image;
			int fd = open(argv[i], O_RDONLY | O_CLOEXEC);

			if (fd < 0 || !image_read(fd, argv[i], IMAGE_UNKNOWN, &image, &err)) {
				fprintf(stderr, "head_time: %s: %s\n", argv[i], error_text(&err));
				return 1;
			}
			image_clear(&image);
			close(fd);
		}
		printf("%lld\n", (now_ns() - begin) / (argc - 2));
	}
	return 0;
}
