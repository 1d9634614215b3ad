/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The <portForward> of a network card: what its ranges come to, and the element with a port more or less. */
#ifndef HV_PORT_FORWARDING_H
#define HV_PORT_FORWARDING_H

#include "hv/domain.h"

#define FORWARD_PORTS_MAX 4096u /* of one <portForward>: each is a socket of QEMU's, or an entry of the firewall's */

/* count ports in a row of the host, from host on, that lead to as many of the guest, from guest on. */
struct port_run {
	unsigned host, guest, count;
};
/* Its ranges without those that are left out, in their order. Owned array. ERROR_UNSUPPORTED: it names no port, which would be all of
 * them; ERROR_INVALID: a range that ends before it starts, or leads beyond port 65535. */
bool port_forwarding_runs(const struct port_forwarding *forwarding, struct port_run **ret, size_t *ret_count, struct error *err);

/* Is it forwarded by that protocol and address (NULL: any) of the host, whichever way the address is written? */
bool port_forwarding_is(const struct port_forwarding *forwarding, const char *proto, const char *address);

/* Changes of an <interface> of a document. The run joins the first element of that protocol and address that leaves nothing out, else it gets one of
 * its own. */
void port_forwarding_add(xmlNode *interface, const char *proto, const char *address, const struct port_run *run);
/* Takes the very range out, and its element with the last one. False: there is none. */
bool port_forwarding_remove(xmlNode *interface, const char *proto, const char *address, const struct port_run *run);

#endif
