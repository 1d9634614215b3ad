/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this program is doing with what, as states for people: commands that run and have not ended. */
#ifndef TUI_BUSY_LIST_H
#define TUI_BUSY_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct busy_list {
	struct busy {
		char *subject; /* owned */
		const char *word;
	} *items; /* owned */
	size_t count;
};

/* The word is a constant, N_(). */
void busy_begin(struct busy_list *list, const char *subject, const char *word);
/* One that is not there is no error. */
void busy_end(struct busy_list *list, const char *subject);
/* NULL: nothing is being done with it. */
const char *busy_word(const struct busy_list *list, const char *subject);
void busy_list_clear(struct busy_list *list);

#endif
