/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The option parser of the command line, on a table of its own; suggestions. */
#include "config.h"

#include "base/gettext.h"
#include "base/text.h"
#include "cli/options.h"
#include "tests/unit/unit.h"

static const struct option rows[] = {
	{ "domain", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL | TRAIT_REQUIRED, COMPLETE_DOMAIN, NULL, "DOMAIN",
	  "a machine" },
	{ "mode", NULL, 'm', OPTION_STRING, 0, COMPLETE_WORDS, "acpi agent", "MODE", "how" },
	{ "timeout", "time-out", 't', OPTION_INT, 0, COMPLETE_NONE, NULL, "SECONDS", "how long" },
	{ "wait", NULL, 0, OPTION_MAYBE_INT, 0, COMPLETE_NONE, NULL, "MINUTES", "wait" },
	{ "all", NULL, 'a', OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL, "all" },
	{ "brief", NULL, 'b', OPTION_FLAG, 0, COMPLETE_NONE, NULL, NULL, "brief" },
	{ "text", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL | TRAIT_EMPTY, COMPLETE_NONE, NULL, "TEXT", "words" },
	OPTION_END,
};

static const struct command command = { .name = "try", .summary = "s", .description = "d", .options = rows };

#define WORDS_MAX 12

static struct arguments arguments;
static struct error error;

static void setup(void)
{
	arguments = (struct arguments){ 0 };
	error = (struct error)ERROR_INIT;
}

static void teardown(void)
{
	arguments_clear(&arguments);
	error_clear(&error);
}

/* Parses a line, split at blanks; "''" stands for an empty word. The words live as long as the process needs them. */
static bool parse(const char *line)
{
	static char copy[256];
	char *words[WORDS_MAX];
	int count = 0;
	char *at = copy;

	arguments_clear(&arguments);
	error_clear(&error);
	ck_assert_uint_lt(strlen(line), sizeof copy);
	memcpy(copy, line, strlen(line) + 1);
	while (*at) {
		char *end = at + strcspn(at, " ");
		bool last = *end == '\0';

		*end = '\0';
		words[count++] = strcmp(at, "''") == 0 ? end : at;
		at = last ? end : end + 1;
	}
	return arguments_parse(&arguments, &command, count, words, &error);
}

static void refused(const char *line, const char *message)
{
	ck_assert_msg(!parse(line), "'%s' was taken", line);
	ck_assert_int_eq(error.code, ERROR_INVALID);
	ck_assert_str_eq(error.message, message);
	ck_assert_ptr_nonnull(error.hint);
}

START_TEST(options_stand_anywhere)
{
	static const char *const lines[] = {
		"web1 --mode acpi -a",	      "--mode acpi web1 -a", "-a --mode=acpi web1",
		"--all -macpi --domain web1", "-am acpi -- web1",    "-a --domain=web1 -m acpi",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
		ck_assert_msg(parse(lines[i]), "%s: %s", lines[i], error.message);
		ck_assert_str_eq(argument_string(&arguments, "domain"), "web1");
		ck_assert_str_eq(argument_string(&arguments, "mode"), "acpi");
		ck_assert(argument_flag(&arguments, "all"));
		ck_assert(!argument_flag(&arguments, "brief"));
	}
}
END_TEST

START_TEST(absent_is_absent)
{
	ck_assert(parse("web1"));
	ck_assert_ptr_null(argument_string(&arguments, "mode"));
	ck_assert_int_eq(argument_int(&arguments, "timeout", 7), 7);
	ck_assert_ptr_null(argument_list(&arguments, "text", NULL));
	ck_assert(!arguments.help);
}
END_TEST

START_TEST(numbers)
{
	ck_assert(parse("web1 --timeout 30 --wait"));
	ck_assert_int_eq(argument_int(&arguments, "timeout", 0), 30);
	ck_assert(argument_flag(&arguments, "wait"));
	ck_assert_int_eq(argument_int(&arguments, "wait", -1), -1);
	ck_assert(parse("--wait 5 --time-out=0 web1"));
	ck_assert_int_eq(argument_int(&arguments, "wait", -1), 5);
	ck_assert_int_eq(argument_int(&arguments, "timeout", 9), 0);
	ck_assert(parse("--wait web1"));
	ck_assert_str_eq(argument_string(&arguments, "domain"), "web1");
	refused("web1 --timeout -5", "--timeout takes a whole number, not '-5'");
	refused("web1 --timeout 5s", "--timeout takes a whole number, not '5s'");
	refused("web1 --timeout 99999999999999999999", "--timeout takes a whole number, not '99999999999999999999'");
	refused("web1 --timeout=", "the value of --timeout is empty");
}
END_TEST

START_TEST(lists_take_the_rest)
{
	size_t count = 0;
	const char *const *list;

	ck_assert(parse("web1 a -b b -- --c"));
	list = argument_list(&arguments, "text", &count);
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(list[0], "a");
	ck_assert_str_eq(list[1], "b");
	ck_assert_str_eq(list[2], "--c");
	ck_assert_ptr_null(list[3]);
	ck_assert(parse("web1 ''"));
	list = argument_list(&arguments, "text", &count);
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(list[0], "");
	ck_assert(parse("--domain web1 a --text b"));
	argument_list(&arguments, "text", &count);
	ck_assert_uint_eq(count, 2);
}
END_TEST

START_TEST(mistakes)
{
	refused("", "'try' needs DOMAIN");
	refused("''", "the value of --domain is empty");
	refused("web1 --nosuch", "'try' has no option --nosuch");
	refused("web1 -x", "'try' has no option -x");
	/* what begins like a number is a value */
	ck_assert(parse("web1 -5G"));
	ck_assert_str_eq(argument_list(&arguments, "text", NULL)[0], "-5G");
	refused("web1 --all=yes", "--all takes no value");
	refused("web1 --all --all", "--all is given twice");
	refused("web1 -aa", "--all is given twice");
	refused("web1 --domain web2 --domain web3", "--domain is given twice");
	refused("web1 --mode", "--mode needs a value: --mode MODE");
	refused("web1 --mode magic", "--mode does not know 'magic'; allowed: acpi agent");
	refused("web1 --mode 'acpi'", "--mode does not know ''acpi''; allowed: acpi agent");
	refused("web1 --=x", "'try' has no option --");
	ck_assert(!parse("web1 --tmeout 5"));
	ck_assert_str_eq(error.hint, "did you mean --timeout?");
}
END_TEST

START_TEST(help_needs_nothing_else)
{
	ck_assert(parse("--help") && arguments.help);
	ck_assert(parse("-h") && arguments.help);
	ck_assert(parse("--nosuch -h") && arguments.help);
	ck_assert(parse("web1 -- --help") && !arguments.help);
}
END_TEST

START_TEST(a_single_dash_is_a_word)
{
	ck_assert(parse("-"));
	ck_assert_str_eq(argument_string(&arguments, "domain"), "-");
}
END_TEST

START_TEST(suggestions)
{
	static const char *const words[] = { "destroy", "domid", "domstate", "list", "reset", "shutdown", "start" };
	static const struct {
		const char *typed, *meant;
	} cases[] = {
		{ "lsit", "list" },	    { "strat", "start" },
		{ "shutdwon", "shutdown" }, { "shut", "shutdown" },
		{ "destory", "destroy" },   { "domstat", "domstate" },
		{ "xyzzy", NULL },	    { "", NULL },
		{ "listlistlist", NULL },   { "a-word-that-is-far-too-long-to-be-a-typing-mistake-of-any", NULL },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		const char *meant = suggest(cases[i].typed, words, ARRAY_LENGTH(words));

		if (cases[i].meant)
			ck_assert_msg(meant && strcmp(meant, cases[i].meant) == 0, "%s: %s", cases[i].typed,
				      meant ? meant : "nothing");
		else
			ck_assert_msg(!meant, "%s: %s", cases[i].typed, meant);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli options");
	TCase *tcase = tcase_create("options");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, options_stand_anywhere);
	tcase_add_test(tcase, absent_is_absent);
	tcase_add_test(tcase, numbers);
	tcase_add_test(tcase, lists_take_the_rest);
	tcase_add_test(tcase, mistakes);
	tcase_add_test(tcase, help_needs_nothing_else);
	tcase_add_test(tcase, a_single_dash_is_a_word);
	tcase_add_test(tcase, suggestions);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
