/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The ISOs of this host: where they are looked for, and what is there. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "core/manager_internal.h"
#include "core/osinfo.h"
#include "core/preference.h"
#include "core/storage.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#define CONFIG_LIMIT ((size_t)256 * 1024)
#define ISO_LIMIT    2000 /* files in all */

/* ---- places ---- */

/* The value of "directories" in section [iso] of the configuration file; NULL: it is not there. What is wrong with the file is said where all of it is
 * read, by the terminal program. Owned. */
static char *read_setting(const char *path)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	char *value = NULL;
	bool inside = false;

	if (!path_exists(path) || !file_read(path, CONFIG_LIMIT, &text, NULL, NULL))
		return NULL;
	lines = strv_split(text, "\r\n");
	for (char **line = lines; line != NULL && *line != NULL; line++) {
		const char *at = *line + strspn(*line, " \t"), *equals = at + strcspn(at, " \t=");

		if (*at == '[')
			inside = text_starts(at, "[iso]");
		if (!inside || !text_starts(at, "directories") || equals != at + strlen("directories"))
			continue;
		equals += strspn(equals, " \t");
		if (*equals != '=')
			continue;
		free(value);
		value = xstrdup(equals + 1 + strspn(equals + 1, " \t"));
	}
	return value;
}

/* "~/ISOs" below HOME; NULL where that is not known. Owned. */
static char *expand(const char *path)
{
	const char *home = getenv("HOME");

	if (path[0] != '~')
		return xstrdup(path);
	return text_empty(home) ? NULL : strf("%s%s", home, path + 1);
}

static char **add_place(char **places, const char *path)
{
	char *expanded = expand(path + strspn(path, " \t"));
	size_t length = expanded != NULL ? strlen(expanded) : 0;

	while (length > 1 && strchr("/ \t", expanded[length - 1]) != NULL)
		expanded[--length] = '\0';
	if (length > 0 && expanded[0] == '/' && !strv_contains(places, expanded))
		return strv_take(places, expanded);
	free(expanded);
	return places;
}

char **iso_directories(struct manager *manager)
{
	/* where libvirt's users, and browsers, put them */
	static const char *const usual[] = { "/var/lib/libvirt/images", "/var/lib/libvirt/boot", "~/Downloads" };
	_cleanup_free_ char *setting = read_setting(manager->paths.config);
	_cleanup_strv_ char **told = setting != NULL ? strv_split(setting, ":") : NULL;
	char **places = NULL;

	for (char **place = told; place != NULL && *place != NULL; place++)
		places = add_place(places, *place);
	/* a VIRTTY_HOME is a world of its own */
	for (size_t i = 0; setting == NULL && text_empty(getenv("VIRTTY_HOME")) && i < ARRAY_LENGTH(usual); i++)
		places = add_place(places, usual[i]);
	return places;
}

/* Directories of pools that are there, where one was chosen last, and those above. */
static bool all_places(struct manager *manager, char ***ret, struct error *err)
{
	_cleanup_strv_ char **others = iso_directories(manager);
	_cleanup_free_ char *last = preference_get(manager, "iso-directory");
	struct pool_row *pools = NULL;
	size_t count = 0;

	*ret = NULL;
	if (!pool_list(manager, &pools, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (pools[i].active && pools[i].target != NULL && (pools[i].type == POOL_DIR || pools[i].type == POOL_FS || pools[i].type == POOL_NETFS))
			*ret = add_place(*ret, pools[i].target);
	pool_rows_free(pools, count);
	for (char **place = others; place != NULL && *place != NULL; place++)
		*ret = add_place(*ret, *place);
	if (last != NULL)
		*ret = add_place(*ret, last);
	return true;
}

/* ---- files ---- */

struct found {
	struct iso_info *infos; /* owned array */
	size_t count;
};

static void add_file(struct found *found, char *path)
{
	for (size_t i = 0; i < found->count; i++)
		if (strcmp(found->infos[i].path, path) == 0) {
			free(path);
			return;
		}
	if (found->count < ISO_LIMIT)
		ARRAY_ADD(found->infos, found->count)->path = path;
	else
		free(path);
}

static bool is_iso_name(const char *name)
{
	size_t length = strlen(name);

	return name[0] != '.' && length > 4 && strcasecmp(name + length - 4, ".iso") == 0;
}

static void add_directory(struct found *found, const char *path)
{
	DIR *directory = opendir(path);

	for (const struct dirent *entry = directory != NULL ? readdir(directory) : NULL; entry != NULL; entry = readdir(directory))
		if (is_iso_name(entry->d_name) && (entry->d_type == DT_REG || entry->d_type == DT_LNK || entry->d_type == DT_UNKNOWN))
			add_file(found, strf("%s/%s", strcmp(path, "/") == 0 ? "" : path, entry->d_name));
	if (directory != NULL)
		closedir(directory);
}

/* Volumes that are ISOs, whatever their names are. */
static bool add_volumes(struct manager *manager, struct found *found, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT volume.path FROM volume JOIN pool ON pool.id = pool_id WHERE format = 'iso' AND active <> 0", "");
	bool more = true;

	while (row != NULL && db_step(manager->db, row, &more, err) && more)
		add_file(found, db_text(row, 0));
	return row != NULL && !more;
}

/* By title, then by path; what is no ISO comes last. */
static int compare(const void *a, const void *b)
{
	const struct iso_info *one = a, *two = b;

	if ((one->trouble != NULL) != (two->trouble != NULL))
		return one->trouble != NULL ? 1 : -1;

	_cleanup_free_ char *one_title = iso_title(one), *two_title = iso_title(two);
	int order = strcasecmp(one_title, two_title);

	return order != 0 ? order : strcmp(one->path, two->path);
}

bool iso_list(struct manager *manager, unsigned flags, struct iso_info **ret, size_t *ret_count, struct error *why, struct error *err)
{
	_cleanup_strv_ char **places = NULL;
	struct found found = { 0 };
	size_t kept = 0;

	*ret = NULL;
	*ret_count = 0;
	if (!all_places(manager, &places, err) || !add_volumes(manager, &found, err)) {
		iso_infos_free(found.infos, found.count);
		return false;
	}
	for (char **place = places; place != NULL && *place != NULL; place++)
		add_directory(&found, *place);
	iso_describe(manager, found.infos, found.count, flags, why);
	/* a link to nowhere, a directory, what went away meanwhile */
	for (size_t i = 0; i < found.count; i++) {
		if (!found.infos[i].known && found.infos[i].trouble != NULL)
			iso_info_clear(&found.infos[i]);
		else
			found.infos[kept++] = found.infos[i];
	}
	if (kept > 0)
		qsort(found.infos, kept, sizeof *found.infos, compare);
	*ret = found.infos;
	*ret_count = kept;
	return true;
}
