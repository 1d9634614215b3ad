/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads QEMU's keymap files: "keysym number [shift] [altgr] ..." a line. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/keymap_internal.h"
#include "hv/keysyms.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define NAME_SIZE 64

bool keymap_name_valid(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_+";

	return *name && strlen(name) < NAME_SIZE && name[strspn(name, allowed)] == '\0';
}

/* Words after the number; false: a line that types nothing (the keypad with NumLock, control). */
static bool read_modifiers(char *const *words, unsigned *ret, bool *ret_upper)
{
	for (; *words; words++) {
		if (text_equal(*words, "shift"))
			*ret |= STROKE_SHIFT;
		else if (text_equal(*words, "altgr"))
			*ret |= STROKE_ALTGR;
		else if (text_equal(*words, "addupper"))
			*ret_upper = true;
		else if (!text_equal(*words, "localstate"))
			return false;
	}
	return true;
}

static void add_entry(struct keymap *keymap, uint32_t character, const struct stroke *stroke)
{
	if (keymap->count < KEYMAP_ENTRIES)
		*ARRAY_ADD(keymap->entries, keymap->count) = (struct keymap_entry){ character, *stroke };
}

/* "a 0x1e addupper" is also "A 0x1e shift" */
static void add_upper(struct keymap *keymap, const char *name, struct stroke stroke)
{
	_cleanup_free_ char *upper = xstrdup(name);
	uint32_t character;

	for (char *p = upper; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	stroke.modifiers |= STROKE_SHIFT;
	if (keysym_character(upper, &character, &stroke.keysym))
		add_entry(keymap, character, &stroke);
}

static void read_key(struct keymap *keymap, char *const *words)
{
	struct stroke stroke = { 0 };
	uint64_t number;
	uint32_t character;
	enum dead_key dead;
	bool upper = false;

	if (!text_to_uint(words[1], true, &number) || number == 0 || number > 0xff)
		return;
	stroke.qnum = (uint32_t)number;
	if (!read_modifiers(words + 2, &stroke.modifiers, &upper))
		return;
	if (dead_key_from_name(words[0], &dead, &stroke.keysym)) {
		if (!keymap->dead[dead].qnum)
			keymap->dead[dead] = stroke;
		return;
	}
	if (!keysym_character(words[0], &character, &stroke.keysym))
		return;
	add_entry(keymap, character, &stroke);
	if (upper)
		add_upper(keymap, words[0], stroke);
}

static bool read_line(const struct keymap_reader *reader, char *line, struct error *err)
{
	_cleanup_strv_ char **words = strv_split(line, " \t\r");

	if (strv_length(words) < 2 || *words[0] == '#' || text_equal(words[0], "map"))
		return true;
	if (text_equal(words[0], "include")) {
		if (!keymap_name_valid(words[1]))
			return error_set(err, ERROR_INVALID, "'include' without a keymap's name");
		return !reader->include || reader->include(words[1], reader->userdata, err);
	}
	read_key(reader->keymap, words);
	return true;
}

bool keymap_read(const struct keymap_reader *reader, const char *text, size_t length, struct error *err)
{
	if (memchr(text, '\0', length))
		return error_set(err, ERROR_INVALID, "it is not text");
	for (const char *end = text + length; text < end;) {
		const char *newline = memchr(text, '\n', (size_t)(end - text));
		size_t size = (size_t)((newline ? newline : end) - text);
		_cleanup_free_ char *line = xstrndup(text, size);

		if (!read_line(reader, line, err))
			return false;
		text += size + 1;
	}
	return true;
}

/* How plain a stroke is, less being plainer: keys that all keyboards have, few modifiers. */
static int cost(const struct stroke *stroke)
{
	int cost = (stroke->modifiers & STROKE_SHIFT ? 1 : 0) + (stroke->modifiers & STROKE_ALTGR ? 4 : 0);

	/* 102ND, RO and YEN are on some keyboards only; what is beyond types by accident */
	if (stroke->qnum == 0x56 || stroke->qnum == 0x73 || stroke->qnum == 0x7d)
		cost += 2;
	else if (stroke->qnum > 0x39)
		cost += 16;
	return cost;
}

static int compare(const void *left, const void *right)
{
	const struct keymap_entry *a = left, *b = right;

	if (a->character != b->character)
		return a->character < b->character ? -1 : 1;
	if (cost(&a->stroke) != cost(&b->stroke))
		return cost(&a->stroke) - cost(&b->stroke);
	if (a->stroke.qnum != b->stroke.qnum)
		return a->stroke.qnum < b->stroke.qnum ? -1 : 1;
	return 0;
}

void keymap_settle(struct keymap *keymap)
{
	size_t kept = 0;

	if (keymap->count)
		qsort(keymap->entries, keymap->count, sizeof *keymap->entries, compare);
	for (size_t i = 0; i < keymap->count; i++)
		if (kept == 0 || keymap->entries[kept - 1].character != keymap->entries[i].character)
			keymap->entries[kept++] = keymap->entries[i];
	keymap->count = kept;
}
