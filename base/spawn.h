/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs that run beside us: started with a few descriptors, no signal ignored or blocked, and nothing else of ours.
 * What is waited for with its output gathered is process_run(). */
#ifndef BASE_SPAWN_H
#define BASE_SPAWN_H

#include "base/error.h"

#include <sys/types.h>

#define SPAWN_FD  3 /* where a child finds the one descriptor that comes along with the standard three */
#define SPAWN_FDS 4

enum spawn_group {
	SPAWN_GROUP,   /* a process group of its own: Ctrl-C on the terminal is not for it */
	SPAWN_SESSION, /* a session of its own: a terminal that goes away does not end it either */
};

/* Starts argv[0], a path. fds are ours, whichever numbers they have, and become the child's 0 to 3; -1: /dev/null, and
 * for the last one nothing. All others are closed in it. The caller reaps *ret_pid and keeps its descriptors. */
bool spawn(char *const *argv, const int fds[SPAWN_FDS], enum spawn_group group, pid_t *ret_pid, struct error *err);

#endif
