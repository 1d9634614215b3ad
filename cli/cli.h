/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every command gets: its arguments, the manager (opened when first asked for), and ways to speak to the user. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/gettext.h"
#include "base/memory.h"
#include "cli/command.h"
#include "cli/options.h"
#include "core/manager.h"

#include <stdio.h>

struct json_object;

struct cli {
	struct arguments arguments;
	struct manager *manager; /* owned; cli_manager() opens it */
	char **raw;		 /* borrowed: the words after the command's name, as they came */
	int raw_count;
	bool quiet; /* -q: results only */
	bool json;  /* the command has --json and it was given */
	bool usage; /* the error is the user's usage: exit 2 */
};

/* The manager, or NULL with err. */
struct manager *cli_manager(struct cli *cli, struct error *err);
/* The machine that --domain names. The caller clears ret. */
bool cli_machine(struct cli *cli, struct machine *ret, struct error *err);

/* Short forms of the argument getters. */
bool cli_flag(const struct cli *cli, const char *name);
const char *cli_string(const struct cli *cli, const char *name);

/* Marks the error as wrong usage and returns false: `return cli_usage(cli, err, _("..."), ...)`. */
bool cli_usage(struct cli *cli, struct error *err, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* True when at most one of the flags is given (a list ended by NULL); else a usage error that names two of them. */
bool cli_exclusive(struct cli *cli, struct error *err, ...) __attribute__((sentinel));

/* What was done, in words: left out by -q and --json. */
void cli_note(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* "warning: ..." on stderr for each. */
void cli_warnings(char *const *warnings);
/* "error: ..." and "hint: ..." on stderr. Control characters but newline become '?': a message may quote a guest. */
void cli_print_error(const struct error *err);
/* Foreign text (a guest's, a file's) without control characters: fit for a terminal. Owned. */
char *cli_clean(const char *text);
/* Prints a compact JSON text and a newline, and frees it. */
void cli_json(struct json_object *object);
/* A machine as dominfo --json shows it (list has the same). Owned. */
struct json_object *cli_machine_json(const struct machine *machine);

/* Runs the console of a machine until the user leaves or the guest ends (cmd_console.c). name NULL: the first. */
bool cli_console(struct cli *cli, const struct machine *machine, const char *name, bool force, bool safe, char escape,
		 struct error *err);

#endif
