/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In every place of the TUI: a storm of resizes, after which the screen is what it was; and each signal, after which the terminal is. */
#include "base/memory.h"
#include "base/process.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/terminal/places.h"
#include "tests/terminal/puppet.h"

#include <signal.h>
#include <stdlib.h>

#define RESIZES 200

static const struct {
	int rows, columns;
} extremes[] = { { 1, 1 }, { 2, 12 }, { 1, 300 }, { 100, 1 }, { 100, 300 }, { 3, 20 }, { 2, 300 }, { 24, 80 } };

static void storm(struct pty *pty)
{
	uint32_t state = 99;

	for (size_t i = 0; i < RESIZES; i++) {
		state = state * 1664525 + 1013904223;
		if (i % 10 < ARRAY_LENGTH(extremes))
			pty_resize(pty, extremes[i % 10].rows, extremes[i % 10].columns);
		else
			pty_resize(pty, 1 + (int)(state >> 8) % 100, 1 + (int)(state >> 16) % 300);
		pty_read(pty, i % 4 == 0 ? 20 : 0); /* some are drawn, others overtaken by the next */
	}
	pty_resize(pty, 24, 80);
}

/* A guest's screen has lost what no longer fitted, as on any terminal: the last line is left. NULL for other places. */
static const char *guests_last_line(const struct place *place)
{
	static const char *const lines[][2] = {
		{ "console-search", "Search back" }, { "console-reading", "press X to take over" },
		{ "console-copy", "v Mark" },	     { "console-menu", "/ Search" },
		{ "console", "^] Leave" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(lines); i++)
		if (text_starts(place->name, lines[i][0]))
			return lines[i][1];
	return NULL;
}

START_TEST(resizes)
{
	const struct place *place = &places[_i];
	struct stage *stage = place_stage(place);
	size_t machines = stage_machines(stage);
	struct pty *pty = place_open(stage, place, 24, 80, NULL);
	_cleanup_free_ char *golden = strf("%s-80x24", place->keys == &keys_help ? "help-list" : place->name);

	storm(pty);
	if (guests_last_line(place) != NULL)
		pty_expect(pty, guests_last_line(place));
	else
		pty_expect_golden(pty, golden);
	/* resizes that are none */
	for (int i = 0; i < 20; i++)
		kill(pty_pid(pty), SIGWINCH);
	kill(pty_pid(pty), SIGTERM);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	expect_restored(pty);
	pty_free(pty);
	stage_expect_untouched(stage, machines);
	stage_free(stage);
}
END_TEST

/* ---- signals ---- */

static void expect_end(struct pty *pty)
{
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	expect_restored(pty);
	pty_free(pty);
}

static const int ending[] = { SIGTERM, SIGHUP, SIGINT };

/* One of the three, in turn: there are several places of each kind. */
static void check_ends(struct stage *stage, const struct place *place)
{
	struct pty *pty = place_open(stage, place, 24, 80, NULL);

	kill(pty_pid(pty), ending[(size_t)(place - places) % ARRAY_LENGTH(ending)]);
	expect_end(pty);
	stage_hang_up(stage);
	/* the terminal vanishes */
	pty = place_open(stage, place, 24, 80, NULL);
	pty_hang_up(pty);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	stage_hang_up(stage);
}

static bool is_stopped(void *data)
{
	struct process_id id = process_of(*(pid_t *)data);

	return process_stopped(&id);
}

/* Under a shell with job control, as people run it: the TUI stops, the shell has a sane terminal, and 'fg' brings everything back. */
static void check_stop(struct stage *stage, const struct place *place)
{
	_cleanup_free_ char *program = xstrdup(getenv("VIRTTY_TUI"));
	_cleanup_free_ char *shell = strf("%s/puppet/shell", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *script = strf("#!/bin/sh\nset -m\n'%s'\nwhile echo SHELL; read -r line; do fg; done\n", program);

	puppet_write("shell", script);
	setenv("VIRTTY_TUI", shell, 1);
	struct pty *pty = place_open(stage, place, 24, 80, NULL);
	pid_t tui = home_process(getenv("VIRTTY_HOME"), "virtty-tui");

	setenv("VIRTTY_TUI", program, 1);
	for (int i = 0; i < 2; i++) {
		kill(tui, SIGTSTP);
		ck_assert(wait_for(is_stopped, &tui, 20000));
		pty_expect(pty, "SHELL");
		expect_restored(pty);
		pty_send(pty, "\n");
		pty_expect_gone(pty, "SHELL");
		while (!pty_alternate(pty))
			ck_assert(pty_read(pty, 1000));
	}
	/* from outside, without a word to the TUI */
	kill(tui, SIGSTOP);
	ck_assert(wait_for(is_stopped, &tui, 20000));
	pty_expect(pty, "SHELL");
	pty_send(pty, "\n");
	pty_expect_gone(pty, "SHELL");
	pty_resize(pty, 30, 100);
	kill(tui, SIGTERM);
	wait_processes(getenv("VIRTTY_HOME"), "virtty-tui", 0, 20000);
	pty_expect(pty, "SHELL");
	expect_restored(pty);
	pty_free(pty);
	stage_hang_up(stage);
}

START_TEST(signals)
{
	const struct place *place = &places[_i];
	struct stage *stage = place_stage(place);
	size_t machines = stage_machines(stage);

	check_ends(stage, place);
	check_stop(stage, place);
	stage_expect_untouched(stage, machines);
	stage_free(stage);
}
END_TEST

/* While an editor has the terminal. */
START_TEST(signals_to_an_editor)
{
	const struct place *place = place_find("details-xml");
	struct stage *stage = place_stage(place);

	for (size_t i = 0; i < ARRAY_LENGTH(ending); i++) {
		struct pty *pty = place_open(stage, place, 24, 80, NULL);

		pty_send(pty, "e");
		pty_expect(pty, "the editor has the terminal");
		storm(pty);
		kill(pty_pid(pty), SIGTSTP); /* not for it */
		kill(pty_pid(pty), SIGWINCH);
		kill(pty_pid(pty), ending[i]);
		expect_end(pty);
	}
	struct pty *pty = place_open(stage, place, 24, 80, NULL);

	pty_send(pty, "e");
	pty_expect(pty, "the editor has the terminal");
	pty_hang_up(pty);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
	stage_free(stage);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui storms");
	TCase *tests = tcase_create("storms");

	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, resizes, 0, (int)place_count);
	tcase_add_loop_test(tests, signals, 0, (int)place_count);
	tcase_add_test(tests, signals_to_an_editor);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
