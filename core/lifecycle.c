/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What can be asked of a running machine: shut down, reboot, reset, pause, go on, end. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "core/release.h"
#include "hv/qmp.h"

#include <signal.h>
#include <string.h>

#define COMMAND_TIMEOUT_MS 10000
/* A keeper gives QEMU 10 s to end by itself, then none, and releases. */
#define DESTROY_TIMEOUT_MS 30000
#define TERM_TIMEOUT_MS    10000
#define KILL_TIMEOUT_MS    10000

bool machine_is_over(struct manager *manager, const struct machine *machine)
{
	_cleanup_machine_ struct machine now = { 0 };
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!machine_reload(manager, machine->id, &now, &err))
		return err.code == ERROR_NOT_FOUND;
	if (now.truth == TRUTH_STALE)
		domain_reconcile(manager, &now, NULL);
	return !machine_is_active(&now) || now.run.run_id != machine->run.run_id;
}

/* The watch is opened only where there is something to wait for: to close one costs a process 20 ms. */
static bool wait_over(struct manager *manager, const struct machine *machine, int64_t deadline)
{
	if (machine_is_over(manager, machine))
		return true;
	manager_watch(manager, NULL);
	while (!machine_is_over(manager, machine)) {
		if (clock_monotonic_ms() >= deadline)
			return false;
		wait_for_change(manager, deadline);
	}
	return true;
}

bool shutdown_request(struct manager *manager, const struct machine *machine, const char *then, struct error *err)
{
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "then", then);
	return domain_qmp(manager, machine, "virtty-shutdown", arguments, COMMAND_TIMEOUT_MS, NULL, err);
}

bool domain_shutdown(struct manager *manager, const struct machine *machine, int timeout_ms, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	if (!machine_is_active(machine))
		return error_set(err, ERROR_STATE, "'%s' is not running", machine->name);
	if (!shutdown_request(manager, machine, "off", err))
		return false;
	if (timeout_ms <= 0 || wait_over(manager, machine, deadline))
		return true;
	error_set(err, ERROR_TIMEOUT, "'%s' did not shut down within %g s", machine->name, timeout_ms / 1000.0);
	return error_hint(err, "the guest was asked and may still do it; 'virtty destroy %s' ends it at once", machine->name);
}

bool domain_reboot(struct manager *manager, const struct machine *machine, struct error *err)
{
	return shutdown_request(manager, machine, "restart", err);
}

bool domain_reset(struct manager *manager, const struct machine *machine, struct error *err)
{
	return domain_qmp(manager, machine, "system_reset", NULL, COMMAND_TIMEOUT_MS, NULL, err);
}

bool domain_suspend(struct manager *manager, const struct machine *machine, struct error *err)
{
	return domain_qmp(manager, machine, "stop", NULL, COMMAND_TIMEOUT_MS, NULL, err);
}

bool domain_resume(struct manager *manager, const struct machine *machine, struct error *err)
{
	return domain_qmp(manager, machine, "cont", NULL, COMMAND_TIMEOUT_MS, NULL, err);
}

bool domain_inject_nmi(struct manager *manager, const struct machine *machine, struct error *err)
{
	return domain_qmp(manager, machine, "inject-nmi", NULL, COMMAND_TIMEOUT_MS, NULL, err);
}

/* A machine without a keeper: it is claimed, so that nobody adopts it meanwhile, and its QEMU ended by us. */
static bool destroy_orphan(struct manager *manager, const struct machine *machine, bool graceful, bool *ret_lost, struct error *err)
{
	struct release release = { RUN_SHUTOFF, REASON_SHUTOFF_DESTROYED, "Stopped Destroyed", NULL };
	int64_t generation;
	bool won, released;

	*ret_lost = false;
	if (!run_claim(manager->db, &machine->run, &won, &generation, err))
		return false;
	if (!won) {
		*ret_lost = true;
		return true;
	}
	if (process_end(&machine->run.qemu, SIGTERM, TERM_TIMEOUT_MS) ||
	    (!graceful && process_end(&machine->run.qemu, SIGKILL, KILL_TIMEOUT_MS)))
		return release_machine(manager, machine->id, generation, &release, &released, err);
	run_disown(manager->db, machine->id, generation, &won, NULL);
	error_set(err, ERROR_TIMEOUT, "QEMU of '%s' (pid %d) did not end", machine->name, (int)machine->run.qemu.pid);
	return graceful ? error_hint(err, "without --graceful it is killed") : false;
}

/* Its keeper does it, and answers when all is released; one that ends before its answer has done it too. */
static bool destroy_by_keeper(struct manager *manager, const struct machine *machine, bool graceful, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	struct json_object *arguments = json_object_new_object();
	int64_t deadline = clock_monotonic_ms() + DESTROY_TIMEOUT_MS;

	json_set_bool(arguments, "graceful", graceful);
	if (!domain_qmp(manager, machine, "virtty-destroy", arguments, DESTROY_TIMEOUT_MS, NULL, &local)) {
		/* It may have gone by itself, or lost its keeper, between our look and the question. */
		if (machine_is_over(manager, machine))
			return true;
		if (local.code != ERROR_PROTOCOL && local.code != ERROR_NOT_FOUND)
			return error_move(err, &local);
	}
	if (wait_over(manager, machine, deadline))
		return true;
	if (error_is_set(&local))
		return error_move(err, &local);
	return error_set(err, ERROR_TIMEOUT, "'%s' did not end within %d s", machine->name, DESTROY_TIMEOUT_MS / 1000);
}

bool domain_destroy(struct manager *manager, const struct machine *machine, bool graceful, struct error *err)
{
	for (;;) {
		_cleanup_machine_ struct machine now = { 0 };
		bool lost;

		if (!machine_reload(manager, machine->id, &now, err) || !domain_reconcile(manager, &now, err))
			return false;
		/* no hint: who wants it off does not want to hear how to start it */
		if (!machine_is_active(&now))
			return error_set(err, ERROR_STATE, "'%s' is not running", now.name);
		if (now.truth != TRUTH_ORPHAN)
			return destroy_by_keeper(manager, &now, graceful, err);
		if (!destroy_orphan(manager, &now, graceful, &lost, err))
			return false;
		if (!lost)
			return true;
	}
}
