/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guard of a bridge that is being made: carries the change out, and puts it back unless somebody confirms it. */
#ifndef CORE_KEEPER_BRIDGE_H
#define CORE_KEEPER_BRIDGE_H

/* Takes {"action": "create" or "delete", ...} from start_fd, answers as a keeper does, and after a create waits there and on the control socket of
 * the directory: {"outcome": "confirmed"} or "put-back" is its last word on start_fd. Returns main()'s exit status. */
int bridge_guard(const char *directory, int start_fd);

#endif
