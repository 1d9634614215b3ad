/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty internal prepare|release`, run for a moment. */
#include "core/keeper/helper.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define HELPER_FD         3
#define HELPER_LIMIT_S    60
#define HELPER_MESSAGE_MS 5000 /* once it begins to answer */

struct helper {
	struct keeper *keeper;
	pid_t pid;
	int fd;
	struct event *answer;
	helper_fn *done;
	struct error err;
};

void helper_free(struct helper *helper)
{
	if (helper == NULL)
		return;
	if (helper->answer != NULL)
		event_free(helper->answer);
	if (helper->fd >= 0)
		close(helper->fd);
	if (helper->pid > 0) {
		kill(helper->pid, SIGKILL);
		while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	error_clear(&helper->err);
	free(helper);
}

/* A helper that has answered ends by itself: it gets a moment to do so, then it is killed. */
static void reap(struct helper *helper)
{
	const struct timespec moment = { 0, 1000000 };

	for (int i = 0; i < 200 && helper->pid > 0; i++) {
		if (waitpid(helper->pid, NULL, WNOHANG) == helper->pid)
			helper->pid = -1;
		else
			nanosleep(&moment, NULL);
	}
}

/* Hands the answer on. */
static void finish(struct helper *helper, char *text, int *fds, size_t fd_count)
{
	struct keeper *keeper = helper->keeper;
	_cleanup_error_ struct error err = ERROR_INIT;
	helper_fn *done = helper->done;

	error_move(&err, &helper->err);
	keeper->helper = NULL;
	done(keeper, text, fds, fd_count, text == NULL ? &err : NULL);
	reap(helper);
	helper_free(helper);
}

static bool read_error(const char *text, struct error *err)
{
	_cleanup_json_ struct json_object *json = json_parse("answer", text, strlen(text), err);
	const char *message = json_get_string(json, "error/message", NULL), *hint = json_get_string(json, "error/hint", NULL);

	if (json == NULL)
		return true;
	if (message == NULL)
		return false;
	error_set(err, ERROR_FAILED, "%s", message);
	if (hint != NULL)
		error_hint(err, "%s", hint);
	return true;
}

static void on_answer(evutil_socket_t fd, short what, void *userdata)
{
	struct helper *helper = userdata;
	_cleanup_free_ char *text = NULL;
	int fds[PLAN_FD_LIMIT];
	size_t fd_count = 0;

	(void)fd;
	if (what & EV_TIMEOUT) {
		error_set(&helper->err, ERROR_TIMEOUT, "'%s internal' did not answer in time", helper->keeper->plan.virtty);
	} else if (!message_receive(helper->fd, PLAN_SIZE_LIMIT, HELPER_MESSAGE_MS, &text, fds, PLAN_FD_LIMIT, &fd_count, &helper->err)) {
		error_wrap(&helper->err, "'%s internal' failed", helper->keeper->plan.virtty);
	} else if (read_error(text, &helper->err)) {
		free(TAKE_POINTER(text));
		while (fd_count > 0)
			close(fds[--fd_count]);
	}
	finish(helper, text, fds, fd_count);
}

/* A helper that could not even be started answers from the loop too: callers see one order of things. */
static void fail_soon(struct helper *helper)
{
	struct timeval now = { 0, 0 };

	if (helper->answer != NULL)
		event_free(helper->answer);
	helper->answer = event_new(helper->keeper->loop, -1, 0, on_answer, helper);
	event_add(helper->answer, &now);
}

static void child_main(char *const *argv, int fd)
{
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	if (fd == HELPER_FD ? fcntl(fd, F_SETFD, 0) < 0 : dup2(fd, HELPER_FD) < 0)
		_exit(126);
	execv(argv[0], argv);
	_exit(127);
}

static void run(struct keeper *keeper, char *const *argv, helper_fn *done)
{
	struct helper *helper = xcalloc(1, sizeof *helper);
	struct timeval limit = { HELPER_LIMIT_S, 0 };
	int fds[2];

	helper_free(keeper->helper);
	keeper->helper = helper;
	helper->keeper = keeper;
	helper->done = done;
	helper->fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0) {
		fail_soon(helper);
		return;
	}
	helper->fd = fds[0];
	helper->pid = fork();
	if (helper->pid == 0)
		child_main(argv, fds[1]);
	close(fds[1]);
	if (helper->pid < 0) {
		fail_soon(helper);
		return;
	}
	helper->answer = event_new(keeper->loop, helper->fd, EV_READ, on_answer, helper);
	event_add(helper->answer, &limit);
}

static char **command(struct keeper *keeper, const char *verb)
{
	char **argv = strv_add(NULL, keeper->plan.virtty);

	argv = strv_add(argv, "internal");
	argv = strv_add(argv, verb);
	argv = strv_add(argv, "--fd");
	argv = strv_addf(argv, "%d", HELPER_FD);
	argv = strv_add(argv, "--domain");
	argv = strv_addf(argv, "%lld", (long long)keeper->plan.domain);
	argv = strv_add(argv, "--generation");
	return strv_addf(argv, "%lld", (long long)keeper->plan.generation);
}

void helper_prepare(struct keeper *keeper, helper_fn *done)
{
	_cleanup_strv_ char **argv = command(keeper, "prepare");

	run(keeper, argv, done);
}

void helper_catch_up(struct keeper *keeper, helper_fn *done)
{
	_cleanup_strv_ char **argv = command(keeper, "catch-up");

	run(keeper, argv, done);
}

void helper_release(struct keeper *keeper, enum run_state state, int reason, helper_fn *done)
{
	_cleanup_strv_ char **argv = command(keeper, "release");

	argv = strv_add(argv, "--state");
	argv = strv_addf(argv, "%d", (int)state);
	argv = strv_add(argv, "--reason");
	argv = strv_addf(argv, "%d", reason);
	run(keeper, argv, done);
}
