/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of a console's viewer socket, both ends: 1 byte type, 3 bytes length (big endian), payload (see core/keeper/plan.h). */
#ifndef CORE_CONSOLE_FRAME_H
#define CORE_CONSOLE_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#define CONSOLE_FRAME_HEADER 4
#define CONSOLE_FRAME_LIMIT  0xffffff

/* The header of a frame of length bytes (at most CONSOLE_FRAME_LIMIT). */
void console_frame_header(unsigned char header[CONSOLE_FRAME_HEADER], char type, size_t length);

/* Follows a stream of frames without gathering them. Zeroed is ready. */
struct console_frames {
	unsigned char header[CONSOLE_FRAME_HEADER];
	size_t have; /* bytes of the header */
	size_t left; /* of the payload */
};

/* A run of payload bytes that lay together. */
struct console_piece {
	char type;         /* 0: no piece, only (part of) a header was read */
	const char *bytes; /* borrowed from what was fed */
	size_t length;
	bool first, last;  /* the frame begins, ends with this piece; an empty frame is one empty piece */
};

/* Takes some of the bytes (at least one); how many is returned. */
size_t console_frames_feed(struct console_frames *frames, const char *bytes, size_t length, struct console_piece *ret);

#endif
