/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stands where a QEMU would, with a serial port as fast as the host: it speaks enough QMP for a keeper, and writes
 * numbered lines to the first console from the first byte typed there until the console closes. Asked about its
 * abilities it runs the real QEMU. REAL_QEMU is given by who compiles it. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LINE 64

struct peer {
	int qmp_listening, console_listening; /* inherited */
	int qmp, console;		      /* accepted, or -1 */
	int log;			      /* what QEMU's logfile= is, or -1 */
	bool flooding;
	uint64_t offset; /* of the first byte of block */
	size_t sent;	 /* of block */
	char block[1024 * LINE];
	size_t have;
	char commands[65536];
};

static bool is_probe(char **argv)
{
	for (; *argv != NULL; argv++)
		if (strcmp(*argv, "--version") == 0 ||
		    (strcmp(*argv, "-machine") == 0 && argv[1] != NULL && strncmp(argv[1], "none", 4) == 0))
			return true;
	return false;
}

/* The value of key= in QEMU's comma list, as a new string; NULL: none. */
static char *option(const char *text, const char *key)
{
	const char *at = text;

	while ((at = strstr(at, key)) != NULL) {
		if ((at == text || at[-1] == ',') && at[strlen(key)] == '=')
			return strndup(at + strlen(key) + 1, strcspn(at + strlen(key) + 1, ","));
		at++;
	}
	return NULL;
}

static void take_chardev(struct peer *peer, const char *text)
{
	char *id = option(text, "id"), *fd = option(text, "fd"), *log = option(text, "logfile");

	if (fd != NULL && id != NULL && strstr(id, "monitor") != NULL)
		peer->qmp_listening = (int)strtol(fd, NULL, 10);
	else if (fd != NULL && peer->console_listening < 0) {
		peer->console_listening = (int)strtol(fd, NULL, 10);
		if (log != NULL)
			peer->log = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	}
	free(id);
	free(fd);
	free(log);
}

static void fill_block(struct peer *peer)
{
	for (size_t i = 0; i < sizeof(peer->block); i += LINE) {
		char number[17];

		snprintf(number, sizeof(number), "%016llx", (unsigned long long)(peer->offset + i));
		memset(peer->block + i, '.', LINE);
		memcpy(peer->block + i, number, 16);
		peer->block[i + LINE - 1] = '\n';
	}
	if (peer->log >= 0 && write(peer->log, peer->block, sizeof(peer->block)) < 0)
		peer->log = -1;
}

static void flood(struct peer *peer)
{
	ssize_t n;

	if (peer->sent == 0)
		fill_block(peer);
	n = write(peer->console, peer->block + peer->sent, sizeof(peer->block) - peer->sent);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		peer->flooding = false;
		return;
	}
	peer->sent += (size_t)n;
	if (peer->sent == sizeof(peer->block)) {
		peer->offset += sizeof(peer->block);
		peer->sent = 0;
	}
}

/* Answers one command; its "id", if any, is taken as it stands. */
static void answer(struct peer *peer, const char *line)
{
	static const struct {
		const char *command, *result;
	} table[] = {
		{ "query-status", "{\"running\": true, \"singlestep\": false, \"status\": \"running\"}" },
		{ "query-chardev", "[]" },
		{ "query-cpus-fast", "[]" },
		{ "query-blockstats", "[]" },
		{ "query-block", "[]" },
		{ "query-events", "[]" },
	};
	const char *id = strstr(line, "\"id\""), *result = "{}";
	char mark[256] = "";

	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++)
		if (strstr(line, table[i].command) != NULL)
			result = table[i].result;
	if (id != NULL) {
		id += strspn(id + 4, " :") + 4;
		snprintf(mark, sizeof(mark), ", \"id\": %.*s",
			 *id == '"' ? (int)strcspn(id + 1, "\"") + 2 : (int)strcspn(id, ",} "), id);
	}
	dprintf(peer->qmp, "{\"return\": %s%s}\r\n", result, mark);
	if (strstr(line, "\"cont\"") != NULL)
		dprintf(peer->qmp, "{\"timestamp\": {\"seconds\": 1, \"microseconds\": 0}, \"event\": \"RESUME\"}\r\n");
	if (strstr(line, "\"quit\"") != NULL)
		exit(0);
}

static void take_commands(struct peer *peer)
{
	ssize_t n = read(peer->qmp, peer->commands + peer->have, sizeof(peer->commands) - 1 - peer->have);
	char *end;

	if (n <= 0) {
		close(peer->qmp);
		peer->qmp = -1;
		peer->have = 0;
		return;
	}
	peer->have += (size_t)n;
	peer->commands[peer->have] = '\0';
	while ((end = strchr(peer->commands, '\n')) != NULL) {
		*end = '\0';
		if (strstr(peer->commands, "\"execute\"") != NULL)
			answer(peer, peer->commands);
		peer->have -= (size_t)(end + 1 - peer->commands);
		memmove(peer->commands, end + 1, peer->have + 1);
	}
}

static void take_input(struct peer *peer)
{
	char typed[4096];
	ssize_t n = read(peer->console, typed, sizeof(typed));

	peer->flooding = n > 0;
	if (n <= 0) {
		close(peer->console);
		peer->console = -1;
	}
}

static void serve(struct peer *peer)
{
	static const char greeting[] =
		"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 7}, \"package\": \"\"},"
		" \"capabilities\": [\"oob\"]}}\r\n";

	for (;;) {
		struct pollfd fds[] = {
			{ .fd = peer->qmp < 0 ? peer->qmp_listening : peer->qmp, .events = POLLIN },
			{ .fd = peer->console < 0 ? peer->console_listening : peer->console,
			  .events = (short)(peer->flooding ? POLLIN | POLLOUT : POLLIN) },
		};

		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			return;
		if (fds[0].revents != 0 && peer->qmp >= 0) {
			take_commands(peer);
		} else if (fds[0].revents != 0) {
			peer->qmp = accept4(peer->qmp_listening, NULL, NULL, SOCK_CLOEXEC);
			if (peer->qmp >= 0 && write(peer->qmp, greeting, sizeof(greeting) - 1) < 0)
				return;
		}
		if (fds[1].revents != 0 && peer->console < 0)
			peer->console = accept4(peer->console_listening, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
		else if ((fds[1].revents & ~POLLOUT) != 0)
			take_input(peer);
		else if (fds[1].revents != 0 && peer->flooding)
			flood(peer);
	}
}

int main(int argc, char **argv)
{
	static struct peer peer = { .qmp_listening = -1, .console_listening = -1, .qmp = -1, .console = -1, .log = -1 };

	if (is_probe(argv + 1)) {
		argv[0] = (char *)REAL_QEMU;
		execv(REAL_QEMU, argv);
		perror(REAL_QEMU);
		return 1;
	}
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], "-chardev") == 0)
			take_chardev(&peer, argv[i + 1]);
	if (peer.console_listening < 0) {
		fprintf(stderr, "flood_peer: no console\n");
		return 1;
	}
	serve(&peer);
	return 1;
}
