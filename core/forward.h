/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ports of the host that lead to a machine: kept in its definition as libvirt's <portForward> of a network card.
 *
 * With user networking QEMU (or passt) listens. On a network of ours nft leads what arrives to the guest's address, which the network has to
 * know: the card gets a reservation there, the address it has now where it has one. */
#ifndef CORE_FORWARD_H
#define CORE_FORWARD_H

#include "core/manager.h"

struct forward {
	char *proto;	     /* "tcp", "udp" */
	char *address;	     /* of the host; NULL: any */
	unsigned host_port, guest_port, count; /* count ports in a row, from these on */
};
#define _cleanup_forward_ _cleanup_(forward_clear)
void forward_clear(struct forward *forward);
/* "2222:22", "127.0.0.1:2222:22", "[::1]:2222:22", "8000-8010:9000-9010", "80" (the same port): proto "tcp" or "udp". */
bool forward_parse(const char *proto, const char *text, struct forward *ret, struct error *err);
/* "2222", "8000-8010", at an address (NULL: none is said) "[::1]:8000-8010". Owned. */
char *forward_ports_text(const char *address, unsigned first, unsigned count);
/* "2222:22", as forward_parse() reads it. Owned. */
char *forward_text(const struct forward *forward);

struct forward_row {
	struct forward forward;
	char *mac, *type, *source; /* owned: the card, what it stands on ("network", "user"), the network's name or NULL */
	char *backend;		   /* owned: "passt"; NULL: none or QEMU's own */
	char *guest;		   /* owned: the guest's address; NULL: not known yet, or QEMU's business */
};
void forward_rows_free(struct forward_row *rows, size_t count);
/* Of the running machine (live) or of its definition, in the document's order; a range with exceptions is several. Owned array. */
bool domain_forwards(struct manager *manager, const struct machine *machine, bool live, struct forward_row **ret, size_t *ret_count,
		     struct error *err);

/* flags: CHANGE_* of device_change.h; none: the definition, and the running machine where it runs, whichever does not have it yet. card: by MAC,
 * alias or target; NULL: the first that can forward. notes (may be NULL): what follows from it: an address reserved, a change that waits for
 * the next start. Owned vector. ERROR_EXISTS: the port leads somewhere already, or a program listens there; the message says where. */
bool domain_forward_add(struct manager *manager, const struct machine *machine, const char *card, const struct forward *forward,
			unsigned flags, char ***notes, struct error *err);
/* ERROR_NOT_FOUND: it has no such forward. A part of a range cannot be taken out. */
bool domain_forward_delete(struct manager *manager, const struct machine *machine, const struct forward *forward, unsigned flags,
			   char ***notes, struct error *err);

#endif
