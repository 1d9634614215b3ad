/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer's end of virtty-screen: the process, and what it tells. */
#include "core/display.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "core/display_start.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define INPUT_LIMIT    (256 * 1024) /* bytes that wait for virtty-screen; keys past them are dropped */
#define LAST_MOMENT_MS 50

struct display {
	struct manager *manager; /* borrowed */
	pid_t pid;		 /* 0: reaped */
	struct wire *wire;	 /* owned */
	const struct display_callbacks *callbacks;
	void *userdata;
	struct wire_state state;
	struct wire_layout layout;
	/* The layout's cells as of the last whole frame, and with what has come since. Owned. */
	struct wire_cell *cells, *coming;
	bool changed[WIRE_ROWS]; /* rows of coming */
	struct wire_cursor cursor, cursor_coming;
	struct wire_image image, image_coming; /* bytes lie in: */
	struct strbuf image_bytes, image_bytes_coming;
	bool has_image, image_came;
	uint32_t serial;   /* of the last frame */
	bool owes_ack;	   /* it was not acknowledged yet */
	struct error gone; /* why virtty-screen has ended */
};

struct display *display_open(struct manager *manager, const struct machine *machine,
			     const struct display_callbacks *callbacks, void *userdata, struct error *err)
{
	pid_t pid;
	int fd = display_start(manager, machine, &pid, err);

	if (fd < 0)
		return NULL;
	struct display *display = xcalloc(1, sizeof *display);

	display->manager = manager;
	display->pid = pid;
	display->wire = wire_new(fd);
	display->callbacks = callbacks;
	display->userdata = userdata;
	return display;
}

/* Until a process has ended, but not longer than nobody would notice. */
static void wait_briefly(pid_t pid)
{
	struct pollfd fd = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };

	if (fd.fd < 0)
		return;
	(void)poll(&fd, 1, LAST_MOMENT_MS);
	close(fd.fd);
}

/* Ends virtty-screen, which holds nothing that could be lost, and takes its exit status. ended: it is about to end by
 * itself, and its own status is worth a moment. */
static int reap(struct display *display, bool ended)
{
	int status = 0;

	if (display->pid == 0)
		return 0;
	if (ended)
		wait_briefly(display->pid);
	kill(display->pid, SIGKILL);
	while (waitpid(display->pid, &status, 0) < 0 && errno == EINTR)
		;
	display->pid = 0;
	return status;
}

void display_close(struct display *display)
{
	if (!display)
		return;
	reap(display, false);
	wire_free(display->wire);
	free(display->cells);
	free(display->coming);
	strbuf_clear(&display->image_bytes);
	strbuf_clear(&display->image_bytes_coming);
	error_clear(&display->gone);
	free(display);
}

bool display_connect(struct display *display, const struct machine *machine, struct error *err)
{
	struct wire_connect connect = { 0 };
	int fd = display_reach(display->manager, machine, &connect, err);

	if (fd < 0)
		return false;
	wire_put_connect(display->wire, &connect, fd);
	explicit_bzero(&connect, sizeof connect);
	return true;
}

int display_fd(const struct display *display)
{
	return wire_fd(display->wire);
}

bool display_wants_write(const struct display *display)
{
	return wire_queued(display->wire) > 0;
}

/* ---- what comes ---- */

static struct wire_cell *blank_cells(struct wire_cell *old, size_t count)
{
	struct wire_cell *cells = xreallocarray(old, count + 1, sizeof *cells);

	for (size_t i = 0; i < count; i++)
		cells[i] = (struct wire_cell){ .character = ' ' };
	return cells;
}

static void forget_image(struct display *display)
{
	strbuf_clear(&display->image_bytes);
	strbuf_clear(&display->image_bytes_coming);
	display->has_image = display->image_came = false;
}

static bool take_layout(struct display *display, const struct wire_frame *frame)
{
	size_t count;

	if (!wire_get_layout(frame, &display->layout))
		return false;
	count = (size_t)display->layout.columns * display->layout.rows;
	display->cells = blank_cells(display->cells, count);
	display->coming = blank_cells(display->coming, count);
	memset(display->changed, 0, sizeof display->changed);
	display->cursor = display->cursor_coming = (struct wire_cursor){ 0 };
	forget_image(display);
	if (display->callbacks->layout)
		display->callbacks->layout(display->userdata);
	return true;
}

static bool take_cells(struct display *display, const struct wire_frame *frame)
{
	struct wire_cell room[WIRE_COLUMNS];
	struct wire_cells cells;

	if (!wire_get_cells(frame, room, &cells) || cells.row >= display->layout.rows ||
	    cells.column + cells.count > display->layout.columns)
		return false;
	memcpy(display->coming + (size_t)cells.row * display->layout.columns + cells.column, room,
	       cells.count * sizeof *room);
	display->changed[cells.row] = true;
	return true;
}

static bool take_image(struct display *display, const struct wire_frame *frame)
{
	struct wire_image image;

	if (!wire_get_image(frame, &image) || image.row + image.rows > display->layout.rows ||
	    image.column + image.columns > display->layout.columns)
		return false;
	display->image_bytes_coming.length = 0;
	strbuf_add(&display->image_bytes_coming, image.bytes, image.length);
	display->image_coming = image;
	display->image_came = true;
	return true;
}

static void show_image(struct display *display)
{
	struct strbuf old = display->image_bytes;

	display->image_bytes = display->image_bytes_coming;
	display->image_bytes_coming = old;
	display->image = display->image_coming;
	display->image.bytes = display->image_bytes.data;
	display->has_image = true;
	display->image_came = false;
}

/* Everything until here is one whole screen. */
static bool take_whole(struct display *display, const struct wire_frame *frame)
{
	size_t columns = display->layout.columns;

	if (!wire_get_serial(frame, &display->serial))
		return false;
	for (size_t row = 0; row < display->layout.rows; row++) {
		if (!display->changed[row])
			continue;
		memcpy(display->cells + row * columns, display->coming + row * columns,
		       columns * sizeof *display->cells);
		display->changed[row] = false;
		display->has_image = false;
	}
	if (display->image_came)
		show_image(display);
	display->cursor = display->cursor_coming;
	display->owes_ack = true;
	if (display->callbacks->frame)
		display->callbacks->frame(display->userdata);
	return true;
}

static bool take_state(struct display *display, const struct wire_frame *frame)
{
	if (!wire_get_state(frame, &display->state))
		return false;
	if (display->callbacks->state)
		display->callbacks->state(display->userdata);
	return true;
}

static bool take_cut(struct display *display, const struct wire_frame *frame)
{
	const char *text;
	size_t length;

	if (!wire_get_text(frame, &text, &length))
		return false;
	if (display->callbacks->cut)
		display->callbacks->cut(text, length, display->userdata);
	return true;
}

static bool take(struct display *display, const struct wire_frame *frame)
{
	switch (frame->type) {
	case WIRE_STATE:
		return take_state(display, frame);
	case WIRE_LAYOUT:
		return take_layout(display, frame);
	case WIRE_CELLS:
		return take_cells(display, frame);
	case WIRE_IMAGE:
		return take_image(display, frame);
	case WIRE_FRAME:
		return take_whole(display, frame);
	case WIRE_CURSOR:
		return wire_get_cursor(frame, &display->cursor_coming);
	case WIRE_BELL:
		if (display->callbacks->bell)
			display->callbacks->bell(display->userdata);
		return true;
	case WIRE_CUT:
		return take_cut(display, frame);
	default:
		return false;
	}
}

/* Why it has ended, for people; said again at every later step. */
static bool give_up(struct display *display, bool broke, struct error *err)
{
	if (!error_is_set(&display->gone)) {
		int status = reap(display, !broke);
		_cleanup_free_ char *how = process_status_text(status);

		if (broke)
			error_set(&display->gone, ERROR_PROTOCOL, "virtty-screen said what it may not, and was ended");
		else
			error_set(&display->gone, ERROR_FAILED, "virtty-screen has ended: %s", how);
		error_hint(&display->gone, "%s",
			   WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS
				   ? "it tried what its sandbox forbids: the machine's VNC server may be hostile"
				   : "open the screen again; screen.log in the machine's log directory may say more");
	}
	error_set(err, display->gone.code, "%s", display->gone.message);
	return error_hint(err, "%s", display->gone.hint);
}

bool display_step(struct display *display, size_t budget, struct error *err)
{
	struct wire_frame frame;
	bool fine;

	if (error_is_set(&display->gone))
		return give_up(display, false, err);
	fine = wire_step(display->wire, budget, NULL);
	while (wire_next(display->wire, &frame)) {
		if (!take(display, &frame))
			return give_up(display, true, err);
	}
	return fine || give_up(display, false, err);
}

/* ---- what is asked for ---- */

void display_view(struct display *display, const struct wire_view *view)
{
	wire_put_view(display->wire, view);
}

void display_shown(struct display *display)
{
	if (display->owes_ack)
		wire_put_ack(display->wire, display->serial);
	display->owes_ack = false;
}

void display_refresh(struct display *display)
{
	wire_put_plain(display->wire, WIRE_REFRESH);
}

static bool has_room(const struct display *display)
{
	return wire_queued(display->wire) < INPUT_LIMIT;
}

void display_key(struct display *display, bool down, uint32_t keysym, uint32_t scancode)
{
	/* A release is never lost: a key that stays down repeats for ever. */
	if (!down || has_room(display))
		wire_put_key(display->wire, &(struct wire_key){ down, keysym, scancode });
}

void display_pointer(struct display *display, unsigned x, unsigned y, unsigned buttons)
{
	if (has_room(display))
		wire_put_pointer(display->wire, &(struct wire_pointer){ (uint16_t)x, (uint16_t)y, (uint8_t)buttons });
}

void display_copied(struct display *display, const char *text, size_t length)
{
	if (has_room(display) && length <= WIRE_CLIPBOARD)
		wire_put_text(display->wire, WIRE_COPIED, text, length);
}

/* ---- what is known ---- */

const struct wire_state *display_state(const struct display *display)
{
	return &display->state;
}

const struct wire_layout *display_layout(const struct display *display)
{
	return &display->layout;
}

const struct wire_cell *display_row(const struct display *display, unsigned row)
{
	return display->cells + (size_t)row * display->layout.columns;
}

const struct wire_image *display_image(const struct display *display)
{
	return display->has_image ? &display->image : NULL;
}

bool display_cursor(const struct display *display, unsigned *ret_row, unsigned *ret_column)
{
	*ret_row = display->cursor.row;
	*ret_column = display->cursor.column;
	return display->cursor.shown && display->cursor.row < display->layout.rows &&
	       display->cursor.column < display->layout.columns;
}

static void put_utf8(struct strbuf *text, uint32_t c)
{
	if (c < 0x80) {
		strbuf_putc(text, (char)c);
		return;
	}
	if (c < 0x800) {
		strbuf_putc(text, (char)(0xc0 | c >> 6));
	} else {
		if (c < 0x10000) {
			strbuf_putc(text, (char)(0xe0 | c >> 12));
		} else {
			strbuf_putc(text, (char)(0xf0 | c >> 18));
			strbuf_putc(text, (char)(0x80 | (c >> 12 & 0x3f)));
		}
		strbuf_putc(text, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	strbuf_putc(text, (char)(0x80 | (c & 0x3f)));
}

char *display_text(const struct display *display, unsigned row)
{
	const struct wire_cell *cells = display_row(display, row);
	struct strbuf text = STRBUF_INIT;
	size_t end = 0;

	for (size_t i = 0; i < display->layout.columns; i++) {
		bool is_text = (cells[i].flags & WIRE_CELL_TEXT) != 0;

		if (cells[i].flags & WIRE_CELL_RIGHT)
			continue;
		put_utf8(&text, is_text ? cells[i].character : ' ');
		if (is_text && cells[i].character != ' ')
			end = text.length;
	}
	if (text.length > end) {
		text.length = end;
		text.data[end] = '\0';
	}
	return strbuf_take(&text);
}
