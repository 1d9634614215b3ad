/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libxml2, hardened: no network, no DTD, no entities, bounded size and depth; and the small steps over a tree that
 * virtty uses. */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/error.h"

#include <libxml/tree.h>
#include <stddef.h>

#define XML_SIZE_LIMIT	(8 * 1024 * 1024) /* bytes of one document */
#define XML_DEPTH_LIMIT 64		  /* elements inside one another */

#define _cleanup_xmldoc_ _cleanup_(cleanup_xmldoc)
void cleanup_xmldoc(xmlDoc **doc);

/* Parses a document; white space, comments and processing instructions are kept. name stands before messages:
 * "file.xml:3: ...". Refused: a DOCTYPE of any kind, more than the limits above, invalid UTF-8, no root. Owned by the
 * caller; NULL on error. */
xmlDoc *xml_parse(const char *name, const char *text, size_t length, struct error *err);
/* The document as text, with a final newline, without an XML declaration, attributes in single quotes as libvirt's;
 * white space as it was, but for a document whose root has none between its children (one line): that one is indented.
 * Owned. */
char *xml_format(xmlDoc *doc);
/* One element (and what is in it) as text. Owned. */
char *xml_format_node(xmlNode *node);

/* In all names below "disk" means the element without a prefix, "qemu:arg" the one with that prefix. */

/* First child element of that name; NULL name: any. NULL when there is none. */
xmlNode *xml_child(const xmlNode *node, const char *name);
/* Next sibling element of that name (NULL: any). */
xmlNode *xml_next(const xmlNode *node, const char *name);
/* An attribute's value, or NULL. Owned. */
char *xml_attribute(const xmlNode *node, const char *name);
/* An element's text without blanks at its ends. Owned, never NULL. */
char *xml_text(const xmlNode *node);
/* The element at a relative path "os/type", made where missing (indented like its siblings). Owned by the tree. */
xmlNode *xml_make_path(xmlNode *node, const char *path);
/* Appends a new element, indented as its siblings are (before the parent's closing indentation). text may be NULL. */
xmlNode *xml_add_child(xmlNode *parent, const char *name, const char *text);
/* As xml_add_child(), right after sibling. */
xmlNode *xml_add_after(xmlNode *sibling, const char *name, const char *text);
/* Adds a parsed element (taken over, from this or another document that still exists) as the last child, indented. */
void xml_adopt_child(xmlNode *parent, xmlNode *child);
/* As xml_adopt_child(), right after sibling. */
void xml_adopt_after(xmlNode *sibling, xmlNode *child);
/* May this text stand in a document? Valid UTF-8 without the control characters that XML forbids even escaped. Check
 * what users typed before it is set: what is set unchecked could not be parsed again. */
bool xml_text_valid(const char *text);
/* A NULL value removes the attribute. value and text are plain: escaping is done when they are printed. */
void xml_set_attribute(xmlNode *node, const char *name, const char *value);
void xml_set_text(xmlNode *node, const char *text);
/* Removes an element with the white space before it, and frees it. */
void xml_remove(xmlNode *node);
/* Line of an element in its file. */
long xml_line(const xmlNode *node);
/* "/domain/devices/disk[2]/driver": for messages. Owned. */
char *xml_path(const xmlNode *node);

#endif
