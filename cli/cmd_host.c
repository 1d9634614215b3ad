/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about virtty and its host: version, help, tui. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/internal.h"
#include "hv/arch.h"
#include "hv/caps.h"

#include <string.h>

/* The host's own emulator; NULL (and why in err) when there is none that works. */
static const struct qemu_caps *host_caps(struct cli *cli, struct error *err)
{
	const struct arch *arch = arch_host();
	_cleanup_free_ char *emulator = NULL;

	if (!arch) {
		error_set(err, ERROR_UNSUPPORTED, _("virtty knows no emulator for this host's architecture"));
		return NULL;
	}
	if (!cli_manager(cli, err))
		return NULL;
	emulator = manager_emulator(cli->manager, arch->name, err);
	return emulator ? manager_caps(cli->manager, emulator, err) : NULL;
}

static bool run_version(struct cli *cli, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	const struct qemu_caps *caps = host_caps(cli, &why);
	struct host_info host = { 0 };

	(void)err;
	if (!cli->json) {
		printf(_("Using program: virtty %s\n"), PACKAGE_VERSION);
		if (caps)
			printf(_("Running hypervisor: QEMU %s\n"), caps->version);
		else
			printf(_("Running hypervisor: none (%s)\n"), error_text(&why));
		return true;
	}
	struct json_object *object = json_object_new_object();

	json_set_string(object, "version", PACKAGE_VERSION);
	json_set_string(object, "hypervisor", caps ? "QEMU" : NULL);
	json_set_string(object, "hypervisor_version", caps ? caps->version : NULL);
	json_set_string(object, "emulator", caps ? caps->binary : NULL);
	if (host_info_get(&host)) {
		json_set_bool(object, "kvm", host.kvm);
		json_set_string(object, "kvm_reason", host.kvm_reason);
	}
	host_info_clear(&host);
	cli_json(object);
	return true;
}

static const struct option version_options[] = {
	OPTION_JSON,
	OPTION_END,
};

const struct command command_version = {
	.name = "version",
	.group = GROUP_HOST,
	.summary = N_("versions of virtty and of QEMU"),
	.description = N_("Prints the version of virtty and of the emulator for this host's own architecture."),
	.options = version_options,
	.run = run_version,
};

static bool run_help(struct cli *cli, struct error *err)
{
	const char *word = cli_string(cli, "command");
	const struct command *command;

	if (!word) {
		help_all(stdout);
		return true;
	}
	command = command_find(word);
	if (command) {
		help_command(stdout, command);
		return true;
	}
	for (int group = 0; group < GROUP_COUNT; group++) {
		if (strcmp(word, group_words[group]) == 0) {
			help_group(stdout, (enum group)group);
			return true;
		}
	}
	_cleanup_free_ const char **names = xcalloc(command_count, sizeof *names);

	for (size_t i = 0; i < command_count; i++)
		names[i] = commands[i]->name;
	const char *near = suggest(word, names, command_count);

	cli_usage(cli, err, _("there is no command or group '%s'"), word);
	if (near)
		error_hint(err, _("did you mean '%s'? 'virtty help' lists all commands"), near);
	return false;
}

static const struct option help_options[] = {
	{ "command", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_COMMAND, NULL, N_("COMMAND"),
	  N_("a command, or a group of commands") },
	OPTION_END,
};

const struct command command_help = {
	.name = "help",
	.group = GROUP_HOST,
	.summary = N_("print this list, or what a command takes"),
	.description = N_("Prints all commands, those of one group, or what one command takes."),
	.options = help_options,
	.run = run_help,
	.plain = true,
};

static bool run_tui(struct cli *cli, struct error *err)
{
	(void)cli;
	return internal_run_tui(NULL, err);
}

const struct command command_tui = {
	.name = "tui",
	.group = GROUP_HOST,
	.summary = N_("the screen program, as virtty without a command"),
	.description = N_("Runs the full-screen program."),
	.run = run_tui,
	.plain = true,
};
