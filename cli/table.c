/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of all commands, by name. */
#include "config.h"

#include "base/gettext.h"
#include "cli/command.h"

#include <string.h>

extern const struct command command_autostart, command_console, command_consoles, command_create,
	command_define, command_desc, command_destroy, command_domdisplay, command_domid, command_dominfo,
	command_domname, command_domrename, command_domstate, command_domstats, command_domuuid,
	command_domxml_to_native, command_dumpxml, command_edit, command_event,
	command_find_storage_pool_sources, command_find_storage_pool_sources_as, command_help,
	command_inject_nmi, command_install, command_iso_list, command_jobs, command_list, command_metadata,
	command_osinfo,
	command_pool_autostart, command_pool_build, command_pool_create, command_pool_create_as,
	command_pool_define, command_pool_define_as, command_pool_delete, command_pool_destroy,
	command_pool_dumpxml, command_pool_edit, command_pool_info, command_pool_list, command_pool_name,
	command_pool_refresh, command_pool_start, command_pool_undefine, command_pool_uuid,
	command_qemu_monitor_command, command_reboot, command_reset, command_resume, command_screen,
	command_screenshot,
	command_secret_define, command_secret_dumpxml, command_secret_get_value, command_secret_list,
	command_secret_set_value, command_secret_undefine, command_send_key, command_shutdown, command_start,
	command_suspend, command_ttyconsole, command_tui, command_type, command_undefine, command_version,
	command_vncdisplay, command_vol_clone, command_vol_create, command_vol_create_as,
	command_vol_create_from, command_vol_delete, command_vol_download, command_vol_dumpxml,
	command_vol_info, command_vol_key, command_vol_list, command_vol_name, command_vol_path,
	command_vol_pool, command_vol_resize, command_vol_upload, command_vol_wipe;

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
	&command_find_storage_pool_sources,
	&command_find_storage_pool_sources_as,
	&command_help,
	&command_inject_nmi,
	&command_install,
	&command_iso_list,
	&command_jobs,
	&command_list,
	&command_metadata,
	&command_osinfo,
	&command_pool_autostart,
	&command_pool_build,
	&command_pool_create,
	&command_pool_create_as,
	&command_pool_define,
	&command_pool_define_as,
	&command_pool_delete,
	&command_pool_destroy,
	&command_pool_dumpxml,
	&command_pool_edit,
	&command_pool_info,
	&command_pool_list,
	&command_pool_name,
	&command_pool_refresh,
	&command_pool_start,
	&command_pool_undefine,
	&command_pool_uuid,
	&command_qemu_monitor_command,
	&command_reboot,
	&command_reset,
	&command_resume,
	&command_screen,
	&command_screenshot,
	&command_secret_define,
	&command_secret_dumpxml,
	&command_secret_get_value,
	&command_secret_list,
	&command_secret_set_value,
	&command_secret_undefine,
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
	&command_vol_clone,
	&command_vol_create,
	&command_vol_create_as,
	&command_vol_create_from,
	&command_vol_delete,
	&command_vol_download,
	&command_vol_dumpxml,
	&command_vol_info,
	&command_vol_key,
	&command_vol_list,
	&command_vol_name,
	&command_vol_path,
	&command_vol_pool,
	&command_vol_resize,
	&command_vol_upload,
	&command_vol_wipe,
};
/* clang-format on */
const size_t command_count = sizeof commands / sizeof *commands;

const char *const group_titles[GROUP_COUNT] = {
	[GROUP_DOMAIN] = N_("Machines"),
	[GROUP_MONITOR] = N_("Looking at machines"),
	[GROUP_HOST] = N_("Host and virtty itself"),
	[GROUP_POOL] = N_("Storage pools"),
	[GROUP_VOLUME] = N_("Storage volumes"),
	[GROUP_SECRET] = N_("Secrets"),
};

const char *const group_words[GROUP_COUNT] = {
	[GROUP_DOMAIN] = "domain",
	[GROUP_MONITOR] = "monitor",
	[GROUP_HOST] = "host",
	[GROUP_POOL] = "pool",
	[GROUP_VOLUME] = "volume",
	[GROUP_SECRET] = "secret",
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < command_count; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}
