/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Consoles: replay for who comes late, many readers and one writer, floods, what a hostile guest sends. */
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"
#include "tests/harness/viewer.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define REPLAY_BYTES (256 * 1024)

static void end_machine(char *home, const char *name)
{
	expect_ok(virtty("destroy", name, NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}

START_TEST(one_writer_many_readers)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);
	struct viewer first, second, third;

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	viewer_open(&first, "g", true, false);
	viewer_expect_writer(&first, true, SOON_MS);
	viewer_expect(&first, "READY", BOOT_MS);
	/* a second one is a reader, and is told that somebody writes */
	viewer_open(&second, "g", true, false);
	viewer_expect_writer(&second, false, SOON_MS);
	ck_assert(second.held);
	viewer_type(&first, "echo ONE$((6*7))\r");
	viewer_expect(&first, "ONE42", SOON_MS);
	viewer_expect(&second, "ONE42", SOON_MS);
	/* force takes over: the first is told, and what it types goes nowhere */
	viewer_open(&third, "g", true, true);
	viewer_expect_writer(&third, true, SOON_MS);
	viewer_expect_writer(&first, false, SOON_MS);
	viewer_type(&first, "echo LOST$((6*7))\r");
	viewer_type(&third, "echo THREE$((6*7))\r");
	viewer_expect(&first, "THREE42", SOON_MS);
	viewer_expect(&third, "THREE42", SOON_MS);
	ck_assert_ptr_null(strstr(first.text.data, "LOST42"));
	/* the writer leaves: its place is free */
	viewer_close(&third);
	viewer_close(&second);
	viewer_open(&second, "g", true, false);
	viewer_expect_writer(&second, true, SOON_MS);
	viewer_close(&second);
	viewer_close(&first);
	end_machine(home, "g");
}
END_TEST

/* A newcomer gets the last 256 KiB, in order and once, and then what comes. */
START_TEST(replay_is_exact)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);
	struct viewer all, late;

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	viewer_open(&all, "g", true, false);
	viewer_expect_writer(&all, true, SOON_MS);
	viewer_expect(&all, "READY", BOOT_MS);
	viewer_type(&all, "flood 6000\r");
	viewer_expect(&all, "FLOODED", BOOT_MS);
	viewer_open(&late, "g", false, false);
	viewer_expect(&late, "FLOODED", SOON_MS);
	viewer_type(&all, "echo MARK$((6*7))\r");
	viewer_expect(&all, "MARK42", SOON_MS);
	viewer_expect(&late, "MARK42", SOON_MS);
	/* What the late one saw up to here is what the other's text ends with. */
	size_t all_end = all.from, late_end = late.from;

	ck_assert_uint_ge(late_end, REPLAY_BYTES / 2);
	ck_assert_uint_le(late_end, REPLAY_BYTES + 4096);
	ck_assert_uint_ge(all_end, late_end);
	ck_assert_msg(memcmp(all.text.data + all_end - late_end, late.text.data, late_end) == 0, "the replay differs from what was sent");
	viewer_close(&late);
	viewer_close(&all);
	end_machine(home, "g");
}
END_TEST

/* A viewer that does not read holds up neither the guest nor the others. */
START_TEST(slow_viewer)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);
	struct viewer slow, quick;

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	viewer_open(&slow, "g", false, false);
	viewer_open(&quick, "g", true, false);
	viewer_expect_writer(&quick, true, SOON_MS);
	viewer_expect(&quick, "READY", BOOT_MS);
	viewer_type(&quick, "flood 20000\r");
	viewer_expect(&quick, "FLOODED", BOOT_MS);
	/* the control socket answers as well */
	expect_ok(virtty("suspend", "g", NULL), NULL);
	expect_ok(virtty("resume", "g", NULL), NULL);
	/* and the slow one, when it reads again, comes to what is new */
	viewer_type(&quick, "echo MARK$((6*7))\r");
	viewer_expect(&slow, "MARK42", SOON_MS);
	viewer_close(&slow);
	viewer_close(&quick);
	end_machine(home, "g");
}
END_TEST

/* While a guest floods its line, everything else about it works. */
START_TEST(endless_flood)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", "do=flood", NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "\n500 0123", BOOT_MS);
	expect_ok(virtty("suspend", "g", NULL), NULL);
	wait_state("g", "paused (user)", SOON_MS);
	expect_ok(virtty("resume", "g", NULL), NULL);
	expect_ok(virtty("domstats", "g", NULL), NULL);
	expect_ok(virtty("ttyconsole", "g", NULL), NULL);
	end_machine(home, "g");
}
END_TEST

/* The history tells what the guest did, never what it wrote: no control character of it reaches `event` or `list`. */
START_TEST(hostile_bytes_stay_on_the_console)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", "do=hostile", NULL, NULL), *events = NULL;

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "HOSTILE", BOOT_MS);
	wait_console_after("g", "HOSTILE", "demo:", SOON_MS);
	console_command("g", "echo MARK$((6*7))", "MARK42", SOON_MS);
	expect_ok(virtty("event", "--domain", "g", NULL), &events);
	ck_assert_ptr_null(strchr(events, '\033'));
	ck_assert_ptr_null(strstr(events, "EVIL"));
	end_machine(home, "g");
}
END_TEST

static Suite *console_suite(void)
{
	Suite *suite = suite_create("console");
	TCase *guest = tcase_create("guest");

	tcase_set_timeout(guest, 300);
	tcase_add_test(guest, one_writer_many_readers);
	tcase_add_test(guest, replay_is_exact);
	tcase_add_test(guest, slow_viewer);
	tcase_add_test(guest, endless_flood);
	tcase_add_test(guest, hostile_bytes_stay_on_the_console);
	suite_add_tcase(suite, guest);
	return suite;
}

int main(void)
{
	return suite_main(console_suite());
}
