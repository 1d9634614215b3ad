/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a process may still do once somebody whom nobody knows may speak to it: for virtty-screen and virtty-osinfo. */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/error.h"

/* Closes what was inherited by mistake, from a descriptor on. At the very start. */
void sandbox_close_from(int first);
/* Forbids all system calls but those that moving bytes between open descriptors and memory takes, to all threads, for
 * good: any other one ends the process. Memory and descriptors are bounded, there are no core dumps. */
bool sandbox_enter(struct error *err);

#endif
