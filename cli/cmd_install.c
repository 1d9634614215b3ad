/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty install`: a new machine with virt-install's options. */
#include "config.h"

#include "base/file.h"
#include "base/json.h"
#include "base/strv.h"
#include "cli/cli.h"
#include "cli/import_ask.h"
#include "cli/install_options.h"
#include "cli/install_run.h"
#include "cli/internal.h"
#include "core/install_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* A person at a terminal who did not say enough, and no script: those say so by options that a script needs. */
static bool wants_wizard(const struct cli *cli, const struct install_request *request)
{
	static const char *const script_options[] = { "noautoconsole", "wait", "print-xml", "dry-run" };

	for (size_t i = 0; i < ARRAY_LENGTH(script_options); i++)
		if (cli_flag(cli, script_options[i]))
			return false;
	return !cli->quiet && !install_request_boots(request) && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
}

/* Becomes the terminal program; what is known goes through a pipe, since it may hold a password. */
static bool run_wizard(struct cli *cli, const struct install_request *request, struct error *err)
{
	_cleanup_json_ struct json_object *object = install_request_json(request);
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *option = NULL;
	int pipe_fds[2];
	bool written;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return cli_usage(cli, err, _("--wizard needs a terminal"));
	json_set_bool(object, "autostart", cli_flag(cli, "autostart"));
	text = json_text(object);
	if (strlen(text) >= PIPE_BUF)
		return error_set(err, ERROR_INVALID, _("the options are too long for the wizard"));
	if (pipe2(pipe_fds, O_CLOEXEC) < 0)
		return error_set_errno(err, errno, _("cannot make a pipe"));
	written = write_all(pipe_fds[1], text, strlen(text));
	close(pipe_fds[1]);
	option = strf("--wizard=%d", pipe_fds[0]);
	if (!written || !fd_set_cloexec(pipe_fds[0], false))
		error_set_errno(err, errno, _("cannot hand the options over"));
	else
		internal_run_tui((char *const[]){ option, NULL }, err);
	close(pipe_fds[0]);
	return false;
}

static bool run_install(struct cli *cli, struct error *err)
{
	struct install_request request = { 0 };
	bool good;

	if (argument_int(&cli->arguments, "wait", 0) > INT32_MAX)
		return cli_usage(cli, err, _("--wait is at most %d minutes"), INT32_MAX);
	if (!install_request_begin(&cli->arguments, &request, err)) {
		/* What is understood and not to be had here is no wrong usage. */
		cli->usage = !err || err->code != ERROR_UNSUPPORTED;
		good = false;
	} else if (cli_flag(cli, "wizard") || wants_wizard(cli, &request)) {
		good = run_wizard(cli, &request, err);
	} else if (!install_request_check(&request, err)) {
		cli->usage = true;
		good = false;
	} else if (!cli_manager(cli, err)) {
		good = false;
	} else if (cli_flag(cli, "print-xml") || cli_flag(cli, "dry-run")) {
		good = cli_install_show(cli, &request, err);
	} else {
		good = import_ask_disks(cli, &request, err) && cli_install_make(cli, &request, true, err);
	}
	install_request_clear(&request);
	return good;
}

const struct command command_install = {
	.name = "install",
	.group = GROUP_DOMAIN,
	.summary = N_("make a machine from an ISO or an image and start it"),
	.description = N_("Makes the disks, defines the machine and starts it; if anything fails, all is taken back. "
			  "On a terminal it connects to the serial console "
			  "(^] leaves, the machine runs on). The options are virt-install's; with too few of them, a "
			  "terminal shows a form with those that were given filled in."),
	.options = install_options,
	.run = run_install,
};
