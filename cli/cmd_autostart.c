/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty autostart`: the mark, the list of the marked machines, and what the host's start and shutdown run. */
#include "config.h"

#include "base/json.h"
#include "cli/cli.h"
#include "cli/output_table.h"
#include "core/autostart.h"
#include "core/autostart_unit.h"

#include <limits.h>

#define STOP_TIMEOUT_S 120

/* What is given together with a word of the row must be given with it only. */
static bool check_usage(struct cli *cli, struct error *err)
{
	static const struct {
		const char *option, *belongs_to; /* NULL: to a machine's name */
	} rows[] = {
		{ "disable", NULL },
		{ "order", NULL },
		{ "delay", NULL },
		{ "timeout", "stop-all" },
	};
	bool whole_host = cli_flag(cli, "run") || cli_flag(cli, "stop-all");

	if (!cli_exclusive(cli, err, "run", "stop-all", NULL) || !cli_exclusive(cli, err, "disable", "order", NULL) ||
	    !cli_exclusive(cli, err, "disable", "delay", NULL))
		return false;
	if (whole_host && cli_string(cli, "domain"))
		return cli_usage(cli, err, _("--run and --stop-all are for all machines: they take no name"));
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *owner = rows[i].belongs_to;

		if (!cli_flag(cli, rows[i].option))
			continue;
		if (owner && !cli_flag(cli, owner))
			return cli_usage(cli, err, _("--%s goes with --%s"), rows[i].option, owner);
		if (!owner && !cli_string(cli, "domain"))
			return cli_usage(cli, err, _("--%s needs the name of a machine"), rows[i].option);
	}
	return true;
}

/* ---- the mark ---- */

static bool set_mark(struct cli *cli, const struct machine *machine, struct error *err)
{
	int64_t order = argument_int(&cli->arguments, "order", 0), delay_s = argument_int(&cli->arguments, "delay", 0);

	if (cli_flag(cli, "disable"))
		return domain_set_autostart(cli->manager, machine, false, err);
	return autostart_mark(cli->manager, machine, cli_flag(cli, "order") ? &order : NULL,
			      cli_flag(cli, "delay") ? &delay_s : NULL, err);
}

/* A mark that nobody reads is said to be one. */
static void warn_unit(void)
{
	_cleanup_free_ char *warning = autostart_unit_warning();

	fflush(stdout);
	cli_warnings((char *const[]){ warning, NULL });
}

static bool run_mark(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 }, after = { 0 };

	if (!cli_machine(cli, &machine, err) || !set_mark(cli, &machine, err))
		return false;
	if (cli->json) {
		if (!machine_find(cli->manager, machine.uuid, &after, err))
			return false;
		cli_json(cli_machine_json(&after));
	} else if (cli_flag(cli, "disable")) {
		cli_note(cli, _("Domain '%s' unmarked as autostarted\n"), cli_string(cli, "domain"));
	} else {
		cli_note(cli, _("Domain '%s' marked as autostarted\n"), cli_string(cli, "domain"));
	}
	if (!cli_flag(cli, "disable"))
		warn_unit();
	return true;
}

static bool run_list(struct cli *cli, struct error *err)
{
	_cleanup_table_ struct output_table table = { 0 };
	struct json_object *array = NULL;
	struct machine *machines = NULL;
	size_t count = 0;

	if (!cli_manager(cli, err) || !autostart_list(cli->manager, &machines, &count, err))
		return false;
	if (cli->json)
		array = json_object_new_array();
	output_table_init(&table, _("Order"), _("Name"), _("Delay"), _("State"), NULL);
	for (size_t i = 0; i < count; i++) {
		const struct machine *machine = &machines[i];
		char order[16], delay[16];

		snprintf(order, sizeof order, "%d", machine->autostart_order);
		snprintf(delay, sizeof delay, "%u s", machine->autostart_delay_s);
		output_table_row(&table, order, machine->name, delay, enum_word(&run_state_words, (int)machine->state));
		if (array)
			json_object_array_add(array, cli_machine_json(machine));
	}
	if (array)
		cli_json(array);
	else
		output_table_print(&table, stdout, cli->quiet);
	machines_free(machines, count);
	if (count > 0)
		warn_unit();
	return true;
}

/* ---- all machines ---- */

/* The step in words; an error was printed before. */
static void print_step(const struct cli *cli, const struct autostart_event *event)
{
	const char *name = event->pool ? event->pool : event->network ? event->network : event->machine->name;

	switch (event->step) {
	case AUTOSTART_STARTED:
		cli_note(cli, event->pool ? _("Pool %s started\n") : event->network ? _("Network %s started\n") : _("Domain '%s' started\n"), name);
		break;
	case AUTOSTART_RUNNING:
		cli_note(cli, event->pool ? _("Pool %s is active already\n") : event->network ? _("Network %s is active already\n") : _("Domain '%s' is running already\n"), name);
		break;
	case AUTOSTART_ASKED:
		cli_note(cli, _("Domain '%s' is being shutdown\n"), name);
		break;
	case AUTOSTART_STOPPED:
		cli_note(cli, _("Domain '%s' has shut down\n"), name);
		break;
	case AUTOSTART_NO_START:
	case AUTOSTART_NOT_ASKED:
	case AUTOSTART_RUNS_STILL: /* named at the end */
		break;
	}
	/* A minute may pass until the next line. */
	fflush(stdout);
}

/* What became of the machine, for programs; NULL for a step that is not its last. */
static const char *const step_words[] = {
	[AUTOSTART_STARTED] = "started",    [AUTOSTART_RUNNING] = "running", [AUTOSTART_NO_START] = "failed",
	[AUTOSTART_ASKED] = NULL,	    [AUTOSTART_STOPPED] = "stopped", [AUTOSTART_NOT_ASKED] = "failed",
	[AUTOSTART_RUNS_STILL] = "running",
};

struct report {
	struct cli *cli;
	struct json_object *array; /* NULL: words are wanted */
};

static void on_step(const struct autostart_event *event, void *data)
{
	struct report *report = data;
	struct json_object *object;

	cli_warnings(event->warnings);
	if (event->error)
		cli_print_error(event->error);
	print_step(report->cli, event);
	if (!report->array || !step_words[event->step])
		return;
	object = json_object_new_object();
	json_set_string(object, "pool", event->pool);
	json_set_string(object, "network", event->network);
	json_set_string(object, "name", event->machine ? event->machine->name : NULL);
	json_set_string(object, "uuid", event->machine ? event->machine->uuid : NULL);
	json_set_string(object, "result", step_words[event->step]);
	json_set_string(object, "error", event->error ? error_text(event->error) : NULL);
	json_object_array_add(report->array, object);
}

static bool run_all(struct cli *cli, struct error *err)
{
	struct report report = { .cli = cli };
	int64_t seconds = argument_int(&cli->arguments, "timeout", STOP_TIMEOUT_S);
	bool ok;

	if (seconds > INT_MAX / 1000)
		return cli_usage(cli, err, _("--timeout is at most %d seconds"), INT_MAX / 1000);
	if (!cli_manager(cli, err))
		return false;
	if (cli->json)
		report.array = json_object_new_array();
	if (cli_flag(cli, "run"))
		ok = autostart_run(cli->manager, on_step, &report, err);
	else
		ok = autostart_stop_all(cli->manager, (int)seconds * 1000, on_step, &report, err);
	if (report.array)
		cli_json(report.array);
	return ok;
}

static bool run_autostart(struct cli *cli, struct error *err)
{
	if (!check_usage(cli, err))
		return false;
	if (cli_flag(cli, "run") || cli_flag(cli, "stop-all"))
		return run_all(cli, err);
	return cli_string(cli, "domain") ? run_mark(cli, err) : run_list(cli, err);
}

static const struct option autostart_options[] = {
	{ "domain", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_DOMAIN, NULL, N_("DOMAIN"),
	  N_("name, id or UUID of a machine") },
	OPTION_SIMPLE("disable", N_("no longer start it with the host")),
	{ "order", NULL, 0, OPTION_INT, TRAIT_NEGATIVE, COMPLETE_NONE, NULL, N_("NUMBER"),
	  N_("its place: the lowest starts first (default 0; equal ones by name)") },
	{ "delay", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("how long to wait after its start before the next one (default 0)") },
	OPTION_SIMPLE("run", N_("start all marked networks and pools, then all marked machines that are off, in their order")),
	OPTION_SIMPLE("stop-all", N_("ask all machines that run to shut down, and wait until they are off")),
	{ "timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("how long --stop-all waits (default 120); exit 1 if any runs on") },
	OPTION_JSON,
	OPTION_END,
};

const struct command command_autostart = {
	.name = "autostart",
	.group = GROUP_DOMAIN,
	.summary = N_("start machines with the host"),
	.description =
		N_("Marks a machine to be started with the host, or with --disable takes the mark away; its order "
		   "and delay are remembered. Without a machine, lists the marked ones in the order in which they "
		   "start. Where systemd runs, 'systemctl enable virtty-autostart' has them started at boot, and all "
		   "machines asked to shut down before the host does; --run and --stop-all do the same by hand. "
		   "Nothing is killed: --stop-all names the machines that run on."),
	.options = autostart_options,
	.run = run_autostart,
};
