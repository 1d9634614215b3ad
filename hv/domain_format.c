/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Step 4: the document as text. It is the truth already: nothing is written anew from the view. */
#include "hv/domain.h"

#include "base/memory.h"
#include "base/xml.h"

/* Takes the passwords out of a copy. */
static void remove_secrets(xmlDoc *doc)
{
	xmlNode *devices = xml_child(xmlDocGetRootElement(doc), "devices");

	for (; devices != NULL; devices = xml_next(devices, "devices"))
		for (xmlNode *node = xml_child(devices, "graphics"); node != NULL; node = xml_next(node, "graphics"))
			xml_set_attribute(node, "passwd", NULL);
}

static bool has_secrets(const struct domain *domain)
{
	for (size_t i = 0; i < domain->graphics_count; i++)
		if (xmlHasProp(domain->graphics[i].device.node, BAD_CAST "passwd") != NULL)
			return true;
	/* what was not read into the view may have some too */
	return domain->unmodelled_count > 0;
}

char *domain_format(const struct domain *domain, bool secure)
{
	if (secure || !has_secrets(domain))
		return xml_format(domain->doc);
	_cleanup_xmldoc_ xmlDoc *copy = xmlCopyDoc(domain->doc, 1);

	remove_secrets(copy);
	return xml_format(copy);
}
