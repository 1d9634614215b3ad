/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small steps that the operations on running machines share. */
#ifndef CORE_LIVE_H
#define CORE_LIVE_H

#include "core/manager.h"

/* "'x' is not running" with the way out. Returns false. */
bool fail_not_running(const struct machine *machine, struct error *err);
/* Is it off, or runs it as another run by now? Gone altogether counts as off. A dead run is cleared. */
bool machine_is_over(struct manager *manager, const struct machine *machine);
/* Has the keeper ask the guest to shut down; returns once the guest was asked. then: "off" (on_poweroff says what follows), "restart",
 * "stay-off". */
bool shutdown_request(struct manager *manager, const struct machine *machine, const char *then, struct error *err);
/* Waits until the state may have changed, a short while, or the deadline (monotonic ms): for loops that look again. */
void wait_for_change(struct manager *manager, int64_t deadline_ms);

#endif
