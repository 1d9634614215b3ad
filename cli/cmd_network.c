/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands about networks that are there: listed, shown, started, stopped, forgotten. */
#include "config.h"

#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/edit_text.h"
#include "cli/network.h"
#include "cli/output_table.h"
#include "cli/storage.h"
#include "core/network_use.h"

#include <string.h>
#include <unistd.h>

bool cli_network(struct cli *cli, struct network_row *ret, struct error *err)
{
	return cli_manager(cli, err) && network_find(cli->manager, cli_string(cli, "network"), ret, err);
}

/* ---- net-list ---- */

static bool is_listed(struct cli *cli, const struct network_row *row)
{
	bool persistent = cli_flag(cli, "persistent"), transient = cli_flag(cli, "transient");
	bool autostart = cli_flag(cli, "autostart"), manual = cli_flag(cli, "no-autostart");

	if (!cli_flag(cli, "all") && row->active == cli_flag(cli, "inactive"))
		return false;
	if ((persistent || transient) && !(row->persistent ? persistent : transient))
		return false;
	return !(autostart || manual) || (row->autostart ? autostart : manual);
}

static const char *yes_no(bool value)
{
	return value ? _("yes") : _("no");
}

static void print_list(struct cli *cli, const struct network_row *rows, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Name"), _("State"), _("Autostart"), _("Persistent"), NULL);
	for (size_t i = 0; i < count; i++)
		if (is_listed(cli, &rows[i]))
			output_table_row(&table, rows[i].name, rows[i].active ? _("active") : _("inactive"), yes_no(rows[i].autostart),
					 yes_no(rows[i].persistent));
	output_table_print(&table, stdout, cli->quiet);
}

static bool run_net_list(struct cli *cli, struct error *err)
{
	bool names = cli_flag(cli, "name"), uuids = cli_flag(cli, "uuid");
	struct network_row *rows = NULL;
	size_t count = 0;

	if (!cli_manager(cli, err) || !network_list(cli->manager, &rows, &count, err))
		return false;
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			if (is_listed(cli, &rows[i]))
				json_object_array_add(array, cli_network_json(&rows[i]));
		cli_json(array);
	} else if (names || uuids) {
		for (size_t i = 0; i < count; i++)
			if (is_listed(cli, &rows[i]))
				printf("%s%s%s\n", uuids ? rows[i].uuid : "", uuids && names ? " " : "", names ? rows[i].name : "");
	} else {
		print_list(cli, rows, count);
	}
	network_rows_free(rows, count);
	return true;
}

static const struct option net_list_options[] = {
	OPTION_SIMPLE("inactive", N_("only networks that are not active")),
	OPTION_SIMPLE("all", N_("networks that are active and networks that are not")),
	OPTION_SIMPLE("transient", N_("only networks without a stored definition")),
	OPTION_SIMPLE("persistent", N_("only networks with a stored definition")),
	OPTION_SIMPLE("autostart", N_("only networks that are started by themselves")),
	OPTION_SIMPLE("no-autostart", N_("only networks that are not started by themselves")),
	OPTION_SIMPLE("uuid", N_("print UUIDs, without a table")),
	OPTION_SIMPLE("name", N_("print names, without a table")),
	OPTION_SIMPLE("table", N_("print a table (as without it)")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_net_list = {
	.name = "net-list",
	.group = GROUP_NETWORK,
	.summary = N_("list networks"),
	.description = N_("Prints the networks that are active, with --all every network there is. For root the network 'default' is "
			  "there from the first time: its guests leave with the host's address (NAT)."),
	.options = net_list_options,
	.run = run_net_list,
};

/* ---- one network ---- */

static struct json_object *obstacles_json(const struct obstacle *obstacles, size_t count)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		struct json_object *object = json_object_new_object(), *remedy = json_object_new_array();

		json_set_string(object, "reason", obstacles[i].reason);
		for (size_t n = 0; obstacles[i].remedy != NULL && obstacles[i].remedy[n] != NULL; n++)
			json_object_array_add(remedy, json_object_new_string(obstacles[i].remedy[n]));
		json_set(object, "remedy", remedy);
		json_object_array_add(array, object);
	}
	return array;
}

/* What cuts its machines off, on standard error: the table is virsh's. */
static void print_obstacles(const struct obstacle *obstacles, size_t count)
{
	_cleanup_strv_ char **lines = NULL;

	for (size_t i = 0; i < count; i++)
		lines = strv_take(lines, obstacle_text(&obstacles[i]));
	fflush(stdout);
	cli_warnings(lines);
}

/* Its machines, each once: uses are in the order of machines. */
static struct json_object *machines_json(const struct network_uses *uses)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < uses->count;) {
		struct json_object *machine = json_object_new_object();
		const char *name = uses->uses[i].machine;
		bool running = false;

		for (; i < uses->count && text_equal(uses->uses[i].machine, name); i++)
			running |= uses->uses[i].running;
		json_set_string(machine, "name", name);
		json_set_bool(machine, "running", running);
		json_object_array_add(array, machine);
	}
	return array;
}

static void print_info(const struct network_row *row)
{
	printf("%-15s %s\n%-15s %s\n%-15s %s\n%-15s %s\n%-15s %s\n", _("Name:"), row->name, _("UUID:"), row->uuid, _("Active:"),
	       yes_no(row->active), _("Persistent:"), yes_no(row->persistent), _("Autostart:"), yes_no(row->autostart));
	if (row->bridge != NULL)
		printf("%-15s %s\n", _("Bridge:"), row->bridge);
}

static bool run_net_info(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_network_uses_ struct network_uses uses = { 0 };
	struct obstacle *obstacles = NULL;
	size_t count = 0;

	if (!cli_network(cli, &row, err) || (cli->json && !network_uses_of(cli->manager, &row, &uses, err)) ||
	    !network_obstacles(cli->manager, &row, &obstacles, &count, err))
		return false;
	if (cli->json) {
		struct json_object *object = cli_network_json(&row);

		json_set(object, "machines", machines_json(&uses));
		if (row.active)
			json_set(object, "obstacles", obstacles_json(obstacles, count));
		cli_json(object);
	} else {
		print_info(&row);
		print_obstacles(obstacles, count);
	}
	obstacles_free(obstacles, count);
	return true;
}

static bool run_net_dumpxml(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_free_ char *text = NULL;

	if (!cli_network(cli, &row, err))
		return false;
	text = network_xml(cli->manager, &row, cli_flag(cli, "inactive"), err);
	if (text == NULL)
		return false;
	if (cli->json) {
		struct json_object *object = json_object_new_object();

		json_set_string(object, "name", row.name);
		json_set_string(object, "xml", text);
		cli_json(object);
	} else {
		fputs(text, stdout);
	}
	return true;
}

static bool print_identity(struct cli *cli, bool uuid, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!cli_network(cli, &row, err))
		return false;
	if (cli->json) {
		struct json_object *object = json_object_new_object();

		json_set_string(object, "name", row.name);
		json_set_string(object, "uuid", row.uuid);
		cli_json(object);
	} else {
		puts(uuid ? row.uuid : row.name);
	}
	return true;
}

static bool run_net_name(struct cli *cli, struct error *err)
{
	return print_identity(cli, false, err);
}

static bool run_net_uuid(struct cli *cli, struct error *err)
{
	return print_identity(cli, true, err);
}

static const struct option network_only[] = {
	OPTION_NETWORK,
	OPTION_JSON,
	OPTION_END,
};

static const struct option net_dumpxml_options[] = {
	OPTION_NETWORK,
	OPTION_SIMPLE("inactive", N_("the stored definition, not what runs")),
	OPTION_JSON,
	OPTION_END,
};

#define COMMAND(word_, variable_, options_, summary_, description_)                                                          \
	const struct command command_net_##variable_ = { .name = word_,                                                      \
							 .group = GROUP_NETWORK,                                             \
							 .summary = summary_,                                                \
							 .description = description_,                                        \
							 .options = options_,                                                \
							 .run = run_net_##variable_ }

COMMAND("net-info", info, network_only, N_("what a network is"),
	N_("Prints a network's state and its bridge; and what packet filters of others (Docker, firewalld, ufw, the host's own) keep from the "
	   "machines of one that is active, with the commands that let it through."));
COMMAND("net-dumpxml", dumpxml, net_dumpxml_options, N_("print a network's XML"),
	N_("Prints the network as libvirt's XML: what runs of an active one, unless --inactive."));
COMMAND("net-name", name, network_only, N_("a network's name, from its UUID"), N_("Prints the name of a network."));
COMMAND("net-uuid", uuid, network_only, N_("a network's UUID, from its name"), N_("Prints the UUID of a network."));

/* ---- from files ---- */

static bool make(struct cli *cli, bool create, struct error *err)
{
	_cleanup_free_ char *text = NULL, *source = NULL;
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_strv_ char **warnings = NULL;

	if (!cli_manager(cli, err) || !cli_document(cli_string(cli, "file"), &text, &source, err) ||
	    (cli_flag(cli, "validate") && !network_is_known(source, text, strlen(text), err)) ||
	    !(create ? network_create : network_define)(cli->manager, source, text, strlen(text), &row, &warnings, err))
		return false;
	cli_note(cli, create ? _("Network %s created from %s\n") : _("Network %s defined from %s\n"), row.name, source);
	return cli_network_done(cli, &row, "warnings", warnings, err);
}

static bool run_net_define(struct cli *cli, struct error *err)
{
	return make(cli, false, err);
}

static bool run_net_create(struct cli *cli, struct error *err)
{
	return make(cli, true, err);
}

static const struct option net_file_options[] = {
	OPTION_XML_FILE(N_("network XML; '-' is standard input")),
	OPTION_SIMPLE("validate", N_("refuse what virtty does not know, which is kept with a warning else")),
	OPTION_JSON,
	OPTION_END,
};

COMMAND("net-define", define, net_file_options, N_("define a network from an XML file, without starting it"),
	N_("Stores the network that the file describes, in libvirt's XML. One of the same name and UUID is replaced; so is the "
	   "network 'default' while nobody has changed it."));
COMMAND("net-create", create, net_file_options, N_("start a network from an XML file, without keeping it"),
	N_("Starts a transient network: when it stops, its definition goes."));

/* ---- doing one thing with one network ---- */

static bool run_net_start(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_strv_ char **notes = NULL;

	if (!cli_manager(cli, err))
		return false;
	if (!cli_network(cli, &row, err) || !network_start(cli->manager, &row, &notes, err))
		return geteuid() == 0 ? false : network_fail_as_user(err);
	cli_note(cli, _("Network %s started\n"), row.name);
	return cli_network_done(cli, &row, "notes", notes, err);
}

static bool run_net_destroy(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!cli_network(cli, &row, err) || !network_stop(cli->manager, &row, err))
		return false;
	cli_note(cli, _("Network %s destroyed\n"), row.name);
	return cli_network_done(cli, &row, NULL, NULL, err);
}

static bool run_net_undefine(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!cli_network(cli, &row, err) || !network_undefine(cli->manager, &row, err))
		return false;
	cli_note(cli, _("Network %s has been undefined\n"), row.name);
	return cli_network_done(cli, &row, NULL, NULL, err);
}

static bool run_net_autostart(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	bool on = !cli_flag(cli, "disable");

	if (!cli_network(cli, &row, err) || !network_set_autostart(cli->manager, &row, on, err))
		return false;
	cli_note(cli, on ? _("Network %s marked as autostarted\n") : _("Network %s unmarked as autostarted\n"), row.name);
	return cli_network_done(cli, &row, NULL, NULL, err);
}

static const struct option net_autostart_options[] = {
	OPTION_NETWORK,
	OPTION_SIMPLE("disable", N_("take the mark away")),
	OPTION_JSON,
	OPTION_END,
};

COMMAND("net-start", start, network_only, N_("start a network"),
	N_("Makes the network's bridge, addresses, rules and its dnsmasq. A start that fails leaves nothing."));
COMMAND("net-destroy", destroy, network_only, N_("stop a network"),
	N_("Takes away all that a start made. Machines on it run on, and reach nothing. The definition stays."));
COMMAND("net-undefine", undefine, network_only, N_("forget a network"),
	N_("Removes the stored definition. A network that is active runs on, and goes when it stops."));
COMMAND("net-autostart", autostart, net_autostart_options, N_("start a network by itself"),
	N_("Marks a network to be started with the host, or when a machine needs it."));

/* ---- net-edit ---- */

struct editing {
	struct network_row row; /* as it was, once stored as it is */
	char **warnings;
};

static void editing_clear(struct editing *editing)
{
	network_row_clear(&editing->row);
	strv_free(editing->warnings);
}

static bool store_edited(struct cli *cli, const char *text, bool force, bool *ret_moved, void *userdata, struct error *err)
{
	struct editing *editing = userdata;
	_cleanup_free_ char *source = strf("'%s'", editing->row.name);
	struct network_row after = { 0 };

	(void)force;
	*ret_moved = false;
	if (!network_define(cli->manager, source, text, strlen(text), &after, &editing->warnings, err))
		return false;
	network_row_clear(&editing->row);
	editing->row = after;
	return true;
}

static bool edit_done(struct cli *cli, const struct editing *editing, bool changed, struct error *err)
{
	struct json_object *object;

	if (!cli->json) {
		cli_note(cli, changed ? _("Network %s XML configuration edited.\n") : _("Network %s XML configuration not changed.\n"),
			 editing->row.name);
		return cli_network_done(cli, &editing->row, "warnings", editing->warnings, err);
	}
	object = cli_network_after(cli, &editing->row, err);
	if (object == NULL)
		return false;
	json_set_bool(object, "changed", changed);
	cli_json_lines(object, "warnings", editing->warnings);
	cli_json(object);
	return true;
}

static bool run_net_edit(struct cli *cli, struct error *err)
{
	_cleanup_(editing_clear) struct editing editing = { 0 };
	_cleanup_free_ char *text = NULL, *what = NULL;
	enum edit_end end;

	if (!cli_network(cli, &editing.row, err))
		return false;
	text = network_xml(cli->manager, &editing.row, true, err);
	what = strf(_("the definition of network '%s'"), editing.row.name);
	const struct edit edit = { .what = what,
				   .suffix = ".xml",
				   .stored = text,
				   .later = "virtty net-define",
				   .xml = true,
				   .store = store_edited,
				   .userdata = &editing };

	end = text != NULL ? cli_edit(cli, &edit, err) : EDIT_FAILED;
	return end != EDIT_FAILED && edit_done(cli, &editing, end == EDIT_STORED, err);
}

COMMAND("net-edit", edit, network_only, N_("edit a network's XML"),
	N_("Opens the stored definition in $VISUAL, $EDITOR or vi. What is saved is checked before it is stored; an active network runs "
	   "on as it is until it is started anew."));
