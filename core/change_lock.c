/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Locks on files of the run directory. */
#include "core/change_lock.h"

#include "base/file.h"
#include "base/memory.h"
#include "core/manager_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_LIMIT_MS 30000
#define LOCK_STEP_MS  20

static char *lock_path(struct manager *manager, const char *what, int64_t id)
{
	return strf("%s/%s-%" PRId64 ".lock", manager->paths.run, what, id);
}

/* Is it the file of that name still? Who had the lock before may have removed it, and others lock the next one. */
static bool is_current(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

int change_lock(struct manager *manager, const char *what, int64_t id, struct error *err)
{
	_cleanup_free_ char *path = lock_path(manager, what, id);

	if (!paths_make(&manager->paths, err))
		return -1;
	for (int waited = 0;; waited += LOCK_STEP_MS) {
		_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
		bool locked = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0;

		if (locked && is_current(fd, path))
			return TAKE_FD(fd);
		if (fd < 0 || (!locked && errno != EWOULDBLOCK && errno != EINTR)) {
			error_set_errno(err, errno, "cannot lock the %s: '%s'", what, path);
			return -1;
		}
		if (waited >= LOCK_LIMIT_MS) {
			error_set(err, ERROR_BUSY, "the %s is being changed by another process", what);
			return -1;
		}
		if (!locked)
			(void)poll(NULL, 0, LOCK_STEP_MS);
	}
}

void change_lock_remove(struct manager *manager, const char *what, int64_t id)
{
	_cleanup_free_ char *path = lock_path(manager, what, id);

	unlink(path);
}
