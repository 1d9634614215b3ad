/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One viewer of a console: a connection that gets frames, or the pseudo-terminal. Nothing is queued for it but the rest of one frame: what it
 * is too slow for it reads from the log, and what it is far too slow for it misses. */
#ifndef CORE_KEEPER_VIEWER_H
#define CORE_KEEPER_VIEWER_H

#include "core/console_frame.h"
#include "core/keeper/port.h"

#define VIEWER_REPLAY (256 * 1024)  /* what a newcomer gets first */
#define VIEWER_LAG    (1024 * 1024) /* further behind: it is taken forward to the last VIEWER_REPLAY bytes */
#define VIEWER_LIMIT  64

struct viewer {
	struct viewer *next;
	struct port *port;
	int fd;
	bool is_pty;
	struct event *read, *write;
	struct console_frames frames;
	char request[8];      /* payload of a 'w' */
	size_t request_length;
	int64_t at;           /* the log offset of its next byte */
	struct strbuf out;    /* the rest of a frame, and status frames */
	unsigned waits;       /* how often the log was behind us in a row */
	bool paused;          /* not read, because the guest does not read */
	bool live;            /* the replay is over, and it was told so */
	bool dead;
};

struct viewer *viewer_new(struct port *port, int fd, bool is_pty, int64_t at);
void viewer_close(struct viewer *viewer);
void viewer_free(struct viewer *viewer);
/* Bytes from the guest, the first of them at log offset at. */
void viewer_data(struct viewer *viewer, const char *bytes, size_t length, int64_t at);
/* Sends what can be sent: the rest of a frame, then what the log has. */
void viewer_flush(struct viewer *viewer);
/* The guest reads again. */
void viewer_continue(struct viewer *viewer);
void viewer_send_status(struct viewer *viewer);

#endif
