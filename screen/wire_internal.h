/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stream's inside, for the two files that make it. */
#ifndef SCREEN_WIRE_INTERNAL_H
#define SCREEN_WIRE_INTERNAL_H

#include "base/strbuf.h"
#include "screen/wire.h"

#define WIRE_HEADER 4
#define WIRE_FDS    16 /* on the way in either direction */

/* A descriptor goes out with the byte at this place of the queue. */
struct wire_going {
	size_t at;
	int fd; /* owned */
};

struct wire {
	int fd; /* owned */
	struct strbuf in, out;
	size_t in_at;	   /* frames before it were taken */
	size_t checked;	   /* of in: where the next header to be judged begins; it may lie behind what was read */
	size_t out_at;	   /* bytes before it were written */
	size_t frame_at;   /* of out: the frame that is being made */
	int got[WIRE_FDS]; /* owned: came, not taken yet */
	size_t got_count;
	struct wire_going going[WIRE_FDS];
	size_t going_count;
};

/* A frame's beginning (fd -1: none, else taken over) and end; what is added to out in between is its payload. */
void wire_begin(struct wire *wire, uint8_t type, int fd);
void wire_end(struct wire *wire);

#endif
