/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables as virsh prints them, and the parts of composite values. */
#include "config.h"

#include "cli/output_table.h"
#include "cli/suboptions.h"
#include "tests/unit/unit.h"

#include <stdio.h>

static char *printed(const struct output_table *table, bool bare)
{
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	output_table_print(table, stream, bare);
	fclose(stream);
	return text;
}

static void check_table(struct output_table *table, bool bare, const char *expected)
{
	char *text = printed(table, bare);

	ck_assert_str_eq(text, expected);
	free(text);
	output_table_clear(table);
}

START_TEST(table_of_machines)
{
	struct output_table table;

	output_table_init(&table, "Id", "Name", "State", NULL);
	output_table_row(&table, "1", "test", "running");
	output_table_row(&table, "-", "a-longer-name", "shut off");
	check_table(&table, false,
		    " Id   Name            State\n"
		    "--------------------------------\n"
		    " 1    test            running\n"
		    " -    a-longer-name   shut off\n");
}
END_TEST

START_TEST(table_as_wide_as_a_terminal)
{
	struct output_table table;

	output_table_init(&table, "Id", "Why", NULL);
	table.line = 20;
	output_table_row(&table, "1", "a reason as long as can be");
	/* in a file all of it can be searched for */
	char *whole = printed(&table, false);

	ck_assert_str_eq(whole, " Id   Why\n"
				"--------------------\n"
				" 1    a reason as long as can be\n");
	free(whole);
	table.cut = true;
	check_table(&table, false,
		    " Id   Why\n"
		    "--------------------\n"
		    " 1    a reason as...\n");
}
END_TEST

START_TEST(table_without_rows)
{
	struct output_table table;

	output_table_init(&table, "Id", "Name", "State", NULL);
	check_table(&table, false, " Id   Name   State\n--------------------\n");
	output_table_init(&table, "Id", "Name", "State", NULL);
	check_table(&table, true, "");
}
END_TEST

START_TEST(table_without_header)
{
	struct output_table table;

	output_table_init(&table, "Id", "Name", "State", NULL);
	output_table_row(&table, "-", "test", "shut off");
	check_table(&table, true, " -   test   shut off\n");
}
END_TEST

START_TEST(table_counts_columns_not_bytes)
{
	struct output_table table;

	/* Two columns for the wide one, one for the accented. */
	output_table_init(&table, "Name", "State", NULL);
	output_table_row(&table, "t\xc3\xa9st\xe6\xbc\xa2", "on");
	output_table_row(&table, "a", NULL);
	check_table(&table, false,
		    " Name     State\n"
		    "-----------------\n"
		    " t\xc3\xa9st\xe6\xbc\xa2   on\n"
		    " a        \n");
}
END_TEST

START_TEST(table_disarms_a_terminal)
{
	struct output_table table;

	output_table_init(&table, "Title", NULL);
	output_table_row(&table, "\033]0;x\a\n\xff");
	check_table(&table, true, " \\x1b]0;x\\x07\\x0a\\xff\n");
}
END_TEST

static struct suboptions parts;
static struct error error;

static void setup(void)
{
	parts = (struct suboptions){ 0 };
	error = (struct error)ERROR_INIT;
}

static void teardown(void)
{
	suboptions_clear(&parts);
	error_clear(&error);
}

static bool parse(const char *text)
{
	suboptions_clear(&parts);
	error_clear(&error);
	return suboptions_parse("disk", text, "path", "path size readonly", &parts, &error);
}

START_TEST(parts_in_any_order)
{
	ck_assert(parse("path=/a.img,size=20"));
	ck_assert_str_eq(suboption_value(&parts, "path"), "/a.img");
	ck_assert_str_eq(suboption_value(&parts, "size"), "20");
	ck_assert_ptr_null(suboption_value(&parts, "readonly"));
	ck_assert(parse("size=20,path=/a.img"));
	ck_assert_str_eq(suboption_value(&parts, "path"), "/a.img");
}
END_TEST

START_TEST(first_part_without_a_key)
{
	ck_assert(parse("/a.img,readonly"));
	ck_assert_str_eq(suboption_value(&parts, "path"), "/a.img");
	ck_assert_str_eq(suboption_value(&parts, "readonly"), "");
}
END_TEST

START_TEST(two_commas_are_one)
{
	ck_assert(parse("path=/a,,b.img,size=2"));
	ck_assert_str_eq(suboption_value(&parts, "path"), "/a,b.img");
	ck_assert(parse("path=a=b"));
	ck_assert_str_eq(suboption_value(&parts, "path"), "a=b");
}
END_TEST

START_TEST(bad_parts)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "path=/a,speed=9", "--disk does not know 'speed'" },
		{ "/a,/b", "--disk does not know '/b'" },
		{ "path=/a,path=/b", "--disk has 'path' twice" },
		{ "path=/a,size=", "--disk has 'size=' without a value" },
		{ "", "--disk has an empty part: ''" },
		{ "/a,", "--disk has an empty part: '/a,'" },
		{ "=x", "--disk does not know ''" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		ck_assert_msg(!parse(cases[i].text), "'%s' was taken", cases[i].text);
		ck_assert_str_eq(error.message, cases[i].message);
	}
	parse("speed=9");
	ck_assert_str_eq(error.hint, "--disk takes: path, size, readonly");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli output");
	TCase *tables = tcase_create("tables");
	TCase *values = tcase_create("values");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_test(tables, table_of_machines);
	tcase_add_test(tables, table_as_wide_as_a_terminal);
	tcase_add_test(tables, table_without_rows);
	tcase_add_test(tables, table_without_header);
	tcase_add_test(tables, table_counts_columns_not_bytes);
	tcase_add_test(tables, table_disarms_a_terminal);
	suite_add_tcase(suite, tables);
	tcase_add_checked_fixture(values, setup, teardown);
	tcase_add_test(values, parts_in_any_order);
	tcase_add_test(values, first_part_without_a_key);
	tcase_add_test(values, two_commas_are_one);
	tcase_add_test(values, bad_parts);
	suite_add_tcase(suite, values);
	return unit_run(suite);
}
