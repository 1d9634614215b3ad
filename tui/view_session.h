/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The graphical screen of one machine: virtty-screen, connected when the machine runs and started anew when it dies. It
 * lives on while nobody looks. */
#ifndef TUI_VIEW_SESSION_H
#define TUI_VIEW_SESSION_H

#include "core/display.h"
#include "tui/copy_mode.h"
#include "tui/guest_keys.h"
#include "tui/screen.h"
#include "tui/view_picture.h"
#include "tui/view_window.h"

struct event;
struct key_feed;
struct keymap;
struct machine;

#define VIEW_STARTS_LIMIT 3 /* of virtty-screen, in a minute */

#define VIEW_HELD_LIMIT 16

struct view_session {
	struct ui *ui;
	int64_t id;		 /* the machine */
	char *name;		 /* owned; its name */
	struct display *display; /* owned; NULL: virtty-screen does not run */
	struct event *readable, *writable, *drained;
	struct view_window window;
	struct copy_mode copy;
	struct keymap *keymap; /* owned; the machine's layout; NULL: not needed yet */
	struct key_feed *feed; /* owned */
	uint8_t mode;	       /* enum wire_mode */
	struct view_part part; /* of a picture */
	bool other_mouse;      /* the mouse is whose it would not be by itself */
	uint8_t buttons;       /* that are down for the guest */
	bool looked_at;
	bool quiet;	       /* a preview: it rings no bell, and takes nothing that the guest copies */
	struct wire_view told; /* what virtty-screen knows of us */
	bool frame_waits;      /* for being drawn */
	bool pasting;
	uint32_t held[VIEW_HELD_LIMIT]; /* keys that are down for the guest, from a terminal that will tell when they
					   are not */
	size_t held_count;
	uint64_t frames; /* that came */
	char *trouble;	 /* owned; why there is no picture though the machine runs */
	bool reached;	 /* virtty-screen was given a connection */
	bool given_up;	 /* trying again needs somebody who asks for it */
	int64_t tried_generation;
	int64_t started_at_ms[VIEW_STARTS_LIMIT];
};

struct view_session *view_session_new(struct ui *ui, const struct machine *machine);
void view_session_free(struct view_session *session);
/* Starts virtty-screen and connects when the machine runs, and there is no connection. */
void view_session_poll(struct view_session *session);
/* From now on it is looked at, or no more: then nothing is sent. */
void view_session_look(struct view_session *session, bool looked_at);
/* How large the area is in which it is drawn, and what the terminal can show there. Says it to virtty-screen when it is
 * news. at_most: frames a second, 0: as many as there are. */
void view_session_fit(struct view_session *session, int rows, int columns, unsigned at_most);
/* What came last is on its way to the terminal: the next may come when the terminal has taken it. */
void view_session_drawn(struct view_session *session);
/* Connects anew, and reads the whole screen again. */
void view_session_retry(struct view_session *session);

/* Is there a guest that sees keys? */
bool view_session_connected(const struct view_session *session);
/* A key of the terminal's; one that its terminal tells of by itself goes down, and up with view_session_release(). */
void view_session_release(struct view_session *session, const struct key *key);
void view_session_key(struct view_session *session, const struct key *key);
void view_session_chord(struct view_session *session, const struct chord *chord);
/* Types text, some characters after the other; says what the guest's layout cannot. */
void view_session_type(struct view_session *session, const char *text, size_t length);
/* How many keys still wait to be pressed. */
size_t view_session_typing(const struct view_session *session);
/* Text for the guest's clipboard. */
void view_session_give(struct view_session *session, const char *text, size_t length);
/* The guest's pointer to a pixel; buttons as in struct wire_pointer. */
void view_session_point(struct view_session *session, unsigned x, unsigned y, uint8_t buttons);
/* The layout of the machine's keyboard. Borrowed. */
const struct keymap *view_session_keymap(struct view_session *session);

/* The last layout and state; never NULL. */
const struct wire_layout *view_session_layout(const struct view_session *session);
const struct wire_state *view_session_state(const struct view_session *session);
/* Is what is seen text of the guest's (live or standing still)? Else it is a picture, or nothing yet. */
bool view_session_shows_text(const struct view_session *session);
/* The machine, NULL when it is no longer defined. Borrowed from the model. */
const struct machine *view_session_machine(const struct view_session *session);

#endif
