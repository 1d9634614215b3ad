/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Systems: read from what virtty-osinfo says of them, looked up by name. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/osinfo_internal.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define FIND_MS	   6000
#define LIST_MS	   20000
#define NAME_LIMIT 200 /* bytes: longer ones are not asked for */

ENUM_WORDS(os_device, OS_DEVICE_COUNT, "virtio-net", "virtio-block", "virtio-scsi", "virtio-balloon", "virtio-rng", "virtio-gpu", "virtio1", "e1000e",
	   "e1000", "rtl8139", "qemu-xhci", "tablet", "q35");

void os_system_clear(struct os_system *system)
{
	char *const texts[] = { system->id,	system->short_id, system->name,	    system->version,	  system->vendor,
				system->family, system->distro,	  system->codename, system->release_date, system->eol_date };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		free(texts[i]);
	*system = (struct os_system){ 0 };
}

void os_systems_free(struct os_system *systems, size_t count)
{
	for (size_t i = 0; i < count; i++)
		os_system_clear(&systems[i]);
	free(systems);
}

void os_answer_clear(struct os_answer *answer)
{
	os_system_clear(&answer->system);
	free(answer->near);
	json_object_put(answer->json);
	*answer = (struct os_answer){ 0 };
}

bool os_has(const struct os_system *system, enum os_device device)
{
	return (system->devices & 1u << device) != 0;
}

bool os_is_windows(const struct os_system *system)
{
	return text_starts(system->family != NULL ? system->family : "", "win");
}

struct os_resources os_wants(const struct os_system *system)
{
	const struct os_resources *minimum = &system->minimum;
	struct os_resources wants = system->recommended;

	if (wants.memory_bytes == 0 && minimum->memory_bytes < UINT64_MAX / 2)
		wants.memory_bytes = 2 * minimum->memory_bytes;
	if (wants.disk_bytes == 0 && minimum->disk_bytes < UINT64_MAX / 2)
		wants.disk_bytes = 2 * minimum->disk_bytes;
	if (wants.cpus == 0)
		wants.cpus = minimum->cpus;
	return wants;
}

char *os_title(const struct os_system *system)
{
	return system->short_id != NULL ? strf("%s (%s)", system->name, system->short_id) : xstrdup(system->name);
}

/* ---- from JSON ---- */

static char *read_text(struct json_object *object, const char *key)
{
	return xstrdup_null(json_get_string(object, key, NULL));
}

static struct os_resources read_resources(struct json_object *object)
{
	int64_t memory = json_get_int(object, "memory", 0), disk = json_get_int(object, "disk", 0), cpus = json_get_int(object, "cpus", 0);

	return (struct os_resources){
		.memory_bytes = memory > 0 ? (uint64_t)memory : 0,
		.disk_bytes = disk > 0 ? (uint64_t)disk : 0,
		.cpus = cpus > 0 && cpus <= INT_MAX ? (unsigned)cpus : 0,
	};
}

/* Does an array of words have this one? */
static bool has_word(struct json_object *words, const char *word)
{
	size_t count = words != NULL && json_object_is_type(words, json_type_array) ? json_object_array_length(words) : 0;

	for (size_t i = 0; i < count; i++)
		if (text_equal(json_object_get_string(json_object_array_get_idx(words, i)), word))
			return true;
	return false;
}

void os_system_read(struct json_object *object, struct os_system *ret)
{
	struct json_object *devices = json_get(object, "devices"), *firmware = json_get(object, "firmware");

	*ret = (struct os_system){
		.id = read_text(object, "id"),
		.short_id = read_text(object, "short-id"),
		.name = read_text(object, "name"),
		.version = read_text(object, "version"),
		.vendor = read_text(object, "vendor"),
		.family = read_text(object, "family"),
		.distro = read_text(object, "distro"),
		.codename = read_text(object, "codename"),
		.release_date = read_text(object, "release-date"),
		.eol_date = read_text(object, "eol-date"),
		.recommended = read_resources(json_get(object, "recommended")),
		.minimum = read_resources(json_get(object, "minimum")),
		.bios = has_word(firmware, "bios"),
		.uefi = has_word(firmware, "efi"),
	};
	if (ret->id == NULL)
		ret->id = xstrdup("");
	if (ret->name == NULL)
		ret->name = xstrdup(ret->short_id != NULL ? ret->short_id : ret->id);
	for (int device = 0; device < OS_DEVICE_COUNT; device++)
		if (has_word(devices, enum_word(&os_device_words, device)))
			ret->devices |= 1u << device;
}

/* ---- by name ---- */

static void read_answer(struct json_object *json, struct os_answer *ret)
{
	struct json_object *system = json_get(json, "system"), *older = json_get(json, "older"), *near = json_get(json, "near");

	*ret = (struct os_answer){ .found = system != NULL, .older = system == NULL && older != NULL };
	if (ret->found || ret->older) {
		ret->json = json_object_get(system != NULL ? system : older);
		os_system_read(ret->json, &ret->system);
	}
	if (near != NULL && json_object_is_type(near, json_type_array) && json_object_array_length(near) > 0)
		ret->near = xstrdup_null(json_object_get_string(json_object_array_get_idx(near, 0)));
}

static struct json_object *read_kept(struct manager *manager, const char *name, const char *data)
{
	sqlite3_stmt *row = db_query(manager->db, NULL, "SELECT json FROM osinfo WHERE name = ? AND data = ?", "ss", name, data);
	_cleanup_free_ char *text = NULL;
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, NULL) || !found)
		return NULL;
	text = db_text(row, 0);
	sqlite3_reset(row);
	return text != NULL ? json_parse("osinfo", text, strlen(text), NULL) : NULL;
}

/* What cannot be kept is asked again the next time. Names of other data are of no use any more. */
static void keep(struct manager *manager, const char *name, const char *data, struct json_object *answer)
{
	_cleanup_free_ char *text = json_text(answer);

	if (db_in_transaction(manager->db) || !db_begin_volatile(manager->db, NULL))
		return;
	if (db_run(manager->db, NULL, NULL, "DELETE FROM osinfo WHERE data <> ?", "s", data) &&
	    db_run(manager->db, NULL, NULL, "INSERT OR REPLACE INTO osinfo(name, data, json) VALUES(?, ?, ?)", "sss", name, data, text) &&
	    db_commit(manager->db, NULL))
		return;
	db_rollback(manager->db);
}

/* One question; its answer. */
static struct json_object *ask_one(const char *key, const char *value, int timeout_ms, struct error *err)
{
	_cleanup_json_ struct json_object *questions = json_object_new_array(), *answers = NULL;
	struct json_object *question = json_object_new_object(), *answer;

	json_set_string(question, key, value);
	json_object_array_add(questions, question);
	answers = osinfo_ask(questions, timeout_ms, err);
	answer = answers != NULL ? json_object_array_get_idx(answers, 0) : NULL;
	return answer != NULL ? json_object_get(answer) : NULL;
}

bool os_find(struct manager *manager, const char *name, struct os_answer *ret, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_free_ char *data = osinfo_data();
	_cleanup_json_ struct json_object *answer = NULL;

	*ret = (struct os_answer){ 0 };
	if (strlen(name) > NAME_LIMIT || !utf8_valid(name, strlen(name)))
		return true;
	answer = *data != '\0' ? read_kept(manager, name, data) : NULL;
	if (answer == NULL) {
		answer = ask_one("system", name, FIND_MS, &local);
		if (answer == NULL)
			return error_move(err, &local);
		if (json_get(answer, "system") != NULL)
			keep(manager, name, data, answer);
	}
	read_answer(answer, ret);
	return true;
}

bool os_list(const char *words, struct os_system **ret, size_t *ret_count, struct json_object **ret_json, struct error *err)
{
	_cleanup_error_ struct error local = ERROR_INIT;
	_cleanup_json_ struct json_object *answer = ask_one("list", words != NULL ? words : "", LIST_MS, &local);
	struct json_object *systems = answer != NULL ? json_get(answer, "systems") : NULL;

	*ret = NULL;
	*ret_count = 0;
	if (answer == NULL)
		return error_move(err, &local);
	if (systems == NULL || !json_object_is_type(systems, json_type_array))
		return error_set(err, ERROR_PROTOCOL, "virtty-osinfo gave no answer to what it was asked");
	for (size_t i = 0; i < json_object_array_length(systems); i++)
		os_system_read(json_object_array_get_idx(systems, i), ARRAY_ADD(*ret, *ret_count));
	if (ret_json != NULL)
		*ret_json = json_object_get(systems);
	return true;
}
