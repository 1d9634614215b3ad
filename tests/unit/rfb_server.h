/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VNC server that a test plays: it says what the test has it say, byte for byte, and reads what the client says when
 * the test asks. */
#ifndef TESTS_UNIT_RFB_SERVER_H
#define TESTS_UNIT_RFB_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rfb_server {
	char *path;   /* owned */
	int listener; /* on path */
	int client;   /* -1: none */
};

enum {
	ENCODING_RAW = 0,
	ENCODING_COPY = 1,
	ENCODING_HEXTILE = 5,
	ENCODING_SIZE = -223,
	ENCODING_KEYS = -258,
	ENCODING_POINTER = -257
};

/* Listens at path. */
void server_open(struct rfb_server *server, const char *path);
void server_close(struct rfb_server *server);
/* Waits for a client, in place of one that was there. */
void server_accept(struct rfb_server *server);
void server_hang_up(struct rfb_server *server);

/* Says bytes; numbers of RFB have their highest byte first. False when the client has gone, or takes nothing within
 * seconds. */
bool server_say(struct rfb_server *server, const void *bytes, size_t length);
void server_say_16(struct rfb_server *server, unsigned value);
void server_say_32(struct rfb_server *server, uint32_t value);
/* Reads just so many bytes; fails the test when they do not come. */
void server_hear(struct rfb_server *server, void *bytes, size_t length);
/* Reads the client's next message of a type (1 byte), passing over all others: what follows the type is put into bytes.
 */
void server_hear_message(struct rfb_server *server, unsigned type, unsigned char *bytes, size_t length);
/* As server_hear_message(), of update requests: waits for one and says whether it is incremental. */
bool server_hear_request(struct rfb_server *server);

/* The whole handshake of a server without a password, up to the screen's size and name. */
void server_welcome(struct rfb_server *server, unsigned width, unsigned height, const char *name);
/* ... with this one, as far as telling whether it was right. */
bool server_ask_password(struct rfb_server *server, const char *password);
/* After the security: reads the client's word, says size and name, and hears how the client wants its pixels. */
void server_begin(struct rfb_server *server, unsigned width, unsigned height, const char *name);
/* The head of an update, and of a rectangle. */
void server_update(struct rfb_server *server, unsigned count);
void server_rectangle(struct rfb_server *server, unsigned x, unsigned y, unsigned width, unsigned height,
		      int32_t encoding);
/* One whole update: a rectangle of one colour. */
void server_fill(struct rfb_server *server, unsigned x, unsigned y, unsigned width, unsigned height, uint32_t colour);
/* One whole update of pixels, stride in pixels. */
void server_pixels(struct rfb_server *server, unsigned width, unsigned height, const uint32_t *pixels, size_t stride);

#endif
