/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for views of a screen: the real virtty-screen between a view and a VNC server that the test plays. */
#ifndef TESTS_UNIT_DISPLAY_STAGE_H
#define TESTS_UNIT_DISPLAY_STAGE_H

#include "base/strbuf.h"
#include "core/display.h"
#include "tests/unit/manage.h"
#include "tests/unit/rfb_server.h"
#include "tests/unit/unit.h"

#define PATIENCE_MS 20000

/* A view, and what it was told. */
struct stage_view {
	struct display *display; /* owned */
	bool hold;		 /* frames are not shown as they come */
	unsigned states, layouts, frames, bells;
	struct strbuf cut;
};

/* Made by stage_setup(), undone by stage_teardown(): a Check fixture. The machine "web1" is as if it ran, and its VNC
 * server is ours. */
extern struct rfb_server server;
extern struct machine machine;
extern struct stage_view view;
extern const struct display_callbacks callbacks;
void stage_setup(void);
void stage_teardown(void);

/* Opens the view, of 80 columns and 25 rows: virtty-screen runs. */
void open_view(uint8_t mode, uint8_t picture);
/* Has it connect to the server, which has yet to accept. */
void attach(void);
/* Both, and the server says what it is. */
void begin(uint8_t mode, uint8_t picture, unsigned width, unsigned height);

/* Steps the view until something is so; fails the test when the time is up. */
void wait_until(bool (*condition)(const void *data), const void *data, const char *what);
void wait_link(int link);
void wait_frame(void);
/* A condition: the link has ended, one way or the other. */
bool link_ended(const void *data);
/* The only child. */
pid_t screen_pid(void);

#endif
