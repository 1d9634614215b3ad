/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Starting virtty-screen (one descriptor, no terminal, nothing else of ours), and reaching a machine's VNC server. */
#include "core/display_start.h"

#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/spawn.h"
#include "base/text.h"
#include "core/live.h"
#include "core/graphics_password.h"
#include "core/manager_internal.h"
#include "hv/domain.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* ---- the process ---- */

/* What virtty-screen says for people who look for a fault in it; -1: nowhere. */
static int open_log(struct manager *manager, int64_t domain_id)
{
	_cleanup_free_ char *directory = machine_log_directory(manager, domain_id);
	_cleanup_free_ char *path = strf("%s/screen.log", directory);

	return open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

/* Beside the database: what virtty-screen found in the installed fonts. Owned. */
static char *fonts_cache(const struct manager *manager)
{
	const char *database = manager->paths.database, *slash = strrchr(database, '/');

	return strf("%.*s/fonts.cache", (int)(slash - database), database);
}

int display_start(struct manager *manager, const struct machine *machine, pid_t *ret_pid, struct error *err)
{
	_cleanup_free_ char *program = paths_helper("virtty-screen");
	_cleanup_free_ char *cache = fonts_cache(manager);
	char *argv[] = { program, cache, NULL };
	_cleanup_close_ int log = open_log(manager, machine->id), ours = -1, theirs = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
		error_set_errno(err, errno, "cannot make a socket pair");
		return -1;
	}
	ours = pair[0];
	theirs = pair[1];
	/* A group of its own: Ctrl-C on the terminal is the viewer's to judge. */
	if (!spawn(argv, (const int[SPAWN_FDS]){ -1, -1, log, theirs }, SPAWN_GROUP, ret_pid, err)) {
		error_hint(err, "virtty is not installed whole: VIRTTY_LIBEXEC may name the directory of its helpers");
		return -1;
	}
	return TAKE_FD(ours);
}

/* ---- the VNC server ---- */

static int reach_unix(const struct machine *machine, const char *path, struct error *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (strlen(path) >= sizeof address.sun_path) {
		error_set(err, ERROR_INVALID, "the socket path '%s' is too long", path);
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path));
	if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof address) < 0) {
		if (errno == EAGAIN) {
			error_set(err, ERROR_BUSY, "the VNC server of '%s' takes no connection now", machine->name);
			error_hint(err, "others may be waiting for it too: try again in a moment");
		} else {
			error_set_errno(err, errno, "cannot connect to the VNC server of '%s' at '%s'", machine->name,
					path);
		}
		return -1;
	}
	return TAKE_FD(fd);
}

/* "127.0.0.1:5901", "[::1]:5901". Numbers only: to ask for a name would be to wait. */
static int reach_tcp(const struct machine *machine, const char *place, struct error *err)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	const char *colon = strrchr(place, ':');
	_cleanup_free_ char *host = xstrndup(place, (size_t)(colon - place));
	size_t length = strlen(host);
	_cleanup_close_ int fd = -1;
	struct addrinfo *found = NULL;
	bool fine;

	if (length >= 2 && *host == '[' && host[length - 1] == ']') {
		memmove(host, host + 1, length - 2);
		host[length - 2] = '\0';
	}
	if (getaddrinfo(strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, colon + 1, &hints, &found) != 0) {
		error_set(err, ERROR_UNSUPPORTED, "the VNC server of '%s' listens at '%s', which is not a number",
			  machine->name, place);
		error_hint(err, "give <graphics> an address in numbers, or none: then it is a socket that only this "
				"user can open");
		return -1;
	}
	fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	fine = fd >= 0 && (connect(fd, found->ai_addr, found->ai_addrlen) == 0 || errno == EINPROGRESS);
	if (!fine)
		error_set_errno(err, errno, "cannot connect to the VNC server of '%s' at '%s'", machine->name, place);
	freeaddrinfo(found);
	return fine ? TAKE_FD(fd) : -1;
}

/* Its password, as defined: QEMU was told the same. */
static bool find_password(struct manager *manager, const struct machine *machine, struct wire_connect *ret,
			  struct error *err)
{
	_cleanup_domain_ struct domain *domain = domain_load(manager, machine, true, err);

	if (!domain || !graphics_take_passwords(manager, domain, err))
		return false;
	for (size_t i = 0; i < domain->graphics_count; i++) {
		const char *password = domain->graphics[i].password;

		if (domain->graphics[i].type != GRAPHICS_VNC || !password)
			continue;
		/* VNC looks at the first eight characters alone. */
		memcpy(ret->password, password, strnlen(password, sizeof ret->password - 1));
		break;
	}
	return true;
}

int display_reach(struct manager *manager, const struct machine *machine, struct wire_connect *ret_connect,
		  struct error *err)
{
	const char *text = machine->run.detail, *place;
	_cleanup_json_ struct json_object *detail = NULL;

	if (!machine_is_active(machine)) {
		fail_not_running(machine, err);
		return -1;
	}
	detail = text ? json_parse("run", text, strlen(text), NULL) : NULL;
	place = detail ? json_get_string(detail, "vnc", NULL) : NULL;
	if (!place || !strchr(place, ':')) {
		error_set(err, ERROR_UNSUPPORTED, "'%s' has no graphics", machine->name);
		error_hint(err,
			   "'virtty edit %s' adds <graphics type='vnc'/>; 'virtty console %s' shows its serial console",
			   machine->name, machine->name);
		return -1;
	}
	if (text_ends(place, ":auto")) {
		error_set(err, ERROR_STATE, "the VNC server of '%s' has not said its port yet", machine->name);
		return -1;
	}
	if (!find_password(manager, machine, ret_connect, err))
		return -1;
	return text_starts(place, "unix:") ? reach_unix(machine, place + 5, err) : reach_tcp(machine, place, err);
}
