/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads vgs, lvs and pvs: bounded, and trusting nothing of what they repeat. */
#include "storage/lvm_report.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

#define NAME_LIMIT 127 /* lvm(8) */

void lvm_group_clear(struct lvm_group *group)
{
	free(group->name);
	*group = (struct lvm_group){ 0 };
}

void lvm_volumes_free(struct lvm_volume *volumes, size_t count)
{
	for (size_t i = 0; volumes != NULL && i < count; i++) {
		free(volumes[i].name);
		free(volumes[i].uuid);
		free(volumes[i].origin);
		free(volumes[i].thin_pool);
	}
	free(volumes);
}

void lvm_physicals_free(struct lvm_physical *physicals, size_t count)
{
	for (size_t i = 0; physicals != NULL && i < count; i++) {
		free(physicals[i].path);
		free(physicals[i].group);
	}
	free(physicals);
}

bool lvm_name_valid(const char *name)
{
	size_t length = strlen(name);

	return length > 0 && length <= NAME_LIMIT && name[0] != '-' && !text_equal(name, ".") &&
	       !text_equal(name, "..") &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-") == length;
}

/* ---- values ---- */

/* Older tools write numbers in quotation marks, newer ones may not; neither has a sign or a unit. */
static uint64_t number(struct json_object *row, const char *key)
{
	struct json_object *value = json_get(row, key);
	uint64_t n = 0;

	if (json_object_is_type(value, json_type_string))
		return text_to_uint(json_object_get_string(value), false, &n) ? n : 0;
	int64_t i = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : 0;

	return i > 0 ? (uint64_t)i : 0;
}

/* "12.34" or 12.34 as 1234; 0 for what is none. */
static unsigned percentage(struct json_object *row, const char *key)
{
	struct json_object *value = json_get(row, key);
	double percent = 0;

	if (json_object_is_type(value, json_type_double) || json_object_is_type(value, json_type_int)) {
		percent = json_object_get_double(value);
		return percent > 0 && percent < 100 ? (unsigned)(percent * 100 + 0.5) : percent >= 100 ? 10000 : 0;
	}
	const char *text = json_get_string(row, key, "");
	unsigned whole = 0, digits = 0, part = 0;

	for (; *text >= '0' && *text <= '9' && whole <= 100; text++)
		whole = whole * 10 + (unsigned)(*text - '0');
	if (*text == '.')
		for (text++; *text >= '0' && *text <= '9' && digits < 2; text++, digits++)
			part = part * 10 + (unsigned)(*text - '0');
	if (digits == 1)
		part *= 10;
	return whole >= 100 ? 10000 : whole * 100 + part;
}

/* Is word one of a list "a,b,c"? */
static bool has_word(const char *list, const char *word)
{
	_cleanup_strv_ char **words = strv_split(list, ",");

	return strv_contains(words, word);
}

/* The name of another volume; what LVM made for its own use ("[vol_vorigin]") is none. Owned; NULL: none. */
static char *name_at(struct json_object *row, const char *key)
{
	const char *text = json_get_string(row, key, "");

	return lvm_name_valid(text) ? xstrdup(text) : NULL;
}

/* ---- answers ---- */

/* {"report":[{KEY:[rows]}]}. Borrowed from *ret_json (owned). */
static struct json_object *rows_of(const char *tool, const char *key, const char *text, size_t length,
				   struct json_object **ret_json, struct error *err)
{
	struct json_object *json = json_parse(tool, text, length, err), *report = NULL, *rows = NULL;

	if (json == NULL)
		return NULL;
	*ret_json = json;
	report = json_get(json, "report");
	if (json_object_is_type(report, json_type_array) && json_object_array_length(report) > 0)
		rows = json_get(json_object_array_get_idx(report, 0), key);
	if (!json_object_is_type(rows, json_type_array) || json_object_array_length(rows) > LVM_VOLUMES_LIMIT) {
		error_set(err, ERROR_PROTOCOL, "%s answers in a way that is not understood", tool);
		return NULL;
	}
	return rows;
}

bool lvm_read_group(const char *text, size_t length, struct lvm_group *ret, struct error *err)
{
	_cleanup_json_ struct json_object *json = NULL;
	struct json_object *rows = rows_of("vgs", "vg", text, length, &json, err);

	*ret = (struct lvm_group){ 0 };
	if (rows == NULL)
		return false;
	struct json_object *row = json_object_array_length(rows) > 0 ? json_object_array_get_idx(rows, 0) : NULL;
	const char *name = json_get_string(row, "vg_name", ""), *attributes = json_get_string(row, "vg_attr", "");

	if (!lvm_name_valid(name))
		return error_set(err, ERROR_NOT_FOUND, "there is no such volume group");
	*ret = (struct lvm_group){
		.name = xstrdup(name),
		.bytes = number(row, "vg_size"),
		.free_bytes = number(row, "vg_free"),
		.extent_bytes = number(row, "vg_extent_size"),
		.partial = strlen(attributes) > 3 && attributes[3] == 'p',
	};
	if (ret->free_bytes > ret->bytes)
		ret->free_bytes = ret->bytes;
	return true;
}

static enum lvm_kind kind_of(struct json_object *row)
{
	const char *layout = json_get_string(row, "lv_layout", ""), *role = json_get_string(row, "lv_role", "");
	const char *attributes = json_get_string(row, "lv_attr", ""), *origin = json_get_string(row, "origin", "");

	/* A pool too has the role of what is not for use. */
	if (has_word(layout, "pool"))
		return has_word(layout, "thin") ? LVM_THIN_POOL : LVM_HIDDEN;
	if (has_word(role, "private"))
		return LVM_HIDDEN;
	if (attributes[0] == 'V' || (has_word(layout, "thin") && *json_get_string(row, "pool_lv", "") != '\0'))
		return LVM_THIN;
	if (attributes[0] == 's' || attributes[0] == 'S')
		return *origin == '\0' || *origin == '[' || text_ends(origin, "_vorigin") ? LVM_SPARSE : LVM_SNAPSHOT;
	return LVM_THICK;
}

static bool read_volume(struct json_object *row, struct lvm_volume *ret)
{
	const char *name = json_get_string(row, "lv_name", ""), *attributes = json_get_string(row, "lv_attr", "");
	const char *uuid = json_get_string(row, "lv_uuid", "");

	if (!lvm_name_valid(name) || *uuid == '\0' || strlen(uuid) > NAME_LIMIT)
		return false;
	*ret = (struct lvm_volume){
		.name = xstrdup(name),
		.uuid = xstrdup(uuid),
		.kind = kind_of(row),
		.bytes = number(row, "lv_size"),
		.origin_bytes = number(row, "origin_size"),
		.filled = percentage(row, "data_percent"),
		.state = strlen(attributes) > 4 ? attributes[4] : 'X',
		.open = strlen(attributes) > 5 && attributes[5] == 'o',
		.unfinished = has_word(json_get_string(row, "lv_tags", ""), LVM_UNFINISHED),
		.origin = name_at(row, "origin"),
		.thin_pool = name_at(row, "pool_lv"),
	};
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lvm_volume *)a)->name, ((const struct lvm_volume *)b)->name);
}

bool lvm_read_volumes(const char *text, size_t length, struct lvm_volume **ret, size_t *ret_count, struct error *err)
{
	_cleanup_json_ struct json_object *json = NULL;
	struct json_object *rows = rows_of("lvs", "lv", text, length, &json, err);
	size_t count = 0, found = rows != NULL ? json_object_array_length(rows) : 0;

	*ret = NULL;
	*ret_count = 0;
	if (rows == NULL)
		return false;
	struct lvm_volume *volumes = xcalloc(found + 1, sizeof *volumes);

	for (size_t i = 0; i < found; i++)
		if (read_volume(json_object_array_get_idx(rows, i), &volumes[count]))
			count++;
	qsort(volumes, count, sizeof *volumes, by_name);
	*ret = volumes;
	*ret_count = count;
	return true;
}

bool lvm_read_physicals(const char *text, size_t length, struct lvm_physical **ret, size_t *ret_count,
			struct error *err)
{
	_cleanup_json_ struct json_object *json = NULL;
	struct json_object *rows = rows_of("pvs", "pv", text, length, &json, err);

	*ret = NULL;
	*ret_count = 0;
	for (size_t i = 0; rows != NULL && i < json_object_array_length(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		const char *path = json_get_string(row, "pv_name", ""), *group = json_get_string(row, "vg_name", "");

		/* A device that is missing stands there as "[unknown]". */
		if (path[0] != '/' || !utf8_valid(path, strlen(path)))
			continue;
		struct lvm_physical *physical = ARRAY_ADD(*ret, *ret_count);

		physical->path = xstrdup(path);
		physical->group = lvm_name_valid(group) ? xstrdup(group) : NULL;
	}
	return rows != NULL;
}
