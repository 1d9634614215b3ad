/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Is virtty-autostart.service enabled? systemctl knows: presets and links may lie in many places. */
#include "core/autostart_unit.h"

#include "base/memory.h"
#include "base/process.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/scope.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define UNIT		"virtty-autostart.service"
#define ASK_TIMEOUT_MS	3000

/* systemctl's word for the unit ("enabled", "disabled", "static", ...), "" when there is no such unit; NULL when it cannot be asked. Owned. */
static char *unit_state(bool user)
{
	_cleanup_free_ char *systemctl = process_find("systemctl");
	_cleanup_strv_ char **argv = systemctl ? strv_add(NULL, systemctl) : NULL;
	char *word = NULL;
	int status;

	if (!systemctl)
		return NULL;
	if (user)
		argv = strv_add(argv, "--user");
	argv = strv_add(argv, "is-enabled");
	argv = strv_add(argv, UNIT);
	if (!process_run(argv, ASK_TIMEOUT_MS, &word, NULL, &status, NULL))
		return NULL;
	word[strcspn(word, "\n")] = '\0';
	return word;
}

char *autostart_unit_judge(bool user, const char *home)
{
	const char *option = user ? "--user " : "";
	_cleanup_free_ char *state = NULL;

	if (home)
		return strf("the machines of a VIRTTY_HOME are started by no unit: have 'VIRTTY_HOME=%s virtty autostart --run' run when the host starts", home);
	state = unit_state(user);
	if (!state || text_starts(state, "enabled"))
		return NULL;
	if (!state[0] || text_equal(state, "not-found"))
		return strf("marked machines will not start with the host: there is no unit " UNIT "; 'make install' brings it, then 'systemctl %senable "
			    "virtty-autostart'", option);
	return strf("marked machines will not start with the host until the unit " UNIT " is enabled: 'systemctl %senable virtty-autostart'", option);
}

char *autostart_unit_warning(void)
{
	const char *home = getenv("VIRTTY_HOME");

	return scope_available() ? autostart_unit_judge(geteuid() != 0, text_empty(home) ? NULL : home) : NULL;
}
