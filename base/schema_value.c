/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Single values of a schema: text into a field, a field into text, and freeing. */
#include "base/schema.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define UNITS	  "b, bytes, KB, KiB, MB, MiB, GB, GiB, TB, TiB"
#define KIB_LIMIT (INT64_MAX / 1024) /* so that the size in bytes fits a signed number too */

ENUM_WORDS(yesno, TRI_COUNT, NULL, "yes", "no");
ENUM_WORDS(onoff, TRI_COUNT, NULL, "on", "off");

static void *field_of(const struct schema_row *row, const void *object)
{
	return (char *)(uintptr_t)object + row->offset;
}

xmlNode **schema_node(const struct schema *schema, void *object)
{
	return (xmlNode **)(void *)((char *)object + schema->node_offset);
}

void *schema_pointer(const struct schema_row *row, const void *object)
{
	void *pointer = NULL;

	memcpy(&pointer, field_of(row, object), sizeof pointer);
	return pointer;
}

void schema_set_pointer(const struct schema_row *row, void *object, void *pointer)
{
	memcpy(field_of(row, object), &pointer, sizeof pointer);
}

size_t schema_count(const struct schema_row *row, const void *object)
{
	return *(const size_t *)(const void *)((const char *)object + row->count_offset);
}

bool schema_holds(const struct schema_row *row, const void *object)
{
	if (row->when.mask == 0 || object == NULL)
		return true;
	int value = *(const int *)(const void *)((const char *)object + row->when.offset);

	return value >= 0 && value < 32 && (row->when.mask & (UINT32_C(1) << value)) != 0;
}

bool schema_is_absent(const struct schema_row *row, const void *object)
{
	const void *field = field_of(row, object);

	switch (row->kind) {
	case SCHEMA_STRING:
	case SCHEMA_RAW:
	case SCHEMA_UUID:
	case SCHEMA_MAC:
		return *(char *const *)field == NULL;
	case SCHEMA_WORD:
	case SCHEMA_SWITCH:
		return *(const int *)field == 0;
	case SCHEMA_UINT:
	case SCHEMA_KIB:
	case SCHEMA_BYTES:
		return !((const struct opt_uint *)field)->set;
	case SCHEMA_KIB_PLAIN:
		return *(const uint64_t *)field == 0;
	case SCHEMA_FLAG:
		return !*(const bool *)field;
	case SCHEMA_NODE:
	case SCHEMA_TREE:
		return schema_pointer(row, object) == NULL;
	case SCHEMA_WORDS:
	case SCHEMA_LIST:
		return schema_count(row, object) == 0;
	case SCHEMA_KNOWN:
	case SCHEMA_NESTED:
		break;
	}
	return false;
}

/* "bus 'vritio'" for an attribute, "'vritio'" for an element's text. Owned. */
static char *describe(const struct schema_row *row, const char *text)
{
	const char *at = strrchr(row->path, '@');

	return at != NULL ? strf("%s '%s'", at + 1, text) : strf("'%s'", text);
}

static bool read_word(const struct schema_row *row, int *ret, const char *text, struct error *err)
{
	int value = *text != '\0' ? enum_value(row->words, text) : -1;

	if (value > 0) {
		*ret = value;
		return true;
	}
	_cleanup_free_ char *what = describe(row, text);
	_cleanup_free_ char *allowed = enum_list(row->words);

	return error_set(err, ERROR_INVALID, "%s is unknown; allowed: %s", what, allowed);
}

static bool read_words(const struct schema_row *row, void *object, const char *text, struct error *err)
{
	int *list = field_of(row, object);
	size_t *count = (size_t *)(void *)((char *)object + row->count_offset);

	if (*count >= row->max)
		return error_set(err, ERROR_INVALID, "more than %" PRIu64 " of these", row->max);
	if (!read_word(row, &list[*count], text, err))
		return false;
	(*count)++;
	return true;
}

static bool read_uint(const struct schema_row *row, struct opt_uint *ret, const char *text, struct error *err)
{
	uint64_t max = row->max != 0 ? row->max : UINT64_MAX;
	uint64_t value = 0;

	if (text_to_uint(text, true, &value) && value >= row->min && value <= max) {
		*ret = (struct opt_uint){ .set = true, .value = value };
		return true;
	}
	_cleanup_free_ char *what = describe(row, text);

	if (row->max == 0)
		return error_set(err, ERROR_INVALID, "%s is not a number of at least %" PRIu64, what, row->min);
	return error_set(err, ERROR_INVALID, "%s is not a number from %" PRIu64 " to %" PRIu64, what, row->min,
			 row->max);
}

static bool read_kib(uint64_t *ret, const char *text, const xmlNode *node, struct error *err)
{
	_cleanup_free_ char *unit = node != NULL ? xml_attribute(node, "unit") : NULL;
	uint64_t factor = unit_factor(unit != NULL ? unit : "KiB");
	uint64_t value = 0;
	uint64_t bytes = 0;

	if (factor == 0)
		return error_set(err, ERROR_INVALID, "unit '%s' is unknown; allowed: " UNITS, unit);
	if (!text_to_uint(text, false, &value))
		return error_set(err, ERROR_INVALID, "'%s' is not a size: a whole number greater than 0", text);
	if (value == 0)
		return error_set(err, ERROR_INVALID, "a size of 0 is not possible");
	if (__builtin_mul_overflow(value, factor, &bytes) || (bytes - 1) / 1024 >= KIB_LIMIT)
		return error_set(err, ERROR_INVALID, "'%s' %s is too large", text, unit != NULL ? unit : "KiB");
	*ret = (bytes - 1) / 1024 + 1;
	return true;
}

static bool read_bytes(struct opt_uint *ret, const char *text, const xmlNode *node, struct error *err)
{
	_cleanup_free_ char *unit = node != NULL ? xml_attribute(node, "unit") : NULL;
	uint64_t factor = unit_factor(unit != NULL ? unit : "bytes");
	uint64_t value = 0;

	if (factor == 0)
		return error_set(err, ERROR_INVALID, "unit '%s' is unknown; allowed: " UNITS, unit);
	if (!text_to_uint(text, false, &value))
		return error_set(err, ERROR_INVALID, "'%s' is not a size: a whole number", text);
	if (__builtin_mul_overflow(value, factor, &value) || value > INT64_MAX)
		return error_set(err, ERROR_INVALID, "'%s' %s is too large", text, unit != NULL ? unit : "bytes");
	*ret = (struct opt_uint){ .set = true, .value = value };
	return true;
}

static void replace(char **field, char *value)
{
	free(*field);
	*field = value;
}

static bool read_canonical(const struct schema_row *row, char **field, const char *text, struct error *err)
{
	char uuid[UUID_TEXT_SIZE];
	char mac[MAC_TEXT_SIZE];

	if (row->kind == SCHEMA_UUID ? uuid_parse(text, uuid) : mac_parse(text, mac)) {
		replace(field, xstrdup(row->kind == SCHEMA_UUID ? uuid : mac));
		return true;
	}
	_cleanup_free_ char *what = describe(row, text);

	if (row->kind == SCHEMA_UUID)
		return error_set(err, ERROR_INVALID, "%s is not a UUID", what);
	return error_set(err, ERROR_INVALID, "%s is not a MAC address of one machine, like 52:54:00:12:34:56", what);
}

static bool read_switch(int *ret, const xmlNode *node, struct error *err)
{
	_cleanup_free_ char *state = node != NULL ? xml_attribute(node, "state") : NULL;
	int value = state != NULL ? enum_value(&onoff_words, state) : TRI_YES;

	if (value <= 0)
		return error_set(err, ERROR_INVALID, "state '%s' is unknown; allowed: on, off", state);
	*ret = value;
	return true;
}

bool schema_read_value(const struct schema_row *row, void *object, const char *text, const xmlNode *node,
		       struct error *err)
{
	void *field = field_of(row, object);

	switch (row->kind) {
	case SCHEMA_STRING:
	case SCHEMA_RAW: {
		int ignored = 0;

		if (row->words != NULL && !read_word(row, &ignored, text, err))
			return false;
		/* <loader secure='yes'/>, <nvram template='...'/>: only the attributes were said */
		if (row->kind == SCHEMA_STRING && *text == '\0' && !row->required && strchr(row->path, '@') == NULL)
			return true;
		replace(field, xstrdup(text));
		return true;
	}
	case SCHEMA_UUID:
	case SCHEMA_MAC:
		return read_canonical(row, field, text, err);
	case SCHEMA_WORD:
		return read_word(row, field, text, err);
	case SCHEMA_WORDS:
		return read_words(row, object, text, err);
	case SCHEMA_UINT:
		return read_uint(row, field, text, err);
	case SCHEMA_KIB: {
		struct opt_uint *size = field;

		size->set = read_kib(&size->value, text, node, err);
		return size->set;
	}
	case SCHEMA_KIB_PLAIN:
		return read_kib(field, text, node, err);
	case SCHEMA_BYTES:
		return read_bytes(field, text, node, err);
	case SCHEMA_FLAG:
		*(bool *)field = true;
		return true;
	case SCHEMA_SWITCH:
		return read_switch(field, node, err);
	case SCHEMA_KNOWN:
	case SCHEMA_NODE:
	case SCHEMA_NESTED:
	case SCHEMA_LIST:
	case SCHEMA_TREE:
		break;
	}
	return true;
}

const struct schema_row *schema_find(const struct schema *schema, const void *object, const char *path)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_row *row = &schema->rows[i];

		if (strcmp(row->path, path) == 0 && schema_holds(row, object))
			return row;
	}
	return NULL;
}

char *schema_get(const struct schema *schema, const void *object, const char *path)
{
	const struct schema_row *row = schema_find(schema, object, path);

	if (row == NULL || schema_is_absent(row, object))
		return NULL;
	const void *field = field_of(row, object);

	switch (row->kind) {
	case SCHEMA_STRING:
	case SCHEMA_RAW:
	case SCHEMA_UUID:
	case SCHEMA_MAC:
		return xstrdup(*(char *const *)field);
	case SCHEMA_WORD:
		return xstrdup_null(enum_word(row->words, *(const int *)field));
	case SCHEMA_SWITCH:
		return xstrdup_null(enum_word(&onoff_words, *(const int *)field));
	case SCHEMA_UINT:
	case SCHEMA_KIB:
	case SCHEMA_BYTES:
		return strf("%" PRIu64, ((const struct opt_uint *)field)->value);
	case SCHEMA_KIB_PLAIN:
		return strf("%" PRIu64, *(const uint64_t *)field);
	case SCHEMA_FLAG:
		return xstrdup("yes");
	case SCHEMA_WORDS:
	case SCHEMA_KNOWN:
	case SCHEMA_NODE:
	case SCHEMA_NESTED:
	case SCHEMA_LIST:
	case SCHEMA_TREE:
		break;
	}
	return NULL;
}

static void free_list(const struct schema_row *row, void *object, char *items)
{
	size_t count = schema_count(row, object);

	for (size_t i = 0; i < count; i++)
		schema_free(row->schema, items + i * row->schema->size);
	free(items);
}

void schema_free(const struct schema *schema, void *object)
{
	for (size_t i = 0; i < schema->count; i++) {
		const struct schema_row *row = &schema->rows[i];
		void *field = field_of(row, object);

		if (row->kind == SCHEMA_STRING || row->kind == SCHEMA_RAW || row->kind == SCHEMA_UUID ||
		    row->kind == SCHEMA_MAC) {
			replace(field, NULL);
		} else if (row->kind == SCHEMA_NESTED) {
			schema_free(row->schema, field);
		} else if (row->kind == SCHEMA_LIST || row->kind == SCHEMA_TREE) {
			void *below = schema_pointer(row, object);

			if (below == NULL)
				continue;
			schema_set_pointer(row, object, NULL);
			if (row->kind == SCHEMA_LIST) {
				free_list(row, object, below);
			} else {
				schema_free(row->schema, below);
				free(below);
			}
		}
	}
	memset(object, 0, schema->size);
}
