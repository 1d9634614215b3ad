/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Changes by a schema: the document is patched at the right place and the view follows. */
#include "base/schema.h"

#include "base/memory.h"
#include "base/xml.h"

#include <stdlib.h>
#include <string.h>

void *schema_grow(const struct schema_row *row, void *object)
{
	size_t *count = (size_t *)(void *)((char *)object + row->count_offset);
	size_t size = row->schema->size;
	char *items = array_grow(schema_pointer(row, object), *count, size);

	schema_set_pointer(row, object, items);
	return items + (*count)++ * size;
}

/* Rows of one parent element: those whose path has its prefix; they stand together. */
struct siblings {
	const struct schema *schema;
	size_t first, last, length; /* length of the prefix */
};

static struct siblings siblings_of(const struct schema *schema, const char *prefix, size_t length)
{
	struct siblings rows = { schema, 0, 0, length };

	while (rows.first < schema->count && strncmp(schema->rows[rows.first].path, prefix, length) != 0)
		rows.first++;
	rows.last = rows.first;
	while (rows.last < schema->count && strncmp(schema->rows[rows.last].path, prefix, length) == 0)
		rows.last++;
	return rows;
}

/* The place of an element in the table: its first row; rows->last when it has none. */
static size_t place_of(const struct siblings *rows, const char *name)
{
	size_t name_length = strlen(name);

	for (size_t i = rows->first; i < rows->last; i++) {
		const char *step = rows->schema->rows[i].path + rows->length;

		if (*step == *name && strncmp(step, name, name_length) == 0 &&
		    (step[name_length] == '\0' || step[name_length] == '/'))
			return i;
	}
	return rows->last;
}

/* Puts a new element before everything else in parent, indented as what was first. */
static xmlNode *add_first(xmlNode *parent, const char *name)
{
	xmlNode *first = parent->children;
	xmlNode *node = xmlNewDocNode(parent->doc, parent->ns, BAD_CAST name, NULL);
	xmlNode *blank = first->type == XML_TEXT_NODE ? xmlDocCopyNode(first, parent->doc, 0) : NULL;

	if (node == NULL)
		memory_exhausted();
	xmlAddPrevSibling(first, node);
	if (blank != NULL)
		xmlAddPrevSibling(node, blank);
	return node;
}

/* Adds an element where the table's order puts it: after the last sibling that stands before it in the table, or beside
 * it. */
static xmlNode *add_placed(const struct schema *schema, xmlNode *parent, const char *prefix, size_t length,
			   const char *name)
{
	struct siblings rows = siblings_of(schema, prefix, length);
	size_t place = place_of(&rows, name);
	xmlNode *last = NULL;

	for (xmlNode *node = parent->last; node != NULL; node = node->prev) {
		if (node->type != XML_ELEMENT_NODE)
			continue;
		size_t other = place_of(&rows, (const char *)node->name);

		if (other != rows.last && other <= place) {
			if (last == NULL)
				break;
			return xml_add_after(node, name, NULL);
		}
		last = node;
	}
	if (last == NULL || place == rows.last)
		return xml_add_child(parent, name, NULL);
	xmlNode *first = parent->children;

	if (first == last || (first->type == XML_TEXT_NODE && xmlIsBlankNode(first) == 1 && first->next == last))
		return add_first(parent, name);
	return xml_add_child(parent, name, NULL);
}

/* The element that a path leads to (an attribute's: the element that has it); make: made where missing, else NULL. */
static xmlNode *element_at(const struct schema *schema, xmlNode *node, const char *path, bool make)
{
	const char *step = path;

	while (*step != '\0' && *step != '@' && *step != '.' && node != NULL) {
		size_t length = strcspn(step, "/");
		_cleanup_free_ char *name = xstrndup(step, length);
		xmlNode *child = xml_child(node, name);

		if (child == NULL && make)
			child = add_placed(schema, node, path, (size_t)(step - path), name);
		node = child;
		step += length;
		step += *step == '/';
	}
	return node;
}

static void clear_value(const struct schema_row *row, void *object)
{
	void *field = (char *)object + row->offset;

	switch (row->kind) {
	case SCHEMA_STRING:
	case SCHEMA_RAW:
	case SCHEMA_UUID:
	case SCHEMA_MAC:
		free(schema_pointer(row, object));
		schema_set_pointer(row, object, NULL);
		break;
	case SCHEMA_WORD:
	case SCHEMA_SWITCH:
		*(int *)field = 0;
		break;
	case SCHEMA_UINT:
	case SCHEMA_KIB:
	case SCHEMA_BYTES:
		memset(field, 0, sizeof(struct opt_uint));
		break;
	case SCHEMA_KIB_PLAIN:
		*(uint64_t *)field = 0;
		break;
	case SCHEMA_FLAG:
		*(bool *)field = false;
		break;
	case SCHEMA_WORDS:
	case SCHEMA_KNOWN:
	case SCHEMA_NODE:
	case SCHEMA_NESTED:
	case SCHEMA_LIST:
	case SCHEMA_TREE:
		break;
	}
}

static void take_away(const struct schema *schema, const struct schema_row *row, void *object)
{
	xmlNode *node = element_at(schema, *schema_node(schema, object), row->path, false);
	const char *attribute = strchr(row->path, '@');

	clear_value(row, object);
	if (node == NULL)
		return;
	if (attribute != NULL)
		xml_set_attribute(node, attribute + 1, NULL);
	else
		xml_remove(node);
}

bool schema_set(const struct schema *schema, void *object, const char *path, const char *value, struct error *err)
{
	const struct schema_row *row = schema_find(schema, object, path);

	if (row == NULL)
		return error_set(err, ERROR_INVALID, "<%s> has no '%s' of this kind", schema->element, path);
	if (value == NULL) {
		take_away(schema, row, object);
		return true;
	}
	if (row->kind == SCHEMA_SWITCH) {
		/* judged before the document changes, and without an element */
		int state = enum_value(&onoff_words, value);

		if (state <= 0)
			return error_set(err, ERROR_INVALID, "'%s' is unknown; allowed: on, off", value);
		*(int *)(void *)((char *)object + row->offset) = state;
	} else if (!schema_read_value(row, object, value, NULL, err)) {
		return error_wrap(err, "<%s>", schema->element);
	}
	xmlNode *node = element_at(schema, *schema_node(schema, object), path, true);
	const char *attribute = strchr(path, '@');

	if (attribute != NULL) {
		xml_set_attribute(node, attribute + 1, value);
	} else if (row->kind == SCHEMA_SWITCH) {
		xml_set_attribute(node, "state", value);
	} else if (row->kind != SCHEMA_FLAG && row->kind != SCHEMA_KNOWN) {
		xml_set_text(node, value);
		if (row->kind == SCHEMA_KIB || row->kind == SCHEMA_KIB_PLAIN)
			xml_set_attribute(node, "unit", "KiB");
		if (row->kind == SCHEMA_BYTES)
			xml_set_attribute(node, "unit", "bytes");
	}
	return true;
}

xmlNode *schema_element(const struct schema *schema, void *object, const char *path)
{
	return element_at(schema, *schema_node(schema, object), path, true);
}

void *schema_open(const struct schema *schema, void *object, const char *path)
{
	const struct schema_row *row = schema_find(schema, object, path);

	if (row == NULL || row->kind != SCHEMA_NESTED)
		return NULL;
	void *nested = (char *)object + row->offset;
	xmlNode **node = schema_node(row->schema, nested);

	if (*node == NULL)
		*node = element_at(schema, *schema_node(schema, object), path, true);
	return nested;
}

void *schema_add(const struct schema *schema, void *object, const char *path)
{
	const struct schema_row *row = schema_find(schema, object, path);

	if (row == NULL || row->kind != SCHEMA_LIST)
		return NULL;
	const char *slash = strrchr(path, '/');
	size_t length = slash != NULL ? (size_t)(slash + 1 - path) : 0;
	_cleanup_free_ char *above = xstrndup(path, length);
	xmlNode *parent = element_at(schema, *schema_node(schema, object), above, true);
	xmlNode *node = add_placed(schema, parent, path, length, path + length);
	void *item = schema_grow(row, object);

	*schema_node(row->schema, item) = node;
	return item;
}

static bool is_leaf(const struct schema_row *row)
{
	return row->kind != SCHEMA_NESTED && row->kind != SCHEMA_LIST && row->kind != SCHEMA_TREE;
}

void schema_defaults(const struct schema *schema, void *object)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_row *row = &schema->rows[i];

		if (!schema_holds(row, object))
			continue;
		if (is_leaf(row)) {
			if (row->default_value != NULL && schema_is_absent(row, object))
				schema_set(schema, object, row->path, row->default_value, NULL);
		} else if (row->kind == SCHEMA_NESTED) {
			void *nested = (char *)object + row->offset;

			if (*schema_node(row->schema, nested) != NULL)
				schema_defaults(row->schema, nested);
		} else if (row->kind == SCHEMA_LIST) {
			char *items = schema_pointer(row, object);
			size_t count = schema_count(row, object);

			for (size_t n = 0; n < count; n++)
				schema_defaults(row->schema, items + n * row->schema->size);
		} else if (schema_pointer(row, object) != NULL) {
			schema_defaults(row->schema, schema_pointer(row, object));
		}
	}
}
