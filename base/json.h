/* SPDX-License-Identifier: GPL-2.0-or-later */
/* json-c, bounded, with getters that take a path: for QMP answers, plans and capability files. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/error.h"

#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

#define _cleanup_json_ _cleanup_(cleanup_json)
void cleanup_json(struct json_object **object);

/* Parses one whole JSON text (depth at most 64, nothing but blanks after it). name stands before messages. NULL on error. */
struct json_object *json_parse(const char *name, const char *text, size_t length, struct error *err);
/* Compact text in the C locale, no escaped slashes. Owned. */
char *json_text(struct json_object *object);
/* The value at "a/b/c" (object members only), borrowed; NULL when missing. */
struct json_object *json_get(struct json_object *object, const char *path);
/* Typed getters; a missing value or one of another type gives the fallback. Strings are borrowed. */
const char *json_get_string(struct json_object *object, const char *path, const char *fallback);
int64_t json_get_int(struct json_object *object, const char *path, int64_t fallback);
bool json_get_bool(struct json_object *object, const char *path, bool fallback);
/* Setters that add a member; NULL text is left out. */
void json_set_string(struct json_object *object, const char *key, const char *text);
void json_set_int(struct json_object *object, const char *key, int64_t value);
void json_set_bool(struct json_object *object, const char *key, bool value);
/* Adds an owned value. */
void json_set(struct json_object *object, const char *key, struct json_object *value);

#endif
