/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The work of another program inside a job: run, watched, ended with the job. */
#include "base/memory.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/job_internal.h"
#include "storage/qemu_img.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define OUTPUT_LIMIT 4096 /* of what a child said last */
#define LOOK_MS	     500

static pid_t run_child(char *const *argv, int output, int errors)
{
	pid_t parent = getpid(), pid = fork();

	if (pid != 0)
		return pid;
	/* A job that is killed takes its child along, unless it was killed before this. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	if (dup2(output, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0)
		_exit(127);
	execvp(argv[0], argv);
	_exit(127);
}

/* Takes what is there to be read; keeps the last of it. False at the end. */
static bool take_output(int fd, struct strbuf *text)
{
	char buffer[1024];
	ssize_t n = read(fd, buffer, sizeof buffer);

	if (n < 0 && errno == EINTR)
		return true;
	if (n <= 0)
		return false;
	strbuf_add(text, buffer, (size_t)n);
	if (text->length > OUTPUT_LIMIT)
		strbuf_consume(text, text->length - OUTPUT_LIMIT);
	return true;
}

/* How far it is: as it says, or as a file has grown. */
static uint64_t how_far(const struct job_child *child, const struct strbuf *said, uint64_t before)
{
	unsigned permille = 0;
	struct stat st;

	if (said->length > 0 && qemu_img_progress(said->data, &permille))
		return child->span.begin + child->span.bytes / 1000 * permille;
	if (child->growing != NULL && stat(child->growing, &st) == 0)
		return child->span.begin + (uint64_t)st.st_blocks * 512;
	return before;
}

/* Until both its outputs end. False: it was killed, because the job is to end. */
static bool watch_child(const struct job_child *child, pid_t pid, const int outputs[2], struct strbuf *said, struct strbuf *words)
{
	struct pollfd fds[2] = { { .fd = outputs[0], .events = POLLIN }, { .fd = outputs[1], .events = POLLIN } };
	const struct job_progress *progress = child->span.progress;
	uint64_t done = child->span.begin;
	bool killed = false;

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, LOOK_MS) < 0 && errno != EINTR)
			break;
		if (fds[0].fd >= 0 && fds[0].revents != 0 && !take_output(outputs[0], said))
			fds[0].fd = -1;
		if (fds[1].fd >= 0 && fds[1].revents != 0 && !take_output(outputs[1], words))
			fds[1].fd = -1;
		done = how_far(child, said, done);
		if (!progress->done(done, progress->userdata) && !killed) {
			kill(pid, SIGKILL);
			killed = true;
		}
	}
	return !killed;
}

/* The last line that says something. Owned. */
static char *last_line(const struct strbuf *words)
{
	_cleanup_strv_ char **lines = words->length > 0 ? strv_split(words->data, "\n") : NULL;
	size_t count = strv_length(lines);

	return count > 0 ? xstrdup(lines[count - 1]) : NULL;
}

static bool say_why(char *const *argv, int status, const struct strbuf *words, struct error *err)
{
	_cleanup_free_ char *line = last_line(words), *how = process_status_text(status);
	_cleanup_free_ char *named = strf("%s: ", argv[0]);

	/* most programs say their name themselves */
	if (line != NULL && text_starts(line, named))
		return error_set(err, ERROR_FAILED, "%s", line);
	return error_set(err, ERROR_FAILED, "%s: %s", argv[0], line != NULL ? line : how);
}

bool job_child_run(const struct job_child *child, char **ret_result, struct error *err)
{
	_cleanup_strbuf_ struct strbuf said = STRBUF_INIT, words = STRBUF_INIT;
	int output[2], errors[2], status = 0;
	bool whole = true;
	pid_t pid;

	if (pipe2(output, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	if (pipe2(errors, O_CLOEXEC) < 0) {
		close(output[0]);
		close(output[1]);
		return error_set_errno(err, errno, "cannot make a pipe");
	}
	pid = run_child(child->argv, output[1], errors[1]);
	close(output[1]);
	close(errors[1]);
	if (pid > 0)
		whole = watch_child(child, pid, (const int[2]){ output[0], errors[0] }, &said, &words);
	close(output[0]);
	close(errors[0]);
	if (pid < 0)
		return error_set_errno(err, errno, "cannot run '%s'", child->argv[0]);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!whole)
		return error_set(err, ERROR_FAILED, "it was cancelled");
	return job_outcome(child->kind, status, said.data, ret_result) || say_why(child->argv, status, &words, err);
}
