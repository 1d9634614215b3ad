/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that make and remove definitions: define, create, undefine, domrename. */
#include "config.h"

#include "base/file.h"
#include "base/strv.h"
#include "base/xml.h"
#include "cli/cli.h"

#include <string.h>

/* One file more than the limit, so that the XML reader says what is wrong with it. */
#define FILE_LIMIT (XML_SIZE_LIMIT + 1)

/* Reads a file into *ret_text (owned); ret borrows it. */
static bool read_input(const char *path, char **ret_text, struct definition_input *ret, struct error *err)
{
	size_t length = 0;

	if (!file_read(path, FILE_LIMIT, ret_text, &length, err))
		return false;
	*ret = (struct definition_input){ .source = strcmp(path, "-") == 0 ? "stdin" : path,
					  .text = *ret_text,
					  .length = length };
	return true;
}

/* Each refused file is named with its reason; with one file that is the whole message. */
static void report_refused(struct definition_result *results, size_t count, struct error *err)
{
	if (count == 1 && error_is_set(&results[0].error)) {
		error_move(err, &results[0].error);
		return;
	}
	for (size_t i = 0; i < count; i++) {
		if (error_is_set(&results[i].error))
			cli_print_error(&results[i].error);
	}
}

static bool define_all(struct cli *cli, struct definition_input *inputs, size_t count, struct error *err)
{
	_cleanup_free_ struct definition_result *results = xcalloc(count, sizeof *results);
	bool defined = domain_define(cli->manager, inputs, count, results, err);

	if (!defined)
		report_refused(results, count, err);
	for (size_t i = 0; defined && i < count; i++) {
		cli_note(cli, _("Domain '%s' defined from %s\n"), results[i].name, inputs[i].source);
		/* Warnings belong below the line they are about. */
		fflush(stdout);
		cli_warnings(results[i].warnings);
	}
	definition_results_free(results, count);
	return defined;
}

static bool run_define(struct cli *cli, struct error *err)
{
	size_t count = 0;
	const char *const *files = argument_list(&cli->arguments, "file", &count);
	_cleanup_strv_ char **texts = xcalloc(count + 1, sizeof *texts);
	_cleanup_free_ struct definition_input *inputs = xcalloc(count, sizeof *inputs);

	_cleanup_free_ struct error *unread = xcalloc(count, sizeof *unread);
	bool defined;

	/* a file that cannot be read, or is not fully known, is refused beside the others, not instead of them */
	for (size_t i = 0; i < count; i++) {
		bool good = read_input(files[i], &texts[i], &inputs[i], &unread[i]);

		if (good && cli_flag(cli, "validate") && !domain_is_known(&inputs[i], &unread[i]))
			inputs[i].unread = &unread[i];
		if (!good) {
			texts[i] = xstrdup("");
			inputs[i] = (struct definition_input){ .source = files[i], .text = texts[i], .unread = &unread[i] };
		}
	}
	defined = cli_manager(cli, err) && define_all(cli, inputs, count, err);
	for (size_t i = 0; i < count; i++)
		error_clear(&unread[i]);
	return defined;
}

static const struct option define_options[] = {
	{ "file", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("domain XML; '-' is standard input") },
	OPTION_SIMPLE("validate", N_("refuse what virtty does not know or cannot run yet, which is kept with a warning else")),
	OPTION_END,
};

const struct command command_define = {
	.name = "define",
	.group = GROUP_DOMAIN,
	.summary = N_("define machines from XML files, without starting them"),
	.description = N_(
		"Stores the machines that the files describe. Many files are one transaction: all are defined or none, "
		"and each refused file is named. A "
		"machine of the same name and UUID is replaced; while it runs it keeps its hardware until it stops."),
	.options = define_options,
	.run = run_define,
};

static bool run_create(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	struct definition_input input = { 0 };
	struct definition_result result = { 0 };
	bool created;

	if (!cli_manager(cli, err) || !read_input(cli_string(cli, "file"), &text, &input, err))
		return false;
	created = domain_create(cli->manager, &input, cli_flag(cli, "paused") ? START_PAUSED : 0, &result, err);
	if (created) {
		cli_note(cli, _("Domain '%s' created from %s\n"), result.name, input.source);
		fflush(stdout);
		cli_warnings(result.warnings);
		if (cli_flag(cli, "console"))
			created = machine_find(cli->manager, result.name, &machine, err) &&
				  cli_console(cli, &machine, NULL, false, false, 0, err);
	} else if (!error_is_set(err)) {
		error_move(err, &result.error);
	}
	definition_results_free(&result, 1);
	return created;
}

static const struct option create_options[] = {
	{ "file", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("domain XML; '-' is standard input") },
	OPTION_SIMPLE("console", N_("connect to the console after the start")),
	OPTION_SIMPLE("paused", N_("leave the guest paused before its first instruction")),
	OPTION_END,
};

const struct command command_create = {
	.name = "create",
	.group = GROUP_DOMAIN,
	.summary = N_("start a machine from an XML file, without keeping it"),
	.description =
		N_("Starts a transient machine: when it stops, nothing of it stays but its disks and its history."),
	.options = create_options,
	.run = run_create,
};

static bool run_undefine(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_strv_ char **storage = NULL;
	_cleanup_strv_ char **deleted = NULL;
	unsigned flags = 0;

	if (!cli_exclusive(cli, err, "nvram", "keep-nvram", NULL) || !cli_exclusive(cli, err, "tpm", "keep-tpm", NULL))
		return false;
	if (cli_flag(cli, "keep-nvram"))
		flags |= UNDEFINE_KEEP_NVRAM;
	if (cli_flag(cli, "keep-tpm"))
		flags |= UNDEFINE_KEEP_TPM;
	if (cli_flag(cli, "remove-all-storage"))
		flags |= UNDEFINE_ALL_STORAGE;
	if (cli_string(cli, "storage")) {
		if (flags & UNDEFINE_ALL_STORAGE)
			return cli_usage(cli, err, _("--storage and --remove-all-storage exclude each other"));
		storage = strv_split(cli_string(cli, "storage"), ",");
	}
	if (!cli_machine(cli, &machine, err) || !domain_undefine(cli->manager, &machine, flags, storage, &deleted, err))
		return false;
	cli_note(cli, _("Domain '%s' has been undefined\n"), cli_string(cli, "domain"));
	for (size_t i = 0; deleted && deleted[i]; i++)
		cli_note(cli, _("Volume '%s' removed.\n"), deleted[i]);
	return true;
}

static const struct option undefine_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	{ "storage", NULL, 0, OPTION_STRING, 0, COMPLETE_FILE, NULL, N_("LIST"),
	  N_("also delete these disks: targets or paths, separated by commas") },
	OPTION_SIMPLE("remove-all-storage", N_("also delete all its disks (not its ISOs)")),
	OPTION_SIMPLE("managed-save", N_("delete its saved state (there is none yet, so nothing is kept)")),
	OPTION_SIMPLE("nvram", N_("delete its UEFI variables (as without options)")),
	OPTION_SIMPLE("keep-nvram", N_("keep its UEFI variables")),
	OPTION_SIMPLE("tpm", N_("delete its TPM state (as without options)")),
	OPTION_SIMPLE("keep-tpm", N_("keep its TPM state")),
	OPTION_END,
};

const struct command command_undefine = {
	.name = "undefine",
	.group = GROUP_DOMAIN,
	.summary = N_("remove the definition of a machine"),
	.description = N_("Removes a machine's definition, UEFI variables and TPM state. Its disks stay, but for "
			  "--remove-all-storage and --storage; one that another "
			  "machine uses is never deleted. A machine that runs goes on as a transient one."),
	.options = undefine_options,
	.run = run_undefine,
};

static bool run_domrename(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	if (!cli_machine(cli, &machine, err) ||
	    !domain_rename(cli->manager, &machine, cli_string(cli, "new-name"), err))
		return false;
	cli_note(cli, _("Domain successfully renamed\n"));
	return true;
}

static const struct option domrename_options[] = {
	OPTION_DOMAIN(COMPLETE_INACTIVE),
	{ "new-name", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_NONE, NULL, N_("NAME"),
	  N_("its new name") },
	OPTION_END,
};

const struct command command_domrename = {
	.name = "domrename",
	.group = GROUP_DOMAIN,
	.summary = N_("rename a machine that does not run"),
	.description = N_("Gives a machine another name; its UUID, disks and history stay."),
	.options = domrename_options,
	.run = run_domrename,
};
