/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which document a command about devices means. */
#include "config.h"

#include "base/strv.h"
#include "cli/device.h"

#include <string.h>

static bool has_option(const struct cli *cli, const char *name)
{
	return option_find(cli->arguments.command, name, strlen(name)) != NULL;
}

bool cli_change_flags(struct cli *cli, bool live_alone, unsigned *ret, struct error *err)
{
	bool persistent = has_option(cli, "persistent") && cli_flag(cli, "persistent"),
	     current = cli_flag(cli, "current");

	if (!cli_exclusive(cli, err, "current", "live", NULL) || !cli_exclusive(cli, err, "current", "config", NULL) ||
	    (has_option(cli, "persistent") && !cli_exclusive(cli, err, "current", "persistent", NULL)))
		return false;
	*ret = (cli_flag(cli, "live") ? CHANGE_LIVE : 0) | (cli_flag(cli, "config") ? CHANGE_CONFIG : 0) |
	       (persistent ? CHANGE_PERSISTENT : 0);
	if (*ret == 0 && !current && live_alone)
		*ret = CHANGE_LIVE;
	return true;
}

void cli_warn_disk(struct cli *cli, const struct machine *machine, const struct device_text *text, unsigned flags)
{
	_cleanup_strv_ char **warnings = NULL;

	if (!(flags & (CHANGE_CONFIG | CHANGE_PERSISTENT)) && machine_is_active(machine))
		return;
	warnings = domain_disk_warnings(cli->manager, text);
	cli_warnings(warnings);
}

int cli_wait_ms(const struct cli *cli)
{
	int64_t seconds = argument_int(&cli->arguments, "timeout", DEVICE_WAIT_MS / 1000);

	return seconds > 86400 ? 86400 * 1000 : (int)seconds * 1000;
}
