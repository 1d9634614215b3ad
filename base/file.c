/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: bounded reads, atomic writes, directories. */
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Appends what fd holds, until its end or until more than limit bytes are there; false with errno set. */
static bool read_to_end(int fd, size_t limit, struct strbuf *b)
{
	while (b->length <= limit) {
		size_t chunk = limit - b->length + 1, room = b->capacity > b->length ? b->capacity - b->length - 1 : 0;

		/* the room that is there first: a small file whose size was known needs no more */
		if (chunk > (room ? room : 65536))
			chunk = room ? room : 65536;
		char *to = strbuf_reserve(b, chunk);
		ssize_t n = read(fd, to, chunk);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		if (n == 0)
			break;
		strbuf_commit(b, (size_t)n);
	}
	return true;
}

bool file_read(const char *path, size_t limit, char **ret_text, size_t *ret_length, struct error *err)
{
	bool is_stdin = strcmp(path, "-") == 0;
	const char *shown = is_stdin ? "standard input" : path;
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_close_ int opened = is_stdin ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;

	if (!is_stdin && opened < 0) {
		if (errno == ENOENT)
			return error_set(err, ERROR_NOT_FOUND, "'%s' does not exist", path);
		return error_set_errno(err, errno, "cannot open '%s'", path);
	}
	int fd = is_stdin ? STDIN_FILENO : opened;

	if (fstat(fd, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return error_set(err, ERROR_INVALID, "'%s' is a directory", shown);
		/* room for all of a regular file and the read() that finds its end, at once */
		if (S_ISREG(st.st_mode) && st.st_size > 0 && (uint64_t)st.st_size <= limit)
			strbuf_reserve(&b, (size_t)st.st_size + 1);
	}
	if (!read_to_end(fd, limit, &b))
		return error_set_errno(err, errno, "cannot read '%s'", shown);
	if (b.length > limit) {
		_cleanup_free_ char *size = size_format(limit);

		return error_set(err, ERROR_INVALID, "'%s' is larger than %s", shown, size);
	}
	if (ret_length != NULL)
		*ret_length = b.length;
	*ret_text = strbuf_take(&b);
	return true;
}

char *file_read_line(const char *path)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0 || !read_to_end(fd, 65536, &b))
		return NULL;
	if (b.length > 0 && b.data[b.length - 1] == '\n')
		b.data[b.length - 1] = '\0';
	return strbuf_take(&b);
}

static char *directory_of(const char *path)
{
	_cleanup_free_ char *copy = xstrdup(path);

	return xstrdup(dirname(copy));
}

/* Makes a rename in the directory last through a power cut. Some file systems cannot: nothing is lost by that. */
static void sync_directory(const char *directory)
{
	_cleanup_close_ int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		fsync(fd);
}

static bool replace(const char *path, const void *bytes, size_t length, mode_t mode, bool durable, struct error *err)
{
	_cleanup_free_ char *directory = directory_of(path);
	_cleanup_free_ char *temporary = strf("%s/.virtty-XXXXXX", directory);
	_cleanup_close_ int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd < 0)
		return error_set_errno(err, errno, "cannot write '%s'", path);
	if (fchmod(fd, mode) < 0 || !write_all(fd, bytes, length) || (durable && fsync(fd) < 0) || rename(temporary, path) < 0) {
		int saved = errno;

		unlink(temporary);
		return error_set_errno(err, saved, "cannot write '%s'", path);
	}
	if (durable)
		sync_directory(directory);
	return true;
}

bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
	return replace(path, bytes, length, mode, true, err);
}

bool file_write_volatile(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
	return replace(path, bytes, length, mode, false, err);
}

static bool make_one(const char *path, mode_t mode, struct error *err)
{
	struct stat st;

	if (mkdir(path, mode) == 0)
		return true;
	int saved = errno;

	/* EEXIST, or the answer for a mount point or an autofs home that exists all the same */
	if (stat(path, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return true;
		return error_set(err, ERROR_EXISTS, "'%s' exists and is not a directory", path);
	}
	return error_set_errno(err, saved, "cannot make the directory '%s'", path);
}

bool directory_make(const char *path, mode_t mode, struct error *err)
{
	_cleanup_free_ char *part = xstrdup(path);

	if (path_exists(path))
		return make_one(path, mode, err);
	for (char *slash = part; (slash = strchr(slash + 1, '/')) != NULL;) {
		*slash = '\0';
		if (!make_one(part, mode, err))
			return false;
		*slash = '/';
		slash += strspn(slash, "/") - 1;
	}
	return make_one(path, mode, err);
}

static void cleanup_dir(DIR **directory)
{
	if (*directory != NULL)
		closedir(*directory);
}

/* Empties and removes the directory name under parent; false with errno set. */
static bool remove_below(int parent, const char *name)
{
	_cleanup_close_ int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0)
		return false;
	_cleanup_(cleanup_dir) DIR *directory = fdopendir(fd);

	if (directory == NULL)
		return false;
	int at = TAKE_FD(fd); /* the stream's own now */
	struct dirent *entry;

	while (errno = 0, (entry = readdir(directory)) != NULL) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (unlinkat(at, entry->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno != EISDIR && errno != EPERM)
			return false;
		if (!remove_below(at, entry->d_name) && errno != ENOENT)
			return false;
	}
	if (errno != 0)
		return false;
	return unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT;
}

bool directory_remove(const char *path, struct error *err)
{
	if (remove_below(AT_FDCWD, path) || errno == ENOENT)
		return true;
	return error_set_errno(err, errno, "cannot remove the directory '%s'", path);
}

bool path_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

char *path_absolute(const char *path)
{
	if (path[0] == '/')
		return xstrdup(path);
	_cleanup_free_ char *here = getcwd(NULL, 0);

	/* a working directory that was removed has no name; this one fails where it is used, and says so */
	if (here == NULL || here[0] != '/')
		return strf("/proc/self/cwd/%s", path);
	return strf("%s/%s", strcmp(here, "/") == 0 ? "" : here, path);
}

bool write_all(int fd, const void *bytes, size_t length)
{
	const char *p = bytes;

	while (length > 0) {
		ssize_t n = write(fd, p, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		p += n;
		length -= (size_t)n;
	}
	return true;
}

bool fd_gather(int fd, int timeout_ms, size_t limit, struct strbuf *to)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;
	char buffer[1024];

	for (;;) {
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - clock_monotonic_ms();

		if (left <= 0)
			return false;
		if (poll(&pollfd, 1, (int)left) <= 0)
			continue;
		ssize_t n = read(fd, buffer, sizeof buffer);

		if (n == 0 || (n < 0 && errno != EINTR))
			return true;
		if (n > 0 && to->length < limit)
			strbuf_add(to, buffer, (size_t)n);
	}
}

bool fd_set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK) == 0;
}

bool fd_set_cloexec(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFD);

	return flags >= 0 && fcntl(fd, F_SETFD, on ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC) == 0;
}
