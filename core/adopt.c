/* SPDX-License-Identifier: GPL-2.0-or-later */
/* domain_control(): a live keeper for a live machine. An orphan gets a new one first; of several who try, one adopts and the others use it. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "core/keeper/plan.h"
#include "core/keeper_renew.h"
#include "core/keeper_spawn.h"
#include "core/live.h"
#include "core/manager_internal.h"

#include <poll.h>
#include <string.h>

#define ADOPT_LIMIT_MS 30000
/* A change is told by inotify; this is for one that was missed. */
#define LOOK_MS 200

bool fail_not_running(const struct machine *machine, struct error *err)
{
	error_set(err, ERROR_STATE, "'%s' is not running", machine->name);
	return error_hint(err, "'virtty start %s' starts it", machine->name);
}

void wait_for_change(struct manager *manager, int64_t deadline_ms)
{
	int64_t left = deadline_ms - clock_monotonic_ms();
	struct pollfd pollfd = { .fd = manager_watch(manager, NULL), .events = POLLIN };

	if (left <= 0)
		return;
	poll(&pollfd, pollfd.fd >= 0 ? 1 : 0, (int)(left < LOOK_MS ? left : LOOK_MS));
	manager_changed(manager);
}

static bool fail_stopped(const struct machine *machine, struct error *err)
{
	int pid = (int)machine->run.holder.pid;

	error_set(err, ERROR_BUSY, "the keeper of '%s' (pid %d) is stopped", machine->name, pid);
	return error_hint(err, "kill -CONT %d wakes it; or kill -9 %d: the machine runs on, and the next command starts a new keeper", pid, pid);
}

/* The plan of an adoption: the rest is in the machine's own plan.json. */
static char *adopt_plan(struct manager *manager, const struct machine *machine, int64_t generation)
{
	_cleanup_json_ struct json_object *plan = json_object_new_object();
	_cleanup_free_ char *directory = machine_run_directory(manager, machine->id);
	_cleanup_free_ char *program = paths_program();

	json_set_int(plan, "format", PLAN_FORMAT);
	json_set_string(plan, "mode", "adopt");
	json_set_int(plan, "domain", machine->id);
	json_set_int(plan, "generation", generation);
	json_set_string(plan, "directory", directory);
	json_set_string(plan, "database", manager->paths.database);
	json_set_string(plan, "virtty", program);
	return json_text(plan);
}

/* True when a keeper has adopted it, by us or by somebody faster; *ret_lost: look again. */
static bool adopt(struct manager *manager, const struct machine *machine, bool *ret_lost, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_close_ int start_fd = -1;
	_cleanup_free_ char *plan = NULL;
	int64_t generation;
	bool won, given_back;

	*ret_lost = false;
	if (!run_claim(manager->db, &machine->run, &won, &generation, err))
		return false;
	if (!won) {
		*ret_lost = true;
		return true;
	}
	plan = adopt_plan(manager, machine, generation);
	start_fd = keeper_spawn(manager, machine->id, generation, &local);
	if (start_fd >= 0 && keeper_hand_over(start_fd, plan, NULL, 0, &local))
		return true;
	run_disown(manager->db, machine->id, generation, &given_back, NULL);
	error_wrap(&local, "'%s' runs, but has no keeper, and a new one could not take it over", machine->name);
	return error_move(err, &local);
}

bool keeper_is_stopped(struct manager *manager, const struct machine *machine, struct error *err)
{
	_cleanup_machine_ struct machine now = { 0 };

	if (!machine_reload(manager, machine->id, &now, NULL) || now.truth == TRUTH_ORPHAN || !process_stopped(&now.run.holder))
		return false;
	fail_stopped(&now, err);
	return true;
}

char *domain_control(struct manager *manager, const struct machine *machine, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + ADOPT_LIMIT_MS;
	_cleanup_free_ char *directory = machine_run_directory(manager, machine->id);
	_cleanup_free_ char *control = strf("%s/control", directory);

	for (;;) {
		_cleanup_machine_ struct machine now = { 0 };
		bool lost;

		if (!machine_reload(manager, machine->id, &now, err) || !domain_reconcile(manager, &now, err))
			return NULL;
		if (!machine_is_active(&now)) {
			fail_not_running(&now, err);
			return NULL;
		}
		if (now.truth != TRUTH_ORPHAN && process_stopped(&now.run.holder)) {
			fail_stopped(&now, err);
			return NULL;
		}
		/* A keeper that starts a machine makes its control socket a moment after it owns the row. */
		if (now.truth == TRUTH_RUNNING && path_exists(control)) {
			keeper_renew(&now.run, control);
			return TAKE_POINTER(control);
		}
		if (now.truth == TRUTH_ORPHAN) {
			if (!adopt(manager, &now, &lost, err))
				return NULL;
			continue;
		}
		if (clock_monotonic_ms() >= deadline) {
			error_set(err, ERROR_BUSY, "'%s' is being started by another process (pid %d)", now.name, (int)now.run.holder.pid);
			return NULL;
		}
		wait_for_change(manager, deadline);
	}
}
