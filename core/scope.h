/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where systemd runs, each machine is a transient scope of machine.slice: else a logout or a stopped unit would kill it. */
#ifndef CORE_SCOPE_H
#define CORE_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

/* Can a scope be made here, by this user? */
bool scope_available(void);
/* The words that go before the keeper's own argv: systemd-run, which makes the scope and becomes the command. Owned. */
char **scope_argv(const char *systemd_run, bool user, int64_t domain_id, int64_t generation);

#endif
