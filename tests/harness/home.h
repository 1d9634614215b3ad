/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A home for one test: a short-lived VIRTTY_HOME, the processes that belong to it, and proof that none is left behind. */
#ifndef TESTS_HARNESS_HOME_H
#define TESTS_HARNESS_HOME_H

#include "tests/harness/wait.h"

#include <check.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Makes a directory for this test program under $VIRTTY_TEST_BASE (default /tmp), runs the suite (one process a test), ends whatever
 * process of it still lives, removes the directory. Returns main()'s exit status. */
int suite_main(Suite *suite);

/* In a test: a new, empty VIRTTY_HOME, put into the environment. Owned text. */
char *home_new(void);
/* At a test's end: fails it when a QEMU or a keeper of this home lives on. Frees. */
void home_end(char *home);

/* Processes whose environment or command line names this home and whose name begins with comm ("qemu-system", "virtty-keeper", "" for any).
 * The zombies and the caller do not count. Returns how many there are; at most max pids in ret. */
size_t home_processes(const char *home, const char *comm, pid_t *ret, size_t max);
/* The only such process: fails the test when there is none or there are several. */
pid_t home_process(const char *home, const char *comm);
/* SIGKILL to all such processes, until none is left. */
void home_kill(const char *home, const char *comm);

/* Waits until exactly count such processes live; fails the test when the time is up. */
void wait_processes(const char *home, const char *comm, size_t count, int timeout_ms);

/* Says why this test cannot run here. The caller then returns. */
void skip_test(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
