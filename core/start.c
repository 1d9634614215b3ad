/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting: claim, prepare, hand over to a keeper, wait; what fails is taken back. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/xml.h"
#include "core/keeper_spawn.h"
#include "core/live.h"
#include "core/manager_internal.h"
#include "core/prepare.h"
#include "core/release.h"
#include "hv/domain.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CLAIM_ATTEMPTS 5
#define ORPHAN_TIMEOUT_MS 5000 /* SIGKILL to the end of a QEMU */
/* A machine whose QEMU has just ended is set free, or started anew, by its keeper in a moment. */
#define ENDING_LIMIT_MS 10000

/* The truth of a machine that cannot be started now, as an error. */
static bool fail_active(const struct machine *machine, struct error *err)
{
	_cleanup_free_ char *holder = NULL;

	if (machine->truth == TRUTH_STARTING && machine->run.qemu.pid == 0) {
		holder = process_name(machine->run.holder.pid);
		error_set(err, ERROR_BUSY, "'%s' is being started by another process (%s, pid %d)", machine->name, holder, (int)machine->run.holder.pid);
		return error_hint(err, "'virtty list --all' shows it when it is up");
	}
	error_set(err, ERROR_STATE, "'%s' is running already", machine->name);
	return error_hint(err, "'virtty console %s' shows it", machine->name);
}

/* Inside one transaction: the row becomes ours, and no live document of an earlier run is left. */
static bool claim(struct manager *manager, const struct run *seen, bool *ret_won, int64_t *ret_generation, struct error *err)
{
	if (!db_begin_volatile(manager->db, err))
		return false;
	if (run_claim(manager->db, seen, ret_won, ret_generation, err) &&
	    (!*ret_won || definition_delete(manager, seen->domain_id, DEFINITION_LIVE, err))) {
		if (*ret_won)
			return db_commit(manager->db, err);
		db_rollback(manager->db);
		return true;
	}
	db_rollback(manager->db);
	return false;
}

/* Its QEMU is gone and its keeper is at work on that. */
static bool is_ending(const struct machine *machine)
{
	return machine->truth == TRUTH_RUNNING && machine->run.qemu.pid && !process_alive(&machine->run.qemu) &&
	       !process_stopped(&machine->run.holder);
}

/* The machine as it is now, cleared of a dead run, and past the end of one. */
static bool look(struct manager *manager, int64_t id, struct machine *ret, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + ENDING_LIMIT_MS;

	for (;;) {
		machine_clear(ret);
		if (!machine_reload(manager, id, ret, err) || !domain_reconcile(manager, ret, err))
			return false;
		if (!is_ending(ret) || clock_monotonic_ms() >= deadline)
			return true;
		wait_for_change(manager, deadline);
	}
}

/* Looks at the machine as it is now and claims it; ret is it, claimed. */
static bool claim_machine(struct manager *manager, const struct machine *machine, struct machine *ret, int64_t *ret_generation, struct error *err)
{
	for (int attempt = 0; attempt < CLAIM_ATTEMPTS; attempt++) {
		bool won = false;

		if (!look(manager, machine->id, ret, err))
			return false;
		if (ret->truth != TRUTH_OFF)
			return fail_active(ret, err);
		if (!claim(manager, &ret->run, &won, ret_generation, err))
			return false;
		if (won) {
			machine_clear(ret);
			return machine_reload(manager, machine->id, ret, err);
		}
	}
	return error_set(err, ERROR_BUSY, "'%s' is being started and stopped by others all the time", machine->name);
}

/* The keeper was killed and left its QEMU: claimed, so that nobody adopts it, and ended. False: it is somebody else's by now. */
static bool end_orphan(struct manager *manager, const struct run *run, int64_t *generation)
{
	bool won = false;

	if (!run_claim(manager->db, run, &won, generation, NULL) || !won)
		return false;
	if (process_end(&run->qemu, SIGKILL, ORPHAN_TIMEOUT_MS))
		return true;
	run_disown(manager->db, run->domain_id, *generation, &won, NULL);
	return false;
}

/* Takes back a start that failed; the reason stays in history. A machine that is running after all (an answer that came too late) stays. */
static void take_back(struct manager *manager, const struct machine *machine, int64_t generation, const char *nvram_made, const struct error *why)
{
	struct release release = { RUN_SHUTOFF, REASON_SHUTOFF_FAILED, "Stopped Failed", error_text(why) };
	_cleanup_run_ struct run run = { 0 };
	bool released = false;

	if (run_read(manager->db, machine->id, &run, NULL) && run.generation == generation && run.phase == RUN_OWNED && process_alive(&run.qemu) &&
	    (process_alive(&run.holder) || !end_orphan(manager, &run, &generation)))
		return;
	release_machine(manager, machine->id, generation, &release, &released, NULL);
	if (nvram_made)
		unlink(nvram_made);
}

/* A machine claimed by us, from here to running. */
static bool start_claimed(struct manager *manager, const struct machine *machine, int64_t generation, unsigned flags, char ***ret_warnings,
			  struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_plan_ struct plan plan = { 0 };
	_cleanup_error_ struct error no_keeper = ERROR_INIT;
	_cleanup_close_ int start_fd = keeper_spawn(manager, machine->id, generation, &no_keeper);
	/* what is wrong with the machine is told before what is wrong with us */
	bool ok = prepare_start(manager, machine, generation, flags, &plan, &local) && (start_fd >= 0 || error_move(&local, &no_keeper));

	if (ret_warnings)
		for (char **warning = plan.warnings; warning && *warning; warning++)
			*ret_warnings = strv_add(*ret_warnings, *warning);
	ok = ok && keeper_hand_over(start_fd, plan.text, plan.fds, plan.fd_count, &local);
	if (ok)
		return true;
	if (local.code != ERROR_TIMEOUT)
		take_back(manager, machine, generation, plan.nvram_made, &local);
	error_wrap(&local, "cannot start '%s'", machine->name);
	return error_move(err, &local);
}

bool domain_start(struct manager *manager, const struct machine *machine, unsigned flags, char ***ret_warnings, struct error *err)
{
	_cleanup_machine_ struct machine claimed = { 0 };
	int64_t generation;

	if (ret_warnings)
		*ret_warnings = NULL;
	return claim_machine(manager, machine, &claimed, &generation, err) &&
	       start_claimed(manager, &claimed, generation, flags, ret_warnings, err);
}

/* Inside the transaction: the row of a machine to create, its live document, and the claim, all at once: what dies in between leaves nothing. */
static bool create_rows(struct manager *manager, const struct domain *domain, bool uuid_stated, int64_t *ret_id, int64_t *ret_generation,
			struct error *err)
{
	_cleanup_machine_ struct machine existing = { 0 };
	bool won = false;

	if (!definition_match(manager, domain->name, domain->uuid, uuid_stated, ret_id, err))
		return false;
	if (*ret_id) {
		if (!machine_reload(manager, *ret_id, &existing, err))
			return false;
		if (existing.truth != TRUTH_OFF)
			return fail_active(&existing, err);
	}
	if (!definition_write(manager, ret_id, domain, DEFINITION_LIVE, err))
		return false;
	existing.run.domain_id = *ret_id;
	if (!run_claim(manager->db, &existing.run, &won, ret_generation, err))
		return false;
	return won || error_set(err, ERROR_BUSY, "'%s' is being started by another virtty", domain->name);
}

static bool create_claimed(struct manager *manager, const struct domain *domain, bool uuid_stated, int64_t *ret_id, int64_t *ret_generation,
			   struct error *err)
{
	_cleanup_machine_ struct machine stale = { 0 };

	/* A dead run of the same machine is cleared before, not inside. */
	if (machine_find(manager, domain->uuid, &stale, NULL) && stale.truth == TRUTH_STALE && !domain_reconcile(manager, &stale, NULL) &&
	    stale.persistent)
		return error_set(err, ERROR_STATE, "'%s' cannot be cleared of its last run", domain->name);
	if (!db_begin_volatile(manager->db, err))
		return false;
	if (create_rows(manager, domain, uuid_stated, ret_id, ret_generation, err))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

bool domain_create(struct manager *manager, const struct definition_input *input, unsigned flags, struct definition_result *result, struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_parse(input->source, input->text, input->length, err);
	_cleanup_machine_ struct machine machine = { 0 };
	char **warnings = NULL;
	int64_t id, generation;
	bool uuid_stated;

	*result = (struct definition_result){ 0 };
	if (!domain)
		return false;
	uuid_stated = xml_child(domain->node, "uuid") != NULL;
	if (!definition_settle(manager, domain, input->source, &warnings, err)) {
		strv_free(warnings);
		return false;
	}
	result->name = xstrdup(domain->name);
	result->warnings = definition_warnings(manager, domain, input->source, warnings);
	return create_claimed(manager, domain, uuid_stated, &id, &generation, err) && machine_reload(manager, id, &machine, err) &&
	       start_claimed(manager, &machine, generation, flags, &result->warnings, err);
}
