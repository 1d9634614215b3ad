/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Child processes of the TUI: spawned, listened to and reaped by the loop. */
#include "tui/job.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_LIMIT (64 * 1024)

extern char **environ;

struct stream {
	int fd; /* owned; -1: at its end */
	struct event *event;
	struct strbuf text;
};

struct job {
	struct job *next;
	pid_t pid;
	int status; /* once it has ended */
	struct stream out, err;
	job_done *done;
	void (*userdata_free)(void *userdata);
	void *userdata;
};

struct job_list {
	struct event_base *base;
	struct event *sigchld;
	struct job *first;
};

/* Takes what is there now; closes at the end or an error. */
static void stream_read(struct stream *stream)
{
	char bytes[4096];

	while (stream->fd >= 0) {
		ssize_t length = read(stream->fd, bytes, sizeof bytes);

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0 && errno == EAGAIN)
			return;
		if (length <= 0) {
			event_free(TAKE_POINTER(stream->event));
			close(TAKE_FD(stream->fd));
			return;
		}
		if (stream->text.length + (size_t)length <= OUTPUT_LIMIT)
			strbuf_add(&stream->text, bytes, (size_t)length);
	}
}

static void stream_readable(evutil_socket_t fd, short what, void *userdata)
{
	(void)fd;
	(void)what;
	stream_read(userdata);
}

static void stream_open(struct job_list *jobs, struct stream *stream, int fd)
{
	stream->fd = fd;
	fd_set_nonblock(fd, true);
	stream->event = event_new(jobs->base, fd, EV_READ | EV_PERSIST, stream_readable, stream);
	event_add(stream->event, NULL);
}

static void stream_close(struct stream *stream)
{
	if (stream->fd >= 0) {
		event_free(stream->event);
		close(stream->fd);
	}
	strbuf_clear(&stream->text);
}

static void job_free(struct job *job)
{
	stream_close(&job->out);
	stream_close(&job->err);
	if (job->userdata_free != NULL)
		job->userdata_free(job->userdata);
	free(job);
}

void job_parse_error(const char *text, const char *status, struct error *ret)
{
	_cleanup_free_ char *copy = xstrdup(text != NULL ? text : "");
	const char *last = NULL;
	const char *message = NULL;
	const char *hint = NULL;
	char *rest = copy;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (text_starts(line, "error: ") && message == NULL)
			message = line + strlen("error: ");
		else if (text_starts(line, "hint: ") && hint == NULL)
			hint = line + strlen("hint: ");
		if (*line != '\0')
			last = line;
	}
	if (message == NULL)
		message = last != NULL ? last : status;
	error_set(ret, ERROR_FAILED, "%s", message);
	if (hint != NULL)
		error_hint(ret, "%s", hint);
}

static void finish(struct job *job)
{
	struct job_result result = { .ok = WIFEXITED(job->status) && WEXITSTATUS(job->status) == 0 };

	/* what the child wrote is in the pipes; a grandchild may hold them open for ever, so their end is not waited for */
	stream_read(&job->out);
	stream_read(&job->err);
	if (!result.ok) {
		_cleanup_free_ char *how = process_status_text(job->status);

		job_parse_error(job->err.text.data, how, &result.error);
	}
	while (job->out.text.length > 0 && job->out.text.data[job->out.text.length - 1] == '\n')
		job->out.text.data[--job->out.text.length] = '\0';
	result.output = job->out.text.data != NULL ? job->out.text.data : "";
	job->done(&result, job->userdata);
	error_clear(&result.error);
	job_free(job);
}

static void child_ended(evutil_socket_t number, short what, void *userdata)
{
	struct job_list *jobs = userdata;
	struct job *ended = NULL;

	(void)number;
	(void)what;
	/* a done function may run a new job: the list is settled first */
	for (struct job **at = &jobs->first; *at != NULL;) {
		struct job *job = *at;

		if (waitpid(job->pid, &job->status, WNOHANG) != job->pid) {
			at = &job->next;
			continue;
		}
		*at = job->next;
		job->next = ended;
		ended = job;
	}
	while (ended != NULL) {
		struct job *job = ended;

		ended = job->next;
		finish(job);
	}
}

struct job_list *job_list_new(struct event_base *base, struct error *err)
{
	struct job_list *jobs = xcalloc(1, sizeof *jobs);

	jobs->base = base;
	jobs->sigchld = evsignal_new(base, SIGCHLD, child_ended, jobs);
	if (jobs->sigchld == NULL || event_add(jobs->sigchld, NULL) < 0) {
		error_set(err, ERROR_SYSTEM, "cannot wait for child processes");
		job_list_free(jobs);
		return NULL;
	}
	return jobs;
}

void job_list_free(struct job_list *jobs)
{
	if (jobs == NULL)
		return;
	while (jobs->first != NULL) {
		struct job *job = jobs->first;

		jobs->first = job->next;
		job_free(job);
	}
	if (jobs->sigchld != NULL)
		event_free(jobs->sigchld);
	free(jobs);
}

static bool spawn(const char *program, char *const *argv, int out, int err_fd, pid_t *ret_pid, struct error *err)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &all);
	/* a session of its own: a terminal that goes away does not cut a start in two */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	int failed = posix_spawn(ret_pid, program, &actions, &attributes, argv, environ);

	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&actions);
	if (failed != 0)
		return error_set_errno(err, failed, "cannot run '%s'", program);
	return true;
}

bool job_run(struct job_list *jobs, const char *const *arguments, job_done *done, void (*userdata_free)(void *userdata),
	     void *userdata, struct error *err)
{
	_cleanup_free_ char *program = paths_program();
	_cleanup_strv_ char **argv = strv_add(NULL, program);
	int out[2], errors[2];

	for (size_t i = 0; arguments[i] != NULL; i++)
		argv = strv_add(argv, arguments[i]);
	if (pipe2(out, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	if (pipe2(errors, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "cannot make a pipe");
		close(out[0]);
		close(out[1]);
		return false;
	}
	struct job *job = xcalloc(1, sizeof *job);
	bool ok = spawn(program, argv, out[1], errors[1], &job->pid, err);

	close(out[1]);
	close(errors[1]);
	if (!ok) {
		close(out[0]);
		close(errors[0]);
		free(job);
		return false;
	}
	stream_open(jobs, &job->out, out[0]);
	stream_open(jobs, &job->err, errors[0]);
	job->done = done;
	job->userdata_free = userdata_free;
	job->userdata = userdata;
	job->next = jobs->first;
	jobs->first = job;
	return true;
}
