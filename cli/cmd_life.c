/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that change a machine's life: start, shutdown, reboot, reset, destroy, suspend, resume, inject-nmi. */
#include "config.h"

#include "base/strv.h"
#include "cli/cli.h"

#include <limits.h>

static bool run_start(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_strv_ char **warnings = NULL;
	bool started;

	if (!cli_machine(cli, &machine, err))
		return false;
	started = domain_start(cli->manager, &machine, cli_flag(cli, "paused") ? START_PAUSED : 0, &warnings, err);
	cli_warnings(warnings);
	if (!started)
		return false;
	cli_note(cli, _("Domain '%s' started\n"), machine.name);
	if (!cli_flag(cli, "console"))
		return true;
	return cli_console(cli, &machine, NULL, false, false, 0, err);
}

static const struct option start_options[] = {
	OPTION_DOMAIN(COMPLETE_INACTIVE),
	OPTION_SIMPLE("console", N_("connect to the console after the start")),
	OPTION_SIMPLE("paused", N_("leave the guest paused before its first instruction")),
	OPTION_END,
};

const struct command command_start = {
	.name = "start",
	.group = GROUP_DOMAIN,
	.summary = N_("start a machine"),
	.description = N_("Starts a defined machine and returns when it runs. The machine needs no terminal "
			  "afterwards: closing this one harms nothing."),
	.options = start_options,
	.run = run_start,
};

static bool run_shutdown(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	int64_t seconds = argument_int(&cli->arguments, "timeout", 0);

	if (seconds > INT_MAX / 1000)
		return cli_usage(cli, err, _("--timeout is at most %d seconds"), INT_MAX / 1000);
	if (!cli_machine(cli, &machine, err) || !domain_shutdown(cli->manager, &machine, (int)seconds * 1000, err))
		return false;
	if (seconds > 0)
		cli_note(cli, _("Domain '%s' has shut down\n"), cli_string(cli, "domain"));
	else
		cli_note(cli, _("Domain '%s' is being shutdown\n"), cli_string(cli, "domain"));
	return true;
}

#define OPTION_MODE \
	{ "mode", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "acpi", N_("MODE"), N_("how to ask the guest: acpi") }

static const struct option shutdown_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_MODE,
	{ "timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("wait until it is off; exit 1 if it is not by then") },
	OPTION_END,
};

const struct command command_shutdown = {
	.name = "shutdown",
	.group = GROUP_DOMAIN,
	.summary = N_("ask a guest to shut down"),
	.description = N_("Presses the guest's power button and returns. The button is pressed again every few seconds "
			  "until the guest is off. Nothing is killed: "
			  "a guest that does not listen runs on, and 'destroy' ends it."),
	.options = shutdown_options,
	.run = run_shutdown,
};

/* The commands that take a machine and do one thing. */
static bool simple(struct cli *cli, bool (*act)(struct manager *, const struct machine *, struct error *),
		   struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	return cli_machine(cli, &machine, err) && act(cli->manager, &machine, err);
}

static const struct option active_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_END,
};

static const struct option reboot_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_MODE,
	OPTION_END,
};

static bool run_reboot(struct cli *cli, struct error *err)
{
	if (!simple(cli, domain_reboot, err))
		return false;
	cli_note(cli, _("Domain '%s' is being rebooted\n"), cli_string(cli, "domain"));
	return true;
}

const struct command command_reboot = {
	.name = "reboot",
	.group = GROUP_DOMAIN,
	.summary = N_("ask a guest to reboot"),
	.description = N_("Asks the guest to shut down and starts it anew. Returns once the guest was asked."),
	.options = reboot_options,
	.run = run_reboot,
};

static bool run_reset(struct cli *cli, struct error *err)
{
	if (!simple(cli, domain_reset, err))
		return false;
	cli_note(cli, _("Domain '%s' was reset\n"), cli_string(cli, "domain"));
	return true;
}

const struct command command_reset = {
	.name = "reset",
	.group = GROUP_DOMAIN,
	.summary = N_("reset a machine, as by its reset button"),
	.description = N_("Resets the machine at once; the guest is not asked and may lose data."),
	.options = active_options,
	.run = run_reset,
};

static bool run_suspend(struct cli *cli, struct error *err)
{
	if (!simple(cli, domain_suspend, err))
		return false;
	cli_note(cli, _("Domain '%s' suspended\n"), cli_string(cli, "domain"));
	return true;
}

const struct command command_suspend = {
	.name = "suspend",
	.group = GROUP_DOMAIN,
	.summary = N_("pause a machine"),
	.description = N_("Stops the guest's CPUs; it keeps its memory. 'resume' lets it go on."),
	.options = active_options,
	.run = run_suspend,
};

static bool run_resume(struct cli *cli, struct error *err)
{
	if (!simple(cli, domain_resume, err))
		return false;
	cli_note(cli, _("Domain '%s' resumed\n"), cli_string(cli, "domain"));
	return true;
}

const struct command command_resume = {
	.name = "resume",
	.group = GROUP_DOMAIN,
	.summary = N_("let a paused machine go on"),
	.description =
		N_("Starts the CPUs of a machine that was paused by 'suspend', by 'start --paused' or by an error."),
	.options = active_options,
	.run = run_resume,
};

static bool run_inject_nmi(struct cli *cli, struct error *err)
{
	return simple(cli, domain_inject_nmi, err);
}

const struct command command_inject_nmi = {
	.name = "inject-nmi",
	.group = GROUP_DOMAIN,
	.summary = N_("send a guest a non-maskable interrupt"),
	.description = N_("Sends a non-maskable interrupt; many guests answer with a crash dump."),
	.options = active_options,
	.run = run_inject_nmi,
};

static bool run_destroy(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	if (!cli_machine(cli, &machine, err) || !domain_destroy(cli->manager, &machine, cli_flag(cli, "graceful"), err))
		return false;
	cli_note(cli, _("Domain '%s' destroyed\n"), cli_string(cli, "domain"));
	return true;
}

static const struct option destroy_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_SIMPLE("graceful", N_("only end QEMU in good order: fail if it does not end")),
	OPTION_END,
};

const struct command command_destroy = {
	.name = "destroy",
	.group = GROUP_DOMAIN,
	.summary = N_("end a machine at once, as by pulling its plug"),
	.description =
		N_("Ends QEMU at once; the guest is not asked and may lose data. The definition and the disks stay."),
	.options = destroy_options,
	.run = run_destroy,
};
