/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VNC server for tests: a screen of text as a VGA card draws it, what the viewers typed and pointed at written down.
 * It runs in threads of the test. */
#ifndef TESTS_HARNESS_RFB_SERVER_H
#define TESTS_HARNESS_RFB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rfb_server;

/* Listens at a unix socket, with a black screen of columns x rows cells: of 9x16 pixels where there are 80, as in VGA's
 * text mode, else of 8x16, as on a framebuffer. NULL, by skip_test(), where no VGA BIOS is installed whose font it
 * could draw with. */
struct rfb_server *rfb_server_new(const char *path, unsigned columns, unsigned rows);
/* Hangs up and stops. */
void rfb_server_free(struct rfb_server *server);

/* Writes text at a cell, in colours 0xRRGGBB. Bytes are characters of code page 437. */
void rfb_server_text(struct rfb_server *server, unsigned row, unsigned column, const char *text, uint32_t foreground,
		     uint32_t background);
/* Fills the screen with what is no text. */
void rfb_server_noise(struct rfb_server *server);
/* A black screen of another size. */
void rfb_server_resize(struct rfb_server *server, unsigned columns, unsigned rows);
/* The guest has copied text; it rings. */
void rfb_server_cut(struct rfb_server *server, const char *text);
void rfb_server_bell(struct rfb_server *server);
/* Sends bytes to all viewers, whatever they are. */
void rfb_server_raw(struct rfb_server *server, const void *bytes, size_t length);
/* Ends all connections; viewers may come again. */
void rfb_server_hang_up(struct rfb_server *server);

/* What the viewers did since the last call: "+1e" and "-1e" for a key by its number, "p12,40,1" for the pointer,
 * "c:text" for what was copied, a blank behind each. Owned. */
char *rfb_server_said(struct rfb_server *server);
/* How many viewers are connected; how many there were. */
unsigned rfb_server_viewers(struct rfb_server *server);
unsigned rfb_server_visits(struct rfb_server *server);
/* Frames sent so far. */
unsigned rfb_server_frames(struct rfb_server *server);

#endif
