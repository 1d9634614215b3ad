/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The serial console on a terminal, its guest played by the test: what is written shows, what is typed arrives, and what is hostile stays inside. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "core/manager.h"
#include "tests/harness/home.h"
#include "tests/terminal/stage.h"


#include <stdlib.h>
#include <string.h>

#define LIMIT_MS 20000

static struct stage *stage;
static int64_t machine;

static void setup(void)
{
	stage = stage_new();
	machine = stage_add(stage, "guest", NULL, 64, 1);
}

static void teardown(void)
{
	stage_free(stage);
}

/* The console of the running machine, with the right to type. */
static struct pty *open_console(int rows, int columns, const char *const *extra)
{
	stage_run(stage, machine, RUN_RUNNING, 1000);
	struct pty *pty = stage_tui(stage, rows, columns, extra);

	pty_expect(pty, "running ");
	pty_send(pty, "\r");
	stage_accept(stage, pty);
	stage_expect(stage, pty, 'w', "");
	stage_status(stage, true, false);
	pty_expect(pty, "Shift-PgUp Scroll");
	return pty;
}

static void leave(struct pty *pty)
{
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	pty_quit(pty);
}

START_TEST(typing)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty, "login: ");
	pty_expect(pty, "login:");
	pty_expect_cursor(pty, 0, 7);
	pty_send(pty, "root\r");
	stage_expect(stage, pty, 'd', "root\r");
	pty_send(pty, "?qs\003\032\177\t"); /* all of it is the guest's */
	stage_expect(stage, pty, 'd', "?qs\003\032\177\t");
	pty_send(pty, "\033[A\033OB\033[15~\033[5~");
	stage_expect(stage, pty, 'd', "\033[A\033[B\033[15~\033[5~");
	pty_send(pty, "\xc3\xa9\xe6\x95\xb0");
	stage_expect(stage, pty, 'd', "\xc3\xa9\xe6\x95\xb0");
	stage_write(stage, pty, "\033[?1h");
	stage_write(stage, pty, "seen");
	pty_expect(pty, "seen");
	pty_send(pty, "\033[A");
	stage_expect(stage, pty, 'd', "\033OA");
	pty_send(pty, "\033");
	stage_expect(stage, pty, 'd', "\033");
	pty_send(pty, "\033[200~two\nlines\033[201~");
	stage_expect(stage, pty, 'd', "two\rlines");
	leave(pty);
}
END_TEST

START_TEST(colours)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty, "\033[1;31mA\033[0;38;5;208mB\033[0;38;2;255;0;0mC\033[0;7mD\033[0;4;44mE\033[0mF数G\r\n");
	pty_expect(pty, "ABCDEF数G");
	ck_assert(pty_look(pty, 0, 0).bold);
	ck_assert_int_eq(pty_look(pty, 0, 0).foreground, 1);
	ck_assert_int_eq(pty_look(pty, 0, 1).foreground, 208);
	ck_assert_int_eq(pty_look(pty, 0, 2).foreground, 196);
	ck_assert(pty_look(pty, 0, 3).reverse);
	ck_assert(pty_look(pty, 0, 4).underline);
	ck_assert_int_eq(pty_look(pty, 0, 4).background, 4);
	ck_assert_int_eq(pty_look(pty, 0, 5).foreground, -1);
	leave(pty);
}
END_TEST

START_TEST(eight_colours)
{
	const char *const extra[] = { "TERM=linux", NULL };
	struct pty *pty = open_console(24, 80, extra);

	stage_write(stage, pty, "\033[91mA\033[38;5;196mB\033[0mC");
	pty_expect(pty, "ABC");
	ck_assert_int_eq(pty_look(pty, 0, 0).foreground, 1);
	ck_assert(pty_look(pty, 0, 0).bold);
	ck_assert_int_eq(pty_look(pty, 0, 1).foreground, 1);
	leave(pty);
}
END_TEST

START_TEST(ascii)
{
	const char *const extra[] = { "LC_ALL=C", NULL };
	struct pty *pty = open_console(24, 80, extra);

	stage_write(stage, pty, "┌──┐│数é│");
	pty_expect(pty, "+--+|?");
	for (size_t i = 0; i < pty_bytes(pty)->length; i++)
		ck_assert_msg((unsigned char)pty_bytes(pty)->data[i] < 0x80, "a byte that is no ASCII was written");
	leave(pty);
}
END_TEST

START_TEST(alternate_screen)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty, "shell$ \033[?1049h\033[2J\033[10;20Heditor\033[?25l");
	pty_expect(pty, "editor");
	pty_expect_gone(pty, "shell$");
	stage_write(stage, pty, "\033[?25h\033[?1049l");
	pty_expect(pty, "shell$");
	pty_expect_gone(pty, "editor");
	leave(pty);
}
END_TEST

START_TEST(scrolling_back)
{
	struct pty *pty = open_console(24, 80, NULL);
	_cleanup_free_ char *line = NULL;

	for (int i = 0; i < 100; i++) {
		free(line);
		line = strf("line %d.\r\n", i);
		stage_write(stage, pty, line);
	}
	pty_expect(pty, "line 99.");
	pty_send(pty, "\033[5;2~"); /* shift and page up */
	pty_expect(pty, "lines back]");
	pty_expect_gone(pty, "line 99.");
	stage_write(stage, pty, "more\r\n");
	pty_send(pty, "\033[1;2H");
	pty_expect(pty, "line 0.");
	pty_send(pty, "\033[<65;1;1M");
	pty_expect_gone(pty, "line 0.");
	pty_send(pty, "x"); /* typing is live again */
	pty_expect(pty, "more");
	stage_expect(stage, pty, 'd', "x");
	pty_expect_gone(pty, "lines back]");
	leave(pty);
}
END_TEST

START_TEST(reader)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_status(stage, false, true);
	pty_expect(pty, "read-only: another viewer writes; press X to take over");
	pty_send(pty, "rm -rf\r");
	stage_write(stage, pty, "still here");
	pty_expect(pty, "still here");
	ck_assert_str_eq(stage_typed(stage), "");
	pty_send(pty, "X");
	stage_expect(stage, pty, 'w', "force");
	stage_status(stage, true, false);
	pty_expect_gone(pty, "read-only");
	pty_send(pty, "X");
	stage_expect(stage, pty, 'd', "X");
	stage_status(stage, false, true);
	pty_expect(pty, "read-only");
	pty_send(pty, "q"); /* letters are free: it leaves */
	pty_expect(pty, "Name");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

START_TEST(waiting)
{
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "1 machine, 0 running");
	pty_send(pty, "c");
	pty_expect(pty, "guest: shut off, waiting for it to start");
	stage_run(stage, machine, RUN_RUNNING, 0);
	stage_accept(stage, pty);
	stage_write(stage, pty, "booting\r\n");
	stage_status(stage, true, false);
	pty_expect(pty, "booting");
	/* off again: its last words stay */
	stage_stop(stage, machine, RUN_CRASHED);
	stage_hang_up(stage);
	pty_expect(pty, "guest: crashed, waiting for it to start");
	pty_expect(pty, "booting");
	stage_run(stage, machine, RUN_RUNNING, 0);
	stage_accept(stage, pty);
	stage_write(stage, pty, "second boot\r\n");
	stage_status(stage, true, false);
	pty_expect(pty, "second boot");
	pty_expect_gone(pty, "booting");
	/* what was said before is above it, and a line between the two */
	pty_send(pty, "\033[1;2H");
	pty_expect(pty, "---- guest was started anew: 20");
	pty_expect(pty, "booting");
	pty_expect(pty, "second boot");
	pty_expect(pty, "[2 lines back]");
	stage_remove(stage, machine);
	stage_hang_up(stage);
	pty_expect(pty, "guest: no longer defined");
	pty_send(pty, "q");
	pty_expect(pty, "There is no machine yet");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

/* Questions in a replay are old: only live ones are answered. */
START_TEST(answers)
{
	stage_run(stage, machine, RUN_RUNNING, 1000);
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "running ");
	pty_send(pty, "\r");
	stage_accept(stage, pty);
	/* as the keeper does: who may write is said before, and again when all of the replay is out */
	stage_status_raw(stage, "{\"writer\":true,\"held-by-other\":false,\"live\":false}");
	stage_write(stage, pty, "\033[6n\033[5nreplayed");
	stage_status(stage, true, false);
	pty_expect(pty, "replayed");
	pty_expect(pty, "Shift-PgUp Scroll");
	pty_send(pty, "a");
	stage_expect(stage, pty, 'd', "a");
	stage_write(stage, pty, "\033[5n");
	stage_expect(stage, pty, 'd', "\033[0n");
	ck_assert_str_eq(stage_typed(stage), "");
	leave(pty);
}
END_TEST

static void check_present(struct pty *pty, const char *text)
{
	const struct strbuf *bytes = pty_bytes(pty);

	ck_assert_msg(memmem(bytes->data, bytes->length, text, strlen(text)) != NULL, "'%s' was not sent to the terminal", text + 1);
}

static void check_absent(struct pty *pty, const char *text)
{
	const struct strbuf *bytes = pty_bytes(pty);

	ck_assert_msg(memmem(bytes->data, bytes->length, text, strlen(text)) == NULL, "'%s' has reached the terminal", text);
}

/* Is the terminal asked now to tell of every move of the mouse? */
static bool motion(const struct pty *pty)
{
	const struct strbuf *bytes = pty_bytes(pty);
	bool asked = false;

	for (size_t i = 0; i + 8 <= bytes->length; i++)
		if (memcmp(bytes->data + i, "\033[?1003", 7) == 0)
			asked = bytes->data[i + 7] == 'h';
	return asked;
}

static void check_motion(struct pty *pty, bool asked)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	while (motion(pty) != asked)
		ck_assert_msg(pty_read(pty, 50) && clock_monotonic_ms() < limit, "the terminal is %s to tell of the mouse's moves",
			      asked ? "not asked" : "asked");
}

/* Only cells reach the host's terminal: no title, clipboard, link, device control, no C1 controls, no bell storm. */
START_TEST(hostile)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty,
		    "\033]0;EVIL\a\033]2;EVIL\033\\\033]52;c;RVZJTA==\a\033]8;;http://EVIL/\a\033]1337;File=EVIL\a\033]4;1;rgb:EVIL\a"
		    "\033PEVIL\033\\\033P$qEVIL\033\\\033_EVIL\033\\\033^EVIL\033\\\033XEVIL\033\\\033Ptmux;EVIL\033\\");
	stage_write(stage, pty, "\302\233EVIL-NOT\302\235EVIL-NOT\302\234\233\235\220");
	stage_write(stage, pty,
		    "\033[8;200;200t\033[5t\033[22;0t\033[?1000h\033[?1003h\033[?1006h\033[?2004h\033[?1004h\033[>4;2m\033[=5u\033[!p"
		    "\033[9999999999999999999b\033[b\033[;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;;m\033%@\033#3\033[?69h\033[5;10s");
	int64_t from_ms = clock_monotonic_ms();

	for (int i = 0; i < 50; i++)
		stage_write(stage, pty, "\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a\a");
	stage_write(stage, pty, "\033c\033[2J\033[Hsurvived");
	pty_expect(pty, "survived");
	check_absent(pty, "\033]");
	check_absent(pty, "\033P");
	check_absent(pty, "\033_");
	check_absent(pty, "\033^");
	check_absent(pty, "\033X");
	check_absent(pty, "\302\233");
	check_absent(pty, "\302\235");
	check_absent(pty, "EVIL\a");
	check_absent(pty, "http:");
	check_absent(pty, "\033[8;200");
	check_absent(pty, "\033[?1004h");
	check_motion(pty, false);
	int64_t seconds = (clock_monotonic_ms() - from_ms) / 1000, bells = 0;

	for (size_t i = 0; i < pty_bytes(pty)->length; i++)
		bells += pty_bytes(pty)->data[i] == '\a';
	/* one a second */
	ck_assert_int_le(bells, 2 + seconds);
	leave(pty);
}
END_TEST

/* A flood does not keep keys from being obeyed. */
START_TEST(flood)
{
	struct pty *pty = open_console(24, 80, NULL);
	_cleanup_(strbuf_clear) struct strbuf lines = STRBUF_INIT;

	for (int i = 0; i < 1000; i++)
		strbuf_printf(&lines, "%d 0123456789 abcdefghijklmnopqrstuvwxyz \033[3%dmcolour\033[0m\r\n", i, i % 8);
	for (int i = 0; i < 40; i++)
		stage_write(stage, pty, lines.data);
	pty_send(pty, "key");
	for (int i = 0; i < 20; i++)
		stage_write(stage, pty, lines.data);
	stage_expect(stage, pty, 'd', "key");
	stage_write(stage, pty, "\033[2J\033[Hdone");
	pty_expect(pty, "done");
	leave(pty);
}
END_TEST

START_TEST(mouse_for_the_guest)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty, "\033[?1000h\033[?1006hmouse on");
	pty_expect(pty, "mouse on");
	pty_send(pty, "\033[<0;5;3M\033[<0;5;3m");
	stage_expect(stage, pty, 'd', "\033[<0;5;3M\033[<0;5;3m");
	/* pressed there, let go elsewhere */
	stage_write(stage, pty, "\033[?1002h");
	stage_write(stage, pty, " drags");
	pty_expect(pty, "on drags");
	pty_send(pty, "\033[<0;5;3M\033[<32;5;9M\033[<0;5;24m");
	stage_expect(stage, pty, 'd', "\033[<0;5;3M\033[<32;5;9M");
	stage_expect(stage, pty, 'd', "\033[<0;5;23m");
	/* with Shift it marks */
	pty_send(pty, "\033[<4;1;1M\033[<36;5;1M\033[<4;5;1m");
	pty_expect(pty, "copied 5 characters");
	check_present(pty, "\033]52;c;bW91c2U=\a");
	ck_assert_str_eq(stage_typed(stage), "");
	/* moves without a button: only while the guest wants them, and we look at it */
	ck_assert(!motion(pty));
	stage_write(stage, pty, "\033[?1003h moves");
	pty_expect(pty, "drags moves");
	check_motion(pty, true);
	pty_send(pty, "\033[<35;7;4M");
	stage_expect(stage, pty, 'd', "\033[<35;7;4M");
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	check_motion(pty, false);
	pty_send(pty, "\r");
	stage_expect(stage, pty, 'w', "");
	stage_status(stage, true, false);
	pty_expect(pty, "drags moves");
	check_motion(pty, true);
	stage_write(stage, pty, "\033[?1003l off");
	pty_expect(pty, "moves off");
	check_motion(pty, false);
	leave(pty);
}
END_TEST

START_TEST(resizing)
{
	struct pty *pty = open_console(24, 80, NULL);
	uint32_t state = 7;

	stage_write(stage, pty, "\0337\033[5;20r\033[20;70H数数数\033[?1049h\033[999;999Hx\0338");
	for (int i = 0; i < 150; i++) {
		state = state * 1664525 + 1013904223;
		pty_resize(pty, 1 + (int)(state >> 8) % 60, 1 + (int)(state >> 16) % 200);
		stage_write(stage, pty, i % 2 ? "\0338\033[X数\033[5;20r\r\n" : "\0337\033[?1049l\033[99;99Habc\033[1;3r\n\n\033M");
		pty_send(pty, i % 5 ? "a" : "\033[5;2~");
		if (i % 7 == 0)
			pty_read(pty, 1);
	}
	pty_resize(pty, 24, 80);
	stage_write(stage, pty, "\033c\033[2J\033[Hsteady");
	pty_send(pty, "b");
	pty_expect(pty, "steady");
	leave(pty);
}
END_TEST

/* A window made smaller under a full-screen program: the shell's screen below it loses nothing. */
START_TEST(resizing_an_editor)
{
	struct pty *pty = open_console(40, 100, NULL);

	stage_write(stage, pty, "\033[38;1Habove\r\nshell$ \033[?1049h\033[2J\033[39;1Heditor");
	pty_expect(pty, "editor");
	pty_expect_gone(pty, "shell$");
	pty_resize(pty, 20, 60);
	pty_expect_cursor(pty, 18, 6);
	stage_write(stage, pty, "\033[?1049l");
	pty_expect(pty, "shell$");
	pty_expect(pty, "above");
	pty_expect_cursor(pty, 18, 7);
	leave(pty);
}
END_TEST

START_TEST(tiny)
{
	struct pty *pty = open_console(24, 80, NULL);

	pty_resize(pty, 1, 1);
	stage_write(stage, pty, "数数数\r\nabc\t\033[5;5Hx");
	pty_send(pty, "abc");
	stage_expect(stage, pty, 'd', "abc");
	pty_resize(pty, 5, 20);
	stage_write(stage, pty, "\033[2J\033[Hsmall 数");
	pty_expect(pty, "small 数");
	pty_resize(pty, 24, 80);
	leave(pty);
}
END_TEST

START_TEST(broken_peer)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_status_raw(stage, "no JSON at all");
	/* the connection is given up, and made anew while the machine runs */
	stage_accept(stage, pty);
	stage_write(stage, pty, "again");
	stage_status(stage, true, false);
	pty_expect(pty, "again");
	leave(pty);
}
END_TEST

/* A console that was left stays open: its right to type is given back, and what the guest says meanwhile is there later. */
START_TEST(kept_open)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty, "before\r\n");
	pty_expect(pty, "before");
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	stage_expect(stage, pty, 'r', "");
	stage_write(stage, pty, "meanwhile\r\n");
	/* who types before the keeper has answered has typed */
	pty_send(pty, "\rearly");
	stage_expect(stage, pty, 'w', "");
	stage_expect(stage, pty, 'd', "early");
	stage_status(stage, true, false);
	pty_expect(pty, "meanwhile");
	pty_expect(pty, "before");
	leave(pty);
}
END_TEST

START_TEST(menu)
{
	struct pty *pty = open_console(24, 80, NULL);

	pty_send(pty, "\034");
	pty_expect(pty, "s Size");
	pty_send(pty, "\035");
	stage_expect(stage, pty, 'd', "\035");
	pty_expect_gone(pty, "s Size");
	pty_send(pty, "\034\034");
	stage_expect(stage, pty, 'd', "\034");
	pty_send(pty, "\034s");
	stage_expect(stage, pty, 'd', " stty rows 23 cols 80\r");
	pty_send(pty, "\034b");
	stage_expect(stage, pty, 'b', "");
	pty_send(pty, "\034\003"); /* the menu takes it */
	pty_expect(pty, "^] Leave");
	pty_send(pty, "x");
	stage_expect(stage, pty, 'd', "x");
	pty_send(pty, "\034v");
	pty_expect(pty, "nothing was copied yet");
	pty_send(pty, "x"); /* with the refusal the menu has closed */
	stage_expect(stage, pty, 'd', "x");
	pty_send(pty, "\034x"); /* the tab is closed: the list again */
	pty_expect(pty, "Name");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

/* A guest that takes its terminal for 24 rows high has them, in a window that has fewer; until it is told. */
START_TEST(higher_than_the_window)
{
	struct pty *pty = open_console(24, 80, NULL);

	stage_write(stage, pty, "\033[1;1Htop\033[24;1Hbottom");
	pty_expect(pty, "bottom");
	pty_expect_gone(pty, "top");
	pty_expect(pty, "[rows 2-24 of 24]");
	stage_write(stage, pty, "\033[12;1H"); /* no reason to move */
	pty_expect_cursor(pty, 10, 0);
	pty_expect(pty, "[rows 2-24 of 24]");
	stage_write(stage, pty, "\033[1;1H");
	pty_expect(pty, "[rows 1-23 of 24]");
	pty_expect_gone(pty, "bottom");
	/* who looks back sees all of it, one row at a time */
	pty_send(pty, "\034cG");
	pty_expect(pty, "bottom");
	pty_send(pty, "g");
	pty_expect(pty, "top");
	pty_send(pty, "q");
	pty_expect(pty, "Leave");
	stage_write(stage, pty, "\033[?1000h\033[?1006h\033[24;1Hground");
	pty_expect(pty, "ground");

	pty_send(pty, "\033[<0;1;1M\033[<0;1;1m"); /* its second row is the window's first */
	stage_expect(stage, pty, 'd', "\033[<0;1;2M");
	stage_write(stage, pty, "\033[?1000l\033[?1006l");
	/* not to a full-screen program */
	stage_write(stage, pty, "\033[?1049hfull");
	pty_expect(pty, "full");
	pty_send(pty, "\034s");
	pty_expect(pty, "leave it first");
	stage_write(stage, pty, "\033[?1049l\033[2J\033[24;1Hshell");
	pty_expect(pty, "shell");
	pty_send(pty, "\034s");
	stage_expect(stage, pty, 'd', " stty rows 23 cols 80\r");
	stage_write(stage, pty, "\033[1;1Hfirst\033[24;1Hlast");
	pty_expect(pty, "last");
	pty_expect(pty, "first");
	leave(pty);
}
END_TEST

START_TEST(search_copy_paste)
{
	struct pty *pty = open_console(24, 80, NULL);

	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *line = strf("line %d. end\r\n", i);

		stage_write(stage, pty, line);
	}
	pty_expect(pty, "line 99.");
	pty_send(pty, "\034/line 7.");
	pty_expect(pty, "Search back");
	pty_expect(pty, "line 7. end");
	pty_send(pty, "\rv$y");
	pty_expect(pty, "copied 11 characters");
	check_present(pty, "\033]52;c;bGluZSA3LiBlbmQ=\a");
	pty_send(pty, "\034v");
	stage_expect(stage, pty, 'd', "line 7. end");
	pty_send(pty, "\034/nowhere");
	pty_expect(pty, "Not found");
	pty_send(pty, "\033");
	pty_expect_gone(pty, "Not found");
	/* several lines are commands to a shell: they are asked for */
	pty_send(pty, "\034c");
	pty_expect(pty, "v Mark");
	pty_send(pty, "0Vky");
	pty_expect(pty, "copied");
	pty_send(pty, "\034v");
	pty_expect(pty, "Type 2 lines?");
	pty_send(pty, "n");
	pty_expect_gone(pty, "Type 2 lines?");
	pty_send(pty, "\034v");
	pty_expect(pty, "Type 2 lines?");
	pty_send(pty, "y");
	stage_expect(stage, pty, 'd', "end\r");
	/* by the mouse, as terminals do it */
	pty_send(pty, "\033[<0;1;1M\033[<32;7;1M\033[<0;7;1m");
	pty_expect(pty, "copied 7 characters");
	leave(pty);
}
END_TEST

/* Two machines, two tabs; one floods while the other is looked at. */
START_TEST(tabs)
{
	int64_t other = stage_add(stage, "zwei", NULL, 64, 1);
	struct pty *pty = open_console(24, 80, NULL);
	_cleanup_(strbuf_clear) struct strbuf lines = STRBUF_INIT;

	stage_write(stage, pty, "first's words\r\n");
	pty_expect(pty, "first's words");
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	pty_send(pty, "G\r");
	pty_expect(pty, "zwei: shut off, waiting for it to start");
	pty_expect(pty, "1 guest");
	for (int i = 0; i < 1000; i++)
		strbuf_printf(&lines, "%d 0123456789 abcdefghijklmnopqrstuvwxyz \033[3%dmcolour\033[0m\r\n", i, i % 8);
	for (int i = 0; i < 20; i++) {
		stage_write(stage, pty, lines.data);
		pty_send(pty, "\034\t");
	}
	stage_write(stage, pty, "\033[2J\033[Hflood's end");
	pty_expect(pty, "1 guest");
	pty_send(pty, "\0341");
	pty_expect(pty, "flood's end");
	pty_send(pty, "\0342");
	pty_expect(pty, "zwei: shut off, waiting for it to start");
	pty_send(pty, "\034x"); /* its tab goes, the other's console is in sight */
	pty_expect(pty, "flood's end");
	pty_expect_gone(pty, "1 guest");
	leave(pty);
	stage_remove(stage, other);
}
END_TEST

static void define(const char *name, const char *devices)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *text = strf("<domain type='qemu'><name>%s</name><memory>65536</memory><os><type arch='x86_64'>hvm</type></os>"
					 "<devices>%s</devices></domain>", name, devices);
	const struct definition_input input = { .source = name, .text = text, .length = strlen(text) };
	struct definition_result result = { 0 };
	struct manager *manager;

	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	ck_assert_msg(domain_define(manager, &input, 1, &result, &err), "%s", error_text(&err));
	definition_results_free(&result, 1);
	manager_close(manager);
}

/* An empty screen says what to do. */
START_TEST(nothing_to_show)
{
	define("mute", "");
	define("able", "<serial type='pty'/>");
	stage_run(stage, machine, RUN_RUNNING, 60000);
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "running ");
	pty_send(pty, "G\r");
	pty_expect(pty, "mute: it has no serial console");
	pty_expect(pty, "<serial type='pty'/>");
	pty_send(pty, "\035");
	pty_expect(pty, "  c mute");
	pty_send(pty, "g\r");
	pty_expect(pty, "able: shut off, waiting for it to start");
	pty_expect_gone(pty, "<serial type='pty'/>");
	pty_send(pty, "\035");
	pty_expect(pty, "  c able");
	pty_send(pty, "j\r");
	stage_accept(stage, pty);
	stage_status(stage, true, false);
	pty_expect(pty, "The guest has said nothing here yet.");
	stage_write(stage, pty, "hello");
	pty_expect(pty, "hello");
	pty_expect_gone(pty, "The guest has said");
	leave(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui console");
	TCase *tests = tcase_create("console");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, typing);
	tcase_add_test(tests, colours);
	tcase_add_test(tests, eight_colours);
	tcase_add_test(tests, ascii);
	tcase_add_test(tests, alternate_screen);
	tcase_add_test(tests, scrolling_back);
	tcase_add_test(tests, reader);
	tcase_add_test(tests, waiting);
	tcase_add_test(tests, answers);
	tcase_add_test(tests, hostile);
	tcase_add_test(tests, flood);
	tcase_add_test(tests, mouse_for_the_guest);
	tcase_add_test(tests, resizing);
	tcase_add_test(tests, resizing_an_editor);
	tcase_add_test(tests, tiny);
	tcase_add_test(tests, broken_peer);
	tcase_add_test(tests, kept_open);
	tcase_add_test(tests, menu);
	tcase_add_test(tests, higher_than_the_window);
	tcase_add_test(tests, nothing_to_show);
	tcase_add_test(tests, search_copy_paste);
	tcase_add_test(tests, tabs);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
