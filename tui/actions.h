/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with a machine from any screen: start, shut down, pause, delete, ... Each machine is a job, their end told in the status line or a dialog. */
#ifndef TUI_ACTIONS_H
#define TUI_ACTIONS_H

#include "tui/batch.h"
#include "tui/model.h"
#include "tui/screen.h"

/* Why a command cannot be done with a machine now; NULL: it can, or is no machine's command. Borrowed, constant. */
const char *action_refusal(const struct machine *machine, const struct figures *figures, enum command command);
/* The same for several, by their indices in the model: NULL when at least one of them can. */
const char *action_refusal_all(const struct model *model, const size_t *indices, size_t count, enum command command);
/* Does it with those that can: see action_run(). */
bool action_run_all(struct ui *ui, const size_t *indices, size_t count, enum command command);
/* How a command is given and told; NULL when it is no machine's. */
const struct batch_words *action_words(enum command command);
/* Does it: at once, or after a question for what destroys. False when it is none of these commands. */
bool action_run(struct ui *ui, const struct machine *machine, enum command command);

/* The word for a machine's state, as a list shows it, and its style. Borrowed. */
const char *action_state_word(const struct machine *machine, const struct figures *figures, enum style *ret_style);

#endif
