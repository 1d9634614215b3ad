/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What every unit test program shares: its main(), checks on errors, a directory of its own. */
#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

#include "base/error.h"
#include "base/file.h"
#include "base/memory.h"

#include <check.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

/* Runs a suite in this very process, so that the sanitizers see all of it: return unit_run(suite()) from main(). */
static inline int unit_run(Suite *suite)
{
	SRunner *runner = srunner_create(suite);

	srunner_set_fork_status(runner, CK_NOFORK);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);

	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

/* A new empty directory under TMPDIR or /tmp. Owned; unit_tempdir_remove() removes and frees it. */
static inline char *unit_tempdir(void)
{
	const char *base = getenv("TMPDIR");
	char *path = strf("%s/vt-XXXXXX", base != NULL && *base != '\0' ? base : "/tmp");

	ck_assert_ptr_nonnull(mkdtemp(path));
	return path;
}

static inline void unit_tempdir_remove(char *path)
{
	directory_remove(path, NULL);
	free(path);
}

/* The error has that code and its message holds that text; it is cleared for the next use. */
#define ck_assert_error(err, wanted_code, part) \
	do { \
		ck_assert_msg((err)->code == (wanted_code), "code is %d: %s", (int)(err)->code, error_text(err)); \
		ck_assert_msg(strstr(error_text(err), (part)) != NULL, "message is: %s", error_text(err)); \
		error_clear(err); \
	} while (0)

/* A call that must succeed; says the error when it does not. */
#define ck_assert_ok(call, err) ck_assert_msg((call), "%s", error_text(err))

#endif
