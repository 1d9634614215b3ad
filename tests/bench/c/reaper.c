/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs a command as the parent of all orphans that it leaves, and buries them at once, as a host's init does; some
 * containers' init takes seconds, which would be counted against whoever waits for a process to be gone. SIGTERM goes
 * to the command. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile pid_t child;

static void pass_on(int number)
{
	kill(child, number);
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = pass_on };
	int status = 0, own = 1;

	if (argc < 2 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0)
		return 2;
	child = fork();
	if (child == 0) {
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	sigaction(SIGTERM, &action, NULL);
	for (;;) {
		pid_t gone = wait(&status);

		if (gone == child)
			own = WIFEXITED(status) ? WEXITSTATUS(status) : 1;
		if (gone < 0 && errno != EINTR)
			return own;
	}
}
