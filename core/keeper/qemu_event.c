/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU's events and states mean: one row an event, one row a state. */
#include "core/keeper/qemu.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/keeper/crash.h"
#include "core/keeper/record.h"

#include <stdio.h>
#include <string.h>

#define BALLOON_NOTE_MS 60000

/* The first reason is the true one: a machine that is kept after its poweroff may be ended later by somebody else. */
static void set_shutdown(struct qemu_story *story, const char *reason)
{
	if (story->shutdown[0] == '\0' || reason[0] == '\0')
		snprintf(story->shutdown, sizeof story->shutdown, "%s", reason);
}

static void on_shutdown(struct keeper *keeper, struct json_object *data)
{
	bool guest = json_get_bool(data, "guest", false);

	set_shutdown(qemu_story(keeper), json_get_string(data, "reason", guest ? "guest-shutdown" : "host-signal"));
	if (keeper->destroy_asked || keeper->phase == KEEPER_STARTING)
		return; /* its end will be told, and says more */
	record_guest_event(keeper, "lifecycle",
			   guest ? "Shutdown Finished after guest request" : "Shutdown Finished after host request", NULL);
	keeper_set_state(keeper, RUN_SHUTDOWN, REASON_SHUTDOWN_USER);
}

static void on_stop(struct keeper *keeper, struct json_object *data)
{
	static const char *const words[] = {
		[REASON_PAUSED_USER] = "Suspended Paused",
		[REASON_PAUSED_IOERROR] = "Suspended I/O Error",
		[REASON_PAUSED_WATCHDOG] = "Suspended Watchdog",
		[REASON_PAUSED_SHUTTING_DOWN] = "Suspended Paused",
	};
	struct qemu_story *story = qemu_story(keeper);
	int reason = story->stop_reason != 0 ? story->stop_reason : REASON_PAUSED_USER;

	(void)data;
	if (story->crashed_state)
		return; /* GUEST_PANICKED has said it */
	if (story->shutdown[0] != '\0')
		reason = REASON_PAUSED_SHUTTING_DOWN;
	story->stop_reason = 0;
	record_guest_event(keeper, "lifecycle", words[reason], NULL);
	keeper_set_state(keeper, RUN_PAUSED, reason);
	if (reason != REASON_PAUSED_SHUTTING_DOWN)
		return;
	/* on_poweroff preserves it: the guest has done what it was asked; what was said to follow goes before */
	if (keeper->shutdown_then != THEN_POLICY)
		shutdown_end(keeper, false);
	else if (keeper->shutdown_asked_ms != 0) {
		shutdown_forget(keeper);
		keeper_note_detail(keeper);
	}
}

static void on_resume(struct keeper *keeper, struct json_object *data)
{
	struct qemu_story *story = qemu_story(keeper);

	(void)data;
	/* a machine that was kept after its poweroff or panic goes on: what was said before is past */
	set_shutdown(story, "");
	story->crashed_state = false;
	story->stop_reason = 0;
	if (keeper->state == RUN_PMSUSPENDED)
		return; /* WAKEUP says it */
	record_guest_event(keeper, "lifecycle", "Resumed Unpaused", NULL);
	keeper_set_state(keeper, RUN_RUNNING, REASON_RUNNING_UNPAUSED);
}

static void on_reset(struct keeper *keeper, struct json_object *data)
{
	struct qemu_story *story = qemu_story(keeper);

	story->panicked = false;
	set_shutdown(story, "");
	record_guest_event(keeper, "reboot", json_get_bool(data, "guest", false) ? "by the guest" : "by the host", NULL);
	if (keeper->state == RUN_PMSUSPENDED)
		keeper_set_state(keeper, RUN_RUNNING, REASON_RUNNING_BOOTED);
}

static void on_panicked(struct keeper *keeper, struct json_object *data)
{
	const char *action = json_get_string(data, "action", "pause");

	qemu_story(keeper)->panicked = true;
	record_guest_event(keeper, "lifecycle", "Crashed Panicked", json_get_string(data, "info/type", NULL));
	if (!text_equal(action, "pause"))
		return; /* it goes on, or SHUTDOWN follows */
	qemu_story(keeper)->crashed_state = true;
	keeper_set_state(keeper, RUN_CRASHED, REASON_CRASHED_PANICKED);
	crash_paused(keeper);
}

static void on_crashloaded(struct keeper *keeper, struct json_object *data)
{
	(void)data;
	record_guest_event(keeper, "lifecycle", "Crashed Crashloaded", NULL);
}

static void on_suspend(struct keeper *keeper, struct json_object *data)
{
	(void)data;
	record_guest_event(keeper, "lifecycle", "PMSuspended Memory", NULL);
	keeper_set_state(keeper, RUN_PMSUSPENDED, 0);
}

static void on_suspend_disk(struct keeper *keeper, struct json_object *data)
{
	(void)data;
	record_guest_event(keeper, "lifecycle", "PMSuspended Disk", NULL);
}

static void on_wakeup(struct keeper *keeper, struct json_object *data)
{
	(void)data;
	record_guest_event(keeper, "lifecycle", "Started Event wakeup", NULL);
	keeper_set_state(keeper, RUN_RUNNING, REASON_RUNNING_WAKEUP);
}

static void on_io_error(struct keeper *keeper, struct json_object *data)
{
	const char *device = json_get_string(data, "device", ""), *action = json_get_string(data, "action", "report");
	_cleanup_free_ char *detail = strf("%s failed: %s (%s)", json_get_string(data, "operation", "an operation"),
					   json_get_string(data, "reason", "no reason given"), action);

	if (text_equal(action, "stop"))
		qemu_story(keeper)->stop_reason = REASON_PAUSED_IOERROR;
	record_guest_event(keeper, "io-error", text_empty(device) ? json_get_string(data, "node-name", "?") : device, detail);
}

static void on_watchdog(struct keeper *keeper, struct json_object *data)
{
	const char *action = json_get_string(data, "action", "none");

	if (text_equal(action, "pause"))
		qemu_story(keeper)->stop_reason = REASON_PAUSED_WATCHDOG;
	record_guest_event(keeper, "watchdog", action, NULL);
}

static void on_rtc_change(struct keeper *keeper, struct json_object *data)
{
	char offset[32];

	snprintf(offset, sizeof offset, "%lld", (long long)json_get_int(data, "offset", 0));
	record_guest_event(keeper, "rtc-change", offset, NULL);
}

static void on_device_deleted(struct keeper *keeper, struct json_object *data)
{
	const char *device = json_get_string(data, "device", NULL);

	if (device == NULL)
		return;
	record_event(keeper, "device-removed", device, NULL);
	catch_up_note(keeper);
}

static void on_balloon_change(struct keeper *keeper, struct json_object *data)
{
	int64_t now = clock_monotonic_ms();
	char kib[32];

	if (keeper->balloon_noted_ms != 0 && now - keeper->balloon_noted_ms < BALLOON_NOTE_MS)
		return;
	keeper->balloon_noted_ms = now;
	snprintf(kib, sizeof kib, "%lld", (long long)(json_get_int(data, "actual", 0) / 1024));
	record_guest_event(keeper, "balloon-change", kib, NULL);
}

static const struct {
	const char *name;
	void (*handle)(struct keeper *keeper, struct json_object *data);
} events[] = {
	{ "SHUTDOWN", on_shutdown },
	{ "STOP", on_stop },
	{ "RESUME", on_resume },
	{ "RESET", on_reset },
	{ "GUEST_PANICKED", on_panicked },
	{ "GUEST_CRASHLOADED", on_crashloaded },
	{ "SUSPEND", on_suspend },
	{ "SUSPEND_DISK", on_suspend_disk },
	{ "WAKEUP", on_wakeup },
	{ "BLOCK_IO_ERROR", on_io_error },
	{ "WATCHDOG", on_watchdog },
	{ "RTC_CHANGE", on_rtc_change },
	{ "DEVICE_DELETED", on_device_deleted },
	{ "BALLOON_CHANGE", on_balloon_change },
};

void qemu_event(struct keeper *keeper, const char *name, struct json_object *data)
{
	/* of a machine that only begins to run, keeper_started() tells; why it failed is still wanted */
	if (keeper->phase == KEEPER_STARTING && !text_equal(name, "SHUTDOWN") && !text_equal(name, "GUEST_PANICKED"))
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(events); i++)
		if (text_equal(name, events[i].name))
			events[i].handle(keeper, data);
}

/* ---- the state, when it was asked ---- */

/* QEMU's RunState words: our state, and the event that must have been missed when we thought otherwise. */
static const struct {
	const char *word;
	enum run_state state;
	int reason;
	const char *missed;
} states[] = {
	{ "running", RUN_RUNNING, REASON_RUNNING_UNPAUSED, "Resumed Unpaused" },
	{ "paused", RUN_PAUSED, REASON_PAUSED_USER, "Suspended Paused" },
	{ "prelaunch", RUN_PAUSED, REASON_PAUSED_USER, "Suspended Paused" },
	{ "io-error", RUN_PAUSED, REASON_PAUSED_IOERROR, "Suspended I/O Error" },
	{ "watchdog", RUN_PAUSED, REASON_PAUSED_WATCHDOG, "Suspended Watchdog" },
	{ "shutdown", RUN_PAUSED, REASON_PAUSED_SHUTTING_DOWN, "Shutdown Finished" },
	{ "suspended", RUN_PMSUSPENDED, 0, "PMSuspended Memory" },
	{ "guest-panicked", RUN_CRASHED, REASON_CRASHED_PANICKED, "Crashed Panicked" },
	{ "internal-error", RUN_PAUSED, REASON_PAUSED_UNKNOWN, "Suspended Paused" },
};

void qemu_state_word(struct keeper *keeper, const char *word)
{
	for (size_t i = 0; i < ARRAY_LENGTH(states); i++) {
		if (!text_equal(word, states[i].word))
			continue;
		/* within a state the recorded reason knows more than QEMU's word, if it is about the same */
		if (keeper->state != states[i].state) {
			record_event(keeper, "lifecycle", states[i].missed, "seen when the keeper took over");
			keeper_set_state(keeper, states[i].state, states[i].reason);
		}
		if (states[i].state == RUN_CRASHED) {
			qemu_story(keeper)->panicked = true;
			qemu_story(keeper)->crashed_state = true;
			crash_paused(keeper);
		}
		return;
	}
}
