/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A child that waits at a gate, then becomes QEMU. */
#include "core/keeper/spawn.h"

#include "base/memory.h"
#include "core/keeper/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the child needs, gathered before the fork. */
struct child {
	char *const *argv;
	const int *fds, *numbers;
	size_t fd_count;
	int output, null;
	int gate, exec_error;
};

/* Moves a descriptor out of the way of the numbers that QEMU will have. */
static int move_up(int fd, int above)
{
	return fcntl(fd, F_DUPFD_CLOEXEC, above);
}

static int arrange(struct child *child)
{
	int above = 3, moved[PLAN_FD_LIMIT];

	for (size_t i = 0; i < child->fd_count; i++)
		if (child->numbers[i] >= above)
			above = child->numbers[i] + 1;
	child->exec_error = move_up(child->exec_error, above);
	child->output = move_up(child->output, above);
	child->null = move_up(child->null, above);
	if (child->exec_error < 0 || child->output < 0 || child->null < 0)
		return errno;
	for (size_t i = 0; i < child->fd_count; i++)
		if ((moved[i] = move_up(child->fds[i], above)) < 0)
			return errno;
	for (size_t i = 0; i < child->fd_count; i++)
		if (dup2(moved[i], child->numbers[i]) < 0)
			return errno;
	if (dup2(child->null, 0) < 0 || dup2(child->output, 1) < 0 || dup2(child->output, 2) < 0)
		return errno;
	return 0;
}

static void reset_signals(void)
{
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

__attribute__((noreturn)) static void child_main(struct child *child)
{
	char byte;
	ssize_t n;

	while ((n = read(child->gate, &byte, 1)) < 0 && errno == EINTR)
		;
	if (n != 1)
		_exit(0); /* the keeper died, or thought better of it */
	setsid();
	reset_signals();
	int errnum = arrange(child);

	if (errnum == 0) {
		execv(child->argv[0], child->argv);
		errnum = errno;
	}
	(void)!write(child->exec_error, &errnum, sizeof errnum);
	_exit(127);
}

bool spawn_fork(char *const *argv, const int *fds, const int *numbers, size_t fd_count, const char *stderr_path, struct spawned *ret,
		struct error *err)
{
	_cleanup_close_ int output = open(stderr_path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	_cleanup_close_ int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int gate[2], failure[2];

	if (output < 0)
		return error_set_errno(err, errno, "cannot open '%s'", stderr_path);
	if (null < 0)
		return error_set_errno(err, errno, "cannot open /dev/null");
	if (pipe2(gate, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	if (pipe2(failure, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "cannot make a pipe");
		close(gate[0]);
		close(gate[1]);
		return false;
	}
	struct child child = { argv, fds, numbers, fd_count, output, null, gate[0], failure[1] };

	ret->pid = fork();
	if (ret->pid == 0) {
		close(gate[1]); /* or its end would never be seen */
		child_main(&child);
	}
	int errnum = errno;

	close(gate[0]);
	close(failure[1]);
	ret->gate = gate[1];
	ret->exec_error = failure[0];
	if (ret->pid > 0)
		return true;
	close(gate[1]);
	close(failure[0]);
	return error_set_errno(err, errnum, "cannot fork");
}

static void reap(pid_t pid)
{
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

bool spawn_open(struct spawned *child, const char *program, struct error *err)
{
	int errnum = 0;
	ssize_t n;

	(void)!write(child->gate, "", 1);
	close(child->gate);
	while ((n = read(child->exec_error, &errnum, sizeof errnum)) < 0 && errno == EINTR)
		;
	close(child->exec_error);
	if (n != sizeof errnum)
		return true;
	reap(child->pid);
	return error_set_errno(err, errnum, "cannot run '%s'", program);
}

void spawn_cancel(struct spawned *child)
{
	close(child->gate);
	close(child->exec_error);
	reap(child->pid);
}
