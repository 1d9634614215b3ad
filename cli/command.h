/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command table: what a command is called, what it takes, what it does. Help, completion and the manual page are
 * read from it. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_kind {
	OPTION_FLAG,	  /* --all */
	OPTION_STRING,	  /* --domain NAME */
	OPTION_INT,	  /* --timeout 5: a whole number, not negative without TRAIT_NEGATIVE */
	OPTION_LIST,	  /* may be given again; as a positional it takes all words that are left */
	OPTION_MAYBE_STRING, /* --cloud-init or --cloud-init user=a: the value may be left out */
	OPTION_MAYBE_INT, /* --wait or --wait 5: the number may be left out (it may be negative) */
};

/* What the shell may offer for a value. */
enum completer {
	COMPLETE_NONE,
	COMPLETE_WORDS, /* the option's words */
	COMPLETE_FILE,
	COMPLETE_DOMAIN,   /* any machine */
	COMPLETE_ACTIVE,   /* machines that run */
	COMPLETE_INACTIVE, /* machines that do not */
	COMPLETE_COMMAND,
	COMPLETE_NETWORK,
	COMPLETE_BRIDGE, /* bridges of the host */
	COMPLETE_CARD,	 /* what could be the port of one */
	COMPLETE_POOL,
	COMPLETE_VOLUME, /* of any pool */
	COMPLETE_DISK,	 /* targets of the machine that was named before */
	COMPLETE_KEY,	 /* names of keys */
	COMPLETE_LAYOUT, /* keyboard layouts */
	COMPLETE_COUNT,
};

enum {
	TRAIT_POSITIONAL = 1 << 0, /* may be given without its name, in the order of the rows */
	TRAIT_REQUIRED = 1 << 1,
	TRAIT_EMPTY = 1 << 2,	 /* "" is a value too */
	TRAIT_NEGATIVE = 1 << 3, /* an OPTION_INT may be negative */
};

struct option {
	const char *name;
	const char *aliases; /* other long names, separated by blanks; NULL: none */
	char letter;	     /* short name, 0: none */
	enum option_kind kind;
	unsigned traits;
	enum completer completer;
	const char *words; /* the words allowed (COMPLETE_WORDS), separated by blanks; others are refused */
	const char *value; /* what help calls the value: N_("NAME") */
	const char *help;  /* N_(), one line */
};

enum group { GROUP_DOMAIN, GROUP_MONITOR, GROUP_HOST, GROUP_NETWORK, GROUP_POOL, GROUP_VOLUME, GROUP_IMAGE, GROUP_SECRET, GROUP_COUNT };

struct cli;

struct command {
	const char *name;
	enum group group;
	const char *summary;	      /* N_(), one line without a full stop */
	const char *description;      /* N_(), whole sentences */
	const struct option *options; /* ended by a row without a name; NULL: none */
	/* Does the work. False with err set: main() prints it. Results go to stdout. */
	bool (*run)(struct cli *cli, struct error *err);
	bool plain; /* no blank line after its output */
};

/* The table, sorted by name, and its groups' titles. */
extern const struct command *const commands[];
extern const size_t command_count;
extern const char *const group_titles[GROUP_COUNT]; /* N_() */
extern const char *const group_words[GROUP_COUNT];  /* as `virtty help WORD` takes them */
/* The command of that name, or NULL. */
const struct command *command_find(const char *name);
/* The option of a long name or alias, or NULL. */
const struct option *option_find(const struct command *command, const char *name, size_t length);
const struct option *option_find_letter(const struct command *command, char letter);
size_t option_count(const struct command *command);

/* May its value be left out? */
static inline bool option_stands_alone(const struct option *option)
{
	return option->kind == OPTION_MAYBE_INT || option->kind == OPTION_MAYBE_STRING;
}

/* Rows that many commands share. */
#define OPTION_DOMAIN(complete) \
	{ "domain", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, complete, NULL, N_("DOMAIN"), \
	  N_("name, id or UUID of a machine") }
#define OPTION_SIMPLE(name, help) \
	{ name, NULL, 0, OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL, help }
#define OPTION_JSON OPTION_SIMPLE("json", N_("print JSON, on one line"))
#define OPTION_END \
	{ NULL, NULL, 0, OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL, NULL }

#endif
