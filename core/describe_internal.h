/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Between the files that describe a machine. */
#ifndef CORE_DESCRIBE_INTERNAL_H
#define CORE_DESCRIBE_INTERNAL_H

#include "core/describe.h"
#include "hv/domain.h"

/* Appends a fact; value (taken, owned) NULL adds none. */
void describe_fact(struct description *description, enum describe_group group, const char *label, char *value);
/* Appends all devices of a document. */
void describe_devices(const struct domain *domain, struct description *description);
/* "pci 0000:03:00.0". Owned; NULL without an address. */
char *describe_address(const struct address *address);

#endif
