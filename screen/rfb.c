/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The caller's side of the connection to a VNC server: it never blocks. Its messages are five, and short: they are made
 * here, so that they can wait in a queue while the server does not read. */
#include "screen/rfb_internal.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HANDSHAKE_MS   10000
#define PARTIAL_MS     500	    /* an update that takes longer is shown as it comes */
#define OUT_LIMIT      (256 * 1024) /* waits for a server that does not read */
#define LAST_MOMENT_S  2
#define THREAD_STACK   (512 * 1024)
#define POINTER_MIDDLE 0x7fff /* no movement, in differences */

enum { CLIENT_UPDATE_REQUEST = 3, CLIENT_KEY = 4, CLIENT_POINTER = 5, CLIENT_CUT_TEXT = 6, CLIENT_QEMU = 255 };

struct rfb *rfb_new(const struct rfb_callbacks *callbacks, void *userdata)
{
	struct rfb *rfb = xcalloc(1, sizeof *rfb);
	pthread_condattr_t clock;
	pthread_attr_t small;

	rfb->callbacks = callbacks;
	rfb->userdata = userdata;
	rfb->next = rfb->fd = -1;
	rfb->now.link = rfb->state.link = WIRE_CLOSED;
	rfb->wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	pthread_mutex_init(&rfb->lock, NULL);
	pthread_condattr_init(&clock);
	pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
	pthread_cond_init(&rfb->work, &clock);
	pthread_condattr_destroy(&clock);
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, THREAD_STACK);
	if (rfb->wake < 0 || pthread_create(&rfb->thread, &small, rfb_thread, rfb) != 0) {
		pthread_attr_destroy(&small);
		if (rfb->wake >= 0)
			close(rfb->wake);
		free(rfb);
		return NULL;
	}
	pthread_attr_destroy(&small);
	/* A thread's beginning takes system calls that the sandbox forbids: it is behind us when we return. */
	pthread_mutex_lock(&rfb->lock);
	while (!rfb->running)
		pthread_cond_wait(&rfb->work, &rfb->lock);
	pthread_mutex_unlock(&rfb->lock);
	return rfb;
}

/* Makes the thread come back from wherever it reads. The socket is its own to close. */
static void hang_up(struct rfb *rfb)
{
	if (rfb->fd >= 0) {
		shutdown(rfb->fd, SHUT_RDWR);
		close(rfb->fd);
	}
	rfb->fd = -1;
	rfb->connecting = false;
	rfb->deadline_ms = 0;
	rfb->request_pending = rfb->request_all = rfb->pointer_known = false;
	strbuf_clear(&rfb->out);
	rfb->out_at = 0;
}

void rfb_free(struct rfb *rfb)
{
	struct timespec until;

	if (!rfb)
		return;
	pthread_mutex_lock(&rfb->lock);
	rfb->ending = rfb->abandoned = true;
	pthread_cond_signal(&rfb->work);
	pthread_mutex_unlock(&rfb->lock);
	hang_up(rfb);
	/* Whatever it still does with what it read, it shall not keep a process that nobody needs. */
	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += LAST_MOMENT_S;
	if (pthread_timedjoin_np(rfb->thread, NULL, &until) != 0)
		return;
	if (rfb->next >= 0)
		close(rfb->next);
	close(rfb->wake);
	pthread_cond_destroy(&rfb->work);
	pthread_mutex_destroy(&rfb->lock);
	strbuf_clear(&rfb->cut);
	explicit_bzero(rfb->password, sizeof rfb->password);
	free(rfb->pixels);
	free(rfb);
}

/* ---- connecting ---- */

static void say(struct rfb *rfb, enum wire_link link, const char *text)
{
	pthread_mutex_lock(&rfb->lock);
	rfb->now.link = (uint8_t)link;
	rfb->now.scancodes = rfb->now.clipboard = false;
	(void)snprintf(rfb->now.text, sizeof rfb->now.text, "%s", text);
	rfb->state_new = true;
	pthread_mutex_unlock(&rfb->lock);
}

void rfb_connect(struct rfb *rfb, int fd, const char *password)
{
	pthread_mutex_lock(&rfb->lock);
	rfb->abandoned = true;
	rfb->ready = rfb->asked = rfb->whole = rfb->partial = false;
	rfb->dirty_count = 0;
	if (rfb->next >= 0)
		close(rfb->next);
	rfb->next = -1;
	(void)snprintf(rfb->password, sizeof rfb->password, "%s", password);
	pthread_cond_signal(&rfb->work);
	pthread_mutex_unlock(&rfb->lock);
	hang_up(rfb);
	rfb->fd = fd;
	rfb->connecting = true;
	rfb->deadline_ms = clock_monotonic_ms() + HANDSHAKE_MS;
	say(rfb, WIRE_CONNECTING, "");
}

/* The socket is connected, or cannot be. */
static void connected(struct rfb *rfb)
{
	int problem = 0, copy;
	socklen_t size = sizeof problem;
	char text[WIRE_TEXT_SIZE];

	if (getsockopt(rfb->fd, SOL_SOCKET, SO_ERROR, &problem, &size) < 0 || problem != 0) {
		(void)snprintf(text, sizeof text, "cannot connect to the VNC server: %s",
			       strerror(problem ? problem : errno));
		hang_up(rfb);
		say(rfb, WIRE_CLOSED, text);
		return;
	}
	rfb->connecting = false;
	fd_set_nonblock(rfb->fd, false); /* for the thread; what we write is sent with MSG_DONTWAIT */
	copy = fcntl(rfb->fd, F_DUPFD_CLOEXEC, 0);
	if (copy < 0) {
		hang_up(rfb);
		say(rfb, WIRE_CLOSED, "there are too many open files");
		return;
	}
	pthread_mutex_lock(&rfb->lock);
	rfb->next = copy;
	pthread_cond_signal(&rfb->work);
	pthread_mutex_unlock(&rfb->lock);
}

static void expire(struct rfb *rfb)
{
	static const char *const silent = "the VNC server did not answer within 10 seconds";
	bool was_connecting = rfb->connecting;

	rfb->deadline_ms = 0;
	pthread_mutex_lock(&rfb->lock);
	rfb->verdict = silent;
	pthread_mutex_unlock(&rfb->lock);
	hang_up(rfb);
	if (was_connecting)
		say(rfb, WIRE_CLOSED, silent);
}

/* ---- out ---- */

static void flush(struct rfb *rfb)
{
	while (rfb->out_at < rfb->out.length) {
		ssize_t n = send(rfb->fd, rfb->out.data + rfb->out_at, rfb->out.length - rfb->out_at,
				 MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n < 0)
			break; /* the thread hears of it when it reads */
		rfb->out_at += (size_t)n;
	}
	rfb->out_at = rfb->out.length = 0;
}

static bool can_send(const struct rfb *rfb)
{
	return rfb->fd >= 0 && rfb->state.link == WIRE_CONNECTED && rfb->out.length < OUT_LIMIT;
}

/* Numbers of RFB have their highest byte first. */
static unsigned char *put_16(unsigned char *to, unsigned value)
{
	*to++ = (unsigned char)(value >> 8);
	*to++ = (unsigned char)value;
	return to;
}

static unsigned char *put_32(unsigned char *to, uint32_t value)
{
	return put_16(put_16(to, value >> 16), value & 0xffff);
}

static void put_message(struct rfb *rfb, const unsigned char *bytes, size_t length)
{
	strbuf_add(&rfb->out, bytes, length);
	flush(rfb);
}

static void send_request(struct rfb *rfb)
{
	unsigned char message[10] = { CLIENT_UPDATE_REQUEST }, *at = message + 1;
	bool may;

	pthread_mutex_lock(&rfb->lock);
	may = rfb->ready && (!rfb->asked || rfb->request_all) && rfb->width > 0 && rfb->height > 0;
	if (may) {
		rfb->asked = true;
		*at++ = !rfb->request_all;
		at = put_16(at, 0);
		at = put_16(at, 0);
		at = put_16(at, rfb->width);
		put_16(at, rfb->height);
	}
	pthread_mutex_unlock(&rfb->lock);
	if (!may)
		return;
	rfb->request_pending = rfb->request_all = false;
	put_message(rfb, message, sizeof message);
}

void rfb_request(struct rfb *rfb)
{
	rfb->request_pending = true;
	if (can_send(rfb))
		send_request(rfb);
}

void rfb_refresh(struct rfb *rfb)
{
	rfb->request_all = true;
	rfb_request(rfb);
}

void rfb_key(struct rfb *rfb, const struct wire_key *key)
{
	unsigned char message[12] = { 0 }, *at = message;

	if (!can_send(rfb))
		return;
	if (key->scancode && rfb->state.scancodes) {
		*at++ = CLIENT_QEMU;
		*at++ = 0; /* a key */
		at = put_16(at, key->down);
		at = put_32(at, key->keysym);
		at = put_32(at, key->scancode);
	} else if (key->keysym) {
		*at++ = CLIENT_KEY;
		*at++ = key->down;
		at = put_16(at, 0);
		at = put_32(at, key->keysym);
	}
	put_message(rfb, message, (size_t)(at - message));
}

/* The difference as QEMU wants it of a pointer that only moves. */
static unsigned movement(bool known, uint16_t from, uint16_t to)
{
	int difference = known ? (int)to - (int)from : 0;

	if (difference > POINTER_MIDDLE)
		difference = POINTER_MIDDLE;
	if (difference < -POINTER_MIDDLE)
		difference = -POINTER_MIDDLE;
	return (unsigned)(POINTER_MIDDLE + difference);
}

void rfb_pointer(struct rfb *rfb, const struct wire_pointer *pointer)
{
	unsigned char message[6] = { CLIENT_POINTER, pointer->buttons }, *at = message + 2;

	if (!can_send(rfb))
		return;
	at = put_16(at, rfb->state.absolute ? pointer->x : movement(rfb->pointer_known, rfb->pointer_x, pointer->x));
	put_16(at, rfb->state.absolute ? pointer->y : movement(rfb->pointer_known, rfb->pointer_y, pointer->y));
	rfb->pointer_known = true;
	rfb->pointer_x = pointer->x;
	rfb->pointer_y = pointer->y;
	put_message(rfb, message, sizeof message);
}

/* Latin-1 by the protocol; QEMU, which is known by its keys, hands the bytes on to an agent that wants UTF-8. */
void rfb_copied(struct rfb *rfb, const char *text, size_t length)
{
	_cleanup_strbuf_ struct strbuf bytes = STRBUF_INIT;
	unsigned char header[8] = { CLIENT_CUT_TEXT };

	if (!can_send(rfb))
		return;
	if (rfb->state.scancodes) {
		strbuf_add(&bytes, text, length);
	} else {
		_cleanup_free_ char *whole = xstrndup(text, length);
		const char *at = whole;

		while (*at) {
			uint32_t c = utf8_next(&at);

			strbuf_putc(&bytes, (char)(c < 0x100 ? c : '?'));
		}
	}
	put_32(header + 4, (uint32_t)bytes.length);
	strbuf_add(&rfb->out, header, sizeof header);
	put_message(rfb, (const unsigned char *)bytes.data, bytes.length);
}

/* ---- the loop ---- */

static void shorten(int *timeout_ms, int64_t until_ms)
{
	int64_t left = until_ms - clock_monotonic_ms();

	/* What is over is for the caller to see; nothing is gained by a loop without a rest. */
	left = left < 1 ? 1 : left;
	if (*timeout_ms < 0 || left < *timeout_ms)
		*timeout_ms = (int)left;
}

size_t rfb_poll(struct rfb *rfb, struct pollfd *ret, int *timeout_ms)
{
	size_t count = 0;

	ret[count++] = (struct pollfd){ .fd = rfb->wake, .events = POLLIN };
	if (rfb->fd >= 0 && (rfb->connecting || rfb->out_at < rfb->out.length))
		ret[count++] = (struct pollfd){ .fd = rfb->fd, .events = POLLOUT };
	if (rfb->deadline_ms)
		shorten(timeout_ms, rfb->deadline_ms);
	if (rfb->partial_since_ms)
		shorten(timeout_ms, rfb->partial_since_ms + PARTIAL_MS);
	return count;
}

static bool is_writable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

	return poll(&poll_fd, 1, 0) > 0;
}

/* Takes the thread's news over. */
static void take_news(struct rfb *rfb)
{
	_cleanup_strbuf_ struct strbuf cut = STRBUF_INIT;
	bool state_new, cut_new, bell;

	pthread_mutex_lock(&rfb->lock);
	state_new = rfb->state_new;
	cut_new = rfb->cut_new;
	bell = rfb->bells > 0;
	rfb->state_new = rfb->cut_new = false;
	rfb->bells = 0;
	if (state_new)
		rfb->state = rfb->now;
	if (cut_new) {
		cut = rfb->cut;
		rfb->cut = (struct strbuf)STRBUF_INIT;
	}
	if (rfb->screen_new && rfb->ready)
		rfb->request_all = rfb->request_pending = true;
	if (rfb->ready)
		rfb->screen_new = false;
	if (!rfb->partial)
		rfb->partial_since_ms = 0;
	else if (rfb->partial_since_ms == 0)
		rfb->partial_since_ms = clock_monotonic_ms();
	pthread_mutex_unlock(&rfb->lock);
	if (state_new && rfb->state.link != WIRE_CONNECTING)
		rfb->deadline_ms = 0;
	if (state_new && (rfb->state.link == WIRE_CLOSED || rfb->state.link == WIRE_REFUSED))
		hang_up(rfb);
	if (state_new)
		rfb->callbacks->state(rfb->userdata);
	if (cut_new)
		rfb->callbacks->cut(cut.data ? cut.data : "", cut.length, rfb->userdata);
	if (bell)
		rfb->callbacks->bell(rfb->userdata);
}

void rfb_step(struct rfb *rfb)
{
	uint64_t count;

	while (read(rfb->wake, &count, sizeof count) > 0)
		;
	if (rfb->connecting && is_writable(rfb->fd))
		connected(rfb);
	if (rfb->deadline_ms && clock_monotonic_ms() >= rfb->deadline_ms)
		expire(rfb);
	take_news(rfb);
	if (rfb->fd >= 0 && !rfb->connecting)
		flush(rfb);
	if (rfb->request_pending && can_send(rfb))
		send_request(rfb);
}

const struct wire_state *rfb_state(const struct rfb *rfb)
{
	return &rfb->state;
}

bool rfb_has_screen(struct rfb *rfb)
{
	bool has;

	pthread_mutex_lock(&rfb->lock);
	has = rfb->pixels && rfb->filled;
	pthread_mutex_unlock(&rfb->lock);
	return has;
}

bool rfb_has_update(struct rfb *rfb)
{
	bool has;

	pthread_mutex_lock(&rfb->lock);
	has = rfb->whole ||
	      (rfb->partial && rfb->partial_since_ms && clock_monotonic_ms() - rfb->partial_since_ms >= PARTIAL_MS);
	pthread_mutex_unlock(&rfb->lock);
	return has;
}

bool rfb_take(struct rfb *rfb, struct pixels *ret_screen, struct rectangle ret_dirty[RFB_DIRTY_MAX], size_t *ret_count)
{
	pthread_mutex_lock(&rfb->lock);
	*ret_count = 0;
	if (!rfb->pixels || (!rfb->filled && rfb->dirty_count == 0)) {
		pthread_mutex_unlock(&rfb->lock);
		return false;
	}
	*ret_screen = (struct pixels){ rfb->pixels, rfb->width, rfb->height, rfb->width };
	memcpy(ret_dirty, rfb->dirty, rfb->dirty_count * sizeof *ret_dirty);
	*ret_count = rfb->dirty_count;
	rfb->dirty_count = 0;
	rfb->whole = false;
	rfb->filled = true;
	rfb->partial_since_ms = 0;
	return true;
}

void rfb_release(struct rfb *rfb)
{
	pthread_mutex_unlock(&rfb->lock);
}
