/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network namespace of a test's own, with a home in it: programs run there, and what is left at the end is compared with the beginning. */
#ifndef TESTS_HARNESS_LAB_H
#define TESTS_HARNESS_LAB_H

#include <stddef.h>

/* The home of the lab; borrowed. */
const char *lab_home(void);
/* For a checked fixture: a new home, a new namespace. The end fails the test where an interface, route, rule, dnsmasq, keeper or directory
 * of a network is left. */
void lab_begin(void);
void lab_end(void);
/* Interfaces by name, routes and rules: all that a network may leave. Owned. */
char *lab_host(void);
/* As lab_end() compares them, now. */
void lab_check_host(void);
/* No directory of a network is left in the home: no lease, no configuration. */
void lab_check_directories(void);

/* Defines this network and starts it. */
void lab_network(const char *name, const char *text);

/* A file in a directory of its own that everybody can read, as dnsmasq has to, which is nobody in particular; it goes with the test program.
 * Owned path of the directory. */
char *lab_public_file(const char *name, const char *bytes, size_t length);

/* How often something is killed at a random moment: $VIRTTY_NETWORK_ROUNDS, else 20. */
unsigned lab_rounds(void);

/* Runs a program, which must succeed, and gives what it printed. Owned. */
char *lab_run(const char *first, ...) __attribute__((sentinel));
#define DO(...) free(lab_run(__VA_ARGS__, NULL))
/* Fails the test unless the part is, or is not, in what the program prints. */
void lab_check_shows(const char *part, bool wanted, const char *const *argv);
#define SHOWS(part, ...) lab_check_shows(part, true, (const char *const[]){ __VA_ARGS__, NULL })
#define HIDES(part, ...) lab_check_shows(part, false, (const char *const[]){ __VA_ARGS__, NULL })

#endif
