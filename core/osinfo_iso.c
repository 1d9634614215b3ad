/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ISOs: looked up in the state, else read, and asked about. */
#include "base/file.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/osinfo_internal.h"
#include "storage/iso.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DESCRIBE_MS 8000
#define PRUNE_AT_ONCE 1000 /* rows whose files are looked for */

void iso_info_clear(struct iso_info *info)
{
	char *const texts[] = { info->path, info->trouble, info->label, info->arch, info->variant, info->kernel, info->initrd };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		free(texts[i]);
	if (info->system != NULL)
		os_system_clear(info->system);
	free(info->system);
	json_object_put(info->json);
	*info = (struct iso_info){ 0 };
}

void iso_infos_free(struct iso_info *infos, size_t count)
{
	for (size_t i = 0; i < count; i++)
		iso_info_clear(&infos[i]);
	free(infos);
}

char *iso_title(const struct iso_info *info)
{
	const char *slash = info->path != NULL ? strrchr(info->path, '/') : NULL;

	if (info->system != NULL)
		return xstrdup(info->variant != NULL ? info->variant : info->system->name);
	return xstrdup(info->label != NULL ? info->label : slash != NULL ? slash + 1 : "");
}

/* ---- to and from JSON ---- */

/* What the file says of itself. */
static struct json_object *iso_json(const struct iso *iso)
{
	struct json_object *object = json_object_new_object(), *boots = json_object_new_array();

	json_set_string(object, "label", iso->label);
	json_set_string(object, "publisher", iso->publisher);
	json_set_string(object, "application", iso->application);
	if (iso->created_s != 0)
		json_set_int(object, "created", iso->created_s);
	if (iso->boots_bios)
		json_object_array_add(boots, json_object_new_string("bios"));
	if (iso->boots_uefi)
		json_object_array_add(boots, json_object_new_string("efi"));
	json_set(object, "boots", boots);
	return object;
}

static bool has_boot(struct json_object *object, const char *word)
{
	struct json_object *boots = json_get(object, "boots");
	size_t count = boots != NULL && json_object_is_type(boots, json_type_array) ? json_object_array_length(boots) : 0;

	for (size_t i = 0; i < count; i++)
		if (text_equal(json_object_get_string(json_object_array_get_idx(boots, i)), word))
			return true;
	return false;
}

static char *read_text(struct json_object *object, const char *key)
{
	return xstrdup_null(json_get_string(object, key, NULL));
}

/* Fills an info from what is known; the object is its own from then on. */
static void take_json(struct iso_info *info, struct json_object *object)
{
	struct json_object *system = json_get(object, "system"), *media = json_get(object, "media");

	info->known = true;
	info->trouble = read_text(object, "trouble");
	info->label = read_text(object, "label");
	info->created_s = json_get_int(object, "created", 0);
	info->boots_bios = has_boot(object, "bios");
	info->boots_uefi = has_boot(object, "efi");
	if (system != NULL) {
		info->system = xcalloc(1, sizeof *info->system);
		os_system_read(system, info->system);
	}
	if (media != NULL) {
		info->arch = read_text(media, "arch");
		info->variant = read_text(media, "variant");
		info->kernel = read_text(media, "kernel");
		info->initrd = read_text(media, "initrd");
		info->live = json_get_bool(media, "live", false);
		info->installer = json_get_bool(media, "installer", false);
		info->installer_script = json_get_bool(media, "installer-script", false);
	}
	info->json = object;
}

/* ---- what is kept ---- */

/* What tells that a file is still the one that was looked into. */
struct print {
	int64_t size, mtime_ns, inode;
	bool drive; /* a device: what is in it changes without a trace */
};

static struct json_object *read_kept(struct manager *manager, const char *path, const struct print *print, const char *data)
{
	sqlite3_stmt *row = db_query(manager->db, NULL, "SELECT json FROM iso WHERE path = ? AND size = ? AND mtime_ns = ? AND inode = ? AND data = ?",
				     "siiis", path, print->size, print->mtime_ns, print->inode, data);
	_cleanup_free_ char *text = NULL;
	bool found;

	if (row == NULL || !db_step(manager->db, row, &found, NULL) || !found)
		return NULL;
	text = db_text(row, 0);
	sqlite3_reset(row);
	return text != NULL ? json_parse("iso", text, strlen(text), NULL) : NULL;
}

/* Rows of files that are gone. */
static void prune(struct manager *manager)
{
	sqlite3_stmt *row = db_query(manager->db, NULL, "SELECT path FROM iso ORDER BY random() LIMIT ?", "i", (int64_t)PRUNE_AT_ONCE);
	_cleanup_strv_ char **gone = NULL;
	bool found = true;

	while (row != NULL && db_step(manager->db, row, &found, NULL) && found) {
		_cleanup_free_ char *path = db_text(row, 0);

		if (path != NULL && !path_exists(path))
			gone = strv_add(gone, path);
	}
	for (char **path = gone; path != NULL && *path != NULL; path++)
		db_run(manager->db, NULL, NULL, "DELETE FROM iso WHERE path = ?", "s", *path);
}

/* ---- one go ---- */

/* An ISO on its way from a path to an answer. */
struct item {
	struct iso_info *info;
	struct print print;
	struct iso iso;
	struct json_object *json; /* owned: what is known by now; NULL: nothing is to be done */
	bool asked;		  /* the answer is libosinfo's last word */
};

static bool look(struct iso_info *info, struct print *ret)
{
	struct stat st;

	if (stat(info->path, &st) < 0) {
		info->trouble = xstrdup(strerror(errno));
		return false;
	}
	*ret = (struct print){ (int64_t)st.st_size, (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec, (int64_t)st.st_ino,
			       S_ISBLK(st.st_mode) };
	info->size_bytes = (uint64_t)st.st_size;
	info->changed_s = st.st_mtim.tv_sec;
	if (S_ISREG(st.st_mode) || S_ISBLK(st.st_mode))
		return true;
	info->trouble = xstrdup(S_ISDIR(st.st_mode) ? "it is a directory" : "it is no file");
	return false;
}

/* Opens it and reads what it says of itself. */
static void read_item(struct item *item)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_close_ int fd = open(item->info->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	bool ok;

	if (fd < 0)
		ok = error_set(&err, ERROR_SYSTEM, "%s", strerror(errno));
	else
		ok = iso_read(fd, item->info->path, &item->iso, &err);
	item->json = ok ? iso_json(&item->iso) : json_object_new_object();
	if (!ok) {
		json_set_string(item->json, "trouble", fd < 0 ? error_text(&err) : "it is no ISO 9660 image");
		item->asked = fd >= 0; /* a file that may not be read today may be tomorrow, and is the same file */
	}
}

static struct json_object *question(const struct iso *iso)
{
	struct json_object *question_json = json_object_new_object(), *media = json_object_new_object();

	json_set_string(media, "volume-id", iso->label);
	json_set_string(media, "system-id", iso->system);
	json_set_string(media, "publisher-id", iso->publisher);
	json_set_string(media, "application-id", iso->application);
	json_set_int(media, "volume-size", (int64_t)iso->volume_bytes);
	json_set(question_json, "media", media);
	return question_json;
}

/* Asks libosinfo about those that could be read. */
static void ask_items(struct item *items, size_t count, const char *data, struct error *why)
{
	_cleanup_json_ struct json_object *questions = json_object_new_array(), *answers = NULL;
	size_t at = 0;

	for (size_t i = 0; i < count; i++)
		if (!items[i].asked && json_get(items[i].json, "trouble") == NULL)
			json_object_array_add(questions, question(&items[i].iso));
	if (json_object_array_length(questions) == 0)
		return;
	if (*data != '\0')
		answers = osinfo_ask(questions, DESCRIBE_MS, why);
	for (size_t i = 0; i < count; i++) {
		if (items[i].asked || json_get(items[i].json, "trouble") != NULL)
			continue;
		struct json_object *answer = answers != NULL ? json_object_array_get_idx(answers, at++) : NULL;
		struct json_object *system = answer != NULL ? json_get(answer, "system") : NULL, *media = answer != NULL ? json_get(answer, "media") : NULL;

		if (system != NULL)
			json_set(items[i].json, "system", json_object_get(system));
		if (media != NULL)
			json_set(items[i].json, "media", json_object_get(media));
		items[i].asked = answer != NULL || *data == '\0';
	}
}

/* What cannot be kept (a read-only state) is found out again the next time. */
static void keep_items(struct manager *manager, const struct item *items, size_t count, const char *data)
{
	if (db_in_transaction(manager->db) || !db_begin_volatile(manager->db, NULL))
		return;
	for (size_t i = 0; i < count; i++) {
		_cleanup_free_ char *text = NULL;

		if (!items[i].asked || items[i].print.drive)
			continue;
		text = json_text(items[i].json);
		if (!db_run(manager->db, NULL, NULL, "INSERT OR REPLACE INTO iso(path, size, mtime_ns, inode, data, json) VALUES(?, ?, ?, ?, ?, ?)",
			    "siiiss", items[i].info->path, items[i].print.size, items[i].print.mtime_ns, items[i].print.inode, data, text)) {
			db_rollback(manager->db);
			return;
		}
	}
	prune(manager);
	if (!db_commit(manager->db, NULL))
		db_rollback(manager->db);
}

void iso_describe(struct manager *manager, struct iso_info *infos, size_t count, unsigned flags, struct error *why)
{
	_cleanup_free_ char *data = osinfo_data();
	_cleanup_free_ struct item *items = xcalloc(count + 1, sizeof *items);
	size_t unknown = 0;

	for (size_t i = 0; i < count; i++) {
		struct item *item = &items[unknown];
		struct json_object *kept;

		if (!look(&infos[i], &item->print))
			continue;
		kept = read_kept(manager, infos[i].path, &item->print, data);
		if (kept != NULL) {
			take_json(&infos[i], kept);
		} else if ((flags & ISO_KEPT) == 0) {
			item->info = &infos[i];
			read_item(item);
			unknown++;
		}
	}
	if (unknown == 0)
		return;
	ask_items(items, unknown, data, why);
	keep_items(manager, items, unknown, data);
	for (size_t i = 0; i < unknown; i++) {
		take_json(items[i].info, items[i].json);
		iso_clear(&items[i].iso);
	}
}
