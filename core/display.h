/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of a machine's graphical screen: starts virtty-screen, hands it the connected VNC socket, keeps the cells that
 * it tells. Never blocks. */
#ifndef CORE_DISPLAY_H
#define CORE_DISPLAY_H

#include "core/manager.h"
#include "screen/wire.h"

struct display;

struct display_callbacks {
	/* All may be NULL, and may not free the display. */
	void (*state)(void *userdata);	/* display_state() is another */
	void (*layout)(void *userdata); /* display_layout() is another: all cells are blank */
	void (*frame)(void *userdata);	/* cells (and image) make one whole screen now. Show it, then display_shown() */
	void (*bell)(void *userdata);
	void (*cut)(const char *text, size_t length, void *userdata); /* the guest copied */
};

/* Starts virtty-screen for a machine, which need not run yet: display_connect() connects. NULL on error. */
struct display *display_open(struct manager *manager, const struct machine *machine,
			     const struct display_callbacks *callbacks, void *userdata, struct error *err);
void display_close(struct display *display);
/* Connects to the machine's VNC server as it is now (unix or TCP; its password from the definition). machine is read
 * anew by the caller. In place of a connection that is there; after WIRE_CLOSED it may be called again, for the QEMU
 * that runs then: guests' reboots and new sizes need no new connection. ERROR_STATE "'x' is not running";
 * ERROR_UNSUPPORTED "'x' has no graphics" with the way out. */
bool display_connect(struct display *display, const struct machine *machine, struct error *err);
/* To poll: for reading, and for writing while display_wants_write(). */
int display_fd(const struct display *display);
bool display_wants_write(const struct display *display);
/* One non-blocking step, at most budget bytes (0: 1 MiB). False when virtty-screen has gone (err: why); display_open()
 * another one then. */
bool display_step(struct display *display, size_t budget, struct error *err);

/* What the viewer can show and wants to see. */
void display_view(struct display *display, const struct wire_view *view);
/* The frame of the last callback has reached the terminal: the next may come. */
void display_shown(struct display *display);
void display_refresh(struct display *display);
void display_key(struct display *display, bool down, uint32_t keysym, uint32_t scancode);
void display_pointer(struct display *display, unsigned x, unsigned y, unsigned buttons);
void display_copied(struct display *display, const char *text, size_t length);

/* The last state and layout. Borrowed. */
const struct wire_state *display_state(const struct display *display);
const struct wire_layout *display_layout(const struct display *display);
/* The cells of a row, layout's columns of them. Borrowed, until the next step. */
const struct wire_cell *display_row(const struct display *display, unsigned row);
/* The image of the last frame; NULL: it is made of cells. Borrowed, until the next step. */
const struct wire_image *display_image(const struct display *display);
/* The guest's text cursor in the grid; false: none is seen. */
bool display_cursor(const struct display *display, unsigned *ret_row, unsigned *ret_column);
/* The text of a row: cells that are no text as blanks, trailing blanks cut. Owned. */
char *display_text(const struct display *display, unsigned row);

#endif
