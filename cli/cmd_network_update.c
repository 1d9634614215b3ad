/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty net-update` and `virtty net-event`: networks changed in place, and what happened to them. */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/follow.h"
#include "cli/network.h"
#include "cli/storage.h"

#include <string.h>

/* ---- net-update ---- */

#define COMMANDS "add add-first add-last delete modify"
#define SECTIONS "ip-dhcp-host ip-dhcp-range forward-interface dns-host dns-txt dns-srv"

/* virsh takes the XML itself, or the name of a file with it. Owned. */
static char *read_piece(const char *text, struct error *err)
{
	_cleanup_free_ char *source = NULL;
	char *piece = NULL;

	if (*text == '<')
		return xstrdup(text);
	return cli_document(text, &piece, &source, err) ? piece : NULL;
}

static bool print_updated(struct cli *cli, const struct network_row *row, bool live, bool config, struct error *err)
{
	struct json_object *object = cli_network_after(cli, row, err);

	if (object == NULL)
		return false;
	json_set_bool(object, "changed_live", live);
	json_set_bool(object, "changed_config", config);
	cli_json(object);
	return true;
}

static bool run_net_update(struct cli *cli, struct error *err)
{
	_cleanup_network_row_ struct network_row row = { 0 };
	_cleanup_free_ char *piece = NULL;
	unsigned flags = (cli_flag(cli, "live") ? NETWORK_LIVE : 0) | (cli_flag(cli, "config") ? NETWORK_CONFIG : 0);

	if ((flags != 0 && !cli_exclusive(cli, err, "current", cli_flag(cli, "live") ? "live" : "config", NULL)) || !cli_network(cli, &row, err))
		return false;
	piece = read_piece(cli_string(cli, "xml"), err);
	if (piece == NULL ||
	    !network_update(cli->manager, &row, cli_string(cli, "command"), cli_string(cli, "section"),
			    (int)argument_int(&cli->arguments, "parent-index", -1), piece, flags, err))
		return false;
	bool live = (flags & NETWORK_LIVE) || (flags == 0 && row.active), config = (flags & NETWORK_CONFIG) || (flags == 0 && !row.active);

	if (cli->json)
		return print_updated(cli, &row, live, config, err);
	/* virsh ends no line here */
	cli_note(cli, _("Updated network %s %s"), row.name,
		 live && config ? _("persistent config and live state") : live ? _("live state") : _("persistent config"));
	return true;
}

static const struct option net_update_options[] = {
	OPTION_NETWORK,
	{ "command", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, COMMANDS, N_("COMMAND"),
	  N_("add, add-first, add-last, delete or modify") },
	{ "section", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_WORDS, SECTIONS, N_("SECTION"),
	  N_("which part of it: ip-dhcp-host, dns-host and others") },
	{ "xml", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_FILE, NULL, N_("XML"),
	  N_("the element itself, or a file that holds it") },
	{ "parent-index", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("NUMBER"), N_("which <ip> is meant, counted from 0") },
	OPTION_SIMPLE("live", N_("change what runs")),
	OPTION_SIMPLE("config", N_("change the stored definition")),
	OPTION_SIMPLE("current", N_("change what runs if it runs, else the definition (as without it)")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_net_update = {
	.name = "net-update",
	.group = GROUP_NETWORK,
	.summary = N_("change a piece of a network in place"),
	.description = N_("Adds, deletes or modifies reservations, ranges and names, without stopping the network: dnsmasq is started anew in "
			  "a moment, and keeps its leases."),
	.options = net_update_options,
	.run = run_net_update,
};

/* ---- net-event ---- */

struct following {
	struct cli *cli;
	const char *network; /* its name, or that of one that is no more; NULL: every one */
	int64_t last;
	size_t shown;
	bool timestamp, one;
};

/* virsh's words for what it knows, too. */
static const char *event_word(const char *event)
{
	static const char *const words[][2] = {
		{ "defined", N_("Defined") }, { "undefined", N_("Undefined") }, { "started", N_("Started") }, { "stopped", N_("Stopped") }
	};

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (text_equal(words[i][0], event))
			return _(words[i][1]);
	return event;
}

static struct json_object *event_json(const struct network_event *event)
{
	struct json_object *object = json_object_new_object();

	json_set_int(object, "id", event->id);
	json_set_int(object, "at_ms", event->at_ms);
	json_set_string(object, "network", event->network);
	json_set_string(object, "event", event->event);
	json_set_string(object, "detail", event->detail);
	return object;
}

static void print_event(const struct following *following, const struct network_event *event)
{
	if (following->timestamp) {
		_cleanup_free_ char *time = clock_text(event->at_ms);

		printf("%s: ", time);
	}
	printf(_("event 'lifecycle' for network %s: %s"), event->network, event_word(event->event));
	if (!text_empty(event->detail)) {
		_cleanup_free_ char *clean = cli_clean(event->detail);

		printf(" (%s)", clean);
	}
	putchar('\n');
}

static bool show_new(struct following *following, bool quiet, struct json_object *array, struct error *err)
{
	struct network_event *events = NULL;
	size_t count = 0;

	if (!network_events(following->cli->manager, following->network, following->last, &events, &count, err))
		return false;
	for (size_t i = 0; i < count; i++) {
		following->last = events[i].id;
		if (quiet || (following->one && following->shown > 0))
			continue;
		following->shown++;
		if (array != NULL)
			json_object_array_add(array, event_json(&events[i]));
		else if (following->cli->json)
			cli_json(event_json(&events[i]));
		else
			print_event(following, &events[i]);
	}
	network_events_free(events, count);
	fflush(stdout);
	return true;
}

static bool show_live(void *userdata, bool loop, size_t *ret_shown, struct error *err)
{
	struct following *following = userdata;

	following->one = !loop;
	if (!show_new(following, false, NULL, err))
		return false;
	*ret_shown = following->shown;
	return true;
}

/* As virsh's: waits, for one event or for all until the time is over. */
static bool run_live(struct following *following, bool loop, struct error *err)
{
	int fd = manager_watch(following->cli->manager, err);

	return fd >= 0 && show_new(following, true, NULL, err) && cli_follow(following->cli, fd, loop, show_live, following, err);
}

static bool show_history(struct following *following, struct error *err)
{
	struct json_object *array = following->cli->json ? json_object_new_array() : NULL;
	bool ok;

	following->timestamp = true;
	ok = show_new(following, false, array, err);
	if (ok && array != NULL)
		cli_json(array);
	else
		json_object_put(array);
	return ok;
}

/* The history knows networks that are no more, by name. */
static bool was_there(struct cli *cli, const char *name, bool *ret, struct error *err)
{
	struct network_event *events = NULL;
	size_t count = 0;

	if (!network_events(cli->manager, name, 0, &events, &count, err))
		return false;
	*ret = count > 0;
	network_events_free(events, count);
	return true;
}

static void print_types(struct cli *cli)
{
	struct json_object *array;

	if (!cli->json) {
		puts("lifecycle");
		return;
	}
	array = json_object_new_array();
	json_object_array_add(array, json_object_new_string("lifecycle"));
	cli_json(array);
}

static bool run_net_event(struct cli *cli, struct error *err)
{
	struct following following = { .cli = cli, .network = cli_string(cli, "network"), .timestamp = cli_flag(cli, "timestamp") };
	bool loop = cli_flag(cli, "loop"), live = loop || argument_string(&cli->arguments, "timeout") != NULL, was = false;
	_cleanup_error_ struct error gone = ERROR_INIT;
	_cleanup_network_row_ struct network_row row = { 0 };

	if (!cli_follow_check(cli, err))
		return false;
	if (cli_flag(cli, "list")) {
		print_types(cli);
		return true;
	}
	if (!cli_manager(cli, err))
		return false;
	if (following.network != NULL && !cli_network(cli, &row, &gone)) {
		if (gone.code == ERROR_NOT_FOUND && !live && !was_there(cli, following.network, &was, err))
			return false;
		if (!was)
			return error_move(err, &gone);
	} else if (following.network != NULL) {
		following.network = row.name;
	}
	return live ? run_live(&following, loop, err) : show_history(&following, err);
}

static const struct option net_event_options[] = {
	{ "network", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_NETWORK, NULL, N_("NETWORK"), N_("only events of this network") },
	{ "event", NULL, 0, OPTION_STRING, 0, COMPLETE_WORDS, "lifecycle", N_("TYPE"), N_("only events of this type: there is one") },
	OPTION_SIMPLE("loop", N_("show events as they happen, until the time is over or ^C")),
	{ "timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"), N_("how long to wait; without --loop for one event") },
	OPTION_SIMPLE("list", N_("list the types")),
	OPTION_SIMPLE("timestamp", N_("show the time of each event (the history always does)")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_net_event = {
	.name = "net-event",
	.group = GROUP_NETWORK,
	.summary = N_("what happened to networks, or happens now"),
	.description = N_("Without --loop and --timeout, prints the history: every definition, start and stop, and each death of a dnsmasq."),
	.options = net_event_options,
	.run = run_net_event,
};
