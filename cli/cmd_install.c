/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty install`: a new machine with virt-install's options. */
#include "config.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/json.h"
#include "base/strv.h"
#include "cli/cli.h"
#include "cli/install_options.h"
#include "cli/internal.h"
#include "core/autostart_unit.h"
#include "core/install_json.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* Waits until the machine is off, at most until the deadline (-1: none). */
static bool wait_until_off(struct cli *cli, const struct machine *machine, int64_t deadline_ms, struct error *err)
{
	int fd = manager_watch(cli->manager, err);

	if (fd < 0)
		return false;
	for (;;) {
		_cleanup_machine_ struct machine now = { 0 };
		struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
		int64_t left = deadline_ms - clock_monotonic_ms();

		if (!machine_find(cli->manager, machine->uuid, &now, err))
			return false;
		if (!machine_is_active(&now))
			return true;
		if (deadline_ms >= 0 && left <= 0) {
			error_set(err, ERROR_TIMEOUT, _("'%s' is not off yet: the time of --wait is over"),
				  machine->name);
			return error_hint(err, _("it runs on: 'virtty console %s' shows it"), machine->name);
		}
		/* An end that nobody recorded (the keeper was killed as well) changes no file: look again now and then.
		 */
		if (deadline_ms < 0 || left > 5000)
			left = 5000;
		if (poll(&poll_fd, 1, (int)left) < 0 && errno != EINTR)
			return error_set_errno(err, errno, _("cannot wait for '%s'"), machine->name);
		manager_changed(cli->manager);
	}
}

static void say_how_to_go_on(const struct cli *cli, const char *name, bool console)
{
	cli_note(cli, console ? _("To see its console: virtty console %s\n") : _("To see its screen:  virtty screen %s\n"), name);
	cli_note(cli, _("To shut it down:    virtty shutdown %s\n"), name);
}

/* After the start: the console where somebody sits, then the wait that was asked for. */
static bool attend(struct cli *cli, const struct machine *machine, struct error *err)
{
	bool wait = cli_flag(cli, "wait");
	size_t consoles = 0;
	int64_t minutes = argument_int(&cli->arguments, "wait", -1);
	int64_t deadline_ms = minutes >= 0 ? clock_monotonic_ms() + minutes * 60 * 1000 : -1;

	/* where that is not known the console itself says why */
	if (!domain_count_consoles(cli->manager, machine, &consoles, NULL))
		consoles = 1;
	if (consoles > 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
	    !cli_flag(cli, "noautoconsole") && !(wait && minutes == 0)) {
		if (!cli_console(cli, machine, NULL, false, false, 0, err))
			return error_wrap(err, _("'%s' runs, but its console cannot be shown"), machine->name);
	} else if (!wait || minutes == 0) {
		say_how_to_go_on(cli, machine->name, consoles > 0);
	}
	if (!wait || minutes == 0)
		return true;
	cli_note(cli, _("Waiting until '%s' is off...\n"), machine->name);
	fflush(stdout);
	return wait_until_off(cli, machine, deadline_ms, err);
}

static bool show_plan(struct cli *cli, const struct install_request *request, struct error *err)
{
	_cleanup_free_ char *xml = NULL;
	_cleanup_strv_ char **warnings = NULL;

	if (!install_xml(cli->manager, request, &xml, &warnings, err))
		return false;
	cli_warnings(warnings);
	if (cli_flag(cli, "print-xml"))
		fputs(xml, stdout);
	else
		cli_note(cli, _("Dry run completed successfully\n"));
	return true;
}

/* Has the user, or who runs this, asked to end meanwhile? A terminal that goes away (SIGHUP) asks nothing: what was begun is done. */
static bool is_interrupted(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1;
}

/* Makes the machine with the signals that end a program held back: between an image and a start it would leave half a machine. They are looked
 * at between its steps, and then all is taken back; a child (qemu-img) ends at them at once. *ret_interrupted: one came. */
static bool make_whole(struct cli *cli, struct install_request *request, char **ret_name, char ***ret_warnings,
		       bool *ret_interrupted, struct error *err)
{
	const struct timespec now = { 0 };
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	request->cancelled = is_interrupted;
	bool ok = install_run(cli->manager, request, true, ret_name, ret_warnings, err);

	*ret_interrupted = sigtimedwait(&ends, NULL, &now) > 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ok;
}

static bool make(struct cli *cli, struct install_request *request, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *name = NULL;
	_cleanup_strv_ char **warnings = NULL;
	bool interrupted;

	if (!make_whole(cli, request, &name, &warnings, &interrupted, err))
		return false;
	cli_warnings(warnings);
	cli_note(cli, _("Domain '%s' created and started\n"), name);
	if (interrupted) {
		error_set(err, ERROR_FAILED, _("interrupted: '%s' was complete by then, and runs"), name);
		return error_hint(err, _("'virtty console %s' shows it; 'virtty undefine %s --remove-all-storage' removes it when it is off"),
				  name, name);
	}
	if (!machine_find(cli->manager, name, &machine, err))
		return false;
	if (cli_flag(cli, "autostart") && !domain_set_autostart(cli->manager, &machine, true, err))
		return error_wrap(err, _("'%s' runs, but is not marked for autostart"), name);
	if (cli_flag(cli, "autostart")) {
		_cleanup_free_ char *warning = autostart_unit_warning();

		cli_warnings((char *const[]){ warning, NULL });
	}
	return attend(cli, &machine, err);
}

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
		good = show_plan(cli, &request, err);
	} else {
		good = make(cli, &request, err);
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
