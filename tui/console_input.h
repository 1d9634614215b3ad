/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed at a guest, no faster than a serial line brings it: what comes faster than its programs read, a guest drops without a word. */
#ifndef TUI_CONSOLE_INPUT_H
#define TUI_CONSOLE_INPUT_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <stdint.h>

struct event;
struct event_base;

#define CONSOLE_INPUT_LIMIT (64 * 1024) /* bytes that wait at most */

struct console_input {
	void (*send)(const char *bytes, size_t length, void *userdata);
	void *userdata;
	struct strbuf waiting;
	struct event *later; /* owned */
	size_t allowance;    /* bytes that may go at once */
	int64_t counted_at_ms;
	bool heard; /* the guest has said something since some were sent: it keeps up */
};

/* send is called from console_input_type() and from the loop. */
void console_input_begin(struct console_input *input, struct event_base *base, void (*send)(const char *bytes, size_t length, void *userdata),
			 void *userdata);
void console_input_end(struct console_input *input);
/* Sends, now or in a while, in order. A ^C does not wait: what waits is given up. False when not all of it can wait. */
bool console_input_type(struct console_input *input, const char *bytes, size_t length);
/* How many bytes wait. */
size_t console_input_waiting(const struct console_input *input);
/* The guest has said something. */
void console_input_heard(struct console_input *input);
/* Gives up what waits. */
void console_input_drop(struct console_input *input);

#endif
