/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keyboard layouts: which keys of a guest's keyboard make a character, from the keymap files that QEMU installs. */
#ifndef HV_KEYMAP_H
#define HV_KEYMAP_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	STROKE_SHIFT = 1 << 0,
	STROKE_ALTGR = 1 << 1,
	STROKE_CONTROL = 1 << 2,
	STROKE_ALT = 1 << 3,
	STROKE_SUPER = 1 << 4
};

/* A key pressed and released with modifiers held. */
struct stroke {
	uint32_t qnum;	    /* hv/keycodes.h */
	unsigned modifiers; /* STROKE_* */
	uint32_t keysym;    /* what it makes, for servers that take symbols only */
};

struct keymap;

/* By name as in <graphics keymap=> and QEMU's -k ("de", "en-us"); NULL: en-us, which is built in and needs no file.
 * directory (may be NULL): where else to look. ERROR_NOT_FOUND names those there are. Files are bounded and not
 * trusted. */
struct keymap *keymap_load(const char *name, const char *directory, struct error *err);
void keymap_free(struct keymap *keymap);
const char *keymap_name(const struct keymap *keymap);
/* The layouts that are installed. Owned vector. */
char **keymap_names(void);
/* Where an emulator's own keymaps lie, for keymap_load(); NULL when its path does not tell. Owned. */
char *keymap_directory(const char *emulator);

#define KEYMAP_STROKES 3 /* of one character: a dead key comes before its letter */
/* How a character is typed; 0: this layout cannot. Newline is Enter, tab is Tab. */
size_t keymap_type(const struct keymap *keymap, uint32_t character, struct stroke ret[KEYMAP_STROKES]);

/* A stroke as presses and releases in their order: modifiers down, the key down and up, modifiers up. At most 12. */
struct key_event {
	uint32_t qnum, keysym;
	bool down;
};
size_t stroke_events(const struct stroke *stroke, struct key_event ret[12]);

#endif
