/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The terminal, given back as it was on every way out; and terminals that cannot be used. */
#include "base/file.h"
#include "base/memory.h"
#include "base/process.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"
#include "tests/terminal/stage.h"

#include <signal.h>
#include <stdlib.h>

static struct stage *stage;

static void setup(void)
{
	stage = stage_new();
}

static void teardown(void)
{
	stage_free(stage);
}

static struct pty *open_list(void)
{
	struct pty *pty = stage_tui(stage, 24, 80, NULL);

	pty_expect(pty, "There is no machine yet");
	pty_expect(pty, "? Help");
	return pty;
}

static void check_restored(struct pty *pty)
{
	ck_assert(pty_modes_restored(pty));
	ck_assert(!pty_alternate(pty));
	ck_assert(!pty_mouse(pty));
	ck_assert(pty_cursor_shown(pty));
}

START_TEST(taken_and_given_back)
{
	struct pty *pty = open_list();

	ck_assert(pty_alternate(pty));
	ck_assert(!pty_cursor_shown(pty));
	ck_assert(!pty_modes_restored(pty));
	pty_send(pty, "j"); /* the mouse is asked for with the first bytes: it is there once a key was read */
	pty_send(pty, "?");
	pty_expect(pty, "virtty: help");
	ck_assert(pty_mouse(pty));
	pty_send(pty, "q");
	pty_expect(pty, "There is no machine yet");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	check_restored(pty);
	pty_free(pty);
}
END_TEST

static void check_signal(int number, int status)
{
	struct pty *pty = open_list();

	kill(pty_pid(pty), number);
	ck_assert_int_eq(pty_expect_exit(pty), status);
	check_restored(pty);
	pty_free(pty);
}

START_TEST(ending_signals)
{
	check_signal(SIGTERM, 0);
	check_signal(SIGHUP, 0);
	check_signal(SIGINT, 0);
}
END_TEST

/* A fault of our own. (A sanitizer sees to some of these signals itself; this one it leaves alone.) */
START_TEST(fault)
{
	check_signal(SIGABRT, 128 + SIGABRT);
}
END_TEST

START_TEST(hang_up)
{
	struct pty *pty = open_list();

	pty_hang_up(pty);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

static bool is_stopped(void *data)
{
	struct process_id id = process_of(pty_pid(data));

	return process_stopped(&id);
}

START_TEST(stopped_from_outside)
{
	struct pty *pty = open_list();

	kill(pty_pid(pty), SIGSTOP);
	ck_assert(wait_for(is_stopped, pty, 20000));
	stage_add(stage, "meanwhile", NULL, 64, 1);
	kill(pty_pid(pty), SIGCONT);
	pty_expect(pty, "meanwhile");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	check_restored(pty);
	pty_free(pty);
}
END_TEST

/* As under a shell with job control: the TUI in a process group that is not orphaned, so that a stop stops it. */
START_TEST(suspended)
{
	_cleanup_free_ char *program = path_absolute(getenv("VIRTTY_TUI") != NULL ? getenv("VIRTTY_TUI") : "./virtty-tui");
	const char *const argv[] = { "/bin/sh", "-c", "set -m; \"$0\"; stty -a | grep -c -- ' echo '; echo SHELL; read x; fg", program, NULL };
	const char *const environment[] = { "TERM=xterm-256color", "LC_ALL=C.UTF-8", NULL };
	struct pty *pty = pty_start(argv, environment, 24, 80);

	pty_expect(pty, "There is no machine yet");
	pty_expect(pty, "? Help");
	pty_send(pty, "\032");
	pty_expect(pty, "SHELL");
	ck_assert(!pty_alternate(pty));
	ck_assert(!pty_mouse(pty));
	stage_add(stage, "meanwhile", NULL, 64, 1);
	pty_send(pty, "\n");
	pty_expect(pty, "meanwhile");
	ck_assert(pty_alternate(pty));
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

static void check_refused(const char *const *extra, const char *message)
{
	struct pty *pty = stage_tui(stage, 24, 80, extra);

	pty_expect(pty, message);
	ck_assert_int_eq(pty_expect_exit(pty), 1);
	check_restored(pty);
	pty_free(pty);
}

START_TEST(bad_terminals)
{
	const char *const unknown[] = { "TERM=no-such-terminal", NULL };
	const char *const dumb[] = { "TERM=dumb", NULL };
	const char *const none[] = { "TERM", NULL };

	check_refused(unknown, "error: the terminal 'no-such-terminal' (TERM) is not known");
	check_refused(dumb, "error: the terminal 'dumb' (TERM) cannot place its cursor");
	check_refused(none, "error: the environment variable TERM is not set");
}
END_TEST

START_TEST(no_terminal)
{
	_cleanup_free_ char *program = path_absolute(getenv("VIRTTY_TUI") != NULL ? getenv("VIRTTY_TUI") : "./virtty-tui");
	const char *const argv[] = { program, NULL };
	const char *const odd[] = { program, "--what", NULL };
	const char *const version[] = { program, "--version", NULL };

	expect_error(run_program(argv), 2, "not a terminal", "virtty list --all", NULL);
	expect_error(run_program(odd), 2, "--what", NULL);
	expect_ok(run_program(version), NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui terminal");
	TCase *tests = tcase_create("terminal");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, taken_and_given_back);
	tcase_add_test(tests, ending_signals);
	tcase_add_test(tests, fault);
	tcase_add_test(tests, hang_up);
	tcase_add_test(tests, stopped_from_outside);
	tcase_add_test(tests, suspended);
	tcase_add_test(tests, bad_terminals);
	tcase_add_test(tests, no_terminal);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
