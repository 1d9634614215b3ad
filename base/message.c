/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages with descriptors over a Unix socket: a length, a text, SCM_RIGHTS. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/process.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* SCM_MAX_FD in the kernel */
#define MESSAGE_FDS_LIMIT 253
#define HEADER_SIZE       4

/* Room for the most descriptors there can be, aligned for a struct cmsghdr. */
union control {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(MESSAGE_FDS_LIMIT * sizeof(int))];
};

/* Waits for an event until the deadline (monotonic, < 0: for ever). */
static bool wait_for(int fd, short events, int64_t deadline, struct error *err)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int64_t left = deadline < 0 ? -1 : deadline - clock_monotonic_ms();

		if (deadline >= 0 && left < 0)
			left = 0;
		int n = poll(&p, 1, (int)left);

		if (n > 0)
			return true;
		if (n == 0)
			return error_set(err, ERROR_TIMEOUT, "no message came in time");
		if (errno != EINTR)
			return error_set_errno(err, errno, "cannot wait for a message");
	}
}

/* Sends some of the message, its descriptors with it when there are any; bytes sent, or -1 with errno set. */
static ssize_t send_some(int fd, struct iovec *parts, size_t part_count, const int *fds, size_t count)
{
	union control control;
	struct msghdr message = { .msg_iov = parts, .msg_iovlen = part_count };

	if (count > 0) {
		memset(&control, 0, sizeof control);
		message.msg_control = control.bytes;
		message.msg_controllen = CMSG_SPACE(count * sizeof(int));
		struct cmsghdr *head = CMSG_FIRSTHDR(&message);

		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(count * sizeof(int));
		memcpy(CMSG_DATA(head), fds, count * sizeof(int));
	}
	return sendmsg(fd, &message, MSG_NOSIGNAL);
}

bool message_send(int fd, const char *text, size_t length, const int *fds, size_t count, struct error *err)
{
	unsigned char header[HEADER_SIZE] = { (unsigned char)(length >> 24), (unsigned char)(length >> 16),
					      (unsigned char)(length >> 8), (unsigned char)length };
	struct iovec parts[2] = { { header, sizeof header }, { (void *)(uintptr_t)text, length } };
	size_t part = 0;

	if (length > UINT32_MAX || count > MESSAGE_FDS_LIMIT)
		return error_set(err, ERROR_INVALID, "message of %zu bytes and %zu descriptors is too large", length, count);
	while (part < 2) {
		ssize_t n = send_some(fd, parts + part, 2 - part, fds, count);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (!wait_for(fd, POLLOUT, -1, err))
				return false;
			continue;
		}
		if (n < 0)
			return error_set_errno(err, errno, "cannot send a message");
		count = 0; /* they went with the first bytes */
		for (; part < 2 && (size_t)n >= parts[part].iov_len; part++)
			n -= (ssize_t)parts[part].iov_len;
		if (part < 2) {
			parts[part].iov_base = (char *)parts[part].iov_base + n;
			parts[part].iov_len -= (size_t)n;
		}
	}
	return true;
}

/* The descriptors that have come so far. */
struct received {
	int *fds; /* borrowed: the caller's array */
	size_t max;
	size_t count;
	bool too_many;
};

static void take_fds(struct msghdr *message, struct received *received)
{
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head != NULL; head = CMSG_NXTHDR(message, head)) {
		if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS)
			continue;
		size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);

		for (size_t i = 0; i < count; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(head) + i * sizeof fd, sizeof fd);
			if (received->count < received->max) {
				received->fds[received->count++] = fd;
			} else {
				received->too_many = true;
				close(fd);
			}
		}
	}
}

/* Receives exactly length bytes and any descriptors among them. */
static bool receive_all(int fd, void *bytes, size_t length, int64_t deadline, struct received *received, struct error *err)
{
	char *to = bytes;

	while (length > 0) {
		union control control;
		struct iovec part = { to, length };
		struct msghdr message = { .msg_iov = &part,
					  .msg_iovlen = 1,
					  .msg_control = control.bytes,
					  .msg_controllen = sizeof control.bytes };

		if (!wait_for(fd, POLLIN, deadline, err))
			return false;
		ssize_t n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

		if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
			continue;
		if (n < 0 && errno != ECONNRESET)
			return error_set_errno(err, errno, "cannot receive a message");
		if (n <= 0)
			return error_set(err, ERROR_PROTOCOL, "the peer closed the connection");
		take_fds(&message, received);
		if (received->too_many || (message.msg_flags & MSG_CTRUNC) != 0)
			return error_set(err, ERROR_PROTOCOL, "the peer sent more than %zu descriptors", received->max);
		to += n;
		length -= (size_t)n;
	}
	return true;
}

static char *receive_text(int fd, size_t limit, int64_t deadline, struct received *received, struct error *err)
{
	unsigned char header[HEADER_SIZE];

	if (!receive_all(fd, header, sizeof header, deadline, received, err))
		return NULL;
	size_t length = (size_t)header[0] << 24 | (size_t)header[1] << 16 | (size_t)header[2] << 8 | header[3];

	if (length > limit) {
		error_set(err, ERROR_PROTOCOL, "the peer sent a message of %zu bytes, more than %zu", length, limit);
		return NULL;
	}
	_cleanup_free_ char *text = xmalloc(length + 1);

	if (!receive_all(fd, text, length, deadline, received, err))
		return NULL;
	text[length] = '\0';
	/* its length is not handed on, so a NUL inside would hide the rest */
	if (memchr(text, '\0', length) != NULL) {
		error_set(err, ERROR_PROTOCOL, "the peer sent a message with a NUL byte");
		return NULL;
	}
	return TAKE_POINTER(text);
}

bool message_receive(int fd, size_t limit, int timeout_ms, char **ret_text, int *ret_fds, size_t max_fds, size_t *ret_count,
		     struct error *err)
{
	struct received received = { .fds = ret_fds, .max = max_fds };
	int64_t deadline = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
	char *text = receive_text(fd, limit, deadline, &received, err);

	if (text == NULL) {
		for (size_t i = 0; i < received.count; i++)
			close(ret_fds[i]);
		return false;
	}
	*ret_text = text;
	if (ret_count != NULL)
		*ret_count = received.count;
	return true;
}
