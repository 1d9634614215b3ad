/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QMP client as a state machine: commands out, answers matched by id, events in between. */
#include "hv/qmp.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "hv/qmp_reply.h"
#include "hv/qmp_scan.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_SIZE   16384
#define READ_BUDGET (16 * READ_SIZE) /* a step reads no more: others want their turn */
#define OUT_KEEP    4096             /* an empty buffer above this size is given back */

/* One command that waits for its reply. */
struct call {
	struct call *next;
	uint64_t id;
	qmp_reply_fn *on_reply;
	qmp_raw_fn *on_raw;
	void *userdata;
};

struct qmp {
	int fd; /* owned */
	struct qmp_framer framer;
	struct strbuf out;
	size_t out_at; /* written so far */
	int carried;   /* owned: goes beside the byte of out at carried_at; -1: none */
	size_t carried_at;
	struct call *calls, **calls_tail; /* owned list, in the order sent */
	size_t call_count;
	uint64_t next_id;
	char *greeting; /* owned; NULL until it came */
	bool ready;     /* capabilities negotiated */
	bool over;
	qmp_event_fn *on_event;
	qmp_raw_fn *on_raw_event;
	void *userdata, *raw_userdata;
};

/* ---- commands out ---- */

static struct call *call_add(struct qmp *qmp, void *userdata)
{
	struct call *call = xcalloc(1, sizeof *call);

	call->id = qmp->next_id++;
	call->userdata = userdata;
	*qmp->calls_tail = call;
	qmp->calls_tail = &call->next;
	qmp->call_count++;
	return call;
}

void qmp_send(struct qmp *qmp, const char *command, struct json_object *arguments, qmp_reply_fn *on_reply, void *userdata)
{
	if (qmp->over) {
		_cleanup_error_ struct error err = ERROR_INIT;

		json_object_put(arguments);
		error_set(&err, ERROR_PROTOCOL, "QEMU's QMP connection is closed");
		if (on_reply != NULL)
			on_reply(qmp, NULL, &err, userdata);
		return;
	}
	struct call *call = call_add(qmp, userdata);
	_cleanup_free_ char *line = qmp_command_text(command, arguments, call->id);

	call->on_reply = on_reply;
	strbuf_puts(&qmp->out, line);
}

void qmp_send_raw(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, qmp_raw_fn *on_reply,
		  void *userdata)
{
	if (qmp->over) {
		on_reply(qmp, NULL, 0, NULL, userdata);
		return;
	}
	struct call *call = call_add(qmp, userdata);
	char id[24];
	int id_length = snprintf(id, sizeof id, "%" PRIu64, call->id);

	call->on_raw = on_reply;
	qmp_replace_id(&qmp->out, text, length, message, id, (size_t)id_length);
	strbuf_putc(&qmp->out, '\n');
}

void qmp_carry(struct qmp *qmp, int fd)
{
	if (qmp->carried >= 0)
		close(qmp->carried);
	qmp->carried = fd;
	qmp->carried_at = qmp->out.length;
}

static void call_fail(struct qmp *qmp, struct call *call, const struct error *err)
{
	if (call->on_reply != NULL)
		call->on_reply(qmp, NULL, err, call->userdata);
	if (call->on_raw != NULL)
		call->on_raw(qmp, NULL, 0, NULL, call->userdata);
	free(call);
}

/* Fails every waiting call; what their callbacks send meanwhile fails at once. */
static void fail_all(struct qmp *qmp, const struct error *err)
{
	struct call *call = qmp->calls;

	qmp->over = true;
	qmp->calls = NULL;
	qmp->calls_tail = &qmp->calls;
	qmp->call_count = 0;
	while (call != NULL) {
		struct call *next = call->next;

		call_fail(qmp, call, err);
		call = next;
	}
}

/* ---- messages in ---- */

static struct call *call_take(struct qmp *qmp, uint64_t id)
{
	for (struct call **at = &qmp->calls; *at != NULL; at = &(*at)->next) {
		struct call *call = *at;

		if (call->id != id)
			continue;
		*at = call->next;
		if (call->next == NULL)
			qmp->calls_tail = at;
		qmp->call_count--;
		return call;
	}
	return NULL;
}

/* The call that a reply belongs to. Answers come in order: one without an id (QEMU could not even parse the command) is the oldest's. */
static struct call *call_of_reply(struct qmp *qmp, const char *text, const struct qmp_message *message)
{
	const struct qmp_span *id = &message->value[QMP_KEY_ID];
	uint64_t number = 0;

	if (id->length == 0)
		return qmp->calls == NULL ? NULL : call_take(qmp, qmp->calls->id);
	for (size_t i = 0; i < id->length; i++) {
		char c = text[id->at + i];

		if (c < '0' || c > '9' || i > 18)
			return NULL;
		number = number * 10 + (uint64_t)(c - '0');
	}
	return call_take(qmp, number);
}

static bool take_reply(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, struct error *err)
{
	struct call *call = call_of_reply(qmp, text, message);
	_cleanup_error_ struct error answer = ERROR_INIT;
	bool fine = true;

	if (call == NULL)
		return true; /* forgotten, or from before a re-exec */
	if (call->on_raw != NULL) {
		call->on_raw(qmp, text, length, message, call->userdata);
	} else if (call->on_reply != NULL) {
		_cleanup_json_ struct json_object *tree = json_parse("QMP reply", text, length, err);
		struct json_object *value = tree == NULL ? NULL : qmp_reply_value(tree, &answer);

		fine = tree != NULL;
		if (!fine)
			error_set(&answer, ERROR_PROTOCOL, "%s", error_text(err));
		call->on_reply(qmp, value, value == NULL ? &answer : NULL, call->userdata);
	}
	free(call);
	return fine;
}

static bool take_event(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, struct error *err)
{
	if (qmp->on_raw_event != NULL)
		qmp->on_raw_event(qmp, text, length, message, qmp->raw_userdata);
	if (qmp->on_event == NULL)
		return true;
	_cleanup_json_ struct json_object *tree = json_parse("QMP event", text, length, err);

	if (tree == NULL)
		return false;
	qmp->on_event(qmp, json_get_string(tree, "event", ""), json_get(tree, "data"),
		      json_get_int(tree, "timestamp/seconds", 0) * 1000 + json_get_int(tree, "timestamp/microseconds", 0) / 1000,
		      qmp->userdata);
	return true;
}

static void on_capabilities(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	(void)err;
	(void)userdata;
	qmp->ready = reply != NULL;
}

/* qmp_capabilities goes before everything that was queued while the greeting was awaited. */
static void take_greeting(struct qmp *qmp, const char *text, size_t length)
{
	struct strbuf queued = qmp->out;
	struct call *calls = qmp->calls, **tail = qmp->calls_tail;

	qmp->greeting = xstrndup(text, length);
	qmp->out = (struct strbuf)STRBUF_INIT;
	qmp->calls = NULL;
	qmp->calls_tail = &qmp->calls;
	qmp_send(qmp, "qmp_capabilities", NULL, on_capabilities, NULL);
	if (calls != NULL) {
		qmp->calls->next = calls;
		qmp->calls_tail = tail;
	}
	if (queued.length > 0)
		strbuf_add(&qmp->out, queued.data, queued.length);
	strbuf_clear(&queued);
}

static bool take_message(struct qmp *qmp, const char *text, size_t length, struct error *err)
{
	struct qmp_message message;

	if (!qmp_scan(text, length, &message, err))
		return false;
	if (qmp->greeting == NULL) {
		if (message.value[QMP_KEY_GREETING].length == 0)
			return error_set(err, ERROR_PROTOCOL, "QMP peer did not begin with a greeting");
		take_greeting(qmp, text, length);
		return true;
	}
	if (message.value[QMP_KEY_EVENT].length > 0)
		return take_event(qmp, text, length, &message, err);
	if (message.value[QMP_KEY_RETURN].length > 0 || message.value[QMP_KEY_ERROR].length > 0)
		return take_reply(qmp, text, length, &message, err);
	return error_set(err, ERROR_PROTOCOL, "QMP peer sent a message that is neither an answer nor an event");
}

static bool take_bytes(struct qmp *qmp, const char *bytes, size_t length, struct error *err)
{
	while (length > 0) {
		const char *text;
		size_t used, text_length;

		switch (qmp_framer_feed(&qmp->framer, bytes, length, &used, &text, &text_length)) {
		case QMP_FRAME_MORE:
			break;
		case QMP_FRAME_MESSAGE:
			if (!take_message(qmp, text, text_length, err))
				return false;
			break;
		case QMP_FRAME_GARBAGE:
			return error_set(err, ERROR_PROTOCOL, "QMP peer sent something that is not JSON");
		case QMP_FRAME_TOO_LONG:
			return error_set(err, ERROR_PROTOCOL, "QMP peer sent a message of more than %d MiB", QMP_LINE_LIMIT >> 20);
		}
		bytes += used;
		length -= used;
	}
	return true;
}

/* ---- the step ---- */

/* As send(). A descriptor goes with the first byte of its command, not before. */
static ssize_t write_part(struct qmp *qmp)
{
	const char *bytes = qmp->out.data + qmp->out_at;
	ssize_t n;

	if (qmp->carried < 0)
		return send(qmp->fd, bytes, qmp->out.length - qmp->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
	if (qmp->out_at < qmp->carried_at)
		return send(qmp->fd, bytes, qmp->carried_at - qmp->out_at, MSG_NOSIGNAL | MSG_DONTWAIT);
	n = socket_send_fd(qmp->fd, bytes, qmp->out.length - qmp->out_at, qmp->carried);
	if (n > 0)
		close(TAKE_FD(qmp->carried));
	return n;
}

static bool write_some(struct qmp *qmp, struct error *err)
{
	if (qmp->greeting == NULL)
		return true;
	while (qmp->out_at < qmp->out.length) {
		ssize_t n = write_part(qmp);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0)
			return error_set_errno(err, errno, "cannot write to the QMP peer");
		qmp->out_at += (size_t)n;
	}
	qmp->out_at = qmp->out.length = 0;
	if (qmp->out.capacity > OUT_KEEP)
		strbuf_clear(&qmp->out);
	return true;
}

static bool read_some(struct qmp *qmp, struct error *err)
{
	char bytes[READ_SIZE];

	for (size_t total = 0; total < READ_BUDGET;) {
		ssize_t n = recv(qmp->fd, bytes, sizeof bytes, MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (n < 0 && errno != ECONNRESET)
			return error_set_errno(err, errno, "cannot read from the QMP peer");
		if (n <= 0)
			return error_set(err, ERROR_PROTOCOL, "the QMP peer closed the connection");
		if (!take_bytes(qmp, bytes, (size_t)n, err))
			return false;
		total += (size_t)n;
		if ((size_t)n < sizeof bytes)
			return true;
	}
	return true;
}

bool qmp_step(struct qmp *qmp, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;

	if (qmp->over)
		return error_set(err, ERROR_PROTOCOL, "the QMP connection is closed");
	/* what a peer said before it went is read even when nothing can be written to it any more */
	bool fine = write_some(qmp, &why);

	if (!read_some(qmp, fine ? &why : NULL))
		fine = false;
	if (fine && write_some(qmp, &why))
		return true;
	fail_all(qmp, &why);
	return error_move(err, &why);
}

/* ---- life ---- */

struct qmp *qmp_new(int fd, qmp_event_fn *on_event, void *userdata)
{
	struct qmp *qmp = xcalloc(1, sizeof *qmp);

	fd_set_nonblock(fd, true);
	qmp->fd = fd;
	qmp->carried = -1;
	qmp->framer.limit = QMP_LINE_LIMIT;
	qmp->calls_tail = &qmp->calls;
	qmp->next_id = 1;
	qmp->on_event = on_event;
	qmp->userdata = userdata;
	return qmp;
}

struct qmp *qmp_resume(int fd, const char *greeting, uint64_t next_id, qmp_event_fn *on_event, void *userdata)
{
	struct qmp *qmp = qmp_new(fd, on_event, userdata);

	qmp->greeting = xstrdup(greeting);
	qmp->ready = true;
	qmp->next_id = next_id;
	return qmp;
}

void qmp_free(struct qmp *qmp)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (qmp == NULL)
		return;
	error_set(&err, ERROR_PROTOCOL, "the QMP connection was closed");
	fail_all(qmp, &err);
	close(qmp->fd);
	cleanup_close(&qmp->carried);
	qmp_framer_clear(&qmp->framer);
	strbuf_clear(&qmp->out);
	free(qmp->greeting);
	free(qmp);
}

void qmp_on_raw_event(struct qmp *qmp, qmp_raw_fn *on_event, void *userdata)
{
	qmp->on_raw_event = on_event;
	qmp->raw_userdata = userdata;
}

void qmp_forget(struct qmp *qmp, const void *userdata)
{
	for (struct call *call = qmp->calls; call != NULL; call = call->next) {
		if (call->userdata != userdata)
			continue;
		call->on_reply = NULL;
		call->on_raw = NULL;
		call->userdata = NULL;
	}
}

int qmp_fd(const struct qmp *qmp)
{
	return qmp->fd;
}

bool qmp_wants_write(const struct qmp *qmp)
{
	return qmp->greeting != NULL && qmp->out_at < qmp->out.length;
}

bool qmp_ready(const struct qmp *qmp)
{
	return qmp->ready;
}

const char *qmp_greeting(const struct qmp *qmp)
{
	return qmp->greeting;
}

size_t qmp_queued(const struct qmp *qmp)
{
	return qmp->out.length - qmp->out_at;
}

size_t qmp_waiting(const struct qmp *qmp)
{
	return qmp->call_count;
}

uint64_t qmp_next_id(const struct qmp *qmp)
{
	return qmp->next_id;
}

bool qmp_at_rest(const struct qmp *qmp)
{
	return qmp->ready && qmp->call_count == 0 && qmp->out_at == qmp->out.length && qmp->framer.depth == 0;
}
