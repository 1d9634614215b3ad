/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keyboard layouts: the built-in one, those in files, and how a character is typed with them. */
#include "hv/keymap.h"

#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/keymap_internal.h"
#include "hv/keysyms.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define BUILT_IN      "en-us"
#define INCLUDE_DEPTH 8
#define INCLUDE_TOTAL 32
#define NAMES_LIMIT   1024

#define QNUM_TAB   0x0f
#define QNUM_ENTER 0x1c

static const char *const directories[] = { "/usr/share/qemu/keymaps", "/usr/local/share/qemu/keymaps",
					   "/usr/share/qemu-kvm/keymaps" };

/* ---- built in ---- */

/* The rows of an US keyboard from their first key on, plain and with Shift. */
static const struct us_row {
	uint32_t first;
	const char *plain, *shifted;
} us_rows[] = {
	{ 0x02, "1234567890-=", "!@#$%^&*()_+" },
	{ 0x10, "qwertyuiop[]", "QWERTYUIOP{}" },
	{ 0x1e, "asdfghjkl;'`", "ASDFGHJKL:\"~" },
	{ 0x2b, "\\zxcvbnm,./", "|ZXCVBNM<>?" },
	{ 0x39, " ", " " },
};

static void add_us(struct keymap *keymap, char character, uint32_t qnum, unsigned modifiers)
{
	uint32_t c = (unsigned char)character;

	*ARRAY_ADD(keymap->entries, keymap->count) = (struct keymap_entry){ c, { qnum, modifiers, c } };
}

static struct keymap *built_in(void)
{
	struct keymap *keymap = xcalloc(1, sizeof *keymap);

	keymap->name = xstrdup(BUILT_IN);
	for (size_t i = 0; i < ARRAY_LENGTH(us_rows); i++)
		for (uint32_t k = 0; us_rows[i].plain[k]; k++) {
			add_us(keymap, us_rows[i].plain[k], us_rows[i].first + k, 0);
			add_us(keymap, us_rows[i].shifted[k], us_rows[i].first + k, STROKE_SHIFT);
		}
	keymap_settle(keymap);
	return keymap;
}

/* ---- files ---- */

struct loader {
	struct keymap *keymap;
	const char *directory; /* borrowed; NULL: only the usual ones */
	unsigned depth, total;
};

static char *file_in(const char *directory, const char *name)
{
	char *path = strf("%s/%s", directory, name);

	if (path_exists(path))
		return path;
	free(path);
	return NULL;
}

/* The file of a layout; NULL: in none of the directories. Owned. */
static char *find_file(const char *name, const char *directory)
{
	char *path = directory ? file_in(directory, name) : NULL;

	for (size_t i = 0; i < ARRAY_LENGTH(directories) && !path; i++)
		path = file_in(directories[i], name);
	return path;
}

static bool read_file(struct loader *loader, const char *path, struct error *err);

static bool include(const char *name, void *userdata, struct error *err)
{
	struct loader *loader = userdata;
	_cleanup_free_ char *path = find_file(name, loader->directory);

	if (loader->depth >= INCLUDE_DEPTH || loader->total >= INCLUDE_TOTAL)
		return error_set(err, ERROR_INVALID, "too many files are included");
	if (!path)
		return error_set(err, ERROR_NOT_FOUND, "the included keymap '%s' does not exist", name);
	return read_file(loader, path, err);
}

static bool read_file(struct loader *loader, const char *path, struct error *err)
{
	struct keymap_reader reader = { loader->keymap, include, loader };
	_cleanup_free_ char *text = NULL;
	size_t length;
	bool good;

	if (!file_read(path, KEYMAP_FILE_LIMIT, &text, &length, err))
		return false;
	loader->depth++;
	loader->total++;
	good = keymap_read(&reader, text, length, err);
	loader->depth--;
	return good || error_wrap(err, "keymap '%s'", path);
}

/* The layouts in a directory besides those that are known. */
static char **add_names(char **names, const char *directory)
{
	DIR *dir = opendir(directory);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)) && strv_length(names) < NAMES_LIMIT)
		if (keymap_name_valid(entry->d_name) && !strv_contains(names, entry->d_name))
			names = strv_add(names, entry->d_name);
	if (dir)
		closedir(dir);
	return names;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char **names_with(const char *directory)
{
	char **names = strv_add(NULL, BUILT_IN);

	if (directory)
		names = add_names(names, directory);
	for (size_t i = 0; i < ARRAY_LENGTH(directories); i++)
		names = add_names(names, directories[i]);
	qsort(names, strv_length(names), sizeof *names, compare_names);
	return names;
}

char **keymap_names(void)
{
	return names_with(NULL);
}

static bool not_found(const char *name, const char *directory, struct error *err)
{
	_cleanup_strv_ char **names = names_with(directory);
	_cleanup_free_ char *list = strv_join(names, ", ");

	error_set(err, ERROR_NOT_FOUND, "there is no keymap '%s'", name);
	return error_hint(err, "use one of: %s", list);
}

struct keymap *keymap_load(const char *name, const char *directory, struct error *err)
{
	_cleanup_free_ char *path = NULL;
	struct loader loader = { .directory = directory };

	if (!name || text_equal(name, BUILT_IN))
		return built_in();
	if (keymap_name_valid(name))
		path = find_file(name, directory);
	if (!path) {
		not_found(name, directory, err);
		return NULL;
	}
	loader.keymap = xcalloc(1, sizeof *loader.keymap);
	loader.keymap->name = xstrdup(name);
	if (!read_file(&loader, path, err)) {
		keymap_free(loader.keymap);
		return NULL;
	}
	keymap_settle(loader.keymap);
	return loader.keymap;
}

void keymap_free(struct keymap *keymap)
{
	if (!keymap)
		return;
	free(keymap->name);
	free(keymap->entries);
	free(keymap);
}

const char *keymap_name(const struct keymap *keymap)
{
	return keymap->name;
}

char *keymap_directory(const char *emulator)
{
	const char *slash = emulator ? strrchr(emulator, '/') : NULL;

	return slash ? strf("%.*s/../share/qemu/keymaps", (int)(slash - emulator), emulator) : NULL;
}

/* ---- typing ---- */

static int compare_character(const void *key, const void *entry)
{
	uint32_t wanted = *(const uint32_t *)key, is = ((const struct keymap_entry *)entry)->character;

	return wanted == is ? 0 : wanted < is ? -1 : 1;
}

/* One stroke without dead keys. */
static bool plain_stroke(const struct keymap *keymap, uint32_t character, struct stroke *ret)
{
	const struct keymap_entry *entry = NULL;

	if (character == '\n' || character == '\r')
		*ret = (struct stroke){ QNUM_ENTER, 0, 0xff0d };
	else if (character == '\t')
		*ret = (struct stroke){ QNUM_TAB, 0, 0xff09 };
	else if (keymap->count)
		entry = bsearch(&character, keymap->entries, keymap->count, sizeof *entry, compare_character);
	else
		return false;
	if (entry)
		*ret = entry->stroke;
	return entry || character < ' ';
}

size_t keymap_type(const struct keymap *keymap, uint32_t character, struct stroke ret[KEYMAP_STROKES])
{
	enum dead_key dead;
	uint32_t base;

	if (character < ' ' && character != '\n' && character != '\r' && character != '\t')
		return 0;
	if (plain_stroke(keymap, character, &ret[0]))
		return 1;
	for (size_t n = 0; dead_key_compose(character, n, &dead, &base); n++)
		if (keymap->dead[dead].qnum && plain_stroke(keymap, base, &ret[1])) {
			ret[0] = keymap->dead[dead];
			return 2;
		}
	return 0;
}

/* In the order in which they are pressed. */
static const struct modifier {
	unsigned flag;
	uint32_t qnum, keysym;
} modifiers[] = {
	{ STROKE_CONTROL, 0x1d, 0xffe3 }, /* Control_L */
	{ STROKE_ALT, 0x38, 0xffe9 },	  /* Alt_L */
	{ STROKE_SHIFT, 0x2a, 0xffe1 },	  /* Shift_L */
	{ STROKE_ALTGR, 0xb8, 0xfe03 },	  /* ISO_Level3_Shift */
	{ STROKE_SUPER, 0xdb, 0xffeb },	  /* Super_L */
};

size_t stroke_events(const struct stroke *stroke, struct key_event ret[12])
{
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(modifiers); i++)
		if (stroke->modifiers & modifiers[i].flag)
			ret[count++] = (struct key_event){ modifiers[i].qnum, modifiers[i].keysym, true };
	ret[count++] = (struct key_event){ stroke->qnum, stroke->keysym, true };
	ret[count++] = (struct key_event){ stroke->qnum, stroke->keysym, false };
	for (size_t i = ARRAY_LENGTH(modifiers); i-- > 0;)
		if (stroke->modifiers & modifiers[i].flag)
			ret[count++] = (struct key_event){ modifiers[i].qnum, modifiers[i].keysym, false };
	return count;
}
