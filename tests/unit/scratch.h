/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A directory of a test's own, removed at its end, and what tests of state do in it. */
#ifndef TESTS_UNIT_SCRATCH_H
#define TESTS_UNIT_SCRATCH_H

#include <stdbool.h>

/* Makes a short directory under /tmp, sets VIRTTY_HOME to it and returns its path. Borrowed, the same until scratch_remove(). */
const char *scratch_make(void);
void scratch_remove(void);
/* "directory/name". Owned. */
char *scratch_path(const char *name);
void scratch_write(const char *name, const char *text);
/* Runs a function in a child process (as nobody when as_nobody and we are root) and says whether it returned true. */
bool scratch_fork(bool (*function)(void *), void *userdata, bool as_nobody);

#endif
