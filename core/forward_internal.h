/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of port forwards in core/ share. */
#ifndef CORE_FORWARD_INTERNAL_H
#define CORE_FORWARD_INTERNAL_H

#include "core/forward.h"

struct device_change;
struct domain;
struct interface;

/* ---- of documents (forward.c) ---- */

/* What the <portForward>s of a card come to; those of passt by device (dev=), and those of all ports, are passed over: whether these can be
 * had passt tells. Owned array. */
struct forward *interface_forwards(const struct interface *interface, size_t *ret_count);
void forwards_free(struct forward *forwards, size_t count);
struct forward forward_copy(const struct forward *forward);
/* The very same ports of the same address? */
bool forward_equal(const struct forward *a, const struct forward *b);
/* Would both want a port of the host? */
bool forwards_meet(const struct forward *a, const struct forward *b);
/* Any of them in a document that meets this one: what it is, for messages ("tcp 2222:22"). Owned; NULL: none. */
char *domain_forward_meeting(const struct domain *domain, const struct forward *forward);

/* ---- who has a port (forward_taken.c) ---- */

/* ERROR_EXISTS with who has it: a machine that runs, or a program that listens there. domain_id: the machine that wants it, which may have it
 * itself. */
bool forward_check_free(struct manager *manager, int64_t domain_id, const struct forward *forward, struct error *err);
/* The same for all that cards want which are to start or to be plugged, and for each other. live: what the machine runs with already; NULL: it
 * does not run. */
bool interfaces_check_forwards(struct manager *manager, int64_t domain_id, const struct domain *live, const struct interface *interfaces,
			       size_t count, struct error *err);

/* ---- QEMU's user networking (forward_user.c) ---- */

/* QEMU listens, or (add false) does no more; what was done of it is taken back where it fails. */
bool forward_user_change(struct device_change *change, const struct interface *interface, const struct forward *forwards, size_t count,
			 bool add, struct error *err);
/* Makes QEMU listen where a card of the live document says it does, and nowhere else; what it cannot listen at goes from the document. */
bool forward_user_follow(struct device_change *change, const struct interface *interface, struct error *err);
/* What QEMU's "info usernet" says of a netdev. Owned array. */
struct forward *forward_user_read(const char *text, const char *netdev, size_t *ret_count);

/* ---- after a change that was killed (forward_change.c) ---- */

/* Makes everything listen and send on as the live document says: it was not changed yet, or wholly. Under the lock. */
bool domain_forwards_follow(struct device_change *change, const struct domain *live, struct error *err);

#endif
