/* SPDX-License-Identifier: GPL-2.0-or-later */
/* passt: user networking in a process of its own, one for each card that asks for it, joined to QEMU by a socket.
 *
 * It ends with the last process that holds QEMU's end of the socket, whoever dies first and however. */
#ifndef CORE_PASST_H
#define CORE_PASST_H

#include "base/process.h"

#include <stdbool.h>
#include <stdint.h>

struct interface;
struct manager;

/* Its command line for a card, with its end of the socket as descriptor fd. Pure; owned. */
char **passt_argv(const char *program, const struct interface *interface, int fd);
/* Can the ports be had that a card forwards? ERROR_EXISTS, ERROR_FAILED: the first that cannot, and why; passt would go on without it where
 * others of a range can. */
bool passt_check_ports(const struct interface *interface, struct error *err);
/* Returns once it listens at its ports, or with its own words. *ret_fd (owned, close-on-exec): QEMU's end of the socket. */
bool passt_start(struct manager *manager, int64_t domain_id, const struct interface *interface, int *ret_fd, struct process_id *ret,
		 struct error *err);

#endif
