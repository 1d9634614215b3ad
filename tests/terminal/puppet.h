/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A puppet for the TUI's tests: the real virtty-tui, beside a script that plays `virtty`. What the TUI asks for is written down, and nothing of it
 * is done: no key of a test can start, delete or change anything. */
#ifndef TESTS_TERMINAL_PUPPET_H
#define TESTS_TERMINAL_PUPPET_H

#include <stdbool.h>

struct pty;

/* Sets it up in the home; stage_tui() runs it from now on. */
void puppet_new(void);
/* How this command of virtty ends from now on: "ok" (as it does when nothing was said), "fail", or "hang": not before puppet_release(). */
void puppet_answer(const char *verb, const char *how);
/* What it prints, from now on. */
void puppet_say(const char *verb, const char *text);
/* Lets one command that hangs end well. */
void puppet_release(struct pty *pty);
/* Was virtty run with arguments that begin with these words? */
bool puppet_asked(const char *words);
/* Waits until it was; fails the test when the time is up. */
void puppet_expect(struct pty *pty, const char *words);
/* Puts a script of the test's own beside it: HOME/puppet/NAME. */
void puppet_write(const char *name, const char *script);
/* Forgets what was asked. */
void puppet_forget(void);

#endif
