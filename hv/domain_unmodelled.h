/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a document says and the tables do not describe. */
#ifndef HV_DOMAIN_UNMODELLED_H
#define HV_DOMAIN_UNMODELLED_H

#include <libxml/tree.h>

/* A schema_reader's unmodelled(): notes it in the struct domain that context is. */
void unmodelled_add(void *domain, const xmlNode *node, const xmlAttr *attribute);

#endif
