/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to libosinfo's data: found by what an ISO says, by name, by words. */
#include "osinfo/catalog.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "osinfo/system.h"

#include <osinfo/osinfo.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ASK_LIMIT 1000

struct catalog {
	OsinfoLoader *loader;
	OsinfoDb *db;	      /* the loader's */
	OsinfoOsList *list;   /* owned */
	const char **names;   /* owned array of borrowed short names */
	size_t count;
};

/* ---- the data ---- */

static OsinfoOs *nth(const struct catalog *catalog, size_t i)
{
	return OSINFO_OS(osinfo_list_get_nth(OSINFO_LIST(catalog->list), (gint)i));
}

struct catalog *catalog_load(struct error *err)
{
	struct catalog *catalog = xcalloc(1, sizeof *catalog);
	GError *problem = NULL;

	catalog->loader = osinfo_loader_new();
	osinfo_loader_process_default_path(catalog->loader, &problem);
	if (problem != NULL) {
		error_set(err, ERROR_FAILED, "cannot load libosinfo's data: %s", problem->message);
		g_error_free(problem);
		catalog_free(catalog);
		return NULL;
	}
	catalog->db = osinfo_loader_get_db(catalog->loader);
	catalog->list = osinfo_db_get_os_list(catalog->db);
	catalog->count = (size_t)osinfo_list_get_length(OSINFO_LIST(catalog->list));
	catalog->names = xcalloc(catalog->count + 1, sizeof *catalog->names);
	for (size_t i = 0; i < catalog->count; i++) {
		const char *name = osinfo_product_get_short_id(OSINFO_PRODUCT(nth(catalog, i)));

		catalog->names[i] = name != NULL ? name : "";
	}
	return catalog;
}

void catalog_free(struct catalog *catalog)
{
	if (catalog == NULL)
		return;
	if (catalog->list != NULL)
		g_object_unref(catalog->list);
	g_object_unref(catalog->loader);
	free(catalog->names);
	free(catalog);
}

static struct json_object *unknown(void)
{
	struct json_object *answer = json_object_new_object();

	json_set_bool(answer, "unknown", true);
	return answer;
}

/* ---- by name ---- */

/* A system may have several short names; NULL: none has this one. */
static OsinfoOs *find_exactly(const struct catalog *catalog, const char *name)
{
	for (size_t i = 0; i < catalog->count; i++) {
		GList *names = osinfo_product_get_short_id_list(OSINFO_PRODUCT(nth(catalog, i)));
		bool found = false;

		for (const GList *at = names; at != NULL && !found; at = at->next)
			found = text_equal(at->data, name);
		g_list_free(names);
		if (found)
			return nth(catalog, i);
	}
	return osinfo_db_get_os(catalog->db, name);
}

/* "rhel6" is rhel6.0: a first release's name without its point. */
static OsinfoOs *find(const struct catalog *catalog, const char *name)
{
	OsinfoOs *os = find_exactly(catalog, name);
	_cleanup_free_ char *first = strf("%s.0", name);

	return os != NULL ? os : find_exactly(catalog, first);
}

/* Reads "12", "6.10"; false when something else follows. */
static bool read_version(const char *text, uint64_t ret[2])
{
	_cleanup_strv_ char **parts = strv_split(text, ".");
	size_t count = strv_length(parts);

	ret[0] = ret[1] = 0;
	return count >= 1 && count <= 2 && text_to_uint(parts[0], false, &ret[0]) && (count == 1 || text_to_uint(parts[1], false, &ret[1]));
}

static bool is_less(const uint64_t a[2], const uint64_t b[2])
{
	return a[0] < b[0] || (a[0] == b[0] && a[1] < b[1]);
}

/* The newest release before the one of this name, of the same series: "debian12" where the data ends at debian11. NULL: there is none. */
static OsinfoOs *find_older(const struct catalog *catalog, const char *name)
{
	size_t stem = strcspn(name, "0123456789");
	uint64_t wanted[2], newest[2] = { 0, 0 };
	OsinfoOs *found = NULL;

	if (stem == 0 || !read_version(name + stem, wanted))
		return NULL;
	for (size_t i = 0; i < catalog->count; i++) {
		uint64_t version[2];

		if (strncmp(catalog->names[i], name, stem) != 0 || !read_version(catalog->names[i] + stem, version) ||
		    !is_less(version, wanted) || is_less(version, newest))
			continue;
		memcpy(newest, version, sizeof newest);
		found = nth(catalog, i);
	}
	return found;
}

static struct json_object *answer_system(const struct catalog *catalog, const char *name, const char *arch)
{
	OsinfoOs *os = find(catalog, name), *older;
	struct json_object *answer, *near;
	const char *meant;

	if (os != NULL) {
		answer = json_object_new_object();
		json_set(answer, "system", system_json(os, arch));
		return answer;
	}
	answer = unknown();
	meant = suggest(name, catalog->names, catalog->count);
	older = find_older(catalog, name);
	near = json_object_new_array();
	if (meant != NULL)
		json_object_array_add(near, json_object_new_string(meant));
	json_set(answer, "near", near);
	if (older != NULL)
		json_set(answer, "older", system_json(older, arch));
	return answer;
}

/* ---- by words ---- */

static bool has_words(OsinfoOs *os, char *const *words)
{
	OsinfoProduct *product = OSINFO_PRODUCT(os);
	const char *texts[] = { osinfo_product_get_short_id(product), osinfo_product_get_name(product), osinfo_product_get_vendor(product),
				osinfo_product_get_codename(product), osinfo_entity_get_id(OSINFO_ENTITY(os)) };

	for (; words != NULL && *words != NULL; words++) {
		bool found = false;

		for (size_t i = 0; i < ARRAY_LENGTH(texts) && !found; i++)
			found = texts[i] != NULL && strcasestr(texts[i], *words) != NULL;
		if (!found)
			return false;
	}
	return true;
}

/* By short name, with numbers in their order: debian9 before debian10. */
static int compare(const void *a, const void *b)
{
	OsinfoOs *const *left = a, *const *right = b;
	const char *one = osinfo_product_get_short_id(OSINFO_PRODUCT(*left)), *two = osinfo_product_get_short_id(OSINFO_PRODUCT(*right));

	return strverscmp(one != NULL ? one : "", two != NULL ? two : "");
}

static struct json_object *answer_list(const struct catalog *catalog, const char *text, const char *arch)
{
	_cleanup_strv_ char **words = strv_split(text, " \t");
	_cleanup_free_ OsinfoOs **found = xcalloc(catalog->count + 1, sizeof(OsinfoOs *));
	struct json_object *answer = json_object_new_object(), *systems = json_object_new_array();
	size_t count = 0;

	for (size_t i = 0; i < catalog->count; i++)
		if (has_words(nth(catalog, i), words))
			found[count++] = nth(catalog, i);
	qsort(found, count, sizeof(OsinfoOs *), compare);
	for (size_t i = 0; i < count; i++)
		json_object_array_add(systems, system_json(found[i], arch));
	json_set(answer, "systems", systems);
	return answer;
}

/* ---- by an ISO's words ---- */

static void set_text(OsinfoMedia *media, const char *property, struct json_object *from)
{
	const char *text = json_get_string(from, property, NULL);

	/* GLib's regular expressions take UTF-8 alone */
	if (!text_empty(text) && utf8_valid(text, strlen(text)))
		osinfo_entity_set_param(OSINFO_ENTITY(media), property, text);
}

static struct json_object *answer_media(const struct catalog *catalog, struct json_object *question, const char *arch)
{
	static const char *const texts[] = { OSINFO_MEDIA_PROP_VOLUME_ID, OSINFO_MEDIA_PROP_SYSTEM_ID, OSINFO_MEDIA_PROP_PUBLISHER_ID,
					     OSINFO_MEDIA_PROP_APPLICATION_ID };
	OsinfoMedia *media = osinfo_media_new("asked", NULL);
	struct json_object *answer;
	int64_t size = json_get_int(question, OSINFO_MEDIA_PROP_VOLUME_SIZE, 0);

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		set_text(media, texts[i], question);
	if (size > 0)
		osinfo_entity_set_param_int64(OSINFO_ENTITY(media), OSINFO_MEDIA_PROP_VOLUME_SIZE, size);
	if (osinfo_db_identify_media(catalog->db, media)) {
		OsinfoOs *os = osinfo_media_get_os(media);

		answer = json_object_new_object();
		json_set(answer, "system", system_json(os, osinfo_media_get_architecture(media) != NULL ? osinfo_media_get_architecture(media) : arch));
		json_set(answer, "media", system_media_json(media));
		g_object_unref(os);
	} else {
		answer = unknown();
	}
	g_object_unref(media);
	return answer;
}

/* ---- requests ---- */

static struct json_object *answer_one(const struct catalog *catalog, struct json_object *question, const char *arch)
{
	const char *name = json_get_string(question, "system", NULL), *words = json_get_string(question, "list", NULL);
	struct json_object *media = json_get(question, "media");

	if (media != NULL && json_object_is_type(media, json_type_object))
		return answer_media(catalog, media, arch);
	if (name != NULL)
		return answer_system(catalog, name, arch);
	return words != NULL ? answer_list(catalog, words, arch) : unknown();
}

struct json_object *catalog_answer(struct catalog *catalog, struct json_object *request, struct error *err)
{
	struct json_object *ask = json_get(request, "ask"), *answers;
	const char *arch = json_get_string(request, "arch", "x86_64");

	if (ask == NULL || !json_object_is_type(ask, json_type_array) || json_object_array_length(ask) > ASK_LIMIT) {
		error_set(err, ERROR_PROTOCOL, "this is no request");
		return NULL;
	}
	answers = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(ask); i++)
		json_object_array_add(answers, answer_one(catalog, json_object_array_get_idx(ask, i), arch));
	return answers;
}
