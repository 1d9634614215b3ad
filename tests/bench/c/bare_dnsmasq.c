/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a network's start waits for: dnsmasq with the same configuration, from before the fork until it says that it has started. bare_dnsmasq
 * DNSMASQ CONFIGURATION; prints nanoseconds, and ends it. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

/* Reads until the text has come. */
static int await(int fd, const char *text)
{
	static char seen[65536];
	size_t have = 0;

	while (have < sizeof(seen) - 1) {
		ssize_t n = read(fd, seen + have, sizeof(seen) - 1 - have);

		if (n <= 0)
			break;
		have += (size_t)n;
		seen[have] = '\0';
		if (strstr(seen, text) != NULL)
			return 1;
	}
	fputs(seen, stderr);
	return 0;
}

int main(int argc, char **argv)
{
	int64_t begin, end;
	char *option;
	int ends[2], up;
	pid_t pid;

	if (argc != 3 || pipe(ends) < 0 || asprintf(&option, "--conf-file=%s", argv[2]) < 0)
		return 2;
	begin = now_ns();
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		execl(argv[1], argv[1], "--keep-in-foreground", "--log-facility=-", option, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	up = pid > 0 && await(ends[0], "started, ");
	end = now_ns();
	if (pid > 0) {
		kill(pid, SIGTERM);
		waitpid(pid, NULL, 0);
	}
	if (!up)
		return 1;
	printf("%lld\n", (long long)(end - begin));
	return 0;
}
