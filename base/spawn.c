/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts a program by posix_spawn(), which does not copy our memory as fork() would. */
#include "base/spawn.h"

#include "base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

/* other libcs do not have it */
#ifndef __GLIBC_PREREQ
#define __GLIBC_PREREQ(major, minor) 0
#endif

extern char **environ;

/* Out of the way of the child's own numbers, which ours may have where one of them was closed when we were started. */
static bool lift(const int fds[SPAWN_FDS], int lifted[SPAWN_FDS])
{
	for (int i = 0; i < SPAWN_FDS; i++)
		if (fds[i] >= 0 && (lifted[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, SPAWN_FDS)) < 0)
			return false;
	return true;
}

static void set_descriptors(posix_spawn_file_actions_t *actions, const int fds[SPAWN_FDS])
{
	int kept = fds[SPAWN_FD] >= 0 ? SPAWN_FDS : SPAWN_FD;

	posix_spawn_file_actions_init(actions);
	for (int i = 0; i < kept; i++) {
		if (fds[i] >= 0)
			posix_spawn_file_actions_adddup2(actions, fds[i], i);
		else
			posix_spawn_file_actions_addopen(actions, i, "/dev/null", i == 0 ? O_RDONLY : O_WRONLY, 0);
	}
#if __GLIBC_PREREQ(2, 34)
	/* Ours are close-on-exec; this is for what we were started with: a leaked descriptor must not live as long as
	 * a machine. */
	posix_spawn_file_actions_addclosefrom_np(actions, kept);
#endif
}

static void set_attributes(posix_spawnattr_t *attributes, enum spawn_group group)
{
	short grouping = group == SPAWN_SESSION ? POSIX_SPAWN_SETSID : POSIX_SPAWN_SETPGROUP;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_init(attributes);
	posix_spawnattr_setflags(attributes, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | grouping));
	posix_spawnattr_setsigmask(attributes, &none);
	posix_spawnattr_setsigdefault(attributes, &all);
}

bool spawn(char *const *argv, const int fds[SPAWN_FDS], enum spawn_group group, pid_t *ret_pid, struct error *err)
{
	int lifted[SPAWN_FDS] = { -1, -1, -1, -1 }, failed;
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;

	if (lift(fds, lifted)) {
		set_descriptors(&actions, lifted);
		set_attributes(&attributes, group);
		failed = posix_spawn(ret_pid, argv[0], &actions, &attributes, argv, environ);
		posix_spawnattr_destroy(&attributes);
		posix_spawn_file_actions_destroy(&actions);
	} else {
		failed = errno;
	}
	for (int i = 0; i < SPAWN_FDS; i++)
		cleanup_close(&lifted[i]);
	return failed == 0 || error_set_errno(err, failed, "cannot run '%s'", argv[0]);
}
