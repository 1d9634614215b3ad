/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands on the chosen rows of a list, by the table of what they need. */
#include "tui/row_actions.h"

#include "base/gettext.h"
#include "base/memory.h"

#include <stdlib.h>

const char *row_actions_refusal(const struct row_actions *set, const struct ui *ui, const size_t *items, size_t count, enum command command)
{
	const char *why = NULL;
	bool known = false;

	for (size_t i = 0; i < set->count; i++)
		for (size_t j = 0; set->actions[i].command == command && j < count; j++) {
			const char *lack = set->lacks(ui, &set->actions[i], items[j]);

			if (lack == NULL && (set->actions[i].words.done != NULL || count == 1))
				return NULL;
			known = true;
			why = why != NULL ? why : lack;
		}
	return known && why == NULL ? _(set->one_at_a_time) : why;
}

bool row_actions_do(const struct row_actions *set, struct ui *ui, const size_t *items, size_t count, enum command command)
{
	_cleanup_free_ size_t *fit = xcalloc(count + 1, sizeof *fit);
	bool known = false;

	for (size_t i = 0; i < set->count; i++) {
		size_t fitting = 0;

		if (set->actions[i].command != command)
			continue;
		known = true;
		for (size_t j = 0; j < count; j++)
			if (set->lacks(ui, &set->actions[i], items[j]) == NULL)
				fit[fitting++] = items[j];
		if (fitting > 0) {
			set->act(ui, &set->actions[i], fit, fitting);
			break;
		}
	}
	return known;
}
