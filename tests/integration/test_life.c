/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's life by the command line: define, start, pause, reset, shut down, destroy, restart policies, transient machines, names. */
#include "base/file.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <dirent.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* Nothing more is said: a hint how to start it is none for who wants it off. */
static void expect_off(const char *command)
{
	_cleanup_outcome_ struct outcome outcome = virtty(command, "m", NULL);

	ck_assert_int_eq(outcome.status, 1);
	ck_assert_str_eq(outcome.err, "error: 'm' is not running\n");
}

START_TEST(start_and_destroy)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	wait_state("m", "running (booted)", 0);
	ck_assert_int_eq(machine_number("m", "pid"), home_process(home, "qemu-system"));
	ck_assert_int_eq(machine_number("m", "keeper_pid"), home_process(home, "virtty-keeper"));
	ck_assert_int_gt(machine_number("m", "id"), 0);
	expect_error(virtty("start", "m", NULL), 1, "'m'", "running", NULL);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_state("m", "shut off (destroyed)", 0);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_off("destroy");
	expect_off("shutdown");
	wait_event("m", "Started", 0);
	wait_event("m", "Stopped Destroyed", SOON_MS);
	expect_ok(virtty("start", "m", NULL), NULL);
	expect_ok(virtty("destroy", "--graceful", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(pause_and_resume)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);

	expect_ok(virtty("define", document, NULL), NULL);
	expect_error(virtty("suspend", "m", NULL), 1, "'m'", "not running", NULL);
	expect_ok(virtty("start", "--paused", "m", NULL), NULL);
	wait_state("m", "paused (user)", 0);
	expect_ok(virtty("resume", "m", NULL), NULL);
	wait_state("m", "running", SOON_MS);
	expect_ok(virtty("suspend", "m", NULL), NULL);
	wait_state("m", "paused (user)", SOON_MS);
	expect_ok(virtty("resume", "m", NULL), NULL);
	wait_state("m", "running (unpaused)", SOON_MS);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(guest_shutdown_and_reset)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	console_command("g", "echo MARK$((6*7))", "MARK42", SOON_MS);
	expect_ok(virtty("reset", "g", NULL), NULL);
	wait_console_after("g", "MARK42", "READY", BOOT_MS);
	wait_state("g", "running", 0);
	expect_ok(virtty("shutdown", "--timeout", "60", "g", NULL), NULL);
	wait_state("g", "shut off (shutdown)", 0);
	wait_event("g", "Stopped Shutdown", SOON_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A request that comes early in boot is lost; the keeper asks again. */
START_TEST(shutdown_during_boot)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	expect_ok(virtty("shutdown", "g", NULL), NULL);
	wait_state("g", "shut off (shutdown)", BOOT_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Nothing kills a guest but destroy. */
START_TEST(shutdown_that_is_not_heard)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	expect_error(virtty("shutdown", "--timeout", "1", "m", NULL), 1, "'m'", NULL);
	wait_state("m", "running", 0);
	wait_processes(home, "qemu-system", 1, 0);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(guest_reboot_restarts)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	console_command("g", "echo MARK$((6*7)); reboot -f", "MARK42", SOON_MS);
	wait_console_after("g", "MARK42", "READY", BOOT_MS);
	wait_state("g", "running", 0);
	/* and by the command, which asks the guest */
	console_command("g", "echo MARK$((6*8))", "MARK48", SOON_MS);
	expect_ok(virtty("reboot", "g", NULL), NULL);
	wait_console_after("g", "MARK48", "READY", BOOT_MS);
	wait_state("g", "running", SOON_MS);
	expect_ok(virtty("destroy", "g", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(guest_reboot_destroys)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, "<on_reboot>destroy</on_reboot>", NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	console_command("g", "echo MARK$((6*7)); reboot -f", "MARK42", SOON_MS);
	wait_state("g", "shut off", BOOT_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(guest_poweroff_restarts)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, "<on_poweroff>restart</on_poweroff>", NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	console_command("g", "echo MARK$((6*7)); poweroff -f", "MARK42", SOON_MS);
	wait_console_after("g", "MARK42", "READY", BOOT_MS);
	wait_state("g", "running", SOON_MS);
	expect_ok(virtty("destroy", "g", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(killed_qemu_is_crashed)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	kill(home_process(home, "qemu-system"), SIGKILL);
	wait_state("m", "shut off (crashed)", SOON_MS);
	wait_event("m", "killed by signal 9", SOON_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_ok(virtty("start", "m", NULL), NULL);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

struct other_qemu {
	const char *home;
	pid_t old;
};

static bool has_other_qemu(void *data)
{
	struct other_qemu *other = data;
	pid_t pid = 0;

	return home_processes(other->home, "qemu-system", &pid, 1) == 1 && pid != other->old;
}

START_TEST(killed_qemu_is_restarted_three_times)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", "<on_crash>restart</on_crash>", NULL);

	define_start(home, "m", document);
	for (int i = 0; i < 3; i++) {
		struct other_qemu other = { .home = home, .old = home_process(home, "qemu-system") };

		kill(other.old, SIGKILL);
		ck_assert_msg(wait_for(has_other_qemu, &other, SOON_MS), "not restarted after crash %d", i + 1);
		wait_state("m", "running", SOON_MS);
	}
	kill(home_process(home, "qemu-system"), SIGKILL);
	wait_state("m", "shut off (crashed)", SOON_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Files and directories in a directory of the home. */
static int count_entries(const char *home, const char *name)
{
	_cleanup_free_ char *path = strf("%s/%s", home, name);
	DIR *directory = opendir(path);
	int count = 0;

	for (const struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;)
		count += entry->d_name[0] != '.';
	if (directory != NULL)
		closedir(directory);
	return count;
}

START_TEST(transient_machine)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "t", NULL, NULL);
	_cleanup_free_ char *list = NULL;

	expect_ok(virtty("create", document, NULL), NULL);
	wait_state("t", "running", 0);
	expect_ok(virtty("destroy", "t", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(strstr(list, "t") == NULL, "still listed: %s", list);
	ck_assert_int_eq(count_entries(home, "log"), 0);
	expect_error(virtty("domstate", "t", NULL), 1, "'t'", NULL);
	home_end(home);
}
END_TEST

/* The UEFI variables that virtty made go with a machine that is not kept, unless somebody wants them. */
START_TEST(variables_of_a_transient_machine)
{
	char *home = home_new();
	_cleanup_free_ char *document = strf("%s/u.xml", home);
	const char *text = "<domain type='qemu'><name>u</name><memory unit='MiB'>128</memory><vcpu>1</vcpu>"
			   "<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type></os><features><acpi/></features></domain>";

	ck_assert(file_write(document, text, strlen(text), 0600, NULL));
	expect_ok(virtty("create", document, NULL), NULL);
	ck_assert_int_eq(count_entries(home, "nvram"), 1);
	expect_ok(virtty("destroy", "u", NULL), NULL);
	ck_assert_int_eq(count_entries(home, "nvram"), 0);
	expect_ok(virtty("define", document, NULL), NULL);
	expect_ok(virtty("start", "u", NULL), NULL);
	expect_ok(virtty("undefine", "--keep-nvram", "u", NULL), NULL);
	expect_ok(virtty("destroy", "u", NULL), NULL);
	ck_assert_int_eq(count_entries(home, "nvram"), 1);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(undefined_while_running)
{
	char *home = home_new();
	_cleanup_free_ char *list = NULL;

	define_start(home, "m", NULL);
	expect_ok(virtty("undefine", "m", NULL), NULL);
	wait_state("m", "running", 0);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_ok(virtty("list", "--all", "--name", NULL), &list);
	ck_assert_msg(strstr(list, "m") == NULL, "still listed: %s", list);
	ck_assert_int_eq(count_entries(home, "log"), 0);
	home_end(home);
}
END_TEST

START_TEST(names_and_ids)
{
	char *home = home_new();
	_cleanup_free_ char *uuid = NULL, *name = NULL, *state = NULL;

	define_start(home, "m", NULL);
	expect_ok(virtty("domuuid", "m", NULL), &uuid);
	uuid[strcspn(uuid, "\n")] = '\0';
	expect_ok(virtty("domname", uuid, NULL), &name);
	ck_assert_msg(strncmp(name, "m\n", 2) == 0, "domname: %s", name);
	_cleanup_free_ char *id = strf("%lld", machine_number("m", "id"));

	expect_ok(virtty("domstate", id, NULL), &state);
	ck_assert_msg(strncmp(state, "running", 7) == 0, "by id: %s", state);
	expect_ok(virtty("destroy", id, NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	expect_ok(virtty("domrename", "m", "new", NULL), NULL);
	wait_state("new", "shut off", 0);
	expect_error(virtty("domstate", "m", NULL), 1, "'m'", NULL);
	expect_ok(virtty("undefine", "new", NULL), NULL);
	home_end(home);
}
END_TEST

/* A running machine keeps its hardware until it stops. */
START_TEST(defined_anew_while_running)
{
	char *home = home_new();
	_cleanup_free_ char *uuid = NULL, *live = NULL, *inactive = NULL;

	define_start(home, "m", NULL);
	expect_ok(virtty("domuuid", "m", NULL), &uuid);
	uuid[strcspn(uuid, "\n")] = '\0';
	_cleanup_free_ char *outer = strf("<uuid>%s</uuid><title>changed</title>", uuid);
	_cleanup_free_ char *document = bare_machine(home, "m", outer, NULL);

	expect_ok(virtty("define", document, NULL), NULL);
	expect_ok(virtty("dumpxml", "m", NULL), &live);
	expect_ok(virtty("dumpxml", "--inactive", "m", NULL), &inactive);
	ck_assert_msg(strstr(live, "changed") == NULL, "the live document changed: %s", live);
	ck_assert_msg(strstr(inactive, "changed") != NULL, "the definition did not change: %s", inactive);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	/* the same name with no UUID is another machine: refused */
	_cleanup_free_ char *other = bare_machine(home, "m", NULL, NULL);

	expect_error(virtty("define", other, NULL), 1, "'m'", NULL);
	home_end(home);
}
END_TEST

static Suite *life_suite(void)
{
	Suite *suite = suite_create("life");
	TCase *bare = tcase_create("bare"), *guest = tcase_create("guest");

	tcase_set_timeout(bare, 120);
	tcase_add_test(bare, start_and_destroy);
	tcase_add_test(bare, pause_and_resume);
	tcase_add_test(bare, shutdown_that_is_not_heard);
	tcase_add_test(bare, killed_qemu_is_crashed);
	tcase_add_test(bare, killed_qemu_is_restarted_three_times);
	tcase_add_test(bare, transient_machine);
	tcase_add_test(bare, variables_of_a_transient_machine);
	tcase_add_test(bare, undefined_while_running);
	tcase_add_test(bare, names_and_ids);
	tcase_add_test(bare, defined_anew_while_running);
	suite_add_tcase(suite, bare);
	tcase_set_timeout(guest, 300);
	tcase_add_test(guest, guest_shutdown_and_reset);
	tcase_add_test(guest, shutdown_during_boot);
	tcase_add_test(guest, guest_reboot_restarts);
	tcase_add_test(guest, guest_reboot_destroys);
	tcase_add_test(guest, guest_poweroff_restarts);
	suite_add_tcase(suite, guest);
	return suite;
}

int main(void)
{
	return suite_main(life_suite());
}
