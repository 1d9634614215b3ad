/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty list`: the machines, filtered and laid out as virsh does. */
#include "config.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "cli/cli.h"
#include "cli/machine_filter.h"
#include "cli/output_table.h"
#include "core/addresses.h"

#include <inttypes.h>
#include <stdlib.h>
#include <strings.h>

static const struct option list_options[] = {
	OPTION_SIMPLE("inactive", N_("only machines that do not run")),
	OPTION_SIMPLE("all", N_("machines that run and machines that do not")),
	OPTION_SIMPLE("transient", N_("only machines without a stored definition")),
	OPTION_SIMPLE("persistent", N_("only machines with a stored definition")),
	OPTION_SIMPLE("state-running", N_("only machines that are running")),
	OPTION_SIMPLE("state-paused", N_("only machines that are paused")),
	OPTION_SIMPLE("state-shutoff", N_("only machines that are shut off")),
	OPTION_SIMPLE("state-other", N_("only machines in another state")),
	OPTION_SIMPLE("autostart", N_("only machines that are started with the host")),
	OPTION_SIMPLE("no-autostart", N_("only machines that are not started with the host")),
	OPTION_SIMPLE("uuid", N_("print UUIDs, without a table")),
	OPTION_SIMPLE("name", N_("print names, without a table")),
	OPTION_SIMPLE("id", N_("print ids, without a table")),
	OPTION_SIMPLE("table", N_("print a table (as without options)")),
	OPTION_SIMPLE("title", N_("show titles in the table")),
	OPTION_JSON,
	OPTION_END,
};

static void print_words(const struct cli *cli, const struct machine *machine, const char *id)
{
	const char *separator = "";

	if (cli_flag(cli, "uuid")) {
		printf("%s", machine->uuid);
		separator = " ";
	}
	if (cli_flag(cli, "id")) {
		printf("%s%s", separator, id);
		separator = " ";
	}
	if (cli_flag(cli, "name"))
		printf("%s%s", separator, machine->name);
	putchar('\n');
}

static void machine_id_text(const struct machine *machine, char *buffer, size_t size)
{
	if (machine_is_active(machine) && machine->run.run_id > 0)
		snprintf(buffer, size, "%" PRId64, machine->run.run_id);
	else
		snprintf(buffer, size, "-");
}

static void print_table(const struct cli *cli, const struct machine *machines, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };
	bool title = cli_flag(cli, "title");

	if (title)
		output_table_init(&table, _("Id"), _("Name"), _("State"), _("Title"), NULL);
	else
		output_table_init(&table, _("Id"), _("Name"), _("State"), NULL);
	for (size_t i = 0; i < count; i++) {
		char id[24];

		machine_id_text(&machines[i], id, sizeof id);
		output_table_row(&table, id, machines[i].name, enum_word(&run_state_words, (int)machines[i].state),
				 machines[i].title);
	}
	output_table_print(&table, stdout, cli->quiet);
}

/* Besides what virsh tells: the address of those that run and have one. */
static void print_json(struct cli *cli, const struct machine *machines, size_t count)
{
	_cleanup_addresses_ struct addresses *addresses = addresses_new(cli->manager);
	struct json_object *array = json_object_new_array();
	char text[ADDRESS_TEXT_SIZE];
	struct ip_address address;

	(void)addresses_look(addresses, machines, count);
	for (size_t i = 0; i < count; i++) {
		struct json_object *object = cli_machine_json(&machines[i]);

		if (addresses_of(addresses, machines[i].id, &address)) {
			address_format(&address, text);
			json_set_string(object, "address", text);
		}
		json_object_array_add(array, object);
	}
	cli_json(array);
}

static unsigned list_filter(const struct cli *cli)
{
	static const struct {
		const char *option;
		unsigned bits;
	} rows[] = {
		{ "transient", FILTER_TRANSIENT },
		{ "persistent", FILTER_PERSISTENT },
		{ "state-running", FILTER_RUNNING },
		{ "state-paused", FILTER_PAUSED },
		/* These are no state of a running machine, so they bring the others into view, as in virsh. */
		{ "state-shutoff", FILTER_SHUTOFF | FILTER_INACTIVE },
		{ "state-other", FILTER_OTHER | FILTER_INACTIVE },
		{ "autostart", FILTER_AUTOSTART },
		{ "no-autostart", FILTER_NO_AUTOSTART },
	};
	unsigned filter = 0;

	if (cli_flag(cli, "all"))
		filter = FILTER_ACTIVE | FILTER_INACTIVE;
	else
		filter = cli_flag(cli, "inactive") ? FILTER_INACTIVE : FILTER_ACTIVE;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
		if (cli_flag(cli, rows[i].option))
			filter |= rows[i].bits;
	}
	return filter;
}

static bool run_list(struct cli *cli, struct error *err)
{
	struct machine *machines = NULL;
	size_t count = 0;
	bool words = cli_flag(cli, "uuid") || cli_flag(cli, "name") || cli_flag(cli, "id");

	if (!cli_exclusive(cli, err, "table", "name", NULL) || !cli_exclusive(cli, err, "table", "id", NULL) ||
	    !cli_exclusive(cli, err, "table", "uuid", NULL))
		return false;
	if (!cli_manager(cli, err) || !machine_list(cli->manager, &machines, &count, err))
		return false;
	count = machines_filter(machines, count, list_filter(cli));
	machines_sort(machines, count);
	if (cli->json) {
		print_json(cli, machines, count);
	} else if (!words) {
		print_table(cli, machines, count);
	} else {
		for (size_t i = 0; i < count; i++) {
			char id[24];

			machine_id_text(&machines[i], id, sizeof id);
			print_words(cli, &machines[i], id);
		}
	}
	machines_free(machines, count);
	return true;
}

const struct command command_list = {
	.name = "list",
	.group = GROUP_MONITOR,
	.summary = N_("list machines"),
	.description = N_("Prints the machines that run, with --all every machine there is. Filters may be combined: "
			  "of several filters of one kind (states, "
			  "say) any may fit, and every kind must."),
	.options = list_options,
	.run = run_list,
};
