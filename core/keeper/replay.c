/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last of what a console said. */
#include "core/keeper/replay.h"

#include "core/keeper/console_log.h"

#include <fcntl.h>
#include <unistd.h>

#define CHUNK 16384

void replay_reset(struct replay *replay)
{
	if (replay->fd >= 0)
		close(replay->fd);
	*replay = (struct replay){ .fd = -1 };
}

void replay_resume(struct replay *replay, const char *path, int64_t total)
{
	replay_reset(replay);
	replay->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	replay->total = replay->fd < 0 ? 0 : total;
}

void replay_add(struct replay *replay, const char *path, const char *bytes, size_t length)
{
	if (replay->fd < 0)
		replay->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	while (length > 0) {
		int64_t at = replay->total % REPLAY_SIZE;
		size_t room = (size_t)(REPLAY_SIZE - at);
		ssize_t n = replay->fd < 0 ? -1 : pwrite(replay->fd, bytes, length < room ? length : room, at);

		if (n <= 0) {
			replay_reset(replay);
			return;
		}
		replay->total += n;
		bytes += n;
		length -= (size_t)n;
	}
}

static void get(const struct replay *replay, struct strbuf *ret, int64_t at, int64_t length)
{
	while (length > 0) {
		ssize_t n = pread(replay->fd, strbuf_reserve(ret, (size_t)length), (size_t)length, at);

		if (n <= 0)
			return;
		strbuf_commit(ret, (size_t)n);
		at += n;
		length -= n;
	}
}

void replay_get(const struct replay *replay, struct strbuf *ret)
{
	int64_t at = replay->total % REPLAY_SIZE;

	if (replay->total >= REPLAY_SIZE)
		get(replay, ret, at, REPLAY_SIZE - at);
	get(replay, ret, 0, at);
}

void replay_seed(struct replay *replay, const char *path, const char *log, int64_t from)
{
	int64_t to = console_log_size(log), lowest = console_log_lowest(log);
	char bytes[CHUNK];

	replay_reset(replay);
	if (from < to - REPLAY_SIZE)
		from = to - REPLAY_SIZE;
	if (from < lowest)
		from = lowest;
	while (from < to) {
		ssize_t n = console_log_read(log, from, bytes, sizeof bytes);

		if (n <= 0)
			return;
		replay_add(replay, path, bytes, (size_t)n);
		from += n;
	}
}
