/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values made of parts, as virt-install writes them: "path=/a.img,size=20,format=qcow2". */
#include "config.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "cli/suboptions.h"

#include <stdlib.h>
#include <string.h>

static bool refuse_key(const char *option, const char *key, const char *allowed, struct error *err)
{
	_cleanup_strv_ char **keys = strv_split(allowed, " ");
	_cleanup_free_ char *list = strv_join(keys, ", ");

	error_set(err, ERROR_INVALID, _("--%s does not know '%s'"), option, key);
	return error_hint(err, _("--%s takes: %s"), option, list);
}

static bool add_part(const char *option, const char *part, const char *first_key, const char *allowed,
		     struct suboptions *ret, struct error *err)
{
	_cleanup_strv_ char **keys = strv_split(allowed, " ");
	const char *equals = strchr(part, '=');
	_cleanup_free_ char *key =
		equals ? xstrndup(part, (size_t)(equals - part)) : xstrdup(first_key ? first_key : part);
	struct suboption *item;

	if (!strv_contains(keys, key))
		return refuse_key(option, key, allowed, err);
	if (suboption_value(ret, key))
		return error_set(err, ERROR_INVALID, _("--%s has '%s' twice"), option, key);
	if (equals && equals[1] == '\0')
		return error_set(err, ERROR_INVALID, _("--%s has '%s' without a value"), option, part);
	item = ARRAY_ADD(ret->items, ret->count);
	item->key = TAKE_POINTER(key);
	if (equals)
		item->value = xstrdup(equals + 1);
	else if (first_key)
		item->value = xstrdup(part);
	return true;
}

bool suboptions_parse(const char *option, const char *text, const char *first_key, const char *allowed,
		      struct suboptions *ret, struct error *err)
{
	_cleanup_strv_ char **parts = strv_split_parts(text);

	*ret = (struct suboptions){ 0 };
	for (size_t i = 0; parts[i]; i++) {
		if (parts[i][0] == '\0')
			return error_set(err, ERROR_INVALID, _("--%s has an empty part: '%s'"), option, text);
		if (!add_part(option, parts[i], i == 0 ? first_key : NULL, allowed, ret, err))
			return false;
	}
	return true;
}

const char *suboption_value(const struct suboptions *suboptions, const char *key)
{
	for (size_t i = 0; i < suboptions->count; i++) {
		if (strcmp(suboptions->items[i].key, key) == 0)
			return suboptions->items[i].value ? suboptions->items[i].value : "";
	}
	return NULL;
}

void suboptions_clear(struct suboptions *suboptions)
{
	for (size_t i = 0; i < suboptions->count; i++) {
		free(suboptions->items[i].key);
		free(suboptions->items[i].value);
	}
	free(suboptions->items);
	*suboptions = (struct suboptions){ 0 };
}
