/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every place that a user can be at in the TUI, as a table: which keys hold there, and the way to it from the list by keys. */
#ifndef TESTS_TERMINAL_PLACES_H
#define TESTS_TERMINAL_PLACES_H

#include "tests/harness/pty.h"
#include "tests/terminal/stage.h"
#include "tui/bindings.h"

#include <stddef.h>

/* Who is there when the TUI starts. */
enum world { WORLD_SHOP, WORLD_EMPTY, WORLD_ODD };

/* A step: keys are typed, a text is waited for, something else happens. Each may be NULL. */
struct step {
	const char *keys, *text;
	void (*act)(struct stage *stage, struct pty *pty);
};

#define PLACE_STEPS 10

struct place {
	const char *name; /* of the screen as text: golden/NAME-80x24.txt and so on */
	const struct key_table *keys;
	enum world world;
	/* before the TUI starts; NULL: nothing */
	void (*prepare)(struct stage *stage);
	struct step way[PLACE_STEPS]; /* the texts are those that only the place has which the keys lead to */
};

extern const struct place places[];
extern const size_t place_count;

/* A stage with the world of this place, and the puppet. */
struct stage *place_stage(const struct place *place);
/* A TUI that was led there. */
struct pty *place_open(struct stage *stage, const struct place *place, int rows, int columns, const char *const *extra);
/* Leads a TUI that shows the list there. */
void place_go(struct stage *stage, const struct place *place, struct pty *pty);
/* The first place with this table; NULL: there is none. */
const struct place *place_of(const struct key_table *keys);
const struct place *place_find(const char *name);
/* The key that opens the help where this table holds, as bytes; NULL: none does. */
const char *place_help_key(const struct key_table *keys);

/* The terminal is as it was before the TUI. */
void expect_restored(struct pty *pty);

#endif
