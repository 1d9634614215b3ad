/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The keeper's pen: a queue in front of the database. */
#include "core/keeper/record.h"

#include "base/clock.h"
#include "base/memory.h"
#include "core/db.h"
#include "core/history.h"
#include "core/keeper/reexec.h"

#include <malloc.h>
#include <string.h>
#include <time.h>

#define CRITICAL_MS    5000
#define RETRY_FIRST_MS 5
#define RETRY_LAST_MS  2000
#define IDLE_CLOSE_MS  1000 /* an idle keeper holds no connection: that is 200 kB */
#define QUEUE_LIMIT    512
#define GUEST_BURST    20   /* events a guest may cause ... */
#define GUEST_WINDOW_MS 10000 /* ... in this time */

enum record_kind { RECORD_STATE, RECORD_DETAIL, RECORD_EVENT };

struct record {
	struct record *next;
	enum record_kind kind;
	enum run_state state;
	int reason;
	char *text, *what, *detail; /* owned */
};

struct recorder {
	struct keeper *keeper;
	struct db *db;        /* owned; NULL: closed while idle */
	struct record *first, **last;
	size_t count;
	struct event *flush;  /* soon, or after a failure later */
	struct event *idle;
	struct event *limit;  /* of recorder_then() */
	int retry_ms;
	bool lost;            /* somebody else holds the row: nothing is written any more */
	void (*then)(struct keeper *keeper);
	int64_t window_ms;    /* guest events: when this window began, how many, how many were left out */
	unsigned window_count, left_out;
};

static void record_free(struct record *record)
{
	free(record->text);
	free(record->what);
	free(record->detail);
	free(record);
}

static void arm(struct event *timer, int after_ms)
{
	struct timeval time = { after_ms / 1000, (after_ms % 1000) * 1000 };

	event_add(timer, &time);
}

static bool db_ready(struct recorder *recorder, struct error *err)
{
	if (recorder->db == NULL)
		recorder->db = db_open(recorder->keeper->plan.database, DB_KEEPER, err);
	return recorder->db != NULL;
}

/* ---- the queue ---- */

static bool write_record(struct recorder *recorder, const struct record *record, bool *ret_won, struct error *err)
{
	const struct plan_data *plan = &recorder->keeper->plan;

	switch (record->kind) {
	case RECORD_STATE:
		return run_set_state(recorder->db, plan->domain, plan->generation, record->state, record->reason, ret_won, err);
	case RECORD_DETAIL:
		return run_set_detail(recorder->db, plan->domain, plan->generation, record->text, ret_won, err);
	case RECORD_EVENT:
		*ret_won = true;
		return history_add(recorder->db, plan->domain, record->text, record->what, record->detail, err);
	}
	return true;
}

/* Writes all that is queued in one transaction. */
static bool write_all_records(struct recorder *recorder, struct error *err)
{
	if (!db_ready(recorder, err) || !db_begin_volatile(recorder->db, err))
		return false;
	for (struct record *record = recorder->first; record != NULL; record = record->next) {
		bool won = true;

		if (!write_record(recorder, record, &won, err)) {
			db_rollback(recorder->db);
			return false;
		}
		if (!won)
			recorder->lost = true;
	}
	return db_commit(recorder->db, err);
}

static void drop_all(struct recorder *recorder)
{
	while (recorder->first != NULL) {
		struct record *record = recorder->first;

		recorder->first = record->next;
		record_free(record);
	}
	recorder->last = &recorder->first;
	recorder->count = 0;
}

static void call_then(struct recorder *recorder)
{
	void (*then)(struct keeper *keeper) = recorder->then;

	recorder->then = NULL;
	event_del(recorder->limit);
	if (then != NULL)
		then(recorder->keeper);
}

/* Writes what waits; true when nothing waits any more. */
static bool flush(struct recorder *recorder)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	event_del(recorder->flush);
	if (recorder->first == NULL)
		return true;
	if (!recorder->lost && !write_all_records(recorder, &err)) {
		/* a broken connection is not worth keeping; a busy one is */
		if (err.code != ERROR_BUSY) {
			if (recorder->retry_ms == RETRY_FIRST_MS)
				keeper_log(recorder->keeper, "cannot record: %s", error_text(&err));
			db_close(recorder->db);
			recorder->db = NULL;
		}
		arm(recorder->flush, recorder->retry_ms);
		recorder->retry_ms = recorder->retry_ms * 2 > RETRY_LAST_MS ? RETRY_LAST_MS : recorder->retry_ms * 2;
		return false;
	}
	recorder->retry_ms = RETRY_FIRST_MS;
	drop_all(recorder);
	arm(recorder->idle, IDLE_CLOSE_MS);
	return true;
}

static void on_flush(evutil_socket_t fd, short what, void *userdata)
{
	struct recorder *recorder = userdata;

	(void)fd;
	(void)what;
	if (flush(recorder))
		call_then(recorder);
}

static void on_idle(evutil_socket_t fd, short what, void *userdata)
{
	struct recorder *recorder = userdata;

	(void)fd;
	(void)what;
	db_close(recorder->db);
	recorder->db = NULL;
	malloc_trim(0);
}

static void on_limit(evutil_socket_t fd, short what, void *userdata)
{
	struct recorder *recorder = userdata;

	(void)fd;
	(void)what;
	keeper_log(recorder->keeper, "the database could not be written in time; going on");
	call_then(recorder);
}

static struct record *queue(struct recorder *recorder, enum record_kind kind)
{
	struct record *record = xcalloc(1, sizeof *record);

	if (recorder->count >= QUEUE_LIMIT) {
		struct record *oldest = recorder->first;

		recorder->first = oldest->next;
		recorder->count--;
		record_free(oldest);
	}
	record->kind = kind;
	*recorder->last = record;
	recorder->last = &record->next;
	recorder->count++;
	if (!event_pending(recorder->flush, EV_TIMEOUT, NULL))
		arm(recorder->flush, 0);
	return record;
}

void record_state(struct keeper *keeper, enum run_state state, int reason)
{
	struct record *record = queue(keeper->recorder, RECORD_STATE);

	record->state = state;
	record->reason = reason;
}

void record_detail(struct keeper *keeper, const char *detail)
{
	queue(keeper->recorder, RECORD_DETAIL)->text = xstrdup(detail);
}

void record_event(struct keeper *keeper, const char *kind, const char *what, const char *detail)
{
	struct record *record = queue(keeper->recorder, RECORD_EVENT);

	record->text = xstrdup(kind);
	record->what = xstrdup(what);
	record->detail = xstrdup_null(detail);
}

void record_guest_event(struct keeper *keeper, const char *kind, const char *what, const char *detail)
{
	struct recorder *recorder = keeper->recorder;
	int64_t now = clock_monotonic_ms();

	if (now - recorder->window_ms >= GUEST_WINDOW_MS) {
		recorder->window_ms = now;
		recorder->window_count = 0;
	}
	if (++recorder->window_count > GUEST_BURST) {
		recorder->left_out++;
		return;
	}
	if (recorder->left_out > 0) {
		_cleanup_free_ char *more = strf("%s%s(%u events before it were left out: too many)", detail == NULL ? "" : detail,
						 detail == NULL ? "" : " ", recorder->left_out);

		recorder->left_out = 0;
		record_event(keeper, kind, what, more);
		return;
	}
	record_event(keeper, kind, what, detail);
}

void recorder_flush(struct keeper *keeper)
{
	if (keeper->recorder->then == NULL)
		flush(keeper->recorder);
}

void recorder_then(struct keeper *keeper, int limit_ms, void (*then)(struct keeper *keeper))
{
	struct recorder *recorder = keeper->recorder;

	recorder->then = then;
	if (recorder->retry_ms == RETRY_FIRST_MS && flush(recorder)) {
		call_then(recorder);
		return;
	}
	arm(recorder->limit, limit_ms);
}

/* ---- the critical steps ---- */

/* Calls step until it is done, fails for another reason than a busy database, or 5 s have passed. */
static bool critical(struct keeper *keeper, bool (*step)(struct recorder *recorder, void *argument, struct error *err), void *argument,
		     struct error *err)
{
	struct recorder *recorder = keeper->recorder;
	int64_t deadline = clock_monotonic_ms() + CRITICAL_MS;
	struct timespec pause = { 0, 1000000 };

	for (;;) {
		_cleanup_error_ struct error why = ERROR_INIT;

		if (db_ready(recorder, &why) && step(recorder, argument, &why)) {
			arm(recorder->idle, IDLE_CLOSE_MS);
			return true;
		}
		if (why.code != ERROR_BUSY || recorder->lost || clock_monotonic_ms() > deadline)
			return error_move(err, &why);
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 20000000)
			pause.tv_nsec *= 2;
	}
}

static bool lost(struct recorder *recorder, struct error *err)
{
	recorder->lost = true;
	return error_set(err, ERROR_BUSY, "somebody else has taken over '%s' meanwhile", recorder->keeper->plan.name);
}

static bool step_own(struct recorder *recorder, void *argument, struct error *err)
{
	const struct plan_data *plan = &recorder->keeper->plan;
	bool won;

	(void)argument;
	return run_own(recorder->db, plan->domain, plan->generation, &won, err) && (won || lost(recorder, err));
}

static bool step_set_qemu(struct recorder *recorder, void *argument, struct error *err)
{
	const struct plan_data *plan = &recorder->keeper->plan;
	const struct process_id *qemu = argument;
	bool won;

	return run_set_qemu(recorder->db, plan->domain, plan->generation, *qemu, &won, err) && (won || lost(recorder, err));
}

static bool step_read(struct recorder *recorder, void *argument, struct error *err)
{
	return run_read(recorder->db, recorder->keeper->plan.domain, argument, err);
}

static bool step_free(struct recorder *recorder, void *argument, struct error *err)
{
	const struct plan_data *plan = &recorder->keeper->plan;
	const int *end = argument;
	bool won;

	return run_free(recorder->db, plan->domain, plan->generation, (enum run_state)end[0], end[1], &won, err) &&
	       (won || lost(recorder, err));
}

bool recorder_own(struct keeper *keeper, struct error *err)
{
	return critical(keeper, step_own, NULL, err);
}

bool recorder_set_qemu(struct keeper *keeper, struct process_id qemu, struct error *err)
{
	return critical(keeper, step_set_qemu, &qemu, err);
}

bool recorder_read(struct keeper *keeper, struct run *ret, struct error *err)
{
	return critical(keeper, step_read, ret, err);
}

bool recorder_set_free(struct keeper *keeper, enum run_state state, int reason, struct error *err)
{
	int end[2] = { (int)state, reason };

	return critical(keeper, step_free, end, err);
}

bool recorder_at_rest(struct keeper *keeper)
{
	return keeper->recorder->first == NULL && keeper->recorder->then == NULL;
}

bool recorder_lost(const struct keeper *keeper)
{
	return keeper->recorder->lost;
}

/* ---- life ---- */

void recorder_warm(struct keeper *keeper, const char *database, int64_t domain)
{
	struct recorder *recorder = keeper->recorder;
	_cleanup_run_ struct run run = { 0 };

	/* what fails now is tried again, and told, when it is needed */
	recorder->db = db_open(database, DB_KEEPER, NULL);
	if (recorder->db != NULL)
		run_read(recorder->db, domain, &run, NULL);
}

struct recorder *recorder_new(struct keeper *keeper)
{
	struct recorder *recorder = xcalloc(1, sizeof *recorder);

	recorder->keeper = keeper;
	recorder->last = &recorder->first;
	recorder->retry_ms = RETRY_FIRST_MS;
	recorder->flush = evtimer_new(keeper->loop, on_flush, recorder);
	recorder->idle = evtimer_new(keeper->loop, on_idle, recorder);
	recorder->limit = evtimer_new(keeper->loop, on_limit, recorder);
	return recorder;
}

void recorder_free(struct recorder *recorder)
{
	if (recorder == NULL)
		return;
	drop_all(recorder);
	event_free(recorder->flush);
	event_free(recorder->idle);
	event_free(recorder->limit);
	db_ending(recorder->db); /* nobody waits for us any more */
	db_close(recorder->db);
	free(recorder);
}
