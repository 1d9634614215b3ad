/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands on the chosen rows of a list of pools or networks: a table of what each needs and says, and what goes for all such tables. */
#ifndef TUI_ROW_ACTIONS_H
#define TUI_ROW_ACTIONS_H

#include "tui/storage_task.h"

enum row_need { NEED_OFF, NEED_ON, NEED_UNMARKED, NEED_MARKED, NEED_KEPT, NEED_ANY };

struct row_action {
	enum command command;
	enum row_need need;
	const char *verb, *option;  /* of the command line; option NULL: none */
	struct storage_words words; /* zeroed: it is done with one row at a time */
};

/* Where a command has several actions, the first that a row can take is meant. */
struct row_actions {
	const struct row_action *actions;
	size_t count;
	const char *one_at_a_time; /* N_(): why one of those is not done with several */
	/* Why not, of one row (an item of the model's); NULL: it can be done. Borrowed. */
	const char *(*lacks)(const struct ui *ui, const struct row_action *action, size_t item);
	/* Does it, with rows that can. */
	void (*act)(struct ui *ui, const struct row_action *action, const size_t *items, size_t count);
};

/* Why a command cannot be done with any of these rows now; NULL: it can with one at least, or is in no action. Borrowed. */
const char *row_actions_refusal(const struct row_actions *set, const struct ui *ui, const size_t *items, size_t count, enum command command);
/* Does it with those that can. False when it is in no action. */
bool row_actions_do(const struct row_actions *set, struct ui *ui, const size_t *items, size_t count, enum command command);

#endif
