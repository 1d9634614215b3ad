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
	/* The terminal answers a question, while input_expect() says that there is one: see terminal_answer(). */
	void (*answer)(const char *text, size_t length, void *userdata);
	/* The terminal says that it is well (CSI 0 n): the answer to terminal_mark(). */
	void (*marked)(void *userdata);
	/* The terminal has gone. */
	void (*ended)(void *userdata);
};

/* Reads stdin by the loop. NULL on error. */
struct input *input_new(struct event_base *base, bool utf8, const struct input_callbacks *callbacks, void *userdata, struct error *err);
void input_free(struct input *input);
/* Stops and goes on reading (while the program is suspended). */
void input_pause(struct input *input, bool paused);
/* A question was put to the terminal; it has been answered. */
void input_expect(struct input *input, bool answers);
/* From now on keys come by the kitty protocol, or no more. */
void input_kitty(struct input *input, bool on);
/* From now on the mouse comes in pixels; cells are of this size. 0 0: in cells again. */
void input_pixels(struct input *input, unsigned cell_width, unsigned cell_height);

#endif
