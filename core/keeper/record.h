/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's pen: state and events into the database, in order, without ever waiting for it. */
#ifndef CORE_KEEPER_RECORD_H
#define CORE_KEEPER_RECORD_H

#include "core/keeper/keeper.h"

struct recorder *recorder_new(struct keeper *keeper);
/* Opens the state and reads the machine's row once, ahead of the first step: what the database must load is loaded then. */
void recorder_warm(struct keeper *keeper, const char *database, int64_t domain);
/* What is queued and not written is lost. */
void recorder_free(struct recorder *recorder);

/* The critical steps, which do wait (5 s at most) for a busy database: nothing may happen before they are committed.
 * False with ERROR_BUSY when somebody else holds the row by now. */
bool recorder_own(struct keeper *keeper, struct error *err);
bool recorder_set_qemu(struct keeper *keeper, struct process_id qemu, struct error *err);
/* Reads the row (an adopting keeper wants to know what was). Waits likewise. */
bool recorder_read(struct keeper *keeper, struct run *ret, struct error *err);
/* The row set free by the keeper itself, when `virtty internal release` could not do it. Waits likewise. */
bool recorder_set_free(struct keeper *keeper, enum run_state state, int reason, struct error *err);

/* Is the row somebody else's by now? Then nothing is written, and nothing is to be taken away. */
bool recorder_lost(const struct keeper *keeper);

/* Queued; what cannot be written now is tried again later. */
void record_state(struct keeper *keeper, enum run_state state, int reason);
void record_detail(struct keeper *keeper, const char *detail);
void record_event(struct keeper *keeper, const char *kind, const char *what, const char *detail);
/* The same for what a guest can cause at will: a flood of them is thinned out. */
void record_guest_event(struct keeper *keeper, const char *kind, const char *what, const char *detail);

/* Writes what is queued now, if that can be done at once. */
void recorder_flush(struct keeper *keeper);
/* Calls then once all that is queued now has been written, or after limit_ms (written or not). At once if nothing is queued. */
void recorder_then(struct keeper *keeper, int limit_ms, void (*then)(struct keeper *keeper));

#endif
