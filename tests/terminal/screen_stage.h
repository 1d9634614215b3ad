/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for the screen of one machine, whose VNC server the test plays. */
#ifndef TESTS_TERMINAL_SCREEN_STAGE_H
#define TESTS_TERMINAL_SCREEN_STAGE_H

#include "tests/harness/rfb_server.h"
#include "tests/terminal/stage.h"

#define SCREEN_LIMIT_MS 20000

/* Made by screen_setup(), undone by screen_teardown(): a Check fixture. The machine "guest" has a screen, whose server is to
 * listen at the path, and a serial console; a test that starts the server leaves it in the variable. */
extern struct stage *stage;
extern int64_t machine;
extern char *path;
extern struct rfb_server *server;
void screen_setup(void);
void screen_teardown(void);

/* Waits until the viewers have done this, whatever they did before. Forgets both. */
void expect_said(struct pty *pty, const char *wanted);

#endif
