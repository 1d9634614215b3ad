/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What tests of imports share: an image to be taken over, and what is left when nothing was. */
#ifndef TESTS_HARNESS_ELSEWHERE_H
#define TESTS_HARNESS_ELSEWHERE_H

#include "base/memory.h"
#include "tests/harness/task.h"

#define RUN(...) expect_ok(run_program((const char *[]){ "/usr/bin/env", __VA_ARGS__, NULL }), NULL)
/* Lines for a shell, as printf has them; it fails the test where one of them fails. */
#define SHELL(...) run_shell(strf(__VA_ARGS__))
void run_shell(char *lines);

/* A raw image of so many MiB, "src.raw" in the home: two patterns that hardly compress, and a hole between them. Its path, owned. */
char *source_image(const char *home, unsigned mebibytes);
/* A qcow2 image and a raw one hold the same, to the last byte. */
void expect_identical(const char *image, const char *raw);
/* How many machines there are. */
unsigned count_machines(void);
/* Nothing is in a directory of the home. */
void expect_empty(const char *home, const char *name);
/* No machine, no image, no seed. */
void expect_nothing(const char *home);
/* Undefines it, with its disks. */
void forget(const char *name);

#endif
