/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables: what is selected and marked stays so while the things are read anew; order, filter, choice. And bars, and words that are found. */
#include "base/memory.h"
#include "tests/unit/unit.h"
#include "tui/filter_words.h"
#include "tui/usage_bar.h"
#include "tui/widget_table.h"

#include <strings.h>

struct fruit {
	const char *name;
	int size;
};

static const struct fruit garden[] = { { "apple", 3 }, { "Banana", 5 }, { "cherry", 1 }, { "date", 3 } };
static const struct fruit later[] = { { "aronia", 1 }, { "Banana", 2 }, { "cherry", 9 } };
static const struct fruit *fruits;
static struct table table;

static void cell(size_t item, size_t column, struct list_cell *ret, void *userdata)
{
	(void)userdata;
	ret->text = column == 1 ? xstrdup(fruits[item].name) : NULL;
}

static const char *name(size_t item, void *userdata)
{
	(void)userdata;
	return fruits[item].name;
}

static bool matches(size_t item, char *const *words, void *userdata)
{
	const char *const texts[] = { fruits[item].name, NULL };

	(void)userdata;
	return filter_matches(words, texts, ARRAY_LENGTH(texts));
}

static int compare(size_t a, size_t b, size_t column, void *userdata)
{
	(void)userdata;
	return column == 2 ? fruits[a].size - fruits[b].size : strcasecmp(fruits[a].name, fruits[b].name);
}

static bool descends(size_t column)
{
	return column == 2;
}

static const struct list_column columns[] = { { "", .width = 1 }, { "Name", .width = 10 }, { "Size", .width = 4 } };
static const struct table_class class = {
	.columns = columns, .column_count = ARRAY_LENGTH(columns), .first_sorted = 1, .nothing = "nothing", .not_found = "not found",
	.cell = cell, .name = name, .matches = matches, .compare = compare, .descends = descends,
};

static void setup(void)
{
	fruits = garden;
	table_init(&table, &class, NULL);
	table_set_count(&table, ARRAY_LENGTH(garden));
}

static void teardown(void)
{
	table_clear(&table);
}

/* The names of the rows, in order. */
static void check_rows(const char *text)
{
	_cleanup_free_ char *rows = xstrdup("");

	for (size_t i = 0; i < table.row_count; i++) {
		char *more = strf("%s%s%s", rows, i > 0 ? " " : "", fruits[table.rows[i]].name);

		free(rows);
		rows = more;
	}
	ck_assert_str_eq(rows, text);
}

static void check_selected(const char *text)
{
	size_t item = table_selected(&table);

	ck_assert_uint_ne(item, TABLE_NONE);
	ck_assert_str_eq(fruits[item].name, text);
}

static void type(const char *text)
{
	ck_assert(table_command(&table, COMMAND_FILTER));
	ck_assert(table_paste(&table, text, strlen(text)));
}

START_TEST(order)
{
	check_rows("apple Banana cherry date");
	table_command(&table, COMMAND_DOWN);
	check_selected("Banana");
	/* the next column with a title: sizes, the greatest first; the items' own order where they are equal */
	table_command(&table, COMMAND_SORT);
	check_rows("Banana apple date cherry");
	check_selected("Banana");
	table_command(&table, COMMAND_SORT_REVERSE);
	check_rows("cherry apple date Banana");
	check_selected("Banana");
	/* past the one without a title */
	table_command(&table, COMMAND_SORT);
	check_rows("apple Banana cherry date");
}
END_TEST

START_TEST(filter)
{
	size_t count;

	table_command(&table, COMMAND_LAST);
	table_command(&table, COMMAND_MARK);
	type("AN");
	check_rows("Banana");
	check_selected("Banana");
	ck_assert(table_filtered(&table));
	/* what is hidden is not meant */
	_cleanup_free_ size_t *chosen = table_chosen(&table, &count);

	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(fruits[chosen[0]].name, "Banana");
	table_command(&table, COMMAND_ACCEPT);
	ck_assert(!table.typing);
	table_command(&table, COMMAND_UNFILTER);
	check_rows("apple Banana cherry date");
	type("nothing of that");
	ck_assert_uint_eq(table_selected(&table), TABLE_NONE);
	ck_assert_ptr_null(table_refuses(&table, COMMAND_MARK));
	table_command(&table, COMMAND_ACCEPT);
	ck_assert_str_eq(table_refuses(&table, COMMAND_MARK), "not found");
	table_command(&table, COMMAND_MARK);
}
END_TEST

START_TEST(read_anew)
{
	size_t count;

	table_command(&table, COMMAND_MARK); /* apple, and one down */
	table_command(&table, COMMAND_MARK); /* Banana */
	check_selected("cherry");
	fruits = later;
	table_set_count(&table, ARRAY_LENGTH(later));
	check_rows("aronia Banana cherry");
	check_selected("cherry");
	_cleanup_free_ size_t *chosen = table_chosen(&table, &count);

	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(fruits[chosen[0]].name, "Banana");
	/* what was gone for a while is not marked when it is back */
	fruits = garden;
	table_set_count(&table, ARRAY_LENGTH(garden));
	ck_assert(!table.marks[0]);
	table_command(&table, COMMAND_MARK_INVERT);
	ck_assert_uint_eq(table.kept_count, 3);
	table_command(&table, COMMAND_UNMARK);
	ck_assert_uint_eq(table.kept_count, 0);
	table_forget(&table);
	table_set_count(&table, 0);
	ck_assert_uint_eq(table_selected(&table), TABLE_NONE);
	ck_assert_str_eq(table_refuses(&table, COMMAND_FILTER), "nothing");
}
END_TEST

static void check_bar(uint64_t used, uint64_t total, const char *text)
{
	_cleanup_free_ char *bar = usage_bar(used, total, 8, false);

	ck_assert_str_eq(bar, text);
}

START_TEST(bars)
{
	check_bar(0, 100, "........");
	check_bar(1, 100, "#.......");
	check_bar(50, 100, "####....");
	check_bar(99, 100, "#######.");
	check_bar(100, 100, "########");
	check_bar(200, 100, "########");
	check_bar(5, 0, "        ");
	check_bar(UINT64_MAX, UINT64_MAX, "########");
	ck_assert_uint_eq(usage_percent(999, 1000), 99);
	ck_assert_uint_eq(usage_percent(7, 0), 0);
	ck_assert_uint_eq(usage_percent(8, 7), 100);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui table");
	TCase *tests = tcase_create("table");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, order);
	tcase_add_test(tests, filter);
	tcase_add_test(tests, read_anew);
	tcase_add_test(tests, bars);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
