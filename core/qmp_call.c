/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP through a machine's keeper: one command, or a raw line as qemu-monitor-command takes it. */
#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "core/manager_internal.h"
#include "hv/qmp.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RAW_TIMEOUT_MS 60000

bool domain_qmp(struct manager *manager, const struct machine *machine, const char *command, struct json_object *arguments, int timeout_ms,
		struct json_object **ret_reply, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_free_ char *control = domain_control(manager, machine, err);

	if (!control) {
		json_object_put(arguments);
		return false;
	}
	if (qmp_call(control, command, arguments, timeout_ms, ret_reply, &local))
		return true;
	/* One that was stopped a moment after we looked does not answer either. */
	if (local.code == ERROR_TIMEOUT && keeper_is_stopped(manager, machine, err))
		return false;
	error_wrap(&local, "'%s'", machine->name);
	return error_move(err, &local);
}

/* The next line of a connection, without its end; NULL on error. Owned. */
static char *read_line(int fd, struct strbuf *buffer, int64_t deadline, struct error *err)
{
	for (;;) {
		char *end = buffer->length ? memchr(buffer->data, '\n', buffer->length) : NULL;
		struct pollfd pollfd = { .fd = fd, .events = POLLIN };
		int64_t left = deadline - clock_monotonic_ms();
		ssize_t n;

		if (end) {
			size_t length = (size_t)(end - buffer->data);
			char *line = xstrndup(buffer->data, length && buffer->data[length - 1] == '\r' ? length - 1 : length);

			strbuf_consume(buffer, length + 1);
			return line;
		}
		if (buffer->length > QMP_LINE_LIMIT) {
			error_set(err, ERROR_PROTOCOL, "the answer is longer than %d bytes", QMP_LINE_LIMIT);
			return NULL;
		}
		if (left <= 0 || poll(&pollfd, 1, (int)left) == 0) {
			error_set(err, ERROR_TIMEOUT, "QEMU did not answer in time");
			return NULL;
		}
		n = read(fd, strbuf_reserve(buffer, 65536), 65536);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (n <= 0) {
			error_set(err, ERROR_PROTOCOL, "the connection to the keeper ended before the answer");
			return NULL;
		}
		strbuf_commit(buffer, (size_t)n);
	}
}

/* Events come in between: the answer is the first message that is none. */
static bool is_answer(const char *line)
{
	_cleanup_json_ struct json_object *message = json_parse("QEMU", line, strlen(line), NULL);

	return message && !json_get(message, "event") && (json_get(message, "return") || json_get(message, "error"));
}

bool domain_qmp_raw(struct manager *manager, const struct machine *machine, const char *line, char **ret_reply, struct error *err)
{
	_cleanup_json_ struct json_object *request = json_parse("command", line, strlen(line), err);
	_cleanup_strbuf_ struct strbuf buffer = STRBUF_INIT;
	_cleanup_free_ char *control = NULL, *text = NULL;
	_cleanup_close_ int fd = -1;
	int64_t deadline = clock_monotonic_ms() + RAW_TIMEOUT_MS;

	*ret_reply = NULL;
	if (!request)
		return false;
	if (!json_get_string(request, "execute", NULL)) {
		error_set(err, ERROR_INVALID, "the command has no \"execute\"");
		return error_hint(err, "for example: {\"execute\": \"query-status\"}; --hmp takes the human monitor's words");
	}
	control = domain_control(manager, machine, err);
	if (!control)
		return false;
	fd = qmp_open(control, RAW_TIMEOUT_MS, err);
	if (fd < 0)
		return false;
	/* On one line, whatever blanks the user wrote. */
	text = json_text(request);
	if (!write_all(fd, text, strlen(text)) || !write_all(fd, "\n", 1))
		return error_set_errno(err, errno, "cannot send the command to the keeper of '%s'", machine->name);
	for (;;) {
		char *answer = read_line(fd, &buffer, deadline, err);

		if (!answer)
			return false;
		if (is_answer(answer)) {
			*ret_reply = answer;
			return true;
		}
		free(answer);
	}
}
