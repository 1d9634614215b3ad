/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's life and death: adoption, a stopped keeper, both dead, exits while nobody looked, consoles for many viewers. */
#include "base/memory.h"
#include "base/process.h"
#include "config.h"
#include "core/db.h"
#include "core/run.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A keeper is nobody's child here: it is gone when /proc says so, or when it is a zombie. */
static bool is_dead(void *data)
{
	struct process_id *id = data;

	return !process_alive(id);
}

static void kill_and_wait(pid_t pid)
{
	struct process_id id = process_of(pid);

	kill(pid, SIGKILL);
	ck_assert_msg(wait_for(is_dead, &id, SOON_MS), "process %d outlives SIGKILL", (int)pid);
}

START_TEST(adopted_after_a_kill)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	pid_t qemu = home_process(home, "qemu-system");

	for (int round = 0; round < 3; round++) {
		kill_and_wait(home_process(home, "virtty-keeper"));
		/* a list only reads: it starts no keeper, and shows what is true */
		_cleanup_free_ char *list = NULL;

		expect_ok(virtty("list", NULL), &list);
		ck_assert_msg(strstr(list, "running") != NULL, "%s", list);
		ck_assert_uint_eq(home_processes(home, "virtty-keeper", NULL, 0), 0);
		/* the next live operation adopts */
		expect_ok(virtty("suspend", "g", NULL), NULL);
		wait_state("g", "paused (user)", SOON_MS);
		expect_ok(virtty("resume", "g", NULL), NULL);
		ck_assert_int_eq(home_process(home, "qemu-system"), qemu);
		home_process(home, "virtty-keeper");
	}
	/* what was on the console before is still replayed, and the line works */
	wait_console("g", "READY", SOON_MS);
	console_command("g", "echo MARK$((6*7))", "MARK42", SOON_MS);
	expect_ok(virtty("shutdown", "--timeout", "60", "g", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* What a guest writes while no keeper lives is not lost. */
START_TEST(console_without_keeper_is_kept)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	/* the guest takes long enough for the keeper to die meanwhile */
	console_command("g", "(sleep 2; echo LATE$((6*7))) & echo MARK$((6*7))", "MARK42", SOON_MS);
	kill_and_wait(home_process(home, "virtty-keeper"));
	/* adopts at once or later: either way the replay has the line in the end */
	wait_console("g", "LATE42", SOON_MS);
	expect_ok(virtty("destroy", "g", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A guest's poweroff ends QEMU even while no keeper lives; the exit is recorded as unknown by who comes next. */
START_TEST(guest_ends_without_keeper)
{
	char *home = home_new();
	_cleanup_free_ char *document = guest_machine(home, "g", NULL, NULL, NULL);

	if (document == NULL)
		return free(home);
	define_start(home, "g", document);
	wait_console("g", "READY", BOOT_MS);
	/* long enough here too */
	console_command("g", "(sleep 2; poweroff -f) & echo MARK$((6*7))", "MARK42", SOON_MS);
	kill_and_wait(home_process(home, "virtty-keeper"));
	wait_processes(home, "qemu-system", 0, SOON_MS);
	wait_state("g", "shut off", SOON_MS);
	/* the name is free again */
	expect_ok(virtty("start", "--paused", "g", NULL), NULL);
	expect_ok(virtty("destroy", "g", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(both_killed)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	kill_and_wait(home_process(home, "virtty-keeper"));
	kill_and_wait(home_process(home, "qemu-system"));
	_cleanup_free_ char *state = machine_state("m");

	ck_assert_msg(strcmp(state, "running") != 0, "a dead machine is '%s'", state);
	expect_ok(virtty("start", "m", NULL), NULL);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

START_TEST(destroyed_without_keeper)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	kill_and_wait(home_process(home, "virtty-keeper"));
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_state("m", "shut off (destroyed)", SOON_MS);
	wait_processes(home, "qemu-system", 0, 0);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A stopped keeper is named with the way out, harms nobody, and goes on when it is continued. */
START_TEST(stopped_keeper)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	pid_t keeper = home_process(home, "virtty-keeper");

	kill(keeper, SIGSTOP);
	wait_state("m", "running", 0);
	expect_ok(virtty("list", "--all", NULL), NULL);
	expect_ok(virtty("dominfo", "m", NULL), NULL);
	_cleanup_free_ char *pid = strf("%d", (int)keeper);

	expect_error(virtty("suspend", "m", NULL), 1, "'m'", pid, NULL);
	ck_assert_uint_eq(home_processes(home, "virtty-keeper", NULL, 0), 1);
	ck_assert_uint_eq(home_processes(home, "qemu-system", NULL, 0), 1);
	kill(keeper, SIGCONT);
	expect_ok(virtty("suspend", "m", NULL), NULL);
	wait_state("m", "paused (user)", SOON_MS);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Stopped, and then killed: the old keeper is proven dead before a new one connects. */
START_TEST(stopped_keeper_is_killed)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	pid_t keeper = home_process(home, "virtty-keeper");

	kill(keeper, SIGSTOP);
	expect_error(virtty("suspend", "m", NULL), 1, "'m'", NULL);
	kill_and_wait(keeper);
	expect_ok(virtty("suspend", "m", NULL), NULL);
	wait_state("m", "paused (user)", SOON_MS);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* A keeper that was stopped while QEMU died tells it when it goes on. */
START_TEST(event_lost_while_nobody_listened)
{
	char *home = home_new();

	define_start(home, "m", NULL);
	pid_t keeper = home_process(home, "virtty-keeper");

	kill(keeper, SIGSTOP);
	kill(home_process(home, "qemu-system"), SIGKILL);
	wait_processes(home, "qemu-system", 0, SOON_MS);
	kill(keeper, SIGCONT);
	wait_state("m", "shut off (crashed)", SOON_MS);
	wait_event("m", "killed by signal 9", SOON_MS);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* The machine's life does not hang on the front end's: it is started from a program whose whole process group dies. */
START_TEST(front_end_dies)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);

	expect_ok(virtty("define", document, NULL), NULL);
	_cleanup_outcome_ struct outcome died = run_program((const char *const[]){
		"/usr/bin/setsid", "--wait", "/bin/sh", "-c", "\"$1\" start m >&2; kill -9 0", "sh", virtty_path(), NULL });

	ck_assert_msg(died.status != 0, "the process group did not die: %s", died.err);
	wait_state("m", "running", 0);
	wait_processes(home, "qemu-system", 1, 0);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

/* Neither QEMU nor its keeper holds what the front end had open: a pipe that it inherited, the database. */
START_TEST(no_leaked_descriptor)
{
	char *home = home_new();
	_cleanup_free_ char *document = bare_machine(home, "m", NULL, NULL);
	int leak[2];

	expect_ok(virtty("define", document, NULL), NULL);
	/* not close-on-exec: `virtty start` inherits it, as from a careless parent */
	ck_assert_int_eq(pipe(leak), 0);
	expect_ok(virtty("start", "m", NULL), NULL);
	close(leak[1]);
	struct pollfd fd = { .fd = leak[0], .events = POLLIN };

	ck_assert_msg(poll(&fd, 1, SOON_MS) == 1 && (fd.revents & POLLHUP) != 0, "somebody still holds the pipe");
	close(leak[0]);
	_cleanup_free_ char *fds = strf("ls -l /proc/%d/fd", (int)home_process(home, "qemu-system"));
	_cleanup_free_ char *open = NULL;

	expect_ok(run_program((const char *const[]){ "/bin/sh", "-c", fds, NULL }), &open);
	ck_assert_msg(strstr(open, "state.db") == NULL, "QEMU holds the database: %s", open);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	home_end(home);
}
END_TEST

struct row {
	const char *home;
	char *detail; /* owned */
};

/* The run-time row's detail, as a keeper wrote it. */
static bool has_own_version(void *data)
{
	struct row *row = data;
	_cleanup_free_ char *path = strf("%s/state.db", row->home);
	struct db *db = db_open(path, DB_READ, NULL);
	struct run run = { 0 };

	ck_assert(db != NULL && run_read(db, 1, &run, NULL));
	db_close(db);
	free(row->detail);
	row->detail = xstrdup(run.detail != NULL ? run.detail : "");
	run_clear(&run);
	return strstr(row->detail, "\"version\":\"" PACKAGE_VERSION "\"") != NULL;
}

/* After an upgrade the next live operation has the keeper execute the new program: pid, QEMU and consoles stay. */
START_TEST(keeper_of_an_older_version_is_renewed)
{
	char *home = home_new();
	struct row row = { .home = home };

	define_start(home, "m", NULL);
	ck_assert_msg(wait_for(has_own_version, &row, SOON_MS), "no version in %s", row.detail);
	pid_t keeper = home_process(home, "virtty-keeper"), qemu = home_process(home, "qemu-system");
	_cleanup_free_ char *path = strf("%s/state.db", home);
	struct db *db = db_open(path, DB_FRONT, NULL);

	ck_assert(db_run(db, NULL, NULL, "UPDATE run SET detail = json_set(detail, '$.version', '0.0.9')", ""));
	db_close(db);
	expect_ok(virtty("suspend", "m", NULL), NULL);
	ck_assert_msg(wait_for(has_own_version, &row, SOON_MS), "still the old keeper: %s", row.detail);
	ck_assert_int_eq(home_process(home, "virtty-keeper"), keeper);
	ck_assert_int_eq(home_process(home, "qemu-system"), qemu);
	wait_state("m", "paused (user)", SOON_MS);
	_cleanup_free_ char *history = NULL;

	expect_ok(virtty("event", "m", NULL), &history);
	ck_assert_msg(strstr(history, "Renewed") != NULL, "%s", history);
	expect_ok(virtty("destroy", "m", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	free(row.detail);
	home_end(home);
}
END_TEST

static Suite *keeper_suite(void)
{
	Suite *suite = suite_create("keeper");
	TCase *bare = tcase_create("bare"), *guest = tcase_create("guest");

	tcase_set_timeout(bare, 120);
	tcase_add_test(bare, both_killed);
	tcase_add_test(bare, destroyed_without_keeper);
	tcase_add_test(bare, stopped_keeper);
	tcase_add_test(bare, stopped_keeper_is_killed);
	tcase_add_test(bare, event_lost_while_nobody_listened);
	tcase_add_test(bare, front_end_dies);
	tcase_add_test(bare, no_leaked_descriptor);
	tcase_add_test(bare, keeper_of_an_older_version_is_renewed);
	suite_add_tcase(suite, bare);
	tcase_set_timeout(guest, 300);
	tcase_add_test(guest, adopted_after_a_kill);
	tcase_add_test(guest, console_without_keeper_is_kept);
	tcase_add_test(guest, guest_ends_without_keeper);
	suite_add_tcase(suite, guest);
	return suite;
}

int main(void)
{
	return suite_main(keeper_suite());
}
