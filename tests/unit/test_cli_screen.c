/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `virtty screen` finds in and prints of a screen's cells. The display here is made of text. */
#include "cli/screen_text.h"

#include "base/json.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tests/unit/unit.h"

#define COLUMNS 20

struct display {
	struct wire_layout layout;
	struct wire_cell cells[8][COLUMNS];
	bool cursor;
};

/* ---- core/display.c's part of it ---- */

const struct wire_layout *display_layout(const struct display *display)
{
	return &display->layout;
}

const struct wire_cell *display_row(const struct display *display, unsigned row)
{
	return display->cells[row];
}

bool display_cursor(const struct display *display, unsigned *ret_row, unsigned *ret_column)
{
	*ret_row = 2;
	*ret_column = 7;
	return display->cursor;
}

static void put_utf8(struct strbuf *text, uint32_t c)
{
	if (c < 0x80) {
		strbuf_putc(text, (char)c);
	} else if (c < 0x800) {
		strbuf_putc(text, (char)(0xc0 | c >> 6));
		strbuf_putc(text, (char)(0x80 | (c & 0x3f)));
	} else {
		strbuf_putc(text, (char)(0xe0 | c >> 12));
		strbuf_putc(text, (char)(0x80 | (c >> 6 & 0x3f)));
		strbuf_putc(text, (char)(0x80 | (c & 0x3f)));
	}
}

char *display_text(const struct display *display, unsigned row)
{
	struct strbuf text = STRBUF_INIT;
	unsigned end = display->layout.columns;

	while (end > 0 && display->cells[row][end - 1].character == ' ')
		end--;
	for (unsigned column = 0; column < end; column++)
		put_utf8(&text, display->cells[row][column].character);
	return strbuf_take(&text);
}

/* A screen of these lines, grey on black. */
static struct display *screen(const char *const *lines)
{
	struct display *display = xcalloc(1, sizeof *display);

	display->layout =
		(struct wire_layout){ .kind = WIRE_KIND_GRID, .columns = COLUMNS, .width = 160, .height = 64 };
	for (; lines[display->layout.rows]; display->layout.rows++) {
		const char *line = lines[display->layout.rows];
		struct wire_cell *cells = display->cells[display->layout.rows];

		for (unsigned column = 0; column < COLUMNS; column++)
			cells[column] =
				(struct wire_cell){ *line ? utf8_next(&line) : ' ', 0xaaaaaa, 0, WIRE_CELL_TEXT };
	}
	return display;
}

static bool found(const char *pattern, const char *const *lines)
{
	struct screen_pattern *compiled = screen_pattern_new(pattern);
	struct display *display = screen(lines);
	bool is = screen_pattern_found(compiled, display);

	free(display);
	screen_pattern_free(compiled);
	return is;
}

START_TEST(test_patterns)
{
	static const char *const lines[] = { "login: root", "Password:", "$ x[1] (a", "\xc3\xa4", NULL };
	static const char *const there[] = {
		"login",     "login: ",	 "Password: ",	  "^Password:$", "root$", "log.*oot",	    "[$] x",
		"$ x[1] (a", "x\\[1\\]", "(login|boot):", "\xc3\xa4",	 "^.$",	  "root\nPassword", ""
	};
	static const char *const not_there[] = { "Login", "^ogin", "Password:x", "x[1] (b", "login: root:", "^$x" };
	static const char *const nothing[] = { NULL };

	for (size_t i = 0; i < ARRAY_LENGTH(there); i++)
		ck_assert_msg(found(there[i], lines), "'%s' is not found", there[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(not_there); i++)
		ck_assert_msg(!found(not_there[i], lines), "'%s' is found", not_there[i]);
	ck_assert(!found("x", nothing));
}
END_TEST

static char *printed(void (*print)(const struct display *display, FILE *out), const struct display *display)
{
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	print(display, out);
	fclose(out);
	return text;
}

START_TEST(test_text)
{
	static const char *const lines[] = { "", "a  b", "", "\xe2\x94\x8c\xc3\xa4", "", "", NULL };
	struct display *display = screen(lines);
	char *text = printed(screen_print_text, display);

	ck_assert_str_eq(text, "\na  b\n\n\xe2\x94\x8c\xc3\xa4\n");
	free(text);
	free(display);
}
END_TEST

/* What virtty-screen is to have kept away does nothing here either. */
START_TEST(test_nothing_acts)
{
	static const char *const lines[] = { "abc", NULL };
	static const uint32_t bad[] = { 0x1b, 0x07, 0x7f, 0x9b, 0x0a, 0xd800, 0x200000 };

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		struct display *display = screen(lines);
		char *colours;

		display->cells[0][1].character = bad[i];
		colours = printed(screen_print_colours, display);
		ck_assert_msg(text_starts(colours, "\033[38;2;170;170;170m\033[48;2;0;0;0ma?c "), "%s", colours);
		free(colours);
		free(display);
	}
}
END_TEST

/* Where the locale has ASCII alone, lines are still lines. */
START_TEST(test_without_utf8)
{
	static const char *const lines[] = { "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x90",
					     "\xe2\x94\x82"
					     "a\xe2\x95\x91\xe2\x86\x91\xc3\xa4\xe2\x96\x91",
					     NULL };
	struct display *display = screen(lines);
	char *text;

	setlocale(LC_ALL, "C");
	text = printed(screen_print_text, display);
	setlocale(LC_ALL, "C.UTF-8");
	ck_assert_str_eq(text, "+-+\n|a|^?#\n");
	free(text);
	free(display);
}
END_TEST

START_TEST(test_colours)
{
	static const char *const lines[] = { "ab", "", NULL };
	struct display *display = screen(lines);
	char *text;

	display->cells[0][1].foreground = 0x010203;
	display->cells[0][1].background = 0xff0000;
	text = printed(screen_print_colours, display);
	ck_assert_str_eq(text,
			 "\033[38;2;170;170;170m\033[48;2;0;0;0ma\033[38;2;1;2;3m\033[48;2;255;0;0mb\033[48;2;0;0;0m"
			 "                  \033[m\n"
			 "\033[48;2;0;0;0m                    \033[m\n");
	free(text);
	free(display);
}
END_TEST

START_TEST(test_blank)
{
	static const char *const empty[] = { "", "", NULL }, *const text[] = { "", "x", NULL },
				 *const none[] = { NULL };
	struct display *display = screen(empty);

	ck_assert(screen_is_blank(display));
	display->cells[1][3].background = 1;
	ck_assert(!screen_is_blank(display));
	free(display);
	display = screen(text);
	ck_assert(!screen_is_blank(display));
	free(display);
	display = screen(none);
	ck_assert(screen_is_blank(display));
	free(display);
}
END_TEST

START_TEST(test_json)
{
	static const char *const lines[] = { "ab", "\xc3\xa4", "", NULL };
	struct display *display = screen(lines);
	struct json_object *object;
	_cleanup_free_ char *text = NULL;

	display->cursor = true;
	/* one cell of four that hold something is a picture's */
	display->cells[2][0] = (struct wire_cell){ 0x2588, 0xff0000, 0, 0 };
	object = screen_json(display);
	ck_assert_int_eq(json_get_int(object, "recognised", 0), 750);
	ck_assert_int_eq(json_get_int(object, "cursor/row", 0), 2);
	ck_assert_int_eq(json_get_int(object, "cursor/column", 0), 7);
	json_object_put(object);
	display->cursor = false;
	display->cells[2][0] = (struct wire_cell){ ' ', 0, 0, WIRE_CELL_TEXT };
	object = screen_json(display);
	text = json_text(object);
	ck_assert_str_eq(text,
			 "{\"kind\":\"text\",\"width\":160,\"height\":64,\"columns\":20,\"rows\":3,\"recognised\":1000,"
			 "\"cursor\":null,\"lines\":[\"ab\",\"\xc3\xa4\",\"\"]}");
	json_object_put(object);
	free(display);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli screen");
	TCase *tests = tcase_create("screen");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_test(tests, test_patterns);
	tcase_add_test(tests, test_text);
	tcase_add_test(tests, test_nothing_acts);
	tcase_add_test(tests, test_without_utf8);
	tcase_add_test(tests, test_colours);
	tcase_add_test(tests, test_blank);
	tcase_add_test(tests, test_json);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
