/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line about each thing that a document holds and no schema describes. */
#include "base/unmodelled.h"

#include "base/strv.h"
#include "base/xml.h"

void unmodelled_line(void *context, const xmlNode *node, const xmlAttr *attribute)
{
	struct unmodelled_lines *to = context;
	const char *name = (const char *)node->name;

	if (attribute != NULL)
		to->lines = strv_addf(to->lines, "%s:%ld: <%s>: attribute '%s' is kept, and not looked at", to->source,
				      xml_line(node), name, (const char *)attribute->name);
	else
		to->lines = strv_addf(to->lines, "%s:%ld: <%s> is kept, and not looked at", to->source, xml_line(node),
				      name);
}

void unmodelled_ignore(void *context, const xmlNode *node, const xmlAttr *attribute)
{
	(void)context;
	(void)node;
	(void)attribute;
}
