/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The least that a start can cost: QEMU as a child, to its QMP greeting; and to its answer to "cont", which comes
 * later: QEMU greets before it has built the machine. bare_start [--paused] SOCKET COMMAND [ARGUMENT...], where "@FD@"
 * in an argument becomes the number of the listening QMP socket; --paused asks for its state instead of "cont". Prints
 * nanoseconds to the greeting, nanoseconds to the answer, and QEMU's pid, then leaves QEMU to whoever adopts orphans.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static bool address(const char *path, struct sockaddr_un *ret)
{
	*ret = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(ret->sun_path))
		return false;
	memcpy(ret->sun_path, path, strlen(path) + 1);
	return true;
}

/* A listening socket at path, which the child inherits, and a client already connected to it. */
static bool sockets(const char *path, int *ret_listening, int *ret_client)
{
	struct sockaddr_un a;

	if (!address(path, &a))
		return false;
	unlink(path);
	*ret_listening = socket(AF_UNIX, SOCK_STREAM, 0);
	*ret_client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	return *ret_listening >= 0 && *ret_client >= 0 && bind(*ret_listening, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	       listen(*ret_listening, 1) == 0 && connect(*ret_client, (struct sockaddr *)&a, sizeof(a)) == 0;
}

/* Puts the number of the descriptor where an argument says @FD@. */
static void fill_in(char **argv, int fd)
{
	for (; *argv != NULL; argv++) {
		char *mark = strstr(*argv, "@FD@");
		char *text;

		if (mark == NULL)
			continue;
		*mark = '\0';
		if (asprintf(&text, "%s%d%s", *argv, fd, mark + 4) < 0)
			exit(1);
		*argv = text;
	}
}

static pid_t spawn(char **argv)
{
	pid_t pid = vfork();

	if (pid == 0) {
		int nowhere = open("/dev/null", O_RDWR);

		dup2(nowhere, STDIN_FILENO);
		dup2(nowhere, STDOUT_FILENO);
		execvp(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* Reads until the text has come. */
static bool await(int fd, const char *text)
{
	static char seen[65536];
	size_t have = 0;

	while (have < sizeof(seen) - 1) {
		ssize_t n = read(fd, seen + have, sizeof(seen) - 1 - have);

		if (n <= 0)
			return false;
		have += (size_t)n;
		seen[have] = '\0';
		if (strstr(seen, text) != NULL)
			return true;
	}
	return false;
}

int main(int argc, char **argv)
{
	bool paused = argc > 1 && strcmp(argv[1], "--paused") == 0;
	const char *go = paused ? "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"query-status\",\"id\":\"go\"}\n"
				: "{\"execute\":\"qmp_capabilities\"}\n{\"execute\":\"cont\",\"id\":\"go\"}\n";
	int listening, client;
	int64_t begin, greeting;
	pid_t pid;

	argv += paused;
	argc -= paused;
	if (argc < 3 || !sockets(argv[1], &listening, &client)) {
		perror("bare_start");
		return 1;
	}
	fill_in(argv + 2, listening);
	begin = now_ns();
	pid = spawn(argv + 2);
	close(listening);
	if (pid < 0 || !await(client, "\"QMP\"")) {
		fprintf(stderr, "bare_start: %s: no greeting\n", argv[2]);
		return 1;
	}
	greeting = now_ns() - begin;
	if (write(client, go, strlen(go)) < 0 || !await(client, "\"go\"")) {
		fprintf(stderr, "bare_start: %s: no answer\n", argv[2]);
		return 1;
	}
	printf("%lld %lld %d\n", (long long)greeting, (long long)(now_ns() - begin), (int)pid);
	return 0;
}
