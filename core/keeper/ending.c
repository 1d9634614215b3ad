/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why QEMU ended. */
#include "core/keeper/ending.h"

#include "base/memory.h"
#include "base/text.h"
#include "core/keeper/qemu.h"

#include <sys/wait.h>

static const struct {
	int reason;
	const char *what;
} words[ENDING_COUNT] = {
	[ENDING_OFF] = { REASON_SHUTOFF_SHUTDOWN, "Stopped Shutdown" },
	[ENDING_RESET] = { REASON_SHUTOFF_SHUTDOWN, "Stopped Shutdown" },
	[ENDING_HOST] = { REASON_SHUTOFF_DESTROYED, "Stopped Destroyed" },
	[ENDING_CRASH] = { REASON_SHUTOFF_CRASHED, "Stopped Crashed" },
	[ENDING_FAILED] = { REASON_SHUTOFF_FAILED, "Stopped Failed" },
	[ENDING_UNKNOWN] = { REASON_SHUTOFF_UNKNOWN, "Stopped Failed" },
};

/* The reasons of QEMU's SHUTDOWN event. */
static const struct {
	const char *reason;
	enum ending_kind kind;
} shutdowns[] = {
	{ "guest-shutdown", ENDING_OFF },       { "guest-reset", ENDING_RESET }, { "host-qmp-system-reset", ENDING_RESET },
	{ "subsystem-reset", ENDING_RESET },    { "guest-panic", ENDING_CRASH }, { "host-qmp-quit", ENDING_HOST },
	{ "host-signal", ENDING_HOST },         { "host-ui", ENDING_HOST },      { "host-error", ENDING_FAILED },
};

static enum ending_kind kind_of(struct keeper *keeper, bool known, int status)
{
	const struct qemu_story *story = qemu_story(keeper);

	if (keeper->destroy_asked)
		return ENDING_HOST;
	/* a panicked guest that was kept, and is ended by us now */
	if (story->panicked && story->crashed_state)
		return ENDING_CRASH;
	if (known && WIFSIGNALED(status))
		return ENDING_CRASH;
	for (size_t i = 0; i < ARRAY_LENGTH(shutdowns); i++)
		if (text_equal(story->shutdown, shutdowns[i].reason))
			return shutdowns[i].kind;
	if (known)
		return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? ENDING_OFF : ENDING_FAILED;
	/* not our child: who would have heard its SHUTDOWN, and did not, knows that it died */
	return story->connected ? ENDING_CRASH : ENDING_UNKNOWN;
}

struct ending ending_of(struct keeper *keeper, bool known, int status)
{
	enum ending_kind kind = kind_of(keeper, known, status);
	struct ending ending = { .kind = kind, .reason = words[kind].reason, .what = words[kind].what };
	enum plan_action action = PLAN_DESTROY;

	if (kind == ENDING_OFF)
		action = keeper->plan.on_poweroff;
	else if (kind == ENDING_RESET)
		action = keeper->plan.on_reboot;
	else if (kind == ENDING_CRASH)
		action = keeper->plan.on_crash;
	ending.restart = action == PLAN_RESTART || action == PLAN_RENAME_RESTART || action == PLAN_COREDUMP_RESTART;
	return ending;
}
