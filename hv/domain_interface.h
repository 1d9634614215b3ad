/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One network card of a document: read alone, found, and its text as a change makes it. */
#ifndef HV_DOMAIN_INTERFACE_H
#define HV_DOMAIN_INTERFACE_H

#include "hv/domain_device.h"

/* Reads an <interface> alone: ERROR_INVALID names source and line. The caller frees it with interface_free(). */
struct interface *interface_parse(const struct device_text *text, struct error *err);
void interface_free(struct interface *interface);

/* By the host's end ("vnet0"), alias or MAC (written in any way); NULL when there is none. */
struct interface *domain_find_interface(const struct domain *domain, const char *key);

/* User networking by the program passt, in place of QEMU's own? */
bool interface_uses_passt(const struct interface *interface);

/* The first thing that given states and that only a new start can change: "model ('e1000', not 'virtio')". Owned; NULL: nothing. */
char *interface_difference(const struct interface *interface, const struct interface *given);

/* Texts of a card. Owned; NULL with err.
 * The card with the source, link, limits and filter that text states: none of them where it states none. */
char *interface_text_changed(const struct interface *interface, const struct device_text *text, struct error *err);
/* The text given, with the MAC, alias and address of the card that it takes the place of, where it states none. */
char *interface_text_placed(const struct interface *interface, const struct device_text *text, struct error *err);
char *interface_text_link(const struct interface *interface, bool up, struct error *err);

/* A card as a form asks for it. */
struct interface_form {
	const char *type;   /* "network", "bridge", "direct", "user"; NULL: joined as it is */
	const char *source; /* the network, bridge or device of that; NULL: none */
	const char *backend; /* of "user": "passt"; NULL: QEMU's own */
	const char *model;  /* NULL: as it is */
	const char *mac;    /* NULL: as it is, or made */
	bool up;	    /* the cable is in */
};
/* The card, or a new one (NULL), as the form asks for it; all else of it stays but what was of its former source. */
char *interface_text_formed(const struct interface *interface, const struct interface_form *form, struct error *err);

/* A limit in KiB a second, and KiB; average 0: none. */
struct interface_limit {
	uint64_t average, peak, burst;
};
/* NULL: this side stays as it is. */
char *interface_text_limits(const struct interface *interface, const struct interface_limit *inbound,
			    const struct interface_limit *outbound, struct error *err);

#endif
