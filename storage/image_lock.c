/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's image locks (block/file-posix.c): byte 100 + p is locked by who uses permission p, byte 200 + p by who lets
 * nobody else use it. */
#include "storage/image.h"

#include "base/memory.h"
#include "base/text.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#define USED_BASE     100
#define UNSHARED_BASE 200
enum { PERM_CONSISTENT_READ = 0, PERM_WRITE = 1, PERM_RESIZE = 3 };

static bool is_locked(int fd, off_t byte)
{
	/* QEMU's locks are read locks: asking for a write lock finds each of them. */
	struct flock lock = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	return fcntl(fd, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

/* Has the process this very file open? */
static bool has_open(const char *pid, const struct stat *file)
{
	_cleanup_free_ char *path = strf("/proc/%s/fd", pid);
	DIR *directory = opendir(path);
	const struct dirent *entry;
	bool found = false;

	if (!directory)
		return false;
	while (!found && (entry = readdir(directory))) {
		struct stat st;

		found = fstatat(dirfd(directory), entry->d_name, &st, 0) == 0 && st.st_dev == file->st_dev &&
			st.st_ino == file->st_ino;
	}
	closedir(directory);
	return found;
}

/* Locks of open file descriptions have no pid in /proc/locks: who has the file open is looked for. Only asked for a
 * message. */
static pid_t find_holder(int fd)
{
	DIR *directory = opendir("/proc");
	const struct dirent *entry;
	struct stat file;
	pid_t holder = 0;

	if (!directory)
		return 0;
	while (!holder && fstat(fd, &file) == 0 && (entry = readdir(directory))) {
		uint64_t pid;

		if (text_to_uint(entry->d_name, false, &pid) && (pid_t)pid != getpid() &&
		    has_open(entry->d_name, &file))
			holder = (pid_t)pid;
	}
	closedir(directory);
	return holder;
}

static bool take(int fd, off_t byte)
{
	struct flock lock = { .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1 };

	/* Some file systems know no such locks: then there is nothing to be kept out. */
	return fcntl(fd, F_OFD_SETLK, &lock) == 0 || (errno != EAGAIN && errno != EACCES);
}

bool image_lock(int fd, bool writable, const char *path, struct error *err)
{
	bool taken = take(fd, USED_BASE + PERM_CONSISTENT_READ) && take(fd, UNSHARED_BASE + PERM_WRITE) &&
		     take(fd, UNSHARED_BASE + PERM_RESIZE);
	int pid = 0;

	if (taken && writable)
		taken = take(fd, USED_BASE + PERM_WRITE) && take(fd, USED_BASE + PERM_RESIZE) &&
			take(fd, UNSHARED_BASE + PERM_CONSISTENT_READ);
	/* Taken first and looked around then, as QEMU does: of two that come at once one at least sees the other. */
	if (taken && !image_in_use(fd, writable, &pid))
		return true;
	if (pid != 0)
		return error_set(err, ERROR_BUSY, "'%s' is in use (pid %d)", path, pid);
	return error_set(err, ERROR_BUSY, "'%s' is in use", path);
}

bool image_in_use(int fd, bool writable, int *ret_pid)
{
	/* To be let in: nobody keeps what we use for himself, nobody uses what we keep for ourselves. */
	bool conflict = is_locked(fd, UNSHARED_BASE + PERM_CONSISTENT_READ) || is_locked(fd, USED_BASE + PERM_WRITE) ||
			is_locked(fd, USED_BASE + PERM_RESIZE);

	if (!conflict && writable)
		conflict = is_locked(fd, UNSHARED_BASE + PERM_WRITE) || is_locked(fd, UNSHARED_BASE + PERM_RESIZE);
	*ret_pid = conflict ? find_holder(fd) : 0;
	return conflict;
}
