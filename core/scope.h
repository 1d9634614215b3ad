/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where systemd runs, each machine is a transient scope of machine.slice, and so is what serves a network or a card: else a logout or a stopped unit
 * would kill it. */
#ifndef CORE_SCOPE_H
#define CORE_SCOPE_H

#include <stdbool.h>

/* Can a scope be made here, by this user? */
bool scope_available(void);
/* The words that go before a program's own argv: systemd-run, which makes the scope and becomes the program. unit: without ".scope". Owned. */
char **scope_argv(const char *systemd_run, bool user, const char *unit);
/* The same where wanted, and where a scope can be made; else none. Owned. */
char **scope_begin(bool wanted, const char *unit);

#endif
