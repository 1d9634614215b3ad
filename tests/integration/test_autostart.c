/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Autostart on real machines: started in order with their delays, asked to shut down all at once, and whoever does not is named and let be. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static void define_bare(const char *home, const char *name, const char *inner)
{
	_cleanup_free_ char *document = bare_machine(home, name, NULL, inner);

	expect_ok(virtty("define", document, NULL), NULL);
}

/* texts follow one another in whole. */
static void expect_order(const char *whole, const char *const *texts)
{
	const char *at = whole;

	for (; *texts != NULL; texts++) {
		at = strstr(at, *texts);
		ck_assert_msg(at != NULL, "'%s' is missing or too early in: %s", *texts, whole);
		at += strlen(*texts);
	}
}

static void destroy(const char *name)
{
	expect_ok(virtty("destroy", name, NULL), NULL);
}

START_TEST(marks_are_listed)
{
	char *home = home_new();
	_cleanup_free_ char *empty = NULL, *table = NULL, *names = NULL, *json = NULL, *unmarked = NULL;

	expect_ok(virtty("-q", "autostart", NULL), &empty);
	ck_assert_str_eq(empty, "");
	for (const char *const *name = (const char *const[]){ "a", "b", "c", NULL }; *name != NULL; name++)
		define_bare(home, *name, NULL);
	expect_ok(virtty("autostart", "a", "--order", "2", "--delay", "30", NULL), NULL);
	expect_ok(virtty("autostart", "c", "--order=-1", NULL), NULL);
	expect_ok(virtty("autostart", NULL), &table);
	expect_order(table, (const char *const[]){ "Order", "Name", "Delay", "State", "-1", "c", "0 s", "shut off", "2", "a", "30 s", NULL });
	expect_ok(virtty("list", "--all", "--autostart", "--name", NULL), &names);
	ck_assert_msg(strstr(names, "a\nc\n") != NULL, "list: %s", names);
	ck_assert_int_eq(machine_number("a", "autostart_order"), 2);
	ck_assert_int_eq(machine_number("a", "autostart_delay_s"), 30);
	expect_ok(virtty("autostart", "a", "--disable", "--json", NULL), &json);
	ck_assert_msg(strstr(json, "\"autostart\":false") != NULL, "%s", json);
	expect_ok(virtty("autostart", NULL), &unmarked);
	ck_assert_msg(strstr(unmarked, "30 s") == NULL, "%s", unmarked);
	home_end(home);
}
END_TEST

START_TEST(wrong_usage)
{
	char *home = home_new();

	define_bare(home, "a", NULL);
	expect_error(virtty("autostart", "--run", "--stop-all", NULL), 2, "--run", "--stop-all", NULL);
	expect_error(virtty("autostart", "--run", "a", NULL), 2, "--run", NULL);
	expect_error(virtty("autostart", "--order", "1", NULL), 2, "--order", NULL);
	expect_error(virtty("autostart", "--disable", NULL), 2, "--disable", NULL);
	expect_error(virtty("autostart", "a", "--disable", "--delay", "1", NULL), 2, "--disable", "--delay", NULL);
	expect_error(virtty("autostart", "a", "--delay", "-1", NULL), 2, "--delay", NULL);
	expect_error(virtty("autostart", "a", "--order", "1000001", NULL), 1, "1000001", NULL);
	expect_error(virtty("autostart", "a", "--timeout", "1", NULL), 2, "--timeout", "--stop-all", NULL);
	expect_error(virtty("autostart", "--run", "--timeout", "1", NULL), 2, "--timeout", "--stop-all", NULL);
	expect_error(virtty("autostart", "nobody", NULL), 1, "'nobody'", NULL);
	home_end(home);
}
END_TEST

/* The lowest order first; one that cannot start is told and stops nobody; a delay is the time between two starts. */
START_TEST(started_in_order)
{
	char *home = home_new();
	_cleanup_free_ char *json = NULL;
	long long first, second, third;
	struct outcome outcome;

	define_bare(home, "one", NULL);
	define_bare(home, "two", NULL);
	define_bare(home, "three", NULL);
	define_bare(home, "off", NULL);
	define_bare(home, "broken", "<emulator>/nowhere/qemu-system-x86_64</emulator>");
	expect_ok(virtty("autostart", "three", "--order", "3", "--delay", "600", NULL), NULL);
	expect_ok(virtty("autostart", "two", "--order", "2", NULL), NULL);
	expect_ok(virtty("autostart", "one", "--order", "1", "--delay", "1", NULL), NULL);
	expect_ok(virtty("autostart", "broken", "--delay", "600", NULL), NULL);
	outcome = virtty("autostart", "--run", NULL);
	expect_order(outcome.out, (const char *const[]){ "'one' started", "'two' started", "'three' started", NULL });
	expect_order(outcome.err, (const char *const[]){ "error: ", "'broken'", "/nowhere/",
							 "error: 1 of 4 marked machines did not start: 'broken'", NULL });
	ck_assert_int_eq(outcome.status, 1);
	outcome_clear(&outcome);
	wait_state("off", "shut off", 0);
	first = machine_number("one", "started_at_ms");
	second = machine_number("two", "started_at_ms");
	third = machine_number("three", "started_at_ms");
	ck_assert_msg(second - first >= 1000, "%lld ms between the first and the second", second - first);
	ck_assert_msg(third >= second && third - second < 60000, "%lld ms between the second and the third", third - second);
	/* Those that run are left alone, and their delays are not waited for. */
	expect_ok(virtty("autostart", "broken", "--disable", NULL), NULL);
	expect_ok(virtty("autostart", "--run", "--json", NULL), &json);
	expect_order(json, (const char *const[]){ "\"one\"", "\"running\"", "\"two\"", "\"running\"", "\"three\"", "\"running\"", NULL });
	ck_assert_int_eq(machine_number("one", "started_at_ms"), first);
	wait_processes(home, "qemu-system", 3, 0);
	destroy("one");
	destroy("two");
	destroy("three");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Firmware does not listen: it is named, and goes on. */
START_TEST(who_does_not_stop_is_named)
{
	char *home = home_new();
	struct outcome outcome;
	long long pid;

	define_start(home, "deaf", NULL);
	pid = machine_number("deaf", "pid");
	outcome = virtty("autostart", "--stop-all", "--timeout", "1", NULL);
	ck_assert_int_eq(outcome.status, 1);
	expect_order(outcome.out, (const char *const[]){ "'deaf' is being shutdown", NULL });
	expect_order(outcome.err, (const char *const[]){ "error: ", "within 1 s", "'deaf'", "hint: ", NULL });
	outcome_clear(&outcome);
	wait_state("deaf", "running", 0);
	ck_assert_int_eq(machine_number("deaf", "pid"), pid);
	wait_processes(home, "qemu-system", 1, 0);
	destroy("deaf");
	/* Nothing runs: nothing to do. */
	expect_ok(virtty("autostart", "--stop-all", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A keeper that is stopped cannot ask; the others are asked all the same. */
START_TEST(who_cannot_be_asked_is_named)
{
	char *home = home_new();
	struct outcome outcome;
	pid_t keeper;

	define_start(home, "stuck", NULL);
	keeper = (pid_t)machine_number("stuck", "keeper_pid");
	define_start(home, "deaf", NULL);
	ck_assert_int_eq(kill(keeper, SIGSTOP), 0);
	outcome = virtty("autostart", "--stop-all", "--timeout", "1", "--json", NULL);
	ck_assert_int_eq(kill(keeper, SIGCONT), 0);
	ck_assert_int_eq(outcome.status, 1);
	expect_order(outcome.err, (const char *const[]){ "error: the keeper of 'stuck'", "is stopped", "error: not shut down",
							 "'stuck', 'deaf'", NULL });
	_cleanup_json_ struct json_object *results = json_parse("--json", outcome.out, strlen(outcome.out), NULL);

	ck_assert_msg(json_object_is_type(results, json_type_array) && json_object_array_length(results) == 2, "%s", outcome.out);
	outcome_clear(&outcome);
	wait_processes(home, "qemu-system", 2, 0);
	destroy("stuck");
	destroy("deaf");
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* All at once, marked or not, also one whose keeper died; on_poweroff does not bring one back. */
START_TEST(all_are_asked)
{
	char *home = home_new();
	_cleanup_free_ char *one = guest_machine(home, "one", NULL, NULL, NULL);
	_cleanup_free_ char *two = guest_machine(home, "two", NULL, "<on_poweroff>restart</on_poweroff>", NULL), *text = NULL;

	if (one == NULL || two == NULL)
		return free(home);
	expect_ok(virtty("define", one, two, NULL), NULL);
	expect_ok(virtty("autostart", "one", NULL), NULL);
	expect_ok(virtty("autostart", "two", NULL), NULL);
	expect_ok(virtty("autostart", "--run", NULL), NULL);
	wait_console("one", "READY", BOOT_MS);
	wait_console("two", "READY", BOOT_MS);
	expect_ok(virtty("autostart", "two", "--disable", NULL), NULL);
	kill((pid_t)machine_number("one", "keeper_pid"), SIGKILL);
	wait_processes(home, "virtty-keeper", 1, SOON_MS);
	expect_ok(virtty("autostart", "--stop-all", NULL), &text);
	/* the unmarked one, which came last, is asked first; both before any is off */
	expect_order(text, (const char *const[]){ "'two' is being shutdown", "'one' is being shutdown", "has shut down", "has shut down", NULL });
	wait_state("one", "shut off (shutdown)", 0);
	wait_state("two", "shut off (shutdown)", 0);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

static Suite *autostart_suite(void)
{
	Suite *suite = suite_create("autostart");
	TCase *bare = tcase_create("bare"), *guest = tcase_create("guest");

	tcase_set_timeout(bare, 120);
	tcase_add_test(bare, marks_are_listed);
	tcase_add_test(bare, wrong_usage);
	tcase_add_test(bare, started_in_order);
	tcase_add_test(bare, who_does_not_stop_is_named);
	tcase_add_test(bare, who_cannot_be_asked_is_named);
	suite_add_tcase(suite, bare);
	tcase_set_timeout(guest, 300);
	tcase_add_test(guest, all_are_asked);
	suite_add_tcase(suite, guest);
	return suite;
}

int main(void)
{
	return suite_main(autostart_suite());
}
