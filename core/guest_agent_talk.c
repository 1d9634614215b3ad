/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The agent's protocol: JSON lines, both ways begun anew by guest-sync-delimited, and a deadline. */
#include "core/guest_agent.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define SENTINEL '\xff' /* no byte of UTF-8: either side begins anew at it */
#define CHUNK	 65536

/* A conversation. */
struct talk {
	int fd;
	int64_t deadline;
	int timeout_ms;
	size_t received; /* bytes, of all that came */
	struct strbuf in;
};

static bool late(const struct talk *talk, struct error *err)
{
	error_set(err, ERROR_TIMEOUT, "guest agent is not responding: no answer within %d seconds", talk->timeout_ms / 1000);
	return error_hint(err, "is qemu-guest-agent running in the guest? One that hangs is started anew there");
}

/* Waits for the socket; false with err when the time is up. */
static bool wait_for(const struct talk *talk, short events, struct error *err)
{
	for (;;) {
		struct pollfd pollfd = { .fd = talk->fd, .events = events };
		int64_t left = talk->deadline - clock_monotonic_ms();
		int n = left > 0 ? poll(&pollfd, 1, (int)left) : 0;

		if (n > 0)
			return true;
		if (n == 0)
			return late(talk, err);
		if (errno != EINTR)
			return error_set_errno(err, errno, "cannot wait for the guest agent");
	}
}

/* A send or a receive failed, or there is nothing more to receive (errnum 0). */
static bool ended(int errnum, struct error *err)
{
	if (errnum != 0 && errnum != EPIPE && errnum != ECONNRESET)
		return error_set_errno(err, errnum, "cannot speak with the guest agent");
	return error_set(err, ERROR_PROTOCOL, "guest agent: QEMU ended the connection");
}

static bool send_all(const struct talk *talk, const struct strbuf *text, struct error *err)
{
	for (size_t done = 0; done < text->length;) {
		ssize_t n = send(talk->fd, text->data + done, text->length - done, MSG_NOSIGNAL);

		if (n >= 0)
			done += (size_t)n;
		else if (errno == EAGAIN && !wait_for(talk, POLLOUT, err))
			return false;
		else if (errno != EAGAIN && errno != EINTR)
			return ended(errno, err);
	}
	return true;
}

static bool receive(struct talk *talk, struct error *err)
{
	ssize_t n;

	if (talk->received >= GUEST_AGENT_ANSWER_MAX)
		return error_set(err, ERROR_PROTOCOL, "guest agent: its answer is longer than %d bytes", GUEST_AGENT_ANSWER_MAX);
	if (!wait_for(talk, POLLIN, err))
		return false;
	n = recv(talk->fd, strbuf_reserve(&talk->in, CHUNK), CHUNK, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return true;
	if (n <= 0)
		return ended(n < 0 ? errno : 0, err);
	strbuf_commit(&talk->in, (size_t)n);
	talk->received += (size_t)n;
	return true;
}

/* Passes over what stands before the next sentinel, and it. */
static bool skip_to_sentinel(struct talk *talk, struct error *err)
{
	for (;;) {
		const char *at = talk->in.length ? memchr(talk->in.data, SENTINEL, talk->in.length) : NULL;

		strbuf_consume(&talk->in, at ? (size_t)(at - talk->in.data) + 1 : talk->in.length);
		if (at)
			return true;
		if (!receive(talk, err))
			return false;
	}
}

/* The next line as JSON in *ret; NULL: that line was none. False with err: no line came. */
static bool next_line(struct talk *talk, struct json_object **ret, struct error *err)
{
	size_t seen = 0;

	for (;;) {
		const char *end = talk->in.length > seen ? memchr(talk->in.data + seen, '\n', talk->in.length - seen) : NULL;

		/* lines that came long ago are read no longer than others */
		if (clock_monotonic_ms() >= talk->deadline)
			return late(talk, err);
		if (end) {
			size_t length = (size_t)(end - talk->in.data);

			*ret = json_parse("the guest agent", talk->in.data, length, NULL);
			strbuf_consume(&talk->in, length + 1);
			return true;
		}
		seen = talk->in.length;
		if (!receive(talk, err))
			return false;
	}
}

/* Its text is the guest's: no control character of it reaches a terminal. */
static bool refused(struct json_object *error, struct error *err)
{
	_cleanup_free_ char *why = utf8_fit(json_get_string(error, "desc", "(no reason)"), 200, true);

	error_set(err, ERROR_FAILED, "guest agent: it said no: %s", why);
	return error_hint(err, "an older qemu-guest-agent knows less, and its configuration may forbid commands");
}

/* Both sides begin anew: what came of an earlier question, and what is no answer at all, is passed over. */
static bool synchronise(struct talk *talk, struct error *err)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	int64_t id = clock_monotonic_ms();

	strbuf_putc(&text, SENTINEL);
	strbuf_printf(&text, "{\"execute\":\"guest-sync-delimited\",\"arguments\":{\"id\":%" PRId64 "}}\n", id);
	if (!send_all(talk, &text, err))
		return false;
	for (;;) {
		_cleanup_json_ struct json_object *line = NULL;

		if (!skip_to_sentinel(talk, err) || !next_line(talk, &line, err))
			return false;
		if (line && json_get_int(line, "return", -1) == id)
			return true;
	}
}

static bool ask(struct talk *talk, const char *command, struct json_object *arguments, struct json_object **ret, struct error *err)
{
	_cleanup_json_ struct json_object *question = json_object_new_object();
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	_cleanup_free_ char *json = NULL;

	json_set_string(question, "execute", command);
	if (arguments)
		json_set(question, "arguments", json_object_get(arguments));
	json = json_text(question);
	strbuf_printf(&text, "%s\n", json);
	if (!send_all(talk, &text, err))
		return false;
	for (;;) {
		_cleanup_json_ struct json_object *line = NULL;
		struct json_object *value = NULL;

		if (!next_line(talk, &line, err))
			return false;
		if (line && json_get(line, "error"))
			return refused(json_get(line, "error"), err);
		if (line && json_object_is_type(line, json_type_object) && json_object_object_get_ex(line, "return", &value)) {
			if (ret)
				*ret = json_object_get(value);
			return true;
		}
	}
}

bool guest_agent_talk(int fd, const char *command, struct json_object *arguments, int timeout_ms, struct json_object **ret,
		      struct error *err)
{
	struct talk talk = { .fd = fd, .deadline = clock_monotonic_ms() + timeout_ms, .timeout_ms = timeout_ms };
	int flags = fcntl(fd, F_GETFL);
	bool ok = (flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0) ||
		  error_set_errno(err, errno, "cannot speak with the guest agent");

	ok = ok && synchronise(&talk, err) && ask(&talk, command, arguments, ret, err);
	strbuf_clear(&talk.in);
	json_object_put(arguments);
	return ok;
}
