/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for the real virtty-keeper: the test's side. */
#include "tests/unit/keeper_play.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "core/db.h"
#include "core/history.h"
#include "core/keeper/plan.h"
#include "hv/qmp.h"
#include "tests/harness/wait.h"
#include "tests/unit/keeper_roles.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 20000
#define HANG_S	100 /* longer than any test takes: what still waits then has no limit of its own */

/* Of the test that runs, kept apart from its stack: a test that fails leaves that behind. */
static struct {
	char home[32]; /* "": none runs */
	pid_t keeper;
	const char *doing; /* borrowed: the last thing asked for */
} now;

/* Check has no limit of time for tests that run in its own process: says where it hangs, and ends it. Its QEMU ends by itself then. */
static void on_hang(int signal_number)
{
	static const char text[] = "the test hangs; what it did last: ";

	(void)signal_number;
	(void)!write(STDERR_FILENO, text, sizeof text - 1);
	(void)!write(STDERR_FILENO, now.doing, strlen(now.doing));
	(void)!write(STDERR_FILENO, "\n", 1);
	if (now.keeper > 0)
		kill(now.keeper, SIGKILL);
	_exit(EXIT_FAILURE);
}

static void watch(const char *home)
{
	_cleanup_free_ char *pid = strf("%d", (int)getpid());

	/* the roles end when this process does */
	setenv("PLAY_PID", pid, 1);
	snprintf(now.home, sizeof now.home, "%s", home);
	now.keeper = 0;
	now.doing = "nothing yet";
	signal(SIGALRM, on_hang);
	alarm(HANG_S);
}

void play_clean_up(void)
{
	alarm(0);
	if (now.keeper > 0) {
		kill(now.keeper, SIGKILL);
		waitpid(now.keeper, NULL, 0);
	}
	/* without it QEMU ends, too */
	if (now.home[0] != '\0')
		directory_remove(now.home, NULL);
	now.keeper = 0;
	now.home[0] = '\0';
}

void play_begin(struct play *play, const char *options)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char home[] = "/tmp/vk-XXXXXX";

	memset(play, 0, sizeof *play);
	ck_assert_ptr_nonnull(mkdtemp(home));
	watch(home);
	setenv("PLAY_HOME", home, 1);
	setenv("PLAY_OPTIONS", options == NULL ? "" : options, 1);
	play->home = xstrdup(home);
	play->database = strf("%s/state.db", home);
	play->control = strf("%s/run/control", home);
	play->viewer = strf("%s/run/c0", home);
	play->log = strf("%s/serial0.log", home);
	play->qmp = -1;
	play->db = db_open(play->database, DB_FRONT, &err);
	ck_assert_msg(play->db != NULL, "%s", error_text(&err));
	ck_assert(db_run(play->db, NULL, NULL,
			 "INSERT INTO domain(uuid, name, persistent, memory_kib, max_memory_kib, vcpus) VALUES('u', 'm', 1, 1, 1, 1)", ""));
	play->domain = db_last_id(play->db);
}

static struct run read_run(struct play *play)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct run run;

	ck_assert_msg(run_read(play->db, play->domain, &run, &err), "%s", error_text(&err));
	return run;
}

pid_t play_qemu(struct play *play)
{
	_cleanup_run_ struct run run = read_run(play);

	return run.qemu.pid;
}

static void claim(struct play *play)
{
	_cleanup_run_ struct run run = read_run(play);
	bool won;

	ck_assert(run_claim(play->db, &run, &won, &play->generation, NULL));
	ck_assert(won);
}

/* Runs the keeper with its start socket as descriptor 3. */
static int spawn_keeper(struct play *play)
{
	const char *directory = getenv("VIRTTY_LIBEXEC") != NULL ? getenv("VIRTTY_LIBEXEC") : ".";
	_cleanup_free_ char *program = strf("%s/virtty-keeper", directory);
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	play->keeper = fork();
	ck_assert_int_ge(play->keeper, 0);
	if (play->keeper == 0) {
		_cleanup_free_ char *log = strf("%s/keeper.log", play->home);
		int output = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		dup2(output, 2);
		dup2(pair[1], 3);
		execl(program, "virtty-keeper", "1", play->database, NULL);
		_exit(127);
	}
	now.keeper = play->keeper;
	close(pair[1]);
	return pair[0];
}

static bool hand_over(struct play *play, const char *plan, int *fds, size_t count, char **ret_error)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_close_ int fd = spawn_keeper(play);
	_cleanup_free_ char *text = NULL;

	ck_assert_msg(message_send(fd, plan, strlen(plan), fds, count, &err), "%s", error_text(&err));
	while (count > 0)
		close(fds[--count]);
	ck_assert_msg(message_receive(fd, 65536, WAIT_MS, &text, NULL, 0, NULL, &err), "%s", error_text(&err));
	_cleanup_json_ struct json_object *answer = json_parse("answer", text, strlen(text), NULL);

	if (ret_error != NULL)
		*ret_error = xstrdup(json_get_string(answer, "error/message", ""));
	if (json_get_bool(answer, "running", false)) {
		play->qmp = qmp_open(play->control, WAIT_MS, &err);
		ck_assert_msg(play->qmp >= 0, "%s", error_text(&err));
		return true;
	}
	return false;
}

bool play_start(struct play *play, char **ret_error)
{
	int fds[2];

	claim(play);
	_cleanup_free_ char *plan = role_plan(play->generation, fds);

	return hand_over(play, plan, fds, 2, ret_error);
}

void play_leave(struct play *play)
{
	claim(play);
	close(spawn_keeper(play));
}

bool play_adopt(struct play *play, char **ret_error)
{
	_cleanup_free_ char *self = realpath("/proc/self/exe", NULL);

	claim(play);
	_cleanup_free_ char *plan =
		strf("{\"format\":1,\"mode\":\"adopt\",\"domain\":%lld,\"generation\":%lld,\"directory\":\"%s/run\",\"database\":\"%s\","
		     "\"virtty\":\"%s\"}",
		     (long long)play->domain, (long long)play->generation, play->home, play->database, self);

	cleanup_close(&play->qmp);
	play->qmp = -1;
	return hand_over(play, plan, NULL, 0, ret_error);
}

struct ending {
	pid_t pid;
	int status;
};

static bool has_ended(void *data)
{
	struct ending *ending = data;

	return waitpid(ending->pid, &ending->status, WNOHANG) == ending->pid;
}

void play_wait_keeper(struct play *play)
{
	now.doing = "waiting for the keeper's end";
	struct ending ending = { .pid = play->keeper };

	cleanup_close(&play->qmp);
	play->qmp = -1;
	ck_assert_msg(wait_for(has_ended, &ending, WAIT_MS), "the keeper does not end");
	play->keeper = now.keeper = 0;
	_cleanup_free_ char *how = process_status_text(ending.status);

	ck_assert_msg(ending.status == 0, "the keeper ended: %s", how);
}

void play_reap_keeper(struct play *play)
{
	now.doing = "waiting for a keeper that was killed";
	ck_assert_int_eq(waitpid(play->keeper, NULL, 0), play->keeper);
	play->keeper = now.keeper = 0;
}

void play_end(struct play *play)
{
	if (play->keeper > 0 && play->qmp >= 0)
		play_do(play, "virtty-destroy", NULL);
	if (play->keeper > 0)
		play_wait_keeper(play);
	cleanup_close(&play->qmp);
	db_close(play->db);
	play_clean_up();
	free(play->home);
	free(play->database);
	free(play->control);
	free(play->viewer);
	free(play->log);
}

struct json_object *play_call(struct play *play, const char *command, const char *arguments)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct json_object *reply = NULL;

	now.doing = command;
	struct json_object *tree = arguments == NULL ? NULL : json_parse("arguments", arguments, strlen(arguments), &err);

	ck_assert_msg(qmp_call_fd(play->qmp, command, tree, WAIT_MS, &reply, &err), "%s: %s", command, error_text(&err));
	return reply;
}

void play_do(struct play *play, const char *command, const char *arguments)
{
	json_object_put(play_call(play, command, arguments));
}

void play_do_ended(struct play *play, const char *command, const char *arguments)
{
	struct json_object *tree = arguments == NULL ? NULL : json_parse("arguments", arguments, strlen(arguments), NULL);

	(void)qmp_call_fd(play->qmp, command, tree, WAIT_MS, NULL, NULL);
}

/* The arguments of x-emit. Owned. */
static char *line_arguments(const char *json_line)
{
	_cleanup_json_ struct json_object *arguments = json_object_new_object();

	json_set_string(arguments, "line", json_line);
	return json_text(arguments);
}

void play_emit(struct play *play, const char *json_line)
{
	_cleanup_free_ char *text = line_arguments(json_line);

	play_do(play, "x-emit", text);
}

void play_emit_ended(struct play *play, const char *json_line)
{
	_cleanup_free_ char *text = line_arguments(json_line);

	play_do_ended(play, "x-emit", text);
}

/* ---- waiting ---- */

struct wanted_state {
	struct play *play;
	enum run_state state, seen;
	int reason, seen_reason;
};

static bool has_state(void *data)
{
	struct wanted_state *wanted = data;
	_cleanup_run_ struct run run = read_run(wanted->play);

	wanted->seen = run.state;
	wanted->seen_reason = run.reason;
	return run.state == wanted->state && run.reason == wanted->reason;
}

void play_wait_state(struct play *play, enum run_state state, int reason)
{
	struct wanted_state wanted = { .play = play, .state = state, .reason = reason };

	ck_assert_msg(wait_for(has_state, &wanted, WAIT_MS), "state is %d (%d), not %d (%d)", (int)wanted.seen, wanted.seen_reason,
		      (int)state, reason);
}

void play_wait_free(struct play *play, int reason)
{
	play_wait_keeper(play);
	_cleanup_run_ struct run run = read_run(play);

	ck_assert_int_eq(run.phase, RUN_FREE);
	ck_assert_int_eq(run.state, RUN_SHUTOFF);
	ck_assert_int_eq(run.reason, reason);
	ck_assert(!path_exists(play->control));
}

unsigned play_count_events(struct play *play, const char *text)
{
	struct history_event *events;
	unsigned found = 0;
	size_t count;

	ck_assert(history_list(play->db, play->domain, 0, 0, &events, &count, NULL));
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *line = strf("%s %s %s", events[i].kind, events[i].what, events[i].detail == NULL ? "" : events[i].detail);

		found += strstr(line, text) != NULL;
	}
	history_free(events, count);
	return found;
}

struct wanted_events {
	struct play *play;
	const char *text;
	unsigned count;
};

static bool has_events(void *data)
{
	const struct wanted_events *wanted = data;

	return play_count_events(wanted->play, wanted->text) >= wanted->count;
}

void play_wait_events(struct play *play, const char *text, unsigned count)
{
	struct wanted_events wanted = { play, text, count };

	ck_assert_msg(wait_for(has_events, &wanted, WAIT_MS), "fewer than %u events hold '%s'", count, text);
}

void play_wait_event(struct play *play, const char *text)
{
	play_wait_events(play, text, 1);
}
