/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs under test: run to their end, or kept running and talked to. */
#include "tests/harness/task.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "tests/harness/wait.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* A sanitized program on a loaded machine is slow; a hang is much slower. */
#define RUN_LIMIT_MS 120000
/* After a program's end its streams are at their end too, unless a child of it holds them. */
#define STREAM_LIMIT_MS 5000
#define HANDLER_LIMIT_MS 20000

void outcome_clear(struct outcome *outcome)
{
	cleanup_free(&outcome->out);
	cleanup_free(&outcome->err);
}

const char *virtty_path(void)
{
	static char *path;

	if (path == NULL) {
		const char *given = getenv("VIRTTY");

		path = path_absolute(given != NULL ? given : "virtty");
	}
	return path;
}

static void close_end(int *fd)
{
	cleanup_close(fd);
	*fd = -1;
}

struct task task_start(const char *const *argv)
{
	struct task task = { .pid = -1, .in = -1, .out = -1, .err = -1 };
	int in[2], out[2], err[2];

	ck_assert(pipe2(in, O_CLOEXEC) == 0 && pipe2(out, O_CLOEXEC) == 0 && pipe2(err, O_CLOEXEC) == 0);
	task.pid = fork();
	ck_assert(task.pid >= 0);
	if (task.pid == 0) {
		dup2(in[0], 0);
		dup2(out[1], 1);
		dup2(err[1], 2);
		execvp(argv[0], (char *const *)argv);
		dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	close(in[0]);
	close(out[1]);
	close(err[1]);
	task.in = in[1];
	task.out = out[0];
	task.err = err[0];
	return task;
}

static char **virtty_argv(const char *first, va_list ap)
{
	char **argv = strv_add(NULL, virtty_path());

	for (const char *word = first; word != NULL; word = va_arg(ap, const char *))
		argv = strv_add(argv, word);
	return argv;
}

struct task task_virtty(const char *first, ...)
{
	va_list ap;

	va_start(ap, first);
	_cleanup_strv_ char **argv = virtty_argv(first, ap);
	va_end(ap);
	return task_start((const char *const *)argv);
}

/* Reads what is there; false at the end of the stream. */
static bool read_some(int *fd, struct strbuf *text)
{
	ssize_t n = read(*fd, strbuf_reserve(text, 65536), 65536);

	if (n > 0) {
		strbuf_commit(text, (size_t)n);
		return true;
	}
	if (n < 0 && errno == EINTR)
		return true;
	close_end(fd);
	return false;
}

/* One wait for output; false when nothing came before the deadline or both streams have ended. */
static bool pump(struct task *task, int64_t deadline_ms)
{
	struct pollfd fds[2] = { { .fd = task->out, .events = POLLIN }, { .fd = task->err, .events = POLLIN } };
	int64_t left = deadline_ms - clock_monotonic_ms();

	if ((task->out < 0 && task->err < 0) || left < 0)
		return false;
	int n = poll(fds, 2, (int)left);

	if (n < 0)
		return errno == EINTR;
	if (fds[0].revents != 0)
		read_some(&task->out, &task->out_text);
	if (fds[1].revents != 0)
		read_some(&task->err, &task->err_text);
	return n > 0;
}

bool task_expect(struct task *task, const char *text, int timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	for (;;) {
		if (task->out_text.length > 0 &&
		    memmem(task->out_text.data, task->out_text.length, text, strlen(text)) != NULL)
			return true;
		if (task->out < 0 || !pump(task, deadline))
			return false;
	}
}

struct handler_wait {
	const char *status; /* "/proc/PID/status" */
	int number;
};

static bool has_handler(void *data)
{
	const struct handler_wait *wait = data;
	_cleanup_free_ char *text = NULL;
	const char *caught = file_read(wait->status, 65536, &text, NULL, NULL) ? strstr(text, "\nSigCgt:\t") : NULL;

	return caught != NULL && (strtoull(caught + strlen("\nSigCgt:\t"), NULL, 16) >> (wait->number - 1) & 1) != 0;
}

void task_expect_handler(const struct task *task, int number)
{
	_cleanup_free_ char *status = strf("/proc/%d/status", (int)task->pid);
	struct handler_wait wait = { status, number };

	ck_assert_msg(wait_for(has_handler, &wait, HANDLER_LIMIT_MS), "%s: no handler for signal %d", status, number);
}

void task_send(struct task *task, const char *text)
{
	ck_assert_msg(write_all(task->in, text, strlen(text)), "cannot write to the program: %s", strerror(errno));
}

void task_close_input(struct task *task)
{
	close_end(&task->in);
}

/* Has it ended? Waits for a while when not. */
static bool ended(struct task *task, int *ret_status, int wait_ms)
{
	pid_t pid = waitpid(task->pid, ret_status, WNOHANG);

	if (pid == task->pid)
		return true;
	poll(NULL, 0, wait_ms);
	return false;
}

struct outcome task_wait(struct task *task, int timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;
	struct outcome outcome = { .status = -1 };
	bool over = false, late = false, leaked = false;
	int status = 0;

	close_end(&task->in);
	/* The streams usually end with the program; one that a child of it holds must not make us wait for ever. */
	while (!over && !late) {
		if (task->out >= 0 || task->err >= 0)
			pump(task, clock_monotonic_ms() + 5);
		over = ended(task, &status, task->out < 0 && task->err < 0 ? 1 : 0);
		late = clock_monotonic_ms() > deadline;
	}
	if (!over) {
		kill(task->pid, SIGKILL);
		waitpid(task->pid, &status, 0);
	} else {
		outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	}
	task->pid = -1;
	deadline = clock_monotonic_ms() + STREAM_LIMIT_MS;
	while (pump(task, deadline))
		;
	leaked = over && (task->out >= 0 || task->err >= 0);
	outcome.out = strbuf_take(&task->out_text);
	outcome.err = strbuf_take(&task->err_text);
	close_end(&task->out);
	close_end(&task->err);
	ck_assert_msg(!leaked, "a child still holds the program's output after its end; it said: %s%s", outcome.out, outcome.err);
	return outcome;
}

void task_clear(struct task *task)
{
	if (task->pid > 0) {
		kill(task->pid, SIGKILL);
		waitpid(task->pid, NULL, 0);
	}
	task->pid = -1;
	close_end(&task->in);
	close_end(&task->out);
	close_end(&task->err);
	strbuf_clear(&task->out_text);
	strbuf_clear(&task->err_text);
}

struct outcome run_program(const char *const *argv)
{
	struct task task = task_start(argv);
	struct outcome outcome = task_wait(&task, RUN_LIMIT_MS);

	task_clear(&task);
	return outcome;
}

struct outcome virtty(const char *first, ...)
{
	va_list ap;

	va_start(ap, first);
	_cleanup_strv_ char **argv = virtty_argv(first, ap);
	va_end(ap);
	return run_program((const char *const *)argv);
}

struct outcome virtty_input(const char *input, const char *first, ...)
{
	va_list ap;

	va_start(ap, first);
	_cleanup_strv_ char **argv = virtty_argv(first, ap);
	va_end(ap);
	struct task task = task_start((const char *const *)argv);

	/* One that fails early does not read its input. */
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;

	sigaction(SIGPIPE, &ignore, &old);
	write_all(task.in, input, strlen(input));
	sigaction(SIGPIPE, &old, NULL);
	struct outcome outcome = task_wait(&task, RUN_LIMIT_MS);

	task_clear(&task);
	return outcome;
}

void expect_ok(struct outcome outcome, char **ret_out)
{
	ck_assert_msg(outcome.status == 0, "exit status %d; stdout: %s; stderr: %s", outcome.status, outcome.out, outcome.err);
	if (ret_out != NULL)
		*ret_out = TAKE_POINTER(outcome.out);
	outcome_clear(&outcome);
}

void expect_error(struct outcome outcome, int status, const char *text, ...)
{
	va_list ap;

	ck_assert_msg(outcome.status == status, "exit status %d instead of %d; stdout: %s; stderr: %s", outcome.status, status, outcome.out,
		      outcome.err);
	ck_assert_msg(strncmp(outcome.err, "error: ", 7) == 0 || strstr(outcome.err, "\nerror: ") != NULL, "no 'error: ' on stderr: %s",
		      outcome.err);
	va_start(ap, text);
	for (const char *word = text; word != NULL; word = va_arg(ap, const char *))
		ck_assert_msg(strstr(outcome.err, word) != NULL, "'%s' is not in: %s", word, outcome.err);
	va_end(ap);
	outcome_clear(&outcome);
}
