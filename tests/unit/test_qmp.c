/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QMP client against a scripted peer: split bytes, events in between, errors, disconnects, giants, garbage. */
#include "hv/qmp.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "hv/qmp_scan.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define GREETING "{\"QMP\": {\"version\": {\"qemu\": {\"major\": 7}}, \"capabilities\": [\"oob\"]}}\r\n"

/* One conversation: our client, and the peer's end of the socket. */
struct talk {
	struct qmp *qmp;
	int peer;
	struct strbuf heard; /* what the peer has read */
	struct strbuf log;   /* what our callbacks saw */
};

static void on_event(struct qmp *qmp, const char *name, struct json_object *data, int64_t at_ms, void *userdata)
{
	struct talk *talk = userdata;

	(void)qmp;
	strbuf_printf(&talk->log, "event %s %d %lld\n", name, (int)json_get_int(data, "n", -1), (long long)at_ms);
}

static void on_reply(struct qmp *qmp, struct json_object *reply, const struct error *err, void *userdata)
{
	struct talk *talk = userdata;

	(void)qmp;
	if (reply != NULL)
		strbuf_printf(&talk->log, "reply %s\n", json_get_string(reply, "x", "-"));
	else
		strbuf_printf(&talk->log, "error %d %s\n", (int)err->code, error_text(err));
}

static void on_raw(struct qmp *qmp, const char *text, size_t length, const struct qmp_message *message, void *userdata)
{
	struct talk *talk = userdata;

	(void)qmp;
	if (text == NULL) {
		strbuf_puts(&talk->log, "raw over\n");
		return;
	}
	strbuf_puts(&talk->log, "raw ");
	qmp_replace_id(&talk->log, text, length, message, "[null]", 6);
	strbuf_puts(&talk->log, "\n");
}

static void talk_begin(struct talk *talk)
{
	int fds[2];

	memset(talk, 0, sizeof *talk);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	talk->qmp = qmp_new(fds[0], on_event, talk);
	talk->peer = fds[1];
	fd_set_nonblock(talk->peer, true);
}

static void talk_end(struct talk *talk)
{
	qmp_free(talk->qmp);
	close(talk->peer);
	strbuf_clear(&talk->heard);
	strbuf_clear(&talk->log);
}

/* The peer says something, in pieces, with a step of ours after each. False when the connection ended. */
static bool says_in(struct talk *talk, const char *text, size_t length, size_t piece, struct error *err)
{
	for (size_t at = 0; at < length; at += piece) {
		size_t n = length - at < piece ? length - at : piece;

		ck_assert_int_eq(send(talk->peer, text + at, n, MSG_NOSIGNAL), (ssize_t)n);
		if (!qmp_step(talk->qmp, err))
			return false;
	}
	return true;
}

static void says(struct talk *talk, const char *text)
{
	ck_assert(says_in(talk, text, strlen(text), 4096, NULL));
}

static const char *hears(struct talk *talk)
{
	char bytes[4096];
	ssize_t n;

	ck_assert(qmp_step(talk->qmp, NULL));
	strbuf_clear(&talk->heard);
	while ((n = recv(talk->peer, bytes, sizeof bytes, MSG_DONTWAIT)) > 0)
		strbuf_add(&talk->heard, bytes, (size_t)n);
	return talk->heard.data == NULL ? "" : talk->heard.data;
}

static const char *log_of(struct talk *talk)
{
	return talk->log.data == NULL ? "" : talk->log.data;
}

static void talk_greet(struct talk *talk)
{
	talk_begin(talk);
	says(talk, GREETING);
	ck_assert_str_eq(hears(talk), "{\"execute\":\"qmp_capabilities\",\"id\":1}\n");
	says(talk, "{\"return\": {}, \"id\": 1}\r\n");
	ck_assert(qmp_ready(talk->qmp));
}

START_TEST(test_handshake)
{
	struct talk talk;

	talk_begin(&talk);
	qmp_send(talk.qmp, "early", NULL, on_reply, &talk);
	ck_assert(!qmp_wants_write(talk.qmp));
	ck_assert_str_eq(hears(&talk), "");
	says(&talk, GREETING);
	ck_assert_str_eq(hears(&talk), "{\"execute\":\"qmp_capabilities\",\"id\":2}\n{\"execute\":\"early\",\"id\":1}\n");
	ck_assert(!qmp_ready(talk.qmp));
	says(&talk, "{\"return\": {}, \"id\": 2}\r\n{\"return\": {\"x\":\"yes\"}, \"id\": 1}\r\n");
	ck_assert(qmp_ready(talk.qmp));
	ck_assert_str_eq(log_of(&talk), "reply yes\n");
	ck_assert_uint_eq(qmp_waiting(talk.qmp), 0);
	talk_end(&talk);
}
END_TEST

START_TEST(test_split_and_events)
{
	static const char text[] =
		"{\"timestamp\": {\"seconds\": 2, \"microseconds\": 5000}, \"event\": \"STOP\"}\r\n"
		"{\"return\": {\"x\": \"}\"}, \"id\": 2}\r\n"
		"{\"timestamp\": {\"seconds\": 3, \"microseconds\": 0}, \"event\": \"RESUME\", \"data\": {\"n\": 4}}\r\n"
		"{\"id\": 3, \"error\": {\"class\": \"DeviceNotFound\", \"desc\": \"no 'x'.\\nreally\"}}\r\n";

	for (size_t piece = 1; piece < 200; piece += 7) {
		struct talk talk;
		struct json_object *arguments = json_object_new_object();

		talk_greet(&talk);
		json_set_string(arguments, "a", "b/c");
		qmp_send(talk.qmp, "one", arguments, on_reply, &talk);
		qmp_send(talk.qmp, "two", NULL, on_reply, &talk);
		ck_assert_str_eq(hears(&talk),
				 "{\"execute\":\"one\",\"arguments\":{\"a\":\"b/c\"},\"id\":2}\n{\"execute\":\"two\",\"id\":3}\n");
		ck_assert(says_in(&talk, text, strlen(text), piece, NULL));
		ck_assert_str_eq(log_of(&talk), "event STOP -1 2005\nreply }\nevent RESUME 4 3000\nerror 2 no 'x'. really\n");
		talk_end(&talk);
	}
}
END_TEST

START_TEST(test_raw)
{
	static const char text[] = "{\"id\": {\"mine\": 1}, \"execute\": \"cont\"}";
	struct qmp_message message;
	struct talk talk;

	talk_greet(&talk);
	ck_assert(qmp_scan(text, strlen(text), &message, NULL));
	qmp_send_raw(talk.qmp, text, strlen(text), &message, on_raw, &talk);
	qmp_send_raw(talk.qmp, text, strlen(text), &message, on_raw, &talk);
	ck_assert_str_eq(hears(&talk), "{\"id\": 2, \"execute\": \"cont\"}\n{\"id\": 3, \"execute\": \"cont\"}\n");
	/* an error without an id is the oldest's; an id of nobody is dropped */
	says(&talk, "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\r\n{\"return\": {}, \"id\": 99}\r\n");
	says(&talk, "{\"return\": {}, \"id\": \"3\"}\r\n{\"return\": [1, 2.50], \"id\": 3}\r\n");
	ck_assert_str_eq(log_of(&talk), "raw {\"id\": [null], \"error\": {\"class\": \"GenericError\", \"desc\": \"no\"}}\n"
					"raw {\"return\": [1, 2.50], \"id\": [null]}\n");
	talk_end(&talk);
}
END_TEST

START_TEST(test_forget)
{
	struct talk talk;
	int other;

	talk_greet(&talk);
	qmp_send(talk.qmp, "one", NULL, on_reply, &other);
	qmp_send(talk.qmp, "two", NULL, on_reply, &talk);
	qmp_forget(talk.qmp, &other);
	hears(&talk);
	says(&talk, "{\"return\": {\"x\":\"1\"}, \"id\": 2}{\"return\": {\"x\":\"2\"}, \"id\": 3}");
	ck_assert_str_eq(log_of(&talk), "reply 2\n");
	talk_end(&talk);
}
END_TEST

START_TEST(test_disconnect)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	static const char text[] = "{\"execute\":\"x\"}";
	struct qmp_message message;
	struct talk talk;

	talk_greet(&talk);
	ck_assert(qmp_scan(text, strlen(text), &message, NULL));
	qmp_send(talk.qmp, "one", NULL, on_reply, &talk);
	qmp_send_raw(talk.qmp, text, strlen(text), &message, on_raw, &talk);
	hears(&talk);
	/* a last answer is still read */
	ck_assert_int_gt(send(talk.peer, "{\"return\": {}, \"id\": 2}\n", 24, 0), 0);
	shutdown(talk.peer, SHUT_RDWR);
	while (qmp_step(talk.qmp, &err))
		;
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
	ck_assert_str_eq(log_of(&talk), "reply -\nraw over\n");
	qmp_send(talk.qmp, "late", NULL, on_reply, &talk);
	ck_assert_str_eq(log_of(&talk), "reply -\nraw over\nerror 9 QEMU's QMP connection is closed\n");
	ck_assert(!qmp_step(talk.qmp, NULL));
	talk_end(&talk);
}
END_TEST

START_TEST(test_bad_peers)
{
	static const char *const bad[] = {
		"garbage\n", "{\"return\": {}}\n", "{\"QMP\": {}\n}x\n", "{\"QMP\": {}}{\"what\": 1}", "{\"QMP\": {}}{\"event\": tru}", "{]",
		"{\"QMP\":{}}{\"event\":\"A\",\"event\":\"B\"}",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		_cleanup_error_ struct error err = ERROR_INIT;
		struct talk talk;

		talk_begin(&talk);
		qmp_send(talk.qmp, "one", NULL, on_reply, &talk);
		ck_assert_msg(!says_in(&talk, bad[i], strlen(bad[i]), 5, &err), "taken: %s", bad[i]);
		ck_assert_int_eq(err.code, ERROR_PROTOCOL);
		ck_assert_ptr_nonnull(strstr(log_of(&talk), "error 9 "));
		talk_end(&talk);
	}
}
END_TEST

START_TEST(test_giants)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *big = xmalloc(65536);
	struct talk talk;
	size_t sent = 0;

	memset(big, 'x', 65536);
	talk_greet(&talk);
	qmp_send(talk.qmp, "one", NULL, on_reply, &talk);
	hears(&talk);
	says(&talk, "{\"return\": {\"x\": \"ok\", \"y\": \"");
	for (int i = 0; i < 200; i++)
		ck_assert(says_in(&talk, big, 65536, 65536, NULL));
	says(&talk, "\"}, \"id\": 2}");
	ck_assert_str_eq(log_of(&talk), "reply ok\n");
	says(&talk, "{\"return\": \"");
	while (sent < 2 * (size_t)QMP_LINE_LIMIT && says_in(&talk, big, 65536, 65536, &err))
		sent += 65536;
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
	ck_assert_uint_lt(sent, QMP_LINE_LIMIT + 65536);
	talk_end(&talk);
}
END_TEST

/* ---- the blocking calls, against a peer in a thread ---- */

struct server {
	char *path;
	int listener;
	const char *const *answers; /* one after each line heard; NULL: close */
};

static void *serve(void *userdata)
{
	struct server *server = userdata;
	struct pollfd p = { .fd = server->listener, .events = POLLIN };

	ck_assert_int_eq(poll(&p, 1, 10000), 1);
	_cleanup_close_ int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);

	for (const char *const *answer = server->answers; *answer != NULL; answer++) {
		char c = '\0';

		if (!write_all(fd, *answer, strlen(*answer)))
			return NULL;
		while (c != '\n')
			if (read(fd, &c, 1) != 1)
				return NULL;
	}
	return NULL;
}

static void server_begin(struct server *server, pthread_t *thread, const char *const *answers)
{
	char directory[] = "/tmp/test_qmp.XXXXXX";

	ck_assert_ptr_nonnull(mkdtemp(directory));
	server->path = strf("%s/s", directory);
	server->listener = socket_listen(server->path, 4, NULL);
	server->answers = answers;
	ck_assert_int_ge(server->listener, 0);
	ck_assert_int_eq(pthread_create(thread, NULL, serve, server), 0);
}

static void server_end(struct server *server, pthread_t thread)
{
	pthread_join(thread, NULL);
	close(server->listener);
	unlink(server->path);
	*strrchr(server->path, '/') = '\0';
	rmdir(server->path);
	free(server->path);
}

START_TEST(test_blocking_calls)
{
	/* ids count up over the process: capabilities, then the calls */
	static const char *const answers[] = {
		GREETING,
		"{\"return\": {}, \"id\": 1}\n{\"event\": \"A\"}\n{\"eve",
		"nt\": \"B\"}{\"return\": 1, \"id\": 0} {\"return\": {\"x\": \"first\"}, \"id\": 2}{\"event\"",
		":\"C\"}\n{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"none\", \"hint\": \"try\"}, \"id\": 3}\n",
		NULL,
	};
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_json_ struct json_object *reply = NULL;
	struct server server;
	pthread_t thread;

	server_begin(&server, &thread, answers);
	int fd = qmp_open(server.path, 10000, &err);

	ck_assert_msg(fd >= 0, "%s", error_text(&err));
	ck_assert_msg(qmp_call_fd(fd, "first", NULL, 10000, &reply, &err), "%s", error_text(&err));
	ck_assert_str_eq(json_get_string(reply, "x", ""), "first");
	ck_assert(!qmp_call_fd(fd, "second", NULL, 10000, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
	ck_assert_str_eq(err.hint, "try");
	ck_assert(!qmp_call_fd(fd, "third", NULL, 10000, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
	close(fd);
	server_end(&server, thread);
}
END_TEST

START_TEST(test_blocking_failures)
{
	static const char *const silent[] = { "", NULL };
	static const char *const closes[] = { NULL };
	static const char *const garbage[] = { "SSH-2.0\n", NULL };
	_cleanup_error_ struct error err = ERROR_INIT;
	struct server server;
	pthread_t thread;
	int64_t began = clock_monotonic_ms();

	server_begin(&server, &thread, silent);
	ck_assert(!qmp_call(server.path, "x", json_object_new_object(), 50, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_TIMEOUT);
	ck_assert_int_lt(clock_monotonic_ms() - began, 5000);
	server_end(&server, thread);
	server_begin(&server, &thread, closes);
	ck_assert(!qmp_call(server.path, "x", NULL, 10000, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
	server_end(&server, thread);
	server_begin(&server, &thread, garbage);
	ck_assert(!qmp_call(server.path, "x", NULL, 10000, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
	server_end(&server, thread);
	ck_assert(!qmp_call("/nonexistent/s", "x", NULL, 10000, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("qmp");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, test_blocking_calls); /* first: it knows the ids */
	tcase_add_test(tc, test_handshake);
	tcase_add_test(tc, test_split_and_events);
	tcase_add_test(tc, test_raw);
	tcase_add_test(tc, test_forget);
	tcase_add_test(tc, test_disconnect);
	tcase_add_test(tc, test_bad_peers);
	tcase_add_test(tc, test_giants);
	tcase_add_test(tc, test_blocking_failures);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
