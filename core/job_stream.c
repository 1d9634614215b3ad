/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program at one end of a job's copy: what it prints is copied, or what is copied it reads. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/spawn.h"
#include "core/job_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define WORDS_LIMIT 4096 /* a pipe holds so much while nobody reads it */

bool job_stream_open(char *const *argv, bool reads, struct job_stream *ret, struct error *err)
{
	_cleanup_close_ int ours = -1, theirs = -1, errors = -1, words = -1;
	int data[2], said[2];

	*ret = (struct job_stream){ .fd = -1, .words = -1 };
	if (pipe2(data, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	ours = data[reads ? 1 : 0];
	theirs = data[reads ? 0 : 1];
	if (pipe2(said, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	words = said[0];
	errors = said[1];
	if (!spawn(argv, (const int[SPAWN_FDS]){ reads ? theirs : -1, reads ? -1 : theirs, errors, -1 }, SPAWN_GROUP, &ret->pid, err))
		return false;
	ret->fd = TAKE_FD(ours);
	ret->words = TAKE_FD(words);
	return true;
}

/* The first line that it said. Owned. */
static char *take_words(int fd)
{
	char text[WORDS_LIMIT + 1];
	ssize_t n;

	do
		n = read(fd, text, WORDS_LIMIT);
	while (n < 0 && errno == EINTR);
	text[n > 0 ? n : 0] = '\0';
	return xstrndup(text, strcspn(text, "\n"));
}

bool job_stream_close(struct job_stream *stream, bool copied, struct error *err)
{
	_cleanup_free_ char *words = NULL, *how = NULL;
	int status = 0;

	if (stream->pid <= 0)
		return copied;
	/* Its input ends, or nobody wants its output any more: that ends it. */
	cleanup_close(&stream->fd);
	stream->fd = -1;
	while (waitpid(stream->pid, &status, 0) < 0 && errno == EINTR)
		;
	words = take_words(stream->words);
	cleanup_close(&stream->words);
	*stream = (struct job_stream){ .fd = -1, .words = -1 };
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return copied;
	/* What ended it is why the copy went wrong, unless the copy ended it. */
	if (!copied && *words == '\0')
		return false;
	if (!copied)
		error_clear(err);
	how = process_status_text(status);
	return error_set(err, ERROR_FAILED, "%s", *words != '\0' ? words : how);
}
