/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small steps that the operations on running machines share. */
#ifndef CORE_LIVE_H
#define CORE_LIVE_H

#include "core/manager.h"

/* "'x' is not running" with the way out. Returns false. */
bool fail_not_running(const struct machine *machine, struct error *err);
/* Waits until the state may have changed, a short while, or the deadline (monotonic ms): for loops that look again. */
void wait_for_change(struct manager *manager, int64_t deadline_ms);

#endif
