/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that tell about one machine: dominfo, domstate, domid, domuuid, domname, consoles, ttyconsole. */
#include "config.h"

#include "base/json.h"
#include "cli/cli.h"
#include "cli/output_table.h"

#include <inttypes.h>
#include <string.h>

/* A row of dominfo: a label and blanks up to column 16. */
static void row(const char *label, const char *value)
{
	printf("%-15s %s\n", label, value);
}

static void print_info(const struct machine *machine, const struct machine_stats *stats)
{
	bool active = machine_is_active(machine);
	char text[64];

	snprintf(text, sizeof text, "%" PRId64, machine->run.run_id);
	row(_("Id:"), active && machine->run.run_id > 0 ? text : "-");
	row(_("Name:"), machine->name);
	row(_("UUID:"), machine->uuid);
	row(_("OS Type:"), "hvm");
	row(_("State:"), enum_word(&run_state_words, (int)machine->state));
	snprintf(text, sizeof text, "%u", machine->vcpus);
	row(_("CPU(s):"), text);
	if (active) {
		snprintf(text, sizeof text, "%.1fs", (double)stats->cpu_ns / 1e9);
		row(_("CPU time:"), text);
	}
	snprintf(text, sizeof text, "%" PRIu64 " KiB", machine->max_memory_kib);
	row(_("Max memory:"), text);
	snprintf(text, sizeof text, "%" PRIu64 " KiB", machine->memory_kib);
	row(_("Used memory:"), text);
	row(_("Persistent:"), machine->persistent ? _("yes") : _("no"));
	row(_("Autostart:"), machine->autostart ? _("enable") : _("disable"));
	row(_("Managed save:"), machine->managed_save ? _("yes") : _("no"));
	row(_("Security model:"), "none");
	row(_("Security DOI:"), "0");
}

static void info_json(const struct machine *machine, const struct machine_stats *stats)
{
	struct json_object *object = cli_machine_json(machine);
	struct json_object *detail = NULL;

	if (machine_is_active(machine)) {
		json_set_int(object, "cpu_time_ns", (int64_t)stats->cpu_ns);
		json_set_int(object, "rss_kib", (int64_t)stats->rss_kib);
		if (machine->run.detail)
			detail = json_parse("detail", machine->run.detail, strlen(machine->run.detail), NULL);
		json_set_string(object, "accel", json_get_string(detail, "accel", NULL));
		json_set_string(object, "vnc", json_get_string(detail, "vnc", NULL));
		json_object_put(detail);
	}
	cli_json(object);
}

static bool run_dominfo(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct machine_stats stats = { 0 };

	if (!cli_machine(cli, &machine, err))
		return false;
	if (machine_is_active(&machine) && !machine_stats(cli->manager, &machine, 1, STATS_CPU, &stats, err))
		return false;
	if (cli->json)
		info_json(&machine, &stats);
	else
		print_info(&machine, &stats);
	machine_stats_clear(&stats);
	return true;
}

static const struct option dominfo_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_dominfo = {
	.name = "dominfo",
	.group = GROUP_MONITOR,
	.summary = N_("what a machine is and how it is"),
	.description =
		N_("Prints the basic facts of a machine. With --json also the process ids of its QEMU and its keeper."),
	.options = dominfo_options,
	.run = run_dominfo,
};

static bool run_domstate(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	const char *state, *reason;

	if (!cli_machine(cli, &machine, err))
		return false;
	state = enum_word(&run_state_words, (int)machine.state);
	reason = run_reason_word(machine.state, machine.reason);
	if (cli->json) {
		struct json_object *object = json_object_new_object();

		json_set_string(object, "name", machine.name);
		json_set_string(object, "state", state);
		json_set_string(object, "reason", reason);
		cli_json(object);
	} else if (cli_flag(cli, "reason")) {
		printf("%s (%s)\n", state, reason);
	} else {
		puts(state);
	}
	return true;
}

static const struct option domstate_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_SIMPLE("reason", N_("also print the reason of the state")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domstate = {
	.name = "domstate",
	.group = GROUP_MONITOR,
	.summary = N_("state of a machine"),
	.description = N_("Prints one of: running, paused, in shutdown, shut off, crashed, pmsuspended."),
	.options = domstate_options,
	.run = run_domstate,
};

static const struct option domain_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_END,
};

static bool run_domid(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	if (!cli_machine(cli, &machine, err))
		return false;
	if (machine_is_active(&machine) && machine.run.run_id > 0)
		printf("%" PRId64 "\n", machine.run.run_id);
	else
		puts("-");
	return true;
}

const struct command command_domid = {
	.name = "domid",
	.group = GROUP_MONITOR,
	.summary = N_("id of a machine"),
	.description = N_("Prints the id that a running machine has until it stops, or '-'."),
	.options = domain_options,
	.run = run_domid,
};

static bool run_domuuid(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	if (!cli_machine(cli, &machine, err))
		return false;
	puts(machine.uuid);
	return true;
}

const struct command command_domuuid = {
	.name = "domuuid",
	.group = GROUP_MONITOR,
	.summary = N_("UUID of a machine"),
	.description = N_("Prints the UUID of the machine with that name or id."),
	.options = domain_options,
	.run = run_domuuid,
};

static bool run_domname(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };

	if (!cli_machine(cli, &machine, err))
		return false;
	puts(machine.name);
	return true;
}

const struct command command_domname = {
	.name = "domname",
	.group = GROUP_MONITOR,
	.summary = N_("name of a machine"),
	.description = N_("Prints the name of the machine with that id or UUID."),
	.options = domain_options,
	.run = run_domname,
};

static bool run_consoles(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct console_info *infos = NULL;
	size_t count = 0;

	if (!cli_machine(cli, &machine, err) || !domain_consoles(cli->manager, &machine, &infos, &count, err))
		return false;
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++) {
			struct json_object *object = json_object_new_object();

			json_set_string(object, "name", infos[i].name);
			json_set_string(object, "viewer", infos[i].viewer);
			json_set_string(object, "log", infos[i].log);
			json_set_string(object, "pty", infos[i].pty);
			json_object_array_add(array, object);
		}
		cli_json(array);
	} else {
		_cleanup_table_ struct output_table table = { 0 };

		output_table_init(&table, _("Name"), _("Terminal"), _("Log"), NULL);
		for (size_t i = 0; i < count; i++)
			output_table_row(&table, infos[i].name, infos[i].pty ? infos[i].pty : "-",
					 infos[i].log ? infos[i].log : "-");
		output_table_print(&table, stdout, cli->quiet);
	}
	console_infos_free(infos, count);
	return true;
}

static const struct option consoles_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_consoles = {
	.name = "consoles",
	.group = GROUP_MONITOR,
	.summary = N_("list the consoles of a running machine"),
	.description = N_("Prints the serial ports and virtio consoles that 'virtty console --devname NAME' connects "
			  "to, their pseudo-terminals and their logs."),
	.options = consoles_options,
	.run = run_consoles,
};

static bool run_ttyconsole(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct console_info *infos = NULL;
	const char *pty = NULL;
	size_t count = 0;

	if (!cli_machine(cli, &machine, err) || !domain_consoles(cli->manager, &machine, &infos, &count, err))
		return false;
	for (size_t i = 0; i < count && !pty; i++)
		pty = infos[i].pty;
	if (pty) {
		puts(pty);
	} else {
		error_set(err, ERROR_NOT_FOUND, _("'%s' has no console on a pseudo-terminal"), machine.name);
		error_hint(err,
			   _("'virtty console %s' connects to a console of any kind; a <serial type='pty'> gets a "
			     "pseudo-terminal"),
			   machine.name);
	}
	bool found = pty != NULL;

	console_infos_free(infos, count);
	return found;
}

static const struct option ttyconsole_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_END,
};

const struct command command_ttyconsole = {
	.name = "ttyconsole",
	.group = GROUP_MONITOR,
	.summary = N_("pseudo-terminal of a machine's console"),
	.description = N_("Prints the path of the pseudo-terminal on which a running machine's first console is, for "
			  "programs that want one."),
	.options = ttyconsole_options,
	.run = run_ttyconsole,
};
