/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of all commands, by name. */
#include "config.h"

#include "base/gettext.h"
#include "cli/command.h"

#include <string.h>

extern const struct command command_autostart, command_console, command_consoles, command_create,
	command_define, command_desc, command_destroy, command_domdisplay, command_domid, command_dominfo,
	command_domname, command_domrename, command_domstate, command_domstats, command_domuuid,
	command_domxml_to_native, command_dumpxml, command_edit, command_event, command_help,
	command_inject_nmi, command_install, command_list, command_metadata, command_qemu_monitor_command,
	command_reboot, command_reset, command_resume, command_screenshot, command_send_key,
	command_shutdown, command_start, command_suspend, command_ttyconsole, command_tui, command_type,
	command_undefine, command_version, command_vncdisplay;

/* clang-format off: a row a command */
const struct command *const commands[] = {
	&command_autostart,
	&command_console,
	&command_consoles,
	&command_create,
	&command_define,
	&command_desc,
	&command_destroy,
	&command_domdisplay,
	&command_domid,
	&command_dominfo,
	&command_domname,
	&command_domrename,
	&command_domstate,
	&command_domstats,
	&command_domuuid,
	&command_domxml_to_native,
	&command_dumpxml,
	&command_edit,
	&command_event,
	&command_help,
	&command_inject_nmi,
	&command_install,
	&command_list,
	&command_metadata,
	&command_qemu_monitor_command,
	&command_reboot,
	&command_reset,
	&command_resume,
	&command_screenshot,
	&command_send_key,
	&command_shutdown,
	&command_start,
	&command_suspend,
	&command_ttyconsole,
	&command_tui,
	&command_type,
	&command_undefine,
	&command_version,
	&command_vncdisplay,
};
/* clang-format on */
const size_t command_count = sizeof commands / sizeof *commands;

const char *const group_titles[GROUP_COUNT] = {
	[GROUP_DOMAIN] = N_("Machines"),
	[GROUP_MONITOR] = N_("Looking at machines"),
	[GROUP_HOST] = N_("Host and virtty itself"),
};

const char *const group_words[GROUP_COUNT] = {
	[GROUP_DOMAIN] = "domain",
	[GROUP_MONITOR] = "monitor",
	[GROUP_HOST] = "host",
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}
