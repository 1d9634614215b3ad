/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer's end of a console: frames to and from the keeper's console socket, without blocking. */
#ifndef CORE_CONSOLE_H
#define CORE_CONSOLE_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>

struct console;

struct console_callbacks {
	void (*data)(const char *bytes, size_t length, void *userdata);
	/* writer: we may type; held: another viewer writes. The first one comes before what was said so far: see console_live(). */
	void (*status)(bool writer, bool held, void *userdata);
};

/* Connects to a viewer socket. write: ask to write at once; force: take it over. NULL on error. */
struct console *console_open(const char *viewer, bool write, bool force, const struct console_callbacks *callbacks, void *userdata, struct error *err);
void console_close(struct console *console);
int console_fd(const struct console *console);
/* What was said before has all come: from here on it is said now. */
bool console_live(const struct console *console);
bool console_wants_write(const struct console *console);
/* One non-blocking step, reading at most budget bytes (0: 64 KiB) so that a flood starves nobody. False when the console has gone (err: why). */
bool console_step(struct console *console, size_t budget, struct error *err);
/* Queues input (at most 64 KiB waits; more is dropped and false returned). */
bool console_send(struct console *console, const char *bytes, size_t length);
void console_send_break(struct console *console);
void console_request_write(struct console *console, bool force);
void console_release_write(struct console *console);

#endif
