/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The words after a command, sorted into the rows of its table entry. */
#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "cli/command.h"

struct argument {
	bool given;
	const char *text; /* borrowed from argv */
	int64_t number;
	const char **list; /* owned array of borrowed words, NULL-terminated */
	size_t list_count;
};

struct arguments {
	const struct command *command;
	struct argument *values; /* owned, one a row */
	bool help;		 /* -h or --help was among the words */
};

#define _cleanup_arguments_ _cleanup_(arguments_clear)

/* Parses argv (without the command's name). Options may stand before, between or after positionals; "-1G" is one; "--name value",
 * "--name=value", "-n value" and
 * "-nvalue" are the same; "--" ends options. Every mistake is ERROR_INVALID with a hint; it is a usage error. With
 * --help the rest is not checked. */
bool arguments_parse(struct arguments *ret, const struct command *command, int argc, char *const *argv,
		     struct error *err);
void arguments_clear(struct arguments *arguments);

/* Getters by the row's name; asking for a row that the command has not ends the process (a mistake in the program,
 * found by the tests). */
bool argument_flag(const struct arguments *arguments, const char *name);
/* The text, or NULL when not given. Borrowed. */
const char *argument_string(const struct arguments *arguments, const char *name);
int64_t argument_int(const struct arguments *arguments, const char *name, int64_t fallback);
/* All words given, NULL-terminated; NULL when none. Borrowed. */
const char *const *argument_list(const struct arguments *arguments, const char *name, size_t *ret_count);

#endif
