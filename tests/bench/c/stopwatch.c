/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times commands one after another, from before the spawn to the end of the process: nanoseconds, a line each.
 * stopwatch COMMAND [ARGUMENT...] [--then COMMAND ...]; output goes nowhere; "<FILE" before a command is its input. */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* The descriptors of every command: none inherits the stopwatch's output, so that what it leaves running holds no pipe.
 */
static int spawn(char **argv, const char *input, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	int r;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, input, O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);
	r = posix_spawnp(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return r;
}

static int time_one(char **argv)
{
	const char *input = "/dev/null";
	int64_t begin;
	pid_t pid;
	int status, r;

	if (argv[0] != NULL && argv[0][0] == '<')
		input = *argv++ + 1;
	if (argv[0] == NULL)
		return 2;
	begin = now_ns();
	r = spawn(argv, input, &pid);
	if (r != 0) {
		fprintf(stderr, "%s: %s\n", argv[0], strerror(r));
		return 1;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	printf("%lld\n", (long long)(now_ns() - begin));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	fprintf(stderr, "%s: wait status %d\n", argv[0], status);
	return 1;
}

int main(int argc, char **argv)
{
	char **next = argv + 1;

	for (int i = 1; i <= argc; i++) {
		if (i < argc && strcmp(argv[i], "--then") != 0)
			continue;
		argv[i] = NULL;
		if (time_one(next) != 0)
			return 1;
		next = argv + i + 1;
	}
	return 0;
}
