/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty internal prepare|release`, run for a moment: what a machine needs is made and taken away by core's one pair of functions. */
#ifndef CORE_KEEPER_HELPER_H
#define CORE_KEEPER_HELPER_H

#include "core/keeper/keeper.h"

/* The answer: text (borrowed) and descriptors (the callee closes or passes on), or NULL with err. Called once, from the loop. */
typedef void helper_fn(struct keeper *keeper, const char *text, int *fds, size_t fd_count, const struct error *err);

/* Runs `virtty internal VERB --fd N --domain ID --generation G`, and for release `--state S --reason R` (numbers); the answer is one
 * message on the descriptor. One at a time. A helper that takes longer than a minute is killed. */
void helper_prepare(struct keeper *keeper, helper_fn *done);
void helper_release(struct keeper *keeper, enum run_state state, int reason, helper_fn *done);
/* `virtty internal catch-up ...`: no descriptors come with its answer. */
void helper_catch_up(struct keeper *keeper, helper_fn *done);
void helper_free(struct helper *helper);

#endif
