/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISOs for tests: real ones, made by xorriso, that say of themselves what a test wants them to say. */
#ifndef TESTS_HARNESS_ISO_H
#define TESTS_HARNESS_ISO_H

#include <stdbool.h>

/* Makes path, an ISO of this volume name; publisher, system and application may be NULL. boots: with entries for BIOS and UEFI, that start nothing.
 * False where there is no xorriso: the reason was given by skip_test(). */
bool make_iso(const char *path, const char *volume, const char *publisher, const char *system, const char *application, bool boots);

#endif
