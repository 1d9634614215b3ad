/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text view: what becomes of bytes, wrapping at every width, scrolling, searching; and the row of tabs. */
#include "base/text.h"
#include "tests/unit/unit.h"
#include "tui/widget_tabs.h"
#include "tui/widget_text.h"

#include <termkey.h>

/* As if drawn: laid out for a width, with so many rows seen. */
static void shape(struct text_view *view, int columns, int rows)
{
	view->shown = rows;
	text_view_layout(view, columns);
}

static char *row_text(const struct text_view *view, size_t row)
{
	const struct text_row *at = &view->rows[row];

	return xstrndup(view->lines[at->line].text + at->from, at->to - at->from);
}

static void check_row(const struct text_view *view, size_t row, const char *wanted)
{
	ck_assert_uint_lt(row, view->row_count);
	_cleanup_free_ char *text = row_text(view, row);

	ck_assert_str_eq(text, wanted);
}

static void type(struct text_view *view, const char *text)
{
	while (*text != '\0') {
		const struct key key = { .type = KEY_TYPE_CHAR, .code = utf8_next(&text) };

		text_view_key(view, &key);
	}
}

START_TEST(lines)
{
	struct text_view view = { 0 };

	text_view_add(&view, STYLE_NORMAL, "one\r\n\ttwo\ta\n\x1b[31m \xff \xe2\x80\xae\n");
	ck_assert_uint_eq(view.count, 3);
	ck_assert_str_eq(view.lines[0].text, "one");
	ck_assert_str_eq(view.lines[1].text, "        two     a");
	ck_assert_str_eq(view.lines[2].text, "?[31m ? ?");
	text_view_add(&view, STYLE_NORMAL, "");
	ck_assert_uint_eq(view.count, 4);
	text_view_add_labelled(&view, "Nämé", 6, STYLE_NORMAL, "a\nb");
	ck_assert_str_eq(view.lines[4].text, "Nämé   a");
	ck_assert_str_eq(view.lines[5].text, "       b");
	ck_assert_uint_eq(view.lines[5].lead, 7);
	text_view_end(&view);
}
END_TEST

START_TEST(wraps)
{
	struct text_view view = { .wrap = true };

	text_view_add(&view, STYLE_NORMAL, "one two three\n\nabcdefghijkl\n漢字漢字");
	shape(&view, 7, 10);
	check_row(&view, 0, "one two");
	check_row(&view, 1, "three");
	check_row(&view, 2, "");
	check_row(&view, 3, "abcdefg");
	check_row(&view, 4, "hijkl");
	check_row(&view, 5, "漢字漢");
	check_row(&view, 6, "字");
	ck_assert_uint_eq(view.row_count, 7);
	shape(&view, 80, 10);
	ck_assert_uint_eq(view.row_count, 4);
	text_view_end(&view);
}
END_TEST

/* No width loses a character, nor does a row take more columns than there are (but for one wide character in one column). */
START_TEST(every_width)
{
	static const char text[] = " Label: some words, 漢字 too, áccénts and averylongwordwithoutanyblankinit  end ";

	for (int width = -3; width < 100; width++) {
		struct text_view view = { .wrap = true };
		size_t letters = 0;

		text_view_add(&view, STYLE_NORMAL, text);
		text_view_add_labelled(&view, "Label", 10, STYLE_NORMAL, text);
		shape(&view, width, 5);
		for (size_t i = 0; i < view.row_count; i++) {
			_cleanup_free_ char *row = row_text(&view, i);

			ck_assert_int_le(utf8_width(row), width > 2 ? width : 2);
			for (const char *c = row; *c != '\0'; c++)
				letters += *c != ' ';
		}
		size_t wanted = 0;

		for (const char *c = text; *c != '\0'; c++)
			wanted += *c != ' ';
		ck_assert_uint_eq(letters, 2 * wanted + strlen("Label"));
		text_view_end(&view);
	}
}
END_TEST

START_TEST(scrolls)
{
	struct text_view view = { 0 };

	for (int i = 0; i < 100; i++)
		text_view_add(&view, STYLE_NORMAL, "line");
	shape(&view, 80, 10);
	text_view_command(&view, COMMAND_UP);
	ck_assert_uint_eq(view.top, 0);
	text_view_command(&view, COMMAND_PAGE_DOWN);
	ck_assert_uint_eq(view.top, 9);
	text_view_command(&view, COMMAND_LAST);
	ck_assert_uint_eq(view.top, 90);
	text_view_command(&view, COMMAND_DOWN);
	ck_assert_uint_eq(view.top, 90);
	_cleanup_free_ char *position = text_view_position(&view);

	ck_assert_str_eq(position, "91-100 of 100");
	text_view_command(&view, COMMAND_LEFT);
	ck_assert_int_eq(view.left, 0);
	text_view_command(&view, COMMAND_RIGHT);
	ck_assert_int_gt(view.left, 0);
	text_view_mouse(&view, &(struct mouse){ .action = MOUSE_PRESS, .button = 4 });
	ck_assert_uint_eq(view.top, 87);
	ck_assert(!text_view_command(&view, COMMAND_ACCEPT));
	text_view_end(&view);
}
END_TEST

/* The line at the top stays there when the width changes. */
START_TEST(keeps_its_place)
{
	struct text_view view = { .wrap = true };

	for (int i = 0; i < 40; i++)
		text_view_add(&view, STYLE_NORMAL, "some words that wrap in a narrow window");
	shape(&view, 20, 5);
	view.top = 20;
	size_t line = view.rows[20].line;

	shape(&view, 80, 5);
	ck_assert_uint_eq(view.rows[view.top].line, line);
	shape(&view, 7, 5);
	ck_assert_uint_eq(view.rows[view.top].line, line);
	text_view_end(&view);
}
END_TEST

START_TEST(finds)
{
	size_t at, length;

	ck_assert(text_find("Eine Ähre", 0, "ähr", &at, &length));
	ck_assert_uint_eq(at, 5);
	ck_assert_uint_eq(length, strlen("Ähr"));
	ck_assert(!text_find("eine ähre", 0, "Ähr", &at, &length));
	ck_assert(!text_find("abc", 0, "", &at, &length));
	ck_assert(!text_find("abc", 3, "abc", &at, &length));
	ck_assert(text_find("aaa", 1, "a", &at, &length));
	ck_assert_uint_eq(at, 1);
	ck_assert(!text_find("", 0, "a", &at, &length));
}
END_TEST

START_TEST(searches_as_typed)
{
	struct text_view view = { 0 };

	ck_assert_ptr_nonnull(text_view_refuses(&view, COMMAND_SEARCH_NEXT));
	text_view_add(&view, STYLE_NORMAL, "red apple\ngreen\nblue\ngrey green\nblack");
	shape(&view, 80, 2);
	ck_assert(text_view_command(&view, COMMAND_SEARCH));
	ck_assert(view.typing);
	type(&view, "gr");
	ck_assert(view.found);
	ck_assert_uint_eq(view.found_line, 1);
	type(&view, "ey");
	ck_assert_uint_eq(view.found_line, 3);
	ck_assert_uint_eq(text_view_found_row(&view), 3);
	type(&view, "?");
	ck_assert(!view.found);
	ck_assert(text_view_command(&view, COMMAND_ERASE));
	ck_assert_uint_eq(view.found_line, 3);
	ck_assert(!text_view_command(&view, COMMAND_DOWN));
	ck_assert(text_view_command(&view, COMMAND_ERASE_LINE));
	ck_assert(!view.found);
	text_view_paste(&view, "green\n", 6);
	ck_assert(text_view_command(&view, COMMAND_ACCEPT));
	ck_assert(!view.typing);
	ck_assert_ptr_null(text_view_refuses(&view, COMMAND_SEARCH_NEXT));
	ck_assert_uint_eq(view.found_line, 1);
	text_view_command(&view, COMMAND_SEARCH_NEXT);
	ck_assert_uint_eq(view.found_line, 3);
	ck_assert_uint_eq(view.found_at, 5);
	text_view_command(&view, COMMAND_SEARCH_NEXT);
	ck_assert_uint_eq(view.found_line, 1);
	text_view_command(&view, COMMAND_SEARCH_PREVIOUS);
	ck_assert_uint_eq(view.found_line, 3);
	text_view_end(&view);
}
END_TEST

/* Leaving a search goes back to where it began; a text that shrank meanwhile is no trap. */
START_TEST(leaves_a_search)
{
	struct text_view view = { 0 };

	for (int i = 0; i < 50; i++)
		text_view_add(&view, STYLE_NORMAL, i == 45 ? "needle" : "hay");
	shape(&view, 80, 5);
	view.top = 7;
	text_view_command(&view, COMMAND_SEARCH);
	type(&view, "needle");
	ck_assert_uint_eq(view.found_line, 45);
	view.top = 43;
	text_view_command(&view, COMMAND_CLOSE);
	ck_assert(!view.typing);
	ck_assert_uint_eq(view.top, 7);
	text_view_command(&view, COMMAND_SEARCH);
	type(&view, "needle");
	text_view_command(&view, COMMAND_ACCEPT);
	text_view_clear(&view);
	text_view_command(&view, COMMAND_SEARCH_NEXT);
	text_view_add(&view, STYLE_NORMAL, "needle");
	text_view_command(&view, COMMAND_SEARCH_NEXT);
	ck_assert_uint_eq(view.found_line, 0);
	text_view_command(&view, COMMAND_SEARCH_PREVIOUS);
	ck_assert_uint_eq(view.found_line, 0);
	text_view_end(&view);
}
END_TEST

START_TEST(tabs_by_number)
{
	struct tabs tabs = { .row = 1, .shown = 2, .starts = { 0, 10, 20 } };

	tabs_set_count(&tabs, 3);
	ck_assert(tabs_command(&tabs, COMMAND_TAB_PREVIOUS));
	ck_assert_uint_eq(tabs.current, 2);
	ck_assert(tabs_command(&tabs, COMMAND_TAB_NEXT));
	ck_assert_uint_eq(tabs.current, 0);
	ck_assert(tabs_command(&tabs, COMMAND_TAB_2));
	ck_assert_uint_eq(tabs.current, 1);
	ck_assert(tabs_command(&tabs, COMMAND_TAB_9));
	ck_assert_uint_eq(tabs.current, 1);
	ck_assert(!tabs_command(&tabs, COMMAND_UP));
	ck_assert(tabs_mouse(&tabs, &(struct mouse){ .action = MOUSE_PRESS, .button = 1, .row = 1, .column = 9 }));
	ck_assert_uint_eq(tabs.current, 0);
	ck_assert(!tabs_mouse(&tabs, &(struct mouse){ .action = MOUSE_PRESS, .button = 1, .row = 1, .column = 20 }));
	ck_assert(!tabs_mouse(&tabs, &(struct mouse){ .action = MOUSE_PRESS, .button = 1, .row = 2, .column = 12 }));
	tabs_set_count(&tabs, 0);
	ck_assert(tabs_command(&tabs, COMMAND_TAB_NEXT));
	ck_assert(tabs_command(&tabs, COMMAND_TAB_PREVIOUS));
	ck_assert_uint_eq(tabs.current, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_test(tcase, lines);
	tcase_add_test(tcase, wraps);
	tcase_add_test(tcase, every_width);
	tcase_add_test(tcase, scrolls);
	tcase_add_test(tcase, keeps_its_place);
	tcase_add_test(tcase, finds);
	tcase_add_test(tcase, searches_as_typed);
	tcase_add_test(tcase, leaves_a_search);
	tcase_add_test(tcase, tabs_by_number);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
