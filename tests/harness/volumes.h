/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes for tests of storage: made with a known pattern, compared, and proof that nothing half made lies about. */
#ifndef TESTS_HARNESS_VOLUMES_H
#define TESTS_HARNESS_VOLUMES_H

#include "tests/harness/task.h"

/* Runs a program, or virtty, which must end well. */
#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)

/* Where a volume of the default pool lies. Owned. */
char *image_path(const char *home, const char *name);
/* A raw volume of so many MiB in the default pool, with a pattern at its begin and its end, and a hole in its middle. Its path,
 * owned. */
char *patterned_volume(const char *home, const char *name, unsigned mebibytes);
/* The same for a guest that reads both. */
void expect_same(const char *a, const char *a_format, const char *b, const char *b_format);
/* Nothing but volumes lies in a directory; in that of the default pool. */
void expect_tidy_directory(const char *path);
void expect_tidy(const char *home);
/* Every file of a pool's directory has a row, and every row a file. */
void expect_rows_are_files(const char *pool, const char *directory);
/* Refused, with no words that matter. */
void expect_refused(struct outcome outcome);
/* A small file system in memory at a place, in a mount namespace of this test's own. False, after skip_test(), where that
 * is not possible. */
bool mount_small(const char *place, const char *options);

#endif
