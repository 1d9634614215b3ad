/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The thread that runs libvncclient: it reads (and blocks) as it likes, keeps the screen's pixels, and says what
 * happened. After the handshake it writes nothing: two writers would mix their messages. */
#include "screen/rfb_internal.h"

#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <rfb/rfbclient.h>

#define POINTER_TYPE_CHANGE (-257) /* the rectangle's x: 1 the pointer is absolute, 0 it moves by differences */
#define ENCODINGS_MAX	    5
#define REST_NS		    (5 * 1000 * 1000)
#define REST_PIXELS	    (8 * 1000 * 1000)

static int rfb_tag; /* its address names our data in an rfbClient */

/* libvncclient says why it failed in its log alone, which has no argument of ours. */
static _Thread_local char last_word[128];

static void keep_word(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void keep_word(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(last_word, sizeof last_word, format, ap);
	va_end(ap);
	last_word[strcspn(last_word, "\r\n")] = '\0';
}

static struct rfb *rfb_of(rfbClient *client)
{
	return rfbClientGetClientData(client, &rfb_tag);
}

static void tell(struct rfb *rfb)
{
	const uint64_t one = 1;

	/* Full is told already. */
	if (write(rfb->wake, &one, sizeof one) < 0)
		return;
}

/* Answers to what we asked come at our own pace. What a server says unasked is heard at most 200 times a second. */
static void rest(struct rfb *rfb)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += REST_NS;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&rfb->lock);
	while (!rfb->ending && !rfb->abandoned && pthread_cond_timedwait(&rfb->work, &rfb->lock, &until) == 0)
		;
	pthread_mutex_unlock(&rfb->lock);
}

/* ---- pixels ---- */

/* Takes the lock for drawing; false: nobody wants to see it any more, and a server's last words may ask for much. */
static bool begin_drawing(struct rfb *rfb)
{
	pthread_mutex_lock(&rfb->lock);
	if (!rfb->ending && !rfb->abandoned && !rfb->verdict)
		return true;
	pthread_mutex_unlock(&rfb->lock);
	return false;
}

/* A few bytes of a server can have any number of pixels drawn. After so many the viewer has its turn. */
static void end_drawing(struct rfb *rfb, int w, int h)
{
	pthread_mutex_unlock(&rfb->lock);
	rfb->drawn += (size_t)w * (size_t)h;
	if (rfb->drawn < REST_PIXELS)
		return;
	rfb->drawn = 0;
	rest(rfb);
}

static bool inside(const struct rfb *rfb, int x, int y, int w, int h)
{
	return x >= 0 && y >= 0 && w >= 0 && h >= 0 && (unsigned)x + (unsigned)w <= rfb->width &&
	       (unsigned)y + (unsigned)h <= rfb->height;
}

static void got_bitmap(rfbClient *client, const uint8_t *bytes, int x, int y, int w, int h)
{
	struct rfb *rfb = rfb_of(client);

	if (!inside(rfb, x, y, w, h) || !begin_drawing(rfb))
		return;
	for (int row = 0; row < h; row++) {
		uint32_t *to = rfb->pixels + (size_t)(y + row) * rfb->width + x;
		const uint8_t *from = bytes + (size_t)row * (size_t)w * sizeof *to;

		memcpy(to, from, (size_t)w * sizeof *to);
		for (int i = 0; i < w; i++)
			to[i] |= 0xff000000;
	}
	pthread_mutex_unlock(&rfb->lock);
}

static void got_fill(rfbClient *client, int x, int y, int w, int h, uint32_t colour)
{
	struct rfb *rfb = rfb_of(client);

	if (!inside(rfb, x, y, w, h) || !begin_drawing(rfb))
		return;
	for (int row = 0; row < h; row++) {
		uint32_t *to = rfb->pixels + (size_t)(y + row) * rfb->width + x;

		for (int i = 0; i < w; i++)
			to[i] = colour | 0xff000000;
	}
	end_drawing(rfb, w, h);
}

static void got_copy(rfbClient *client, int from_x, int from_y, int w, int h, int to_x, int to_y)
{
	struct rfb *rfb = rfb_of(client);

	if (!inside(rfb, from_x, from_y, w, h) || !inside(rfb, to_x, to_y, w, h) || !begin_drawing(rfb))
		return;
	for (int i = 0; i < h; i++) {
		int row = from_y < to_y ? h - 1 - i : i; /* what is overwritten was copied before */

		memmove(rfb->pixels + (size_t)(to_y + row) * rfb->width + to_x,
			rfb->pixels + (size_t)(from_y + row) * rfb->width + from_x, (size_t)w * sizeof *rfb->pixels);
	}
	end_drawing(rfb, w, h);
}

/* We asked for no JPEG; and libvncclient would write it into a framebuffer of its own. */
static rfbBool got_jpeg(rfbClient *client, const uint8_t *bytes, int length, int x, int y, int w, int h)
{
	(void)client, (void)bytes, (void)length, (void)x, (void)y, (void)w, (void)h;
	keep_word("a JPEG that nobody asked for");
	return FALSE;
}

static void join(struct rectangle *to, const struct rectangle *other)
{
	unsigned right = to->x + to->width, bottom = to->y + to->height;
	unsigned other_right = other->x + other->width, other_bottom = other->y + other->height;

	to->x = to->x < other->x ? to->x : other->x;
	to->y = to->y < other->y ? to->y : other->y;
	to->width = (right > other_right ? right : other_right) - to->x;
	to->height = (bottom > other_bottom ? bottom : other_bottom) - to->y;
}

static bool takes_scancodes(const rfbClient *client)
{
	return (client->supportedMessages.client2server[rfbQemuEvent / 8] & 1 << rfbQemuEvent % 8) != 0;
}

static void got_update(rfbClient *client, int x, int y, int w, int h)
{
	struct rfb *rfb = rfb_of(client);
	struct rectangle changed = { (unsigned)x, (unsigned)y, (unsigned)w, (unsigned)h };

	if (w <= 0 || h <= 0 || !inside(rfb, x, y, w, h))
		return;
	pthread_mutex_lock(&rfb->lock);
	/* This rectangle said that QEMU takes key codes, and brought no pixels. */
	if (takes_scancodes(client) && !rfb->now.scancodes) {
		rfb->now.scancodes = rfb->state_new = true;
		pthread_mutex_unlock(&rfb->lock);
		return;
	}
	if (!rfb->partial)
		tell(rfb);
	rfb->partial = true;
	if (rfb->dirty_count == RFB_DIRTY_MAX)
		join(&rfb->dirty[RFB_DIRTY_MAX - 1], &changed);
	else
		rfb->dirty[rfb->dirty_count++] = changed;
	pthread_mutex_unlock(&rfb->lock);
}

static void finished_update(rfbClient *client)
{
	struct rfb *rfb = rfb_of(client);

	pthread_mutex_lock(&rfb->lock);
	rfb->whole = rfb->dirty_count > 0;
	rfb->filled = rfb->filled || rfb->whole;
	rfb->partial = false;
	rfb->asked = false;
	tell(rfb);
	pthread_mutex_unlock(&rfb->lock);
}

/* libvncclient asks for the next update as soon as one is there. When is ours to say: the server is to gather what
 * changes until the terminal can take it. This is how libvncclient is kept from it. */
static void keep_from_asking(rfbClient *client)
{
	client->supportedMessages.client2server[rfbFramebufferUpdateRequest / 8] &=
		(uint8_t) ~(1 << rfbFramebufferUpdateRequest % 8);
}

static rfbBool new_screen(rfbClient *client)
{
	struct rfb *rfb = rfb_of(client);
	unsigned width = (unsigned)client->width, height = (unsigned)client->height;
	size_t count = (size_t)width * height;

	if (count > RFB_PIXELS_MAX) {
		keep_word("its screen of %ux%u pixels is larger than can be shown", width, height);
		return FALSE;
	}
	pthread_mutex_lock(&rfb->lock);
	free(rfb->pixels);
	rfb->pixels = xcalloc(count + 1, sizeof *rfb->pixels);
	rfb->width = width;
	rfb->height = height;
	rfb->dirty_count = 0;
	rfb->whole = rfb->partial = rfb->filled = false;
	rfb->asked = false;
	rfb->screen_new = true;
	rfb->now.width = (uint16_t)width;
	rfb->now.height = (uint16_t)height;
	rfb->state_new = true;
	tell(rfb);
	pthread_mutex_unlock(&rfb->lock);
	/* QEMU tells the pointer's type by a rectangle of the screen's whole width at x 1, which libvncclient would
	 * refuse. We check bounds ourselves, and it writes no pixel itself. */
	client->width++;
	keep_from_asking(client);
	return TRUE;
}

/* ---- the rest ---- */

static rfbBool got_pseudo(rfbClient *client, rfbFramebufferUpdateRectHeader *header)
{
	struct rfb *rfb = rfb_of(client);

	if ((int32_t)header->encoding != POINTER_TYPE_CHANGE)
		return FALSE;
	pthread_mutex_lock(&rfb->lock);
	rfb->now.absolute = header->r.x == 1;
	rfb->state_new = true;
	pthread_mutex_unlock(&rfb->lock);
	header->r.w = header->r.h = 0; /* no pixels of it are new */
	return TRUE;
}

static void got_bell(rfbClient *client)
{
	struct rfb *rfb = rfb_of(client);

	pthread_mutex_lock(&rfb->lock);
	rfb->bells++;
	pthread_mutex_unlock(&rfb->lock);
}

/* By the protocol it is Latin-1; QEMU sends what the guest's agent says, which is UTF-8. */
static void got_cut(rfbClient *client, const char *text, int length)
{
	struct rfb *rfb = rfb_of(client);
	size_t count = length > 0 ? (size_t)length : 0;

	pthread_mutex_lock(&rfb->lock);
	strbuf_clear(&rfb->cut);
	rfb->cut_new = true;
	if (utf8_valid(text, count) && count <= WIRE_CLIPBOARD) {
		strbuf_add(&rfb->cut, text, count);
	} else {
		for (size_t i = 0; i < count && rfb->cut.length < WIRE_CLIPBOARD - 1; i++) {
			unsigned char c = (unsigned char)text[i];

			if (c >= 0x80)
				strbuf_putc(&rfb->cut, (char)(0xc0 | c >> 6));
			strbuf_putc(&rfb->cut, (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c));
		}
	}
	pthread_mutex_unlock(&rfb->lock);
}

/* What is returned is libvncclient's to free. */
static char *give_password(rfbClient *client)
{
	struct rfb *rfb = rfb_of(client);
	char *password;

	pthread_mutex_lock(&rfb->lock);
	password = *rfb->password ? strdup(rfb->password) : NULL;
	explicit_bzero(rfb->password, sizeof rfb->password);
	pthread_mutex_unlock(&rfb->lock);
	return password;
}

/* ---- a connection's life ---- */

static rfbClient *new_client(struct rfb *rfb, int fd)
{
	static const uint32_t security[] = { rfbNoAuth, rfbVncAuth };
	rfbClient *client = rfbGetClient(8, 3, 4);

	if (!client)
		return NULL;
	client->sock = fd;
	client->listenSpecified = TRUE; /* connected already */
	client->format.redShift = 16;
	client->format.greenShift = 8;
	client->format.blueShift = 0;
	client->appData.shareDesktop = TRUE;
	client->appData.enableJPEG = FALSE;
	client->appData.useRemoteCursor = FALSE;
	client->updateRect.x = client->updateRect.y = 0; /* not that of libvncclient's own choice */
	client->MallocFrameBuffer = new_screen;
	client->GotBitmap = got_bitmap;
	client->GotFillRect = got_fill;
	client->GotCopyRect = got_copy;
	client->GotJpeg = got_jpeg;
	client->GotFrameBufferUpdate = got_update;
	client->FinishedFrameBufferUpdate = finished_update;
	client->GotXCutText = got_cut;
	client->Bell = got_bell;
	client->GetPassword = give_password;
	rfbClientSetClientData(client, &rfb_tag, rfb);
	SetClientAuthSchemes(client, security, (int)(sizeof security / sizeof *security));
	return client;
}

/* What there is to say after any message. */
static void look(struct rfb *rfb, rfbClient *client)
{
	bool scancodes = takes_scancodes(client);

	keep_from_asking(client); /* a server may have said otherwise */
	pthread_mutex_lock(&rfb->lock);
	if (rfb->now.scancodes != scancodes) {
		rfb->now.scancodes = scancodes;
		rfb->state_new = true;
	}
	if (rfb->state_new || rfb->bells || rfb->cut_new)
		tell(rfb);
	pthread_mutex_unlock(&rfb->lock);
}

static void welcome(struct rfb *rfb, const char *name)
{
	pthread_mutex_lock(&rfb->lock);
	rfb->now.link = WIRE_CONNECTED;
	rfb->now.clipboard = true;
	rfb->now.absolute = true; /* until the server says otherwise */
	(void)snprintf(rfb->now.text, sizeof rfb->now.text, "%s", name);
	rfb->state_new = rfb->ready = true;
	tell(rfb);
	pthread_mutex_unlock(&rfb->lock);
}

/* Has the server closed its end? What it said before may not have been read. */
static bool is_closed(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	return n == 0 || (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK);
}

/* Closed, or is it useless to come again? libvncclient's last word tells, if it has one. */
static void farewell(struct rfb *rfb, int fd, bool was_ready)
{
	const char *word = *last_word || is_closed(fd) ? last_word : "a message that is none";
	bool closed = !*word || text_starts(word, "VNC server closed") || text_starts(word, "read (") ||
		      text_starts(word, "write");

	pthread_mutex_lock(&rfb->lock);
	rfb->ready = false;
	if (rfb->abandoned) {
		pthread_mutex_unlock(&rfb->lock);
		return;
	}
	closed = closed || rfb->verdict;
	rfb->now.link = closed ? WIRE_CLOSED : WIRE_REFUSED;
	rfb->now.scancodes = rfb->now.clipboard = false;
	if (rfb->verdict)
		(void)snprintf(rfb->now.text, sizeof rfb->now.text, "%s", rfb->verdict);
	else if (closed)
		(void)snprintf(rfb->now.text, sizeof rfb->now.text, "the VNC server closed the connection");
	else if (text_starts(word, "VNC connection failed: ") || text_starts(word, "VNC authentication failed"))
		(void)snprintf(rfb->now.text, sizeof rfb->now.text, "the VNC server refused us: %s",
			       text_starts(word, "VNC connection") ? word + 23 : "wrong password");
	else if (text_starts(word, "Reading password failed"))
		(void)snprintf(rfb->now.text, sizeof rfb->now.text,
			       "the VNC server wants a password, and the machine has none");
	else
		(void)snprintf(rfb->now.text, sizeof rfb->now.text, "the VNC server %s: %s",
			       was_ready ? "broke the protocol" : "is none that can be shown", word);
	rfb->state_new = true;
	tell(rfb);
	pthread_mutex_unlock(&rfb->lock);
}

static bool send_encodings(rfbClient *client, const uint32_t *encodings, size_t count)
{
	unsigned char message[sz_rfbSetEncodingsMsg + 4 * ENCODINGS_MAX] = { rfbSetEncodings, 0, 0,
									     (unsigned char)count };

	for (size_t i = 0; i < count; i++)
		for (unsigned byte = 0; byte < 4; byte++)
			message[sz_rfbSetEncodingsMsg + 4 * i + byte] =
				(unsigned char)(encodings[i] >> (24 - 8 * byte));
	return WriteToRFBServer(client, (const char *)message, (unsigned)(sz_rfbSetEncodingsMsg + 4 * count));
}

/* What we take. The server is on this host: raw costs least at both ends, and is simplest. libvncclient's own
 * SetFormatAndEncodings() says ExtendedDesktopSize besides, and then passes over a new size that comes that way from
 * QEMU, whose screen is number 0. */
static bool say_encodings(rfbClient *client)
{
	/* 32 bits of little-endian 0xRRGGBB */
	static const char format[sz_rfbSetPixelFormatMsg] = {
		rfbSetPixelFormat, 0, 0, 0, 32, 24, 0, 1, 0, (char)0xff, 0, (char)0xff, 0, (char)0xff, 16, 8, 0
	};
	static const uint32_t encodings[ENCODINGS_MAX] = { rfbEncodingCopyRect, rfbEncodingRaw, rfbEncodingNewFBSize,
							   rfbEncodingQemuExtendedKeyEvent,
							   (uint32_t)POINTER_TYPE_CHANGE };

	/* Said twice: QEMU answers to the last two by rectangles of its screen's size, which libvncclient refuses if it
	 * was not told of that size before. It may have changed since the greeting. */
	return WriteToRFBServer(client, format, sizeof format) && send_encodings(client, encodings, 3) &&
	       send_encodings(client, encodings, ENCODINGS_MAX);
}

/* As rfbInitClient() on a connected socket, but that what we take is said by us. */
static bool shake_hands(rfbClient *client)
{
	if (!InitialiseRFBConnection(client))
		return false;
	client->width = client->si.framebufferWidth;
	client->height = client->si.framebufferHeight;
	return client->MallocFrameBuffer(client) && say_encodings(client);
}

/* Looks at what the server says first, and leaves it there for libvncclient. Before 3.7 a server chose the security
 * alone, and libvncclient would follow it to libraries that need what the sandbox forbids. QEMU speaks 3.8. */
static bool is_understood(struct rfb *rfb, int fd)
{
	static const char oldest[] = "RFB 003.007\n";
	char version[sizeof oldest - 1];
	struct pollfd end = { .fd = fd, .events = POLLRDHUP };
	ssize_t n;

	while ((n = recv(fd, version, sizeof version, MSG_PEEK)) > 0 && (size_t)n < sizeof version) {
		if (poll(&end, 1, 0) > 0)
			break;
		rest(rfb); /* the next bytes wake nobody who peeks */
	}
	if (n < (ssize_t)sizeof version)
		return true; /* it will be seen to have ended */
	for (size_t i = 0; i < sizeof version; i++) {
		bool digit = oldest[i] >= '0' && oldest[i] <= '9';

		if (digit ? version[i] < '0' || version[i] > '9' : version[i] != oldest[i]) {
			keep_word("Not a valid VNC server");
			return false;
		}
	}
	if (memcmp(version, oldest, sizeof version) >= 0)
		return true;
	keep_word("it speaks %.11s, which is too old", version);
	return false;
}

static void serve(struct rfb *rfb, int fd)
{
	/* libvncclient closes its own when it fails. */
	_cleanup_close_ int probe = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	rfbClient *client = NULL;
	bool fine;

	*last_word = '\0';
	if (is_understood(rfb, fd))
		client = new_client(rfb, fd);
	fine = client != NULL;
	if (!client)
		close(fd);
	if (fine && !shake_hands(client)) {
		rfbClientCleanup(client);
		fine = false;
	}
	if (!fine) {
		farewell(rfb, probe, false);
		return;
	}
	welcome(rfb, client->desktopName ? client->desktopName : "");
	for (;;) {
		bool asked, answered;

		pthread_mutex_lock(&rfb->lock);
		asked = rfb->asked;
		pthread_mutex_unlock(&rfb->lock);
		*last_word = '\0';
		if (!HandleRFBServerMessage(client))
			break;
		look(rfb, client);
		pthread_mutex_lock(&rfb->lock);
		answered = asked && !rfb->asked && rfb->whole;
		pthread_mutex_unlock(&rfb->lock);
		if (!answered)
			rest(rfb);
	}
	farewell(rfb, probe, true);
	rfbClientCleanup(client);
}

void *rfb_thread(void *userdata)
{
	static int encodings[] = { POINTER_TYPE_CHANGE, 0 };
	static rfbClientProtocolExtension extension = { .encodings = encodings, .handleEncoding = got_pseudo };
	struct rfb *rfb = userdata;

	rfbClientLog = rfbClientErr = keep_word;
	rfbClientRegisterExtension(&extension);
	pthread_mutex_lock(&rfb->lock);
	rfb->running = true;
	pthread_cond_signal(&rfb->work);
	while (!rfb->ending) {
		int fd = rfb->next;

		if (fd < 0) {
			pthread_cond_wait(&rfb->work, &rfb->lock);
			continue;
		}
		rfb->next = -1;
		rfb->abandoned = false;
		rfb->verdict = NULL;
		pthread_mutex_unlock(&rfb->lock);
		serve(rfb, fd);
		pthread_mutex_lock(&rfb->lock);
	}
	pthread_mutex_unlock(&rfb->lock);
	return NULL;
}
