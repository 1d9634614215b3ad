/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A tap on one of the host's bridges for a user who may not make one: qemu-bridge-helper is asked, which root has allowed to.
 *
 * It is run by us: a QEMU that runs under its sandbox may run nothing. */
#ifndef NET_BRIDGE_HELPER_H
#define NET_BRIDGE_HELPER_H

#include "net/link.h"

/* A tap of one queue that is a port of the bridge, up, with the bridge's MTU and a name that the kernel gave it; gone when the descriptor (owned,
 * close-on-exec) is closed. ERROR_NOT_FOUND: there is no helper, or no such bridge; ERROR_UNSUPPORTED: root has not allowed it; the hint is the line
 * that does. */
bool bridge_helper_open(const char *bridge, bool vnet_header, int *ret_fd, char ret_name[LINK_NAME_SIZE], struct error *err);

#endif
