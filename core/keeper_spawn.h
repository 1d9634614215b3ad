/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting a keeper, and handing a machine to it. */
#ifndef CORE_KEEPER_SPAWN_H
#define CORE_KEEPER_SPAWN_H

#include "core/manager.h"

#include <stddef.h>

/* Starts a keeper, sends it the plan and its descriptors, and waits for "running" or the reason why not (the keeper's own words).
 * ERROR_TIMEOUT: no answer; the keeper goes on. */
bool keeper_spawn(struct manager *manager, int64_t domain_id, int64_t generation, const char *plan, int *fds, size_t fd_count, struct error *err);
/* Keepers are our children until we end: those that have ended are reaped here. */
void keepers_reap(struct manager *manager);

#endif
