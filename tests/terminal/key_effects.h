/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each command of each key table does, as something that can be seen. */
#ifndef TESTS_TERMINAL_KEY_EFFECTS_H
#define TESTS_TERMINAL_KEY_EFFECTS_H

#include "tui/bindings.h"

#include <stdbool.h>

struct key_effect {
	const struct key_table *keys; /* NULL: where no table has its own row */
	enum command command;

	/* how it comes to be pressed */
	const char *place;	    /* NULL: the first place with this table */
	int rows;		    /* of the terminal; 0: 24 */
	bool talk;		    /* the guest has said a hundred lines */
	const char *before, *ready; /* typed, and then waited for */
	const char *after;	    /* typed behind it */

	/* what is seen then: as much as is said */
	const char *shows, *gone;
	const char *selects; /* the row with this text is the selected one */
	bool moves;	     /* the cursor is elsewhere */
	const char *writes;  /* bytes to the terminal */
	const char *asks;    /* virtty is run with these arguments */
	char frame;	     /* to the guest's keeper: its type and */
	const char *sends;   /* what it holds */
	bool ends;	     /* the program, and well */
};

/* NULL: nobody has said what this command does there. */
const struct key_effect *key_effect(const struct key_table *keys, enum command command);

#endif
