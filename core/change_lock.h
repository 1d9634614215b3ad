/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One change at a time to a pool or a network, across processes. */
#ifndef CORE_CHANGE_LOCK_H
#define CORE_CHANGE_LOCK_H

#include "core/manager.h"

/* Waits for it, 30 s at most: ERROR_BUSY then. It goes with the descriptor (owned by the caller), and with the process, however that
 * ends. what: "pool", "network". -1 on error. */
int change_lock(struct manager *manager, const char *what, int64_t id, struct error *err);
/* Removes the file of a lock that the caller has: what it was for is gone, and nothing more is done to it. Whoever waits for it locks another
 * file of that name, and finds nothing. */
void change_lock_remove(struct manager *manager, const char *what, int64_t id);

#endif
