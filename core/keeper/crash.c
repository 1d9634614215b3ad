/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows when a guest's kernel has panicked and QEMU keeps it as it is. */
#include "core/keeper/crash.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"

#include <string.h>

static void on_dumped(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct keeper *keeper = userdata;

	(void)qmp;
	if (reply == NULL)
		record_event(keeper, "core-dump", "failed", error_text(err));
	shutdown_end(keeper, false);
}

/* LOGS/<row>/core-<time>: beside the consoles' logs. */
static char *dump_path(const struct keeper *keeper)
{
	const char *slash = strrchr(keeper->plan.stderr_path, '/');
	int directory = slash == NULL ? 0 : (int)(slash - keeper->plan.stderr_path) + 1;

	return strf("%.*score-%lld", directory, keeper->plan.stderr_path, (long long)(clock_wall_ms() / 1000));
}

static void dump(struct keeper *keeper)
{
	struct json_object *arguments = json_object_new_object();
	_cleanup_free_ char *path = dump_path(keeper), *protocol = strf("file:%s", path);

	json_set_bool(arguments, "paging", false);
	json_set_string(arguments, "protocol", protocol);
	record_event(keeper, "core-dump", "begun", path);
	qemu_send(keeper, "dump-guest-memory", arguments, on_dumped, keeper);
}

void crash_paused(struct keeper *keeper)
{
	switch (keeper->plan.on_crash) {
	case PLAN_PRESERVE:
		break;
	case PLAN_COREDUMP_DESTROY:
	case PLAN_COREDUMP_RESTART:
		dump(keeper);
		break;
	case PLAN_DESTROY:
	case PLAN_RESTART:
	case PLAN_RENAME_RESTART:
	case PLAN_ACTION_COUNT:
		shutdown_end(keeper, false);
		break;
	}
}
