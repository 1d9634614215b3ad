/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run-time row of a machine: who holds it, which QEMU runs, in which state. Shared by front ends and keepers.
 *
 *   free -> claimed (a front end) -> owned (a keeper) -> free
 *
 * Every claim raises the generation; every write is conditional on it, so that a late writer writes nothing.
 * QEMU's child waits on a pipe until its pid is committed here. */
#ifndef CORE_RUN_H
#define CORE_RUN_H

#include "base/enum.h"
#include "base/error.h"
#include "base/process.h"

#include <stdbool.h>
#include <stdint.h>

struct db;

/* libvirt's virDomainState and its numbers (domstats prints them). */
enum run_state { RUN_NOSTATE, RUN_RUNNING, RUN_BLOCKED, RUN_PAUSED, RUN_SHUTDOWN, RUN_SHUTOFF, RUN_CRASHED, RUN_PMSUSPENDED, RUN_STATE_COUNT };
ENUM_DECLARE(run_state); /* "no state", "running", "idle", "paused", "in shutdown", "shut off", "crashed", "pmsuspended" */

enum run_phase { RUN_FREE, RUN_CLAIMED, RUN_OWNED };

struct run {
	int64_t domain_id;
	int64_t generation;
	enum run_phase phase;
	int64_t run_id; /* virsh's Id; 0: none */
	struct process_id holder; /* the claiming front end, or the keeper */
	struct process_id qemu;
	char boot_id[40];
	enum run_state state;
	int reason;           /* libvirt's reason number within state: run_reason_word() */
	int64_t state_at_ms;  /* since when */
	int64_t started_at_ms;
	char *detail;         /* owned JSON text: "version" (of the keeper), "accel", "vnc", "consoles": [{name, viewer, log, pty}], "exit", "shutdown_asked_ms" */
};

#define _cleanup_run_ _cleanup_(run_clear)
void run_clear(struct run *run);

/* The words of `domstate --reason`: (running, 1) "booted", (shut off, 1) "shutdown", ... */
const char *run_reason_word(enum run_state state, int reason);
/* libvirt's numbers that virtty uses. */
enum {
	REASON_RUNNING_UNKNOWN = 0, REASON_RUNNING_BOOTED = 1, REASON_RUNNING_UNPAUSED = 5, REASON_RUNNING_WAKEUP = 8, REASON_RUNNING_CRASHED = 9,
	REASON_PAUSED_UNKNOWN = 0, REASON_PAUSED_USER = 1, REASON_PAUSED_IOERROR = 5, REASON_PAUSED_WATCHDOG = 6, REASON_PAUSED_SHUTTING_DOWN = 8,
	REASON_PAUSED_CRASHED = 10, REASON_PAUSED_STARTING_UP = 11,
	REASON_SHUTDOWN_USER = 1,
	REASON_SHUTOFF_UNKNOWN = 0, REASON_SHUTOFF_SHUTDOWN = 1, REASON_SHUTOFF_DESTROYED = 2, REASON_SHUTOFF_CRASHED = 3, REASON_SHUTOFF_FAILED = 6,
	REASON_CRASHED_PANICKED = 1,
};

/* What is true now, seen from the row and /proc. */
enum run_truth {
	TRUTH_OFF,      /* free */
	TRUTH_STARTING, /* claimed by a live front end */
	TRUTH_RUNNING,  /* owned by a live keeper (QEMU lives, or is being started or reaped by it) */
	TRUTH_ORPHAN,   /* QEMU lives, its keeper does not: adopt before any live operation */
	TRUTH_STALE,    /* the row says claimed or owned, but no holder and no QEMU live (or another boot): clear it */
};
enum run_truth run_truth(const struct run *run);

/* Reads the row (a machine that never ran has one of phase free, generation 0). */
bool run_read(struct db *db, int64_t domain_id, struct run *ret, struct error *err);

/* Conditional steps; each is one statement inside the caller's transaction or its own, true only when the row was as expected.
 * *ret_won false (and no error) means that somebody else was faster: a newer generation holds the row.
 * run_claim: from free (or stale, as seen in `seen`) to claimed by self, generation + 1 (*ret_generation), with the next run id; from an
 * orphan, to adopt it: QEMU, run id and state stay. */
bool run_claim(struct db *db, const struct run *seen, bool *ret_won, int64_t *ret_generation, struct error *err);
/* claimed -> owned by self (the keeper), same generation. */
bool run_own(struct db *db, int64_t domain_id, int64_t generation, bool *ret_won, struct error *err);
/* Gives a claim back whose QEMU lives: owned by nobody, an orphan again. */
bool run_disown(struct db *db, int64_t domain_id, int64_t generation, bool *ret_won, struct error *err);
/* The keeper's writes. */
bool run_set_qemu(struct db *db, int64_t domain_id, int64_t generation, struct process_id qemu, bool *ret_won, struct error *err);
bool run_set_state(struct db *db, int64_t domain_id, int64_t generation, enum run_state state, int reason, bool *ret_won, struct error *err);
bool run_set_detail(struct db *db, int64_t domain_id, int64_t generation, const char *detail, bool *ret_won, struct error *err);
/* any phase -> free, with the final state and reason; run_id and qemu cleared, the generation stays. */
bool run_free(struct db *db, int64_t domain_id, int64_t generation, enum run_state state, int reason, bool *ret_won, struct error *err);

#endif
