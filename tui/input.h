/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host terminal's input, decoded by libtermkey: keys, mouse, pasted text. */
#ifndef TUI_INPUT_H
#define TUI_INPUT_H

#include "base/error.h"
#include "tui/keys.h"

struct event_base;
struct input;

struct input_callbacks {
	void (*key)(const struct key *key, void *userdata);
	void (*mouse)(const struct mouse *mouse, void *userdata);
	/* Pasted text, in pieces: begin and end are true at the first and the last; text may be empty. Newlines are '\r', as the key sends. */
	void (*paste)(const char *text, size_t length, bool begin, bool end, void *userdata);
	/* The terminal has gone. */
	void (*ended)(void *userdata);
};

/* Reads stdin by the loop. NULL on error. */
struct input *input_new(struct event_base *base, bool utf8, const struct input_callbacks *callbacks, void *userdata, struct error *err);
void input_free(struct input *input);
/* Stops and goes on reading (while the program is suspended). */
void input_pause(struct input *input, bool paused);

#endif
