/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a machine needs at start is made, and afterwards taken away, by one pair of functions: called by the front end at the first start, and by
 * `virtty` run for a moment by the keeper at a restart and at a death. */
#ifndef CORE_PREPARE_H
#define CORE_PREPARE_H

#include "core/manager.h"

/* A start, ready to be handed to a keeper: one JSON text and descriptors. */
struct plan {
	char *text;    /* owned; the keeper's plan, see core/keeper/plan.h */
	int *fds;      /* owned array of owned descriptors; the plan says which number each gets in QEMU */
	size_t fd_count;
	char **warnings; /* owned */
	char *nvram_made; /* owned: UEFI variables made for this start, to be removed again if it fails; NULL: none */
};
#define _cleanup_plan_ _cleanup_(plan_clear)
void plan_clear(struct plan *plan);

/* Beside START_PAUSED: a restart under the same keeper, whose own sockets in the run directory stay. */
enum { PREPARE_RESTART = 1 << 8 };

/* Loads the definition, settles what is open (storing it), checks files and accelerator, chooses firmware, makes NVRAM, the run directory run/<row>/,
 * log directory, listening sockets; builds argv; stores the live document. The machine must be claimed by the caller with this generation. What it
 * made is taken back on failure. */
bool prepare_start(struct manager *manager, const struct machine *machine, int64_t generation, unsigned flags, struct plan *ret, struct error *err);

/* Takes away what prepare made (run directory, live document); a transient machine goes with it. Idempotent. The row is set free with the state and reason
 * given, if it still has this generation. */
bool release_start(struct manager *manager, int64_t domain_id, int64_t generation, enum run_state state, int reason, struct error *err);

/* The entry of `virtty internal ...` that a keeper runs (argv[0] is the word after "internal"). Returns an exit status.
 *   prepare --fd N --domain ID --generation G
 *     answers on descriptor N by one message_send(): the plan with its descriptors, or {"error": {"message", "hint"}}
 *   catch-up --fd N --domain ID --generation G
 *     answers {} once the live document says what QEMU has (domain_catch_up()), or the error
 *   release --domain ID --generation G --state S --reason R [--fd N]
 *     S and R are numbers of core/run.h; with --fd answers {} or the error there; without, the exit status says it */
int prepare_serve(int argc, char **argv);

#endif
