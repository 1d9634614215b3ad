/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty event`: the history of machines, and what happens from now on. */
#include "config.h"

#include "base/clock.h"
#include "base/json.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/follow.h"
#include "core/history.h"

#include <string.h>

#define EVENT_KINDS "lifecycle reboot rtc-change watchdog io-error balloon-change device-added device-removed media-change block-resize tunable core-dump keeper"

/* What the user wants to see. */
struct event_filter {
	struct cli *cli;
	const char *kind;	/* NULL: every one */
	const char *name;	/* --domain as given; NULL: every machine */
	struct machine machine; /* id 0: only its history is left */
	bool timestamp;
	int64_t last; /* id of the newest event seen */
	size_t shown;
};

static bool fits(const struct event_filter *filter, const struct history_event *event)
{
	if (filter->kind && strcmp(filter->kind, event->kind) != 0)
		return false;
	/* A machine that was undefined has no row any more: its history knows it by name and UUID. */
	return !filter->name || filter->machine.id || text_equal(filter->name, event->name) ||
	       text_equal(filter->name, event->uuid);
}

static struct json_object *event_json(const struct history_event *event)
{
	struct json_object *object = json_object_new_object();

	json_set_int(object, "id", event->id);
	json_set_int(object, "at_ms", event->at_ms);
	json_set_string(object, "name", event->name);
	json_set_string(object, "uuid", event->uuid);
	json_set_string(object, "event", event->kind);
	json_set_string(object, "what", event->what);
	json_set_string(object, "detail", event->detail);
	return object;
}

/* Further lines of a detail stand below the first, indented. */
static void print_detail(const char *detail)
{
	_cleanup_free_ char *clean = cli_clean(detail);
	_cleanup_strv_ char **lines = strv_split(clean, "\n");

	if (strv_length(lines) == 1) {
		printf(" (%s)\n", lines[0]);
		return;
	}
	putchar('\n');
	for (size_t i = 0; lines && lines[i]; i++)
		printf("    %s\n", lines[i]);
}

static void print_event(const struct event_filter *filter, const struct history_event *event)
{
	if (filter->timestamp) {
		_cleanup_free_ char *time = clock_text(event->at_ms);

		printf("%s: ", time);
	}
	printf(_("event '%s' for domain '%s'"), event->kind, event->name);
	if (!text_empty(event->what)) {
		_cleanup_free_ char *what = cli_clean(event->what);

		printf(": %s", what);
	}
	if (!text_empty(event->detail))
		print_detail(event->detail);
	else
		putchar('\n');
}

/* Shows what is newer than the last; in array (may be NULL) for JSON. limit 0: all; more than one event only when many.
 */
static bool show_new(struct event_filter *filter, struct json_object *array, size_t limit, bool many, struct error *err)
{
	struct history_event *events = NULL;
	size_t count = 0;
	size_t first = 0, fitting = 0;

	if (!history_list(manager_db(filter->cli->manager), filter->machine.id, filter->last, 0, &events, &count, err))
		return false;
	for (size_t i = count; limit && i > 0; i--) {
		fitting += fits(filter, &events[i - 1]);
		if (fitting == limit) {
			first = i - 1;
			break;
		}
	}
	for (size_t i = first; i < count; i++) {
		if (!fits(filter, &events[i]))
			continue;
		if (array)
			json_object_array_add(array, event_json(&events[i]));
		else if (filter->cli->json)
			cli_json(event_json(&events[i]));
		else
			print_event(filter, &events[i]);
		filter->shown++;
		if (!many)
			break;
	}
	if (count > 0)
		filter->last = events[count - 1].id;
	history_free(events, count);
	fflush(stdout);
	return true;
}

static bool show_history(struct event_filter *filter, struct error *err)
{
	struct json_object *array = filter->cli->json ? json_object_new_array() : NULL;
	int64_t limit = argument_int(&filter->cli->arguments, "limit", 0);
	bool good;

	filter->timestamp = true;
	good = show_new(filter, array, (size_t)limit, true, err);
	if (good && filter->name && !filter->machine.id && filter->shown == 0)
		good = machine_find(filter->cli->manager, filter->name, &filter->machine, err);
	if (good && array)
		cli_json(array);
	else
		json_object_put(array);
	return good;
}

static bool show_live(void *userdata, bool loop, size_t *ret_shown, struct error *err)
{
	struct event_filter *filter = userdata;

	if (!show_new(filter, NULL, 0, loop, err))
		return false;
	*ret_shown = filter->shown;
	return true;
}

/* As virsh's event: waits, for one event or for all until the time is over. */
static bool run_live(struct event_filter *filter, bool loop, struct error *err)
{
	struct history_event *newest = NULL;
	size_t count = 0;
	int fd;

	if (filter->name && !filter->machine.id &&
	    !machine_find(filter->cli->manager, filter->name, &filter->machine, err))
		return false;
	fd = manager_watch(filter->cli->manager, err);
	if (fd < 0 || !history_list(manager_db(filter->cli->manager), 0, 0, 1, &newest, &count, err))
		return false;
	filter->last = count ? newest[0].id : 0;
	history_free(newest, count);
	return cli_follow(filter->cli, fd, loop, show_live, filter, err);
}

static bool run_event(struct cli *cli, struct error *err)
{
	struct event_filter filter = { .cli = cli,
				       .kind = cli_string(cli, "event"),
				       .name = cli_string(cli, "domain"),
				       .timestamp = cli_flag(cli, "timestamp") };
	_cleanup_error_ struct error gone = ERROR_INIT;
	bool good;

	if (!cli_exclusive(cli, err, "all", "event", NULL))
		return false;
	if (!cli_follow_check(cli, err))
		return false;
	if (cli_flag(cli, "list")) {
		_cleanup_strv_ char **kinds = strv_split(EVENT_KINDS, " ");

		for (size_t i = 0; kinds[i]; i++)
			puts(kinds[i]);
		return true;
	}
	if (!cli_manager(cli, err))
		return false;
	if (filter.name && !machine_find(cli->manager, filter.name, &filter.machine, &gone) &&
	    gone.code != ERROR_NOT_FOUND)
		return error_move(err, &gone);
	if (cli_flag(cli, "loop") || argument_string(&cli->arguments, "timeout"))
		good = run_live(&filter, cli_flag(cli, "loop"), err);
	else
		good = show_history(&filter, err);
	machine_clear(&filter.machine);
	return good;
}

static const struct option event_options[] = {
	{ "domain", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_DOMAIN, NULL, N_("DOMAIN"),
	  N_("only events of this machine") },
	{ "event", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_WORDS, EVENT_KINDS, N_("TYPE"),
	  N_("only events of this type") },
	OPTION_SIMPLE("all", N_("events of all types (as without options)")),
	OPTION_SIMPLE("loop", N_("show events as they happen, until the time is over or ^C")),
	{ "timeout", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("SECONDS"),
	  N_("how long to wait; without --loop for one event") },
	{ "limit", NULL, 0, OPTION_INT, 0, COMPLETE_NONE, NULL, N_("NUMBER"), N_("of the history, only the newest") },
	OPTION_SIMPLE("list", N_("list the types")),
	OPTION_SIMPLE("timestamp", N_("show the time of each event (the history always does)")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_event = {
	.name = "event",
	.group = GROUP_MONITOR,
	.summary = N_("what happened to machines, or happens now"),
	.description = N_(
		"Without --loop and --timeout, prints the history: every start, stop, crash and error, with the "
		"reason, also of machines that are "
		"undefined since. With --timeout waits for one event, as virsh does; with --loop for all that come."),
	.options = event_options,
	.run = run_event,
};
