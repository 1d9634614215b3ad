/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that print documents: dumpxml and domxml-to-native. */
#include "config.h"

#include "base/file.h"
#include "base/xml.h"
#include "cli/cli.h"

#include <string.h>

static bool run_dumpxml(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	unsigned flags = 0;

	if (cli_flag(cli, "inactive"))
		flags |= XML_INACTIVE;
	if (cli_flag(cli, "security-info"))
		flags |= XML_SECURE;
	if (!cli_machine(cli, &machine, err) || !domain_xml(cli->manager, &machine, flags, &text, err))
		return false;
	fputs(text, stdout);
	return true;
}

static const struct option dumpxml_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_SIMPLE("inactive", N_("the stored definition, even while the machine runs")),
	OPTION_SIMPLE("security-info", N_("with passwords")),
	OPTION_END,
};

const struct command command_dumpxml = {
	.name = "dumpxml",
	.group = GROUP_DOMAIN,
	.summary = N_("print a machine's domain XML"),
	.description =
		N_("Prints the document of a machine: while it runs the live one, with its id and its terminals."),
	.options = dumpxml_options,
	.run = run_dumpxml,
};

static bool run_to_native(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *native = NULL;
	const char *file = cli_string(cli, "xml");
	const char *source = file;
	size_t length = 0;

	if (!file == !cli_string(cli, "domain"))
		return cli_usage(cli, err, _("give either a file or --domain"));
	if (file) {
		if (!file_read(file, XML_SIZE_LIMIT + 1, &text, &length, err))
			return false;
		source = strcmp(file, "-") == 0 ? "stdin" : file;
	} else {
		if (!cli_machine(cli, &machine, err) ||
		    !domain_xml(cli->manager, &machine, XML_INACTIVE | XML_SECURE, &text, err))
			return false;
		length = strlen(text);
		source = machine.name;
	}
	if (!cli_manager(cli, err) || !domain_native(cli->manager, source, text, length, &native, err))
		return false;
	fputs(native, stdout);
	if (native[0] == '\0' || native[strlen(native) - 1] != '\n')
		putchar('\n');
	return true;
}

static const struct option to_native_options[] = {
	{ "format", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, "qemu-argv",
	  N_("FORMAT"), N_("what to print: qemu-argv") },
	{ "xml", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_FILE, NULL, N_("FILE"),
	  N_("domain XML; '-' is standard input") },
	{ "domain", NULL, 0, OPTION_STRING, 0, COMPLETE_DOMAIN, NULL, N_("DOMAIN"),
	  N_("name, id or UUID of a machine") },
	OPTION_END,
};

const struct command command_domxml_to_native = {
	.name = "domxml-to-native",
	.group = GROUP_DOMAIN,
	.summary = N_("print the QEMU command line of a machine"),
	.description = N_("Prints how QEMU would be called for a machine or for a file, as one line that a shell "
			  "understands. Nothing is defined or started."),
	.options = to_native_options,
	.run = run_to_native,
};
