/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machines a list shows, and in which order. */
#ifndef CLI_MACHINE_FILTER_H
#define CLI_MACHINE_FILTER_H

#include "core/manager.h"

/* Bits of one kind widen the choice, kinds narrow it; a kind without a bit lets all through. */
enum {
	FILTER_ACTIVE = 1 << 0,
	FILTER_INACTIVE = 1 << 1,
	FILTER_TRANSIENT = 1 << 2,
	FILTER_PERSISTENT = 1 << 3,
	FILTER_RUNNING = 1 << 4,
	FILTER_PAUSED = 1 << 5,
	FILTER_SHUTOFF = 1 << 6,
	FILTER_OTHER = 1 << 7,
	FILTER_AUTOSTART = 1 << 8,
	FILTER_NO_AUTOSTART = 1 << 9,
};

/* Keeps the machines that fit at the front, clears the others, and returns how many there are. */
size_t machines_filter(struct machine *machines, size_t count, unsigned filter);
/* As virsh: those with an id first, by id; then by name, without regard to case. */
void machines_sort(struct machine *machines, size_t count);

#endif
