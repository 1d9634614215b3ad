/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The virtty executable: finds the command in the table, parses its words, runs it, and turns its answer into an exit
 * status. */
#include "config.h"

#include "base/file.h"
#include "base/locale.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/help.h"
#include "cli/internal.h"

#include <errno.h>
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

/* virsh's -c URI: taken where it names the machines that this user has here anyway, so that scripts carry over. */
static bool check_uri(const char *uri, struct error *err)
{
	bool root = geteuid() == 0;
	const char *ours = root ? "qemu:///system" : "qemu:///session";
	const char *other = root ? "qemu:///session" : "qemu:///system";

	if (strcmp(uri, ours) == 0)
		return true;
	if (strcmp(uri, other) == 0) {
		error_set(err, ERROR_UNSUPPORTED, _("'%s' is not yours here: %s"), uri,
			  root ? _("root has the machines of qemu:///system") : _("these are root's machines"));
		return error_hint(err, root ? _("a user's own machines are seen by that user") : _("'sudo virtty' shows root's; without -c you see your own"));
	}
	error_set(err, ERROR_UNSUPPORTED, _("'%s' cannot be connected to: virtty runs QEMU on this host, and on no other"), uri);
	return error_hint(err, _("for another host: ssh HOST virtty ...; -c takes %s"), ours);
}

/* The URI of "-c URI", "-cURI", "--connect URI" or "--connect=URI" at argv[*at], which moves past it; NULL: it is not there. */
static const char *take_uri(int argc, char **argv, int *at)
{
	const char *word = argv[*at];

	if (strncmp(word, "--connect=", strlen("--connect=")) == 0)
		return word + strlen("--connect=");
	if (word[1] == 'c' && word[2] != '\0')
		return word + 2;
	return *at + 1 < argc ? argv[++*at] : NULL;
}

static bool is_connect(const char *word)
{
	return strncmp(word, "-c", 2) == 0 || strcmp(word, "--connect") == 0 || strncmp(word, "--connect=", strlen("--connect=")) == 0;
}

/* What stands before a command and cannot be done, as the exit status. */
static int refuse_global(struct error *err)
{
	int status = err->code == ERROR_UNSUPPORTED ? EXIT_FAILED : EXIT_USAGE;

	cli_print_error(err);
	return status;
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
			bool connect = is_connect(word);
			const char *uri = connect ? take_uri(argc, argv, &i) : NULL;

			if (uri && check_uri(uri, &err))
				continue;
			if (!uri && connect)
				error_set(&err, ERROR_INVALID, _("%s needs a URI: -c qemu:///system"), word);
			if (!connect) {
				error_set(&err, ERROR_INVALID, _("'%s' is no option of virtty itself"), word);
				error_hint(&err, _("before a command stand -q, -c URI, -h and -v; a command's own options stand after it"));
			}
			*ret_status = refuse_global(&err);
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

	locale_take();
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
