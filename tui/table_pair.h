/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A screen of two tables: the inner one lists what lies in that row of the outer one which has the focus. Beside each other where the window is
 * wide enough, else one at a time: what goes for all such screens. */
#ifndef TUI_TABLE_PAIR_H
#define TUI_TABLE_PAIR_H

#include "tui/widget_table.h"

struct table_pair;

struct table_pair_class {
	int beside_columns;				/* of the window, from which on both are shown */
	int outer_percent, outer_least, outer_most;	/* of these columns, for the outer one */
	const struct key_table *outer_keys, *inner_keys; /* while no filter is typed */
	enum command inner_pressed;			/* a row of the inner one pressed twice; of the outer one it is OPEN */
	/* Reads what lies in the outer row with the focus: called only while it is shown. anew: even where it was read already. */
	void (*load_inner)(struct table_pair *self, bool anew);
	/* Why a command that is none of its table's cannot be done now; NULL: it can. Borrowed. */
	const char *(*outer_refuses)(struct table_pair *self, enum command command);
	const char *(*inner_refuses)(struct table_pair *self, enum command command);
	/* Does it. */
	void (*outer_do)(struct table_pair *self, enum command command);
	void (*inner_do)(struct table_pair *self, enum command command);
	void (*draw_outer)(struct table_pair *self, struct terminal *term, const struct view_area *area);
	void (*draw_inner)(struct table_pair *self, struct terminal *term, const struct view_area *area);
};

/* The head of such a screen's own struct. Its owner inits the tables, and clears them. */
struct table_pair {
	struct screen screen;
	const struct table_pair_class *class;
	struct table outer, inner;
	bool in_inner; /* keys are for it */
};

/* Is the inner table to be seen? */
bool table_pair_shows_inner(const struct table_pair *self);
/* Reads it where it is. */
void table_pair_load_inner(struct table_pair *self, bool anew);
/* Keys are for the inner one, or the outer one, from now on. */
void table_pair_enter(struct table_pair *self, bool inner);
/* Below the head: the two with a line between them, or the one that has the keys. */
void table_pair_draw(struct table_pair *self, struct terminal *term);

/* For its screen_class. */
const struct key_table *table_pair_keys(const struct screen *screen);
const char *table_pair_refuses(struct screen *screen, enum command command);
void table_pair_command(struct screen *screen, enum command command);
void table_pair_key(struct screen *screen, const struct key *key);
void table_pair_paste(struct screen *screen, const char *text, size_t length, bool begin, bool end);
void table_pair_mouse(struct screen *screen, const struct mouse *mouse);

#endif
