/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child that waits at a gate until its pid is known to the database, then becomes QEMU. */
#ifndef CORE_KEEPER_SPAWN_H
#define CORE_KEEPER_SPAWN_H

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

struct spawned {
	pid_t pid;
	int gate;       /* a byte opens it; closing it ends the child */
	int exec_error; /* gives exec's errno, or EOF when exec went well */
};

/* Forks: a session of its own, stdin from /dev/null, stdout and stderr appended to stderr_path, fds[i] as descriptor numbers[i], nothing
 * else inherited. */
bool spawn_fork(char *const *argv, const int *fds, const int *numbers, size_t fd_count, const char *stderr_path, struct spawned *ret,
		struct error *err);
/* Opens the gate and waits for exec. On failure the child is reaped. */
bool spawn_open(struct spawned *child, const char *program, struct error *err);
/* Closes the gate; the child ends without having been anything, and is reaped. */
void spawn_cancel(struct spawned *child);

#endif
