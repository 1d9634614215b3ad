/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making a machine from a request on the command line: progress, signals, and the console of what was started. */
#include "config.h"

#include "cli/install_run.h"

#include "base/clock.h"
#include "base/strv.h"
#include "cli/cloud_init.h"
#include "cli/storage.h"
#include "core/autostart_unit.h"

#include <errno.h>
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

bool cli_install_show(struct cli *cli, const struct install_request *request, struct error *err)
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

static void on_progress(const struct job *job, void *userdata)
{
	job_watch_show(userdata, job);
}

/* Makes the machine with the signals that end a program held back: between an image and a start it would leave half a machine. They are looked
 * at between its steps, and then all is taken back; a child (qemu-img) ends at them at once. *ret_interrupted: one came. */
static bool make_whole(struct cli *cli, struct install_request *request, bool start, char **ret_name, char ***ret_warnings,
		       bool *ret_interrupted, struct error *err)
{
	const struct timespec now = { 0 };
	sigset_t ends, before;

	sigemptyset(&ends);
	sigaddset(&ends, SIGINT);
	sigaddset(&ends, SIGTERM);
	sigaddset(&ends, SIGHUP);
	sigprocmask(SIG_BLOCK, &ends, &before);
	struct job_watch watch = job_watch_begin(cli);

	request->cancelled = is_interrupted;
	request->progress = cli->quiet ? NULL : on_progress;
	request->progress_userdata = &watch;
	bool ok = install_run(cli->manager, request, start, ret_name, ret_warnings, err);

	job_watch_end(&watch);
	*ret_interrupted = sigtimedwait(&ends, NULL, &now) > 0;
	sigprocmask(SIG_SETMASK, &before, NULL);
	return ok;
}

bool cli_install_make(struct cli *cli, struct install_request *request, bool start, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_free_ char *name = NULL;
	_cleanup_strv_ char **warnings = NULL;
	bool interrupted;

	if (!make_whole(cli, request, start, &name, &warnings, &interrupted, err))
		return false;
	cli_warnings(warnings);
	cloud_init_show_password(request);
	if (start)
		cli_note(cli, _("Domain '%s' created and started\n"), name);
	else
		cli_note(cli, _("Domain '%s' created\n"), name);
	if (interrupted && start) {
		error_set(err, ERROR_FAILED, _("interrupted: '%s' was complete by then, and runs"), name);
		return error_hint(err, _("'virtty console %s' shows it; 'virtty undefine %s --remove-all-storage' removes it when it is off"),
				  name, name);
	}
	if (!machine_find(cli->manager, name, &machine, err))
		return false;
	if (cli_flag(cli, "autostart") && !domain_set_autostart(cli->manager, &machine, true, err))
		return error_wrap(err, start ? _("'%s' runs, but is not marked for autostart") : _("'%s' was created, but is not marked for autostart"),
				  name);
	if (cli_flag(cli, "autostart")) {
		_cleanup_free_ char *warning = autostart_unit_warning();

		cli_warnings((char *const[]){ warning, NULL });
	}
	return !start || attend(cli, &machine, err);
}
