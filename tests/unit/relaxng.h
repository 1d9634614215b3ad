/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libvirt's own schemas, where they are installed: what virtty prints must be what libvirt takes. */
#ifndef TESTS_UNIT_RELAXNG_H
#define TESTS_UNIT_RELAXNG_H

#include <libxml/relaxng.h>

/* "storagepool": libvirt's schema of that name. Owned; NULL when it is not installed, which is said. */
xmlRelaxNG *relaxng_open(const char *name);
/* Fails the test when the text is not as the schema says. schema NULL: nothing is looked at. */
void relaxng_expect(xmlRelaxNG *schema, const char *name, const char *text);

#endif
