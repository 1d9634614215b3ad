/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run-time row: reading it, telling what is true, and the conditional steps from free to claimed to owned to free. */
#include "core/run.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/db.h"
#include "core/run_row.h"

#include <stdio.h>
#include <stdlib.h>

void run_clear(struct run *run)
{
	free(run->detail);
	*run = (struct run){ 0 };
}

enum run_truth run_truth(const struct run *run)
{
	if (run->phase == RUN_FREE)
		return TRUTH_OFF;
	/* After a boot pids mean other processes; their start times are only told apart within one boot. */
	if (!text_equal(run->boot_id, process_boot_id()))
		return TRUTH_STALE;
	if (process_alive(&run->holder))
		return run->phase == RUN_CLAIMED ? TRUTH_STARTING : TRUTH_RUNNING;
	return process_alive(&run->qemu) ? TRUTH_ORPHAN : TRUTH_STALE;
}

void run_from_row(sqlite3_stmt *row, int column, struct run *ret)
{
	const char *boot_id;

	/* All NULL: the machine never ran. */
	if (sqlite3_column_type(row, column) == SQLITE_NULL) {
		ret->state = RUN_SHUTOFF;
		return;
	}
	ret->generation = sqlite3_column_int64(row, column);
	ret->phase = (enum run_phase)sqlite3_column_int(row, column + 1);
	ret->run_id = sqlite3_column_int64(row, column + 2);
	ret->holder.pid = (pid_t)sqlite3_column_int64(row, column + 3);
	ret->holder.start = (uint64_t)sqlite3_column_int64(row, column + 4);
	ret->qemu.pid = (pid_t)sqlite3_column_int64(row, column + 5);
	ret->qemu.start = (uint64_t)sqlite3_column_int64(row, column + 6);
	boot_id = (const char *)sqlite3_column_text(row, column + 7);
	snprintf(ret->boot_id, sizeof ret->boot_id, "%s", boot_id ? boot_id : "");
	ret->state = (enum run_state)sqlite3_column_int(row, column + 8);
	if ((int)ret->state < 0 || ret->state >= RUN_STATE_COUNT)
		ret->state = RUN_NOSTATE;
	ret->reason = sqlite3_column_int(row, column + 9);
	ret->state_at_ms = sqlite3_column_int64(row, column + 10);
	ret->started_at_ms = sqlite3_column_int64(row, column + 11);
	ret->detail = db_text(row, column + 12);
}

bool run_read(struct db *db, int64_t domain_id, struct run *ret, struct error *err)
{
	sqlite3_stmt *row = db_query(db, err, "SELECT " RUN_COLUMNS " FROM run WHERE domain_id = ?", "i", domain_id);
	bool found;

	*ret = (struct run){ .domain_id = domain_id, .state = RUN_SHUTOFF };
	if (!row || !db_step(db, row, &found, err))
		return false;
	if (found) {
		run_from_row(row, 0, ret);
		sqlite3_reset(row);
	}
	return true;
}

/* A statement that changes the one row, or none when somebody else holds it by now. */
static bool won(bool ok, int changes, bool *ret_won)
{
	*ret_won = ok && changes == 1;
	return ok;
}

/* The next of virsh's Ids, from 1 at each boot: kept as "boot_id number". */
static bool next_run_id(struct db *db, int64_t *ret, struct error *err)
{
	const char *boot_id = process_boot_id();
	sqlite3_stmt *row;
	bool found;

	if (!db_run(db, NULL, err,
		    "INSERT INTO meta(key, value) VALUES('run_id', ?1 || ' 1') ON CONFLICT(key) DO UPDATE SET value ="
		    " CASE WHEN substr(value, 1, length(?1) + 1) = ?1 || ' '"
		    " THEN ?1 || ' ' || (CAST(substr(value, length(?1) + 2) AS INTEGER) + 1) ELSE ?1 || ' 1' END",
		    "s", boot_id))
		return false;
	row = db_query(db, err, "SELECT CAST(substr(value, length(?) + 2) AS INTEGER) FROM meta WHERE key = 'run_id'", "s", boot_id);
	if (!row || !db_step(db, row, &found, err))
		return false;
	*ret = found ? sqlite3_column_int64(row, 0) : 1;
	sqlite3_reset(row);
	return true;
}

/* From free or stale: a new run, of which nothing is known yet. */
static bool claim_new(struct db *db, const struct run *seen, bool *ret_won, struct error *err)
{
	struct process_id self = process_self();
	int64_t run_id, now = clock_wall_ms();
	int changes = 0;
	bool ok;

	if (!next_run_id(db, &run_id, err))
		return false;
	ok = db_run(db, &changes, err,
		    "INSERT INTO run(domain_id, generation, phase, run_id, holder_pid, holder_start, qemu_pid, qemu_start, boot_id, state, reason,"
		    " state_at_ms, started_at_ms, detail) VALUES(?1, ?2 + 1, ?3, ?4, ?5, ?6, 0, 0, ?7, ?8, ?9, ?10, ?10, NULL)"
		    " ON CONFLICT(domain_id) DO UPDATE SET generation = excluded.generation, phase = excluded.phase, run_id = excluded.run_id,"
		    " holder_pid = excluded.holder_pid, holder_start = excluded.holder_start, qemu_pid = 0, qemu_start = 0,"
		    " boot_id = excluded.boot_id, state = excluded.state, reason = excluded.reason, state_at_ms = excluded.state_at_ms,"
		    " started_at_ms = excluded.started_at_ms, detail = NULL WHERE run.generation = ?2 AND run.phase = ?11",
		    "iiiiiisiiii", seen->domain_id, seen->generation, (int64_t)RUN_CLAIMED, run_id, (int64_t)self.pid, (int64_t)self.start,
		    process_boot_id(), (int64_t)RUN_PAUSED, (int64_t)REASON_PAUSED_STARTING_UP, now, (int64_t)seen->phase);
	return won(ok, changes, ret_won);
}

/* From an orphan, to adopt it: its QEMU, id and state are kept. */
static bool claim_orphan(struct db *db, const struct run *seen, bool *ret_won, struct error *err)
{
	struct process_id self = process_self();
	int changes = 0;
	bool ok = db_run(db, &changes, err,
			 "UPDATE run SET generation = generation + 1, phase = ?, holder_pid = ?, holder_start = ?"
			 " WHERE domain_id = ? AND generation = ? AND phase = ?",
			 "iiiiii", (int64_t)RUN_CLAIMED, (int64_t)self.pid, (int64_t)self.start, seen->domain_id, seen->generation,
			 (int64_t)seen->phase);

	return won(ok, changes, ret_won);
}

bool run_claim(struct db *db, const struct run *seen, bool *ret_won, int64_t *ret_generation, struct error *err)
{
	enum run_truth truth = run_truth(seen);
	bool own_transaction = !db_in_transaction(db);
	bool ok;

	*ret_won = false;
	*ret_generation = seen->generation + 1;
	if (truth == TRUTH_RUNNING || truth == TRUTH_STARTING)
		return true;
	if (own_transaction && !db_begin_volatile(db, err))
		return false;
	ok = truth == TRUTH_ORPHAN ? claim_orphan(db, seen, ret_won, err) : claim_new(db, seen, ret_won, err);
	if (!own_transaction)
		return ok;
	if (ok && *ret_won)
		return db_commit(db, err);
	db_rollback(db); /* a loser uses up no id */
	return ok;
}

bool run_own(struct db *db, int64_t domain_id, int64_t generation, bool *ret_won, struct error *err)
{
	struct process_id self = process_self();
	int changes = 0;
	bool ok = db_run(db, &changes, err,
			 "UPDATE run SET phase = ?, holder_pid = ?, holder_start = ? WHERE domain_id = ? AND generation = ? AND phase = ?", "iiiiii",
			 (int64_t)RUN_OWNED, (int64_t)self.pid, (int64_t)self.start, domain_id, generation, (int64_t)RUN_CLAIMED);

	return won(ok, changes, ret_won);
}

bool run_disown(struct db *db, int64_t domain_id, int64_t generation, bool *ret_won, struct error *err)
{
	int changes = 0;
	bool ok = db_run(db, &changes, err,
			 "UPDATE run SET phase = ?, holder_pid = 0, holder_start = 0 WHERE domain_id = ? AND generation = ? AND phase = ?", "iiii",
			 (int64_t)RUN_OWNED, domain_id, generation, (int64_t)RUN_CLAIMED);

	return won(ok, changes, ret_won);
}

bool run_set_qemu(struct db *db, int64_t domain_id, int64_t generation, struct process_id qemu, bool *ret_won, struct error *err)
{
	int changes = 0;
	bool ok = db_run(db, &changes, err,
			 "UPDATE run SET qemu_pid = ?, qemu_start = ?, started_at_ms = ? WHERE domain_id = ? AND generation = ? AND phase <> ?",
			 "iiiiii", (int64_t)qemu.pid, (int64_t)qemu.start, clock_wall_ms(), domain_id, generation, (int64_t)RUN_FREE);

	return won(ok, changes, ret_won);
}

bool run_set_state(struct db *db, int64_t domain_id, int64_t generation, enum run_state state, int reason, bool *ret_won, struct error *err)
{
	int changes = 0;
	bool ok = db_run(db, &changes, err,
			 "UPDATE run SET state = ?, reason = ?, state_at_ms = ? WHERE domain_id = ? AND generation = ? AND phase <> ?", "iiiiii",
			 (int64_t)state, (int64_t)reason, clock_wall_ms(), domain_id, generation, (int64_t)RUN_FREE);

	return won(ok, changes, ret_won);
}

bool run_set_detail(struct db *db, int64_t domain_id, int64_t generation, const char *detail, bool *ret_won, struct error *err)
{
	int changes = 0;
	bool ok = db_run(db, &changes, err, "UPDATE run SET detail = ? WHERE domain_id = ? AND generation = ? AND phase <> ?", "siii", detail,
			 domain_id, generation, (int64_t)RUN_FREE);

	return won(ok, changes, ret_won);
}

bool run_free(struct db *db, int64_t domain_id, int64_t generation, enum run_state state, int reason, bool *ret_won, struct error *err)
{
	int changes = 0;
	bool ok = db_run(db, &changes, err,
			 "UPDATE run SET phase = ?, run_id = 0, holder_pid = 0, holder_start = 0, qemu_pid = 0, qemu_start = 0, detail = NULL,"
			 " state = ?, reason = ?, state_at_ms = ? WHERE domain_id = ? AND generation = ? AND phase <> ?",
			 "iiiiiii", (int64_t)RUN_FREE, (int64_t)state, (int64_t)reason, clock_wall_ms(), domain_id, generation,
			 (int64_t)RUN_FREE);

	return won(ok, changes, ret_won);
}
