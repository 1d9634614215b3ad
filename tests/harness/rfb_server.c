/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A small RFB 3.8 server: one thread that accepts, one for each viewer; raw updates of the whole screen. */
#include "tests/harness/rfb_server.h"

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"

#include <check.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT_COLUMNS 80
#define CELL_HEIGHT  16
#define GLYPHS	     256
#define VIEWERS_MAX  16
#define LOOK_MS	     5
#define QEMU_KEYS    (-258)
#define DESKTOP_SIZE (-223)

struct viewer_thread {
	struct rfb_server *server;
	pthread_t thread;
	int fd; /* -1: hung up */
	bool begun, live;
	bool wants, keys_told,
		sizes; /* an update was asked for; it knows that key numbers are taken; it takes new sizes */
	unsigned seen; /* the screen's change that it has */
	unsigned width, height;
	uint8_t shifts[3];
};

struct rfb_server {
	pthread_mutex_t mutex;
	pthread_t acceptor;
	int listening;
	bool stopping;
	unsigned char font[GLYPHS * CELL_HEIGHT];
	uint32_t *pixels;    /* owned */
	unsigned cell_width; /* pixels */
	unsigned width, height, changes, visits, frames;
	struct strbuf said;
	struct viewer_thread viewers[VIEWERS_MAX];
};

/* ---- its font ---- */

static bool read_font(unsigned char font[GLYPHS * CELL_HEIGHT])
{
	static const char *const paths[] = { "/usr/share/seabios/vgabios-stdvga.bin",
					     "/usr/share/qemu/vgabios-stdvga.bin", "/usr/share/vgabios/vgabios.bin" };
	static const unsigned char letter_a[CELL_HEIGHT] = { 0,	   0,	 0x10, 0x38, 0x6c, 0xc6,
							     0xc6, 0xfe, 0xc6, 0xc6, 0xc6, 0xc6 };

	for (size_t i = 0; i < ARRAY_LENGTH(paths); i++) {
		_cleanup_free_ char *bytes = NULL;
		size_t length;

		if (!file_read(paths[i], (size_t)1024 * 1024, &bytes, &length, NULL))
			continue;
		const char *at = memmem(bytes, length, letter_a, sizeof letter_a);
		size_t before = 'A' * (size_t)CELL_HEIGHT;

		if (at == NULL || (size_t)(at - bytes) < before ||
		    (size_t)(at - bytes) - before + (size_t)GLYPHS * CELL_HEIGHT > length)
			continue;
		memcpy(font, at - before, (size_t)GLYPHS * CELL_HEIGHT);
		return true;
	}
	return false;
}

/* ---- bytes ---- */

static void put16(struct strbuf *out, unsigned value)
{
	strbuf_putc(out, (char)(value >> 8));
	strbuf_putc(out, (char)value);
}

static void put32(struct strbuf *out, uint32_t value)
{
	put16(out, value >> 16);
	put16(out, value & 0xffff);
}

static unsigned get16(const unsigned char *at)
{
	return (unsigned)at[0] << 8 | at[1];
}

static uint32_t get32(const unsigned char *at)
{
	return (uint32_t)get16(at) << 16 | get16(at + 2);
}

static bool send_all(struct viewer_thread *viewer, struct strbuf *bytes)
{
	size_t done = 0;

	while (done < bytes->length) {
		ssize_t n = send(viewer->fd, bytes->data + done, bytes->length - done, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	bool whole = done == bytes->length;

	strbuf_clear(bytes);
	return whole;
}

static bool read_all(const struct viewer_thread *viewer, void *ret, size_t length)
{
	return recv(viewer->fd, ret, length, MSG_WAITALL) == (ssize_t)length;
}

/* ---- one viewer ---- */

static bool greet(struct viewer_thread *viewer)
{
	struct rfb_server *server = viewer->server;
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	static const unsigned char format[16] = { 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0 };
	char bytes[16];

	strbuf_puts(&out, "RFB 003.008\n");
	if (!send_all(viewer, &out) || !read_all(viewer, bytes, 12))
		return false;
	strbuf_add(&out, "\1\1", 2); /* one kind of security: none */
	if (!send_all(viewer, &out) || !read_all(viewer, bytes, 1))
		return false;
	put32(&out, 0);
	if (!send_all(viewer, &out) || !read_all(viewer, bytes, 1))
		return false;
	pthread_mutex_lock(&server->mutex);
	viewer->width = server->width;
	viewer->height = server->height;
	pthread_mutex_unlock(&server->mutex);
	put16(&out, viewer->width);
	put16(&out, viewer->height);
	strbuf_add(&out, format, sizeof format);
	put32(&out, 4);
	strbuf_puts(&out, "test");
	return send_all(viewer, &out);
}

static bool take_encodings(struct viewer_thread *viewer)
{
	unsigned char head[3], encoding[4];

	if (!read_all(viewer, head, sizeof head))
		return false;
	for (unsigned i = get16(head + 1); i > 0; i--) {
		if (!read_all(viewer, encoding, sizeof encoding))
			return false;
		viewer->sizes |= (int32_t)get32(encoding) == DESKTOP_SIZE;
	}
	return true;
}

static bool take_cut(struct viewer_thread *viewer)
{
	unsigned char head[7];

	if (!read_all(viewer, head, sizeof head) || get32(head + 3) > 65536)
		return false;
	_cleanup_free_ char *text = xcalloc(1, get32(head + 3) + 1);

	if (!read_all(viewer, text, get32(head + 3)))
		return false;
	pthread_mutex_lock(&viewer->server->mutex);
	strbuf_printf(&viewer->server->said, "c:%s ", text);
	pthread_mutex_unlock(&viewer->server->mutex);
	return true;
}

static void note(struct rfb_server *server, const char *format, unsigned a, unsigned b, unsigned c)
{
	_cleanup_free_ char *text = NULL;

	pthread_mutex_lock(&server->mutex);
	if (*format == 'p')
		text = strf("p%u,%u,%u ", a, b, c);
	else
		text = strf("%c%02x ", a != 0 ? '+' : '-', b);
	strbuf_puts(&server->said, text);
	pthread_mutex_unlock(&server->mutex);
}

/* One message of the viewer's. */
static bool take_message(struct viewer_thread *viewer)
{
	unsigned char type, body[24];

	if (!read_all(viewer, &type, 1))
		return false;
	switch (type) {
	case 0:
		if (!read_all(viewer, body, 19))
			return false;
		memcpy(viewer->shifts, body + 13, sizeof viewer->shifts);
		return body[3] == 32;
	case 2:
		return take_encodings(viewer);
	case 3:
		if (!read_all(viewer, body, 9))
			return false;
		viewer->wants = true;
		if (body[0] == 0)
			viewer->seen = 0;
		return true;
	case 4: /* by symbol: the numbers were not taken */
		if (!read_all(viewer, body, 7))
			return false;
		note(viewer->server, "k", body[0], get32(body + 3), 0);
		return true;
	case 5:
		if (!read_all(viewer, body, 5))
			return false;
		note(viewer->server, "p", get16(body + 1), get16(body + 3), body[0]);
		return true;
	case 6:
		return take_cut(viewer);
	case 255:
		if (!read_all(viewer, body, 11))
			return false;
		note(viewer->server, "k", get16(body + 1), get32(body + 7), 0);
		return true;
	default:
		return false;
	}
}

static void put_rectangle(struct strbuf *out, unsigned width, unsigned height, int encoding)
{
	put16(out, 0);
	put16(out, 0);
	put16(out, width);
	put16(out, height);
	put32(out, (uint32_t)encoding);
}

/* The whole screen; before it, once, that key numbers are taken; instead of it, that the size is another. */
static bool send_update(struct viewer_thread *viewer)
{
	struct rfb_server *server = viewer->server;
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	pthread_mutex_lock(&server->mutex);
	bool another = viewer->width != server->width || viewer->height != server->height;

	viewer->wants = false;
	put16(&out, 0);
	if (another) {
		viewer->width = server->width;
		viewer->height = server->height;
		put16(&out, 1);
		put_rectangle(&out, viewer->width, viewer->height, DESKTOP_SIZE);
	} else {
		viewer->seen = server->changes;
		server->frames++;
		put16(&out, viewer->keys_told ? 1 : 2);
		if (!viewer->keys_told)
			put_rectangle(&out, server->width, server->height,
				      QEMU_KEYS); /* without pixels, as QEMU does */
		viewer->keys_told = true;
		put_rectangle(&out, server->width, server->height, 0);
		for (size_t i = 0; i < (size_t)server->width * server->height; i++) {
			uint32_t rgb = server->pixels[i];
			uint32_t pixel = (rgb >> 16 & 255) << viewer->shifts[0] |
					 (rgb >> 8 & 255) << viewer->shifts[1] | (rgb & 255) << viewer->shifts[2];

			strbuf_add(&out, &pixel, sizeof pixel);
		}
	}
	bool sent = send_all(viewer, &out); /* whole, before anything else is sent */

	pthread_mutex_unlock(&server->mutex);
	return sent;
}

static void *serve(void *userdata)
{
	struct viewer_thread *viewer = userdata;
	struct rfb_server *server = viewer->server;
	bool fine = greet(viewer);

	while (fine) {
		struct pollfd waiting = { .fd = viewer->fd, .events = POLLIN };

		if (poll(&waiting, 1, LOOK_MS) > 0)
			fine = take_message(viewer);
		pthread_mutex_lock(&server->mutex);
		bool due = viewer->wants && viewer->seen != server->changes;

		pthread_mutex_unlock(&server->mutex);
		if (fine && due)
			fine = send_update(viewer);
	}
	pthread_mutex_lock(&server->mutex);
	viewer->live = false;
	shutdown(viewer->fd, SHUT_RDWR);
	pthread_mutex_unlock(&server->mutex);
	return NULL;
}

/* ---- the server ---- */

static struct viewer_thread *free_viewer(struct rfb_server *server)
{
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (!server->viewers[i].live) {
			if (server->viewers[i].begun) {
				pthread_join(server->viewers[i].thread, NULL);
				close(server->viewers[i].fd);
			}
			return &server->viewers[i];
		}
	return NULL;
}

static void *accept_viewers(void *userdata)
{
	struct rfb_server *server = userdata;

	for (;;) {
		struct pollfd waiting = { .fd = server->listening, .events = POLLIN };

		poll(&waiting, 1, LOOK_MS);
		pthread_mutex_lock(&server->mutex);
		bool stopping = server->stopping;

		pthread_mutex_unlock(&server->mutex);
		if (stopping)
			return NULL;
		int fd = accept4(server->listening, NULL, NULL, SOCK_CLOEXEC);
		struct viewer_thread *viewer = fd >= 0 ? free_viewer(server) : NULL;

		if (viewer == NULL) {
			if (fd >= 0)
				close(fd);
			continue;
		}
		pthread_mutex_lock(&server->mutex);
		*viewer = (struct viewer_thread){
			.server = server, .fd = fd, .live = true, .begun = true, .shifts = { 16, 8, 0 }
		};
		server->visits++;
		pthread_mutex_unlock(&server->mutex);
		ck_assert_int_eq(pthread_create(&viewer->thread, NULL, serve, viewer), 0);
	}
}

static void set_size(struct rfb_server *server, unsigned columns, unsigned rows)
{
	server->cell_width = columns == TEXT_COLUMNS ? 9 : 8;
	server->width = columns * server->cell_width;
	server->height = rows * CELL_HEIGHT;
	free(server->pixels);
	server->pixels = xcalloc((size_t)server->width * server->height, sizeof *server->pixels);
	server->changes++;
}

struct rfb_server *rfb_server_new(const char *path, unsigned columns, unsigned rows)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct rfb_server *server = xcalloc(1, sizeof *server);

	if (!read_font(server->font)) {
		skip_test("no VGA BIOS is installed (package seabios)");
		free(server);
		return NULL;
	}
	pthread_mutex_init(&server->mutex, NULL);
	set_size(server, columns, rows);
	server->listening = socket_listen(path, 8, &err);
	ck_assert_msg(server->listening >= 0, "%s", error_text(&err));
	ck_assert_int_eq(pthread_create(&server->acceptor, NULL, accept_viewers, server), 0);
	return server;
}

void rfb_server_hang_up(struct rfb_server *server)
{
	pthread_mutex_lock(&server->mutex);
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (server->viewers[i].live)
			shutdown(server->viewers[i].fd, SHUT_RDWR);
	pthread_mutex_unlock(&server->mutex);
}

void rfb_server_free(struct rfb_server *server)
{
	if (server == NULL)
		return;
	pthread_mutex_lock(&server->mutex);
	server->stopping = true;
	pthread_mutex_unlock(&server->mutex);
	pthread_join(server->acceptor, NULL);
	rfb_server_hang_up(server);
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (server->viewers[i].begun) {
			pthread_join(server->viewers[i].thread, NULL);
			close(server->viewers[i].fd);
		}
	close(server->listening);
	pthread_mutex_destroy(&server->mutex);
	strbuf_clear(&server->said);
	free(server->pixels);
	free(server);
}

static void draw_glyph(struct rfb_server *server, unsigned row, unsigned column, unsigned char glyph,
		       uint32_t foreground, uint32_t background)
{
	for (unsigned y = 0; y < CELL_HEIGHT; y++) {
		unsigned bits = server->font[glyph * CELL_HEIGHT + y];
		uint32_t *at = &server->pixels[(size_t)(row * CELL_HEIGHT + y) * server->width +
					       (size_t)column * server->cell_width];

		for (unsigned x = 0; x < server->cell_width; x++) {
			/* the ninth column repeats the eighth of lines and blocks */
			bool on = x < 8 ? bits >> (7 - x) & 1 : glyph >= 0xc0 && glyph <= 0xdf && (bits & 1);

			at[x] = on ? foreground : background;
		}
	}
}

void rfb_server_text(struct rfb_server *server, unsigned row, unsigned column, const char *text, uint32_t foreground,
		     uint32_t background)
{
	pthread_mutex_lock(&server->mutex);
	for (; *text != '\0' && (column + 1) * server->cell_width <= server->width; text++, column++)
		draw_glyph(server, row, column, (unsigned char)*text, foreground, background);
	server->changes++;
	pthread_mutex_unlock(&server->mutex);
}

void rfb_server_noise(struct rfb_server *server)
{
	uint32_t state = 1;

	pthread_mutex_lock(&server->mutex);
	for (size_t i = 0; i < (size_t)server->width * server->height; i++) {
		state = state * 1664525 + 1013904223;
		server->pixels[i] = state >> 8;
	}
	server->changes++;
	pthread_mutex_unlock(&server->mutex);
}

void rfb_server_resize(struct rfb_server *server, unsigned columns, unsigned rows)
{
	pthread_mutex_lock(&server->mutex);
	set_size(server, columns, rows);
	pthread_mutex_unlock(&server->mutex);
}

void rfb_server_raw(struct rfb_server *server, const void *bytes, size_t length)
{
	pthread_mutex_lock(&server->mutex);
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		if (server->viewers[i].live)
			send(server->viewers[i].fd, bytes, length, MSG_NOSIGNAL);
	pthread_mutex_unlock(&server->mutex);
}

void rfb_server_cut(struct rfb_server *server, const char *text)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	put32(&out, 3u << 24);
	put32(&out, (uint32_t)strlen(text));
	strbuf_puts(&out, text);
	rfb_server_raw(server, out.data, out.length);
}

void rfb_server_bell(struct rfb_server *server)
{
	rfb_server_raw(server, "\2", 1);
}

char *rfb_server_said(struct rfb_server *server)
{
	pthread_mutex_lock(&server->mutex);
	char *said = strbuf_take(&server->said);

	pthread_mutex_unlock(&server->mutex);
	return said;
}

unsigned rfb_server_viewers(struct rfb_server *server)
{
	unsigned count = 0;

	pthread_mutex_lock(&server->mutex);
	for (size_t i = 0; i < VIEWERS_MAX; i++)
		count += server->viewers[i].live;
	pthread_mutex_unlock(&server->mutex);
	return count;
}

unsigned rfb_server_visits(struct rfb_server *server)
{
	pthread_mutex_lock(&server->mutex);
	unsigned visits = server->visits;

	pthread_mutex_unlock(&server->mutex);
	return visits;
}

unsigned rfb_server_frames(struct rfb_server *server)
{
	pthread_mutex_lock(&server->mutex);
	unsigned frames = server->frames;

	pthread_mutex_unlock(&server->mutex);
	return frames;
}
