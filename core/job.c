/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs from outside: started, watched, waited for, cancelled; and what dead ones left, taken away. */
#include "core/job.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/memory.h"
#include "base/paths.h"
#include "base/spawn.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/job_internal.h"
#include "core/manager_internal.h"
#include "core/volume_device.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define WAIT_STEP_MS   50
#define CANCEL_TERM_MS 2000
#define CANCEL_KILL_MS 5000
#define PACE_MS	       1000 /* a rate over less is a guess */
#define LEFT_LIMIT_S   (INT64_C(10) * 365 * 24 * 60 * 60) /* what takes longer has stopped, as far as anybody can tell */
#define DAY_MS	       (INT64_C(24) * 60 * 60 * 1000)
#define COLUMNS                                                                                                        \
	"id, kind, state, subject, bytes_done, bytes_total, started_at_ms, changed_at_ms, ended_at_ms, reason, pid, "  \
	"pid_start, boot_id"

ENUM_WORDS(job_state, JOB_STATE_COUNT, "waiting", "running", "done", "failed", "cancelled");

void job_clear(struct job *job)
{
	free(job->subject);
	free(job->reason);
	free(job->result);
	*job = (struct job){ 0 };
}

void jobs_free(struct job *jobs, size_t count)
{
	for (size_t i = 0; jobs != NULL && i < count; i++)
		job_clear(&jobs[i]);
	free(jobs);
}

/* ---- rows ---- */

/* Its process, and the boot it belongs to. */
static bool is_alive(const struct job *job, const char *boot)
{
	return text_equal(boot, process_boot_id()) && process_alive(&job->process);
}

static struct job read_row(sqlite3_stmt *row)
{
	int kind = enum_value(&job_kind_words, (const char *)sqlite3_column_text(row, 1));
	int state = enum_value(&job_state_words, (const char *)sqlite3_column_text(row, 2));
	struct job job = {
		.id = sqlite3_column_int64(row, 0),
		.kind = kind >= 0 ? (enum job_kind)kind : JOB_CREATE,
		.state = state >= 0 ? (enum job_state)state : JOB_FAILED,
		.subject = db_text(row, 3),
		.bytes_done = (uint64_t)sqlite3_column_int64(row, 4),
		.bytes_total = (uint64_t)sqlite3_column_int64(row, 5),
		.started_ms = sqlite3_column_int64(row, 6),
		.changed_ms = sqlite3_column_int64(row, 7),
		.ended_ms = sqlite3_column_int64(row, 8),
		.reason = db_text(row, 9),
		.process = { (pid_t)sqlite3_column_int64(row, 10), (uint64_t)sqlite3_column_int64(row, 11) },
	};

	if ((job.state == JOB_RUNNING || job.state == JOB_WAITING) &&
	    !is_alive(&job, (const char *)sqlite3_column_text(row, 12))) {
		job.state = JOB_FAILED;
		free(job.reason);
		job.reason = xstrdup("its process was killed");
	}
	/* one column: why it failed, or what came out */
	if (job.state == JOB_DONE)
		job.result = TAKE_POINTER(job.reason);
	return job;
}

bool job_find(struct manager *manager, int64_t id, struct job *ret, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT " COLUMNS " FROM job WHERE id = ?", "i", id);
	bool found;

	*ret = (struct job){ 0 };
	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (!found) {
		error_set(err, ERROR_NOT_FOUND, "there is no job %" PRId64, id);
		return error_hint(err, "'virtty jobs' shows those there are");
	}
	*ret = read_row(row);
	sqlite3_reset(row);
	return true;
}

bool job_list(struct manager *manager, struct job **ret, size_t *ret_count, struct error *err)
{
	sqlite3_stmt *row =
		db_query(manager->db, err,
			 "SELECT " COLUMNS
			 " FROM job WHERE ended_at_ms = 0 OR ended_at_ms > ? ORDER BY ended_at_ms > 0, id DESC",
			 "i", clock_wall_ms() - DAY_MS);
	struct job *jobs = NULL;
	size_t count = 0;
	bool found = true;

	while (row != NULL && found) {
		if (!db_step(manager->db, row, &found, err)) {
			jobs_free(jobs, count);
			return false;
		}
		if (found)
			*ARRAY_ADD(jobs, count) = read_row(row);
	}
	*ret = jobs;
	*ret_count = count;
	return row != NULL;
}

uint64_t job_rate(const struct job *job, int64_t now_ms)
{
	int64_t spent_ms = (job->ended_ms == 0 ? now_ms : job->ended_ms) - job->started_ms;

	return spent_ms < PACE_MS ? 0 : (uint64_t)((double)job->bytes_done * 1000 / (double)spent_ms);
}

int64_t job_left_s(const struct job *job, int64_t now_ms)
{
	uint64_t rate = job_rate(job, now_ms);

	if (job->state != JOB_RUNNING || rate == 0 || job->bytes_total < job->bytes_done || job->bytes_total == 0)
		return -1;
	double left_s = (double)(job->bytes_total - job->bytes_done) / (double)rate;

	return left_s > (double)LEFT_LIMIT_S ? -1 : (int64_t)left_s;
}

/* ---- what is left of dead ones ---- */

/* Of a row that begins with id, pid, pid_start. */
static struct process_id row_process(sqlite3_stmt *row)
{
	return (struct process_id){ (pid_t)sqlite3_column_int64(row, 1), (uint64_t)sqlite3_column_int64(row, 2) };
}

void job_remove_unfinished(struct manager *manager, const struct job_plan *plan)
{
	if (plan->target_is_ours && plan->target != NULL)
		(void)unlink(plan->target);
	if (plan->scratch != NULL)
		(void)unlink(plan->scratch);
	job_volume_remove(manager, plan);
}

static void remove_unfinished(struct manager *manager, const char *plan)
{
	struct job_reading reading;

	if (!job_plan_read(plan, &reading, NULL))
		return;
	job_remove_unfinished(manager, &reading.plan);
	job_reading_clear(&reading);
}

static bool end_dead(struct manager *manager, int64_t id, const char *plan, struct error *err)
{
	int changes = 0;

	/* Whoever takes the row takes the file away: not twice, since its name may be another job's by then. */
	if (!db_run(manager->db, &changes, err,
		    "UPDATE job SET state = CASE state WHEN 'cancelled' THEN state ELSE 'failed' END,"
		    " reason = CASE state WHEN 'cancelled' THEN reason ELSE 'its process was killed' END, ended_at_ms "
		    "= ?"
		    " WHERE id = ? AND ended_at_ms = 0",
		    "ii", clock_wall_ms(), id))
		return false;
	if (changes > 0)
		remove_unfinished(manager, plan);
	return true;
}

bool job_making(struct manager *manager, const char *path, int64_t *ret_id, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT id, pid, pid_start, boot_id, plan FROM job WHERE ended_at_ms = 0", "");
	bool found = true;

	*ret_id = 0;
	while (row != NULL && found && *ret_id == 0) {
		if (!db_step(manager->db, row, &found, err))
			return false;
		if (!found)
			break;
		struct job job = { .process = row_process(row) };
		struct job_reading reading;

		if (!is_alive(&job, (const char *)sqlite3_column_text(row, 3)) ||
		    !job_plan_read((const char *)sqlite3_column_text(row, 4), &reading, NULL))
			continue;
		/* a device is at its place already while it is filled */
		if (text_equal(reading.plan.volume != NULL ? reading.plan.target : reading.plan.final, path))
			*ret_id = sqlite3_column_int64(row, 0);
		job_reading_clear(&reading);
	}
	if (row != NULL && found)
		sqlite3_reset(row);
	return row != NULL;
}

bool job_reap(struct manager *manager, struct error *err)
{
	for (;;) {
		sqlite3_stmt *row =
			db_query(manager->db, err,
				 "SELECT id, pid, pid_start, boot_id, plan FROM job WHERE ended_at_ms = 0", "");
		_cleanup_free_ char *plan = NULL;
		int64_t dead = 0;
		bool found = true;

		while (row != NULL && found && dead == 0) {
			if (!db_step(manager->db, row, &found, err))
				return false;
			if (!found)
				break;
			struct job job = { .process = row_process(row) };

			if (is_alive(&job, (const char *)sqlite3_column_text(row, 3)))
				continue;
			dead = sqlite3_column_int64(row, 0);
			plan = db_text(row, 4);
			sqlite3_reset(row);
		}
		if (row == NULL)
			return false;
		if (dead == 0)
			return true;
		if (!end_dead(manager, dead, plan, err))
			return false;
	}
}

/* ---- start ---- */

static bool insert(struct manager *manager, const struct job_plan *plan, bool has_fd, int64_t *ret_id,
		   struct error *err)
{
	_cleanup_free_ char *text = job_plan_text(plan, has_fd);
	int64_t now = clock_wall_ms();

	if (!db_run(manager->db, NULL, err,
		    "INSERT INTO job(kind, state, subject, plan, bytes_total, started_at_ms, changed_at_ms, pid, "
		    "pid_start, boot_id)"
		    " VALUES(?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?)",
		    "sssiiiiis", enum_word(&job_kind_words, (int)plan->kind), plan->subject, text,
		    (int64_t)plan->bytes_total, now, now, (int64_t)process_self().pid, (int64_t)process_self().start,
		    process_boot_id()))
		return false;
	*ret_id = db_last_id(manager->db);
	return true;
}

void job_unreserve(struct manager *manager, int64_t id)
{
	_cleanup_error_ struct error ignored = ERROR_INIT;

	(void)db_run(manager->db, NULL, &ignored, "DELETE FROM job WHERE id = ?", "i", id);
}

static bool fail(struct manager *manager, int64_t id)
{
	job_unreserve(manager, id);
	return false;
}

/* A process does not outlive a power cut, nor need its row. */
static bool set_running(struct manager *manager, int64_t id, const struct process_id *process, int *ret_changes,
			struct error *err)
{
	if (!db_begin_volatile(manager->db, err))
		return false;
	if (db_run(manager->db, ret_changes, err,
		   "UPDATE job SET pid = ?, pid_start = ?, state = 'running' WHERE id = ? AND state = 'waiting'", "iii",
		   (int64_t)process->pid, (int64_t)process->start, id))
		return db_commit(manager->db, err);
	db_rollback(manager->db);
	return false;
}

/* Starts the process of a row that is there. */
static bool launch(struct manager *manager, int64_t id, const char *subject, int fd, struct error *err)
{
	_cleanup_free_ char *program = paths_program();
	_cleanup_close_ int ours = -1, theirs = -1;
	_cleanup_strv_ char **argv = NULL;
	int pipes[2], changes = 0;
	pid_t pid;

	argv = strv_add(strv_add(strv_add(NULL, program), "internal"), "job");
	argv = strv_addf(argv, "%" PRId64, id);
	if (pipe2(pipes, O_CLOEXEC) < 0) {
		error_set_errno(err, errno, "cannot make a pipe");
		return fail(manager, id);
	}
	theirs = pipes[0];
	ours = pipes[1];
	/* What it waits on until its row is whole is its input. In a session of its own neither a closed terminal nor
	 * Ctrl-C there ends it. */
	if (!spawn(argv, (const int[SPAWN_FDS]){ theirs, -1, -1, fd }, SPAWN_SESSION, &pid, err))
		return fail(manager, id);
	struct process_id process = process_of(pid);

	/* Where this does not come to pass the pipe closes: it ends without having done anything. */
	if (!set_running(manager, id, &process, &changes, err))
		return fail(manager, id);
	if (changes == 0)
		return error_set(err, ERROR_FAILED, "%s: it was cancelled", subject);
	if (!write_all(ours, "g", 1))
		return error_set_errno(err, errno, "the job's process ended at once");
	return true;
}

bool job_start(struct manager *manager, const struct job_plan *plan, int fd, int64_t *ret_id, struct error *err)
{
	return insert(manager, plan, fd >= 0, ret_id, err) && launch(manager, *ret_id, plan->subject, fd, err);
}

bool job_reserve(struct manager *manager, const struct job_plan *plan, int64_t *ret_id, struct error *err)
{
	return insert(manager, plan, false, ret_id, err);
}

bool job_start_reserved(struct manager *manager, int64_t id, const struct job_plan *plan, struct error *err)
{
	_cleanup_free_ char *text = job_plan_text(plan, false);

	return db_run(manager->db, NULL, err, "UPDATE job SET plan = ? WHERE id = ?", "si", text, id) &&
	       launch(manager, id, plan->subject, -1, err);
}

/* ---- watching ---- */

/* A while, or until its process has ended. */
static void wait_for_news(const struct process_id *process)
{
	struct pollfd end = { .fd = (int)syscall(SYS_pidfd_open, process->pid, 0), .events = POLLIN };

	(void)poll(&end, 1, WAIT_STEP_MS);
	cleanup_close(&end.fd);
}

/* What came to its end before the word reached it is done, and its result is there: that is no cancelling. */
static bool abort_awaited(struct manager *manager, int64_t id, struct error *err)
{
	_cleanup_error_ struct error ignored = ERROR_INIT;
	struct job job = { 0 };

	(void)job_abort(manager, id, &ignored);
	bool done = job_find(manager, id, &job, NULL) && job.state == JOB_DONE;

	job_clear(&job);
	return done || error_set(err, ERROR_FAILED, "cancelled");
}

bool job_wait(struct manager *manager, int64_t id, bool (*progress)(const struct job *job, void *userdata),
	      void *userdata, struct error *err)
{
	for (;;) {
		struct job job;

		if (!job_find(manager, id, &job, err))
			return false;
		bool ended = job.state != JOB_WAITING && job.state != JOB_RUNNING;

		/* also of a job that stands still: whoever waits for that one has the most reason to cancel it */
		if (progress != NULL && !progress(&job, userdata) && !ended) {
			job_clear(&job);
			return abort_awaited(manager, id, err);
		}
		if (ended) {
			bool done = job.state == JOB_DONE;

			if (!done)
				error_set(err, ERROR_FAILED, "%s: %s", job.subject,
					  job.reason != NULL	       ? job.reason
					  : job.state == JOB_CANCELLED ? "it was cancelled"
								       : "it failed");
			job_clear(&job);
			return job_reap(manager, err) && done;
		}
		wait_for_news(&job.process);
		job_clear(&job);
	}
}

/* One that waits has no process of its own yet: who starts it finds that it is not to be. */
static bool abort_waiting(struct manager *manager, int64_t id, bool *ret_done, struct error *err)
{
	int changes = 0;

	if (!db_run(manager->db, &changes, err,
		    "UPDATE job SET state = 'cancelled', changed_at_ms = ?1, ended_at_ms = ?1 WHERE id = ?2 AND state = 'waiting'",
		    "ii", clock_wall_ms(), id))
		return false;
	*ret_done = changes > 0;
	return true;
}

static bool mark_cancelled(struct manager *manager, int64_t id, struct error *err)
{
	return db_run(manager->db, NULL, err,
		      "UPDATE job SET state = 'cancelled', changed_at_ms = ? WHERE id = ? AND ended_at_ms = 0", "ii",
		      clock_wall_ms(), id);
}

bool job_abort(struct manager *manager, int64_t id, struct error *err)
{
	_cleanup_error_ struct error locked = ERROR_INIT;
	bool done = false;
	struct job job;

	if (!abort_waiting(manager, id, &done, err) || !job_find(manager, id, &job, err))
		return false;
	struct process_id process = job.process;
	bool running = job.state == JOB_RUNNING;

	job_clear(&job);
	if (done)
		return true;
	if (!running) {
		error_set(err, ERROR_STATE, "job %" PRId64 " has ended already", id);
		return false;
	}
	bool marked = mark_cancelled(manager, id, &locked);

	/* One that was stopped may itself hold the state: it lets go when it ends. */
	if (!marked && !process_stopped(&process))
		return error_move(err, &locked);
	/* It ends its own child; where it cannot, the kernel does when it dies. */
	if (!process_end(&process, process_stopped(&process) ? SIGKILL : SIGTERM, CANCEL_TERM_MS) &&
	    !process_end(&process, SIGKILL, CANCEL_KILL_MS))
		return error_set(err, ERROR_TIMEOUT, "job %" PRId64 " does not end (pid %d)", id, (int)process.pid);
	return (marked || mark_cancelled(manager, id, err)) && job_reap(manager, err);
}

bool job_forget(struct manager *manager, int64_t id, struct error *err)
{
	struct job job;
	int changes = 0;

	if (!job_reap(manager, err) ||
	    !db_run(manager->db, &changes, err, "DELETE FROM job WHERE ended_at_ms > 0 AND (id = ?1 OR ?1 = 0)", "i", id))
		return false;
	if (changes > 0 || id == 0)
		return true;
	if (!job_find(manager, id, &job, err))
		return false;
	job_clear(&job);
	error_set(err, ERROR_STATE, "job %" PRId64 " has not ended", id);
	return error_hint(err, "'virtty jobs --cancel %" PRId64 "' ends it", id);
}
