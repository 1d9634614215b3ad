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
#include <unistd.h>

#define LOCK_LIMIT_MS 30000
#define LOCK_STEP_MS  20

int change_lock(struct manager *manager, const char *what, int64_t id, struct error *err)
{
	_cleanup_free_ char *path = strf("%s/%s-%" PRId64 ".lock", manager->paths.run, what, id);
	_cleanup_close_ int fd = -1;

	if (!paths_make(&manager->paths, err))
		return -1;
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0) {
		error_set_errno(err, errno, "cannot lock the %s: '%s'", what, path);
		return -1;
	}
	for (int waited = 0; flock(fd, LOCK_EX | LOCK_NB) < 0; waited += LOCK_STEP_MS) {
		if (errno != EWOULDBLOCK && errno != EINTR) {
			error_set_errno(err, errno, "cannot lock the %s: '%s'", what, path);
			return -1;
		}
		if (waited >= LOCK_LIMIT_MS) {
			error_set(err, ERROR_BUSY, "the %s is being changed by another process", what);
			return -1;
		}
		(void)poll(NULL, 0, LOCK_STEP_MS);
	}
	return TAKE_FD(fd);
}
