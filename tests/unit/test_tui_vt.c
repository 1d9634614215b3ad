/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's terminal: text, colours, scrollback, keys as bytes; and that nothing a guest writes comes out in any other way than as cells. */
#include "base/clock.h"
#include "base/strbuf.h"
#include "tests/unit/unit.h"
#include "tui/vt.h"

#include <termkey.h>

struct heard {
	struct strbuf output;
	size_t bells;
};

static void on_output(const char *bytes, size_t length, void *userdata)
{
	strbuf_add(&((struct heard *)userdata)->output, bytes, length);
}

static void on_bell(void *userdata)
{
	((struct heard *)userdata)->bells++;
}

static const struct vt_callbacks callbacks = { .output = on_output, .bell = on_bell };

static struct heard heard;
static struct vt *vt;

static void setup(void)
{
	vt = vt_new(4, 20, &callbacks, &heard);
}

static void teardown(void)
{
	vt_free(vt);
	strbuf_clear(&heard.output);
	heard = (struct heard){ 0 };
}

static void put(const char *text)
{
	vt_write(vt, text, strlen(text), false);
}

static void check_row(int row, const char *wanted)
{
	struct cell cells[20];
	char text[21];
	size_t length = 0;

	vt_row(vt, row, cells, 20);
	for (size_t i = 0; i < 20; i++)
		text[length++] = cells[i].chars[0] == 0 ? ' ' : cells[i].chars[0] < 0x80 ? (char)cells[i].chars[0] : '*';
	while (length > 0 && text[length - 1] == ' ')
		length--;
	text[length] = '\0';
	ck_assert_str_eq(text, wanted);
}

static void check_output(const char *wanted)
{
	ck_assert_str_eq(heard.output.data != NULL ? heard.output.data : "", wanted);
	strbuf_clear(&heard.output);
}

START_TEST(cells)
{
	struct cell row[20];

	put("\033[1;31mA\033[0;38;5;208;44mB\033[0;38;2;1;2;3;7mC\033[0;3;4;5mD\033[0m数e\xcc\x81");
	vt_row(vt, 0, row, 20);
	ck_assert_uint_eq(row[0].attributes, CELL_BOLD);
	ck_assert_uint_eq(row[0].foreground.type, COLOUR_INDEX);
	ck_assert_uint_eq(row[0].foreground.red, 1);
	ck_assert_uint_eq(row[0].background.type, COLOUR_DEFAULT);
	ck_assert_uint_eq(row[1].foreground.red, 208);
	ck_assert_uint_eq(row[1].background.red, 4);
	ck_assert_uint_eq(row[2].foreground.type, COLOUR_RGB);
	ck_assert_uint_eq(row[2].foreground.blue, 3);
	ck_assert_uint_eq(row[2].attributes, CELL_REVERSE);
	ck_assert_uint_eq(row[3].attributes, CELL_ITALIC | CELL_UNDERLINE | CELL_BLINK);
	ck_assert_uint_eq(row[4].chars[0], 0x6570);
	ck_assert_uint_eq(row[4].width, 2);
	ck_assert_uint_eq(row[5].width, 0);
	ck_assert_uint_eq(row[6].chars[0], 'e');
	ck_assert_uint_eq(row[6].chars[1], 0x301);
}
END_TEST

START_TEST(scrolling)
{
	int row, column;

	for (char c = 'a'; c <= 'j'; c++) {
		char line[] = { c, '\r', '\n', '\0' };

		put(line);
	}
	check_row(0, "h");
	vt_scroll(vt, 3);
	ck_assert_uint_eq(vt_scrolled(vt), 3);
	check_row(0, "e");
	check_row(3, "h");
	ck_assert(!vt_cursor(vt, &row, &column));
	/* output does not move what one looks at */
	put("k\r\n");
	check_row(0, "e");
	vt_scroll_to(vt, true);
	check_row(0, "a");
	vt_scroll(vt, 100);
	check_row(0, "a");
	vt_scroll(vt, -100);
	ck_assert_uint_eq(vt_scrolled(vt), 0);
	check_row(0, "i");
	ck_assert(vt_cursor(vt, &row, &column));
	ck_assert_int_eq(row, 3);
}
END_TEST

START_TEST(alternate_screen)
{
	put("one\r\n\033[?1049h\033[2J\033[Hfull screen\r\n\r\n\r\n\r\n\r\n\r\n");
	vt_scroll_to(vt, true);
	ck_assert_uint_eq(vt_scrolled(vt), 0); /* it leaves nothing behind */
	put("\033[?1049l");
	check_row(0, "one");
	/* a reset leaves it too */
	put("\033[?1049h\033[2J\033[Hfull screen\033c");
	ck_assert(!vt_alternate(vt));
	put("1\r\n2\r\n3\r\n4\r\n5");
	ck_assert_uint_eq(vt_line_first(vt) + 1, vt_line_top(vt));
}
END_TEST

START_TEST(resizing)
{
	int rows, columns;

	for (char c = 'a'; c <= 'j'; c++) {
		char line[] = { c, '\r', '\n', '\0' };

		put(line);
	}
	vt_resize(vt, 8, 30);
	vt_size(vt, &rows, &columns);
	ck_assert_int_eq(rows, 8);
	ck_assert_int_eq(columns, 30);
	vt_resize(vt, 0, -5);
	vt_size(vt, &rows, &columns);
	ck_assert_int_eq(rows, 1);
	ck_assert_int_eq(columns, 2);
	put("xyz\r\n数\tq");
	vt_resize(vt, 2000, 3000);
	vt_size(vt, &rows, &columns);
	ck_assert_int_eq(rows, 1000);
	vt_resize(vt, 4, 20);
	put("\033[2J\033[Hback");
	check_row(0, "back");
}
END_TEST

START_TEST(window)
{
	int row, column;

	vt_window(vt, 3);
	ck_assert_int_eq(vt_window_rows(vt), 3);
	put("a\r\nb\r\nc\r\nd");
	check_row(0, "a"); /* nobody has asked for the cursor */
	ck_assert(!vt_cursor(vt, &row, &column));
	vt_follow_cursor(vt);
	ck_assert_int_eq(vt_window_top(vt), 1);
	check_row(0, "b");
	ck_assert(vt_cursor(vt, &row, &column));
	ck_assert_int_eq(row, 2);
	put("\033[2;1H");
	vt_follow_cursor(vt);
	ck_assert_int_eq(vt_window_top(vt), 1); /* it is in sight */
	vt_scroll(vt, 5);
	ck_assert_uint_eq(vt_scrolled(vt), 1); /* the row above the window is all there is */
	check_row(0, "a");
	put("\033[4;1H\r\ne");
	check_row(0, "a");
	vt_scroll_to(vt, false);
	check_row(0, "c");
	vt_show_line(vt, vt_line_first(vt));
	check_row(0, "a");
	vt_show_line(vt, vt_line_end(vt) - 1);
	check_row(2, "e");
	vt_window(vt, 0);
	ck_assert_int_eq(vt_window_rows(vt), 4);
	check_row(0, "b");
	/* nothing is hidden for the sake of empty rows */
	put("\033[2J\033[4;1Hx");
	vt_window(vt, 2);
	vt_follow_cursor(vt);
	ck_assert_int_eq(vt_window_top(vt), 2);
	put("\033[2J\033[2;1Hx");
	vt_follow_cursor(vt);
	ck_assert_int_eq(vt_window_top(vt), 0);
	/* a smaller screen has no rows to look past */
	vt_window(vt, 2);
	vt_follow_cursor(vt);
	vt_resize(vt, 1, 20);
	ck_assert_int_eq(vt_window_top(vt), 0);
}
END_TEST

START_TEST(anew)
{
	int row, column;

	put("one\r\ntwo\r\nthree\r\nfour\r\n\033[?1000hshell\033[?1049h\033[2J\033[Heditor");
	ck_assert(vt_alternate(vt));
	vt_begin_anew(vt, "again");
	ck_assert(!vt_alternate(vt));
	ck_assert(!vt_wants_mouse(vt));
	check_row(0, "");
	ck_assert(vt_cursor(vt, &row, &column));
	ck_assert_int_eq(row, 0);
	put("\033[2J\033[Hnew");
	vt_scroll_to(vt, true);
	ck_assert_uint_eq(vt_scrolled(vt), 7);
	check_row(0, "one");
	vt_scroll(vt, -4);
	check_row(0, "shell");
	check_row(1, "editor");
	check_row(2, "again");
	check_row(3, "new");
	/* who looks back goes on seeing what he saw */
	vt_begin_anew(vt, "once more");
	check_row(0, "shell");
	check_row(3, "new");
	vt_scroll(vt, -1);
	check_row(3, "once more");
}
END_TEST

static void press(enum key_type type, uint32_t code, unsigned modifiers)
{
	const struct key key = { .type = type, .code = code, .modifiers = modifiers };

	vt_key(vt, &key, true);
}

START_TEST(keys)
{
	press(KEY_TYPE_CHAR, 'a', 0);
	press(KEY_TYPE_CHAR, 'A', TERMKEY_KEYMOD_SHIFT);
	press(KEY_TYPE_CHAR, 0xe9, 0);
	press(KEY_TYPE_CHAR, 0x6570, 0);
	check_output("aAé数");
	press(KEY_TYPE_CHAR, 'c', TERMKEY_KEYMOD_CTRL);
	press(KEY_TYPE_CHAR, '[', TERMKEY_KEYMOD_CTRL);
	press(KEY_TYPE_CHAR, 'j', TERMKEY_KEYMOD_CTRL);
	press(KEY_TYPE_CHAR, '\\', TERMKEY_KEYMOD_CTRL);
	check_output("\003\033\n\034");
	press(KEY_TYPE_CHAR, 'x', TERMKEY_KEYMOD_ALT);
	press(KEY_TYPE_CHAR, 'c', TERMKEY_KEYMOD_ALT | TERMKEY_KEYMOD_CTRL);
	check_output("\033x\033\003");
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_ENTER, 0);
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_TAB, 0);
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_DEL, 0);
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_BACKSPACE, 0);
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_ESCAPE, 0);
	check_output("\r\t\177\b\033");
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_UP, 0);
	put("\033[?1h");
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_UP, 0);
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_PAGEUP, 0);
	press(KEY_TYPE_FUNCTION, 1, 0);
	press(KEY_TYPE_FUNCTION, 5, 0);
	check_output("\033[A\033OA\033[5~\033OP\033[15~");
	press(KEY_TYPE_FUNCTION, 63, 0);
	press(KEY_TYPE_SYMBOL, TERMKEY_SYM_COPY, 0);
	check_output("");
	press(KEY_TYPE_CHAR, ' ', TERMKEY_KEYMOD_CTRL);
	ck_assert_uint_eq(heard.output.length, 1);
	ck_assert_int_eq(heard.output.data[0], '\0');
}
END_TEST

START_TEST(paste_and_mouse)
{
	const struct mouse click = { .action = MOUSE_PRESS, .button = 1, .row = 1, .column = 2 };

	vt_paste_bracket(vt, true);
	ck_assert(!vt_mouse(vt, &click));
	check_output("");
	put("\033[?2004h\033[?1000h\033[?1006h");
	vt_paste_bracket(vt, true);
	vt_paste_bracket(vt, false);
	check_output("\033[200~\033[201~");
	ck_assert(vt_mouse(vt, &click));
	check_output("\033[<0;3;2M");
}
END_TEST

START_TEST(answers)
{
	put("\033[6n\033[c");
	ck_assert_uint_gt(heard.output.length, 6);
	strbuf_clear(&heard.output);
	vt_write(vt, "\033[6n\033[c\a", 8, true);
	check_output("");
	ck_assert_uint_eq(heard.bells, 0);
	put("\a");
	ck_assert_uint_eq(heard.bells, 1);
}
END_TEST

/* Everything a terminal can be asked to do to its owner: none of it is answered, none of it shows as text. */
START_TEST(hostile)
{
	put("\033]0;title\a\033]2;title\033\\\033]52;c;cm0gLXJm\a\033P$qm\033\\\033Ptmux;\033\033[c\033\\\033_apc\033\\\033^pm\033\\"
	    "\033]8;;http://x\ahere\033]8;;\a\033[21t\033]11;?\a\033]4;1;?\a\033Xsos\033\\");
	check_row(0, "here");
	ck_assert_msg(heard.output.length < 40, "%s", heard.output.data);
	ck_assert_ptr_null(heard.output.data != NULL ? strstr(heard.output.data, "title") : NULL);
	put("\033c\033[2147483647b\033[99999999999999999999;99999999999Hx\033[2147483647L\033[2147483647M\033[2147483647P"
	    "\033[2147483647@\033[2147483647S\033[2147483647T\033[2147483647X\033[2147483647I\033[2147483647Z\033[2147483647d"
	    "\033[5;1r\033[0;0r\033[1;2147483647r\033[?69h\033[9;3s\033#3\033#6\033#8\033[38;2;999;999;999m\033[38;5;9999m\033[2J\033[Hz"
	    "\033[38m\033[48;2m\033[38;5mq\033[8;1;1t\033[!p");
	check_row(0, "zq");
}
END_TEST

static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

START_TEST(gate)
{
	/* a repeat with nothing to repeat is an endless loop in libvterm */
	put("\033[b\033[5b\xcc\x81\033[b\033[1m\033[9b");
	put("x\033[3b");
	ck_assert_msg(true, "it ends");
	put("\033[2J\033[Hab\033[2b");
	check_row(0, "abbb");
	/* more parameters than there is room for; of other forms than a CSI has */
	put("\033[2J\033[H\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;mA\033[1:2:3:4:5:6:7:8:9:1:2:3:4:5:6:7:8mB\033[??1hC"
	    "\033[ \"#$mD\033[1<2mE\033  F0\033[12345678901AF\033[H\033[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15m");
	check_row(0, "ABCDE0F");
	/* what libvterm would take for a CSI, a string or other controls, with an intermediate in between */
	put("\033[2J\033[H\033 [b\xcc\x81\033 ]0;x\a\033 G\033 PA\033(0q\033(B");
	check_row(0, "b0;xA*");
	/* no way out of UTF-8, so that 0x9b stays no CSI */
	put("\033[2J\033[H\033%@\233" "5n\303\251");
	check_output("");
	/* split anywhere, a sequence is the same */
	put("\033[2J\033[");
	put("2");
	put(";3");
	put("Hq\346");
	put("\225");
	put("\260z");
	check_row(1, "  q* z");
	/* a string that never ends ends somewhere; one that is cut short by a new sequence ends there */
	put("\033[2J\033[H\033]0;abc\033[4;1Hok\033P1;2|x\030fine");
	check_row(3, "okfine");
	put("\033[2J\033[H\302\233" "31mC\302\a\243");
	check_row(0, "*31mC**");
}
END_TEST

/* Seeded noise, mostly of the bytes that sequences are made of, with the window changing its size under it. */
START_TEST(noise)
{
	static const char pieces[] = "\033[]0123456789;?>#!\"$'*hlmHJKPXLM@ABCDrstuqxyzbn\r\n\t\a\b\016\017\303\251\346\225\260\233\220\234";
	static const char *const sequences[] = {
		"\033[?1049h", "\033[?1049l", "\0337",	 "\0338",	"\033[5;9r",	"\033[r",   "\033[?6h", "\033[?69h", "\033[3;9s",
		"\033[99;99H", "\r\n",	      "\n\n\n\n", "\033M",	"\033#3",	"\033#6",   "\033[9L",  "\033[9M",   "\033[9@",
		"\033[J",      "\033[1J",	      "\033[K",	 "\033[9X",	"数数",		"some text", "\033[9T",  "\033[9S",   "\033[?7l",
		"\033[4h",     "\033[4l",	      "\t\t",	 "\033[9b",	"\033[?3h",	"\033[s",   "\033[u",   "\033[?47h", "\033[H",
		"\xcc\x81",    "😀",	      "\033[9P",	 "\033[?47l", "\033c",
	};
	uint32_t state = 20260301;
	char bytes[512];

	for (int round = 0; round < 1500; round++) {
		size_t length = next_random(&state) % sizeof bytes;
		struct cell row[64];

		for (size_t i = 0; i < length; i++)
			bytes[i] = next_random(&state) % 8 == 0 ? (char)next_random(&state)
								: pieces[next_random(&state) % (sizeof pieces - 1)];
		for (int i = 0; i < 8; i++)
			put(sequences[next_random(&state) % ARRAY_LENGTH(sequences)]);
		vt_write(vt, bytes, length, false);
		if (next_random(&state) % 4 == 0)
			vt_resize(vt, (int)(next_random(&state) % 60), (int)(next_random(&state) % 200));
		if (next_random(&state) % 4 == 0)
			vt_window(vt, (int)(next_random(&state) % 40));
		if (next_random(&state) % 50 == 0)
			vt_begin_anew(vt, "begun anew 数");
		vt_follow_cursor(vt);
		vt_show_line(vt, vt_line_first(vt) + next_random(&state) % (vt_line_end(vt) - vt_line_first(vt)));
		ck_assert_uint_ge(vt_line_top(vt), vt_line_first(vt));
		ck_assert_uint_le(vt_line_top(vt) + (uint64_t)vt_window_rows(vt), vt_line_end(vt));
		vt_scroll(vt, (int)(next_random(&state) % 40) - 20);
		for (int i = 0; i < 4; i++)
			vt_row(vt, i, row, 64);
		strbuf_clear(&heard.output);
	}
}
END_TEST

START_TEST(reset)
{
	put("old\r\nold\r\nold\r\nold\r\nold\r\n\033[?1000h\033[?25l");
	vt_reset(vt);
	check_row(0, "");
	vt_scroll_to(vt, true);
	ck_assert_uint_eq(vt_scrolled(vt), 0);
	int row, column;

	ck_assert(vt_cursor(vt, &row, &column));
	ck_assert(!vt_mouse(vt, &(const struct mouse){ .action = MOUSE_PRESS, .button = 1 }));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui vt");
	TCase *tests = tcase_create("vt");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, cells);
	tcase_add_test(tests, scrolling);
	tcase_add_test(tests, alternate_screen);
	tcase_add_test(tests, resizing);
	tcase_add_test(tests, window);
	tcase_add_test(tests, anew);
	tcase_add_test(tests, keys);
	tcase_add_test(tests, paste_and_mouse);
	tcase_add_test(tests, answers);
	tcase_add_test(tests, hostile);
	tcase_add_test(tests, gate);
	tcase_add_test(tests, noise);
	tcase_add_test(tests, reset);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
