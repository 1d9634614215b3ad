/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Screens: what one is, and the stack they form. A dialog is a screen that leaves the one below visible. */
#ifndef TUI_SCREEN_H
#define TUI_SCREEN_H

#include "tui/keys.h"
#include "tui/theme.h"

struct console_set;
struct event_base;
struct foreground;
struct input;
struct job_list;
struct manager;
struct model;
struct network_model;
struct screen;
struct storage_model;
struct terminal;
struct ui;

/* What a kind of screen does. Only draw and close must be there; NULL elsewhere means: nothing. No function draws but draw(), none blocks,
 * none reads input: what has changed is said by ui_dirty(), and the loop draws. */
struct screen_class {
	bool overlay; /* the screen below is drawn first */
	/* The key table in force now. */
	const struct key_table *(*keys)(const struct screen *screen);
	/* Why a command cannot be done now, as a line for people (shown when the key is pressed, and its footer word is dim); NULL: it can.
	 * Borrowed; may lie in the screen. */
	const char *(*refuses)(struct screen *screen, enum command command);
	void (*command)(struct screen *screen, enum command command);
	/* A command was refused, and why is said. */
	void (*refused)(struct screen *screen);
	/* A key that no table has. */
	void (*key)(struct screen *screen, const struct key *key);
	/* A release, or a modifier by itself: only while terminal_keys() asks for them. */
	void (*real_key)(struct screen *screen, const struct key *key);
	void (*paste)(struct screen *screen, const char *text, size_t length, bool begin, bool end);
	void (*mouse)(struct screen *screen, const struct mouse *mouse);
	/* Once a second. */
	void (*tick)(struct screen *screen);
	/* The model has read the state anew. */
	void (*changed)(struct screen *screen);
	void (*draw)(struct screen *screen, struct terminal *term);
	/* Frees the screen. */
	void (*close)(struct screen *screen);
};

/* The head of every screen's own struct. */
struct screen {
	const struct screen_class *class;
	struct ui *ui;
	struct screen *below;
	bool grabs;   /* keys that its table does not have are its own: keys_everywhere is not asked */
	bool closing; /* goes when the loop comes by */
};

/* What all screens share. Owned by main. */
struct ui {
	struct event_base *base;
	struct manager *manager;
	struct model *model;
	struct storage_model *storage;
	struct network_model *networks;
	struct job_list *jobs;
	struct terminal *term;
	struct input *input;
	struct foreground *foreground; /* has the terminal now: nothing is drawn; NULL: nobody */
	struct console_set *consoles; /* those that are open; NULL: none yet */
	struct screen *top;
	bool dirty;
	bool stale; /* the model is to be read anew */
	size_t waiting; /* machines that a command is still to be given to: leaving gives that up */
	bool quitting;
	bool suspending;
	char *status; /* owned; a line about what was done last */
	enum style status_style;
	bool status_seen; /* it has been drawn */
	int64_t status_until_ms; /* monotonic; once it has been drawn */
};

/* Puts a screen on top; it is owned by the stack from now on. */
void ui_push(struct ui *ui, struct screen *screen);
/* Takes a screen away once the loop has control again, so that a screen may close itself in the midst of its own functions. */
void ui_close(struct screen *screen);
/* Something looks different: draw. */
void ui_dirty(struct ui *ui);
/* Shows a line where the footer is, for a few seconds or until another screen is to be seen. */
void ui_status(struct ui *ui, enum style style, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Does a command of keys_everywhere (help, redraw, suspend), for a screen that grabs the keyboard and has it in its own table. False when it is none. */
bool ui_everywhere(struct ui *ui, enum command command);

/* ---- for the loop ---- */

void ui_reap(struct ui *ui); /* closes what is to be closed; an empty stack quits */
void ui_close_all(struct ui *ui);
void ui_key(struct ui *ui, const struct key *key);
void ui_mouse(struct ui *ui, const struct mouse *mouse);
void ui_paste(struct ui *ui, const char *text, size_t length, bool begin, bool end);
void ui_command(struct ui *ui, enum command command);
void ui_tick(struct ui *ui);
void ui_changed(struct ui *ui);
void ui_draw(struct ui *ui);

#endif
