/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs qemu-bridge-helper, takes the tap that it sends, and says what keeps it from making one. */
#include "net/bridge_helper.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/socket.h"
#include "base/spawn.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define RULES_PATH  "/etc/qemu/bridge.conf" /* compiled into the helper */
#define RULES_DIRECTORY "/etc/qemu"
#define LIMIT_MS    10000
#define WORDS_LIMIT 4096

/* Where distributions put it. */
static const char *const places[] = {
	"/usr/lib/qemu/qemu-bridge-helper",
	"/usr/libexec/qemu-bridge-helper",
	"/usr/libexec/qemu/qemu-bridge-helper",
	"/usr/local/libexec/qemu-bridge-helper",
};

static const char *find_helper(struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
		if (access(places[i], F_OK) == 0)
			return places[i];
	error_set(err, ERROR_NOT_FOUND, "the program 'qemu-bridge-helper' was not found: without it only root joins bridges");
	error_hint(err, "Debian has it in qemu-system-common; or use user networking: <interface type='user'>");
	return NULL;
}

static bool fail_rights(const char *helper, struct error *err)
{
	error_set(err, ERROR_UNSUPPORTED, "only root joins bridges: '%s' is not setuid root", helper);
	if (access("/usr/bin/dpkg-statoverride", X_OK) == 0)
		return error_hint(err, "root lets users by: dpkg-statoverride --update --add root root 4755 %s", helper);
	return error_hint(err, "root lets users by: chmod u+s %s", helper);
}

/* It gets root's rights by its mode, or the one it needs by a capability. */
static bool check_rights(const char *helper, struct error *err)
{
	struct stat st;

	if (stat(helper, &st) < 0)
		return error_set_errno(err, errno, "cannot look at '%s'", helper);
	if ((st.st_mode & S_ISUID && st.st_uid == 0) || getxattr(helper, "security.capability", NULL, 0) > 0)
		return true;
	return fail_rights(helper, err);
}

/* Its reasons, in the order that it would meet them. */
static bool fail_helper(const char *helper, const char *bridge, char *words, struct error *err)
{
	char *end = strchr(words, '\n');

	if (end != NULL)
		*end = '\0';
	if (strstr(words, "acl file") != NULL) {
		error_set(err, ERROR_UNSUPPORTED, "users may not join bridge '%s': %s", bridge,
			  text_starts(words, "access denied") ? RULES_PATH " does not allow it" : words);
		return error_hint(err, "root allows it by: %secho 'allow %s' >> " RULES_PATH,
				  access(RULES_DIRECTORY, F_OK) == 0 ? "" : "mkdir -p " RULES_DIRECTORY "; ", bridge);
	}
	if (strstr(words, "Operation not permitted") != NULL)
		return fail_rights(helper, err);
	return error_set(err, ERROR_FAILED, "qemu-bridge-helper: %s", text_empty(words) ? "it ended without a word" : words);
}

/* Runs it with one end of a socket as its descriptor 3. */
static bool run(const char *helper, const char *bridge, bool vnet_header, int theirs, struct error *err)
{
	_cleanup_free_ char *br = strf("--br=%s", bridge), *fd = strf("--fd=%d", SPAWN_FD);
	char *argv[] = { (char *)(uintptr_t)helper, br, fd, vnet_header ? (char[]){ "--use-vnet" } : NULL, NULL };
	_cleanup_strbuf_ struct strbuf words = STRBUF_INIT;
	int ends[2], status = 0;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, "cannot make a pipe");
	bool started = spawn(argv, (const int[SPAWN_FDS]){ -1, -1, ends[1], theirs }, SPAWN_GROUP, &pid, err);

	close(ends[1]);
	if (!started) {
		close(ends[0]);
		return false;
	}
	bool ended = fd_gather(ends[0], LIMIT_MS, WORDS_LIMIT, &words);

	/* it is root's, and cannot be killed by a user; whoever inherits it will reap it */
	if (!ended)
		(void)kill(pid, SIGKILL);
	close(ends[0]);
	while (ended && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (!ended)
		return error_set(err, ERROR_TIMEOUT, "qemu-bridge-helper did not end within %d s", LIMIT_MS / 1000);
	if (status == 0)
		return true;
	_cleanup_free_ char *text = strbuf_take(&words);

	return fail_helper(helper, bridge, text, err);
}

bool bridge_helper_open(const char *bridge, bool vnet_header, int *ret_fd, char ret_name[LINK_NAME_SIZE], struct error *err)
{
	const char *helper = find_helper(err);
	_cleanup_close_ int ours = -1, theirs = -1, tap = -1;
	struct ifreq request = { 0 };
	int pair[2];
	char byte;

	if (helper == NULL || !check_rights(helper, err))
		return false;
	if (if_nametoindex(bridge) == 0) {
		error_set(err, ERROR_NOT_FOUND, "there is no bridge '%s'", bridge);
		return error_hint(err, "'virtty bridge list' shows those that there are");
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return error_set_errno(err, errno, "cannot make a socket pair");
	ours = pair[0];
	theirs = pair[1];
	if (!run(helper, bridge, vnet_header, theirs, err))
		return false;
	if (socket_receive_fd(ours, &byte, sizeof byte, &tap) != 1 || tap < 0 || ioctl(tap, TUNGETIFF, &request) < 0)
		return error_set(err, ERROR_PROTOCOL, "qemu-bridge-helper sent no tap");
	if (fcntl(tap, F_SETFL, O_NONBLOCK) < 0)
		return error_set_errno(err, errno, "cannot set up the tap");
	memcpy(ret_name, request.ifr_name, LINK_NAME_SIZE);
	*ret_fd = TAKE_FD(tap);
	return true;
}
