/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small steps over an XML tree that virtty takes; what is added is indented as its surroundings are. */
#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"

#include <string.h>

#define BLANKS " \t\r\n"

/* Is the node the element that name says? "disk" has no prefix, "qemu:arg" has that one. */
static bool is_named(const xmlNode *node, const char *name)
{
	if (node->type != XML_ELEMENT_NODE)
		return false;
	if (name == NULL)
		return true;
	const char *prefix = node->ns != NULL ? (const char *)node->ns->prefix : NULL;
	const char *colon = strchr(name, ':');

	if (prefix == NULL || colon == NULL)
		return prefix == NULL && colon == NULL && strcmp((const char *)node->name, name) == 0;
	size_t length = (size_t)(colon - name);

	return strlen(prefix) == length && memcmp(prefix, name, length) == 0 &&
	       strcmp((const char *)node->name, colon + 1) == 0;
}

xmlNode *xml_child(const xmlNode *node, const char *name)
{
	for (xmlNode *child = node != NULL ? node->children : NULL; child != NULL; child = child->next)
		if (is_named(child, name))
			return child;
	return NULL;
}

xmlNode *xml_next(const xmlNode *node, const char *name)
{
	for (xmlNode *next = node != NULL ? node->next : NULL; next != NULL; next = next->next)
		if (is_named(next, name))
			return next;
	return NULL;
}

char *xml_attribute(const xmlNode *node, const char *name)
{
	xmlChar *value = node != NULL ? xmlGetNoNsProp((xmlNode *)(uintptr_t)node, BAD_CAST name) : NULL;
	char *copy = xstrdup_null((const char *)value);

	xmlFree(value);
	return copy;
}

char *xml_text(const xmlNode *node)
{
	xmlChar *content = node != NULL ? xmlNodeGetContent(node) : NULL;
	const char *text = content != NULL ? (const char *)content : "";

	text += strspn(text, BLANKS);
	size_t length = strlen(text);

	while (length > 0 && strchr(BLANKS, text[length - 1]) != NULL)
		length--;
	char *copy = xstrndup(text, length);

	xmlFree(content);
	return copy;
}

static bool is_blank_text(const xmlNode *node)
{
	return node != NULL && node->type == XML_TEXT_NODE && xmlIsBlankNode(node) == 1;
}

/* The line break and blanks right before a node ("\n    "), borrowed; NULL when it does not start a line. */
static const char *indent_before(const xmlNode *node)
{
	if (node->prev == NULL || !is_blank_text(node->prev) || node->prev->content == NULL)
		return NULL;
	return strrchr((const char *)node->prev->content, '\n');
}

/* The indentation of an element itself; the root is never indented. Borrowed, NULL when it does not start a line. */
static const char *indent_of(const xmlNode *node)
{
	const char *indent = indent_before(node);

	if (indent == NULL && (node->parent == NULL || node->parent->type != XML_ELEMENT_NODE))
		return "\n";
	return indent;
}

/* What to put before a new child of parent: as its siblings have it, else the parent's and two blanks.
 * Owned; NULL when there the document is written on one line or the element holds text. */
static char *indent_for_child(const xmlNode *parent)
{
	bool has_children = false;

	for (const xmlNode *child = parent->last; child != NULL; child = child->prev) {
		if (is_blank_text(child))
			continue;
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			return NULL;
		const char *indent = indent_before(child);

		if (indent != NULL)
			return xstrdup(indent);
		has_children = true;
	}
	const char *own = indent_of(parent);

	return own != NULL && !has_children ? strf("%s  ", own) : NULL;
}

static xmlNode *text_make(xmlDoc *doc, const char *text)
{
	xmlNode *node = xmlNewDocText(doc, BAD_CAST text);

	if (node == NULL)
		memory_exhausted();
	return node;
}

/* Puts child last into parent, on a line of its own where the others have theirs. */
static void append_indented(xmlNode *parent, xmlNode *child)
{
	_cleanup_free_ char *indent = indent_for_child(parent);

	if (indent == NULL) {
		xmlAddChild(parent, child);
		return;
	}
	xmlNode *last = parent->last;

	if (is_blank_text(last) && strchr((const char *)last->content, '\n') != NULL) {
		/* last is the white space before the closing tag: it stays last */
		xmlAddPrevSibling(last, child);
	} else {
		const char *own = indent_of(parent);

		xmlAddChild(parent, child);
		if (own != NULL)
			xmlAddNextSibling(child, text_make(parent->doc, own));
	}
	/* libxml2 joins it to a text that is there already */
	xmlAddPrevSibling(child, text_make(parent->doc, indent));
}

/* A new element for a place under parent: in the namespace of its prefix, else in its parent's. */
static xmlNode *element_make(xmlNode *parent, const char *name, const char *text)
{
	const char *colon = strchr(name, ':');
	xmlNs *ns = parent->ns;

	if (colon != NULL) {
		_cleanup_free_ char *prefix = xstrndup(name, (size_t)(colon - name));

		ns = xmlSearchNs(parent->doc, parent, BAD_CAST prefix);
		if (ns != NULL)
			name = colon + 1;
	}
	xmlNode *node = xmlNewDocNode(parent->doc, ns, BAD_CAST name, NULL);

	if (node == NULL)
		memory_exhausted();
	if (text != NULL)
		xmlNodeAddContent(node, BAD_CAST text);
	return node;
}

xmlNode *xml_add_child(xmlNode *parent, const char *name, const char *text)
{
	xmlNode *child = element_make(parent, name, text);

	append_indented(parent, child);
	return child;
}

xmlNode *xml_add_after(xmlNode *sibling, const char *name, const char *text)
{
	const char *indent = indent_before(sibling);
	xmlNode *node = element_make(sibling->parent, name, text);

	xmlAddNextSibling(sibling, node);
	if (indent != NULL)
		xmlAddPrevSibling(node, text_make(node->doc, indent));
	return node;
}

xmlNode *xml_make_path(xmlNode *node, const char *path)
{
	while (*path != '\0') {
		size_t length = strcspn(path, "/");
		_cleanup_free_ char *name = xstrndup(path, length);
		xmlNode *child = xml_child(node, name);

		node = child != NULL ? child : xml_add_child(node, name, NULL);
		path += length;
		path += *path == '/';
	}
	return node;
}

void xml_adopt_child(xmlNode *parent, xmlNode *child)
{
	xmlUnlinkNode(child);
	append_indented(parent, child);
	/* namespaces that the old document declared further up are declared here */
	xmlReconciliateNs(parent->doc, child);
}

void xml_adopt_after(xmlNode *sibling, xmlNode *child)
{
	const char *indent = indent_before(sibling);

	xmlUnlinkNode(child);
	xmlAddNextSibling(sibling, child);
	if (indent != NULL)
		xmlAddPrevSibling(child, text_make(child->doc, indent));
	xmlReconciliateNs(child->doc, child);
}

bool xml_text_valid(const char *text)
{
	const char *p = text;
	uint32_t c;

	if (!utf8_valid(text, strlen(text)))
		return false;
	while ((c = utf8_next(&p)) != 0)
		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0xfffe || c == 0xffff)
			return false;
	return true;
}

void xml_set_attribute(xmlNode *node, const char *name, const char *value)
{
	if (value == NULL)
		xmlUnsetProp(node, BAD_CAST name);
	else if (xmlSetProp(node, BAD_CAST name, BAD_CAST value) == NULL)
		memory_exhausted();
}

void xml_set_text(xmlNode *node, const char *text)
{
	/* emptied first and then added, for xmlNodeSetContent() would read '&' as an entity */
	xmlNodeSetContent(node, NULL);
	if (text != NULL && *text != '\0')
		xmlNodeAddContent(node, BAD_CAST text);
}

void xml_remove(xmlNode *node)
{
	xmlNode *before = node->prev;

	if (is_blank_text(before)) {
		xmlUnlinkNode(before);
		xmlFreeNode(before);
	}
	xmlUnlinkNode(node);
	xmlFreeNode(node);
}

long xml_line(const xmlNode *node)
{
	return xmlGetLineNo(node);
}

char *xml_path(const xmlNode *node)
{
	xmlChar *path = xmlGetNodePath(node);
	char *copy = xstrdup(path != NULL ? (const char *)path : "?");

	xmlFree(path);
	return copy;
}
