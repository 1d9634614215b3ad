/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One console of one machine: the connection to its keeper, made when the machine runs, and the guest's terminal. It lives on while nobody looks. */
#ifndef TUI_CONSOLE_SESSION_H
#define TUI_CONSOLE_SESSION_H

#include "tui/console_input.h"
#include "tui/copy_mode.h"
#include "tui/screen.h"
#include "tui/vt.h"

struct console;
struct event;
struct machine;

struct console_session {
	struct ui *ui;
	int64_t id;  /* the machine */
	char *name;  /* owned; its name */
	size_t index, total; /* which of its consoles; how many there are, 0: not known */
	struct vt *vt; /* owned */
	struct copy_mode copy;
	struct console *console; /* owned; NULL: not connected */
	struct event *readable, *writable;
	bool replaying; /* until the keeper says what we may: before that come old bytes, whose questions are not answered */
	bool writer, held;
	bool asked; /* for the right to type, and it is not yet said that somebody else has it: what is typed meanwhile counts */
	bool looked_at; /* only who is looked at asks for the right to type */
	bool news;      /* it has said something since */
	struct console_input input; /* what is typed, on its way */
	bool lost_input;
	bool spoken;    /* the guest has said something since the machine was started */
	bool lacking;   /* the machine has no console at all, and its next start brings none */
	char *trouble; /* owned; why there is no connection though the machine runs */
	int64_t bell_at_ms, adopted_at_ms;
	int64_t run_at_ms; /* when the machine was started whose words the terminal holds; 0: it holds none yet */
	int told_rows; /* how high the guest takes its terminal to be: it can only know what it was told */
};

/* What guests take for the height of a serial line's terminal. */
#define CONSOLE_USUAL_ROWS 24

/* The guest's terminal is to be seen in a window of this size. It is never lower than the guest takes it to be: then part of it is seen. */
void console_session_fit(struct console_session *session, int rows, int columns);
/* Types the line that tells a guest's shell that the window is of this size. */
void console_session_tell_size(struct console_session *session, int rows, int columns);

struct console_session *console_session_new(struct ui *ui, const struct machine *machine, size_t index);
void console_session_free(struct console_session *session);
/* Connects when the machine has a console to connect to, and there is no connection. */
void console_session_poll(struct console_session *session);
/* From now on it is looked at, or no more: then another viewer may type. */
void console_session_look(struct console_session *session, bool looked_at);
/* Is this where one types? */
bool console_session_types(const struct console_session *session);
/* Types; nothing happens without the right to. False when the guest did not take it all. */
bool console_session_type(struct console_session *session, const char *bytes, size_t length);
/* Sends the line's break condition. */
void console_session_break(struct console_session *session);
/* Takes the right to type over from whoever has it. */
void console_session_take_over(struct console_session *session);
/* The machine, NULL when it is no longer defined. Borrowed from the model. */
const struct machine *console_session_machine(const struct console_session *session);

#endif
