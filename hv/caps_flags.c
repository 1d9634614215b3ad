/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows that say where each capability is seen, and the walk over QEMU's schema. */
#include "hv/caps_flags.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"

enum source { SOURCE_SCHEMA, SOURCE_OPTION, SOURCE_KVM };

/* A schema path starts at a command; "/name" steps to an argument, "/+case" into a union's variant, "/=word" asks for
 * an enum's word. */
static const struct row {
	enum cap cap;
	enum source source;
	const char *what;
} rows[] = {
	{ CAP_KVM, SOURCE_KVM, NULL },
	{ CAP_NETDEV_USER, SOURCE_SCHEMA, "netdev_add/+user" },
	{ CAP_NETDEV_STREAM, SOURCE_SCHEMA, "netdev_add/+stream" },
	{ CAP_IO_URING, SOURCE_SCHEMA, "blockdev-add/+file/aio/=io_uring" },
	{ CAP_AIO_NATIVE, SOURCE_SCHEMA, "blockdev-add/+file/aio/=native" },
	{ CAP_SANDBOX, SOURCE_OPTION, "sandbox" },
	{ CAP_SET_ACTION, SOURCE_SCHEMA, "set-action" },
};

_Static_assert(ARRAY_LENGTH(rows) == CAP_COUNT - CAP_LAST_DEVICE - 1, "a row for each capability that is not a device");

/* The item of an array of objects whose member `key` is `value`, or NULL. */
static struct json_object *find_item(struct json_object *array, const char *key, const char *value)
{
	if (!json_object_is_type(array, json_type_array))
		return NULL;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (strcmp(json_get_string(item, key, ""), value) == 0)
			return item;
	}
	return NULL;
}

static bool array_has_string(struct json_object *array, const char *text)
{
	if (!json_object_is_type(array, json_type_array))
		return false;
	for (size_t i = 0; i < json_object_array_length(array); i++) {
		struct json_object *item = json_object_array_get_idx(array, i);

		if (json_object_is_type(item, json_type_string) && strcmp(json_object_get_string(item), text) == 0)
			return true;
	}
	return false;
}

/* The schema entry that a step leads to from `entry` (an object type), or NULL. */
static struct json_object *schema_step(struct json_object *schema, struct json_object *entry, const char *step)
{
	struct json_object *found = *step == '+' ? find_item(json_get(entry, "variants"), "case", step + 1)
						 : find_item(json_get(entry, "members"), "name", step);
	const char *type = json_get_string(found, "type", NULL);

	return type ? find_item(schema, "name", type) : NULL;
}

static bool schema_has(struct json_object *schema, const char *path)
{
	_cleanup_strv_ char **steps = strv_split(path, "/");
	struct json_object *entry = find_item(schema, "name", steps[0]);

	if (!entry || strcmp(json_get_string(entry, "meta-type", ""), "command") != 0)
		return false;
	if (!steps[1])
		return true;
	entry = find_item(schema, "name", json_get_string(entry, "arg-type", ""));
	for (size_t i = 1; entry && steps[i]; i++) {
		if (*steps[i] == '=')
			return array_has_string(json_get(entry, "values"), steps[i] + 1);
		entry = schema_step(schema, entry, steps[i]);
	}
	return entry != NULL;
}

static bool row_holds(const struct row *row, const struct caps_answers *answers)
{
	switch (row->source) {
	case SOURCE_SCHEMA:
		return schema_has(answers->schema, row->what);
	case SOURCE_OPTION:
		return find_item(answers->options, "option", row->what) != NULL;
	case SOURCE_KVM:
		return json_get_bool(answers->kvm, "present", false);
	}
	return false;
}

void caps_flags_read(struct qemu_caps *caps, const struct caps_answers *answers)
{
	size_t types =
		json_object_is_type(answers->types, json_type_array) ? json_object_array_length(answers->types) : 0;

	for (size_t i = 0; i < types; i++) {
		const char *name = json_get_string(json_object_array_get_idx(answers->types, i), "name", "");
		int cap = enum_value(&cap_words, name);

		if (cap >= 0 && cap <= CAP_LAST_DEVICE)
			caps->flags[cap] = true;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		caps->flags[rows[i].cap] = row_holds(&rows[i], answers);
}
