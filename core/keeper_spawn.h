/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting a keeper, and handing a machine to it. */
#ifndef CORE_KEEPER_SPAWN_H
#define CORE_KEEPER_SPAWN_H

#include "core/manager.h"

#include <stddef.h>

/* Starts a keeper for a machine that the caller has claimed; the answer is its start socket (owned), -1 on failure. It gets ready while the caller makes
 * its plan; when the socket is closed without a plan it ends, and has done nothing. */
int keeper_spawn(struct manager *manager, int64_t domain_id, int64_t generation, struct error *err);
/* Hands it the plan and QEMU's descriptors (closed here), and waits for "running" or the reason why not (the keeper's own words).
 * ERROR_TIMEOUT: no answer; the keeper goes on. */
bool keeper_hand_over(int start_fd, const char *plan, int *fds, size_t fd_count, struct error *err);
/* What a keeper answers with on its start socket: {"running": true}, or the error in its own words. */
bool keeper_read_outcome(const char *text, struct error *err);
/* Says that on a socket (err NULL: it runs). False: nobody is there to hear it. */
bool keeper_send_outcome(int fd, const struct error *err);
/* Keepers are our children until we end: those that have ended are reaped here. */
void keepers_reap(struct manager *manager);

#endif
