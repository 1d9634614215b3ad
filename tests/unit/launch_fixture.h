/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The fixture machines of tests/fixtures/args, brought to the point where a launch is built: for test_launch and
 * test_engine_real. */
#ifndef TESTS_LAUNCH_FIXTURE_H
#define TESTS_LAUNCH_FIXTURE_H

#include "hv/caps.h"
#include "hv/domain.h"
#include "hv/launch.h"

/* Path of something under tests/fixtures. Owned. */
char *fixture_path(const char *below);
/* Names in tests/fixtures/args that end in suffix, without it, sorted. Owned vector. */
char **fixture_names(const char *suffix);
/* The capabilities that fixtures are built with, whatever is installed. */
struct qemu_caps *fixture_caps(void);
/* Parsed, settled and validated; NULL with err. */
struct domain *fixture_domain(const char *name, const struct qemu_caps *caps, struct error *err);
/* What the manager would have prepared, the same each time. A name that begins with "nokvm-" finds no KVM. */
struct launch_resources fixture_resources(const char *name, const struct domain *domain);

#endif
