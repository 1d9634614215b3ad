/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pseudo-terminal for a console, as libvirt's <console type='pty'> has one. */
#ifndef CORE_KEEPER_PTY_H
#define CORE_KEEPER_PTY_H

#include "base/error.h"

/* A raw pty, 0600; both ends close-on-exec, the master non-blocking. ret_path is owned. */
bool pty_make(int *ret_master, int *ret_slave, char **ret_path, struct error *err);

#endif
