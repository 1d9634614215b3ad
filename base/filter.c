/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Feeds a program and takes what it says, without ever waiting for one of its ends while another has something. */
#include "base/filter.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PIECE_BYTES ((size_t)128 * 1024)
#define WORDS_LIMIT 4096 /* of what it said last on stderr */
#define LOOK_MS	    250

enum { TO, FROM, WORDS, PIPES };

struct run {
	const struct filter *filter;
	pid_t pid;
	int pipes[PIPES]; /* our ends, owned; -1: closed */
	char *piece;	  /* owned: what was read of the source and is not written yet */
	size_t piece_at, piece_end;
	char *taken; /* owned: a buffer for its output */
	uint64_t offset, left, given;
	bool bounded, source_ended;
	struct strbuf words;
	enum filter_answer answer;
};

static void run_clear(struct run *run)
{
	for (int i = 0; i < PIPES; i++)
		cleanup_close(&run->pipes[i]);
	strbuf_clear(&run->words);
	free(run->piece);
	free(run->taken);
}

/* The next piece of the source. At its end the program's input is closed. */
static bool fill(struct run *run, struct error *err)
{
	size_t want = run->bounded && run->left < PIECE_BYTES ? (size_t)run->left : PIECE_BYTES;
	ssize_t n;

	if (run->piece_at < run->piece_end)
		return true;
	do
		n = want > 0 ? pread(run->filter->source, run->piece, want, (off_t)run->offset) : 0;
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return error_set_errno(err, errno, "cannot read");
	if (n == 0 && run->bounded && run->left > 0)
		return error_set(err, ERROR_FAILED, "what is read became shorter meanwhile");
	run->piece_at = 0;
	run->piece_end = (size_t)n;
	run->offset += (uint64_t)n;
	if (run->bounded)
		run->left -= (uint64_t)n;
	run->source_ended = n == 0;
	return true;
}

static bool feed(struct run *run, struct error *err)
{
	if (!fill(run, err))
		return false;
	if (run->source_ended) {
		close(TAKE_FD(run->pipes[TO]));
		return true;
	}
	ssize_t n = write(run->pipes[TO], run->piece + run->piece_at, run->piece_end - run->piece_at);

	if (n >= 0) {
		run->piece_at += (size_t)n;
		run->given += (uint64_t)n;
	} else if (errno == EPIPE) {
		/* it wants no more: whether that is right, its end says */
		close(TAKE_FD(run->pipes[TO]));
	} else if (errno != EAGAIN && errno != EINTR) {
		return error_set_errno(err, errno, "cannot write");
	}
	return true;
}

static bool take(struct run *run, struct error *err)
{
	ssize_t n = read(run->pipes[FROM], run->taken, PIECE_BYTES);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0) {
		close(TAKE_FD(run->pipes[FROM]));
		return true;
	}
	run->answer = run->filter->take(run->taken, (size_t)n, run->filter->userdata, err);
	return run->answer != FILTER_FAILED;
}

static void take_words(struct run *run)
{
	char buffer[1024];
	ssize_t n = read(run->pipes[WORDS], buffer, sizeof buffer);

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		close(TAKE_FD(run->pipes[WORDS]));
		return;
	}
	strbuf_add(&run->words, buffer, (size_t)n);
	if (run->words.length > WORDS_LIMIT)
		strbuf_consume(&run->words, run->words.length - WORDS_LIMIT);
}

static bool pump(struct run *run, struct error *err)
{
	while (run->answer == FILTER_MORE && (run->pipes[FROM] >= 0 || run->pipes[WORDS] >= 0)) {
		struct pollfd fds[PIPES] = { { .fd = run->pipes[TO], .events = POLLOUT },
					     { .fd = run->pipes[FROM], .events = POLLIN },
					     { .fd = run->pipes[WORDS], .events = POLLIN } };

		if (poll(fds, PIPES, LOOK_MS) < 0 && errno != EINTR)
			return error_set_errno(err, errno, "cannot wait");
		if (run->filter->fed != NULL && !run->filter->fed(run->given, run->filter->userdata))
			return error_set(err, ERROR_FAILED, "it was cancelled");
		if (fds[TO].fd >= 0 && fds[TO].revents != 0 && !feed(run, err))
			return false;
		if (fds[FROM].fd >= 0 && fds[FROM].revents != 0 && !take(run, err))
			return false;
		if (fds[WORDS].fd >= 0 && fds[WORDS].revents != 0)
			take_words(run);
	}
	return true;
}

/* ---- its beginning and end ---- */

static bool begin(struct run *run, struct error *err)
{
	_cleanup_free_ char *program = process_find(run->filter->argv[0]);
	_cleanup_strv_ char **argv = strv_copy(run->filter->argv);
	int theirs[PIPES] = { -1, -1, -1 };
	bool good = true;

	if (program == NULL)
		return error_set(err, ERROR_NOT_FOUND, "the program '%s' was not found", run->filter->argv[0]);
	free(argv[0]);
	argv[0] = xstrdup(program);
	for (int i = 0; good && i < PIPES; i++) {
		int ends[2];

		good = pipe2(ends, O_CLOEXEC) == 0 || error_set_errno(err, errno, "cannot make a pipe");
		if (!good)
			break;
		run->pipes[i] = ends[i == TO ? 1 : 0];
		theirs[i] = ends[i == TO ? 0 : 1];
	}
	good = good && (fd_set_nonblock(run->pipes[TO], true) || error_set_errno(err, errno, "cannot make a pipe")) &&
	       spawn(argv, (const int[SPAWN_FDS]){ theirs[TO], theirs[FROM], theirs[WORDS], -1 }, SPAWN_GROUP, &run->pid, err);
	for (int i = 0; i < PIPES; i++)
		cleanup_close(&theirs[i]);
	return good;
}

/* Its last line, fit for a message. Owned; NULL: it said nothing. */
static char *last_words(const struct strbuf *words)
{
	_cleanup_strv_ char **lines = words->length > 0 ? strv_split(words->data, "\r\n") : NULL;
	size_t count = strv_length(lines);
	char *line = count > 0 ? xstrdup(lines[count - 1]) : NULL;

	for (char *at = line; at != NULL && *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	return line;
}

static bool judge(const struct run *run, int status, struct error *err)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	_cleanup_free_ char *line = last_words(&run->words), *how = process_status_text(status);
	_cleanup_free_ char *named = strf("%s: ", run->filter->argv[0]);

	/* most programs say their name themselves */
	return error_set(err, ERROR_FAILED, "%s%s", line != NULL && text_starts(line, named) ? "" : named, line != NULL ? line : how);
}

bool filter_run(const struct filter *filter, struct error *err)
{
	_cleanup_(run_clear) struct run run = {
		.filter = filter,
		.pipes = { -1, -1, -1 },
		.offset = filter->offset,
		.left = filter->length,
		.bounded = filter->length != 0,
		.piece = xmalloc(PIECE_BYTES),
		.taken = xmalloc(PIECE_BYTES),
	};
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	int status = 0;

	if (!begin(&run, err))
		return false;
	/* what it does not want to read is its own affair, not the end of us */
	sigemptyset(&ignore.sa_mask);
	sigaction(SIGPIPE, &ignore, &before);
	bool good = pump(&run, err);

	sigaction(SIGPIPE, &before, NULL);
	if (!good || run.answer == FILTER_ENOUGH)
		kill(run.pid, SIGKILL);
	while (waitpid(run.pid, &status, 0) < 0 && errno == EINTR)
		;
	return good && (run.answer == FILTER_ENOUGH || judge(&run, status, err));
}
