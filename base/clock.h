/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time: wall clock for history, monotonic for limits, that since the start of the host for what another process has to keep. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

int64_t clock_wall_ms(void);      /* since 1970 */
int64_t clock_monotonic_ms(void);
int64_t clock_boot_ms(void); /* since the host started, sleep included */
/* "2026-03-01 14:05:09" in local time. Owned. */
char *clock_text(int64_t wall_ms);
/* "3 s", "12 min", "5 h 20 min", "3 d 4 h": an uptime. Owned. */
char *clock_duration(int64_t ms);

#endif
