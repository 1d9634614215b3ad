/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One viewer of a console. */
#include "core/keeper/viewer.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#define READ_SIZE     16384
#define CHUNK         16380        /* with its header a round number */
#define FLUSH_BUDGET  (256 * 1024) /* from the queue in one turn */
#define OUT_LIMIT     (256 * 1024) /* status frames for somebody who never reads */

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

static void become_live(struct viewer *viewer)
{
	strbuf_clear(&viewer->queue);
	viewer->queue_at = 0;
	if (viewer->live)
		return;
	viewer->live = true;
	viewer_send_status(viewer);
}

void viewer_flush(struct viewer *viewer)
{
	if (viewer->dead || !flush_out(viewer))
		return;
	for (size_t sent = 0; viewer->queue_at < viewer->queue.length;) {
		size_t left = viewer->queue.length - viewer->queue_at, length = left < CHUNK ? left : CHUNK;

		if (sent >= FLUSH_BUDGET) {
			event_add(viewer->write, NULL); /* others want their turn */
			return;
		}
		viewer->queue_at += length;
		sent += length;
		if (!send_frame(viewer, 'd', viewer->queue.data + viewer->queue_at - length, length))
			return;
	}
	become_live(viewer);
}

/* The last of it is worth more than the first: the oldest makes room. */
static void queue(struct viewer *viewer, const char *bytes, size_t length)
{
	size_t limit = viewer->is_pty ? PTY_QUEUE_LIMIT : VIEWER_QUEUE_LIMIT;
	size_t waiting = viewer->queue.length - viewer->queue_at;

	if (waiting + length > limit)
		viewer->queue_at += waiting < limit / 4 ? waiting : limit / 4;
	if (viewer->queue_at > limit / 4) {
		strbuf_consume(&viewer->queue, viewer->queue_at);
		viewer->queue_at = 0;
	}
	strbuf_add(&viewer->queue, bytes, length);
}

void viewer_data(struct viewer *viewer, const char *bytes, size_t length)
{
	if (viewer->dead)
		return;
	if (viewer->out.length > 0 || viewer->queue_at < viewer->queue.length)
		queue(viewer, bytes, length); /* in turn: writing is awaited already */
	else
		send_frame(viewer, 'd', bytes, length);
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

struct viewer *viewer_new(struct port *port, int fd, bool is_pty)
{
	struct viewer *viewer = xcalloc(1, sizeof *viewer);

	fd_set_nonblock(fd, true);
	viewer->port = port;
	viewer->fd = fd;
	viewer->is_pty = is_pty;
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
	strbuf_clear(&viewer->queue);
	free(viewer);
}
