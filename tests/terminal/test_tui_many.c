/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A thousand machines, twenty of them running: listed, filtered, sorted, marked, scrolled, deleted; and the head line says how many. */
#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/terminal/puppet.h"
#include "tests/terminal/stage.h"

#include <stdlib.h>
#include <string.h>

#define MACHINES 1000
#define RUNNING	 20
#define SELECTED 6 /* the background of what is selected */

static struct stage *stage;

static void setup(void)
{
	stage = stage_new();
	stage_begin(stage);
	for (int i = 0; i < MACHINES; i++) {
		_cleanup_free_ char *name = strf("machine-%04d", i);
		int64_t id = stage_add(stage, name, i % 100 == 7 ? "seventh" : NULL, 16 + (uint64_t)(i % 7) * 16, 1 + (unsigned)i % 4);

		/* every fiftieth runs */
		if (i % (MACHINES / RUNNING) == 0)
			stage_run(stage, id, RUN_RUNNING, 3600 * 1000 + i * 1000);
	}
	stage_commit(stage);
	puppet_new();
}

static void teardown(void)
{
	stage_free(stage);
}

static struct pty *open_list(void)
{
	struct pty *pty = stage_tui(stage, 24, 100, NULL);

	pty_expect(pty, "1000 machines, 20 running");
	pty_expect(pty, "machine-0020");
	return pty;
}

static void expect_selected(struct pty *pty, const char *text)
{
	int row, column;

	pty_expect(pty, text);
	ck_assert(pty_find(pty, text, &row, &column));
	pty_expect_background(pty, row, column, SELECTED);
}

START_TEST(scrolling)
{
	struct pty *pty = open_list();

	pty_send(pty, "G");
	expect_selected(pty, "machine-0999");
	pty_send(pty, "\033[5~\033[5~");
	pty_expect_gone(pty, "machine-0999");
	pty_send(pty, "g");
	expect_selected(pty, "machine-0000");
	for (int i = 0; i < 400; i++)
		pty_send(pty, "j");
	expect_selected(pty, "machine-0400");
	for (int i = 0; i < 20; i++)
		pty_send(pty, "\033[6~");
	expect_selected(pty, "machine-0800");
	for (int i = 0; i < 30; i++)
		pty_send(pty, "\033[<64;10;10M"); /* the wheel */
	pty_expect_gone(pty, "machine-0800");
	pty_quit(pty);
}
END_TEST

START_TEST(filtering)
{
	struct pty *pty = open_list();

	pty_send(pty, "/running");
	pty_expect(pty, "20 of 1000");
	expect_selected(pty, "machine-0000");
	pty_expect(pty, "machine-0950");
	pty_send(pty, "\025seventh");
	pty_expect(pty, "10 of 1000");
	pty_expect(pty, "machine-0907");
	pty_send(pty, "\025-099");
	pty_expect(pty, "10 of 1000");
	pty_expect(pty, "machine-0990");
	pty_send(pty, "\r");
	pty_expect_gone(pty, "Enter Keep");
	pty_send(pty, "G");
	expect_selected(pty, "machine-0999");
	/* the selection stays with its machine when all are shown again */
	pty_send(pty, "\033");
	pty_expect_gone(pty, "10 of 1000");
	expect_selected(pty, "machine-0999");
	pty_quit(pty);
}
END_TEST

START_TEST(sorting)
{
	struct pty *pty = open_list();

	pty_send(pty, "g");
	/* by state: what runs comes together, the names among it in order */
	pty_send(pty, "o");
	pty_expect_gone(pty, "Name▲");
	pty_expect(pty, "State");
	pty_send(pty, "g");
	pty_expect(pty, "machine-0050");
	pty_expect(pty, "machine-0950");
	pty_send(pty, "O");
	pty_expect_gone(pty, "machine-0050");
	pty_quit(pty);
}
END_TEST

START_TEST(marking_and_deleting)
{
	struct pty *pty = open_list();

	pty_send(pty, "*");
	pty_expect(pty, "1000 marked");
	/* not those that run: they are left alone */
	pty_send(pty, "D");
	pty_expect(pty, "980 machines: delete?");
	pty_send(pty, "n");
	pty_expect_gone(pty, "delete?");
	pty_send(pty, "u");
	pty_expect_gone(pty, "marked");
	pty_send(pty, "/seventh\r*");
	pty_expect(pty, "10 marked");
	pty_send(pty, "D");
	pty_expect(pty, "10 machines: delete?");
	pty_send(pty, "y");
	pty_expect(pty, "10 machines: are deleted");
	ck_assert(puppet_asked("undefine --domain"));
	pty_quit(pty);
}
END_TEST

/* What the head says is what is there. */
START_TEST(head)
{
	struct pty *pty = open_list();
	int64_t id = stage_add(stage, "aaa", NULL, 64, 1);

	pty_expect(pty, "1001 machines, 20 running");
	stage_run(stage, id, RUN_RUNNING, 0);
	pty_expect(pty, "1001 machines, 21 running");
	stage_stop(stage, id, RUN_SHUTOFF);
	pty_expect(pty, "1001 machines, 20 running");
	stage_remove(stage, id);
	pty_expect(pty, "1000 machines, 20 running");
	pty_quit(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui many");
	TCase *tests = tcase_create("many");

	tcase_set_timeout(tests, 120);
	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, scrolling);
	tcase_add_test(tests, filtering);
	tcase_add_test(tests, sorting);
	tcase_add_test(tests, marking_and_deleting);
	tcase_add_test(tests, head);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
