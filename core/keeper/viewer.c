/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One viewer of a console. */
#include "core/keeper/viewer.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "core/keeper/console_log.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define READ_SIZE     16384
#define CHUNK         16380        /* with its header one page-sized block */
#define FLUSH_BUDGET  (256 * 1024) /* from the log in one turn */
#define OUT_LIMIT     (256 * 1024) /* status frames for somebody who never reads */
#define WAIT_LIMIT    25           /* looks at a log that does not grow */

/* ---- bytes out ---- */

static ssize_t put(struct viewer *viewer, struct iovec *parts, size_t count)
{
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = count };
	ssize_t n;

	do
		n = viewer->is_pty ? writev(viewer->fd, parts, (int)count) : sendmsg(viewer->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) {
		viewer_close(viewer);
		return -1;
	}
	return n < 0 ? 0 : n;
}

/* Sends the rest of a frame; true when nothing of it is left. */
static bool flush_out(struct viewer *viewer)
{
	while (viewer->out.length > 0) {
		struct iovec part = { viewer->out.data, viewer->out.length };
		ssize_t n = put(viewer, &part, 1);

		if (n <= 0) {
			if (n == 0)
				event_add(viewer->write, NULL);
			return false;
		}
		strbuf_consume(&viewer->out, (size_t)n);
	}
	strbuf_clear(&viewer->out);
	return true;
}

/* Sends one frame (raw bytes to a pty); what does not go now is kept. Only called when nothing is kept. True when all went. */
static bool send_frame(struct viewer *viewer, char type, const char *bytes, size_t length)
{
	unsigned char header[CONSOLE_FRAME_HEADER];
	struct iovec parts[2] = { { header, viewer->is_pty ? 0 : sizeof header }, { (void *)(uintptr_t)bytes, length } };

	console_frame_header(header, type, length);
	ssize_t n = put(viewer, parts, 2);

	if (n < 0)
		return false;
	for (int i = 0; i < 2; i++) {
		size_t gone = (size_t)n < parts[i].iov_len ? (size_t)n : parts[i].iov_len;

		if (gone < parts[i].iov_len)
			strbuf_add(&viewer->out, (const char *)parts[i].iov_base + gone, parts[i].iov_len - gone);
		n -= (ssize_t)gone;
	}
	if (viewer->out.length == 0)
		return true;
	event_add(viewer->write, NULL);
	return false;
}

void viewer_send_status(struct viewer *viewer)
{
	const struct viewer *writer = viewer->port->writer;
	unsigned char header[CONSOLE_FRAME_HEADER];

	if (viewer->is_pty || viewer->dead)
		return;
	if (viewer->out.length > OUT_LIMIT) {
		viewer_close(viewer);
		return;
	}
	_cleanup_json_ struct json_object *status = json_object_new_object();

	json_set_bool(status, "writer", writer == viewer);
	json_set_bool(status, "held-by-other", writer != NULL && writer != viewer);
	json_set_bool(status, "live", viewer->live);
	_cleanup_free_ char *text = json_text(status);

	console_frame_header(header, 's', strlen(text));
	strbuf_add(&viewer->out, header, sizeof header);
	strbuf_puts(&viewer->out, text);
	flush_out(viewer);
}

/* The log has not what we have heard already: QEMU writes it a moment after the socket. If it never comes (a full disk, a log that
 * somebody cut) the positions are wrong, and those bytes are given up. */
static void wait_for_log(struct viewer *viewer)
{
	struct port *port = viewer->port;
	struct timeval soon = { 0, 2000 };

	if (++viewer->waits <= WAIT_LIMIT) {
		event_add(port->catch_up, &soon);
		return;
	}
	viewer->waits = 0;
	viewer->at = port->at;
	port_rebase(port, console_log_size(port->plan.log));
	viewer_flush(viewer);
}

static void become_live(struct viewer *viewer)
{
	viewer->waits = 0;
	if (viewer->live)
		return;
	viewer->live = true;
	viewer_send_status(viewer);
}

/* Too far behind: the last of it is worth more than the first. */
static void catch_up(struct viewer *viewer)
{
	int64_t limit = viewer->port->at - VIEWER_LAG;

	if (viewer->at < limit)
		viewer->at = viewer->port->at - VIEWER_REPLAY;
	if (viewer->at < 0) {
		int64_t lowest = console_log_lowest(viewer->port->plan.log);

		if (viewer->at < lowest)
			viewer->at = lowest;
	}
}

void viewer_flush(struct viewer *viewer)
{
	char bytes[CHUNK];

	if (viewer->dead || !flush_out(viewer))
		return;
	for (size_t sent = 0; sent < FLUSH_BUDGET;) {
		if (viewer->at >= viewer->port->at) {
			become_live(viewer);
			return;
		}
		catch_up(viewer);
		ssize_t n = console_log_read(viewer->port->plan.log, viewer->at, bytes, sizeof bytes);

		if (n <= 0) {
			wait_for_log(viewer);
			return;
		}
		viewer->waits = 0;
		viewer->at += n;
		sent += (size_t)n;
		if (!send_frame(viewer, 'd', bytes, (size_t)n))
			return;
	}
	event_add(viewer->write, NULL);
}

void viewer_data(struct viewer *viewer, const char *bytes, size_t length, int64_t at)
{
	if (viewer->dead || viewer->at >= at + (int64_t)length)
		return; /* it has read this in the log */
	if (viewer->at < at || viewer->out.length > 0) {
		/* it is behind, and reads the log at its own pace */
		if (!event_pending(viewer->write, EV_WRITE, NULL) && !event_pending(viewer->port->catch_up, EV_TIMEOUT, NULL))
			event_add(viewer->write, NULL);
		return;
	}
	size_t skip = (size_t)(viewer->at - at);

	viewer->at = at + (int64_t)length;
	send_frame(viewer, 'd', bytes + skip, length - skip);
}

/* ---- frames in ---- */

static void tell_all(struct port *port)
{
	for (struct viewer *viewer = port->viewers; viewer != NULL; viewer = viewer->next)
		viewer_send_status(viewer);
}

static void ask_write(struct viewer *viewer)
{
	struct port *port = viewer->port;
	bool force = viewer->request_length == 5 && memcmp(viewer->request, "force", 5) == 0;

	if (port->writer != NULL && port->writer != viewer && !force) {
		viewer_send_status(viewer);
		return;
	}
	port->writer = viewer;
	tell_all(port);
}

static void release_write(struct viewer *viewer)
{
	if (viewer->port->writer != viewer)
		return;
	viewer->port->writer = NULL;
	tell_all(viewer->port);
}

static void take_piece(struct viewer *viewer, const struct console_piece *piece)
{
	bool writes = viewer->port->writer == viewer;

	if (piece->type == 'd' && writes) {
		port_input(viewer->port, piece->bytes, piece->length);
	} else if (piece->type == 'w') {
		if (piece->first)
			viewer->request_length = 0;
		for (size_t i = 0; i < piece->length && viewer->request_length < sizeof viewer->request; i++)
			viewer->request[viewer->request_length++] = piece->bytes[i];
		if (piece->last)
			ask_write(viewer);
	} else if (piece->type == 'r' && piece->last) {
		release_write(viewer);
	} else if (piece->type == 'b' && piece->last && writes) {
		port_send_break(viewer->port);
	}
}

static void take_bytes(struct viewer *viewer, const char *bytes, size_t length)
{
	if (viewer->is_pty) {
		if (viewer->port->writer == NULL)
			port_input(viewer->port, bytes, length);
		return;
	}
	for (size_t at = 0; at < length && !viewer->dead;) {
		struct console_piece piece;

		at += console_frames_feed(&viewer->frames, bytes + at, length - at, &piece);
		take_piece(viewer, &piece);
	}
}

static void on_read(evutil_socket_t fd, short what, void *userdata)
{
	struct viewer *viewer = userdata;
	char bytes[READ_SIZE];
	ssize_t n = read(fd, bytes, sizeof bytes);

	(void)what;
	if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n <= 0) {
		viewer_close(viewer);
		return;
	}
	take_bytes(viewer, bytes, (size_t)n);
	if (!viewer->dead && viewer->port->input.length >= PORT_INPUT_LIMIT) {
		viewer->paused = true;
		event_del(viewer->read);
	}
}

static void on_write(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	viewer_flush(userdata);
}

void viewer_continue(struct viewer *viewer)
{
	if (!viewer->paused || viewer->dead)
		return;
	viewer->paused = false;
	event_add(viewer->read, NULL);
}

/* ---- life ---- */

struct viewer *viewer_new(struct port *port, int fd, bool is_pty, int64_t at)
{
	struct viewer *viewer = xcalloc(1, sizeof *viewer);

	fd_set_nonblock(fd, true);
	viewer->port = port;
	viewer->fd = fd;
	viewer->is_pty = is_pty;
	viewer->at = at;
	viewer->read = event_new(port->keeper->loop, fd, EV_READ | EV_PERSIST, on_read, viewer);
	viewer->write = event_new(port->keeper->loop, fd, EV_WRITE, on_write, viewer);
	event_add(viewer->read, NULL);
	return viewer;
}

void viewer_close(struct viewer *viewer)
{
	if (viewer->dead)
		return;
	viewer->dead = true;
	event_del(viewer->read);
	event_del(viewer->write);
	if (viewer->port->writer == viewer) {
		viewer->port->writer = NULL;
		tell_all(viewer->port);
	}
	event_active(viewer->port->sweep, EV_TIMEOUT, 0);
}

void viewer_free(struct viewer *viewer)
{
	event_free(viewer->read);
	event_free(viewer->write);
	close(viewer->fd);
	strbuf_clear(&viewer->out);
	free(viewer);
}
