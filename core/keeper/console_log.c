/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A console's log. */
#include "core/keeper/console_log.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#define COPY_SIZE 16384

static int64_t size_of(int fd)
{
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) ? st.st_size : 0;
}

static int open_log(const char *path, bool old)
{
	_cleanup_free_ char *moved = old ? strf("%s.1", path) : NULL;

	return open(old ? moved : path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

int64_t console_log_size(const char *path)
{
	_cleanup_close_ int fd = open_log(path, false);

	return size_of(fd);
}

int64_t console_log_lowest(const char *path)
{
	_cleanup_close_ int fd = open_log(path, true);

	return -size_of(fd);
}

ssize_t console_log_read(const char *path, int64_t offset, char *bytes, size_t length)
{
	_cleanup_close_ int fd = open_log(path, offset < 0);

	if (fd < 0)
		return 0;
	if (offset < 0) {
		int64_t from = size_of(fd) + offset;

		/* not beyond the seam: what follows lies in the log itself */
		if ((int64_t)length > -offset)
			length = (size_t)-offset;
		return from < 0 ? 0 : pread(fd, bytes, length, from);
	}
	return pread(fd, bytes, length, offset);
}

/* Copies to the end of the file, which may grow meanwhile. */
static int64_t copy(int from, int to)
{
	char bytes[COPY_SIZE];
	int64_t total = 0;

	for (;;) {
		ssize_t n = pread(from, bytes, sizeof bytes, total);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 || !write_all(to, bytes, n > 0 ? (size_t)n : 0))
			return -1;
		if (n == 0)
			return total;
		total += n;
	}
}

int64_t console_log_rotate(const char *path)
{
	_cleanup_free_ char *moved = strf("%s.1", path);
	_cleanup_close_ int from = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	_cleanup_close_ int to = open(moved, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	int64_t total = from < 0 || to < 0 ? -1 : copy(from, to);

	/* QEMU appends, so it goes on at the file's new end */
	if (total < 0 || ftruncate(from, 0) < 0)
		return 0;
	return total;
}
