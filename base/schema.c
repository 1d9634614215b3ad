/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one walker that reads an element into a struct by its schema, and so finds what no row describes. */
#include "base/schema.h"

#include "base/memory.h"
#include "base/xml.h"

#include <string.h>

/* One struct being read. */
struct walk {
	const struct schema *schema;
	void *object;
	const struct schema_reader *reader;
	struct error *err;
};

/* Rows first to last (excluded) share the path up to position, where the next step begins. */
struct range {
	size_t first, last, position;
};

static bool visit_element(const struct walk *walk, xmlNode *node, struct range range);

static bool fail_at(const struct walk *walk, const xmlNode *node)
{
	const char *name = (const char *)node->name;

	return error_wrap(walk->err, "%s:%ld: <%s>", walk->reader->source, xml_line(node), name);
}

/* What a row's path goes on with in its range; "" for the row of the range's element itself, whose path ends before. */
static const char *step_of(const struct schema_row *row, struct range range)
{
	return range.position > 0 && row->path[range.position - 1] == '\0' ? "" : row->path + range.position;
}

/* The length of name when that is the step, else 0. */
static size_t step_matches(const char *step, const char *name)
{
	if (*step != *name)
		return 0;
	size_t i = 0;

	while (name[i] != '\0' && step[i] == name[i])
		i++;
	return name[i] == '\0' && (step[i] == '\0' || step[i] == '/') ? i : 0;
}

/* The rows for a child element of that name; first == last when there are none. */
static struct range range_of(const struct schema *schema, struct range range, const char *name)
{
	struct range found = { range.last, range.last, 0 };

	for (size_t i = range.first; i < range.last; i++) {
		size_t length = step_matches(step_of(&schema->rows[i], range), name);

		if (length == 0 && found.position != 0)
			break;
		if (length == 0)
			continue;
		if (found.position == 0)
			found.first = i;
		found.last = i + 1;
		found.position = range.position + length + 1;
	}
	return found;
}

/* The row of the element itself, if there is one: it comes first. */
static const struct schema_row *own_row(const struct schema *schema, struct range range)
{
	const struct schema_row *row = &schema->rows[range.first];

	return range.position > 0 && row->path[range.position - 1] == '\0' ? row : NULL;
}

/* The text of an attribute or element: borrowed where it is one piece, else kept in *owned. */
static const char *content_of(const xmlNode *children, xmlDoc *doc, xmlChar **owned)
{
	if (children == NULL)
		return "";
	if (children->next == NULL && (children->type == XML_TEXT_NODE || children->type == XML_CDATA_SECTION_NODE))
		return children->content != NULL ? (const char *)children->content : "";
	*owned = xmlNodeListGetString(doc, (xmlNode *)(uintptr_t)children, 1);
	return *owned != NULL ? (const char *)*owned : "";
}

static void cleanup_content(xmlChar **content)
{
	xmlFree(*content);
}

static const char *const blanks = " \t\r\n";

static bool read_text(const struct walk *walk, const struct schema_row *row, xmlNode *node)
{
	_cleanup_(cleanup_content) xmlChar *owned = NULL;
	const char *text = content_of(node->children, node->doc, &owned);

	/* pieces around a comment, or elements: all the text there is */
	if (owned != NULL) {
		xmlFree(owned);
		owned = xmlNodeGetContent(node);
		text = owned != NULL ? (const char *)owned : "";
	}
	if (row->kind == SCHEMA_RAW)
		return schema_read_value(row, walk->object, text, node, walk->err) || fail_at(walk, node);
	text += strspn(text, blanks);
	size_t length = strlen(text);

	while (length > 0 && strchr(blanks, text[length - 1]) != NULL)
		length--;
	if (text[length] == '\0')
		return schema_read_value(row, walk->object, text, node, walk->err) || fail_at(walk, node);
	_cleanup_free_ char *trimmed = xstrndup(text, length);

	return schema_read_value(row, walk->object, trimmed, node, walk->err) || fail_at(walk, node);
}

/* Attributes that belong to an element's own value. */
static bool is_value_attribute(const struct schema_row *own, const char *name)
{
	if (own == NULL)
		return false;
	if (own->kind == SCHEMA_KIB || own->kind == SCHEMA_KIB_PLAIN || own->kind == SCHEMA_BYTES)
		return strcmp(name, "unit") == 0;
	return own->kind == SCHEMA_SWITCH && strcmp(name, "state") == 0;
}

/* The row of an attribute that holds now, or NULL. */
static const struct schema_row *attribute_row(const struct walk *walk, struct range range, const char *name)
{
	for (size_t i = range.first; i < range.last; i++) {
		const struct schema_row *row = &walk->schema->rows[i];
		const char *step = step_of(row, range);

		if (*step == '@' && strcmp(step + 1, name) == 0 && schema_holds(row, walk->object))
			return row;
	}
	return NULL;
}

/* Reads the attributes that are keys, or those that are not: a row may hold only once its key is known. */
static bool visit_attributes(const struct walk *walk, xmlNode *node, struct range range, bool keys)
{
	const struct schema_row *own = own_row(walk->schema, range);

	for (xmlAttr *attribute = node->properties; attribute != NULL; attribute = attribute->next) {
		const char *name = (const char *)attribute->name;
		const struct schema_row *row = attribute->ns == NULL ? attribute_row(walk, range, name) : NULL;

		if (keys != (row != NULL && row->key))
			continue;
		if (row == NULL) {
			if (attribute->ns != NULL || !is_value_attribute(own, name))
				walk->reader->unmodelled(walk->reader->context, node, attribute);
			continue;
		}
		_cleanup_(cleanup_content) xmlChar *owned = NULL;
		const char *text = content_of(attribute->children, node->doc, &owned);

		if (!schema_read_value(row, walk->object, text, node, walk->err))
			return fail_at(walk, node);
	}
	return true;
}

static bool has_elements(const xmlNode *node)
{
	return xml_child(node, NULL) != NULL;
}

static bool read_tree(const struct walk *walk, const struct schema_row *row, xmlNode *node)
{
	if (node->properties == NULL && !has_elements(node)) {
		*(bool *)((char *)walk->object + row->count_offset) = true;
		return true;
	}
	void *below = xcalloc(1, row->schema->size);

	schema_set_pointer(row, walk->object, below);
	return schema_parse(row->schema, node, below, walk->reader, walk->err);
}

static bool read_item(const struct walk *walk, const struct schema_row *row, xmlNode *node)
{
	if (schema_count(row, walk->object) >= SCHEMA_ITEMS_MAX) {
		error_set(walk->err, ERROR_INVALID, "more than %d of these", SCHEMA_ITEMS_MAX);
		return fail_at(walk, node);
	}
	void *item = schema_grow(row, walk->object);

	return schema_parse(row->schema, node, item, walk->reader, walk->err);
}

/* A child element by the rows that describe it. */
static bool visit_child(const struct walk *walk, xmlNode *node, struct range range)
{
	const struct schema_row *own = own_row(walk->schema, range);

	if (own == NULL)
		return visit_element(walk, node, range);
	switch (own->kind) {
	case SCHEMA_NESTED:
		return schema_parse(own->schema, node, (char *)walk->object + own->offset, walk->reader, walk->err);
	case SCHEMA_LIST:
		return read_item(walk, own, node);
	case SCHEMA_TREE:
		return read_tree(walk, own, node);
	case SCHEMA_NODE:
		schema_set_pointer(own, walk->object, node);
		return true;
	case SCHEMA_STRING:
	case SCHEMA_RAW:
	case SCHEMA_UUID:
	case SCHEMA_MAC:
	case SCHEMA_WORD:
	case SCHEMA_WORDS:
	case SCHEMA_UINT:
	case SCHEMA_KIB:
	case SCHEMA_KIB_PLAIN:
	case SCHEMA_BYTES:
	case SCHEMA_FLAG:
	case SCHEMA_SWITCH:
	case SCHEMA_KNOWN:
		break;
	}
	return visit_element(walk, node, range) && read_text(walk, own, node);
}

/* May an element with these rows stand more than once? */
static bool repeats(const struct schema *schema, struct range range)
{
	enum schema_kind kind = schema->rows[range.first].kind;

	return kind == SCHEMA_LIST || kind == SCHEMA_WORDS;
}

/* Are there rows for a child element, and does the child's own hold? */
static bool is_described(const struct walk *walk, struct range range)
{
	if (range.first == range.last)
		return false;
	const struct schema_row *own = own_row(walk->schema, range);

	return own == NULL || schema_holds(own, walk->object);
}

static bool visit_element(const struct walk *walk, xmlNode *node, struct range range)
{
	unsigned char seen[SCHEMA_ROWS_MAX] = { 0 };

	if (!visit_attributes(walk, node, range, true) || !visit_attributes(walk, node, range, false))
		return false;
	for (xmlNode *child = node->children; child != NULL; child = child->next) {
		if (child->type != XML_ELEMENT_NODE)
			continue;
		struct range below = { 0 };

		if (child->ns == NULL)
			below = range_of(walk->schema, range, (const char *)child->name);
		if (!is_described(walk, below) || (seen[below.first] && !repeats(walk->schema, below))) {
			walk->reader->unmodelled(walk->reader->context, child, NULL);
			continue;
		}
		seen[below.first] = 1;
		if (!visit_child(walk, child, below))
			return false;
	}
	return true;
}

/* "<target dev=>" for "target/@dev", "<name>" for "name", "@type" for "@type". Owned. */
static char *describe_path(const char *path)
{
	const char *at = strchr(path, '@');
	const char *start = path;

	if (at == NULL) {
		const char *slash = strrchr(path, '/');

		return strf("<%s>", slash != NULL ? slash + 1 : path);
	}
	if (at == path)
		return strf("attribute '%s'", at + 1);
	for (const char *p = path; p < at - 1; p++)
		if (*p == '/')
			start = p + 1;
	return strf("<%.*s %s=>", (int)(at - 1 - start), start, at + 1);
}

static bool check_required(const struct walk *walk, const xmlNode *node)
{
	for (size_t i = 0; i < walk->schema->count; i++) {
		const struct schema_row *row = &walk->schema->rows[i];

		if (!row->required || !schema_holds(row, walk->object) || !schema_is_absent(row, walk->object))
			continue;
		_cleanup_free_ char *what = describe_path(row->path);

		error_set(walk->err, ERROR_INVALID, "%s is missing", what);
		return fail_at(walk, node);
	}
	return true;
}

static bool read_own_text(const struct walk *walk, xmlNode *node)
{
	const struct schema_row *first = &walk->schema->rows[0];

	return first->path[0] != '.' || read_text(walk, first, node);
}

bool schema_parse(const struct schema *schema, xmlNode *node, void *object, const struct schema_reader *reader,
		  struct error *err)
{
	struct walk walk = { schema, object, reader, err };
	struct range all = { 0, schema->count, 0 };

	*schema_node(schema, object) = node;
	return visit_element(&walk, node, all) && read_own_text(&walk, node) && check_required(&walk, node);
}
