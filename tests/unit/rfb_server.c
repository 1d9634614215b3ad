/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A VNC server that a test plays. */
#include "tests/unit/rfb_server.h"

#include "base/memory.h"
#include "base/socket.h"
#include "tests/unit/unit.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 20000

/* In libvncclient, but in no header of it. */
extern void rfbClientEncryptBytes(unsigned char *bytes, char *password);

void server_open(struct rfb_server *server, const char *path)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	server->path = xstrdup(path);
	server->client = -1;
	server->listener = socket_listen(path, 8, &err);
	ck_assert_msg(server->listener >= 0, "%s", error_text(&err));
}

void server_hang_up(struct rfb_server *server)
{
	if (server->client >= 0)
		close(server->client);
	server->client = -1;
}

void server_close(struct rfb_server *server)
{
	server_hang_up(server);
	close(server->listener);
	(void)unlink(server->path);
	free(server->path);
}

static bool wait_until(int fd, short events)
{
	struct pollfd poll_fd = { .fd = fd, .events = events };
	int ready;

	do {
		ready = poll(&poll_fd, 1, PATIENCE_MS);
	} while (ready < 0 && errno == EINTR);
	return ready > 0;
}

void server_accept(struct rfb_server *server)
{
	server_hang_up(server);
	ck_assert_msg(wait_until(server->listener, POLLIN), "no client came");
	server->client = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	ck_assert_int_ge(server->client, 0);
}

bool server_say(struct rfb_server *server, const void *bytes, size_t length)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t n = send(server->client, at, length, MSG_NOSIGNAL);

		if (n > 0) {
			at += n;
			length -= (size_t)n;
		} else if (errno != EAGAIN || !wait_until(server->client, POLLOUT)) {
			return false;
		}
	}
	return true;
}

void server_say_16(struct rfb_server *server, unsigned value)
{
	const unsigned char bytes[] = { (unsigned char)(value >> 8), (unsigned char)value };

	server_say(server, bytes, sizeof bytes);
}

void server_say_32(struct rfb_server *server, uint32_t value)
{
	server_say_16(server, value >> 16);
	server_say_16(server, value & 0xffff);
}

void server_hear(struct rfb_server *server, void *bytes, size_t length)
{
	char *at = bytes;

	while (length > 0) {
		ssize_t n = recv(server->client, at, length, 0);

		ck_assert_msg(n != 0, "the client has gone");
		if (n > 0) {
			at += n;
			length -= (size_t)n;
		} else {
			ck_assert_msg(errno == EAGAIN && wait_until(server->client, POLLIN), "the client says nothing");
		}
	}
}

/* Lengths after the type, of messages that have one. */
static size_t rest_of(struct rfb_server *server, unsigned type, unsigned char head[16])
{
	static const struct {
		unsigned type;
		size_t length;
	} known[] = { { 0, 19 }, { 3, 9 }, { 4, 7 }, { 5, 5 }, { 255, 11 } };

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (known[i].type == type)
			return known[i].length;
	ck_assert_msg(type == 2 || type == 6, "the client said a message of type %u", type);
	if (type == 2) {
		server_hear(server, head, 3);
		return 4 * ((size_t)head[1] << 8 | head[2]);
	}
	server_hear(server, head, 7);
	return (size_t)head[5] << 8 | head[6];
}

void server_hear_message(struct rfb_server *server, unsigned type, unsigned char *bytes, size_t length)
{
	for (;;) {
		unsigned char heard, head[16], skipped[65536];
		size_t rest;

		server_hear(server, &heard, 1);
		rest = rest_of(server, heard, head);
		server_hear(server, skipped, rest);
		if (heard != type)
			continue;
		ck_assert_uint_le(length, rest);
		memcpy(bytes, skipped, length);
		return;
	}
}

bool server_hear_request(struct rfb_server *server)
{
	unsigned char incremental;

	server_hear_message(server, 3, &incremental, 1);
	return incremental != 0;
}

/* ---- the beginning ---- */

static void agree_version(struct rfb_server *server)
{
	char version[12];

	server_say(server, "RFB 003.008\n", 12);
	server_hear(server, version, sizeof version);
	ck_assert_mem_eq(version, "RFB 003.008\n", 12);
}

void server_begin(struct rfb_server *server, unsigned width, unsigned height, const char *name)
{
	static const unsigned char format[16] = { 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0 };
	unsigned char shared, wanted[19];

	server_hear(server, &shared, 1);
	ck_assert_msg(shared == 1, "others would be sent away");
	server_say_16(server, width);
	server_say_16(server, height);
	server_say(server, format, sizeof format);
	server_say_32(server, (uint32_t)strlen(name));
	server_say(server, name, strlen(name));
	server_hear_message(server, 0, wanted, sizeof wanted);
	/* 32 bits of which 24 are colour, blue in the lowest byte */
	ck_assert(wanted[3] == 32 && wanted[5] == 0 && wanted[6] == 1 && wanted[13] == 16 && wanted[14] == 8 &&
		  wanted[15] == 0);
}

void server_welcome(struct rfb_server *server, unsigned width, unsigned height, const char *name)
{
	unsigned char chosen;

	agree_version(server);
	server_say(server, "\001\001", 2);
	server_hear(server, &chosen, 1);
	ck_assert_uint_eq(chosen, 1);
	server_say_32(server, 0);
	server_begin(server, width, height, name);
}

bool server_ask_password(struct rfb_server *server, const char *password)
{
	unsigned char challenge[16], answer[16], chosen;
	_cleanup_free_ char *copy = xstrdup(password);

	agree_version(server);
	server_say(server, "\001\002", 2);
	server_hear(server, &chosen, 1);
	ck_assert_uint_eq(chosen, 2);
	for (size_t i = 0; i < sizeof challenge; i++)
		challenge[i] = (unsigned char)(i * 37 + 5);
	server_say(server, challenge, sizeof challenge);
	server_hear(server, answer, sizeof answer);
	rfbClientEncryptBytes(challenge, copy);
	return memcmp(challenge, answer, sizeof answer) == 0;
}

/* ---- updates ---- */

void server_update(struct rfb_server *server, unsigned count)
{
	server_say(server, "\0\0", 2);
	server_say_16(server, count);
}

void server_rectangle(struct rfb_server *server, unsigned x, unsigned y, unsigned width, unsigned height,
		      int32_t encoding)
{
	server_say_16(server, x);
	server_say_16(server, y);
	server_say_16(server, width);
	server_say_16(server, height);
	server_say_32(server, (uint32_t)encoding);
}

void server_fill(struct rfb_server *server, unsigned x, unsigned y, unsigned width, unsigned height, uint32_t colour)
{
	size_t count = (size_t)width * height;
	_cleanup_free_ uint32_t *pixels = xcalloc(count, sizeof *pixels);

	for (size_t i = 0; i < count; i++)
		pixels[i] = colour;
	server_update(server, 1);
	server_rectangle(server, x, y, width, height, ENCODING_RAW);
	server_say(server, pixels, count * sizeof *pixels);
}

void server_pixels(struct rfb_server *server, unsigned width, unsigned height, const uint32_t *pixels, size_t stride)
{
	server_update(server, 1);
	server_rectangle(server, 0, 0, width, height, ENCODING_RAW);
	for (unsigned row = 0; row < height; row++)
		server_say(server, pixels + row * stride, width * sizeof *pixels);
}
