/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Time: the clocks, and how a moment and a duration read. */
#include "base/clock.h"
#include "base/memory.h"

#include <inttypes.h>
#include <time.h>

static int64_t clock_ms(clockid_t id)
{
	struct timespec now;

	if (clock_gettime(id, &now) < 0)
		return 0;
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t clock_wall_ms(void)
{
	return clock_ms(CLOCK_REALTIME);
}

int64_t clock_monotonic_ms(void)
{
	return clock_ms(CLOCK_MONOTONIC);
}

int64_t clock_boot_ms(void)
{
	return clock_ms(CLOCK_BOOTTIME);
}

char *clock_text(int64_t wall_ms)
{
	/* round down, before 1970 as well */
	time_t seconds = (time_t)(wall_ms / 1000 - (wall_ms % 1000 < 0 ? 1 : 0));
	struct tm local;
	char text[64];

	if (localtime_r(&seconds, &local) == NULL || strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &local) == 0)
		return xstrdup("?");
	return xstrdup(text);
}

static char *two_units(int64_t big, const char *big_unit, int64_t small, const char *small_unit)
{
	if (small == 0)
		return strf("%" PRId64 " %s", big, big_unit);
	return strf("%" PRId64 " %s %" PRId64 " %s", big, big_unit, small, small_unit);
}

char *clock_duration(int64_t ms)
{
	int64_t seconds = ms > 0 ? ms / 1000 : 0;
	int64_t minutes = seconds / 60;
	int64_t hours = minutes / 60;

	if (minutes == 0)
		return strf("%" PRId64 " s", seconds);
	if (hours == 0)
		return strf("%" PRId64 " min", minutes);
	if (hours < 24)
		return two_units(hours, "h", minutes % 60, "min");
	return two_units(hours / 24, "d", hours % 24, "h");
}
