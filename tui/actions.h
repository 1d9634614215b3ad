/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What may be done with a machine from any screen: start, shut down, force off. Each is a job, its end told in the status line or a dialog. */
#ifndef TUI_ACTIONS_H
#define TUI_ACTIONS_H

#include "tui/model.h"
#include "tui/screen.h"

/* Why a command cannot be done with a machine now; NULL: it can, or is no machine's command. Borrowed, constant. */
const char *action_refusal(const struct machine *machine, const struct figures *figures, enum command command);
/* Does it: at once, or after a question for what destroys. False when it is none of these commands. */
bool action_run(struct ui *ui, const struct machine *machine, enum command command);

/* The word for a machine's state, as a list shows it, and its style. Borrowed. */
const char *action_state_word(const struct machine *machine, const struct figures *figures, enum style *ret_style);

#endif
