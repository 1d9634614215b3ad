/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-c, bounded and strict, with getters that take a path. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"

#include <limits.h>
#include <string.h>

#define JSON_DEPTH_LIMIT 64

void cleanup_json(struct json_object **object)
{
	json_object_put(*object);
}

static struct json_object *parse_failed(const char *name, struct json_tokener *tokener, struct error *err)
{
	enum json_tokener_error code = json_tokener_get_error(tokener);

	if (code == json_tokener_error_depth)
		error_set(err, ERROR_INVALID, "%s: JSON nested more than %d deep", name, JSON_DEPTH_LIMIT);
	else if (code == json_tokener_continue)
		error_set(err, ERROR_INVALID, "%s: JSON ends too early", name);
	else
		error_set(err, ERROR_INVALID, "%s: bad JSON at byte %zu: %s", name,
			  json_tokener_get_parse_end(tokener) + 1, json_tokener_error_desc(code));
	return NULL;
}

static bool only_blanks(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (strchr(" \t\r\n", text[i]) == NULL || text[i] == '\0')
			return false;
	return true;
}

/* json-c, strict or not, takes keys in single quotes, NaN, Infinity and control characters in strings: the place of the
 * first byte that JSON does not know there, or length. */
static size_t foreign_byte(const char *text, size_t length)
{
	static const char known[] = "{}[]:,\" \t\r\n0123456789+-.eEtrufalsn";
	bool outside[UCHAR_MAX + 1] = { false };
	bool inside = false;

	for (const char *c = known; *c != '\0'; c++)
		outside[(unsigned char)*c] = true;
	for (size_t i = 0; i < length; i++) {
		if (inside ? (unsigned char)text[i] < 0x20 : !outside[(unsigned char)text[i]])
			return i;
		if (text[i] == '"')
			inside = !inside;
		else if (inside && text[i] == '\\' && i + 1 < length)
			i++;
	}
	return length;
}

static void cleanup_tokener(struct json_tokener **tokener)
{
	json_tokener_free(*tokener);
}

struct json_object *json_parse(const char *name, const char *text, size_t length, struct error *err)
{
	if (length > INT_MAX) {
		error_set(err, ERROR_INVALID, "%s: JSON too large", name);
		return NULL;
	}
	/* json-c's own check takes overlong forms */
	if (!utf8_valid(text, length)) {
		error_set(err, ERROR_INVALID, "%s: not valid UTF-8", name);
		return NULL;
	}
	size_t foreign = foreign_byte(text, length);

	if (foreign < length) {
		error_set(err, ERROR_INVALID, "%s: bad JSON at byte %zu: unexpected character", name, foreign + 1);
		return NULL;
	}
	_cleanup_(cleanup_tokener) struct json_tokener *tokener = json_tokener_new_ex(JSON_DEPTH_LIMIT);

	if (tokener == NULL)
		memory_exhausted();
	/* the tail is checked here, for json-c's strictness about it would refuse a final newline */
	json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_ALLOW_TRAILING_CHARS);
	_cleanup_json_ struct json_object *object = json_tokener_parse_ex(tokener, text, (int)length);
	size_t end = json_tokener_get_parse_end(tokener);

	if (json_tokener_get_error(tokener) == json_tokener_continue) {
		/* a bare number ends only where the text does */
		object = json_tokener_parse_ex(tokener, "", 1);
		end = length;
	}
	if (json_tokener_get_error(tokener) != json_tokener_success)
		return parse_failed(name, tokener, err);
	if (!only_blanks(text + end, length - end)) {
		error_set(err, ERROR_INVALID, "%s: more than one JSON value", name);
		return NULL;
	}
	if (object == NULL)
		error_set(err, ERROR_INVALID, "%s: JSON is null", name);
	return TAKE_POINTER(object);
}

char *json_text(struct json_object *object)
{
	const char *text = json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE);

	if (text == NULL)
		memory_exhausted();
	return xstrdup(text);
}

struct json_object *json_get(struct json_object *object, const char *path)
{
	while (*path != '\0') {
		const char *slash = strchr(path, '/');
		_cleanup_free_ char *first = slash != NULL ? xstrndup(path, (size_t)(slash - path)) : NULL;

		/* json-c aborts when asked for a member of an array */
		if (!json_object_is_type(object, json_type_object) || !json_object_object_get_ex(object, first != NULL ? first : path, &object))
			return NULL;
		if (slash == NULL)
			break;
		path = slash + 1;
	}
	return object;
}

const char *json_get_string(struct json_object *object, const char *path, const char *fallback)
{
	struct json_object *value = json_get(object, path);

	return json_object_is_type(value, json_type_string) ? json_object_get_string(value) : fallback;
}

int64_t json_get_int(struct json_object *object, const char *path, int64_t fallback)
{
	struct json_object *value = json_get(object, path);

	return json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : fallback;
}

bool json_get_bool(struct json_object *object, const char *path, bool fallback)
{
	struct json_object *value = json_get(object, path);

	return json_object_is_type(value, json_type_boolean) ? json_object_get_boolean(value) : fallback;
}

void json_set(struct json_object *object, const char *key, struct json_object *value)
{
	if (json_object_object_add(object, key, value) < 0)
		memory_exhausted();
}

static void set_made(struct json_object *object, const char *key, struct json_object *value)
{
	if (value == NULL)
		memory_exhausted();
	json_set(object, key, value);
}

void json_set_string(struct json_object *object, const char *key, const char *text)
{
	if (text != NULL)
		set_made(object, key, json_object_new_string(text));
}

void json_set_int(struct json_object *object, const char *key, int64_t value)
{
	set_made(object, key, json_object_new_int64(value));
}

void json_set_bool(struct json_object *object, const char *key, bool value)
{
	set_made(object, key, json_object_new_boolean(value));
}
