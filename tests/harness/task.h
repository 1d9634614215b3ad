/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Programs under test: run to their end, or kept running and talked to. */
#ifndef TESTS_HARNESS_TASK_H
#define TESTS_HARNESS_TASK_H

#include "base/strbuf.h"

#include <stdbool.h>
#include <sys/types.h>

/* How a program ended and what it said. */
struct outcome {
	int status; /* exit status; 128 + signal; -1: it did not end in time and was killed */
	char *out;  /* owned, never NULL */
	char *err;  /* owned, never NULL */
};
#define _cleanup_outcome_ __attribute__((cleanup(outcome_clear)))
void outcome_clear(struct outcome *outcome);

/* A running program with pipes on its three streams. */
struct task {
	pid_t pid;
	int in, out, err; /* our ends, owned; -1: closed */
	struct strbuf out_text, err_text;
};
#define _cleanup_task_ __attribute__((cleanup(task_clear)))

/* Starts argv; the task fails the test when it cannot. */
struct task task_start(const char *const *argv);
/* Starts `virtty ARGS`. */
struct task task_virtty(const char *first, ...) __attribute__((sentinel));
/* Reads until its stdout has held text; false when it ended or the time is up. */
bool task_expect(struct task *task, const char *text, int timeout_ms);
/* Waits until it has a handler for a signal: before, that would just end it. Fails the test when the time is up. */
void task_expect_handler(const struct task *task, int number);
/* Writes to its stdin. */
void task_send(struct task *task, const char *text);
void task_close_input(struct task *task);
/* Waits for its end; kills it when the time is up. Streams that some other process still holds fail the test: a leaked descriptor. */
struct outcome task_wait(struct task *task, int timeout_ms);
/* Kills it if it still runs. */
void task_clear(struct task *task);

/* Runs argv, or `virtty ARGS`, to its end (120 s at most), stdin from /dev/null. */
struct outcome run_program(const char *const *argv);
struct outcome virtty(const char *first, ...) __attribute__((sentinel));
/* As virtty(), with this text on stdin. */
struct outcome virtty_input(const char *input, const char *first, ...) __attribute__((sentinel));

/* Fails the test unless it exited with 0, and frees; the text it printed may be kept by ret_out (NULL: not wanted). */
void expect_ok(struct outcome outcome, char **ret_out);
/* `virtty ARGS`, which must succeed. */
#define OK(...) expect_ok(virtty(__VA_ARGS__, NULL), NULL)
/* Fails the test unless it exited with status, printed `error: ` and every text given (NULL-terminated) on stderr. */
void expect_error(struct outcome outcome, int status, const char *text, ...) __attribute__((sentinel));

/* The program under test: $VIRTTY, else ./virtty. Borrowed. */
const char *virtty_path(void);

#endif
