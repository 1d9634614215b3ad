/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of machines on a terminal: drawn, live, at every size, by keys and by mouse. */
#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/terminal/stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELECTED 6 /* the background of the selected row */

static struct stage *stage;

static void setup(void)
{
	stage = stage_new();
}

static void teardown(void)
{
	stage_free(stage);
}

/* The head line names this host's CPUs and memory: no golden text can hold them. */
static void hide_host(char *screen)
{
	char *end = strchr(screen, '\n');
	char *host = strstr(screen, "no KVM");

	host = host != NULL && host < end ? host : strstr(screen, "TCG");
	if (host != NULL && host < end) {
		while (host > screen && host[-1] == ' ')
			host--;
		memmove(host, end, strlen(end) + 1);
	}
}

static struct pty *open_list(int rows, int columns, const char *const *extra, const char *text)
{
	struct pty *pty = stage_tui(stage, rows, columns, extra);

	pty_edit_golden(pty, hide_host);
	pty_expect(pty, text);
	return pty;
}

static void quit(struct pty *pty)
{
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	ck_assert(!pty_alternate(pty));
	pty_free(pty);
}

START_TEST(narrow)
{
	stage_fill(stage);
	struct pty *pty = open_list(10, 40, NULL, "beta");

	pty_expect_golden(pty, "list-40x10");
	quit(pty);
}
END_TEST

START_TEST(help)
{
	stage_fill(stage);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	pty_send(pty, "?");
	pty_expect(pty, "virtty: help");
	pty_send(pty, "\033");
	/* a help that is still being drawn shows "zeta" too, and Esc right before another key is Alt */
	pty_expect_gone(pty, "virtty: help");
	pty_expect(pty, "zeta");
	pty_send(pty, "\033OP"); /* F1 */
	pty_expect(pty, "virtty: help");
	pty_send(pty, "q");
	pty_expect(pty, "zeta");
	quit(pty);
}
END_TEST

START_TEST(confirmation)
{
	stage_fill(stage);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	pty_send(pty, "jjf"); /* -dashed, a name…, alpha */
	pty_expect(pty, "Force off   [ Cancel ]");
	pty_send(pty, "\t");
	pty_expect(pty, "[ Force off ]");
	pty_send(pty, "n");
	pty_expect_gone(pty, "Force off ]");
	quit(pty);
}
END_TEST

START_TEST(empty)
{
	struct pty *pty = open_list(24, 80, NULL, "There is no machine yet");

	pty_send(pty, "s");
	pty_expect(pty, "there is no machine yet");
	pty_send(pty, "f\r"); /* nothing to ask about, no console */
	stage_add(stage, "newcomer", NULL, 64, 1);
	pty_expect(pty, "newcomer");
	pty_expect_gone(pty, "There is no machine yet");
	quit(pty);
}
END_TEST

/* What others change shows at once, and the selection stays with its machine. */
START_TEST(live)
{
	stage_add(stage, "bbb", NULL, 64, 1);
	int64_t middle = stage_add(stage, "mmm", NULL, 64, 1);
	int64_t last = stage_add(stage, "zzz", NULL, 64, 1);
	struct pty *pty = open_list(24, 80, NULL, "3 machines, 0 running");

	pty_send(pty, "j");
	stage_add(stage, "aaa", NULL, 64, 1);
	pty_expect(pty, "4 machines");
	pty_expect(pty, "aaa");
	pty_expect_row(pty, "mmm", 4);
	stage_run(stage, middle, RUN_RUNNING, 90 * 1000);
	pty_expect(pty, "1 running");
	pty_expect(pty, "1 min");
	pty_expect_background(pty, 4, 0, SELECTED);
	stage_stop(stage, middle, RUN_CRASHED);
	pty_expect(pty, "crashed");
	stage_remove(stage, last);
	pty_expect_gone(pty, "zzz");
	stage_remove(stage, middle);
	pty_expect_gone(pty, "mmm");
	pty_send(pty, "j\033[B\033OAkG\033[Hg");
	pty_expect(pty, "2 machines");
	quit(pty);
}
END_TEST

START_TEST(refusals)
{
	stage_run(stage, stage_add(stage, "on", NULL, 64, 1), RUN_RUNNING, 1000);
	stage_add(stage, "off", NULL, 64, 1);
	struct pty *pty = open_list(24, 80, NULL, "running");

	pty_send(pty, "d");
	pty_expect(pty, "the machine is off already");
	pty_send(pty, "js");
	pty_expect(pty, "the machine runs already");
	quit(pty);
}
END_TEST

/* The machine has no definition: the command fails, and its error is shown. */
START_TEST(failure)
{
	stage_add(stage, "-broken", NULL, 64, 1);
	struct pty *pty = open_list(24, 80, NULL, "-broken");

	pty_send(pty, "s");
	pty_expect(pty, "-broken: cannot start");
	pty_expect(pty, "error: ");
	pty_send(pty, "\r");
	pty_expect_gone(pty, "error: ");
	quit(pty);
}
END_TEST

START_TEST(mouse)
{
	int row, column;
	char click[64], twice[128];

	stage_fill(stage);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	pty_expect(pty, "? Help");
	ck_assert(pty_find(pty, "gamma", &row, &column));
	snprintf(click, sizeof click, "\033[<0;3;%dM\033[<0;3;%dm", row + 1, row + 1);
	pty_send(pty, click);
	pty_expect_background(pty, row, 0, SELECTED);
	pty_send(pty, "\033[<65;3;3M"); /* the wheel */
	pty_expect_background(pty, row, 0, -1);
	/* in one piece: a double click has little time */
	snprintf(twice, sizeof twice, "%s%s", click, click);
	pty_send(pty, twice);
	stage_accept(stage, pty);
	stage_status(stage, true, false);
	pty_expect(pty, "Shift-PgUp Scroll");
	pty_send(pty, "\035");
	pty_expect(pty, "zeta");
	quit(pty);
}
END_TEST

/* A paste is no keys: text with an 'f' and a 'q' in it does nothing. */
START_TEST(pasted_text)
{
	stage_fill(stage);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	pty_send(pty, "\033[200~f\ryqqq s\r\033[201~?");
	pty_expect(pty, "virtty: help");
	pty_send(pty, "\033");
	/* a help that is still being drawn shows "zeta" too, and Esc right before another key is Alt */
	pty_expect_gone(pty, "virtty: help");
	pty_expect(pty, "zeta");
	quit(pty);
}
END_TEST

static void check_size(struct pty *pty, int rows, int columns, const char *text)
{
	pty_resize(pty, rows, columns);
	pty_expect(pty, text);
}

START_TEST(sizes)
{
	stage_fill(stage);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	check_size(pty, 5, 20, "-dashed");
	check_size(pty, 2, 12, "virtty");
	check_size(pty, 1, 12, "too small");
	pty_resize(pty, 1, 1);
	pty_send(pty, "jj?jjj\035qf");
	check_size(pty, 24, 80, "alpha: force off?");
	pty_send(pty, "n");
	pty_expect_gone(pty, "force off?");
	check_size(pty, 5, 20, "Name");
	pty_send(pty, "?");
	check_size(pty, 3, 30, "Machines");
	pty_send(pty, "q");
	check_size(pty, 60, 300, "zeta");
	quit(pty);
}
END_TEST

START_TEST(starts_tiny)
{
	stage_fill(stage);
	struct pty *pty = stage_tui(stage, 1, 1, NULL);

	check_size(pty, 24, 80, "zeta");
	quit(pty);
}
END_TEST

/* Many sizes, with keys between; the last one is right. */
START_TEST(resize_storm)
{
	uint32_t state = 99;

	stage_fill(stage);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	for (int i = 0; i < 200; i++) {
		state = state * 1664525 + 1013904223;
		pty_resize(pty, 1 + (int)(state >> 8) % 60, 1 + (int)(state >> 16) % 200);
		pty_send(pty, i % 3 == 0 ? "?" : i % 3 == 1 ? "\033[6~" : "\033[A");
		if (i % 10 == 0)
			pty_read(pty, 1);
	}
	pty_resize(pty, 24, 80);
	/* the '?' keys, an odd number of them, have opened the help and closed it in turn: none was lost */
	pty_expect(pty, "virtty: help");
	pty_send(pty, "q");
	pty_expect(pty, "zeta");
	quit(pty);
}
END_TEST

/* Terminals of all kinds draw the list; without colours too. */
START_TEST(other_terminals)
{
	static const char *const kinds[][4] = {
		{ "TERM=linux" }, { "TERM=screen" }, { "TERM=tmux-256color" },
		{ "TERM=vt100" }, { "TERM=xterm" },  { "TERM=xterm-256color", "NO_COLOR=1" },
		{ "TERM=vt220", "LC_ALL=C" },
	};

	stage_fill(stage);
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
		struct pty *pty = open_list(24, 80, kinds[i], "zeta");

		pty_expect(pty, "c Console");
		pty_send(pty, "\033[B");
		pty_send(pty, "q");
		ck_assert_int_eq(pty_expect_exit(pty), 0);
		ck_assert(pty_modes_restored(pty));
		pty_free(pty);
	}
}
END_TEST

/* ssh brings the name of a locale that this host need not have: what characters the terminal has it says all the same. */
START_TEST(other_locales)
{
	static const struct {
		const char *extra[4], *shown;
	} locales[] = {
		{ { "LC_ALL=xx_XX.UTF-8" }, "Name▲" },
		{ { "LC_ALL=xx_XX.utf8@latin" }, "Name▲" },
		{ { "LC_ALL=", "LC_CTYPE=UTF-8", "LANG=C" }, "Name▲" },
		{ { "LC_ALL=xx_XX" }, "Name^" },
		{ { "LC_ALL=C", "LANG=xx_XX.UTF-8" }, "Name^" },
	};

	stage_fill(stage);
	for (size_t i = 0; i < ARRAY_LENGTH(locales); i++) {
		struct pty *pty = open_list(24, 80, locales[i].extra, locales[i].shown);

		quit(pty);
	}
}
END_TEST

START_TEST(no_colour)
{
	const char *const extra[] = { "NO_COLOR=1", NULL };

	stage_fill(stage);
	struct pty *pty = open_list(24, 80, extra, "zeta");

	pty_expect(pty, "? Help");
	struct pty_look look = pty_look(pty, 2, 0);

	ck_assert(look.reverse);
	ck_assert_int_eq(look.background, -1);
	ck_assert_int_eq(look.foreground, -1);
	quit(pty);
}
END_TEST

/* A tick draws what is different, no screen anew. */
START_TEST(quiet)
{
	stage_fill(stage);
	int64_t id = stage_add(stage, "late", NULL, 64, 1);
	struct pty *pty = open_list(24, 80, NULL, "zeta");

	pty_expect(pty, "? Help");
	stage_run(stage, id, RUN_RUNNING, 50000);
	pty_expect(pty, " < 1 min");
	size_t before = pty_bytes_count(pty);
	int64_t from_ms = clock_monotonic_ms();

	pty_expect(pty, "   1 min");
	/* in each tick a load, a bar, once the minute */
	ck_assert_int_lt((int64_t)(pty_bytes_count(pty) - before), 75 * ((clock_monotonic_ms() - from_ms) / 1000 + 1));
	quit(pty);
}
END_TEST

START_TEST(many)
{
	_cleanup_free_ char *name = NULL;

	stage_begin(stage);
	for (int i = 0; i < 1000; i++) {
		free(name);
		name = strf("machine-%04d", i);
		stage_add(stage, name, NULL, 64, 1);
	}
	stage_commit(stage);
	struct pty *pty = open_list(24, 80, NULL, "1000 machines");

	pty_send(pty, "G");
	pty_expect(pty, "machine-0999");
	pty_send(pty, "\033[5~");
	pty_expect(pty, "machine-0979");
	pty_send(pty, "g");
	pty_expect(pty, "machine-0000");
	quit(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui list");
	TCase *tests = tcase_create("list");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, narrow);
	tcase_add_test(tests, help);
	tcase_add_test(tests, confirmation);
	tcase_add_test(tests, empty);
	tcase_add_test(tests, live);
	tcase_add_test(tests, refusals);
	tcase_add_test(tests, failure);
	tcase_add_test(tests, mouse);
	tcase_add_test(tests, pasted_text);
	tcase_add_test(tests, sizes);
	tcase_add_test(tests, starts_tiny);
	tcase_add_test(tests, resize_storm);
	tcase_add_test(tests, other_terminals);
	tcase_add_test(tests, other_locales);
	tcase_add_test(tests, no_colour);
	tcase_add_test(tests, quiet);
	tcase_add_test(tests, many);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
