/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Child processes of the TUI: spawned, listened to and reaped by the loop. */
#include "tui/job.h"

#include "base/file.h"
#include "base/gettext.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <event2/event.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_LIMIT (64 * 1024)

struct stream {
	int fd; /* owned; -1: at its end */
	struct event *event;
	struct strbuf text;
};

struct job {
	struct job *next;
	uint64_t id;
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
	uint64_t last_id;
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

/* The next line of a text, cut out of it; NULL at the end. */
static const char *next_line(char **rest)
{
	return strsep(rest, "\n");
}

static void trim_newlines(struct strbuf *text)
{
	while (text->length > 0 && text->data[text->length - 1] == '\n')
		text->data[--text->length] = '\0';
}

void job_parse_error(const char *text, const char *status, struct error *ret)
{
	_cleanup_free_ char *copy = xstrdup(text != NULL ? text : "");
	_cleanup_strbuf_ struct strbuf message = STRBUF_INIT;
	bool found = false, inside = false;
	const char *last = NULL;
	const char *hint = NULL;
	char *rest = copy;
	const char *line;

	while ((line = next_line(&rest)) != NULL) {
		bool first = text_starts(line, "error: ") && !found;
		bool label = text_starts(line, "error: ") || text_starts(line, "hint: ") || text_starts(line, "warning: ");

		if (text_starts(line, "hint: ") && hint == NULL)
			hint = line + strlen("hint: ");
		inside = first || (inside && !label);
		if (inside && !first)
			strbuf_putc(&message, '\n');
		if (inside)
			strbuf_puts(&message, first ? line + strlen("error: ") : line);
		found |= first;
		if (*line != '\0' && !label)
			last = line;
	}
	trim_newlines(&message);
	error_set(ret, ERROR_FAILED, "%s", found ? message.data : last != NULL ? last : status);
	if (hint != NULL)
		error_hint(ret, "%s", hint);
}

char *job_parse_warnings(const char *text)
{
	_cleanup_free_ char *copy = xstrdup(text != NULL ? text : "");
	struct strbuf warnings = STRBUF_INIT;
	char *rest = copy;
	const char *line;

	while ((line = next_line(&rest)) != NULL)
		if (text_starts(line, "warning: "))
			strbuf_printf(&warnings, "%s\n", line + strlen("warning: "));
	trim_newlines(&warnings);
	return strbuf_take(&warnings);
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
	_cleanup_free_ char *warnings = job_parse_warnings(job->err.text.data);

	trim_newlines(&job->out.text);
	result.output = job->out.text.data != NULL ? job->out.text.data : "";
	result.warnings = warnings;
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
		error_set(err, ERROR_SYSTEM, _("cannot wait for child processes"));
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

/* The two ends of a pipe; -1 while there is none. */
struct channel {
	int from, to;
};

static bool channel_open(struct channel *channel, struct error *err)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, _("cannot make a pipe"));
	*channel = (struct channel){ ends[0], ends[1] };
	return true;
}

static void channel_close(struct channel *channel)
{
	if (channel->from >= 0)
		close(TAKE_FD(channel->from));
	if (channel->to >= 0)
		close(TAKE_FD(channel->to));
}

/* Everything that the child will read is in the pipe before it runs: nobody has to feed it. */
static bool feed(struct channel *in, const char *input, struct error *err)
{
	if (input == NULL)
		return true;
	if (strlen(input) > PIPE_BUF)
		return error_set(err, ERROR_INVALID, _("too much for the input of a job"));
	if (!channel_open(in, err))
		return false;
	if (!write_all(in->to, input, strlen(input)))
		return error_set_errno(err, errno, _("cannot write to a pipe"));
	close(TAKE_FD(in->to));
	return true;
}

bool job_run_input(struct job_list *jobs, const char *const *arguments, const char *input, uint64_t *ret_id, job_done *done,
		   void (*userdata_free)(void *userdata), void *userdata, struct error *err)
{
	_cleanup_free_ char *program = paths_program();
	_cleanup_strv_ char **argv = strv_add(NULL, program);
	struct channel in = { -1, -1 }, out = { -1, -1 }, errors = { -1, -1 };
	pid_t pid = 0;

	for (size_t i = 0; arguments[i] != NULL; i++)
		argv = strv_add(argv, arguments[i]);
	bool ok = feed(&in, input, err) && channel_open(&out, err) && channel_open(&errors, err) &&
		  /* a session of its own: a terminal that goes away does not cut a start in two */
		  spawn(argv, (const int[SPAWN_FDS]){ in.from, out.to, errors.to, -1 }, SPAWN_SESSION, &pid, err);

	if (ok) {
		struct job *job = xcalloc(1, sizeof *job);

		stream_open(jobs, &job->out, TAKE_FD(out.from));
		stream_open(jobs, &job->err, TAKE_FD(errors.from));
		job->id = ++jobs->last_id;
		job->pid = pid;
		job->done = done;
		job->userdata_free = userdata_free;
		job->userdata = userdata;
		job->next = jobs->first;
		jobs->first = job;
		if (ret_id != NULL)
			*ret_id = job->id;
	}
	channel_close(&in);
	channel_close(&out);
	channel_close(&errors);
	return ok;
}

bool job_run(struct job_list *jobs, const char *const *arguments, job_done *done, void (*userdata_free)(void *userdata),
	     void *userdata, struct error *err)
{
	return job_run_input(jobs, arguments, NULL, NULL, done, userdata_free, userdata, err);
}

void job_cancel(struct job_list *jobs, uint64_t id)
{
	/* not reaped yet, so the pid, which names its session's group too, is still its own */
	for (const struct job *job = jobs->first; job != NULL; job = job->next)
		if (job->id == id)
			kill(-job->pid, SIGTERM);
}
