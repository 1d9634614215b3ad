/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starts passt for a card, and knows who it is. */
#include "core/passt.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/scope.h"
#include "hv/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define UP_LIMIT_MS    10000
#define WORDS_LIMIT    ((size_t)64 * 1024)
#define BUFFER_BYTES   (4 * 1024 * 1024)
#define CHILDREN_LIMIT ((size_t)1024 * 1024)

/* ---- who it is ---- */

/* It becomes a child of ours when the process that was started makes it and ends. Its pid file is no help: as root passt is somebody else
 * when it writes it, who may write nowhere. */
struct brood {
	pid_t *pids; /* owned */
	size_t count;
};

static struct brood read_children(void)
{
	_cleanup_free_ char *path = strf("/proc/self/task/%ld/children", (long)getpid()), *text = NULL;
	struct brood brood = { 0 };
	char *at, *end;

	if (!file_read(path, CHILDREN_LIMIT, &text, NULL, NULL))
		return brood;
	for (at = text; ; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			return brood;
		*ARRAY_ADD(brood.pids, brood.count) = (pid_t)pid;
	}
}

static bool is_among(const struct brood *brood, pid_t pid)
{
	for (size_t i = 0; i < brood->count; i++)
		if (brood->pids[i] == pid)
			return true;
	return false;
}

static struct process_id find_new(const struct brood *before)
{
	struct brood after = read_children();
	struct process_id found = { 0 };

	for (size_t i = 0; i < after.count && found.pid == 0; i++) {
		_cleanup_free_ char *name = is_among(before, after.pids[i]) ? NULL : process_name(after.pids[i]);

		/* "passt", "passt.avx2" */
		if (name != NULL && text_starts(name, "passt"))
			found = process_of(after.pids[i]);
	}
	free(after.pids);
	return found;
}

/* ---- starting it ---- */

/* The last of its words that means something: without a syslog it complains of that after each. Owned. */
static char *last_word(const char *words)
{
	_cleanup_strv_ char **lines = strv_split(words, "\n");
	const char *last = "it ended without a word";

	for (char **line = lines; line != NULL && *line != NULL; line++)
		if (!text_empty(*line) && !text_starts(*line, "Failed to send "))
			last = *line;
	return xstrdup(last);
}

static bool fail_start(const char *words, struct error *err)
{
	_cleanup_free_ char *last = last_word(words);

	error_set(err, ERROR_FAILED, "passt: %s", last);
	if (strstr(last, "interface not usable") != NULL || strstr(words, "No external routable") != NULL)
		error_hint(err, "it lends the guest an address of this host, and takes that of the default route: the host has none; "
				"<source dev='...'/> names the interface");
	else if (strstr(last, "unshare") != NULL || strstr(last, "Operation not permitted") != NULL)
		error_hint(err, "it shuts itself off by a user namespace, and this host allows none: 'sysctl user.max_user_namespaces' and "
				"kernel.unprivileged_userns_clone say so");
	else if (strstr(last, "og file") != NULL || strstr(last, "logfile") != NULL)
		error_hint(err, "<backend logFile=> is where it may write: AppArmor lets it in /tmp and in homes alone");
	return false;
}

static bool wait_until_up(pid_t pid, int output, struct error *err)
{
	_cleanup_strbuf_ struct strbuf words = STRBUF_INIT;
	int status = 0;

	/* it closes its stderr when it is up, or ends */
	if (!fd_gather(output, UP_LIMIT_MS, WORDS_LIMIT, &words)) {
		(void)kill(pid, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		return error_set(err, ERROR_TIMEOUT, "passt did not start within %d s", UP_LIMIT_MS / 1000);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return status == 0 || fail_start(words.data != NULL ? words.data : "", err);
}

static char **command_line(struct manager *manager, int64_t domain_id, const struct interface *interface, struct error *err)
{
	_cleanup_free_ char *program = process_find("passt");

	if (program == NULL) {
		error_set(err, ERROR_NOT_FOUND, "the program 'passt' was not found");
		error_hint(err, "install the package passt; without <backend type='passt'/> QEMU's own user networking is used");
		return NULL;
	}
	_cleanup_free_ char *unit = strf("virtty-%" PRId64 "-%s-%" PRId64, domain_id, interface->device.alias, clock_monotonic_ms());
	_cleanup_strv_ char **own = passt_argv(program, interface, SPAWN_FD);
	char **argv = scope_begin(!manager->no_scopes, unit);

	for (char **word = own; *word != NULL; word++)
		argv = strv_add(argv, *word);
	return argv;
}

/* As a child of a child that ends once it is up. */
static bool run(struct manager *manager, char *const *argv, int theirs, struct process_id *ret, struct error *err)
{
	struct brood before = read_children();
	int adopts = 0, ends[2];
	pid_t pid;
	bool ok;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		free(before.pids);
		return error_set_errno(err, errno, "cannot make a pipe");
	}
	(void)prctl(PR_GET_CHILD_SUBREAPER, &adopts, 0, 0, 0);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	ok = spawn(argv, (const int[SPAWN_FDS]){ -1, -1, ends[1], theirs }, SPAWN_SESSION, &pid, err);
	close(ends[1]);
	ok = ok && wait_until_up(pid, ends[0], err);
	close(ends[0]);
	*ret = ok ? find_new(&before) : (struct process_id){ 0 };
	(void)prctl(PR_SET_CHILD_SUBREAPER, adopts, 0, 0, 0);
	free(before.pids);
	if (ret->pid != 0)
		*ARRAY_ADD(manager->keepers, manager->keeper_count) = ret->pid; /* ours to reap while we are there */
	return ok && (ret->pid != 0 || error_set(err, ERROR_FAILED, "passt ended as soon as it was up"));
}

/* Passt widens the sockets that it makes itself, and not one that it is given: with the kernel's usual size, frames are lost, and a connection takes
 * twenty times as long. Who is not root gets as much as net.core.wmem_max allows. */
static void widen(int fd)
{
	int bytes = BUFFER_BYTES;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &bytes, sizeof bytes) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof bytes);
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) < 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
}

bool passt_start(struct manager *manager, int64_t domain_id, const struct interface *interface, int *ret_fd, struct process_id *ret,
		 struct error *err)
{
	_cleanup_strv_ char **argv = NULL;
	_cleanup_close_ int ours = -1, theirs = -1;
	int pair[2];

	if (!passt_check_ports(interface, err))
		return false;
	argv = command_line(manager, domain_id, interface, err);
	if (argv == NULL)
		return false;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(err, errno, "cannot make a socket pair");
	ours = pair[0];
	theirs = pair[1];
	widen(ours);
	widen(theirs);
	if (!run(manager, argv, theirs, ret, err))
		return false;
	*ret_fd = TAKE_FD(ours);
	return true;
}
