/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connection to a VNC server, by libvncclient in a thread of its own: reading blocks there and nowhere else. What
 * the caller asks for is written by the caller's thread, without blocking. */
#ifndef SCREEN_RFB_H
#define SCREEN_RFB_H

#include "screen/pixels.h"
#include "screen/wire.h"

#include <poll.h>

#define RFB_PIXELS_MAX (34 * 1000 * 1000) /* of a screen: 7680x4320 is less */
#define RFB_DIRTY_MAX  64		  /* rectangles; more are joined */

struct rfb;

struct rfb_callbacks {
	void (*state)(void *userdata); /* rfb_state() is another */
	void (*bell)(void *userdata);
	void (*cut)(const char *text, size_t length, void *userdata); /* UTF-8 */
};

/* Starts the thread: before the sandbox is entered. NULL when there can be none. */
struct rfb *rfb_new(const struct rfb_callbacks *callbacks, void *userdata);
/* Ends the connection and the thread; one that does not end within seconds is left to the process's own end. */
void rfb_free(struct rfb *rfb);
/* A new connection instead of the one that is there. fd (taken over) may still be connecting. */
void rfb_connect(struct rfb *rfb, int fd, const char *password);

/* What to poll for; at most 2 entries, how many is returned. *timeout_ms is made smaller if need be (-1: none). */
size_t rfb_poll(struct rfb *rfb, struct pollfd *ret, int *timeout_ms);
/* One step, without blocking: writes what waits, tells what is new by the callbacks. */
void rfb_step(struct rfb *rfb);
const struct wire_state *rfb_state(const struct rfb *rfb);

/* Asks for what changes from now on, or for the whole screen, unless an answer is on its way. */
void rfb_request(struct rfb *rfb);
void rfb_refresh(struct rfb *rfb);
/* Is there a screen to be taken? */
bool rfb_has_screen(struct rfb *rfb);
/* Has an update come that was not taken yet? */
bool rfb_has_update(struct rfb *rfb);
/* Holds the screen still and says which parts changed since it was taken last. False: there is none (nothing is held
 * then). */
bool rfb_take(struct rfb *rfb, struct pixels *ret_screen, struct rectangle ret_dirty[RFB_DIRTY_MAX], size_t *ret_count);
void rfb_release(struct rfb *rfb);

void rfb_key(struct rfb *rfb, const struct wire_key *key);
void rfb_pointer(struct rfb *rfb, const struct wire_pointer *pointer);
void rfb_copied(struct rfb *rfb, const char *text, size_t length);

#endif
