/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transient systemd scopes, made by systemd-run --scope: it registers itself, then executes the program in its place. */
#include "core/scope.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdlib.h>
#include <unistd.h>

bool scope_available(void)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	_cleanup_free_ char *manager = NULL;

	/* As sd_booted(3) asks. */
	if (!path_exists("/run/systemd/system"))
		return false;
	if (geteuid() == 0)
		return true;
	/* A user without a manager of his own (cron, su) has nobody to make a scope for him. */
	if (text_empty(runtime))
		return false;
	manager = strf("%s/systemd/private", runtime);
	return path_exists(manager);
}

/* When the host goes down systemd stops all units at once, but for those that are ordered: they stop in the reverse of their order. So a scope
 * is *before* virtty-autostart.service: the service stops first (it asks the guests to shut down and waits), and only then systemd kills
 * what is left in the scopes. The same word at boot keeps the service, while it is being started, from waiting for itself: a scope ordered
 * after it would wait until its last machine has started. File systems stay until the scopes are gone. */
#define OUTLIVES_SERVICE "--property=Before=virtty-autostart.service"
#define WITH_FILES    "--property=After=local-fs.target remote-fs.target"

char **scope_argv(const char *systemd_run, bool user, const char *unit)
{
	char **argv = strv_add(NULL, systemd_run);

	if (user) {
		argv = strv_add(argv, "--user");
	} else {
		argv = strv_add(argv, "--slice=machine.slice");
		argv = strv_add(argv, WITH_FILES);
	}
	argv = strv_add(argv, OUTLIVES_SERVICE);
	argv = strv_add(argv, "--scope");
	argv = strv_add(argv, "--collect");
	argv = strv_add(argv, "--quiet");
	argv = strv_addf(argv, "--unit=%s.scope", unit);
	return strv_add(argv, "--");
}

char **scope_begin(bool wanted, const char *unit)
{
	_cleanup_free_ char *systemd_run = wanted && scope_available() ? process_find("systemd-run") : NULL;

	return systemd_run != NULL ? scope_argv(systemd_run, geteuid() != 0, unit) : NULL;
}
