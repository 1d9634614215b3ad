/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Blocking QMP calls, for front ends talking to a keeper's control socket. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "hv/qmp.h"
#include "hv/qmp_reply.h"
#include "hv/qmp_scan.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEEK_SIZE 65536

/* Waits until the socket is ready or the deadline (monotonic; < 0: none) has passed. */
static bool wait_ready(int fd, short events, int64_t deadline, struct error *err)
{
	for (;;) {
		struct pollfd p = { .fd = fd, .events = events };
		int64_t left = deadline < 0 ? -1 : deadline - clock_monotonic_ms();
		int n = poll(&p, 1, deadline < 0 ? -1 : left > 0 ? (int)left : 0);

		if (n > 0)
			return true;
		if (n == 0)
			return error_set(err, ERROR_TIMEOUT, "no answer over QMP in time");
		if (errno != EINTR)
			return error_set_errno(err, errno, "cannot wait for a QMP answer");
	}
}

/* given: a descriptor that goes with the first byte; < 0: none. */
static bool send_all(int fd, const char *text, size_t length, int given, int64_t deadline, struct error *err)
{
	while (length > 0) {
		ssize_t n = given < 0 ? send(fd, text, length, MSG_NOSIGNAL | MSG_DONTWAIT) : socket_send_fd(fd, text, length, given);

		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			if (!wait_ready(fd, POLLOUT, deadline, err))
				return false;
		} else if (n < 0 && errno != EINTR) {
			return error_set_errno(err, errno, "cannot send a QMP command");
		} else if (n > 0) {
			text += n;
			length -= (size_t)n;
			given = -1;
		}
	}
	return true;
}

/* Receives one message and not a byte beyond it (the connection may be used again): looks first, then takes. Owned text. */
static char *receive_message(int fd, int64_t deadline, size_t *ret_length, struct error *err)
{
	_cleanup_(qmp_framer_clear) struct qmp_framer framer = { .limit = QMP_LINE_LIMIT };
	_cleanup_free_ char *bytes = xmalloc(PEEK_SIZE);

	for (;;) {
		const char *text;
		size_t used, length;

		if (!wait_ready(fd, POLLIN, deadline, err))
			return NULL;
		ssize_t n = recv(fd, bytes, PEEK_SIZE, MSG_PEEK | MSG_DONTWAIT);

		if (n < 0 && (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
			continue;
		if (n < 0 && errno != ECONNRESET) {
			error_set_errno(err, errno, "cannot receive a QMP answer");
			return NULL;
		}
		if (n <= 0) {
			error_set(err, ERROR_PROTOCOL, "the QMP connection was closed before the answer");
			return NULL;
		}
		enum qmp_frame frame = qmp_framer_feed(&framer, bytes, (size_t)n, &used, &text, &length);

		if (frame == QMP_FRAME_GARBAGE || frame == QMP_FRAME_TOO_LONG) {
			error_set(err, ERROR_PROTOCOL, "the QMP answer is %s", frame == QMP_FRAME_GARBAGE ? "not JSON" : "too long");
			return NULL;
		}
		char *message = frame == QMP_FRAME_MESSAGE ? xstrndup(text, length) : NULL;

		/* seen before, so it is there: this cannot come short */
		(void)!recv(fd, bytes, used, MSG_DONTWAIT);
		if (message != NULL) {
			*ret_length = length;
			return message;
		}
	}
}

static bool is_reply_to(struct json_object *answer, int64_t id)
{
	struct json_object *value = json_get(answer, "id");

	if (json_get(answer, "event") != NULL)
		return false;
	/* an error without an id is about bytes that could not be parsed: ours */
	return value == NULL ? json_get(answer, "error") != NULL : json_get_int(answer, "id", -1) == id;
}

static bool call(int fd, const char *command, struct json_object *arguments, int given, int timeout_ms, struct json_object **ret_reply,
		 struct error *err)
{
	static int64_t last_id; /* an answer that came too late for its call is not taken for the next one's */
	int64_t id = __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
	int64_t deadline = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
	_cleanup_free_ char *line = qmp_command_text(command, arguments, (uint64_t)id);

	if (!send_all(fd, line, strlen(line), given, deadline, err))
		return false;
	for (;;) {
		size_t length;
		_cleanup_free_ char *text = receive_message(fd, deadline, &length, err);

		if (text == NULL)
			return false;
		_cleanup_json_ struct json_object *answer = json_parse("QMP answer", text, length, err);

		if (answer == NULL)
			return false;
		if (!is_reply_to(answer, id))
			continue;
		struct json_object *value = qmp_reply_value(answer, err);

		if (value != NULL && ret_reply != NULL)
			*ret_reply = json_object_get(value);
		return value != NULL;
	}
}

bool qmp_call_fd(int fd, const char *command, struct json_object *arguments, int timeout_ms, struct json_object **ret_reply,
		 struct error *err)
{
	return call(fd, command, arguments, -1, timeout_ms, ret_reply, err);
}

bool qmp_give_fd(int fd, const char *name, int given, int timeout_ms, struct error *err)
{
	struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "fdname", name);
	return call(fd, "getfd", arguments, given, timeout_ms, NULL, err);
}

struct json_object *qmp_read_event(int fd, int timeout_ms, struct error *err)
{
	int64_t deadline = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;

	for (;;) {
		size_t length;
		_cleanup_free_ char *text = receive_message(fd, deadline, &length, err);
		struct json_object *message = text != NULL ? json_parse("QMP event", text, length, err) : NULL;

		if (message == NULL || json_get(message, "event") != NULL)
			return message;
		json_object_put(message);
	}
}

int qmp_open(const char *socket_path, int timeout_ms, struct error *err)
{
	int64_t deadline = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
	_cleanup_close_ int fd = socket_connect(socket_path, err);
	struct qmp_message message;
	size_t length;

	if (fd < 0)
		return -1;
	_cleanup_free_ char *greeting = receive_message(fd, deadline, &length, err);

	if (greeting == NULL || !qmp_scan(greeting, length, &message, err))
		return -1;
	if (message.value[QMP_KEY_GREETING].length == 0) {
		error_set(err, ERROR_PROTOCOL, "'%s' does not speak QMP", socket_path);
		return -1;
	}
	if (!qmp_call_fd(fd, "qmp_capabilities", NULL, timeout_ms, NULL, err))
		return -1;
	return TAKE_FD(fd);
}

bool qmp_call(const char *socket_path, const char *command, struct json_object *arguments, int timeout_ms,
	      struct json_object **ret_reply, struct error *err)
{
	_cleanup_close_ int fd = qmp_open(socket_path, timeout_ms, err);

	if (fd < 0) {
		json_object_put(arguments);
		return false;
	}
	return qmp_call_fd(fd, command, arguments, timeout_ms, ret_reply, err);
}
