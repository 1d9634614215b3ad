/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waiting for a condition: how every test waits, so that none sleeps longer than it must or gives up too early. */
#ifndef TESTS_HARNESS_WAIT_H
#define TESTS_HARNESS_WAIT_H

#include "base/clock.h"

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

/* Looks every few milliseconds: true when it came, false when the time is up. */
static inline bool wait_for(bool (*condition)(void *data), void *data, int timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	while (!condition(data)) {
		if (clock_monotonic_ms() > deadline)
			return false;
		poll(NULL, 0, 5);
	}
	return true;
}

#endif
