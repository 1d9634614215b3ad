/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list widget: column layout at every width, selection and scrolling; and text wrapped for dialogs. */
#include "base/strv.h"
#include "base/text.h"
#include "tests/unit/unit.h"
#include "tui/dialog.h"
#include "tui/widget_list.h"

static const struct list_column columns[] = {
	{ "Name", .width = 10, .grow = 3, .most = 20 },
	{ "State", .width = 8 },
	{ "CPU", .width = 5, .priority = 1, .right = true },
	{ "Title", .width = 6, .grow = 1, .priority = 2 },
};
#define COUNT (sizeof columns / sizeof *columns)

static int total(const int *widths)
{
	int sum = 0;

	for (size_t i = 0; i < COUNT; i++)
		if (widths[i] > 0)
			sum += widths[i] + (sum > 0 ? LIST_GAP : 0);
	return sum;
}

START_TEST(layout)
{
	int widths[COUNT];

	list_layout(columns, COUNT, 32, widths);
	ck_assert_int_eq(widths[0], 10);
	ck_assert_int_eq(widths[1], 8);
	ck_assert_int_eq(widths[2], 5);
	ck_assert_int_eq(widths[3], 6);
	/* one column less: the title goes, its room is the name's */
	list_layout(columns, COUNT, 31, widths);
	ck_assert_int_eq(widths[3], 0);
	ck_assert_int_eq(widths[0], 16);
	list_layout(columns, COUNT, 22, widths);
	ck_assert_int_eq(widths[2], 0);
	/* growth is shared, and ends */
	list_layout(columns, COUNT, 40, widths);
	ck_assert_int_eq(widths[0], 16);
	ck_assert_int_eq(widths[3], 8);
	list_layout(columns, COUNT, 200, widths);
	ck_assert_int_eq(widths[0], 20);
	ck_assert_int_eq(widths[1], 8);
	ck_assert_int_eq(total(widths), 200);
}
END_TEST

START_TEST(every_width)
{
	int widths[COUNT];

	for (int width = 0; width < 500; width++) {
		list_layout(columns, COUNT, width, widths);
		ck_assert_int_le(total(widths), width > 0 ? width : 1);
		for (size_t i = 0; i < COUNT; i++)
			ck_assert_int_ge(widths[i], 0);
	}
}
END_TEST

START_TEST(selection)
{
	struct list list = { .columns = columns, .column_count = COUNT, .rows = 10, .row = 2 };

	list_set_count(&list, 100);
	ck_assert(list_command(&list, COMMAND_UP));
	ck_assert_uint_eq(list.selected, 0);
	list_command(&list, COMMAND_DOWN);
	ck_assert_uint_eq(list.selected, 1);
	list_command(&list, COMMAND_PAGE_DOWN);
	ck_assert_uint_eq(list.selected, 10);
	list_command(&list, COMMAND_LAST);
	ck_assert_uint_eq(list.selected, 99);
	list_command(&list, COMMAND_DOWN);
	ck_assert_uint_eq(list.selected, 99);
	list_command(&list, COMMAND_PAGE_UP);
	ck_assert_uint_eq(list.selected, 90);
	list_set_count(&list, 5);
	ck_assert_uint_eq(list.selected, 4);
	list_set_count(&list, 0);
	ck_assert_uint_eq(list.selected, 0);
	list_command(&list, COMMAND_DOWN);
	list_command(&list, COMMAND_LAST);
	ck_assert_uint_eq(list.selected, 0);
	ck_assert(!list_command(&list, COMMAND_START));
}
END_TEST

START_TEST(mouse)
{
	struct list list = { .columns = columns, .column_count = COUNT, .rows = 10, .row = 2, .top = 20 };
	struct mouse click = { .action = MOUSE_PRESS, .button = 1, .row = 5 };
	size_t row = 0;

	list_set_count(&list, 24);
	ck_assert(list_mouse(&list, &click, &row));
	ck_assert_uint_eq(row, 23);
	ck_assert_uint_eq(list.selected, 23);
	click.row = 6; /* below the last machine */
	ck_assert(!list_mouse(&list, &click, &row));
	click.row = 1; /* the titles */
	ck_assert(!list_mouse(&list, &click, &row));
	click.button = 4;
	ck_assert(!list_mouse(&list, &click, &row));
	ck_assert_uint_eq(list.selected, 20);
}
END_TEST

static void check_wrap(const char *text, int width, const char *wanted)
{
	_cleanup_strv_ char **lines = text_wrap(text, width);
	_cleanup_free_ char *joined = strv_join(lines, "|");

	ck_assert_str_eq(joined, wanted);
	for (size_t i = 0; lines != NULL && lines[i] != NULL; i++)
		ck_assert_int_le(utf8_width(lines[i]), width < 2 ? 2 : width);
}

START_TEST(wrap)
{
	check_wrap("", 10, "");
	check_wrap("one two three", 20, "one two three");
	check_wrap("one two three", 7, "one two|three");
	check_wrap("one two three", 8, "one two|three");
	check_wrap("one two three", 9, "one two|three");
	check_wrap("a\n\nb", 9, "a||b");
	check_wrap("abcdefgh", 3, "abc|def|gh");
	check_wrap("数据库服务器", 5, "数据|库服|务器");
	check_wrap("数", 1, "数"); /* wider than there is room: no endless loop */
	check_wrap("error: cannot start 'x'\nhint: y", 40, "error: cannot start 'x'|hint: y");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui list");
	TCase *tests = tcase_create("list");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_test(tests, layout);
	tcase_add_test(tests, every_width);
	tcase_add_test(tests, selection);
	tcase_add_test(tests, mouse);
	tcase_add_test(tests, wrap);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
