/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patches that the manager makes: name, identity, texts, metadata. Document and view change together. */
#include "hv/domain.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "hv/domain_schema.h"

#include <stdlib.h>
#include <string.h>

bool domain_set_name(struct domain *domain, const char *name, struct error *err)
{
	return name_check("name", name, err) && schema_set(&domain_schema, domain, "name", name, err);
}

void domain_set_uuid(struct domain *domain, const char *uuid)
{
	schema_set(&domain_schema, domain, "uuid", uuid, NULL);
}

void domain_set_title(struct domain *domain, const char *title)
{
	schema_set(&domain_schema, domain, "title", text_empty(title) ? NULL : title, NULL);
}

void domain_set_description(struct domain *domain, const char *description)
{
	schema_set(&domain_schema, domain, "description", text_empty(description) ? NULL : description, NULL);
}

static bool is_namespace(const xmlNs *ns, const char *uri)
{
	return ns != NULL && ns->href != NULL && strcmp((const char *)ns->href, uri) == 0;
}

static xmlNode *metadata_find(const struct domain *domain, const char *uri)
{
	for (xmlNode *node = xml_child(domain->metadata, NULL); node != NULL; node = xml_next(node, NULL))
		if (is_namespace(node->ns, uri))
			return node;
	return NULL;
}

/* Takes a namespace away from an element and all below it, and its declarations with it. */
static void namespace_strip(xmlNode *node, const char *uri)
{
	if (is_namespace(node->ns, uri))
		node->ns = NULL;
	for (xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next)
		if (is_namespace(attribute->ns, uri))
			attribute->ns = NULL;
	for (xmlNode *child = node->children; child != NULL; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			namespace_strip(child, uri);
	for (xmlNs **at = &node->nsDef; *at != NULL;) {
		xmlNs *ns = *at;

		if (!is_namespace(ns, uri)) {
			at = &ns->next;
			continue;
		}
		*at = ns->next;
		xmlFreeNs(ns);
	}
}

/* Puts the elements that are in no namespace into one. */
static void namespace_inject(xmlNode *node, xmlNs *ns)
{
	if (node->ns == NULL)
		xmlSetNs(node, ns);
	for (xmlNode *child = node->children; child != NULL; child = child->next)
		if (child->type == XML_ELEMENT_NODE)
			namespace_inject(child, ns);
}

/* As libvirt gives it: without the prefix that it has in the document. */
char *domain_get_metadata(const struct domain *domain, const char *uri)
{
	xmlNode *node = metadata_find(domain, uri);
	_cleanup_xmldoc_ xmlDoc *doc = node != NULL ? xmlNewDoc(BAD_CAST "1.0") : NULL;
	xmlNode *copy = doc != NULL ? xmlDocCopyNode(node, doc, 1) : NULL;

	if (copy == NULL)
		return NULL;
	xmlDocSetRootElement(doc, copy);
	namespace_strip(copy, uri);
	return xml_format_node(copy);
}

/* The root of a parsed text, taken out of its document and put into the namespace. */
static xmlNode *metadata_parse(const char *uri, const char *prefix, const char *xml, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xml_parse("metadata", xml, strlen(xml), err);

	if (doc == NULL)
		return NULL;
	xmlNode *root = xmlDocGetRootElement(doc);

	if (!is_namespace(root->ns, uri)) {
		xmlNs *ns = xmlNewNs(root, BAD_CAST uri, BAD_CAST(text_empty(prefix) ? NULL : prefix));

		if (ns == NULL) {
			error_set(err, ERROR_INVALID, "metadata: the prefix '%s' is used for another namespace",
				  prefix != NULL ? prefix : "");
			return NULL;
		}
		xmlSetNs(root, ns);
		namespace_inject(root, ns);
	}
	xmlUnlinkNode(root);
	return root;
}

bool domain_set_metadata(struct domain *domain, const char *uri, const char *prefix, const char *xml, struct error *err)
{
	if (text_empty(uri))
		return error_set(err, ERROR_INVALID, "metadata needs the URI of its namespace");
	if (prefix != NULL && *prefix != '\0' && xmlValidateNCName(BAD_CAST prefix, 0) != 0)
		return error_set(err, ERROR_INVALID, "'%s' cannot be the prefix of a namespace", prefix);
	xmlNode *node = metadata_parse(uri, prefix, xml, err);

	if (node == NULL)
		return false;
	xmlNode *old = metadata_find(domain, uri);

	if (old != NULL)
		xml_remove(old);
	if (domain->metadata == NULL)
		domain->metadata = schema_element(&domain_schema, domain, "metadata");
	xml_adopt_child(domain->metadata, node);
	return true;
}

bool domain_remove_metadata(struct domain *domain, const char *uri, struct error *err)
{
	xmlNode *node = metadata_find(domain, uri);

	if (node == NULL)
		return error_set(err, ERROR_NOT_FOUND, "'%s' has no metadata of '%s'", domain->name, uri);
	xml_remove(node);
	if (xml_child(domain->metadata, NULL) == NULL) {
		xml_remove(domain->metadata);
		domain->metadata = NULL;
	}
	return true;
}
