/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fixtures: NAME.xml in a folder of tests/fixtures, beside it what comes of it (NAME.out, NAME.args) or why it is refused
 * (NAME.err). VIRTTY_REGENERATE=1 writes what comes out. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <stdbool.h>
#include <stddef.h>

/* Of NAME.SUFFIX, without the suffix, sorted. Owned vector, NULL: there are none. */
char **fixture_names(const char *folder, const char *suffix);
/* Owned; NULL when there is none. ret_length may be NULL. */
char *fixture_read(const char *folder, const char *name, const char *suffix, size_t *ret_length);
/* This is what came out: the file must hold it. NULL: nothing did, and there must be no such file. */
void fixture_expect(const char *folder, const char *name, const char *suffix, const char *got);
/* No file with one of these suffixes (ended by NULL) lies about without its .xml. */
void fixture_no_orphans(const char *folder, const char *const *suffixes);
/* Each .err is one line that begins with the file's name. */
void fixture_errors_have_a_place(const char *folder);

#endif
