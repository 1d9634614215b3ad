/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looking back: what is copied is exactly what was written, what is searched for is found, the cursor goes where it should. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/unit/unit.h"
#include "tui/clipboard.h"
#include "tui/copy_mode.h"
#include "tui/vt.h"

#include <locale.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void on_output(const char *bytes, size_t length, void *userdata)
{
	(void)bytes;
	(void)length;
	(void)userdata;
}

static void on_bell(void *userdata)
{
	(void)userdata;
}

static const struct vt_callbacks callbacks = { .output = on_output, .bell = on_bell };

static struct vt *vt;
static struct copy_mode copy;

static void setup(void)
{
	setlocale(LC_CTYPE, "C.UTF-8");
	vt = vt_new(4, 10, &callbacks, NULL);
	copy = (struct copy_mode){ 0 };
}

static void teardown(void)
{
	copy_mode_free(&copy);
	vt_free(vt);
}

static void put(const char *text)
{
	vt_write(vt, text, strlen(text), false);
}

static void check_text(uint64_t line, int column, uint64_t to_line, int to_column, bool lines, const char *wanted)
{
	_cleanup_free_ char *text = lines_text(vt_lines(vt), (struct line_place){ line, column }, (struct line_place){ to_line, to_column }, lines);
	_cleanup_free_ char *swapped =
		lines_text(vt_lines(vt), (struct line_place){ to_line, to_column }, (struct line_place){ line, column }, lines);

	ck_assert_str_eq(text, wanted);
	ck_assert_str_eq(swapped, wanted);
}

START_TEST(plain_text)
{
	put("one two   \r\n\r\n  three");
	check_text(0, 0, 0, 9, false, "one two");
	check_text(0, 4, 0, 6, false, "two");
	check_text(0, 4, 2, 4, false, "two\n\n  thr");
	check_text(0, 5, 2, 0, true, "one two\n\n  three\n");
	check_text(1, 0, 1, 9, false, "");
	ck_assert_int_eq(lines_text_first(vt_lines(vt), 2), 2);
	ck_assert_int_eq(lines_text_last(vt_lines(vt), 2), 6);
	ck_assert_int_eq(lines_text_last(vt_lines(vt), 1), -1);
}
END_TEST

/* A wrapped line is one; a full line that ended by itself is not joined to the next. */
START_TEST(wrapped_lines)
{
	put("0123456789abcdef\r\n0123456789\r\nx");
	check_text(0, 0, 3, 9, false, "0123456789abcdef\n0123456789\nx");
	put("\r\n\r\n\r\n\r\n"); /* all of it has scrolled off */
	check_text(0, 0, 3, 9, false, "0123456789abcdef\n0123456789\nx");
	check_text(0, 8, 1, 2, false, "89abc");
	check_text(0, 0, 1, 0, true, "0123456789abcdef\n");
	/* a mark that combines with the first character of the new row, or the second */
	put("\033[2J\033[H12345678数e\314\201f\314\201\314\202.\r\n123456789数\314\201.");
	check_text(vt_line_top(vt), 0, vt_line_end(vt) - 1, 9, false, "12345678数e\314\201f\314\201\314\202.\n123456789数\314\201.");
}
END_TEST

START_TEST(blanks_before_a_wrap)
{
	put("12345678  next\r\n\033[31mred 78901\033[32m2345\033[0m\r\n");
	check_text(0, 0, 1, 9, false, "12345678  next");
	check_text(2, 0, 3, 9, false, "red 789012345");
	put("\r\n\r\n\r\n\r\n");
	check_text(0, 0, 1, 9, false, "12345678  next");
}
END_TEST

START_TEST(wide_characters)
{
	put("123456789数数e\xcc\x81x\r\n");
	check_text(0, 0, 1, 9, false, "123456789数数e\xcc\x81x");
	check_text(1, 1, 1, 2, false, "数数"); /* the right half of one, the left of the other */
	put("\r\n\r\n\r\n\r\n");
	check_text(0, 0, 1, 9, false, "123456789数数e\xcc\x81x");
	check_text(1, 3, 1, 3, false, "数");
}
END_TEST

/* Combining marks and colours right at the margin, and a program's own font. */
START_TEST(at_the_margin)
{
	put("\033[11m123456789e\xcc\x81next\r\n");
	check_text(0, 0, 1, 9, false, "123456789e\xcc\x81next");
	put("ab\033[1;1H\033[2KX"); /* what is written anew is no wrapped line any more */
	check_text(0, 0, 0, 9, false, "X");
	put("\033[2;1H\033[2KY");
	check_text(0, 0, 1, 9, false, "X\nY");
}
END_TEST

START_TEST(lines_keep_their_numbers)
{
	for (int i = 0; i < 30; i++) {
		_cleanup_free_ char *line = strf("line %d\r\n", i);

		put(line);
	}
	check_text(7, 0, 8, 9, false, "line 7\nline 8");
	put("more\r\nand more\r\n");
	check_text(7, 0, 8, 9, false, "line 7\nline 8");
	ck_assert_uint_eq(vt_line_first(vt), 0);
	ck_assert_uint_eq(vt_line_end(vt), 33);
	vt_show_line(vt, 7);
	ck_assert_uint_eq(vt_line_top(vt), 7);
	vt_show_line(vt, 12);
	ck_assert_uint_eq(vt_line_top(vt), 9);
	vt_show_line(vt, 10);
	ck_assert_uint_eq(vt_line_top(vt), 9);
	vt_resize(vt, 8, 10); /* lines come back from above */
	check_text(7, 0, 8, 9, false, "line 7\nline 8");
}
END_TEST

START_TEST(ten_thousand_lines)
{
	for (int i = 0; i < 10300; i++) {
		_cleanup_free_ char *line = strf("n%d\r\n", i);

		put(line);
	}
	ck_assert_uint_eq(vt_line_end(vt) - vt_line_first(vt), VT_SCROLLBACK_LINES + 4);
	check_text(10299, 0, 10299, 9, false, "n10299");
	check_text(0, 0, vt_line_first(vt), 9, false, "n297");
	struct line_match match;

	ck_assert(lines_search(vt_lines(vt), "n9999", (struct line_place){ vt_line_end(vt) - 1, 0 }, false, &match));
	ck_assert_uint_eq(match.at.line, 9999);
	ck_assert(!lines_search(vt_lines(vt), "n99999", (struct line_place){ 0, 0 }, false, &match));
}
END_TEST

static void check_found(const char *needle, uint64_t line, int column, bool forward, uint64_t at_line, int at_column)
{
	struct line_match match;

	ck_assert_msg(lines_search(vt_lines(vt), needle, (struct line_place){ line, column }, forward, &match), "'%s' was not found", needle);
	ck_assert_uint_eq(match.at.line, at_line);
	ck_assert_int_eq(match.at.column, at_column);
}

START_TEST(searching)
{
	struct line_match match;
	struct line_match all[8];

	put("alpha beta\r\nBeta\r\n数 beta\r\nend");
	check_found("beta", 0, 0, true, 0, 6);
	check_found("beta", 0, 7, true, 1, 0);
	check_found("Beta", 0, 0, true, 1, 0);
	check_found("beta", 1, 0, false, 0, 6);
	check_found("beta", 0, 6, false, 2, 3);
	check_found("beta", 2, 4, true, 0, 6);
	check_found("数 b", 0, 0, true, 2, 0);
	check_found("end", 3, 0, true, 3, 0);
	check_found("end", 3, 0, false, 3, 0);
	ck_assert(!lines_search(vt_lines(vt), "gamma", (struct line_place){ 0, 0 }, true, &match));
	ck_assert(!lines_search(vt_lines(vt), "", (struct line_place){ 0, 0 }, true, &match));
	ck_assert_uint_eq(lines_search_line(vt_lines(vt), "a", 0, all, 8), 3);
	ck_assert_uint_eq(lines_search_line(vt_lines(vt), "a", 0, all, 2), 2);
	ck_assert_uint_eq(lines_search_line(vt_lines(vt), "数", 2, all, 8), 1);
	ck_assert_int_eq(all[0].columns, 2);
}
END_TEST

static void check_cursor(uint64_t line, int column)
{
	ck_assert_uint_eq(copy.cursor.line, line);
	ck_assert_int_eq(copy.cursor.column, column);
}

START_TEST(moving)
{
	static const struct {
		enum command command;
		uint64_t line;
		int column;
	} steps[] = {
		{ COMMAND_FIRST, 0, 0 },      { COMMAND_WORD_NEXT, 0, 4 },  { COMMAND_WORD_NEXT, 1, 0 }, { COMMAND_WORD_NEXT, 1, 2 },
		{ COMMAND_WORD_NEXT, 1, 3 },  { COMMAND_WORD_BACK, 1, 2 },  { COMMAND_WORD_BACK, 1, 0 }, { COMMAND_WORD_BACK, 0, 4 },
		{ COMMAND_LINE_END, 0, 6 },   { COMMAND_UP, 0, 6 },	    { COMMAND_LINE_BEGIN, 0, 0 }, { COMMAND_LEFT, 0, 0 },
		{ COMMAND_LAST, 3, 0 },	      { COMMAND_DOWN, 3, 0 },
	};

	put("one two\r\nab.cd\r\n\r\nlast");
	copy_mode_begin(&copy, vt_lines(vt));
	ck_assert(copy.active);
	check_cursor(3, 4);
	for (size_t i = 0; i < ARRAY_LENGTH(steps); i++) {
		copy_mode_command(&copy, vt_lines(vt), steps[i].command);
		check_cursor(steps[i].line, steps[i].column);
	}
	ck_assert(!copy_mode_command(&copy, vt_lines(vt), COMMAND_QUIT));
	copy_mode_end(&copy, vt_lines(vt));
	ck_assert(!copy.active);
}
END_TEST

static void check_marked(const char *wanted)
{
	_cleanup_free_ char *text = copy_mode_text(&copy, vt_lines(vt));

	if (wanted == NULL)
		ck_assert_ptr_null(text);
	else
		ck_assert_str_eq(text, wanted);
}

START_TEST(marking)
{
	put("one two\r\nthree\r\nfour\r\n");
	copy_mode_begin(&copy, vt_lines(vt));
	check_marked(NULL);
	copy_mode_command(&copy, vt_lines(vt), COMMAND_FIRST);
	copy_mode_command(&copy, vt_lines(vt), COMMAND_WORD_NEXT);
	copy_mode_command(&copy, vt_lines(vt), COMMAND_MARK);
	copy_mode_command(&copy, vt_lines(vt), COMMAND_DOWN);
	copy_mode_command(&copy, vt_lines(vt), COMMAND_LINE_BEGIN);
	check_marked("two\nt");
	ck_assert(copy_mode_marks(&copy, 0, 4));
	ck_assert(copy_mode_marks(&copy, 1, 0));
	ck_assert(!copy_mode_marks(&copy, 0, 3));
	ck_assert(!copy_mode_marks(&copy, 1, 1));
	copy_mode_command(&copy, vt_lines(vt), COMMAND_MARK_LINES);
	check_marked("one two\nthree\n");
	copy_mode_command(&copy, vt_lines(vt), COMMAND_MARK_LINES);
	check_marked(NULL);
	copy_mode_press(&copy, vt_lines(vt), 1, 4);
	copy_mode_drag(&copy, vt_lines(vt), 0, 0);
	check_marked("one two\nthree");
}
END_TEST

START_TEST(searching_on)
{
	put("x1\r\nx2\r\nx3\r\nx4\r\nx5\r\n");
	copy_mode_begin(&copy, vt_lines(vt));
	copy.backward = true;
	copy.origin = copy.cursor;
	ck_assert(copy_mode_search(&copy, vt_lines(vt), "x"));
	check_cursor(4, 0);
	ck_assert(!copy_mode_search(&copy, vt_lines(vt), "x9"));
	ck_assert(copy_mode_search(&copy, vt_lines(vt), "x3"));
	check_cursor(2, 0);
	ck_assert(copy_mode_search(&copy, vt_lines(vt), "x"));
	check_cursor(4, 0);
	ck_assert(copy_mode_search_on(&copy, vt_lines(vt), false));
	check_cursor(3, 0);
	ck_assert(copy_mode_search_on(&copy, vt_lines(vt), true));
	check_cursor(4, 0);
	ck_assert(copy_mode_search_on(&copy, vt_lines(vt), true));
	check_cursor(0, 0); /* around the end */
	ck_assert_uint_eq(vt_line_top(vt), 0);
}
END_TEST

/* The way out as a child of a process of this name sees it. */
static enum clipboard_way way_below(const char *name)
{
	int status = -1;
	pid_t parent = fork();

	if (parent == 0) {
		prctl(PR_SET_NAME, name);
		pid_t child = fork();

		if (child == 0)
			_exit((int)clipboard_way());
		waitpid(child, &status, 0);
		_exit(WEXITSTATUS(status));
	}
	ck_assert_int_eq(waitpid(parent, &status, 0), parent);
	return (enum clipboard_way)WEXITSTATUS(status);
}

START_TEST(multiplexers)
{
	unsetenv("TMUX");
	unsetenv("STY");
	ck_assert_int_eq(clipboard_way(), CLIPBOARD_PLAIN);
	setenv("TMUX", "/tmp/tmux-0/default,1,0", 1);
	ck_assert_int_eq(clipboard_way(), CLIPBOARD_TMUX);
	/* one in the other: the nearer one counts */
	setenv("STY", "1.pts-0.host", 1);
	ck_assert_int_eq(way_below("screen"), CLIPBOARD_SCREEN);
	ck_assert_int_eq(way_below("tmux: server"), CLIPBOARD_TMUX);
	unsetenv("TMUX");
	ck_assert_int_eq(clipboard_way(), CLIPBOARD_SCREEN);
	unsetenv("STY");
}
END_TEST

START_TEST(clipboard)
{
	_cleanup_free_ char *plain = clipboard_sequence("Hello", 5, CLIPBOARD_PLAIN);
	_cleanup_free_ char *tmux = clipboard_sequence("Hi", 2, CLIPBOARD_TMUX);
	_cleanup_free_ char *screen = clipboard_sequence("abc", 3, CLIPBOARD_SCREEN);
	_cleanup_free_ char *large = xcalloc(1, CLIPBOARD_LIMIT + 1);

	ck_assert_str_eq(plain, "\033]52;c;SGVsbG8=\a");
	ck_assert_str_eq(tmux, "\033]52;c;SGk=\a\033Ptmux;\033\033]52;c;SGk=\a\033\\");
	ck_assert_str_eq(screen, "\033P\033]52;c;YWJj\a\033\\");
	ck_assert_ptr_null(clipboard_sequence(large, CLIPBOARD_LIMIT + 1, CLIPBOARD_PLAIN));
	_cleanup_free_ char *most = clipboard_sequence(large, CLIPBOARD_LIMIT, CLIPBOARD_SCREEN);

	ck_assert_ptr_nonnull(most);
	for (const char *at = strchr(most, 'P'); at != NULL; at = strstr(at + 1, "\033P"))
		ck_assert(strstr(at, "\033\\") - at < 700);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui copy");
	TCase *tests = tcase_create("copy");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, plain_text);
	tcase_add_test(tests, wrapped_lines);
	tcase_add_test(tests, blanks_before_a_wrap);
	tcase_add_test(tests, wide_characters);
	tcase_add_test(tests, at_the_margin);
	tcase_add_test(tests, lines_keep_their_numbers);
	tcase_add_test(tests, ten_thousand_lines);
	tcase_add_test(tests, searching);
	tcase_add_test(tests, moving);
	tcase_add_test(tests, marking);
	tcase_add_test(tests, searching_on);
	tcase_add_test(tests, multiplexers);
	tcase_add_test(tests, clipboard);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
