/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files about changes of network cards share. */
#ifndef CORE_DEVICE_INTERFACE_INTERNAL_H
#define CORE_DEVICE_INTERFACE_INTERNAL_H

#include "core/device_internal.h"
#include "hv/domain_interface.h"

/* The card by its host's end, alias or MAC. ERROR_NOT_FOUND. */
struct interface *find_interface(const struct device_change *change, const struct domain *domain, const char *key,
				 struct error *err);
/* The MAC of a card, which is the same in both documents; the definition does not know the tap's name. Owned; NULL with err. */
char *find_mac(struct device_change *change, const char *key, struct error *err);
/* The card that a text means: by its MAC, else its alias, else the only one of the machine. */
struct interface *find_interface_given(const struct device_change *change, const struct domain *domain,
				       const struct interface *given, struct error *err);
/* "interface 'net0', network 'default'": for the history. Owned. */
char *interface_words(const struct interface *interface);
bool interface_update(struct device_change *change, const struct device_text *text, struct error *err);

#endif
