/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the two threads of the connection share. */
#ifndef SCREEN_RFB_INTERNAL_H
#define SCREEN_RFB_INTERNAL_H

#include "base/strbuf.h"
#include "screen/rfb.h"

#include <pthread.h>

struct rfb {
	const struct rfb_callbacks *callbacks;
	void *userdata;
	pthread_t thread;
	int wake; /* an eventfd: the thread has something for us */

	pthread_mutex_t lock; /* guards all up to the next mark */
	pthread_cond_t work;  /* there is a socket for the thread, or an end to its rest, or of it */
	bool running, ending;
	int next; /* the socket that the thread is to take; -1: none */
	char password[64];
	struct wire_state now; /* as the thread sees it */
	bool state_new, screen_new, ready;
	unsigned bells;
	struct strbuf cut; /* what the server's clipboard says */
	bool cut_new;
	uint32_t *pixels; /* owned; opaque: the highest byte is 255 */
	unsigned width, height;
	struct rectangle dirty[RFB_DIRTY_MAX];
	size_t dirty_count;
	bool whole;	     /* dirty is what whole updates left */
	bool filled;	     /* the pixels are a screen, not what was before the first update */
	bool partial;	     /* an update has begun */
	bool asked;	     /* an answer to a request is on its way */
	bool abandoned;	     /* nobody wants to hear how this connection ends */
	const char *verdict; /* why we end it ourselves; NULL: we do not */

	size_t drawn; /* the thread's alone: pixels since it rested */

	/* The caller's thread alone. */
	int fd; /* the same socket, for writing; -1: none */
	bool connecting;
	int64_t deadline_ms; /* of the handshake; 0: none */
	int64_t partial_since_ms;
	struct strbuf out;
	size_t out_at;
	struct wire_state state;
	bool request_pending, request_all;
	bool pointer_known;
	uint16_t pointer_x, pointer_y;
};

/* The thread's function: takes sockets and speaks RFB on them until it is told to end. */
void *rfb_thread(void *rfb);

#endif
