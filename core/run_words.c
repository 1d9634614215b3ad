/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words of states and of the reasons for them, with libvirt's numbers: a table a state. */
#include "base/memory.h"
#include "core/run.h"

ENUM_WORDS(run_state, RUN_STATE_COUNT, "no state", "running", "idle", "paused", "in shutdown", "shut off", "crashed", "pmsuspended");

static const char *const running_words[] = {
	"unknown", "booted", "migrated", "restored", "from snapshot", "unpaused", "migration canceled",
	"save canceled", "event wakeup", "crashed", "post-copy", "post-copy failed",
};
static const char *const paused_words[] = {
	"unknown", "user", "migrating", "saving", "dumping", "I/O error", "watchdog", "from snapshot",
	"shutting down", "creating snapshot", "crashed", "starting up", "post-copy", "post-copy failed", "api error",
};
static const char *const shutdown_words[] = { "unknown", "user" };
static const char *const shutoff_words[] = {
	"unknown", "shutdown", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "daemon",
};
static const char *const crashed_words[] = { "unknown", "panicked" };

static const struct {
	const char *const *words;
	size_t count;
} reasons[RUN_STATE_COUNT] = {
	[RUN_RUNNING] = { running_words, ARRAY_LENGTH(running_words) },
	[RUN_PAUSED] = { paused_words, ARRAY_LENGTH(paused_words) },
	[RUN_SHUTDOWN] = { shutdown_words, ARRAY_LENGTH(shutdown_words) },
	[RUN_SHUTOFF] = { shutoff_words, ARRAY_LENGTH(shutoff_words) },
	[RUN_CRASHED] = { crashed_words, ARRAY_LENGTH(crashed_words) },
};

const char *run_reason_word(enum run_state state, int reason)
{
	if ((int)state < 0 || state >= RUN_STATE_COUNT || reason < 0 || (size_t)reason >= reasons[state].count)
		return "unknown";
	return reasons[state].words[reason];
}
