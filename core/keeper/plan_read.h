/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan as the keeper uses it: read from its JSON, kept in the run directory for a keeper that adopts. */
#ifndef CORE_KEEPER_PLAN_READ_H
#define CORE_KEEPER_PLAN_READ_H

#include "base/enum.h"
#include "base/error.h"
#include "core/keeper/plan.h"

#include <stddef.h>
#include <stdint.h>

enum plan_action { PLAN_DESTROY, PLAN_RESTART, PLAN_PRESERVE, PLAN_RENAME_RESTART, PLAN_COREDUMP_DESTROY, PLAN_COREDUMP_RESTART, PLAN_ACTION_COUNT };
ENUM_DECLARE(plan_action);

struct plan_console {
	char *name, *id, *socket, *viewer, *log; /* owned */
	bool pty;
};

/* Strings are owned. */
struct plan_data {
	bool adopt;
	int64_t domain, generation, run_id;
	char *name, *uuid;
	char *database, *virtty, *directory, *qmp, *stderr_path, *accel, *vnc;
	char **argv;               /* dropped after QEMU was started */
	int fd_numbers[PLAN_FD_LIMIT];
	size_t fd_count;
	struct json_object *setup; /* owned array, may be NULL; dropped after use */
	bool paused;
	enum plan_action on_poweroff, on_reboot, on_crash;
	struct plan_console *consoles;
	size_t console_count;
};

/* Reads a plan's text. An adopting one is completed from plan.json in its directory. */
bool plan_read(struct plan_data *ret, const char *text, struct error *err);
void plan_data_clear(struct plan_data *plan);
/* Puts the text into the directory as plan.json, 0600: whole or not at all, but not flushed to disk (a boot later it means nothing). */
bool plan_write(const struct plan_data *plan, const char *text, struct error *err);

#endif
