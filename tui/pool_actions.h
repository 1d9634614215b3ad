/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with pools: start, stop, refresh, mark for the host's start, edit, make, delete. */
#ifndef TUI_POOL_ACTIONS_H
#define TUI_POOL_ACTIONS_H

#include "tui/storage_model.h"

/* Why a command cannot be done with any of these pools (items of the model's) now; NULL: it can with one at least, or is no pool's. Constant. */
const char *pool_refusal(const struct storage_model *model, const size_t *items, size_t count, enum command command);
/* Does it with those that can: at once, or after a question. False when it is no pool's command. */
bool pool_act(struct ui *ui, const size_t *items, size_t count, enum command command);
/* The form for a new pool. */
void pool_new(struct ui *ui);
/* Forget it, or delete it with what is in it: asks which. */
void pool_delete_ask(struct ui *ui, const struct pool_row *pool);

#endif
