/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Walks the command table: every entry can be explained, parsed and completed; the manual page in the tree is the one
 * it makes. */
#include "config.h"

#include "base/strv.h"
#include "base/text.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/cli.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <stdio.h>

START_TEST(names_are_sorted_and_unique)
{
	for (size_t i = 1; i < command_count; i++)
		ck_assert_msg(strcmp(commands[i - 1]->name, commands[i]->name) < 0, "%s stands before %s",
			      commands[i - 1]->name, commands[i]->name);
	for (size_t i = 0; i < command_count; i++)
		ck_assert_ptr_eq(command_find(commands[i]->name), commands[i]);
	ck_assert_ptr_null(command_find("nosuch"));
	/* That word is virtty's own. */
	ck_assert_ptr_null(command_find("internal"));
}
END_TEST

/* One line for lists: it begins small and has no full stop. */
static void check_line(const char *where, const char *text)
{
	ck_assert_msg(!text_empty(text), "%s: no text", where);
	ck_assert_msg(!strchr(text, '\n'), "%s: more than one line", where);
	ck_assert_msg(!text_ends(text, "."), "%s: a full stop", where);
	ck_assert_msg(utf8_valid(text, strlen(text)), "%s: no UTF-8", where);
}

START_TEST(every_command_is_explained)
{
	for (size_t i = 0; i < command_count; i++) {
		const struct command *command = commands[i];

		check_line(command->name, command->summary);
		ck_assert_msg(text_ends(command->description, "."), "%s: the description is no sentence",
			      command->name);
		ck_assert_msg(strlen(command->summary) <= 55, "%s: the summary does not fit a line of 80",
			      command->name);
		ck_assert_msg(command->run != NULL, "%s: does nothing", command->name);
		ck_assert_msg(command->group < GROUP_COUNT, "%s: no group", command->name);
		for (const char *c = command->name; *c; c++)
			ck_assert_msg(islower((unsigned char)*c) || *c == '-', "%s: a name like no other",
				      command->name);
	}
}
END_TEST

static void check_option(const struct command *command, const struct option *option, const char *where)
{
	check_line(where, option->help);
	ck_assert_msg(option->completer < COMPLETE_COUNT, "%s: unknown completer", where);
	ck_assert_msg((option->kind == OPTION_FLAG) == (option->value == NULL),
		      "%s: a value and no name for it, or the reverse", where);
	ck_assert_msg(option->kind != OPTION_FLAG || !(option->traits & (TRAIT_POSITIONAL | TRAIT_REQUIRED)),
		      "%s: a flag cannot be required", where);
	ck_assert_msg(!option->words || option->completer == COMPLETE_WORDS, "%s: words that are not offered", where);
	ck_assert_msg(strcmp(option->name, "help") != 0, "%s: --help is every command's", where);
	ck_assert_msg(option->letter != 'h', "%s: -h is every command's", where);
	/* The row is found under each of its names, so no other row has one of them. */
	ck_assert_msg(option_find(command, option->name, strlen(option->name)) == option, "%s: two rows of one name",
		      where);
	if (option->letter)
		ck_assert_msg(option_find_letter(command, option->letter) == option, "%s: two rows of one letter",
			      where);
	_cleanup_strv_ char **aliases = strv_split(option->aliases ? option->aliases : "", " ");

	for (size_t i = 0; aliases && aliases[i]; i++)
		ck_assert_msg(option_find(command, aliases[i], strlen(aliases[i])) == option, "%s: --%s is another row",
			      where, aliases[i]);
}

START_TEST(every_option_is_explained)
{
	for (size_t i = 0; i < command_count; i++) {
		bool optional = false, list = false;

		for (size_t j = 0; j < option_count(commands[i]); j++) {
			const struct option *option = &commands[i]->options[j];
			_cleanup_free_ char *where = strf("%s --%s", commands[i]->name, option->name);

			check_option(commands[i], option, where);
			if (!(option->traits & TRAIT_POSITIONAL))
				continue;
			ck_assert_msg(!list, "%s: a list before it takes all words", where);
			ck_assert_msg(!optional || !(option->traits & TRAIT_REQUIRED),
				      "%s: required after one that is not", where);
			optional = optional || !(option->traits & TRAIT_REQUIRED);
			list = list || option->kind == OPTION_LIST;
		}
	}
}
END_TEST

START_TEST(every_page_can_be_printed)
{
	for (size_t i = 0; i < command_count; i++) {
		_cleanup_free_ char *text = NULL;
		size_t length = 0;
		FILE *stream = open_memstream(&text, &length);

		help_command(stream, commands[i]);
		fclose(stream);
		ck_assert_msg(strstr(text, commands[i]->name) != NULL, "%s: not on its own page", commands[i]->name);
		for (size_t j = 0; j < option_count(commands[i]); j++)
			ck_assert_msg(strstr(text, commands[i]->options[j].help) != NULL, "%s: --%s is not on its page",
				      commands[i]->name, commands[i]->options[j].name);
	}
}
END_TEST

START_TEST(commands_of_the_same_kind_take_the_same)
{
	/* Scripts write these for every machine. */
	static const char *const takes_domain[] = { "start",	 "shutdown", "destroy", "reboot",   "reset",
						    "suspend",	 "resume",   "dominfo", "domstate", "dumpxml",
						    "undefine",	 "console",  "edit",	"desc",	    "metadata",
						    "autostart", "domid",    "domuuid", "domname" };
	static const char *const takes_json[] = { "list",  "dominfo", "domstate", "domstats",
						  "event", "version", "consoles" };

	for (size_t i = 0; i < ARRAY_LENGTH(takes_domain); i++) {
		const struct command *command = command_find(takes_domain[i]);

		ck_assert_msg(command && strcmp(command->options[0].name, "domain") == 0,
			      "%s does not take a machine first", takes_domain[i]);
	}
	for (size_t i = 0; i < ARRAY_LENGTH(takes_json); i++) {
		const struct command *command = command_find(takes_json[i]);

		ck_assert_msg(command && option_find(command, "json", 4), "%s has no --json", takes_json[i]);
	}
}
END_TEST

START_TEST(manual_page_is_in_step)
{
	_cleanup_free_ char *path = strf("%s/doc/virtty.1", getenv("srcdir") ? getenv("srcdir") : ".");
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *kept = NULL;
	_cleanup_free_ char *made = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&made, &length);

	manual_page(stream);
	fclose(stream);
	ck_assert_msg(file_read(path, 1024 * 1024, &kept, NULL, &err), "%s", error_text(&err));
	ck_assert_msg(strcmp(kept, made) == 0, "doc/virtty.1 is not what the command table makes: run 'make manual'");
}
END_TEST

START_TEST(foreign_text_is_disarmed)
{
	_cleanup_free_ char *clean = cli_clean("a\033[2Jb\r\nc\td\x7f \xc2\x9b \xc3\xa9");

	ck_assert_str_eq(clean, "a?[2Jb?\nc\td? ?? \xc3\xa9");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli table");
	TCase *tcase = tcase_create("table");

	tcase_add_test(tcase, names_are_sorted_and_unique);
	tcase_add_test(tcase, every_command_is_explained);
	tcase_add_test(tcase, every_option_is_explained);
	tcase_add_test(tcase, every_page_can_be_printed);
	tcase_add_test(tcase, commands_of_the_same_kind_take_the_same);
	tcase_add_test(tcase, manual_page_is_in_step);
	tcase_add_test(tcase, foreign_text_is_disarmed);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
