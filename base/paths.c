/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where virtty keeps its things: system (root), session (a user) or VIRTTY_HOME. */
#include "base/paths.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What follows the run directory in the longest socket path, and how long that path may be. */
#define SOCKET_TAIL  "/4294967295/control"
#define SOCKET_LIMIT 100

static void strip_slashes(char *path)
{
	size_t length = strlen(path);

	while (length > 1 && path[length - 1] == '/')
		path[--length] = '\0';
}

static char *home_directory(struct error *err)
{
	const char *home = getenv("HOME");

	if (!text_empty(home) && home[0] == '/')
		return xstrdup(home);
	struct passwd *user = getpwuid(geteuid());

	if (user != NULL && !text_empty(user->pw_dir) && user->pw_dir[0] == '/')
		return xstrdup(user->pw_dir);
	error_set(err, ERROR_NOT_FOUND, "there is no home directory");
	error_hint(err, "set HOME, or VIRTTY_HOME to a directory for virtty's own use");
	return NULL;
}

/* $variable/virtty, else home/fallback/virtty. A relative one is ignored, as the XDG specification wants. */
static char *xdg_directory(const char *variable, const char *home, const char *fallback)
{
	const char *value = getenv(variable);

	if (text_empty(value) || value[0] != '/')
		return strf("%s/%s/virtty", strcmp(home, "/") == 0 ? "" : home, fallback);
	_cleanup_free_ char *base = xstrdup(value);

	strip_slashes(base);
	return strf("%s/virtty", strcmp(base, "/") == 0 ? "" : base);
}

static void system_paths(struct paths *ret)
{
	ret->database = xstrdup("/var/lib/virtty/state.db");
	ret->run = xstrdup("/run/virtty");
	ret->log = xstrdup("/var/log/virtty");
	ret->images = xstrdup("/var/lib/virtty/images");
	ret->nvram = xstrdup("/var/lib/virtty/nvram");
	ret->config = xstrdup("/etc/virtty/virtty.conf");
	ret->system = true;
}

static bool session_paths(struct paths *ret, struct error *err)
{
	_cleanup_free_ char *home = home_directory(err);

	if (home == NULL)
		return false;
	strip_slashes(home);
	_cleanup_free_ char *state = xdg_directory("XDG_STATE_HOME", home, ".local/state");
	_cleanup_free_ char *data = xdg_directory("XDG_DATA_HOME", home, ".local/share");
	_cleanup_free_ char *config = xdg_directory("XDG_CONFIG_HOME", home, ".config");

	ret->database = strf("%s/state.db", state);
	ret->run = strf("%s/run", state);
	ret->log = strf("%s/log", state);
	ret->images = strf("%s/images", data);
	ret->nvram = strf("%s/nvram", state);
	ret->config = strf("%s/virtty.conf", config);
	return true;
}

static void own_paths(struct paths *ret, const char *value)
{
	_cleanup_free_ char *home = path_absolute(value);

	strip_slashes(home);
	const char *d = strcmp(home, "/") == 0 ? "" : home;

	ret->database = strf("%s/state.db", d);
	ret->run = strf("%s/run", d);
	ret->log = strf("%s/log", d);
	ret->images = strf("%s/images", d);
	ret->nvram = strf("%s/nvram", d);
	ret->config = strf("%s/virtty.conf", d);
}

bool paths_get(struct paths *ret, struct error *err)
{
	const char *own = getenv("VIRTTY_HOME");
	struct paths paths = { 0 };

	if (!text_empty(own))
		own_paths(&paths, own);
	else if (geteuid() == 0)
		system_paths(&paths);
	else if (!session_paths(&paths, err))
		return false;
	if (strlen(paths.run) + strlen(SOCKET_TAIL) >= SOCKET_LIMIT) {
		error_set(err, ERROR_INVALID, "the directory for sockets '%s' is too deep: it must be shorter than %zu bytes",
			  paths.run, SOCKET_LIMIT - strlen(SOCKET_TAIL));
		error_hint(err, "set VIRTTY_HOME to a shorter path");
		paths_clear(&paths);
		return false;
	}
	*ret = paths;
	return true;
}

void paths_clear(struct paths *paths)
{
	free(paths->database);
	free(paths->run);
	free(paths->log);
	free(paths->images);
	free(paths->nvram);
	free(paths->config);
	*paths = (struct paths){ 0 };
}

bool paths_make(const struct paths *paths, struct error *err)
{
	_cleanup_free_ char *state = xstrndup(paths->database, (size_t)(strrchr(paths->database, '/') - paths->database));

	/* a database right under / has an existing directory */
	return (*state == '\0' || directory_make(state, 0700, err)) && directory_make(paths->run, 0700, err) &&
	       directory_make(paths->log, 0700, err);
}

/* The directory of the running program, or NULL. */
static char *executable_directory(void)
{
	char link[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", link, sizeof link - 1);

	if (length <= 0)
		return NULL;
	link[length] = '\0';
	char *slash = strrchr(link, '/');

	return slash != NULL ? xstrndup(link, (size_t)(slash - link)) : NULL;
}

char *paths_helper(const char *name)
{
	const char *told = getenv("VIRTTY_LIBEXEC");

	if (!text_empty(told)) {
		_cleanup_free_ char *directory = path_absolute(told);

		return strf("%s/%s", directory, name);
	}
	_cleanup_free_ char *here = executable_directory();

	if (here != NULL) {
		_cleanup_free_ char *beside = strf("%s/%s", here, name);

		if (access(beside, X_OK) == 0)
			return TAKE_POINTER(beside);
	}
	return strf("%s/%s", LIBEXECDIR, name);
}

char *paths_program(void)
{
	_cleanup_free_ char *here = executable_directory();

	if (here != NULL) {
		_cleanup_free_ char *beside = strf("%s/virtty", here);

		/* in libexecdir a directory may have this name */
		struct stat status;

		if (stat(beside, &status) == 0 && S_ISREG(status.st_mode) && access(beside, X_OK) == 0)
			return TAKE_POINTER(beside);
	}
	return xstrdup(BINDIR "/virtty");
}
