/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles of guests that run, as a person uses them: full-screen programs, copying, several machines at once, keys that are not typed, the mouse, a
 * second viewer. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"
#include "tests/harness/viewer.h"
#include "tests/terminal/stage.h"
#include "tui/consoles.h"

#include <stdlib.h>
#include <string.h>

#define KEY_MS 15000 /* that a key may take to be answered on a busy host, whatever other guests say */

/* The shell asks its terminal where the cursor is when it has written this; who types sooner may have the answer among his words. */
#define PROMPT "demo:/root#"

static char *home;

static void setup(void)
{
	home = home_new();
}

static void teardown(void)
{
	home_end(home);
}

/* Defines the test guest; false: it cannot be made here. inner: more devices. */
static bool add_guest(const char *name, const char *inner, bool start)
{
	_cleanup_free_ char *document = guest_machine(home, name, NULL, NULL, inner);

	if (document == NULL)
		return false;
	expect_ok(virtty("define", document, NULL), NULL);
	if (start)
		expect_ok(virtty("start", name, NULL), NULL);
	return true;
}

static void end_guest(const char *name, size_t left)
{
	expect_ok(virtty("destroy", name, NULL), NULL);
	wait_processes(home, "virtty-keeper", left, SOON_MS);
}

/* The console of the list's first machine, and its shell's prompt. */
static struct pty *open_first(int rows, int columns)
{
	struct pty *pty = stage_tui(NULL, rows, columns, NULL);

	pty_expect(pty, "running ");
	pty_send(pty, "\r");
	pty_expect(pty, "^\\ Menu");
	pty_expect_for(pty, PROMPT, BOOT_MS);
	return pty;
}

static void leave(struct pty *pty)
{
	pty_send(pty, "\035");
	pty_expect(pty, "Uptime");
	pty_quit(pty);
}

/* A line for the guest's shell, and a word of the answer that is not in the line. */
static void run(struct pty *pty, const char *line, const char *answer)
{
	pty_send(pty, line);
	pty_send(pty, "\r");
	pty_expect(pty, answer);
}

/* The shell hears how large the window is; the screen is clear afterwards. */
static void tell_size(struct pty *pty, int rows, int columns)
{
	_cleanup_free_ char *line = strf("stty rows %d cols %d", rows, columns);
	_cleanup_free_ char *answer = strf("%d:%d.", rows, columns);

	pty_send(pty, "\034s");
	pty_expect(pty, line);
	run(pty, "clear; stty size | sed 's/ /:/;s/$/./'", answer);
	pty_expect(pty, PROMPT);
}

/* ---- full-screen programs ---- */

START_TEST(full_screen)
{
	if (!add_guest("web", NULL, true))
		return;
	struct pty *pty = open_first(24, 80);

	tell_size(pty, 23, 80);
	/* the shell asks where the cursor is once its prompt stands: on a busy host the answer may come after the line, and is vi's then */
	run(pty, "read -t 1 -n 99 late; vi /tmp/text", "- /tmp/text");
	pty_expect_row(pty, "- /tmp/text", 22);
	pty_send(pty, "ione line\rtwo lines");
	pty_expect_cursor(pty, 1, 9);
	pty_send(pty, "\033");
	pty_expect_cursor(pty, 1, 8);
	/* the window grows, and the guest does not know; then it shrinks */
	pty_resize(pty, 40, 100);
	pty_expect_row(pty, "^\\ Menu", 39);
	pty_expect_row(pty, "two lines", 1);
	pty_send(pty, "othree");
	pty_expect_cursor(pty, 2, 5);
	pty_send(pty, "\033");
	pty_expect_cursor(pty, 2, 4);
	pty_resize(pty, 20, 80);
	pty_expect_row(pty, "^\\ Menu", 19);
	pty_expect_row(pty, "three", 2);
	pty_expect(pty, "[rows 1-19 of 39]");
	pty_send(pty, ":w");
	pty_expect_row(pty, ":w", 18); /* the view follows */
	pty_expect(pty, "[rows 5-23 of 39]");
	pty_send(pty, "q\r");
	pty_expect(pty, PROMPT);
	pty_resize(pty, 24, 80);
	run(pty, "clear; wc -c </tmp/text; cat /tmp/text", "25");
	pty_expect(pty, "three");
	pty_expect_row(pty, "one line", 1);
	pty_expect_row(pty, "two lines", 2);
	pty_expect(pty, PROMPT);

	run(pty, "top", "Load average");
	pty_expect_row(pty, "Mem:", 0);
	pty_send(pty, "q");
	pty_expect(pty, PROMPT);
	run(pty, "clear; seq 1 300 | sed 's/$/./' | less", "22.");
	pty_expect_row(pty, "1.", 0);
	pty_send(pty, " ");
	pty_expect_row(pty, "44.", 21);
	pty_send(pty, "G");
	pty_expect(pty, "300.");
	pty_send(pty, "q");
	pty_expect(pty, PROMPT);
	run(pty, "clear; printf '\\033[38;2;255;100;0mORA\\033[1;44mNGE\\033[0m 数e\\314\\201|\\n'", "ORANGE 数e\314\201|");
	int row, column;

	ck_assert(pty_find(pty, "ORANGE 数", &row, &column));
	ck_assert_int_eq(column, 0);
	ck_assert_int_eq(pty_look(pty, row, 0).foreground, 202);
	ck_assert(!pty_look(pty, row, 0).bold);
	ck_assert(pty_look(pty, row, 3).bold);
	ck_assert_int_eq(pty_look(pty, row, 3).background, 4);
	leave(pty);
	end_guest("web", 0);
}
END_TEST

/* ---- copying ---- */

static unsigned digit_of(char c)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	const char *at = memchr(digits, c, sizeof digits - 1);

	ck_assert_msg(at != NULL, "'%c' is no base64", c);
	return (unsigned)(at - digits);
}

/* What the terminal was given for its clipboard last. Owned; NULL: nothing. */
static char *clipboard(const struct pty *pty)
{
	static const char head[] = "\033]52;c;";
	const struct strbuf *bytes = pty_bytes(pty);
	const char *at = NULL;
	struct strbuf out = STRBUF_INIT;

	for (size_t i = 0; i + sizeof head - 1 <= bytes->length; i++)
		if (memcmp(bytes->data + i, head, sizeof head - 1) == 0)
			at = bytes->data + i + sizeof head - 1;
	for (; at != NULL && *at != '\a'; at += 4) {
		unsigned group = digit_of(at[0]) << 18 | digit_of(at[1]) << 12;

		group |= at[2] != '=' ? digit_of(at[2]) << 6 : 0;
		group |= at[3] != '=' ? digit_of(at[3]) : 0;
		strbuf_putc(&out, (char)(group >> 16));
		if (at[2] != '=')
			strbuf_putc(&out, (char)(group >> 8 & 0xff));
		if (at[3] != '=')
			strbuf_putc(&out, (char)(group & 0xff));
	}
	return at != NULL ? strbuf_take(&out) : NULL;
}

static void check_clipboard(const struct pty *pty, const char *wanted)
{
	_cleanup_free_ char *text = clipboard(pty);

	size_t same = 0;

	ck_assert_msg(text != NULL, "nothing was copied");
	while (text[same] == wanted[same] && text[same] != '\0')
		same++;
	ck_assert_msg(text[same] == wanted[same], "after %zu bytes '%.40s' was copied, not '%.40s'", same, text + same, wanted + same);
}

/* Lines up to two and a half screens wide, with blanks wherever the screen ends, wide characters and marks that combine. */
static char *sample(void)
{
	struct strbuf out = STRBUF_INIT;

	for (int i = 1; i <= 60; i++) {
		strbuf_printf(&out, "<%d>", i);
		for (int k = 0; k < i * 3; k++)
			strbuf_putc(&out, k % 7 == 6 ? ' ' : (char)('a' + (i + k) % 26));
		strbuf_puts(&out, i % 3 == 0 ? "数据e\314\201.\n" : ".\n");
	}
	return strbuf_take(&out);
}

/* The same, for the guest's shell. */
static const char make_sample[] =
	"awk 'BEGIN{for(i=1;i<=60;i++){s=\"<\" i \">\";for(k=0;k<i*3;k++)s=s (k%7==6?\" \":sprintf(\"%c\",97+(i+k)%26));"
	"print s (i%3==0?\"数据e\314\201.\":\".\")}}' >/tmp/sample";

START_TEST(copying)
{
	_cleanup_free_ char *wanted = sample();

	if (!add_guest("web", NULL, true))
		return;
	struct pty *pty = open_first(24, 80);

	tell_size(pty, 23, 80);
	run(pty, make_sample, "#");
	run(pty, "clear; cat /tmp/sample; wc -l /tmp/sample", "60 /tmp/sample");
	/* whole lines: from the first, far above, to the one two above the prompt */
	pty_send(pty, "\034/<1>");
	pty_expect(pty, "<1>bcd.");
	pty_send(pty, "\rVGkky");
	pty_expect(pty, "also to the clipboard");
	check_clipboard(pty, wanted);
	/* back into the guest */
	pty_send(pty, "clear; cat >/tmp/pasted; cmp /tmp/sample /tmp/pasted && echo same-$?\r");
	pty_expect_gone(pty, "demo");
	pty_send(pty, "\034v");
	/* a shell does each line as it comes: several are asked for */
	pty_expect(pty, "Type 60 lines?");
	pty_send(pty, "y");
	pty_expect(pty, "<60>");
	pty_expect(pty, "据e\314\201.");
	pty_send(pty, "\004");
	pty_expect(pty, "same-0");
	/* a part of a line, by the mouse: half a wide character is all of it */
	pty_send(pty, "clear; echo 'a  数据 b'\r");
	pty_expect_row(pty, "a  数据 b", 0);
	pty_send(pty, "\033[<0;3;1M\033[<32;6;1M\033[<0;6;1m");
	pty_expect(pty, "copied 3 characters");
	check_clipboard(pty, " 数据");
	leave(pty);
	end_guest("web", 0);
}
END_TEST

/* ---- several machines ---- */

static void click(struct pty *pty, const char *text)
{
	int row, column;

	pty_expect(pty, text);
	ck_assert(pty_find(pty, text, &row, &column));
	_cleanup_free_ char *press = strf("\033[<0;%d;%dM\033[<0;%d;%dm", column + 2, row + 1, column + 2, row + 1);

	pty_send(pty, press);
}

/* How long until the answer is seen. */
static void expect_within(struct pty *pty, const char *answer)
{
	int64_t from = clock_monotonic_ms();

	pty_expect(pty, answer);
	int64_t took = clock_monotonic_ms() - from;

	ck_assert_msg(took < KEY_MS, "'%s' came after %d ms", answer, (int)took);
}

START_TEST(two_machines)
{
	if (!add_guest("one", "<serial type='pty'><target port='1'/></serial>", true) || !add_guest("two", NULL, true))
		return;
	struct pty *pty = open_first(24, 80);

	/* the other console of the same machine, where nobody listens until told to */
	run(pty, "setsid sh -c 'exec sh -i <>/dev/ttyS1 >&0 2>&1' & sleep 0; clear; echo $((6*7)).", "42.");
	pty_send(pty, "\034o");
	pty_expect(pty, " 2 one:2");
	pty_expect_gone(pty, "42.");
	run(pty, "", "#");
	run(pty, "echo other-$((6*7))", "other-42");
	click(pty, " 1 one");
	pty_expect_gone(pty, "other-42");
	pty_expect(pty, "42.");
	pty_send(pty, "\035");
	pty_expect(pty, "  c one");
	pty_send(pty, "G\r");
	pty_expect(pty, " 3 two");
	pty_expect_for(pty, PROMPT, BOOT_MS);
	/* one floods, in sight and out of it */
	click(pty, " 1 one");
	run(pty, "flood", "0123456789 abc");
	pty_send(pty, "\034");
	expect_within(pty, "s Size");
	pty_send(pty, "3");
	expect_within(pty, PROMPT);
	pty_expect(pty, " 1 one*");
	for (int i = 0; i < 5; i++) {
		_cleanup_free_ char *line = strf("echo key-$((%d+100))\r", i);
		_cleanup_free_ char *answer = strf("key-%d", i + 100);

		pty_send(pty, line);
		expect_within(pty, answer);
	}
	for (int i = 0; i < 10; i++) {
		click(pty, i % 2 != 0 ? " 3 two" : " 1 one");
		expect_within(pty, i % 2 != 0 ? "key-104" : "0123456789 abc");
	}
	click(pty, " 1 one");
	expect_within(pty, "0123456789 abc");
	pty_send(pty, "\003");
	expect_within(pty, PROMPT);
	leave(pty);
	end_guest("two", 1);
	end_guest("one", 0);
}
END_TEST

/* ---- keys that are not typed, the mouse, another viewer ---- */

/* Bytes that come, as the guest sees them. */
/* (Its shell asks where the cursor is, and the answer may come late. The word that says that bytes are awaited now is not in the line itself.) */
static const char raw[] = "clear; stty raw -echo; read -t 1 -n 99 late; echo r\"\"aw.; head -c %d | hexdump -e '1/1 \"%%02x.\"'; stty sane; echo";

START_TEST(keys_and_mouse)
{
	_cleanup_free_ char *two = strf(raw, 2);
	_cleanup_free_ char *eighteen = strf(raw, 18);
	struct viewer viewer;

	if (!add_guest("web", NULL, true))
		return;
	struct pty *pty = open_first(24, 80);

	pty_send(pty, two);
	pty_send(pty, "\r");
	pty_expect(pty, "raw.");
	pty_send(pty, "\034\035\034\034");
	pty_expect(pty, "1d.1c.");
	pty_expect(pty, PROMPT);
	/* a break and h is SysRq's help */
	pty_send(pty, "clear; echo $((6*7))reads; cat\r");
	pty_expect_row(pty, "42reads", 0);
	pty_send(pty, "\034bh");
	pty_expect(pty, "sysrq: HELP");
	pty_send(pty, "\003");
	pty_expect(pty, PROMPT);
	/* the mouse, for a program that has asked for it */
	pty_send(pty, "clear; printf '\\033[?1000h\\033[?1006h'; echo $((6*7))asked\r");
	pty_expect_row(pty, "42asked", 0);
	pty_expect(pty, PROMPT);
	pty_send(pty, eighteen);
	pty_send(pty, "\r");
	pty_expect(pty, "raw.");
	pty_send(pty, "\033[<0;5;3M\033[<0;5;3m");
	pty_expect(pty, "1b.5b.3c.30.3b.35.3b.33.4d.1b.5b.3c.30.3b.35.3b.33.6d.");
	/* with Shift it is the terminal's own */
	pty_send(pty, "clear; echo $((6*7))marked\r");
	pty_expect_row(pty, "42marked", 0);
	pty_send(pty, "\033[<4;3;1M\033[<36;8;1M\033[<4;8;1m");
	pty_expect(pty, "copied 6 characters");
	check_clipboard(pty, "marked");
	/* another viewer takes the keyboard, and loses it again */
	viewer_open(&viewer, "web", true, true);
	viewer_expect_writer(&viewer, true, SOON_MS);
	pty_expect(pty, "read-only: another viewer writes; press X to take over");
	pty_send(pty, "id\r");
	viewer_type(&viewer, "echo $((40+3))seen\r");
	pty_expect(pty, "43seen");
	ck_assert(!pty_find(pty, "uid=", NULL, NULL));
	pty_send(pty, "X");
	viewer_expect_writer(&viewer, false, SOON_MS);
	pty_expect_gone(pty, "read-only");
	run(pty, "echo $((40+4))typed", "44typed");
	viewer_expect(&viewer, "44typed", SOON_MS);
	viewer_close(&viewer);
	leave(pty);
	end_guest("web", 0);
}
END_TEST

/* ---- machines that are off ---- */

START_TEST(started_anew)
{
	if (!add_guest("web", NULL, false))
		return;
	struct pty *pty = stage_tui(NULL, 24, 80, NULL);

	pty_expect(pty, "1 machine, 0 running");
	pty_send(pty, "\r");
	pty_expect(pty, "web: shut off, waiting for it to start");
	pty_send(pty, "s");
	pty_expect_for(pty, PROMPT, BOOT_MS);
	run(pty, "echo $((6*7))first; poweroff -f", "42first");
	pty_expect(pty, "web: shut off, waiting for it to start");
	pty_expect(pty, "42first"); /* its last words stay */
	pty_send(pty, "s");
	pty_expect_gone(pty, "42first");
	pty_expect_for(pty, PROMPT, BOOT_MS);
	pty_send(pty, "\034/42first");
	pty_expect(pty, "Search back: 42first");
	pty_expect(pty, "---- web was started anew: 20");
	pty_send(pty, "\033");
	pty_expect_gone(pty, "---- web");
	run(pty, "echo $((6*7))second", "42second");
	leave(pty);
	end_guest("web", 0);
}
END_TEST

/* One more than can be open: the one that was not looked at for longest goes, and that is said. */
START_TEST(many)
{
	for (int i = 0; i <= CONSOLES_LIMIT; i++) {
		_cleanup_free_ char *name = strf("m%02d", i);
		_cleanup_free_ char *document = bare_machine(home, name, NULL, NULL);

		expect_ok(virtty("define", document, NULL), NULL);
	}
	struct pty *pty = stage_tui(NULL, 24, 80, NULL);

	pty_expect(pty, "17 machines, 0 running");
	for (int i = 0; i <= CONSOLES_LIMIT; i++) {
		_cleanup_free_ char *tab = strf(" m%02d", i);

		pty_send(pty, "\r");
		pty_expect(pty, "Leave");
		pty_expect(pty, tab);
		pty_expect(pty, "waiting for it to start");
		if (i == CONSOLES_LIMIT)
			break;
		pty_send(pty, "\035");
		pty_expect(pty, "Uptime");
		pty_send(pty, "j");
	}
	leave(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui guest");
	TCase *tests = tcase_create("guest");

	tcase_set_timeout(tests, 240);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, full_screen);
	tcase_add_test(tests, copying);
	tcase_add_test(tests, two_machines);
	tcase_add_test(tests, keys_and_mouse);
	tcase_add_test(tests, started_anew);
	tcase_add_test(tests, many);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
