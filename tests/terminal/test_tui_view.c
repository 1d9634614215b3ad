/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's screen on a terminal, its VNC server played by the test: what it draws is read as text, what is typed and
 * pointed at arrives, and what is hostile or slow harms nothing. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/terminal/screen_stage.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define GREY	 0xaaaaaa
#define WHITE	 0xffffff
#define BLUE	 0x0000aa
#define BLACK	 0x000000
#define MENU	 "\034"

static struct pty *start(int rows, int columns, const char *const *extra)
{
	stage_run_screen(stage, machine, RUN_RUNNING, 1000, path, false);
	struct pty *pty = stage_tui(stage, rows, columns, extra);

	pty_expect(pty, "running ");
	return pty;
}

/* The screen of the running machine, 80 by 25 characters. NULL: no server can be had here. */
static struct pty *open_view(int rows, int columns, const char *const *extra)
{
	server = rfb_server_new(path, 80, 25);
	if (server == NULL)
		return NULL;
	rfb_server_text(server, 0, 0, "SeaBIOS (version 1.16)", GREY, BLACK);
	rfb_server_text(server, 2, 0, "Booting from DVD/CD...", GREY, BLACK);
	struct pty *pty = start(rows, columns, extra);

	pty_send(pty, "v");
	pty_expect(pty, "SeaBIOS (version 1.16)");
	return pty;
}

static void leave(struct pty *pty)
{
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	pty_quit(pty);
}

static void expect_viewers(struct pty *pty, unsigned count)
{
	int64_t limit = clock_monotonic_ms() + SCREEN_LIMIT_MS;

	while (rfb_server_viewers(server) != count)
		ck_assert_msg(pty_read(pty, 20) && clock_monotonic_ms() < limit, "there are %u viewers, not %u",
			      rfb_server_viewers(server), count);
}

/* ---- text ---- */

START_TEST(text)
{
	struct pty *pty = open_view(40, 100, NULL);

	if (pty == NULL)
		return;
	pty_expect(pty, "guest [text 80x25]");
	/* exactly there, in its colours */
	rfb_server_text(server, 5, 10, "\xc9\xcd\xbb Setup", WHITE, BLUE);
	pty_expect(pty, "╔═╗ Setup");
	int row, column;

	ck_assert(pty_find(pty, "╔═╗ Setup", &row, &column));
	ck_assert_int_eq(row, 5);
	ck_assert_int_eq(column, 10);
	ck_assert_int_eq(pty_look(pty, 5, 14).background, 19); /* the nearest of 256 to 0000aa */
	ck_assert_int_eq(pty_look(pty, 5, 14).foreground, 231);
	leave(pty);
}
END_TEST

/* A guest's screen can show anything: it is text. */
START_TEST(sequences_as_text)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	rfb_server_text(server, 4, 0,
			"\x1b[31mred\x1b]52;c;ZXZpbA==\x07 \x1b[2Jgone\x9b"
			"5n",
			GREY, BLACK);
	pty_expect(pty, "[2Jgone");
	pty_expect(pty, "SeaBIOS");
	ck_assert_ptr_null(
		memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, "]52;c;ZXZpbA", strlen("]52;c;ZXZpbA")) != NULL
			? memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, "\033]52", 4)
			: NULL);
	ck_assert_int_eq(pty_look(pty, 4, 8).foreground, pty_look(pty, 0, 0).foreground);
	leave(pty);
}
END_TEST

START_TEST(ascii)
{
	const char *const extra[] = { "LC_ALL=C", NULL };
	struct pty *pty = open_view(30, 100, extra);

	if (pty == NULL)
		return;
	rfb_server_text(server, 4, 0, "\xc9\xcd\xcd\xbb\xba \x82", GREY, BLACK);
	pty_expect(pty, "+--+| ?");
	for (size_t i = 0; i < pty_bytes(pty)->length; i++)
		ck_assert_msg((unsigned char)pty_bytes(pty)->data[i] < 0x80, "a byte that is no ASCII was written");
	rfb_server_noise(server);
	pty_expect(pty, "[picture 720x400]");
	for (size_t i = 0; i < pty_bytes(pty)->length; i++)
		ck_assert_msg((unsigned char)pty_bytes(pty)->data[i] < 0x80, "a byte that is no ASCII was written");
	leave(pty);
}
END_TEST

/* Without colours, a menu's bar is still seen. */
START_TEST(no_colour)
{
	const char *const extra[] = { "TERM=vt100", "NO_COLOR=1", NULL };
	struct pty *pty = open_view(30, 100, extra);

	if (pty == NULL)
		return;
	rfb_server_text(server, 5, 2, "first entry", GREY, BLACK);
	rfb_server_text(server, 6, 2, "other entry", BLACK, GREY);
	pty_expect(pty, "other entry");
	ck_assert(!pty_look(pty, 5, 2).reverse);
	ck_assert(pty_look(pty, 6, 2).reverse);
	ck_assert_int_eq(pty_look(pty, 6, 2).foreground, -1);
	leave(pty);
}
END_TEST

/* ---- a window smaller than the screen ---- */

START_TEST(small_window)
{
	struct pty *pty = open_view(24, 80, NULL);

	if (pty == NULL)
		return;
	rfb_server_text(server, 24, 60, "last line here", GREY, BLACK);
	rfb_server_text(server, 1, 0, "second", GREY, BLACK);
	pty_expect(pty, "Shift-↑ Scroll");
	pty_send(pty, "\033[1;2B\033[1;2B"); /* shift and down */
	pty_expect(pty, "last line here");
	pty_expect_gone(pty, "SeaBIOS");
	pty_send(pty, "\033[1;2H");
	pty_expect(pty, "SeaBIOS");
	/* the wheel; and typing looks at the guest's cursor again */
	pty_send(pty, "\033[<65;10;10M");
	pty_expect_gone(pty, "SeaBIOS");
	pty_resize(pty, 40, 100);
	pty_expect(pty, "SeaBIOS");
	pty_expect(pty, "last line here");
	pty_expect_gone(pty, "Scroll");
	leave(pty);
}
END_TEST

START_TEST(tiny)
{
	struct pty *pty = open_view(24, 80, NULL);

	if (pty == NULL)
		return;
	for (int i = 0; i < 6; i++) {
		rfb_server_noise(server);
		pty_resize(pty, 5, 20);
		pty_read(pty, 20);
		rfb_server_resize(server, 100, 37);
		rfb_server_text(server, 0, 0, "wider", GREY, BLACK);
		pty_resize(pty, 24, 80);
		pty_read(pty, 20);
		rfb_server_resize(server, 80, 25);
	}
	rfb_server_text(server, 0, 0, "AB", GREY, BLACK);
	pty_resize(pty, 5, 20);
	pty_expect(pty, "AB");
	pty_resize(pty, 1, 1);
	pty_read(pty, 50);
	pty_resize(pty, 24, 80);
	pty_expect(pty, "[text 80x25");
	leave(pty);
}
END_TEST

/* ---- keys ---- */

START_TEST(typing)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	pty_send(pty, "ls");
	expect_said(pty, "+26 -26 +1f -1f ");
	pty_send(pty, "\r");
	expect_said(pty, "+1c -1c ");
	pty_send(pty, "A\003\033x");
	expect_said(pty, "+2a +1e -1e -2a +1d +2e -2e -1d +38 +2d -2d -38 ");
	pty_send(pty, "\033[A\033[1;5D\033[15~\177?");
	expect_said(pty, "+c8 -c8 +1d +cb -cb -1d +3f -3f +0e -0e +2a +35 -35 -2a ");
	pty_send(pty, "\033");
	expect_said(pty, "+01 -01 ");
	pty_send(pty, "\xe2\x98\x83");
	pty_expect(pty, "has no key for this character");
	leave(pty);
}
END_TEST

START_TEST(keys_of_the_menu)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	pty_send(pty, MENU "d");
	expect_said(pty, "+1d +38 +d3 -d3 -38 -1d ");
	pty_send(pty, MENU "k");
	pty_expect(pty, "s Super");
	pty_send(pty, "\033OQ"); /* F2 */
	expect_said(pty, "+1d +38 +3c -3c -38 -1d ");
	pty_send(pty, MENU "ks");
	expect_said(pty, "+db -db ");
	pty_send(pty, MENU "kr");
	pty_expect(pty, "which key?");
	pty_send(pty, "b");
	expect_said(pty, "+38 +54 +30 -30 -54 -38 ");
	pty_send(pty, MENU MENU MENU "]" MENU "^");
	expect_said(pty, "+1d +2b -2b -1d +1d +1b -1b -1d +1d +2a +07 -07 -2a -1d ");
	pty_send(pty, MENU "k:");
	pty_expect(pty, "Press keys together");
	pty_send(pty, "nothing");
	pty_expect(pty, "'nothing' is no key");
	pty_send(pty, "\025shift-f10\r");
	expect_said(pty, "+2a +44 -44 -2a ");
	leave(pty);
}
END_TEST

START_TEST(pasting)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	pty_send(pty, "\033[200~a\nB\033[201~");
	expect_said(pty, "+1e -1e +1c -1c +2a +30 -30 -2a ");
	pty_send(pty, "\033[200~x\xe2\x82\xac\xe2\x98\x83y\033[201~");
	pty_expect(pty, "2 characters left out");
	pty_expect(pty, "U+20AC, U+2603");
	expect_said(pty, "+2d -2d +15 -15 ");
	/* a long one is stopped by a key, which goes nowhere */
	_cleanup_strbuf_ struct strbuf longer = STRBUF_INIT;

	strbuf_puts(&longer, "\033[200~");
	for (int i = 0; i < 2000; i++)
		strbuf_putc(&longer, 'a');
	strbuf_puts(&longer, "\033[201~");
	pty_send(pty, longer.data);
	pty_expect(pty, "any key stops it");
	pty_send(pty, "z");
	pty_expect(pty, "keys were not pressed any more");
	free(rfb_server_said(server));
	pty_send(pty, "b");
	expect_said(pty, "+30 -30 ");
	leave(pty);
}
END_TEST

/* ---- the mouse and the clipboard ---- */

START_TEST(pointing)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	/* in text the mouse marks, and the end of that copies */
	pty_send(pty, "\033[<0;1;1M\033[<32;7;1M\033[<0;7;1m");
	pty_expect(pty, "copied 7 characters");
	_cleanup_free_ char *said = rfb_server_said(server);

	ck_assert_str_eq(said, "");
	/* unless it is said to be the guest's */
	pty_send(pty, MENU "M");
	pty_send(pty, "\033[<0;11;3M");
	expect_said(pty, "p94,40,1 ");
	pty_send(pty, "\033[<32;12;3M\033[<0;12;3m");
	expect_said(pty, "p103,40,1 p103,40,0 ");
	pty_send(pty, "\033[<2;1;1M\033[<2;1;1m\033[<64;1;1M");
	expect_said(pty, "p4,8,4 p4,8,0 p4,8,8 p4,8,0 ");
	leave(pty);
}
END_TEST

START_TEST(pointing_in_a_picture)
{
	struct pty *pty = open_view(26, 100, NULL);

	if (pty == NULL)
		return;
	rfb_server_noise(server);
	pty_expect(pty, "[picture 720x400]");
	pty_send(pty, "\033[<0;1;1M\033[<0;1;1m");
	expect_said(pty, ",1 p");
	pty_send(pty, MENU "M");
	pty_send(pty, "\033[<0;1;1M\033[<0;1;1m");
	pty_send(pty, "a");
	expect_said(pty, "+1e -1e "); /* and no pointer before it */
	leave(pty);
}
END_TEST

START_TEST(copying)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	rfb_server_text(server, 4, 0, "  key = value  ", GREY, BLACK);
	rfb_server_text(server, 5, 0, "next \xb3 line", GREY, BLACK);
	pty_expect(pty, "next │ line");
	pty_send(pty, MENU "/");
	pty_expect(pty, "Search back:");
	pty_send(pty, "KEY =");
	pty_expect(pty, "Not found");
	pty_send(pty, "\025key =\r");
	pty_expect(pty, "stands still");
	pty_expect_cursor(pty, 4, 2);
	/* the guest goes on; what is looked at stays */
	rfb_server_text(server, 4, 0, "  another     ", GREY, BLACK);
	pty_send(pty, "Vjy");
	pty_expect(pty, "copied 26 characters");
	/* "  key = value\nnext │ line\n" */
	ck_assert_ptr_nonnull(
		memmem(pty_bytes(pty)->data, pty_bytes(pty)->length,
		       "ICBrZXkgPSB2YWx1ZQpuZXh0IOKUgiBsaW5lCg==", strlen("ICBrZXkgPSB2YWx1ZQpuZXh0IOKUgiBsaW5lCg==")));
	pty_expect(pty, "another");
	pty_send(pty, MENU "/SeaBIOS\rv");
	pty_expect(pty, "stands still");
	pty_send(pty, "llly");
	pty_expect(pty, "copied 4 characters");
	pty_send(pty, MENU "v");
	expect_said(pty, "+2a +1f -1f -2a +12 -12 +1e -1e +2a +30 -30 -2a "); /* SeaB */
	leave(pty);
}
END_TEST

START_TEST(guest_clipboard)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	rfb_server_cut(server, "from the guest");
	pty_expect(pty, "the guest has copied text");
	/* the user's clipboard is the user's */
	ck_assert_ptr_null(memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, "\033]52;", 5));
	pty_send(pty, MENU "y");
	pty_expect(pty, "offered to the terminal");
	ck_assert_ptr_nonnull(
		memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, "\033]52;c;ZnJvbSB0aGUgZ3Vlc3Q=", 26));
	leave(pty);
}
END_TEST

/* ---- modes, zoom ---- */

START_TEST(modes)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	pty_send(pty, MENU "+");
	pty_expect(pty, "text is not zoomed");
	pty_send(pty, MENU "t");
	pty_expect(pty, "always as a picture");
	pty_expect(pty, "[picture 720x400]");
	pty_send(pty, MENU "/");
	pty_expect(pty, "this is a picture now");
	pty_send(pty, MENU "+");
	pty_expect(pty, "[picture 720x400, 360x200 of it]");
	pty_send(pty, MENU "0");
	pty_expect(pty, "[picture 720x400]");
	pty_send(pty, MENU "t");
	pty_expect(pty, "always as text");
	pty_expect(pty, "SeaBIOS (version 1.16)");
	pty_send(pty, MENU "t");
	pty_expect(pty, "by what the screen shows");
	leave(pty);
}
END_TEST

/* ---- tabs and connections ---- */

START_TEST(tabs)
{
	struct pty *pty = open_view(30, 100, NULL);

	if (pty == NULL)
		return;
	pty_send(pty, "\036"); /* ^^ */
	pty_expect(pty, "guest has no serial console, only this screen");
	stage_run_screen(stage, machine, RUN_RUNNING, 1000, path, true);
	/* until the TUI has read that */
	for (bool there = false; !there;) {
		pty_send(pty, "\036");
		for (int64_t limit = clock_monotonic_ms() + 2000; !there && clock_monotonic_ms() < limit;) {
			_cleanup_free_ char *screen = pty_screen(pty);

			there = strstr(screen, "1 guest:screen  2 guest") != NULL;
			pty_read(pty, 20);
		}
	}
	stage_accept(stage, pty);
	stage_expect(stage, pty, 'w', "");
	stage_status(stage, true, false);
	stage_write(stage, pty, "login: ");
	pty_expect(pty, "login:");
	/* nobody looks at the screen now: nothing of it is sent */
	unsigned frames = rfb_server_frames(server);

	rfb_server_text(server, 20, 0, "meanwhile", GREY, BLACK);
	pty_send(pty, "\036");
	pty_expect(pty, "meanwhile");
	ck_assert_uint_ge(rfb_server_frames(server), frames);
	ck_assert_uint_eq(rfb_server_visits(server), 1);
	pty_send(pty, MENU "x");
	pty_expect(pty, "login:");
	expect_viewers(pty, 0);
	leave(pty);
}
END_TEST

START_TEST(from_the_list)
{
	server = rfb_server_new(path, 80, 25);
	if (server == NULL)
		return;
	rfb_server_text(server, 0, 0, "firmware", GREY, BLACK);
	struct pty *pty = start(24, 80, NULL);

	/* it has nothing else: the key for the console opens it too */
	pty_send(pty, "c");
	pty_expect(pty, "firmware");
	pty_send(pty, "\035");
	pty_expect(pty, "Name");
	stage_run(stage, machine, RUN_RUNNING, 1000);
	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *screen = pty_screen(pty);

		if (strstr(screen, "has no screen") != NULL)
			break;
		if (strstr(screen, "firmware") != NULL)
			pty_send(pty, "\035");
		else
			pty_send(pty, "v");
		pty_read(pty, 200);
	}
	pty_expect(pty, "guest has no screen");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

START_TEST(reconnecting)
{
	struct pty *pty = open_view(24, 100, NULL);

	if (pty == NULL)
		return;
	rfb_server_hang_up(server);
	rfb_server_text(server, 3, 0, "still the same guest", GREY, BLACK);
	pty_expect(pty, "still the same guest");
	ck_assert_uint_ge(rfb_server_visits(server), 2);
	/* off: the last that was seen stays, and another start is connected to */
	stage_stop(stage, machine, RUN_SHUTOFF);
	rfb_server_free(server);
	server = NULL;
	pty_expect(pty, "shut off, waiting for it to start");
	pty_expect(pty, "still the same guest");
	server = rfb_server_new(path, 80, 25);
	rfb_server_text(server, 0, 0, "second boot", GREY, BLACK);
	stage_run_screen(stage, machine, RUN_RUNNING, 0, path, false);
	pty_expect(pty, "second boot");
	leave(pty);
}
END_TEST

static void kill_screen(struct pty *pty)
{
	const char *home = getenv("VIRTTY_HOME");
	unsigned visits = rfb_server_visits(server);
	pid_t pids[4];

	while (home_processes(home, "virtty-screen", pids, 4) == 0)
		ck_assert(pty_read(pty, 20));
	kill(pids[0], SIGKILL);
	while (home_processes(home, "virtty-screen", pids + 1, 1) == 1 && pids[0] == pids[1])
		ck_assert(pty_read(pty, 20));
	(void)visits;
}

START_TEST(killed)
{
	struct pty *pty = open_view(24, 100, NULL);

	if (pty == NULL)
		return;
	for (unsigned i = 2; i <= 3; i++) {
		kill_screen(pty);
		int64_t limit = clock_monotonic_ms() + SCREEN_LIMIT_MS;

		while (rfb_server_visits(server) < i)
			ck_assert_msg(pty_read(pty, 20) && clock_monotonic_ms() < limit,
				      "virtty-screen was not started anew");
		pty_expect(pty, "SeaBIOS (version 1.16)");
	}
	/* often enough: a person is to say that it be tried again */
	kill_screen(pty);
	pty_expect(pty, "r Try again");
	pty_expect_gone(pty, "SeaBIOS");
	pty_send(pty, "r");
	pty_expect(pty, "SeaBIOS (version 1.16)");
	leave(pty);
}
END_TEST

/* ---- a slow line ---- */

static bool was_written(struct pty *pty, const char *words)
{
	return memmem(pty_bytes(pty)->data, pty_bytes(pty)->length, words, strlen(words)) != NULL;
}

/* Says as often as it was asked that the terminal has taken everything. */
static void answer_marks(struct pty *pty, size_t *answered)
{
	size_t asked = 0;
	const struct strbuf *bytes = pty_bytes(pty);

	for (const char *at = bytes->data;
	     (at = memmem(at, bytes->length - (size_t)(at - bytes->data), "\033[5n", 4)) != NULL; at++)
		asked++;
	for (; *answered < asked; (*answered)++)
		pty_send(pty, "\033[0n");
}

static void read_for(struct pty *pty, int ms)
{
	for (int64_t limit = clock_monotonic_ms() + ms; clock_monotonic_ms() < limit;)
		ck_assert(pty_read(pty, 20));
}

/* What the terminal has not taken yet keeps the next picture back; then the newest one comes, and none of those
 * between. */
START_TEST(slow_line)
{
	struct pty *pty = open_view(30, 100, NULL);
	size_t answered = 0;

	if (pty == NULL)
		return;
	for (int i = 0; i < 10; i++) {
		answer_marks(pty, &answered);
		read_for(pty, 50);
	}
	ck_assert_uint_gt(answered, 0);
	rfb_server_text(server, 5, 0, "one change", GREY, BLACK);
	pty_expect(pty, "one change");
	rfb_server_text(server, 6, 0, "passed over", GREY, BLACK);
	read_for(pty, 300);
	rfb_server_text(server, 6, 0, "the newest!", GREY, BLACK);
	read_for(pty, 300);
	ck_assert(!was_written(pty, "the newest!"));
	/* keys go on */
	pty_send(pty, "a");
	expect_said(pty, "+1e -1e ");
	answer_marks(pty, &answered);
	pty_expect(pty, "the newest!");
	ck_assert(!was_written(pty, "passed over"));
	leave(pty);
}
END_TEST

/* ---- bad servers ---- */

START_TEST(no_server)
{
	struct pty *pty = start(24, 100, NULL);

	pty_send(pty, "v");
	pty_expect(pty, "r Try again");
	pty_expect(pty, "cannot connect to the VNC server of 'guest'");
	leave(pty);
}
END_TEST

/* Frames that no server sends, at all times; the TUI lives, and says so. */
START_TEST(hostile)
{
	static const unsigned char endless[] = { 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0 };
	static const unsigned char huge[] = { 0, 0, 0, 1, 0, 0, 0, 0, 0x40, 0, 0x40, 0, 0xff, 0xff, 0xff, 0x21 };
	static const unsigned char cut[] = { 3, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff };
	static const unsigned char unknown[] = { 99, 99, 99 };
	static const struct {
		const unsigned char *bytes;
		size_t length;
	} attacks[] = {
		{ endless, sizeof endless }, { huge, sizeof huge }, { cut, sizeof cut }, { unknown, sizeof unknown }
	};
	struct pty *pty = open_view(24, 100, NULL);

	if (pty == NULL)
		return;
	for (size_t i = 0; i < ARRAY_LENGTH(attacks); i++) {
		rfb_server_raw(server, attacks[i].bytes, attacks[i].length);
		pty_read(pty, 100);
		rfb_server_hang_up(server);
		/* the list is there at once, whatever the screen does */
		pty_send(pty, "\035");
		pty_expect(pty, "Name");
		pty_send(pty, "v");
		pty_expect(pty, "guest");
		pty_send(pty, MENU "r");
		pty_expect(pty, "SeaBIOS (version 1.16)");
	}
	leave(pty);
}
END_TEST

/* ---- the preview ---- */

START_TEST(preview)
{
	server = rfb_server_new(path, 80, 25);
	if (server == NULL)
		return;
	rfb_server_text(server, 0, 0, "small firmware", GREY, BLACK);
	struct pty *pty = start(24, 80, NULL);

	pty_send(pty, "P");
	pty_expect(pty, "guest: screen");
	pty_expect(pty, "small firmware");
	rfb_server_text(server, 2, 0, "and goes on", GREY, BLACK);
	pty_expect(pty, "and goes on");
	pty_expect(pty, "Name");
	pty_send(pty, "P");
	pty_expect_gone(pty, "small firmware");
	expect_viewers(pty, 0);
	/* of a machine without a screen: what its console said */
	stage_run(stage, machine, RUN_RUNNING, 1000);
	pty_send(pty, "P");
	stage_accept(stage, pty);
	stage_status(stage, false, false);
	stage_write(stage, pty, "words on the line\r\n");
	pty_expect(pty, "guest: serial console");
	pty_expect(pty, "words on the line");
	stage_stop(stage, machine, RUN_SHUTOFF);
	pty_expect_gone(pty, "words on the line");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui view");
	TCase *tests = tcase_create("view");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, screen_setup, screen_teardown);
	tcase_add_test(tests, text);
	tcase_add_test(tests, sequences_as_text);
	tcase_add_test(tests, ascii);
	tcase_add_test(tests, no_colour);
	tcase_add_test(tests, small_window);
	tcase_add_test(tests, tiny);
	tcase_add_test(tests, typing);
	tcase_add_test(tests, keys_of_the_menu);
	tcase_add_test(tests, pasting);
	tcase_add_test(tests, pointing);
	tcase_add_test(tests, pointing_in_a_picture);
	tcase_add_test(tests, copying);
	tcase_add_test(tests, guest_clipboard);
	tcase_add_test(tests, modes);
	tcase_add_test(tests, tabs);
	tcase_add_test(tests, from_the_list);
	tcase_add_test(tests, reconnecting);
	tcase_add_test(tests, killed);
	tcase_add_test(tests, slow_line);
	tcase_add_test(tests, no_server);
	tcase_add_test(tests, hostile);
	tcase_add_test(tests, preview);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
