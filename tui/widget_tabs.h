/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A row of tabs: which there are, which is open, and where each was drawn. It owns no data: titles are asked for as they are drawn. */
#ifndef TUI_WIDGET_TABS_H
#define TUI_WIDGET_TABS_H

#include "tui/keys.h"

struct terminal;

#define TABS_SHOWN_LIMIT 64 /* more are never drawn at once */

struct tabs {
	size_t count;
	size_t current; /* < count, or 0 when there is none */
	/* The title of a tab, for people. Owned by the caller of it. */
	char *(*title)(size_t index, void *userdata);
	void *userdata;
	size_t first; /* the first one drawn: the open one is always among them */
	int row;      /* where they were drawn last; -1: nowhere */
	size_t shown;
	int starts[TABS_SHOWN_LIMIT + 1]; /* the column of each one drawn, and the one behind the last */
};

void tabs_set_count(struct tabs *tabs, size_t count);
/* Opens the next or the one before (around the ends), or one by its number. False when it is none of these commands; a number that
 * no tab has changes nothing. */
bool tabs_command(struct tabs *tabs, enum command command);
/* Opens the tab that was clicked. True when one was. */
bool tabs_mouse(struct tabs *tabs, const struct mouse *mouse);
/* Draws as many as fit into the columns of a row. Returns the column behind the last. */
int tabs_draw(struct tabs *tabs, struct terminal *term, int row, int column, int columns);

#endif
