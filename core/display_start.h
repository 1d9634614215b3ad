/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a view begins: virtty-screen as a process, and a connection to a machine's VNC server for it. */
#ifndef CORE_DISPLAY_START_H
#define CORE_DISPLAY_START_H

#include "core/manager.h"
#include "screen/wire.h"

#include <sys/types.h>

/* Starts virtty-screen; the caller reaps it. Our end of its socket pair, -1 on error. */
int display_start(struct manager *manager, const struct machine *machine, pid_t *ret_pid, struct error *err);
/* A socket that is, or will soon be, connected to the machine's VNC server, and its password. Does not wait. -1 on
 * error. */
int display_reach(struct manager *manager, const struct machine *machine, struct wire_connect *ret_connect,
		  struct error *err);

#endif
