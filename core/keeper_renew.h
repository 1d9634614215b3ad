/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An upgrade needs no guest's downtime: the keeper of an older virtty is asked to execute this one's. */
#ifndef CORE_KEEPER_RENEW_H
#define CORE_KEEPER_RENEW_H

struct run;

/* Asks the keeper behind a control socket, when the row says that it is of an older version than this program; it keeps its pid, its QEMU and its
 * descriptors. One that cannot goes on as it is, and the next live operation asks again: an upgrade hinders no machine. */
void keeper_renew(const struct run *run, const char *control);

#endif
