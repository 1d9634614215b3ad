/* SPDX-License-Identifier: GPL-2.0-or-later */
/* release_start(): takes away what prepare made and sets the row free, once; and clearing what a dead boot, keeper or QEMU left. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/network_forward.h"
#include "core/network_port.h"
#include "core/prepare.h"
#include "core/release.h"
#include "core/seed.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Moves the run directory away in one step, so that who claims the machine next finds none, whenever the files are removed. */
static bool set_aside(struct manager *manager, int64_t domain_id, const char *aside, struct error *err)
{
	_cleanup_free_ char *directory = machine_run_directory(manager, domain_id);

	if (rename(directory, aside) == 0 || errno == ENOENT)
		return true;
	if (errno != ENOTEMPTY && errno != EEXIST)
		return error_set_errno(err, errno, "cannot remove '%s'", directory);
	/* Left there by one that was killed in the middle of this. */
	if (!directory_remove(aside, err))
		return false;
	return rename(directory, aside) == 0 || error_set_errno(err, errno, "cannot remove '%s'", directory);
}

/* Inside the transaction: is the row still this generation's to release? */
static bool still_held(struct manager *manager, int64_t domain_id, int64_t generation, bool *ret_held, struct error *err)
{
	_cleanup_run_ struct run run = { 0 };

	if (!run_read(manager->db, domain_id, &run, err))
		return false;
	*ret_held = run.phase != RUN_FREE && run.generation == generation;
	return true;
}

/* A transient machine goes with its run, and so do its seed and the firmware variables that virtty made for it, unless somebody wanted
 * these kept. *ret_files (owned): the files to delete, if they are there. */
static bool remove_transient(struct manager *manager, int64_t domain_id, bool *ret_gone, char ***ret_files, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT uuid FROM domain WHERE id = ? AND persistent = 0", "i", domain_id);
	_cleanup_free_ char *uuid = NULL;
	int kept = 0;

	if (!row || !db_step(manager->db, row, ret_gone, err))
		return false;
	if (!*ret_gone)
		return true;
	uuid = db_text(row, 0);
	sqlite3_reset(row);
	if (!db_run(manager->db, &kept, err, "DELETE FROM meta WHERE key = " KEEP_NVRAM_KEY, "s", uuid) ||
	    !db_run(manager->db, NULL, err, "DELETE FROM domain WHERE id = ?", "i", domain_id))
		return false;
	*ret_files = strv_take(*ret_files, machine_seed(manager, uuid));
	if (kept == 0)
		*ret_files = strv_take(*ret_files, machine_nvram(manager, uuid));
	return true;
}

static bool release_rows(struct manager *manager, int64_t domain_id, int64_t generation, const struct release *release,
			 bool *ret_gone, char ***ret_files, struct error *err)
{
	bool won;

	/* The event first: a transient machine's row goes, and its history keeps the name. */
	if (release->what && !history_add(manager->db, domain_id, "lifecycle", release->what, release->detail, err))
		return false;
	if (!definition_delete(manager, domain_id, DEFINITION_LIVE, err) ||
	    !run_free(manager->db, domain_id, generation, release->state, release->reason, &won, err))
		return false;
	return remove_transient(manager, domain_id, ret_gone, ret_files, err);
}

/* The logs of a transient machine go with its row: no command could name them any more, and its history has the last lines. */
static bool remove_logs(struct manager *manager, int64_t domain_id, struct error *err)
{
	_cleanup_free_ char *logs = machine_log_directory(manager, domain_id);

	return directory_remove(logs, err);
}

bool release_machine(struct manager *manager, int64_t domain_id, int64_t generation, const struct release *release, bool *ret_released,
		     struct error *err)
{
	_cleanup_free_ char *aside = strf("%s/gone-%" PRId64, manager->paths.run, domain_id);
	_cleanup_strv_ char **files = NULL;
	bool held = false, gone = false;

	*ret_released = false;
	if (!db_begin_volatile(manager->db, err))
		return false;
	if (!still_held(manager, domain_id, generation, &held, err))
		goto failed;
	if (!held) {
		db_rollback(manager->db);
		return true;
	}
	if (!network_ports_remove(manager, domain_id, err) || !set_aside(manager, domain_id, aside, err) ||
	    !release_rows(manager, domain_id, generation, release, &gone, &files, err))
		goto failed;
	if (!db_commit(manager->db, err))
		return false;
	*ret_released = true;
	for (char **file = files; file && *file; file++)
		if (unlink(*file) < 0 && errno != ENOENT)
			return error_set_errno(err, errno, "cannot remove '%s'", *file);
	if (gone)
		network_unreserve_unused(manager);
	return directory_remove(aside, err) && (!gone || remove_logs(manager, domain_id, err));
failed:
	db_rollback(manager->db);
	return false;
}

bool release_start(struct manager *manager, int64_t domain_id, int64_t generation, enum run_state state, int reason, struct error *err)
{
	struct release release = { .state = state, .reason = reason };
	bool released;

	return release_machine(manager, domain_id, generation, &release, &released, err);
}

bool domain_reconcile(struct manager *manager, struct machine *machine, struct error *err)
{
	struct release release = { .state = machine->state, .reason = machine->reason, .what = "Stopped Crashed" };
	int64_t id = machine->id;
	bool released;

	if (machine->truth != TRUTH_STALE)
		return true;
	if (!text_equal(machine->run.boot_id, process_boot_id())) {
		release.detail = "the host was restarted while it ran";
	} else if (!machine->run.qemu.pid) {
		release.what = "Stopped Failed";
		release.detail = "its start was given up half-way";
	} else {
		release.detail = "QEMU ended while no keeper lived: its exit status is unknown";
	}
	/* Conditional on the generation that was seen: who was faster, cleared it. */
	if (!release_machine(manager, id, machine->run.generation, &release, &released, err))
		return false;
	machine_clear(machine);
	return machine_reload(manager, id, machine, err);
}
