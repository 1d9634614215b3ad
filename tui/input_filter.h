/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In front of libtermkey: takes out of the terminal's bytes what it does not understand, the terminal's answers and the
 * kitty protocol's keys. */
#ifndef TUI_INPUT_FILTER_H
#define TUI_INPUT_FILTER_H

#include "tui/keys.h"

#include <stddef.h>

struct sgr_mouse {
	unsigned button, x, y;
	bool released;
};

struct input_filter_callbacks {
	/* What is none of the below, in order. */
	void (*bytes)(const char *bytes, size_t length, void *userdata);
	void (*key)(const struct key *key, void *userdata);
	/* The mouse, in pixels from 1 on; button as in SGR's mode, with its modifiers. */
	void (*mouse)(const struct sgr_mouse *mouse, void *userdata);
	/* A whole answer without its escape: "[?62;4c", "_Gi=31;OK". Only while answers are wanted; otherwise they are
	 * dropped. */
	void (*answer)(const char *text, size_t length, void *userdata);
};

#define INPUT_FILTER_HELD 256 /* bytes of one sequence; what is longer is none of ours */

struct input_filter {
	const struct input_filter_callbacks *callbacks;
	void *userdata;
	char held[INPUT_FILTER_HELD]; /* a sequence that is not whole yet */
	size_t length;
	bool kitty;   /* the terminal sends keys by the kitty protocol */
	bool pixels;  /* it tells of the mouse in pixels */
	bool answers; /* the terminal was asked something */
	bool pasting; /* between the brackets of a paste: nothing in there is a key or an answer */
};

void input_filter_push(struct input_filter *filter, const char *bytes, size_t length);
/* Something is held that may be the beginning of a sequence. */
bool input_filter_waits(const struct input_filter *filter);
/* No more came in time: what is held is what it is. */
void input_filter_flush(struct input_filter *filter);

#endif
