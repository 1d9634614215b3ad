/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run-time row: one winner of a race, late writers write nothing, dead holders and other boots are told apart; and the history. */
#include "base/memory.h"
#include "base/text.h"
#include "core/db.h"
#include "core/history.h"
#include "core/run.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct db *db;
static char *path;

static void setup(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	scratch_make();
	path = scratch_path("state.db");
	db = db_open(path, DB_FRONT, &err);
	ck_assert_msg(db != NULL, "%s", error_text(&err));
	for (int i = 1; i <= 2; i++) {
		_cleanup_free_ char *name = strf("m%d", i);

		ck_assert(db_run(db, NULL, NULL, "INSERT INTO domain(uuid, name, persistent, memory_kib, max_memory_kib, vcpus)"
						 " VALUES(?, ?, 1, 2, 2, 1)",
				 "ss", name, name));
	}
}

static void teardown(void)
{
	db_close(db);
	free(path);
	scratch_remove();
}

static struct run read_run(int64_t id)
{
	struct run run;

	ck_assert(run_read(db, id, &run, NULL));
	return run;
}

static int64_t claim(int64_t id)
{
	_cleanup_run_ struct run seen = read_run(id);
	int64_t generation;
	bool won;

	ck_assert(run_claim(db, &seen, &won, &generation, NULL));
	ck_assert(won);
	return generation;
}

/* A process that has ended and was reaped. */
static struct process_id dead_process(void)
{
	pid_t child = fork();
	struct process_id id;

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		pause();
		_exit(0);
	}
	id = process_of(child);
	ck_assert_int_eq(id.pid, child);
	ck_assert_int_eq(kill(child, SIGKILL), 0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	return id;
}

static void set_holder(int64_t id, struct process_id holder)
{
	ck_assert(db_run(db, NULL, NULL, "UPDATE run SET holder_pid = ?, holder_start = ? WHERE domain_id = ?", "iii", (int64_t)holder.pid,
			 (int64_t)holder.start, id));
}

START_TEST(free_claimed_owned_free)
{
	_cleanup_run_ struct run run = read_run(1);
	int64_t generation;
	bool won;

	ck_assert_int_eq(run.phase, RUN_FREE);
	ck_assert_int_eq(run.generation, 0);
	ck_assert_int_eq(run.state, RUN_SHUTOFF);
	ck_assert_int_eq(run_truth(&run), TRUTH_OFF);
	generation = claim(1);
	ck_assert_int_eq(generation, 1);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_STARTING);
	ck_assert_int_eq(run.run_id, 1);
	ck_assert(run_own(db, 1, generation, &won, NULL) && won);
	ck_assert(run_own(db, 1, generation, &won, NULL) && !won);
	ck_assert(run_set_qemu(db, 1, generation, process_self(), &won, NULL) && won);
	ck_assert(run_set_state(db, 1, generation, RUN_RUNNING, REASON_RUNNING_BOOTED, &won, NULL) && won);
	ck_assert(run_set_detail(db, 1, generation, "{\"accel\":\"tcg\"}", &won, NULL) && won);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_RUNNING);
	ck_assert_int_eq(run.qemu.pid, getpid());
	ck_assert_str_eq(run.detail, "{\"accel\":\"tcg\"}");
	ck_assert(run.started_at_ms > 0 && run.state_at_ms > 0);
	run_clear(&run);
	ck_assert(run_free(db, 1, generation, RUN_SHUTOFF, REASON_SHUTOFF_SHUTDOWN, &won, NULL) && won);
	ck_assert(run_free(db, 1, generation, RUN_SHUTOFF, REASON_SHUTOFF_CRASHED, &won, NULL) && !won);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_OFF);
	ck_assert_int_eq(run.generation, generation);
	ck_assert_int_eq(run.run_id, 0);
	ck_assert_int_eq(run.reason, REASON_SHUTOFF_SHUTDOWN);
	ck_assert_ptr_null(run.detail);
	/* The next run of any machine has the next id. */
	claim(2);
	run = read_run(2);
	ck_assert_int_eq(run.run_id, 2);
}
END_TEST

START_TEST(late_writers_write_nothing)
{
	int64_t old = claim(1), generation;
	bool won;

	ck_assert(run_free(db, 1, old, RUN_SHUTOFF, REASON_SHUTOFF_FAILED, &won, NULL) && won);
	generation = claim(1);
	ck_assert_int_eq(generation, old + 1);
	ck_assert(run_own(db, 1, old, &won, NULL) && !won);
	ck_assert(run_set_qemu(db, 1, old, process_self(), &won, NULL) && !won);
	ck_assert(run_set_state(db, 1, old, RUN_RUNNING, 1, &won, NULL) && !won);
	ck_assert(run_set_detail(db, 1, old, "{}", &won, NULL) && !won);
	ck_assert(run_free(db, 1, old, RUN_CRASHED, 1, &won, NULL) && !won);
	_cleanup_run_ struct run run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_STARTING);
	ck_assert_int_eq(run.state, RUN_PAUSED);
}
END_TEST

START_TEST(a_held_row_is_not_claimed)
{
	_cleanup_run_ struct run before = read_run(1);
	_cleanup_run_ struct run held = { 0 };
	int64_t generation;
	bool won;

	claim(1);
	held = read_run(1);
	ck_assert(run_claim(db, &held, &won, &generation, NULL) && !won);
	/* Nor by one who looked before. */
	ck_assert(run_claim(db, &before, &won, &generation, NULL) && !won);
}
END_TEST

START_TEST(dead_holders)
{
	struct process_id dead = dead_process();
	_cleanup_run_ struct run run = { 0 };
	int64_t generation = claim(1), next;
	bool won;

	set_holder(1, dead);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_STALE);
	/* The pid lives again as somebody else: still dead. */
	set_holder(1, (struct process_id){ getpid(), 1 });
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_STALE);
	ck_assert(run_claim(db, &run, &won, &next, NULL) && won);
	ck_assert_int_eq(next, generation + 1);

	/* An orphan keeps its QEMU, id and state when it is claimed to be adopted; the keeper of before has lost it. */
	ck_assert(run_own(db, 1, next, &won, NULL) && won);
	ck_assert(run_set_qemu(db, 1, next, process_self(), &won, NULL) && won);
	ck_assert(run_set_state(db, 1, next, RUN_RUNNING, REASON_RUNNING_BOOTED, &won, NULL) && won);
	set_holder(1, dead);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_ORPHAN);
	int64_t run_id = run.run_id;
	ck_assert(run_claim(db, &run, &won, &generation, NULL) && won);
	run = read_run(1);
	ck_assert_int_eq(run.run_id, run_id);
	ck_assert_int_eq(run.qemu.pid, getpid());
	ck_assert_int_eq(run.state, RUN_RUNNING);
	ck_assert_int_eq(run_truth(&run), TRUTH_STARTING);
	ck_assert(run_set_state(db, 1, next, RUN_PAUSED, 1, &won, NULL) && !won);
	/* Who adopted died too, before its keeper owned it: an orphan still. */
	set_holder(1, dead);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_ORPHAN);
}
END_TEST

START_TEST(another_boot)
{
	_cleanup_run_ struct run run = { 0 };
	int64_t generation;
	bool won;

	claim(2);
	claim(1);
	ck_assert(db_run(db, NULL, NULL, "UPDATE run SET boot_id = 'another', state = 1", ""));
	ck_assert(db_run(db, NULL, NULL, "UPDATE meta SET value = 'another 7' WHERE key = 'run_id'", ""));
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_STALE);
	ck_assert(run_claim(db, &run, &won, &generation, NULL) && won);
	run = read_run(1);
	ck_assert_int_eq(run_truth(&run), TRUTH_STARTING);
	ck_assert_int_eq(run.run_id, 1);
}
END_TEST

/* Waits until the other end of a pipe is closed. */
static void wait_closed(int fd)
{
	char byte;

	while (read(fd, &byte, 1) > 0)
		;
}

static bool race_once(int start_fd)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct db *own = db_open(path, DB_FRONT, &err);
	struct run seen = { 0 };
	int64_t generation;
	bool won = false;

	wait_closed(start_fd);
	if (!own || !run_read(own, 1, &seen, &err) || !run_claim(own, &seen, &won, &generation, &err))
		fprintf(stderr, "%s\n", error_text(&err));
	run_clear(&seen);
	db_close(own);
	return won;
}

START_TEST(a_race_has_one_winner)
{
	for (int round = 0; round < 10; round++) {
		pid_t children[6];
		int start[2], done[2], result[2], winners = 0;
		char byte;

		ck_assert(pipe(start) == 0 && pipe(done) == 0 && pipe(result) == 0);
		for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
			children[i] = fork();
			ck_assert_int_ge(children[i], 0);
			if (children[i] == 0) {
				close(start[1]);
				close(done[1]);
				byte = race_once(start[0]) ? 1 : 0;
				if (write(result[1], &byte, 1) != 1)
					_exit(1);
				wait_closed(done[0]); /* a winner that dies would be beaten */
				_exit(0);
			}
		}
		close(start[1]);
		for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
			ck_assert_int_eq(read(result[0], &byte, 1), 1);
			winners += byte;
		}
		close(done[1]);
		for (size_t i = 0; i < ARRAY_LENGTH(children); i++) {
			int status = -1;

			ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
			ck_assert_int_eq(status, 0);
		}
		close(start[0]);
		close(done[0]);
		close(result[0]);
		close(result[1]);
		ck_assert_int_eq(winners, 1);
		/* The winner has died: the next round claims what is stale. */
	}
	_cleanup_run_ struct run run = read_run(1);
	ck_assert_int_eq(run.generation, 10);
	ck_assert_int_eq(run.run_id, 10);
}
END_TEST

START_TEST(words)
{
	ck_assert_str_eq(run_reason_word(RUN_RUNNING, REASON_RUNNING_BOOTED), "booted");
	ck_assert_str_eq(run_reason_word(RUN_PAUSED, REASON_PAUSED_STARTING_UP), "starting up");
	ck_assert_str_eq(run_reason_word(RUN_PAUSED, REASON_PAUSED_CRASHED), "crashed");
	ck_assert_str_eq(run_reason_word(RUN_SHUTOFF, REASON_SHUTOFF_FAILED), "failed");
	ck_assert_str_eq(run_reason_word(RUN_CRASHED, REASON_CRASHED_PANICKED), "panicked");
	ck_assert_str_eq(run_reason_word(RUN_RUNNING, 99), "unknown");
	ck_assert_str_eq(run_reason_word((enum run_state)99, -1), "unknown");
	ck_assert_str_eq(enum_word(&run_state_words, RUN_SHUTOFF), "shut off");
}
END_TEST

START_TEST(history)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct history_event *events;
	size_t count;

	ck_assert(history_add(db, 1, "lifecycle", "Started Booted", NULL, NULL));
	ck_assert(history_add(db, 2, "lifecycle", "Started Booted", NULL, NULL));
	ck_assert(history_add(db, 1, "lifecycle", "Stopped Crashed", "killed by signal 9", NULL));
	ck_assert(!history_add(db, 99, "lifecycle", "Started Booted", NULL, &err));
	ck_assert(history_list(db, 0, 0, 0, &events, &count, NULL));
	ck_assert_uint_eq(count, 3);
	ck_assert_str_eq(events[2].what, "Stopped Crashed");
	ck_assert_str_eq(events[2].detail, "killed by signal 9");
	ck_assert_str_eq(events[1].name, "m2");
	history_free(events, count);
	ck_assert(history_list(db, 1, 0, 1, &events, &count, NULL));
	ck_assert_uint_eq(count, 1);
	ck_assert_str_eq(events[0].what, "Stopped Crashed");
	history_free(events, count);
	/* The machine goes, what happened to it stays. */
	ck_assert(db_run(db, NULL, NULL, "DELETE FROM domain WHERE id = 1", ""));
	ck_assert(history_list(db, 0, 1, 0, &events, &count, NULL));
	ck_assert_uint_eq(count, 2);
	ck_assert_int_eq(events[1].domain_id, 0);
	ck_assert_str_eq(events[1].uuid, "m1");
	history_free(events, count);
	ck_assert(history_list(db, 1, 0, 0, &events, &count, NULL));
	ck_assert_uint_eq(count, 0);
	history_free(events, count);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("run");
	TCase *tcase = tcase_create("run");

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, free_claimed_owned_free);
	tcase_add_test(tcase, late_writers_write_nothing);
	tcase_add_test(tcase, a_held_row_is_not_claimed);
	tcase_add_test(tcase, dead_holders);
	tcase_add_test(tcase, another_boot);
	tcase_add_test(tcase, a_race_has_one_winner);
	tcase_add_test(tcase, words);
	tcase_add_test(tcase, history);
	suite_add_tcase(suite, tcase);
	return unit_run(suite);
}
