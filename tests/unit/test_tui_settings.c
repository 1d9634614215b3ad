/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The configuration file: colours and keys that hold, and what is wrong said by its line. */
#include "base/strv.h"
#include "tests/unit/unit.h"
#include "tui/bindings.h"
#include "tui/settings.h"
#include "tui/theme.h"

#include <stdio.h>

static char **problems;

static void forget(void)
{
	theme_reset();
	for (size_t i = 0; i < key_table_count; i++)
		for (size_t j = 0; j < key_tables[i]->count; j++)
			key_binding_set(&key_tables[i]->bindings[j], NULL);
	strv_free(problems);
	problems = NULL;
}

static void apply(const char *text)
{
	forget();
	settings_apply("f", text, &problems);
}

/* The text is taken but for one problem that has these words. */
static void check_problem(const char *text, const char *words)
{
	apply(text);
	ck_assert_msg(strv_length(problems) == 1, "%zu problems in '%s'", strv_length(problems), text);
	ck_assert_msg(strstr(problems[0], words) != NULL, "%s", problems[0]);
}

static enum command found(const struct key_table *table, const char *name)
{
	struct key key;

	ck_assert(key_parse(name, strlen(name), &key));
	return key_table_find(table, &key);
}

START_TEST(colours)
{
	apply("# mine\n\n[colours]\nhead = black, bright-yellow, bold\r\n  title=214\nerror = default, 17 underline\nselected = reverse\n");
	ck_assert_ptr_null(problems);
	ck_assert_int_eq(theme_look(STYLE_HEAD)->foreground, 0);
	ck_assert_int_eq(theme_look(STYLE_HEAD)->background, 11);
	ck_assert_uint_eq(theme_look(STYLE_HEAD)->bold, 1);
	ck_assert_int_eq(theme_look(STYLE_TITLE)->foreground, 214);
	ck_assert_int_eq(theme_look(STYLE_TITLE)->background, -1);
	ck_assert_int_eq(theme_look(STYLE_ERROR)->background, 17);
	ck_assert_uint_eq(theme_look(STYLE_ERROR)->underline, 1);
	/* a colour alone leaves the look without colours as it was; an attribute does not */
	ck_assert_uint_eq(theme_look(STYLE_TITLE)->mono_bold, 1);
	ck_assert_uint_eq(theme_look(STYLE_HEAD)->mono_reverse, 0);
	ck_assert_uint_eq(theme_look(STYLE_SELECTED)->mono_reverse, 1);
}
END_TEST

START_TEST(keys)
{
	apply("[keys list]\nstart = F9 S\nforce-off = s\n[keys console-reader]\nleave = x\n");
	ck_assert_ptr_null(problems);
	ck_assert_int_eq(found(&keys_list, "S"), COMMAND_START);
	ck_assert_int_eq(found(&keys_list, "F9"), COMMAND_START);
	ck_assert_int_eq(found(&keys_list, "s"), COMMAND_FORCE_OFF);
	ck_assert_int_eq(found(&keys_list, "F3"), COMMAND_NONE);
	ck_assert_int_eq(found(&keys_console_reader, "x"), COMMAND_DETACH);
	/* keys may be exchanged; what is taken goes from whatever had it */
	apply("[keys list]\nreboot = R\nreset = r\nshutdown = s\n");
	ck_assert_ptr_null(problems);
	ck_assert_int_eq(found(&keys_list, "R"), COMMAND_REBOOT);
	ck_assert_int_eq(found(&keys_list, "r"), COMMAND_RESET);
	ck_assert_int_eq(found(&keys_list, "F3"), COMMAND_START);
}
END_TEST

START_TEST(problems_by_line)
{
	check_problem("[colours]\nhead = blue\nnonsense = red\n", "f:3: there is no style 'nonsense'");
	check_problem("[colours]\nhead = mauve\n", "f:2: 'mauve' is no colour");
	check_problem("[colours]\nhead = red, blue, green\n", "one colour too many");
	check_problem("[colours]\nhead = 256\n", "'256' is no colour");
	check_problem("[colours]\nhead =\n", "has no colour");
	check_problem("[keys nowhere]\nx = y\nz\n", "f:1: there is no section");
	check_problem("[colours\nhead = red\n", "f:1: a section ends with ']'");
	check_problem("head = red\n", "f:1: a line before the first section");
	check_problem("[iso]\nplaces = /srv\n", "f:2: [iso] has no 'places', only 'directories'");
	check_problem("[iso]\ndirectories = /srv/isos : isos\n", "'isos' is no directory from / or ~ on");
	check_problem("[keys list]\nfly = x\n", "f:2: [keys list] has no command 'fly'");
	check_problem("[keys list]\nstart = Hyper-x\n", "'Hyper-x' is no key");
	check_problem("[keys list]\nstart =\n", "has no key");
	check_problem("[keys list]\nstart\n", "a line is 'name = value'");
	check_problem("[keys list]\n= x\n", "a line is 'name = value'");
	check_problem("[keys list]\nstart = r\n", "[keys list] leaves 'reboot' without a key");
	check_problem("[keys list]\nstart = \xff\n", "not UTF-8");
	/* the lines around it hold */
	apply("[colours]\nwrong\nhead = red\n");
	ck_assert_int_eq(theme_look(STYLE_HEAD)->foreground, 1);
}
END_TEST

/* Names are words that the file can have, and none means two things. */
START_TEST(names)
{
	for (int i = 0; i < COMMAND_COUNT; i++)
		for (int j = 0; command_name((enum command)i) != NULL && j < i; j++)
			ck_assert_msg(command_name((enum command)j) == NULL ||
				      strcmp(command_name((enum command)i), command_name((enum command)j)) != 0, "%s", command_name((enum command)i));
	for (size_t j = 0; j < keys_list.count; j++)
		ck_assert_ptr_nonnull(command_name(keys_list.bindings[j].command));
	for (int i = 0; i < STYLE_COUNT; i++)
		ck_assert_msg(theme_name((enum style)i) != NULL, "style %d has no name", i);
}
END_TEST

/* Of lists and of what asks the example has every command, with the keys that are built in. */
START_TEST(example_is_whole)
{
	const struct key_table *const tables[] = { &keys_list,	  &keys_confirm, &keys_delete,	 &keys_pools,
						   &keys_volumes, &keys_jobs,	 &keys_networks, &keys_leases };
	_cleanup_free_ char *path = strf("%s/data/virtty.conf", getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;

	ck_assert_ok(file_read(path, 1 << 20, &text, NULL, &err), &err);
	for (size_t i = 0; i < ARRAY_LENGTH(tables); i++) {
		_cleanup_free_ char *title = strf("\n[keys %s]\n", tables[i]->name);
		const char *section = strstr(text, title);

		ck_assert_msg(section != NULL, "there is no%s", title);
		const char *end = strstr(section + 1, "\n[");
		_cleanup_free_ char *lines = end != NULL ? xstrndup(section, (size_t)(end + 1 - section)) : xstrdup(section);

		for (size_t j = 0; j < tables[i]->count; j++) {
			const struct key_binding *binding = &tables[i]->bindings[j];
			const char *name = command_name(binding->command);
			_cleanup_free_ char *line = strf("\n#%s = %s\n", name, binding->keys);

			ck_assert_msg(strstr(lines, line) != NULL, "[keys %s] lacks%s", tables[i]->name, line);
		}
	}
}
END_TEST

/* The example's lines are comments: without their '#' they say what is built in, and all is taken. */
START_TEST(example)
{
	_cleanup_free_ char *path = strf("%s/data/virtty.conf", getenv("srcdir") != NULL ? getenv("srcdir") : ".");
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = NULL;
	size_t lines = 0;

	ck_assert_ok(file_read(path, 1 << 20, &text, NULL, &err), &err);
	apply(text);
	ck_assert_ptr_null(problems);
	for (char *at = text; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (at[0] == '#' && at[1] != ' ' && at[1] != '\n') {
			at[0] = ' ';
			lines++;
		}
	}
	ck_assert_uint_gt(lines, 40);
	apply(text);
	ck_assert_msg(problems == NULL, "%s", problems != NULL ? problems[0] : "");
	ck_assert_int_eq(found(&keys_list, "F3"), COMMAND_START);
	ck_assert_int_eq(found(&keys_list, "Del"), COMMAND_DELETE);
}
END_TEST

/* Any bytes: nothing breaks, and each problem names its line. */
START_TEST(any_bytes)
{
	static const char alphabet[] = "[]=# \n\tkeyslitcoluradF1\xc3\xa9,-";
	unsigned seed = 1;

	for (int round = 0; round < 2000; round++) {
		char text[80] = "[keys list]\n";

		for (size_t i = 12; i < sizeof text - 1; i++) {
			seed = seed * 1103515245u + 12345u;
			text[i] = alphabet[(seed >> 16) % (sizeof alphabet - 1)];
		}
		apply(text);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui settings");
	TCase *tests = tcase_create("settings");

	tcase_add_checked_fixture(tests, NULL, forget);
	tcase_add_test(tests, colours);
	tcase_add_test(tests, keys);
	tcase_add_test(tests, problems_by_line);
	tcase_add_test(tests, names);
	tcase_add_test(tests, example);
	tcase_add_test(tests, example_is_whole);
	tcase_add_test(tests, any_bytes);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
