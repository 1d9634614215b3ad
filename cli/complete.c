/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the shell may offer for the word that is being typed: read from the command table, so that it is always in step. */
#include "config.h"

#include "base/strv.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/internal.h"
#include "core/bridge.h"
#include "core/network.h"
#include "core/storage.h"
#include "hv/domain.h"
#include "hv/keycodes.h"
#include "hv/keymap.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The line that asks the shell for names of files. */
#define FILES "\t\n"

static void offer(const char *candidate, const char *typed)
{
	/* A name with a line end would be two; names of machines have none. */
	if (text_starts(candidate, typed) && !strchr(candidate, '\n'))
		puts(candidate);
}

static void offer_commands(const char *typed)
{
	for (size_t i = 0; i < command_count; i++)
		offer(commands[i]->name, typed);
}

static void offer_words(const char *words, const char *typed)
{
	_cleanup_strv_ char **list = strv_split(words ? words : "", " ");

	for (size_t i = 0; list && list[i]; i++)
		offer(list[i], typed);
}

/* NULL: there is no state. A press of Tab must not make one where there is none. */
static struct manager *open_state(void)
{
	struct paths paths = { 0 };
	struct manager *manager = NULL;

	if (paths_get(&paths, NULL) && access(paths.database, F_OK) == 0)
		manager_open(&manager, NULL);
	paths_clear(&paths);
	return manager;
}

static void offer_machines(enum completer which, const char *typed)
{
	struct manager *manager = open_state();
	struct machine *machines = NULL;
	size_t count = 0;

	if (manager && machine_list(manager, &machines, &count, NULL)) {
		for (size_t i = 0; i < count; i++) {
			bool active = machine_is_active(&machines[i]);

			if (which == COMPLETE_DOMAIN || (which == COMPLETE_ACTIVE) == active)
				offer(machines[i].name, typed);
		}
	}
	machines_free(machines, count);
	manager_close(manager);
}

static void offer_volumes(struct manager *manager, const struct pool_row *pool, const char *typed)
{
	struct volume *volumes = NULL;
	size_t count = 0;

	if (pool->active && volume_list(manager, pool, &volumes, &count, NULL))
		for (size_t i = 0; i < count; i++)
			offer(volumes[i].name, typed);
	volumes_free(volumes, count);
}

static void offer_storage(enum completer which, const char *typed)
{
	struct manager *manager = open_state();
	struct pool_row *pools = NULL;
	size_t count = 0;

	if (manager && pool_list(manager, &pools, &count, NULL))
		for (size_t i = 0; i < count; i++) {
			if (which == COMPLETE_POOL)
				offer(pools[i].name, typed);
			else
				offer_volumes(manager, &pools[i], typed);
		}
	pool_rows_free(pools, count);
	manager_close(manager);
}

static void offer_networks(const char *typed)
{
	struct manager *manager = open_state();
	struct network_row *rows = NULL;
	size_t count = 0;

	if (manager && network_list(manager, &rows, &count, NULL))
		for (size_t i = 0; i < count; i++)
			offer(rows[i].name, typed);
	network_rows_free(rows, count);
	manager_close(manager);
}

static void offer_bridges(const char *typed)
{
	struct manager *manager = open_state();
	struct bridge_row *rows = NULL;
	size_t count = 0;

	if (manager && bridge_list(manager, &rows, &count, NULL))
		for (size_t i = 0; i < count; i++)
			offer(rows[i].name, typed);
	bridge_rows_free(rows, count);
	manager_close(manager);
}

static void offer_cards(const char *typed)
{
	_cleanup_strv_ char **names = bridge_candidates(NULL);

	for (size_t i = 0; names && names[i]; i++)
		offer(names[i], typed);
}

static void offer_disks(const char *name, const char *typed)
{
	_cleanup_machine_ struct machine machine = { 0 };
	_cleanup_domain_ struct domain *domain = NULL;
	struct manager *manager = name ? open_state() : NULL;

	if (manager && machine_find(manager, name, &machine, NULL))
		domain = domain_load(manager, &machine, machine_is_active(&machine), NULL);
	for (size_t i = 0; domain && i < domain->disk_count; i++)
		offer(domain->disks[i].target, typed);
	manager_close(manager);
}

static void offer_keys(const char *typed)
{
	uint32_t qnum;

	for (size_t n = 0; keycode_at(n, &qnum); n++)
		if (keycode_name(qnum))
			offer(keycode_name(qnum), typed);
}

static void offer_layouts(const char *typed)
{
	_cleanup_strv_ char **names = keymap_names();

	for (size_t i = 0; names[i]; i++)
		offer(names[i], typed);
}

/* machine: the one that was named before, NULL: none. */
static void offer_value(const struct option *option, const char *typed, const char *machine)
{
	switch (option->completer) {
	case COMPLETE_WORDS:
		offer_words(option->words, typed);
		break;
	case COMPLETE_FILE:
		fputs(FILES, stdout);
		break;
	case COMPLETE_DOMAIN:
	case COMPLETE_ACTIVE:
	case COMPLETE_INACTIVE:
		offer_machines(option->completer, typed);
		break;
	case COMPLETE_COMMAND:
		offer_commands(typed);
		break;
	case COMPLETE_NETWORK:
		offer_networks(typed);
		break;
	case COMPLETE_BRIDGE:
		offer_bridges(typed);
		break;
	case COMPLETE_CARD:
		offer_cards(typed);
		break;
	case COMPLETE_POOL:
	case COMPLETE_VOLUME:
		offer_storage(option->completer, typed);
		break;
	case COMPLETE_DISK:
		offer_disks(machine, typed);
		break;
	case COMPLETE_KEY:
		offer_keys(typed);
		break;
	case COMPLETE_LAYOUT:
		offer_layouts(typed);
		break;
	case COMPLETE_NONE:
	case COMPLETE_COUNT:
		break;
	}
}

static void offer_options(const struct command *command, const bool *given, const char *typed)
{
	for (size_t i = 0; i < option_count(command); i++) {
		_cleanup_free_ char *name = strf("--%s", command->options[i].name);

		if (!given[i] || command->options[i].kind == OPTION_LIST)
			offer(name, typed);
	}
	offer("--help", typed);
}

/* What is known when the last word is reached. */
struct position {
	const struct option *value; /* the option whose value the last word is */
	bool *given;		    /* owned, a flag a row */
	const char *machine;	    /* borrowed: what --domain, or the first word, names; NULL: nothing yet */
	size_t words;		    /* that stand without an option's name */
	bool ended;		    /* "--" was there */
};

/* Walks the words before the last. Shells split "--name=value" into three words: "--name", "=", "value". */
static void walk(const struct command *command, int count, char *const *words, struct position *at)
{
	for (int i = 0; i < count; i++) {
		const char *word = words[i];
		const char *equals = strchr(word, '=');
		const struct option *option = NULL;

		if (at->value && strcmp(word, "=") == 0)
			continue;
		if (at->value) {
			if (strcmp(at->value->name, "domain") == 0)
				at->machine = word;
			at->value = NULL;
			continue;
		}
		if (!at->ended && strcmp(word, "--") == 0) {
			at->ended = true;
			continue;
		}
		if (at->ended || word[0] != '-' || word[1] == '\0') {
			if (at->words++ == 0 && !at->machine)
				at->machine = word;
			continue;
		}
		if (word[1] == '-')
			option =
				option_find(command, word + 2, equals ? (size_t)(equals - word - 2) : strlen(word + 2));
		else if (word[2] == '\0')
			option = option_find_letter(command, word[1]);
		if (!option)
			continue;
		at->given[option - command->options] = true;
		if (option->kind != OPTION_FLAG && !option_stands_alone(option) && !equals)
			at->value = option;
	}
}

/* The row that the next word without a name would go to. */
static const struct option *next_positional(const struct command *command, const struct position *at)
{
	size_t words = at->words;

	for (const struct option *o = command->options; o && o->name; o++) {
		if (!(o->traits & TRAIT_POSITIONAL) || (at->given[o - command->options] && o->kind != OPTION_LIST))
			continue;
		if (words == 0 || o->kind == OPTION_LIST)
			return o;
		words--;
	}
	return NULL;
}

static void complete_command(const struct command *command, int count, char *const *words)
{
	struct position at = { .given = xcalloc(option_count(command) + 1, sizeof *at.given) };
	const char *typed = words[count - 1];
	const char *equals = strchr(typed, '=');
	const struct option *option = NULL;

	walk(command, count - 1, words, &at);
	if (at.value) {
		offer_value(at.value, strcmp(typed, "=") == 0 ? "" : typed, at.machine);
	} else if (!at.ended && text_starts(typed, "--") && equals) {
		option = option_find(command, typed + 2, (size_t)(equals - typed - 2));
		if (option)
			offer_value(option, equals + 1, at.machine);
	} else if (!at.ended && typed[0] == '-') {
		offer_options(command, at.given, typed);
	} else {
		option = next_positional(command, &at);
		if (option)
			offer_value(option, typed, at.machine);
		else if (typed[0] == '\0')
			offer_options(command, at.given, typed);
	}
	free(at.given);
}

void complete_words(int count, char *const *words)
{
	const struct command *command;
	int first = 0;

	while (first + 1 < count && words[first][0] == '-')
		first++;
	if (first + 1 >= count) {
		const char *typed = count > 0 ? words[count - 1] : "";

		if (typed[0] == '-')
			offer_words("--quiet --connect --help --version", typed);
		else
			offer_commands(typed);
		return;
	}
	command = command_find(words[first]);
	if (command)
		complete_command(command, count - first - 1, words + first + 1);
}
