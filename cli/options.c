/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sorts the words after a command into the rows of its table entry. */
#include "config.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/options.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Is the name (length bytes) one of the words, which blanks separate? */
static bool word_among(const char *words, const char *name, size_t length)
{
	const char *at = words;

	while (at && *at) {
		size_t size = strcspn(at, " ");

		if (size == length && memcmp(at, name, length) == 0)
			return true;
		at += size;
		at += strspn(at, " ");
	}
	return false;
}

const struct option *option_find(const struct command *command, const char *name, size_t length)
{
	for (const struct option *o = command->options; o && o->name; o++) {
		if ((strlen(o->name) == length && memcmp(o->name, name, length) == 0) ||
		    word_among(o->aliases, name, length))
			return o;
	}
	return NULL;
}

const struct option *option_find_letter(const struct command *command, char letter)
{
	for (const struct option *o = command->options; o && o->name; o++) {
		if (o->letter == letter)
			return o;
	}
	return NULL;
}

size_t option_count(const struct command *command)
{
	size_t count = 0;

	while (command->options && command->options[count].name)
		count++;
	return count;
}

/* Every mistake of usage ends here: the command's own help is the way out. */
static bool mistake(const struct command *command, struct error *err)
{
	if (err && !err->hint)
		error_hint(err, _("'virtty help %s' shows what it takes"), command->name);
	return false;
}

static bool unknown_option(const struct command *command, const char *name, size_t length, struct error *err)
{
	_cleanup_free_ char *word = xstrndup(name, length);
	_cleanup_free_ const char **names = xcalloc(option_count(command) + 1, sizeof *names);
	size_t count = 0;

	for (const struct option *o = command->options; o && o->name; o++)
		names[count++] = o->name;
	const char *near = suggest(word, names, count);

	error_set(err, ERROR_INVALID, _("'%s' has no option --%s"), command->name, word);
	if (near)
		error_hint(err, _("did you mean --%s?"), near);
	return mistake(command, err);
}

static bool take_number(const struct command *command, const struct option *option, struct argument *argument,
			struct error *err)
{
	int64_t number;

	if (!text_to_int(argument->text, &number) || (option->kind == OPTION_INT && number < 0 && !(option->traits & TRAIT_NEGATIVE))) {
		error_set(err, ERROR_INVALID, _("--%s takes a whole number, not '%s'"), option->name, argument->text);
		return mistake(command, err);
	}
	argument->number = number;
	return true;
}

static bool take_value(struct arguments *arguments, const struct option *option, const char *text, struct error *err)
{
	const struct command *command = arguments->command;
	struct argument *argument = &arguments->values[option - command->options];

	if (argument->given && option->kind != OPTION_LIST) {
		error_set(err, ERROR_INVALID, _("--%s is given twice"), option->name);
		return mistake(command, err);
	}
	argument->given = true;
	argument->text = text;
	if (option->kind == OPTION_FLAG || (option_stands_alone(option) && !text))
		return true;
	if (text[0] == '\0' && !(option->traits & TRAIT_EMPTY)) {
		error_set(err, ERROR_INVALID, _("the value of --%s is empty"), option->name);
		return mistake(command, err);
	}
	if (option->words && !word_among(option->words, text, strlen(text))) {
		error_set(err, ERROR_INVALID, _("--%s does not know '%s'; allowed: %s"), option->name, text,
			  option->words);
		return mistake(command, err);
	}
	if (option->kind == OPTION_INT || option->kind == OPTION_MAYBE_INT)
		return take_number(command, option, argument, err);
	if (option->kind == OPTION_LIST) {
		argument->list = xreallocarray(argument->list, argument->list_count + 2, sizeof *argument->list);
		argument->list[argument->list_count++] = text;
		argument->list[argument->list_count] = NULL;
	}
	return true;
}

/* The value of an option that was not joined to its name: the next word. */
static bool take_next(struct arguments *arguments, const struct option *option, int argc, char *const *argv, int *at,
		      struct error *err)
{
	if (option->kind == OPTION_FLAG)
		return take_value(arguments, option, NULL, err);
	if (option->kind == OPTION_MAYBE_INT) {
		int64_t number;

		if (*at + 1 < argc && text_to_int(argv[*at + 1], &number))
			return take_value(arguments, option, argv[++*at], err);
		return take_value(arguments, option, NULL, err);
	}
	if (option->kind == OPTION_MAYBE_STRING && (*at + 1 >= argc || argv[*at + 1][0] == '-'))
		return take_value(arguments, option, NULL, err);
	if (*at + 1 >= argc) {
		error_set(err, ERROR_INVALID, _("--%s needs a value: --%s %s"), option->name, option->name,
			  _(option->value));
		return mistake(arguments->command, err);
	}
	return take_value(arguments, option, argv[++*at], err);
}

/* One word "--name" or "--name=value". */
static bool parse_long(struct arguments *arguments, int argc, char *const *argv, int *at, struct error *err)
{
	const char *name = argv[*at] + 2;
	const char *equals = strchr(name, '=');
	size_t length = equals ? (size_t)(equals - name) : strlen(name);
	const struct option *option = option_find(arguments->command, name, length);

	if (!option && length == 4 && memcmp(name, "help", 4) == 0) {
		arguments->help = true;
		return true;
	}
	if (!option)
		return unknown_option(arguments->command, name, length, err);
	if (equals && option->kind == OPTION_FLAG) {
		error_set(err, ERROR_INVALID, _("--%s takes no value"), option->name);
		return mistake(arguments->command, err);
	}
	return equals ? take_value(arguments, option, equals + 1, err)
		      : take_next(arguments, option, argc, argv, at, err);
}

/* One word "-x", "-xyz" (flags) or "-xvalue". */
static bool parse_short(struct arguments *arguments, int argc, char *const *argv, int *at, struct error *err)
{
	for (const char *letter = argv[*at] + 1; *letter; letter++) {
		const struct option *option = option_find_letter(arguments->command, *letter);

		if (!option && *letter == 'h') {
			arguments->help = true;
			continue;
		}
		if (!option) {
			error_set(err, ERROR_INVALID, _("'%s' has no option %s"), arguments->command->name, argv[*at]);
			return mistake(arguments->command, err);
		}
		if (option->kind == OPTION_FLAG || letter[1] == '\0') {
			if (!take_next(arguments, option, argc, argv, at, err))
				return false;
			if (option->kind != OPTION_FLAG)
				return true;
			continue;
		}
		return take_value(arguments, option, letter + 1, err);
	}
	return true;
}

/* Words without a name go to the positional rows that have none yet, in order. */
static bool place_words(struct arguments *arguments, char *const *words, size_t count, struct error *err)
{
	const struct option *option = arguments->command->options;

	for (size_t i = 0; i < count; i++) {
		while (option && option->name &&
		       (!(option->traits & TRAIT_POSITIONAL) ||
			(arguments->values[option - arguments->command->options].given && option->kind != OPTION_LIST)))
			option++;
		if (!option || !option->name) {
			error_set(err, ERROR_INVALID, _("'%s' does not take '%s'"), arguments->command->name, words[i]);
			return mistake(arguments->command, err);
		}
		if (!take_value(arguments, option, words[i], err))
			return false;
	}
	return true;
}

static bool check_required(const struct arguments *arguments, struct error *err)
{
	for (const struct option *o = arguments->command->options; o && o->name; o++) {
		if ((o->traits & TRAIT_REQUIRED) && !arguments->values[o - arguments->command->options].given) {
			error_set(err, ERROR_INVALID, _("'%s' needs %s"), arguments->command->name, _(o->value));
			return mistake(arguments->command, err);
		}
	}
	return true;
}

static bool wants_help(const struct command *command, int argc, char *const *argv)
{
	for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
		if (strcmp(argv[i], "--help") == 0 || (strcmp(argv[i], "-h") == 0 && !option_find_letter(command, 'h')))
			return true;
	}
	return false;
}

/* "-1G" is a value, as virsh reads it: options begin with letters. */
static bool is_negative(const struct command *command, const char *word)
{
	return word[0] == '-' && word[1] >= '0' && word[1] <= '9' && !option_find_letter(command, word[1]);
}

bool arguments_parse(struct arguments *ret, const struct command *command, int argc, char *const *argv,
		     struct error *err)
{
	_cleanup_free_ char **words = xcalloc((size_t)argc + 1, sizeof *words);
	size_t word_count = 0;
	bool options = true;

	*ret = (struct arguments){ .command = command,
				   .values = xcalloc(option_count(command) + 1, sizeof *ret->values) };
	if (wants_help(command, argc, argv)) {
		ret->help = true;
		return true;
	}
	for (int i = 0; i < argc; i++) {
		if (options && strcmp(argv[i], "--") == 0) {
			options = false;
		} else if (options && text_starts(argv[i], "--")) {
			if (!parse_long(ret, argc, argv, &i, err))
				return false;
		} else if (options && argv[i][0] == '-' && argv[i][1] != '\0' && !is_negative(command, argv[i])) {
			if (!parse_short(ret, argc, argv, &i, err))
				return false;
		} else {
			words[word_count++] = argv[i];
		}
	}
	if (ret->help)
		return true;
	return place_words(ret, words, word_count, err) && check_required(ret, err);
}

void arguments_clear(struct arguments *arguments)
{
	for (size_t i = 0; arguments->values && i < option_count(arguments->command); i++)
		free(arguments->values[i].list);
	free(arguments->values);
	*arguments = (struct arguments){ 0 };
}

static const struct argument *row(const struct arguments *arguments, const char *name)
{
	const struct option *option = option_find(arguments->command, name, strlen(name));

	if (!option) {
		fprintf(stderr, "virtty: the command '%s' has no option row '%s'\n", arguments->command->name, name);
		abort();
	}
	return &arguments->values[option - arguments->command->options];
}

bool argument_flag(const struct arguments *arguments, const char *name)
{
	return row(arguments, name)->given;
}

const char *argument_string(const struct arguments *arguments, const char *name)
{
	return row(arguments, name)->text;
}

int64_t argument_int(const struct arguments *arguments, const char *name, int64_t fallback)
{
	const struct argument *argument = row(arguments, name);

	return argument->given && argument->text ? argument->number : fallback;
}

const char *const *argument_list(const struct arguments *arguments, const char *name, size_t *ret_count)
{
	const struct argument *argument = row(arguments, name);

	if (ret_count)
		*ret_count = argument->list_count;
	return (const char *const *)argument->list;
}
