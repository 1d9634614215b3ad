/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The stream of frames between a front end and virtty-screen: what was read and not taken yet, what waits to be
 * written, and the descriptors that come along. */
#include "screen/wire_internal.h"

#include "base/file.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE      (64 * 1024)
#define DEFAULT_BUDGET (1024 * 1024)
#define SPARE_BUFFER   (256 * 1024) /* an empty buffer that is larger is given back */

struct wire *wire_new(int fd)
{
	struct wire *wire = xcalloc(1, sizeof *wire);

	fd_set_nonblock(fd, true);
	fd_set_cloexec(fd, true);
	wire->fd = fd;
	return wire;
}

/* Also for passwords on their way: nothing of them stays in freed memory. */
static void forget(struct strbuf *buffer)
{
	if (buffer->data)
		explicit_bzero(buffer->data, buffer->capacity);
	strbuf_clear(buffer);
}

void wire_free(struct wire *wire)
{
	if (!wire)
		return;
	close(wire->fd);
	for (size_t i = 0; i < wire->got_count; i++)
		close(wire->got[i]);
	for (size_t i = 0; i < wire->going_count; i++)
		close(wire->going[i].fd);
	forget(&wire->in);
	forget(&wire->out);
	free(wire);
}

int wire_fd(const struct wire *wire)
{
	return wire->fd;
}

size_t wire_queued(const struct wire *wire)
{
	return wire->out.length - wire->out_at;
}

/* ---- out ---- */

void wire_begin(struct wire *wire, uint8_t type, int fd)
{
	unsigned char header[WIRE_HEADER] = { type };

	wire->frame_at = wire->out.length;
	if (fd >= 0 && wire->going_count == WIRE_FDS)
		close(fd); /* the other end takes none: it will miss this one, and end the connection */
	else if (fd >= 0)
		wire->going[wire->going_count++] = (struct wire_going){ wire->out.length, fd };
	strbuf_add(&wire->out, header, sizeof header);
}

void wire_end(struct wire *wire)
{
	size_t length = wire->out.length - wire->frame_at - WIRE_HEADER;
	unsigned char *header = (unsigned char *)wire->out.data + wire->frame_at;

	header[1] = (unsigned char)length;
	header[2] = (unsigned char)(length >> 8);
	header[3] = (unsigned char)(length >> 16);
}

static ssize_t send_with(int fd, const char *bytes, size_t length, int passed)
{
	union {
		char room[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	} control = { 0 };
	struct iovec piece = { (void *)(uintptr_t)bytes, length };
	struct msghdr message = { .msg_iov = &piece, .msg_iovlen = 1 };

	if (passed >= 0) {
		message.msg_control = control.room;
		message.msg_controllen = sizeof control.room;
		struct cmsghdr *header = CMSG_FIRSTHDR(&message);

		header->cmsg_level = SOL_SOCKET;
		header->cmsg_type = SCM_RIGHTS;
		header->cmsg_len = CMSG_LEN(sizeof passed);
		memcpy(CMSG_DATA(header), &passed, sizeof passed);
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Sends up to the next descriptor's frame, or that frame's beginning with its descriptor. */
static ssize_t send_piece(struct wire *wire)
{
	const char *bytes = wire->out.data + wire->out_at;
	size_t length = wire_queued(wire);
	ssize_t n;

	if (wire->going_count == 0)
		return send_with(wire->fd, bytes, length, -1);
	if (wire->going[0].at > wire->out_at)
		return send_with(wire->fd, bytes, wire->going[0].at - wire->out_at, -1);
	if (wire->going_count > 1)
		length = wire->going[1].at - wire->out_at;
	n = send_with(wire->fd, bytes, length, wire->going[0].fd);
	if (n > 0) {
		close(wire->going[0].fd);
		wire->going_count--;
		memmove(&wire->going[0], &wire->going[1], wire->going_count * sizeof wire->going[0]);
	}
	return n;
}

static bool write_some(struct wire *wire, struct error *err)
{
	while (wire_queued(wire) > 0) {
		ssize_t n = send_piece(wire);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0)
			return error_set(err, ERROR_STATE, "the other end has closed");
		explicit_bzero(wire->out.data + wire->out_at, (size_t)n);
		wire->out_at += (size_t)n;
	}
	wire->out_at = 0;
	wire->out.length = 0;
	if (wire->out.capacity > SPARE_BUFFER)
		strbuf_clear(&wire->out);
	return true;
}

/* ---- in ---- */

static bool take_fds(struct wire *wire, struct msghdr *message, struct error *err)
{
	for (struct cmsghdr *header = CMSG_FIRSTHDR(message); header; header = CMSG_NXTHDR(message, header)) {
		int fd;

		if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS ||
		    header->cmsg_len != CMSG_LEN(sizeof fd))
			continue;
		memcpy(&fd, CMSG_DATA(header), sizeof fd);
		if (wire->got_count == WIRE_FDS) {
			close(fd);
			return error_set(err, ERROR_PROTOCOL,
					 "the other end sent more descriptors than frames for them");
		}
		wire->got[wire->got_count++] = fd;
	}
	return true;
}

/* Headers are judged as soon as they are there: no more is gathered for a frame than may be. */
static bool check_headers(struct wire *wire, struct error *err)
{
	while (wire->checked <= wire->in.length && wire->in.length - wire->checked >= WIRE_HEADER) {
		const unsigned char *header = (const unsigned char *)wire->in.data + wire->checked;
		size_t length = header[1] | (size_t)header[2] << 8 | (size_t)header[3] << 16;

		if (length > WIRE_LARGEST)
			return error_set(err, ERROR_PROTOCOL, "the other end sent a frame of %zu bytes", length);
		wire->checked += WIRE_HEADER + length;
	}
	return true;
}

/* What was taken is dropped; so frames that were handed out lie still until here. */
static void drop_taken(struct wire *wire)
{
	explicit_bzero(wire->in.data, wire->in_at);
	strbuf_consume(&wire->in, wire->in_at);
	wire->checked -= wire->in_at;
	wire->in_at = 0;
	if (wire->in.length == 0 && wire->in.capacity > SPARE_BUFFER)
		strbuf_clear(&wire->in);
}

static bool read_some(struct wire *wire, size_t budget, struct error *err)
{
	if (wire->in_at > 0)
		drop_taken(wire);
	/* A whole frame that nobody takes stops the reading: the queue is bounded by the largest frame. */
	while (budget > 0 && wire->in.length < WIRE_HEADER + WIRE_LARGEST + READ_SIZE) {
		union {
			char room[CMSG_SPACE(sizeof(int))];
			struct cmsghdr align;
		} control;
		size_t want = budget < READ_SIZE ? budget : READ_SIZE;
		struct iovec piece = { strbuf_reserve(&wire->in, want), want };
		struct msghdr message = { .msg_iov = &piece,
					  .msg_iovlen = 1,
					  .msg_control = control.room,
					  .msg_controllen = sizeof control.room };
		ssize_t n = recvmsg(wire->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n <= 0)
			return error_set(err, ERROR_STATE, "the other end has closed");
		strbuf_commit(&wire->in, (size_t)n);
		budget -= (size_t)n;
		if (!take_fds(wire, &message, err) || !check_headers(wire, err))
			return false;
	}
	return true;
}

bool wire_step(struct wire *wire, size_t budget, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	bool fine = write_some(wire, &why);

	/* What was said before the end is still heard. */
	if (!read_some(wire, budget ? budget : DEFAULT_BUDGET, fine ? &why : NULL))
		fine = false;
	return fine || error_move(err, &why);
}

bool wire_next(struct wire *wire, struct wire_frame *ret)
{
	size_t have = wire->in.length - wire->in_at, length;
	const unsigned char *header;

	if (have < WIRE_HEADER)
		return false;
	header = (const unsigned char *)wire->in.data + wire->in_at;
	length = header[1] | (size_t)header[2] << 8 | (size_t)header[3] << 16;
	if (length > WIRE_LARGEST || have - WIRE_HEADER < length)
		return false;
	*ret = (struct wire_frame){ .type = header[0], .payload = header + WIRE_HEADER, .length = length, .fd = -1 };
	wire->in_at += WIRE_HEADER + length;
	/* A descriptor arrives with its frame's first byte, and in the order of the frames that have one. */
	if (ret->type == WIRE_CONNECT && wire->got_count > 0) {
		ret->fd = wire->got[0];
		wire->got_count--;
		memmove(&wire->got[0], &wire->got[1], wire->got_count * sizeof wire->got[0]);
	}
	return true;
}
