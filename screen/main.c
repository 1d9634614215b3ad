/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-screen: shows one guest's graphics to one viewer. Its socket is descriptor 3, what it says is in
 * screen/wire.h; its argument is the file that keeps the installed fonts. */
#include "base/clock.h"
#include "base/memory.h"
#include "screen/fonts_file.h"
#include "screen/frames.h"
#include "screen/rfb.h"
#include "base/sandbox.h"
#include "screen/wire.h"

#include <errno.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define VIEWER_FD   3
#define FIRST_OTHER 4
#define QUEUE_LIMIT (1024 * 1024) /* a viewer that does not read hears of no bell and no clipboard until it does */

/* In libvncclient, but in no header of it. */
extern void rfbClientEncryptBytes(unsigned char *bytes, char *password);

struct session {
	struct wire *wire;
	struct rfb *rfb;
	struct frames *frames;
	bool state_new;
};

/* ---- the server's news ---- */

static void on_state(void *userdata)
{
	struct session *session = userdata;

	session->state_new = true;
}

static void on_bell(void *userdata)
{
	struct session *session = userdata;

	if (wire_queued(session->wire) < QUEUE_LIMIT)
		wire_put_plain(session->wire, WIRE_BELL);
}

static void on_cut(const char *text, size_t length, void *userdata)
{
	struct session *session = userdata;

	if (wire_queued(session->wire) < QUEUE_LIMIT)
		wire_put_text(session->wire, WIRE_CUT, text, length);
}

static const struct rfb_callbacks callbacks = { on_state, on_bell, on_cut };

/* ---- the viewer's wishes ---- */

static bool take_connect(struct session *session, const struct wire_frame *frame)
{
	struct wire_connect connect;

	if (!wire_get_connect(frame, &connect))
		return false;
	rfb_connect(session->rfb, frame->fd, connect.password);
	explicit_bzero(&connect, sizeof connect);
	return true;
}

static bool take(struct session *session, const struct wire_frame *frame)
{
	struct wire_pointer pointer;
	struct wire_view view;
	struct wire_key key;
	uint32_t serial;
	const char *text;
	size_t length;

	switch (frame->type) {
	case WIRE_CONNECT:
		return take_connect(session, frame);
	case WIRE_VIEW:
		if (!wire_get_view(frame, &view))
			return false;
		frames_view(session->frames, &view);
		return true;
	case WIRE_ACK:
		if (!wire_get_serial(frame, &serial))
			return false;
		frames_ack(session->frames, serial);
		return true;
	case WIRE_KEY:
		if (!wire_get_key(frame, &key))
			return false;
		rfb_key(session->rfb, &key);
		return true;
	case WIRE_POINTER:
		if (!wire_get_pointer(frame, &pointer))
			return false;
		rfb_pointer(session->rfb, &pointer);
		return true;
	case WIRE_COPIED:
		if (!wire_get_text(frame, &text, &length))
			return false;
		rfb_copied(session->rfb, text, length);
		return true;
	case WIRE_REFRESH:
		rfb_refresh(session->rfb);
		return true;
	default:
		return false;
	}
}

/* False: the viewer has gone. */
static bool hear_viewer(struct session *session)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct wire_frame frame;
	bool fine = wire_step(session->wire, 0, &err);

	while (wire_next(session->wire, &frame)) {
		if (!take(session, &frame)) {
			fprintf(stderr,
				"virtty-screen: the viewer sent a frame of type %u and %zu bytes that is wrong\n",
				frame.type, frame.length);
			return false;
		}
	}
	return fine;
}

/* ---- frames ---- */

static void draw(struct session *session)
{
	struct rectangle dirty[RFB_DIRTY_MAX];
	struct pixels screen;
	size_t count;
	int64_t now = clock_monotonic_ms();
	bool has_update = rfb_has_update(session->rfb);

	if (!frames_watched(session->frames))
		return;
	if (rfb_has_screen(session->rfb) && frames_due_ms(session->frames, has_update, now) == 0) {
		/* The server gathers the next one while we draw this one. */
		rfb_request(session->rfb);
		if (rfb_take(session->rfb, &screen, dirty, &count)) {
			frames_draw(session->frames, &screen, dirty, count, now);
			rfb_release(session->rfb);
		}
	} else if (!has_update) {
		rfb_request(session->rfb);
	}
}

static void tell_state(struct session *session)
{
	if (!session->state_new || wire_queued(session->wire) >= QUEUE_LIMIT)
		return;
	session->state_new = false;
	wire_put_state(session->wire, rfb_state(session->rfb));
}

static bool turn(struct session *session)
{
	bool has_update = rfb_has_update(session->rfb);
	struct pollfd fds[3];
	int timeout = -1;
	size_t count;

	if (rfb_has_screen(session->rfb))
		timeout = frames_due_ms(session->frames, has_update, clock_monotonic_ms());
	fds[0] = (struct pollfd){ .fd = wire_fd(session->wire), .events = POLLIN };
	if (wire_queued(session->wire) > 0)
		fds[0].events |= POLLOUT;
	count = 1 + rfb_poll(session->rfb, fds + 1, &timeout);
	if (poll(fds, count, timeout) < 0 && errno != EINTR)
		return false;
	rfb_step(session->rfb);
	if (!hear_viewer(session))
		return false;
	tell_state(session);
	draw(session);
	return true;
}

/* Libraries open files when they are used for the first time: gcrypt to see which rules hold, for one. */
static void warm_up(void)
{
	unsigned char bytes[16] = { 0 };
	char password[] = "";

	rfbClientEncryptBytes(bytes, password);
	(void)strerror(ECONNREFUSED);
}

int main(int argc, char **argv)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct session session = { 0 };
	struct fonts *fonts;

	if (argc > 2 || (argc > 1 && argv[1][0] == '-')) {
		fputs("virtty-screen shows a machine's screen to virtty, which starts it: 'virtty screen NAME', or v in the terminal program\n", stderr);
		return 2;
	}
	sandbox_close_from(FIRST_OTHER);
	signal(SIGPIPE, SIG_IGN);
	mallopt(M_ARENA_MAX, 1);
	warm_up();
	fonts = fonts_file_load(argc > 1 ? argv[1] : NULL);
	session.wire = wire_new(VIEWER_FD);
	session.frames = frames_new(session.wire, fonts);
	session.rfb = rfb_new(&callbacks, &session);
	if (!session.rfb) {
		fprintf(stderr, "virtty-screen: cannot start a thread\n");
		return 1;
	}
	if (!sandbox_enter(&err)) {
		fprintf(stderr, "virtty-screen: %s\n", error_text(&err));
		return 1;
	}
	while (turn(&session))
		;
	rfb_free(session.rfb);
	frames_free(session.frames);
	wire_free(session.wire);
	fonts_free(fonts);
	return 0;
}
