/* SPDX-License-Identifier: GPL-2.0-or-later */
/* virtty-keeper: minds one machine, one network's dnsmasq, or a bridge that is not confirmed yet. Not for people: a front end starts it
 * with a socket as descriptor 3. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "core/bridge_internal.h"
#include "core/keeper/bridge.h"
#include "core/keeper/control.h"
#include "core/keeper/helper.h"
#include "core/keeper/keeper.h"
#include "core/keeper/network.h"
#include "core/keeper/plan.h"
#include "core/keeper/port.h"
#include "core/keeper/qemu.h"
#include "core/keeper/record.h"
#include "core/keeper/reexec.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_FD 3
#define FOR_EVER (-1) /* the plan takes as long to make as it takes; who does not make it closes the socket, or dies */

static void keeper_init(struct keeper *keeper)
{
	struct event_config *config = event_config_new();

	*keeper = (struct keeper){ .start_fd = -1, .state = RUN_PAUSED, .reason = REASON_PAUSED_STARTING_UP };
	/* timers of seconds need no finer clock, and no cached time is ever wrong */
	event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
	keeper->loop = event_base_new_with_config(config);
	event_config_free(config);
	keeper->recorder = recorder_new(keeper);
	keeper->qemu = qemu_new(keeper);
	keeper->control = control_new(keeper);
	keeper->ports = ports_new(keeper);
}

static void keeper_clear(struct keeper *keeper)
{
	helper_free(keeper->helper);
	qemu_free(keeper->qemu); /* first: what waits for its answers is told */
	control_free(keeper->control);
	ports_free(keeper->ports);
	recorder_free(keeper->recorder);
	reexec_forget(keeper);
	catch_up_free(keeper);
	if (keeper->shutdown_timer != NULL)
		event_free(keeper->shutdown_timer);
	if (keeper->kill_timer != NULL)
		event_free(keeper->kill_timer);
	event_base_free(keeper->loop);
	plan_data_clear(&keeper->plan);
	error_clear(&keeper->start_error);
	free(keeper->exit_text);
	if (keeper->start_fd >= 0)
		close(keeper->start_fd);
}

/* A process of its own: no terminal, no inherited descriptor beyond the start socket, signals as a long-lived process wants them. */
static void detach(void)
{
	(void)setsid(); /* fails when the front end has done it */
	if (chdir("/") < 0)
		return;
	umask(077);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	for (int fd = 0; fd < START_FD; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			(void)!open("/dev/null", O_RDWR); /* the lowest free one: this */
	(void)close_range(START_FD + 1, ~0U, 0);
	/* one arena, and what is freed goes back: an idle keeper is small */
	mallopt(M_ARENA_MAX, 1);
	mallopt(M_TRIM_THRESHOLD, 65536);
	mallopt(M_MMAP_THRESHOLD, 65536);
}

/* row and database: what the plan, which is being made meanwhile, will name too; NULL: not known. */
static void begin(struct keeper *keeper, const char *row, const char *database)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;
	int fds[PLAN_FD_LIMIT];
	size_t fd_count = 0;
	int64_t domain;

	keeper->start_fd = START_FD;
	fcntl(START_FD, F_SETFD, FD_CLOEXEC);
	if (database != NULL && text_to_int(row, &domain))
		recorder_warm(keeper, database, domain);
	if (!message_receive(START_FD, PLAN_SIZE_LIMIT, FOR_EVER, &text, fds, PLAN_FD_LIMIT, &fd_count, &err) ||
	    !plan_read(&keeper->plan, text, &err) || !recorder_own(keeper, &err)) {
		/* the row is not ours: whoever claimed it takes everything back */
		while (fd_count > 0)
			close(fds[--fd_count]);
		keeper_report(keeper, &err);
		keeper->phase = KEEPER_DONE;
		return;
	}
	if (keeper->plan.adopt)
		keeper_adopt(keeper);
	else
		keeper_start(keeper, text, fds, fd_count);
}

int main(int argc, char **argv)
{
	struct keeper keeper;
	struct stat st;
	int64_t fd;

	if (argc == 3 && text_equal(argv[1], REEXEC_OPTION) && text_to_int(argv[2], &fd)) {
		signal(SIGPIPE, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		keeper_init(&keeper);
		reexec_continue(&keeper, (int)fd);
	} else if (argc == 5 && text_equal(argv[1], NETWORK_OPTION) && fstat(START_FD, &st) == 0 && S_ISSOCK(st.st_mode)) {
		detach();
		fcntl(START_FD, F_SETFD, FD_CLOEXEC);
		return network_mind(argv[2], argv[3], argv[4], START_FD);
	} else if (argc == 3 && text_equal(argv[1], BRIDGE_GUARD_OPTION) && fstat(START_FD, &st) == 0 && S_ISSOCK(st.st_mode)) {
		detach();
		fcntl(START_FD, F_SETFD, FD_CLOEXEC);
		return bridge_guard(argv[2], START_FD);
	} else if (fstat(START_FD, &st) == 0 && S_ISSOCK(st.st_mode)) {
		detach();
		keeper_init(&keeper);
		begin(&keeper, argc > 1 ? argv[1] : NULL, argc > 2 ? argv[2] : NULL);
	} else {
		fprintf(stderr, "error: virtty-keeper is started by virtty, not by hand\n");
		return 2;
	}
	if (keeper.phase != KEEPER_DONE)
		event_base_dispatch(keeper.loop);
	keeper_clear(&keeper);
	return 0;
}
