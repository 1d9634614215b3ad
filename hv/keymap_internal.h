/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the keymap share: a layout's characters and dead keys, and its reader. */
#ifndef HV_KEYMAP_INTERNAL_H
#define HV_KEYMAP_INTERNAL_H

#include "hv/keymap.h"

enum dead_key {
	DEAD_GRAVE,
	DEAD_ACUTE,
	DEAD_CIRCUMFLEX,
	DEAD_TILDE,
	DEAD_DIAERESIS,
	DEAD_RING,
	DEAD_CEDILLA,
	DEAD_CARON,
	DEAD_MACRON,
	DEAD_BREVE,
	DEAD_DOT_ABOVE,
	DEAD_DOT_BELOW,
	DEAD_OGONEK,
	DEAD_DOUBLE_ACUTE,
	DEAD_STROKE,
	DEAD_HORN,
	DEAD_HOOK,
	DEAD_COUNT
};

struct keymap_entry {
	uint32_t character;
	struct stroke stroke;
};

struct keymap {
	char *name;		      /* owned */
	struct keymap_entry *entries; /* owned, sorted by character, one of each */
	size_t count;
	struct stroke dead[DEAD_COUNT]; /* qnum 0: this layout has no such dead key */
};

/* Adds the lines of a keymap file; include is called for "include NAME" (false ends the reading with err). Lines that
 * are not understood are skipped, as QEMU does; ERROR_INVALID for what is no keymap at all. */
#define KEYMAP_FILE_LIMIT (256 * 1024)
#define KEYMAP_ENTRIES	  8192
struct keymap_reader {
	struct keymap *keymap;
	bool (*include)(const char *name, void *userdata, struct error *err); /* NULL: none */
	void *userdata;
};
bool keymap_read(const struct keymap_reader *reader, const char *text, size_t length, struct error *err);
/* Sorts what was read: of several ways to a character the plainest stays. */
void keymap_settle(struct keymap *keymap);
/* May a file of keymaps be called so? */
bool keymap_name_valid(const char *name);

/* "dead_acute"; false: no dead key. */
bool dead_key_from_name(const char *name, enum dead_key *ret, uint32_t *ret_keysym);
/* The n-th dead key and letter that compose to a character; false: no more. */
bool dead_key_compose(uint32_t character, size_t n, enum dead_key *ret, uint32_t *ret_base);

#endif
