/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of domain_validate(), a file each. */
#ifndef HV_DOMAIN_VALIDATE_H
#define HV_DOMAIN_VALIDATE_H

#include "hv/domain.h"

#include <stdbool.h>

/* What every check needs. */
struct check {
	const struct domain *domain;
	const char *source; /* stands before ':' in messages */
	struct error *err;
};

/* Sets "source:line: <element>: message" for an element; false. */
bool check_fail(const struct check *check, const xmlNode *node, const char *format, ...) __attribute__((format(printf, 3, 4)));

bool validate_disks(const struct check *check);
bool validate_devices(const struct check *check);
bool validate_addresses(const struct check *check);
/* Nothing that must be there once only is there twice: targets, addresses, aliases, MACs, boot orders, controllers, ports. */
bool validate_claims(const struct check *check);

#endif
