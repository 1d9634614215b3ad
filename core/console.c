/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer's end of a console. */
#include "core/console.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "core/console_frame.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE     16384
#define DEFAULT_STEP  65536
#define INPUT_LIMIT   65536
#define STATUS_LIMIT  4096

struct console {
	int fd; /* owned */
	const struct console_callbacks *callbacks;
	void *userdata;
	struct console_frames frames;
	struct strbuf status; /* a status frame that comes in pieces */
	struct strbuf out;
	bool live;
};

static void queue_frame(struct console *console, char type, const char *bytes, size_t length)
{
	unsigned char header[CONSOLE_FRAME_HEADER];

	console_frame_header(header, type, length);
	strbuf_add(&console->out, header, sizeof header);
	if (length > 0)
		strbuf_add(&console->out, bytes, length);
}

struct console *console_open(const char *viewer, bool write, bool force, const struct console_callbacks *callbacks, void *userdata,
			     struct error *err)
{
	int fd = socket_connect(viewer, err);

	if (fd < 0) {
		error_wrap(err, "cannot open the console");
		return NULL;
	}
	struct console *console = xcalloc(1, sizeof *console);

	fd_set_nonblock(fd, true);
	console->fd = fd;
	console->callbacks = callbacks;
	console->userdata = userdata;
	if (write)
		console_request_write(console, force);
	return console;
}

void console_close(struct console *console)
{
	if (console == NULL)
		return;
	close(console->fd);
	strbuf_clear(&console->status);
	strbuf_clear(&console->out);
	free(console);
}

int console_fd(const struct console *console)
{
	return console->fd;
}

bool console_live(const struct console *console)
{
	return console->live;
}

bool console_wants_write(const struct console *console)
{
	return console->out.length > 0;
}

static bool take_status(struct console *console, struct error *err)
{
	_cleanup_json_ struct json_object *status =
		json_parse("console status", console->status.data, console->status.length, err);

	if (status == NULL)
		return false;
	console->live = json_get_bool(status, "live", true);
	if (console->callbacks->status != NULL)
		console->callbacks->status(json_get_bool(status, "writer", false), json_get_bool(status, "held-by-other", false),
					   console->userdata);
	return true;
}

static bool take_piece(struct console *console, const struct console_piece *piece, struct error *err)
{
	if (piece->type == 'd' && piece->length > 0 && console->callbacks->data != NULL)
		console->callbacks->data(piece->bytes, piece->length, console->userdata);
	if (piece->type != 's')
		return true; /* a kind of frame that a newer keeper may send */
	if (console->status.length + piece->length > STATUS_LIMIT)
		return error_set(err, ERROR_PROTOCOL, "the console sent a status that is too long");
	strbuf_add(&console->status, piece->bytes, piece->length);
	if (!piece->last)
		return true;
	bool fine = take_status(console, err);

	strbuf_clear(&console->status);
	return fine;
}

static bool write_some(struct console *console, struct error *err)
{
	while (console->out.length > 0) {
		ssize_t n = send(console->fd, console->out.data, console->out.length, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0)
			return error_set_errno(err, errno, "the console has closed");
		strbuf_consume(&console->out, (size_t)n);
	}
	return true;
}

static bool read_some(struct console *console, size_t budget, struct error *err)
{
	char bytes[READ_SIZE];

	while (budget > 0) {
		ssize_t n = recv(console->fd, bytes, budget < sizeof bytes ? budget : sizeof bytes, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0 && errno != ECONNRESET)
			return error_set_errno(err, errno, "cannot read from the console");
		if (n <= 0)
			return error_set(err, ERROR_STATE, "the console has closed");
		for (size_t at = 0; at < (size_t)n;) {
			struct console_piece piece;

			at += console_frames_feed(&console->frames, bytes + at, (size_t)n - at, &piece);
			if (!take_piece(console, &piece, err))
				return false;
		}
		budget -= (size_t)n;
	}
	return true;
}

bool console_step(struct console *console, size_t budget, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	bool fine = write_some(console, &why);

	/* what was sent before the end is still shown */
	if (!read_some(console, budget == 0 ? DEFAULT_STEP : budget, fine ? &why : NULL))
		fine = false;
	return fine || error_move(err, &why);
}

bool console_send(struct console *console, const char *bytes, size_t length)
{
	size_t room = console->out.length < INPUT_LIMIT ? INPUT_LIMIT - console->out.length : 0;
	size_t taken = length < room ? length : room;

	if (taken > 0)
		queue_frame(console, 'd', bytes, taken);
	return taken == length;
}

void console_send_break(struct console *console)
{
	queue_frame(console, 'b', NULL, 0);
}

void console_request_write(struct console *console, bool force)
{
	queue_frame(console, 'w', "force", force ? 5 : 0);
}

void console_release_write(struct console *console)
{
	queue_frame(console, 'r', NULL, 0);
}
