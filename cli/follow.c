/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits for changes of the state, for commands that show events. */
#include "config.h"

#include "cli/follow.h"

#include "base/clock.h"
#include "base/memory.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	interrupted = number;
}

/* Waits for a change of the state, a signal or the deadline (-1: none). Signals are let in only while waiting, so that
 * none is missed. */
static int wait_for_change(int fd, int64_t deadline_ms)
{
	/* stdout only for its end: with `| head -1` nobody reads any more. */
	struct pollfd fds[] = { { .fd = fd, .events = POLLIN }, { .fd = STDOUT_FILENO, .events = 0 } };
	struct timespec left = { 0 };
	sigset_t block, old;
	int result = -1;

	if (deadline_ms >= 0) {
		int64_t ms = deadline_ms - clock_monotonic_ms();

		if (ms > 0)
			left = (struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
	}
	sigemptyset(&block);
	sigaddset(&block, SIGINT);
	sigaddset(&block, SIGTERM);
	sigprocmask(SIG_BLOCK, &block, &old);
	if (!interrupted)
		result = ppoll(fds, ARRAY_LENGTH(fds), deadline_ms >= 0 ? &left : NULL, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (result > 0 && fds[1].revents)
		interrupted = SIGPIPE;
	return result;
}

static bool follow(struct cli *cli, int fd, int64_t deadline_ms, bool loop, follow_show *show, void *userdata, size_t *ret_shown,
		   struct error *err)
{
	while (loop || *ret_shown == 0) {
		int ready = wait_for_change(fd, deadline_ms);

		if (interrupted) {
			cli_note(cli, _("event loop interrupted\n"));
			return true;
		}
		if (ready < 0 && errno != EINTR)
			return error_set_errno(err, errno, _("cannot wait for events"));
		if (ready == 0) {
			cli_note(cli, _("event loop timed out\n"));
			return true;
		}
		if (ready > 0 && manager_changed(cli->manager) && !show(userdata, loop, ret_shown, err))
			return false;
	}
	return true;
}

bool cli_follow_check(struct cli *cli, struct error *err)
{
	return argument_int(&cli->arguments, "timeout", 0) <= INT_MAX || cli_usage(cli, err, _("--timeout is at most %d seconds"), INT_MAX);
}

bool cli_follow(struct cli *cli, int fd, bool loop, follow_show *show, void *userdata, struct error *err)
{
	struct sigaction action = { .sa_handler = on_signal };
	int64_t seconds = argument_int(&cli->arguments, "timeout", -1);
	size_t shown = 0;

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	if (!follow(cli, fd, seconds >= 0 ? clock_monotonic_ms() + seconds * 1000 : -1, loop, show, userdata, &shown, err))
		return false;
	cli_note(cli, _("events received: %zu\n"), shown);
	if (shown == 0 && !interrupted)
		return error_set(err, ERROR_TIMEOUT, _("no event came within %lld seconds"), (long long)seconds);
	return true;
}
