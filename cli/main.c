/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtty executable: finds the command in the table, parses its words, runs it, and turns its answer into an exit
 * status. */
#include "config.h"

#include "base/file.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/internal.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int usage_failure(struct error *err)
{
	cli_print_error(err);
	return EXIT_USAGE;
}

static int unknown_command(const char *word)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ const char **names = xcalloc(command_count, sizeof *names);
	const char *near;

	for (size_t i = 0; i < command_count; i++)
		names[i] = commands[i]->name;
	near = suggest(word, names, command_count);
	error_set(&err, ERROR_INVALID, _("there is no command '%s'"), word);
	if (near)
		error_hint(&err, _("did you mean '%s'? 'virtty help' lists all commands"), near);
	else
		error_hint(&err, _("'virtty help' lists all commands"));
	return usage_failure(&err);
}

/* What stdout could not take (a full disk) is a failure, like any other. */
static int finish_output(int status)
{
	bool failed = fflush(stdout) != 0 || ferror(stdout);

	if (failed && status == EXIT_DONE) {
		_cleanup_error_ struct error err = ERROR_INIT;

		error_set_errno(&err, errno, _("cannot write the output"));
		cli_print_error(&err);
		return EXIT_FAILED;
	}
	return status;
}

static int run_command(const struct command *command, bool quiet, int argc, char **argv)
{
	struct cli cli = { .quiet = quiet, .raw = argv, .raw_count = argc };
	_cleanup_error_ struct error err = ERROR_INIT;
	int status = EXIT_DONE;

	if (!arguments_parse(&cli.arguments, command, argc, argv, &err)) {
		status = usage_failure(&err);
	} else if (cli.arguments.help) {
		help_command(stdout, command);
	} else {
		const struct option *json = option_find(command, "json", strlen("json"));

		cli.json = json && cli_flag(&cli, "json");
		if (!command->run(&cli, &err)) {
			cli_print_error(&err);
			status = cli.usage ? EXIT_USAGE : EXIT_FAILED;
		}
		/* As virsh: an empty line after each command's output. */
		if (!cli.quiet && !cli.json && !command->plain && !cli.usage)
			putchar('\n');
	}
	manager_close(cli.manager);
	arguments_clear(&cli.arguments);
	return status;
}

/* Without a command: the terminal program where there is a terminal, else the help. */
static int run_bare(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		help_all(stdout);
		return EXIT_USAGE;
	}
	internal_run_tui(NULL, &err);
	cli_print_error(&err);
	return EXIT_FAILED;
}

/* Options before the command. Returns the index of the first word after them, or -1 when *ret_status is the answer
 * already. */
static int global_options(int argc, char **argv, bool *ret_quiet, int *ret_status)
{
	int i = 1;

	for (; i < argc && argv[i][0] == '-'; i++) {
		const char *word = argv[i];

		if (strcmp(word, "--") == 0)
			return i + 1;
		if (strcmp(word, "-q") == 0 || strcmp(word, "--quiet") == 0) {
			*ret_quiet = true;
		} else if (strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0) {
			help_all(stdout);
			*ret_status = EXIT_DONE;
			return -1;
		} else if (strcmp(word, "-v") == 0 || strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0) {
			puts(PACKAGE_VERSION);
			*ret_status = EXIT_DONE;
			return -1;
		} else {
			_cleanup_error_ struct error err = ERROR_INIT;

			error_set(&err, ERROR_INVALID, _("'%s' is no option of virtty itself"), word);
			error_hint(&err,
				   _("before a command stand -q, -h and -v; a command's own options stand after it"));
			*ret_status = usage_failure(&err);
			return -1;
		}
	}
	return i;
}

int main(int argc, char **argv)
{
	const struct command *command;
	bool quiet = false;
	int status = EXIT_DONE;
	int first;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	bindtextdomain(PACKAGE, LOCALEDIR);
	textdomain(PACKAGE);

	first = global_options(argc, argv, &quiet, &status);
	if (first < 0)
		return finish_output(status);
	if (first >= argc)
		return finish_output(run_bare());
	if (strcmp(argv[first], "internal") == 0)
		return finish_output(internal_main(argc - first - 1, argv + first + 1));
	command = command_find(argv[first]);
	if (!command)
		return unknown_command(argv[first]);
	return finish_output(run_command(command, quiet, argc - first - 1, argv + first + 1));
}
