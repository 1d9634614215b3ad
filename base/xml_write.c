/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An XML tree as text: what was between the tags stays, attributes stand in single quotes as libvirt and virsh write
 * them. Only a document that was written wholly on one line is laid out anew. */
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/xml.h"

#include <string.h>

#define VERBATIM (-1) /* instead of a depth: white space stays as it is */

/* depth: of the node in a document that is laid out, or VERBATIM. */
static void write_node(struct strbuf *out, const xmlNode *node, int depth);

/* Writes text with what would be markup there as references. marks: the characters to replace. */
static void write_escaped(struct strbuf *out, const char *text, const char *marks)
{
	while (*text != '\0') {
		size_t plain = strcspn(text, marks);

		strbuf_add(out, text, plain);
		text += plain;
		switch (*text) {
		case '\0':
			return;
		case '&':
			strbuf_puts(out, "&amp;");
			break;
		case '<':
			strbuf_puts(out, "&lt;");
			break;
		case '>':
			strbuf_puts(out, "&gt;");
			break;
		case '\'':
			strbuf_puts(out, "&apos;");
			break;
		default:
			/* white space that a parser would change */
			strbuf_printf(out, "&#%d;", *text);
		}
		text++;
	}
}

/* "qemu:arg" or "disk". */
static void write_name(struct strbuf *out, const xmlNs *ns, const xmlChar *name)
{
	if (ns != NULL && ns->prefix != NULL) {
		strbuf_puts(out, (const char *)ns->prefix);
		strbuf_putc(out, ':');
	}
	strbuf_puts(out, (const char *)name);
}

static void write_attributes(struct strbuf *out, const xmlNode *node)
{
	for (const xmlNs *ns = node->nsDef; ns != NULL; ns = ns->next) {
		strbuf_puts(out, ns->prefix != NULL ? " xmlns:" : " xmlns");
		if (ns->prefix != NULL)
			strbuf_puts(out, (const char *)ns->prefix);
		strbuf_puts(out, "='");
		write_escaped(out, ns->href != NULL ? (const char *)ns->href : "", "&<>'\t\r\n");
		strbuf_putc(out, '\'');
	}
	for (const xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
		strbuf_putc(out, ' ');
		write_name(out, attribute->ns, attribute->name);
		strbuf_puts(out, "='");
		for (const xmlNode *piece = attribute->children; piece != NULL; piece = piece->next)
			if (piece->content != NULL)
				write_escaped(out, (const char *)piece->content, "&<>'\t\r\n");
		strbuf_putc(out, '\'');
	}
}

static bool holds_text(const xmlNode *node)
{
	for (const xmlNode *child = node->children; child != NULL; child = child->next)
		if (child->type == XML_TEXT_NODE || child->type == XML_CDATA_SECTION_NODE)
			return true;
	return false;
}

static void write_line_break(struct strbuf *out, int depth)
{
	strbuf_putc(out, '\n');
	for (int i = 0; i < depth; i++)
		strbuf_puts(out, "  ");
}

static void write_element(struct strbuf *out, const xmlNode *node, int depth)
{
	strbuf_putc(out, '<');
	write_name(out, node->ns, node->name);
	write_attributes(out, node);
	if (node->children == NULL) {
		strbuf_puts(out, "/>");
		return;
	}
	strbuf_putc(out, '>');
	/* white space is only put where none can be part of a text */
	bool laid_out = depth != VERBATIM && !holds_text(node);

	for (const xmlNode *child = node->children; child != NULL; child = child->next) {
		if (laid_out)
			write_line_break(out, depth + 1);
		write_node(out, child, laid_out ? depth + 1 : VERBATIM);
	}
	if (laid_out)
		write_line_break(out, depth);
	strbuf_puts(out, "</");
	write_name(out, node->ns, node->name);
	strbuf_putc(out, '>');
}

/* Something with fixed words around its content. */
static void write_wrapped(struct strbuf *out, const char *before, const xmlNode *node, const char *after)
{
	strbuf_puts(out, before);
	if (node->content != NULL)
		strbuf_puts(out, (const char *)node->content);
	strbuf_puts(out, after);
}

static void write_node(struct strbuf *out, const xmlNode *node, int depth)
{
	/* a document without a DTD has no other kinds */
	if (node->type == XML_ELEMENT_NODE) {
		write_element(out, node, depth);
	} else if (node->type == XML_TEXT_NODE) {
		if (node->content != NULL)
			write_escaped(out, (const char *)node->content, "&<>\r");
	} else if (node->type == XML_CDATA_SECTION_NODE) {
		write_wrapped(out, "<![CDATA[", node, "]]>");
	} else if (node->type == XML_COMMENT_NODE) {
		write_wrapped(out, "<!--", node, "-->");
	} else if (node->type == XML_PI_NODE) {
		strbuf_puts(out, "<?");
		strbuf_puts(out, (const char *)node->name);
		write_wrapped(out, node->content != NULL ? " " : "", node, "?>");
	}
}

char *xml_format(xmlDoc *doc)
{
	struct strbuf out = STRBUF_INIT;

	for (const xmlNode *node = doc->children; node != NULL; node = node->next) {
		/* a root without any text between its children was written on one line: nobody could read or edit it */
		write_node(&out, node, node->type == XML_ELEMENT_NODE && !holds_text(node) ? 0 : VERBATIM);
		strbuf_putc(&out, '\n');
	}
	return strbuf_take(&out);
}

char *xml_format_node(xmlNode *node)
{
	struct strbuf out = STRBUF_INIT;

	write_node(&out, node, VERBATIM);
	return strbuf_take(&out);
}
