/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kinds of terminals: many colours, few, or none at all; each tells what is selected, and what runs from what does not. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/task.h"
#include "tests/terminal/places.h"

#include <stdlib.h>
#include <string.h>

/* A terminal that few hosts know: compiled for this test. */
#define SIXTEEN "virtty-16color"

enum look { COLOURS, MONO };

static const struct kind {
	const char *term, *more; /* of the environment; more may be NULL */
	enum look look;
} kinds[] = {
	{ "TERM=xterm-256color", NULL, COLOURS },
	{ "TERM=xterm-256color", "COLORTERM=truecolor", COLOURS },
	{ "TERM=" SIXTEEN, NULL, COLOURS },
	{ "TERM=xterm", NULL, COLOURS },
	{ "TERM=linux", NULL, COLOURS },
	{ "TERM=screen", NULL, COLOURS },
	{ "TERM=screen-256color", NULL, COLOURS },
	{ "TERM=tmux", NULL, COLOURS },
	{ "TERM=tmux-256color", NULL, COLOURS },
	{ "TERM=vt100", "LC_ALL=C", MONO },
	{ "TERM=vt220", NULL, MONO },
	{ "TERM=xterm-256color", "NO_COLOR=1", MONO },
	{ "TERM=linux", "NO_COLOR=1", MONO },
	{ "TERM=tmux-256color", "NO_COLOR=1", MONO },
};

static void compile_sixteen(void)
{
	static const char text[] = SIXTEEN "|sixteen colours,\n\tcolors#16, pairs#256, use=xterm-256color,\n";
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *source = strf("%s/sixteen", getenv("VIRTTY_HOME"));
	_cleanup_free_ char *compiled = strf("%s/terminfo", getenv("VIRTTY_HOME"));
	const char *const argv[] = { "/usr/bin/tic", "-x", "-o", compiled, source, NULL };

	ck_assert_msg(file_write(source, text, sizeof text - 1, 0600, &err), "%s", error_text(&err));
	expect_ok(run_program(argv), NULL);
	setenv("TERMINFO_DIRS", compiled, 1);
}

static struct pty_look look_at(struct pty *pty, const char *text)
{
	int row, column;

	pty_expect(pty, text);
	ck_assert(pty_find(pty, text, &row, &column));
	return pty_look(pty, row, column);
}

static void check_colours(struct pty *pty)
{
	struct pty_look selected = look_at(pty, "build1"), running = look_at(pty, "running "), head = look_at(pty, "virtty  5");

	ck_assert_int_ne(selected.background, -1);
	ck_assert_int_ne(head.background, -1);
	ck_assert_int_ne(selected.background, head.background);
	ck_assert_int_ne(look_at(pty, "paused").foreground, -1);
	ck_assert_int_ne(running.foreground, look_at(pty, "paused").foreground);
}

static void check_mono(struct pty *pty)
{
	static const char *const texts[] = { "virtty  5", "build1", "crashed", "db1", "running ", "paused", "shut off", "Console" };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
		struct pty_look look = look_at(pty, texts[i]);

		ck_assert_msg(look.background == -1 && look.foreground == -1, "'%s' has a colour", texts[i]);
	}
	ck_assert(look_at(pty, "build1").reverse);
	ck_assert(look_at(pty, "virtty  5").reverse);
	ck_assert(!look_at(pty, "mail").reverse);
}

/* What is selected can be told on the next machine too. */
static void move_on(struct pty *pty, enum look look)
{
	int row, column;

	pty_send(pty, "j");
	ck_assert(pty_find(pty, "db1", &row, &column));
	for (;;) {
		struct pty_look now = pty_look(pty, row, column);

		if (look == MONO ? now.reverse : now.background != -1)
			break;
		ck_assert(pty_read(pty, 5000));
	}
}

START_TEST(terminal)
{
	const struct kind *kind = &kinds[_i];
	const char *const extra[] = { kind->term, kind->more, NULL };
	const struct place *place = place_find("list");
	struct stage *stage = place_stage(place);

	if (strstr(kind->term, SIXTEEN) != NULL)
		compile_sixteen();
	struct pty *pty = place_open(stage, place, 24, 80, extra);

	/* the footer is drawn last, all but the help's word, which some terminals show */
	pty_expect(pty, "c Console");
	(kind->look == MONO ? check_mono : check_colours)(pty);
	move_on(pty, kind->look);
	pty_send(pty, "R"); /* a dialog is drawn anywhere */
	pty_expect(pty, "db1: reset?");
	pty_send(pty, "n");
	pty_expect_gone(pty, "db1: reset?");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	ck_assert(pty_modes_restored(pty));
	pty_free(pty);
	stage_free(stage);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui kinds");
	TCase *tests = tcase_create("kinds");

	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, terminal, 0, (int)ARRAY_LENGTH(kinds));
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
