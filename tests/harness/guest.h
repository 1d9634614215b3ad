/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The shell of a test guest: what a line typed there says, and whether it succeeded. */
#ifndef TESTS_HARNESS_GUEST_H
#define TESTS_HARNESS_GUEST_H

/* Runs a command in the guest's shell and gives its exit status; ret_out (NULL: not wanted): what it printed on both streams, owned.
 * The guest must be at its prompt. */
int guest_run(const char *name, const char *command, char **ret_out);
/* Fails the test unless the command succeeds. */
void guest_does(const char *name, const char *command);
/* Fails the test if the command succeeds. */
void guest_cannot(const char *name, const char *command);
/* Runs it again and again until it succeeds and has printed text ("": whatever it printed); fails the test when the time is up. */
void guest_shows(const char *name, const char *command, const char *text);

/* Pings of one packet, over IPv4 or IPv6. */
void guest_reaches(const char *name, const char *address);
void guest_reaches_not(const char *name, const char *address);

#endif
