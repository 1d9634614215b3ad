/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An account without privileges that a test makes: virtty is run as that user, from copies that it may read, in a home of its own. */
#ifndef TESTS_HARNESS_ACCOUNT_H
#define TESTS_HARNESS_ACCOUNT_H

#include "tests/harness/task.h"

#include <sys/types.h>

/* For an unchecked fixture: before and after the test, in the process that outlives it. */
void account_make(void);
void account_remove(void);

/* Puts programs and a home below a directory of the test's, which the account may pass through. false: there is no account, and the test
 * was skipped. */
bool account_begin(const char *directory);
/* Copies a file below that directory. Owned path. */
char *account_give(const char *from, const char *name, mode_t mode);
const char *account_name(void);
uid_t account_uid(void);
/* DIRECTORY/home. Owned. */
char *account_home(void);

/* `virtty ARGS` as the account, with an environment as after a login. */
struct outcome as_user(const char *first, ...) __attribute__((sentinel));

#endif
