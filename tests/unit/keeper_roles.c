/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The roles that the keeper's test program plays for the keeper: a QEMU that does what it is told over QMP, and `virtty internal`. */
#include "tests/unit/keeper_roles.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "core/db.h"
#include "core/run.h"
#include "hv/qmp_scan.h"
#include "tests/unit/keeper_play.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define QMP_LISTENER     3
#define CONSOLE_LISTENER 4
#define LOOK_MS	 1000 /* how often a QEMU that nobody speaks to looks whether it is forgotten */
#define BREAK_MS 200 /* that a break takes */

/* ---- the plan ---- */

static char *in_home(const char *name)
{
	return strf("%s/%s", getenv("PLAY_HOME"), name);
}

char *role_plan(int64_t generation, int fds[2])
{
	const char *options = getenv("PLAY_OPTIONS");
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL), *run = in_home("run"), *qmp = in_home("run/qmp");
	_cleanup_free_ char *console = in_home("run/q0");

	if (!directory_make(run, 0700, NULL) || (fds[0] = socket_listen(qmp, 8, NULL)) < 0 || (fds[1] = socket_listen(console, 8, NULL)) < 0)
		abort();
	/* options come first: of a member that is there twice json-c keeps the last, so they must not be there again */
	return strf("{%s%s\"format\":1,\"mode\":\"start\",\"domain\":1,\"generation\":%lld,\"run_id\":1,\"name\":\"m\",\"uuid\":\"u\","
		    "\"database\":\"%s/state.db\",\"virtty\":\"%s\",\"directory\":\"%s\",\"qmp\":\"%s\",\"stderr\":\"%s/qemu.log\","
		    "\"argv\":[\"%s\",\"--qemu\",\"%s\"],\"fds\":[3,4],\"accel\":\"tcg\","
		    "\"consoles\":[{\"name\":\"serial0\",\"id\":\"charserial0\",\"socket\":\"%s\",\"viewer\":\"%s/c0\",\"log\":\"%s/serial0.log\","
		    "\"pty\":true}]}",
		    options, options[0] == '\0' ? "" : ",", (long long)generation, getenv("PLAY_HOME"), self, run, qmp, getenv("PLAY_HOME"), self,
		    getenv("PLAY_QEMU") == NULL ? "" : getenv("PLAY_QEMU"), console, run, getenv("PLAY_HOME"));
}

/* ---- virtty internal ---- */

static int64_t option(int argc, char **argv, const char *name)
{
	for (int i = 0; i + 1 < argc; i++)
		if (text_equal(argv[i], name))
			return atoll(argv[i + 1]);
	return -1;
}

static int play_virtty(int argc, char **argv)
{
	_cleanup_free_ char *database = in_home("state.db"), *run = in_home("run");
	int fd = (int)option(argc, argv, "--fd"), fds[2] = { -1, -1 };
	int64_t generation = option(argc, argv, "--generation");
	_cleanup_free_ char *answer = xstrdup("{}");
	bool won = false;

	if (text_equal(argv[2], "prepare")) {
		free(answer);
		answer = role_plan(generation, fds);
		return message_send(fd, answer, strlen(answer), fds, 2, NULL) ? 0 : 1;
	}
	/* its document is always in step */
	if (text_equal(argv[2], "catch-up"))
		return message_send(fd, answer, strlen(answer), NULL, 0, NULL) ? 0 : 1;
	struct db *db = db_open(database, DB_FRONT, NULL);

	directory_remove(run, NULL);
	if (db == NULL ||
	    !run_free(db, 1, generation, (enum run_state)option(argc, argv, "--state"), (int)option(argc, argv, "--reason"), &won, NULL))
		return 1;
	db_close(db);
	return message_send(fd, answer, strlen(answer), NULL, 0, NULL) ? 0 : 1;
}

/* ---- QEMU ---- */

struct machine {
	int qmp, console;
	struct qmp_framer framer;
	struct strbuf guest; /* what the guest still has to say */
	int log;
	bool deaf;           /* to system_powerdown */
	const char *status;
};

static void say(struct machine *m, const char *line)
{
	_cleanup_free_ char *text = strf("%s\r\n", line);

	if (m->qmp >= 0)
		(void)write_all(m->qmp, text, strlen(text));
}

static void event(struct machine *m, const char *name, const char *data)
{
	_cleanup_free_ char *line = strf("{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"%s\", \"data\": %s}", name, data);

	say(m, line);
}

static void power_off(struct machine *m, const char *reason)
{
	_cleanup_free_ char *data = strf("{\"guest\": %s, \"reason\": \"%s\"}", text_starts(reason, "guest") ? "true" : "false", reason);

	event(m, "SHUTDOWN", data);
	_exit(0);
}

static void guest_says(struct machine *m, const char *bytes, size_t length)
{
	(void)write_all(m->log, bytes, length);
	strbuf_add(&m->guest, bytes, length);
}

static void flood(struct machine *m, int64_t lines)
{
	for (int64_t i = 0; i < lines; i++) {
		char line[80];
		int length = snprintf(line, sizeof line, "%09lld 0123456789 abcdefghijklmnopqrstuvwxyz 0123456789\r\n", (long long)i);

		guest_says(m, line, (size_t)length);
	}
}

/* The commands that a test directs it with, beside QMP's. */
static void carry_out(struct machine *m, const char *command, struct json_object *arguments)
{
	if (text_equal(command, "cont") || text_equal(command, "stop")) {
		bool run = text_equal(command, "cont");

		m->status = run ? "running" : "paused";
		event(m, run ? "RESUME" : "STOP", "{}");
	} else if (text_equal(command, "system_powerdown")) {
		if (!m->deaf)
			power_off(m, "guest-shutdown");
	} else if (text_equal(command, "x-emit")) {
		say(m, json_get_string(arguments, "line", ""));
	} else if (text_equal(command, "x-status")) {
		m->status = xstrdup(json_get_string(arguments, "word", ""));
	} else if (text_equal(command, "x-deaf")) {
		m->deaf = true;
	} else if (text_equal(command, "x-shutdown")) {
		power_off(m, json_get_string(arguments, "reason", ""));
	} else if (text_equal(command, "x-exit")) {
		fprintf(stderr, "qemu-system-x86_64: that was too much\n");
		_exit((int)json_get_int(arguments, "status", 0));
	} else if (text_equal(command, "x-signal")) {
		signal((int)json_get_int(arguments, "signal", SIGKILL), SIG_DFL);
		kill(getpid(), (int)json_get_int(arguments, "signal", SIGKILL));
	} else if (text_equal(command, "chardev-send-break")) {
		/* slow enough to be overtaken, if what is typed after it does not wait for its answer */
		bool early = m->console >= 0 && poll(&(struct pollfd){ .fd = m->console, .events = POLLIN }, 1, BREAK_MS) > 0;

		guest_says(m, early ? "(overtaken)" : "(break)", early ? 11 : 7);
	} else if (text_equal(command, "x-say")) {
		const char *text = json_get_string(arguments, "text", "");

		guest_says(m, text, strlen(text));
	} else if (text_equal(command, "x-flood")) {
		flood(m, json_get_int(arguments, "lines", 0));
	}
}

static void answer(struct machine *m, const char *text, size_t length)
{
	_cleanup_json_ struct json_object *tree = json_parse("command", text, length, NULL);
	const char *command = json_get_string(tree, "execute", "");
	_cleanup_free_ char *id = json_text(json_get(tree, "id"));
	_cleanup_free_ char *reply = NULL;

	carry_out(m, command, json_get(tree, "arguments"));
	if (text_equal(command, "x-fail"))
		reply = strf("{\"id\": %s, \"error\": {\"class\": \"GenericError\", \"desc\": \"no such luck\"}}", id);
	else if (text_equal(command, "query-status"))
		reply = strf("{\"return\": {\"status\": \"%s\"}, \"id\": %s}", m->status, id);
	else if (text_equal(command, "query-vnc"))
		reply = strf("{\"return\": {\"enabled\": true, \"host\": \"::1\", \"service\": \"5907\"}, \"id\": %s}", id);
	else if (text_equal(command, "query-big"))
		reply = strf("{\"return\": {\"filler\": \"%0200000d\"}, \"id\": %s}", 0, id);
	else
		reply = strf("{\"return\": {}, \"id\": %s}", id);
	say(m, reply);
}

static void hear(struct machine *m)
{
	char bytes[4096];
	ssize_t n = read(m->qmp, bytes, sizeof bytes);

	if (n <= 0) {
		close(m->qmp);
		m->qmp = -1;
		qmp_framer_clear(&m->framer);
		return;
	}
	for (size_t at = 0; at < (size_t)n;) {
		const char *text;
		size_t used, length;

		if (qmp_framer_feed(&m->framer, bytes + at, (size_t)n - at, &used, &text, &length) == QMP_FRAME_MESSAGE)
			answer(m, text, length);
		at += used;
	}
}

/* What is typed is said back in brackets, so that a test sees it. */
static void typed(struct machine *m)
{
	char bytes[4096];
	ssize_t n = read(m->console, bytes, sizeof bytes);

	if (n <= 0) {
		close(m->console);
		m->console = -1;
		return;
	}
	guest_says(m, "[", 1);
	guest_says(m, bytes, (size_t)n);
	guest_says(m, "]", 1);
}

static void speak(struct machine *m)
{
	ssize_t n = send(m->console, m->guest.data, m->guest.length < 65536 ? m->guest.length : 65536, MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n > 0)
		strbuf_consume(&m->guest, (size_t)n);
}

/* Nobody plays any more: the test is over, or its program was killed. */
static bool is_over(void)
{
	const char *pid = getenv("PLAY_PID");

	return access(getenv("PLAY_HOME"), F_OK) < 0 || (pid != NULL && kill((pid_t)strtol(pid, NULL, 10), 0) < 0 && errno == ESRCH);
}

static void on_term(int signal_number)
{
	(void)signal_number;
	_exit(0);
}

__attribute__((noreturn)) static void play_machine(const char *scene)
{
	_cleanup_free_ char *log = in_home("serial0.log");
	struct machine m = { .qmp = -1, .console = -1, .framer = { .limit = 1 << 24 }, .status = "prelaunch" };

	if (text_equal(scene, "dies")) {
		fprintf(stderr, "first words\n2026-11-21T06:22:33.631943Z qemu-system-x86_64: -machine nope: unsupported machine type\n");
		_exit(1);
	}
	signal(SIGTERM, text_equal(scene, "stubborn") ? SIG_IGN : on_term);
	signal(SIGPIPE, SIG_IGN);
	m.log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	for (;;) {
		struct pollfd fds[4] = {
			{ .fd = m.qmp < 0 ? QMP_LISTENER : -1, .events = POLLIN },
			{ .fd = m.console < 0 ? CONSOLE_LISTENER : -1, .events = POLLIN },
			{ .fd = m.qmp, .events = POLLIN },
			{ .fd = m.console, .events = (short)(POLLIN | (m.guest.length > 0 ? POLLOUT : 0)) },
		};

		if (poll(fds, 4, LOOK_MS) == 0 && is_over())
			_exit(0);
		if (fds[0].revents != 0 && (m.qmp = accept(QMP_LISTENER, NULL, NULL)) >= 0)
			say(&m, "{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 1, \"minor\": 2, \"major\": 7}, \"package\": \"play\"}, "
				"\"capabilities\": [\"oob\"]}}");
		if (fds[1].revents != 0)
			m.console = accept(CONSOLE_LISTENER, NULL, NULL);
		if (fds[2].revents != 0)
			hear(&m);
		if ((fds[3].revents & (POLLIN | POLLHUP)) != 0)
			typed(&m);
		if ((fds[3].revents & POLLOUT) != 0 && m.console >= 0)
			speak(&m);
	}
}

void play_role(int argc, char **argv)
{
	if (argc > 1 && text_equal(argv[1], "--qemu"))
		play_machine(argc > 2 ? argv[2] : "");
	if (argc > 2 && text_equal(argv[1], "internal"))
		_exit(play_virtty(argc, argv));
}
