/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One viewer of a console: a connection that gets frames, or the pseudo-terminal. What it takes at once is never copied; what it is too
 * slow for is queued up to a limit, then the oldest of it goes: the guest never waits. */
#ifndef CORE_KEEPER_VIEWER_H
#define CORE_KEEPER_VIEWER_H

#include "core/console_frame.h"
#include "core/keeper/port.h"

#define VIEWER_QUEUE_LIMIT (1024 * 1024) /* bytes that wait for one viewer */
#define PTY_QUEUE_LIMIT    (64 * 1024)   /* the same for a pseudo-terminal, which nobody may ever read */
#define VIEWER_LIMIT       64

struct viewer {
	struct viewer *next;
	struct port *port;
	int fd;
	bool is_pty;
	struct event *read, *write;
	struct console_frames frames;
	char request[8];      /* payload of a 'w' */
	size_t request_length;
	struct strbuf out;    /* the rest of a frame, and status frames */
	struct strbuf queue;  /* bytes of the guest that wait, from queue_at on */
	size_t queue_at;
	bool paused;          /* not read, because the guest does not read */
	bool live;            /* the replay is over, and it was told so */
	bool dead;
};

struct viewer *viewer_new(struct port *port, int fd, bool is_pty);
void viewer_close(struct viewer *viewer);
void viewer_free(struct viewer *viewer);
/* Bytes from the guest. */
void viewer_data(struct viewer *viewer, const char *bytes, size_t length);
/* Sends what can be sent: the rest of a frame, then what is queued. */
void viewer_flush(struct viewer *viewer);
/* The guest reads again. */
void viewer_continue(struct viewer *viewer);
void viewer_send_status(struct viewer *viewer);

#endif
