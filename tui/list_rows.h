/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which machines a list shows, and in what order: a filter, a key to sort by, and the marks of those that are shown. */
#ifndef TUI_LIST_ROWS_H
#define TUI_LIST_ROWS_H

#include "tui/model.h"

enum sort_key { SORT_NAME, SORT_STATE, SORT_CPU, SORT_MEMORY, SORT_UPTIME, SORT_VCPUS, SORT_ADDRESS, SORT_TITLE, SORT_AUTOSTART, SORT_KEYS };

/* Zeroed: all machines by name. */
struct list_rows {
	size_t *rows; /* owned: indices into the model */
	size_t count;
	enum sort_key sort;
	bool reverse;
	char *filter; /* owned; NULL or "": everything */
};

void list_rows_clear(struct list_rows *rows);
/* Reads the model anew: after it has changed, and after a change of sort, reverse or filter. */
void list_rows_build(struct list_rows *rows, const struct model *model);
/* The row that shows a machine; rows->count when none does. */
size_t list_rows_find(const struct list_rows *rows, const struct model *model, int64_t id);
/* Has a machine each word of the filter in its name, title, state or address, in whatever case? */
bool list_rows_matches(const char *filter, const struct machine *machine, const struct figures *figures);
/* Marked machines: those shown, and (ret_hidden, may be NULL) those that the filter hides. */
size_t list_rows_marked(const struct list_rows *rows, const struct model *model, size_t *ret_hidden);
/* The first direction that people want of a key: figures from the greatest. */
bool sort_key_descends(enum sort_key key);

#endif
