/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's bridges: listed, made from a card, confirmed, taken away. */
#include "config.h"

#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/output_table.h"
#include "core/bridge.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ANSWER_BYTES 64

/* ---- list ---- */

static struct json_object *row_json(const struct bridge_row *row)
{
	struct json_object *object = json_object_new_object(), *ports = json_object_new_array();

	json_set_string(object, "name", row->name);
	json_set_string(object, "id", row->id);
	json_set_bool(object, "stp", row->stp);
	json_set_string(object, "mac", row->mac);
	json_set_int(object, "mtu", row->mtu);
	json_set_bool(object, "up", row->up);
	json_set_string(object, "network", row->network);
	json_set_bool(object, "made", row->made);
	if (row->unconfirmed_s > 0)
		json_set_int(object, "unconfirmed_s", row->unconfirmed_s);
	for (size_t i = 0; i < row->port_count; i++) {
		struct json_object *port = json_object_new_object();

		json_set_string(port, "name", row->ports[i].name);
		json_set_string(port, "machine", row->ports[i].machine);
		json_set_bool(port, "up", row->ports[i].up);
		json_object_array_add(ports, port);
	}
	json_set(object, "interfaces", ports);
	return object;
}

/* Whose a bridge is. Owned. */
static char *owner_text(const struct bridge_row *row)
{
	if (row->network != NULL)
		return strf(_("network %s"), row->network);
	if (row->unconfirmed_s > 0)
		return strf(_("virtty, put back in %d s unless confirmed"), row->unconfirmed_s);
	return xstrdup(row->made ? "virtty" : "");
}

static void print_list(struct cli *cli, const struct bridge_row *rows, size_t count)
{
	_cleanup_table_ struct output_table table = { 0 };

	output_table_init(&table, _("Bridge name"), _("Bridge id"), _("STP enabled"), _("Interfaces"), _("Machine"), _("Made by"), NULL);
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *owner = owner_text(&rows[i]);

		for (size_t n = 0; n < rows[i].port_count || n == 0; n++) {
			const struct bridge_port *port = n < rows[i].port_count ? &rows[i].ports[n] : NULL;

			output_table_row(&table, n == 0 ? rows[i].name : "", n == 0 ? rows[i].id : "", n > 0 ? "" : rows[i].stp ? _("yes") : _("no"),
					 port != NULL ? port->name : "", port != NULL ? port->machine : "", n == 0 ? owner : "");
		}
	}
	output_table_print(&table, stdout, cli->quiet);
}

static bool list(struct cli *cli, struct error *err)
{
	struct bridge_row *rows = NULL;
	size_t count = 0;

	if (!cli_manager(cli, err) || !bridge_list(cli->manager, &rows, &count, err))
		return false;
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			json_object_array_add(array, row_json(&rows[i]));
		cli_json(array);
	} else {
		print_list(cli, rows, count);
	}
	bridge_rows_free(rows, count);
	return true;
}

/* Of one bridge, as the list has it. */
static bool print_json(struct cli *cli, const char *name, struct error *err)
{
	struct bridge_row *rows = NULL;
	size_t count = 0;

	if (!bridge_list(cli->manager, &rows, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (text_equal(rows[i].name, name))
			cli_json(row_json(&rows[i]));
	bridge_rows_free(rows, count);
	return true;
}

/* ---- to make it last ---- */

static void print_advice(const struct bridge_advice *advice)
{
	printf("%s: %s\n\n", advice->system, advice->where);
	for (const char *line = advice->text, *end; *line != '\0'; line = *end != '\0' ? end + 1 : end) {
		end = strchrnul(line, '\n');
		printf(end > line ? "    %.*s\n" : "\n", (int)(end - line), line);
	}
	puts("");
}

static struct json_object *advice_json(const struct bridge_advice *advice)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "system", advice->system);
	json_set_bool(object, "runs", advice->runs);
	json_set_string(object, "where", advice->where);
	json_set_string(object, "text", advice->text);
	return object;
}

/* all: those of systems that this host does not run, too. Where none is known to run, all are shown anyway. */
static bool advise(struct cli *cli, const char *name, bool all, struct error *err)
{
	struct bridge_advice *advice = NULL;
	size_t count = 0;

	if (!bridge_advise(cli->manager, name, &advice, &count, err))
		return false;
	if (cli->json) {
		struct json_object *array = json_object_new_array();

		for (size_t i = 0; i < count; i++)
			json_object_array_add(array, advice_json(&advice[i]));
		cli_json(array);
	} else {
		for (size_t i = 0; i < count; i++)
			if (all || advice[i].runs || !advice[0].runs)
				print_advice(&advice[i]);
	}
	bridge_advice_free(advice, count);
	return true;
}

/* What is left to do once it stays. That it cannot be said is no reason to fail. */
static void advise_at_end(struct cli *cli, const char *name)
{
	if (cli->quiet || cli->json)
		return;
	printf(_("It is gone when the host starts again. To make it last:\n\n"));
	(void)advise(cli, name, false, NULL);
}

/* ---- create ---- */

enum answer { ANSWER_YES, ANSWER_NO, ANSWER_LATER };

/* Waits for a line from the terminal, or for the guard to say that it is decided. */
static enum answer ask(int guard, const char *name, enum bridge_outcome *ret_outcome, struct error *err)
{
	struct pollfd polls[2] = { { .fd = guard, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
	char line[ANSWER_BYTES];

	for (;;) {
		if (poll(polls, 2, -1) < 0)
			continue;
		if (polls[0].revents != 0) {
			*ret_outcome = bridge_wait(guard, err);
			return ANSWER_LATER;
		}
		ssize_t n = read(STDIN_FILENO, line, sizeof line - 1);

		if (n <= 0)
			return ANSWER_LATER;
		line[n] = '\0';
		line[strcspn(line, "\r\n")] = '\0';
		if (text_equal(line, _("yes")) || text_equal(line, "yes"))
			return ANSWER_YES;
		if (text_equal(line, _("no")) || text_equal(line, "no"))
			return ANSWER_NO;
		printf(_("'yes' keeps bridge %s, 'no' puts everything back: "), name);
		fflush(stdout);
	}
}

static bool fail_put_back(const char *name, struct error *err)
{
	error_set(err, ERROR_STATE, _("bridge '%s' was not confirmed: everything is put back"), name);
	return false;
}

static bool settle_on_terminal(struct cli *cli, const struct bridge_request *request, int guard, struct error *err)
{
	enum bridge_outcome outcome = BRIDGE_WAITING;

	printf(_("Still connected? Type yes within %u s, else all is put back: "), request->timeout_s);
	fflush(stdout);
	switch (ask(guard, request->name, &outcome, err)) {
	case ANSWER_YES:
		return bridge_confirm(cli->manager, request->name, err);
	case ANSWER_NO:
		return bridge_delete(cli->manager, request->name, true, err) && fail_put_back(request->name, err);
	case ANSWER_LATER:
		break;
	}
	puts("");
	if (outcome == BRIDGE_PUT_BACK)
		return fail_put_back(request->name, err);
	if (outcome != BRIDGE_WAITING)
		return outcome == BRIDGE_CONFIRMED;
	error_set(err, ERROR_STATE, _("bridge '%s' is not confirmed"), request->name);
	return error_hint(err, _("'virtty bridge confirm %s' keeps it; else everything is put back when the time is over"), request->name);
}

static bool create(struct cli *cli, const char *name, struct error *err)
{
	int64_t timeout = argument_int(&cli->arguments, "timeout", BRIDGE_TIMEOUT_S), delay = argument_int(&cli->arguments, "delay", 0);
	int64_t mtu = argument_int(&cli->arguments, "mtu", 0);
	_cleanup_strv_ char **notes = NULL;
	_cleanup_close_ int guard = -1;

	if (cli_string(cli, "port") == NULL)
		return cli_usage(cli, err, _("'bridge create' needs --port: the card whose addresses move to the bridge"));
	if (timeout < 1 || timeout > 3600 || delay > 30 || mtu > 65535)
		return cli_usage(cli, err, _("--timeout is 1 to 3600, --delay 0 to 30, --mtu at most 65535"));
	const struct bridge_request request = { .name = name,
						.port = cli_string(cli, "port"),
						.mac = cli_string(cli, "mac"),
						.stp = cli_flag(cli, "stp"),
						.delay_s = (unsigned)delay,
						.mtu = (unsigned)mtu,
						.timeout_s = cli_flag(cli, "no-confirm") ? 0 : (unsigned)timeout };

	if (!cli_manager(cli, err) || !bridge_create(cli->manager, &request, &guard, &notes, err))
		return false;
	cli_note(cli, _("Bridge %s made: %s is its port, and has given it its addresses and routes.\n"), name, request.port);
	fflush(stdout);
	cli_warnings(notes);
	if (guard >= 0 && !cli->json && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)) {
		if (!settle_on_terminal(cli, &request, guard, err))
			return false;
	} else if (guard >= 0) {
		cli_note(cli, _("'virtty bridge confirm %s' within %u s keeps it; else everything is put back.\n"), name, request.timeout_s);
		return !cli->json || print_json(cli, name, err);
	}
	advise_at_end(cli, name);
	return !cli->json || print_json(cli, name, err);
}

/* ---- one that is there ---- */

static bool confirm(struct cli *cli, const char *name, struct error *err)
{
	if (!cli_manager(cli, err) || !bridge_confirm(cli->manager, name, err))
		return false;
	cli_note(cli, _("Bridge %s stays.\n"), name);
	advise_at_end(cli, name);
	return !cli->json || print_json(cli, name, err);
}

static bool delete(struct cli *cli, const char *name, struct error *err)
{
	if (!cli_manager(cli, err) || !bridge_delete(cli->manager, name, cli_flag(cli, "force"), err))
		return false;
	cli_note(cli, _("Bridge %s deleted: its port has the addresses and routes again.\n"), name);
	if (cli->json) {
		struct json_object *object = json_object_new_object();

		json_set_string(object, "deleted", name);
		cli_json(object);
	}
	return true;
}

static bool run_bridge(struct cli *cli, struct error *err)
{
	const char *action = cli_string(cli, "action"), *name = cli_string(cli, "bridge");
	bool creates = text_equal(action, "create");

	for (const struct option *o = cli->arguments.command->options; o->name != NULL; o++) {
		static const char *const of_create[] = { "port", "stp", "delay", "mac", "mtu", "timeout", "no-confirm" };

		for (size_t i = 0; i < ARRAY_LENGTH(of_create); i++)
			if (!creates && text_equal(o->name, of_create[i]) && cli->arguments.values[o - cli->arguments.command->options].given)
				return cli_usage(cli, err, _("--%s belongs to 'bridge create'"), o->name);
	}
	if (cli_flag(cli, "force") && !text_equal(action, "delete"))
		return cli_usage(cli, err, _("--force belongs to 'bridge delete'"));
	if (text_equal(action, "list"))
		return name == NULL ? list(cli, err) : cli_usage(cli, err, _("'bridge list' shows all bridges: it takes no name"));
	if (name == NULL)
		return cli_usage(cli, err, _("which bridge? virtty bridge %s BRIDGE"), action);
	if (creates)
		return create(cli, name, err);
	if (text_equal(action, "confirm"))
		return confirm(cli, name, err);
	if (text_equal(action, "delete"))
		return delete(cli, name, err);
	return cli_manager(cli, err) && advise(cli, name, true, err);
}

static const struct option bridge_options[] = {
	{ "action", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, "list create confirm delete advise", N_("ACTION"),
	  N_("list, create, confirm, delete or advise") },
	{ "bridge", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_BRIDGE, NULL, N_("BRIDGE"), N_("which bridge: all but list need it") },
	{ "port", NULL, 0, OPTION_STRING, 0, COMPLETE_CARD, NULL, N_("CARD"), N_("create: the card whose addresses and routes move to the bridge") },
	{ "mac", NULL, 0, OPTION_STRING, 0, COMPLETE_NONE, NULL, N_("MAC"), N_("create: the bridge's MAC, if not the card's") },
	{ "mtu", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("BYTES"), N_("create: the bridge's MTU, if not the card's") },
	OPTION_SIMPLE("stp", N_("create: speak the spanning tree protocol")),
	{ "delay", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("create: how long spanning tree listens, then learns, before a port sends (0)") },
	{ "timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("create: put everything back unless it is confirmed within this time (60)") },
	OPTION_SIMPLE("no-confirm", N_("create: it stays without being confirmed")),
	OPTION_SIMPLE("force", N_("delete: also while machines stand on it; they reach nothing then")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_bridge = {
	.name = "bridge",
	.group = GROUP_NETWORK,
	.summary = N_("the host's bridges: list them, make one of a card"),
	.description = N_(
		"list prints the bridges that this host has, with their ports, one a line, and the machines behind them. create makes a "
		"bridge with --port as its port and moves the card's addresses and routes to it, in an order that connections live "
		"through, the one that it is typed over included: machines with --network bridge=BRIDGE stand in the host's own network "
		"then. It asks whether you are still there; where nobody says yes (or 'virtty bridge confirm', where there is no "
		"terminal) within --timeout, everything is put back, whatever became of this command. delete moves everything back and "
		"takes the bridge away, if virtty made it. advise prints how the host's own configuration (ifupdown, systemd-networkd, "
		"NetworkManager, netplan) would have the bridge, so that it is there after the next start."),
	.options = bridge_options,
	.run = run_bridge,
};
