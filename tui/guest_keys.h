/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed in the terminal as keys of a guest's keyboard; and keys by their names, for those that a terminal has
 * not. */
#ifndef TUI_GUEST_KEYS_H
#define TUI_GUEST_KEYS_H

#include "base/error.h"
#include "hv/keymap.h"
#include "tui/keys.h"

#define CHORD_KEYS 8 /* pressed together */

/* Keys that are pressed one after the other, and released the other way round. */
struct chord {
	struct {
		uint32_t qnum, keysym;
	} keys[CHORD_KEYS];
	size_t count;
};

/* A terminal's key as strokes, modifiers included; 0: the guest's layout has no such character, or its keyboard no such
 * key. */
size_t guest_key(const struct keymap *keymap, const struct key *key, struct stroke ret[KEYMAP_STROKES]);

/* A key that its terminal tells of by itself (key->real), modifiers and all: the guest's key, whatever is held with it.
 * False: the guest's layout makes this character by more than one key. */
bool guest_key_alone(const struct keymap *keymap, const struct key *key, uint32_t *ret_qnum, uint32_t *ret_keysym);

/* "ctrl-alt-f2", "super", "altgr-q", "KEY_VOLUMEUP": names joined by '-' or '+', the last may be any character of the
 * layout. ERROR_INVALID names the word that is no key. */
bool chord_parse(const struct keymap *keymap, const char *text, struct chord *ret, struct error *err);
/* Alt and SysRq held while a character's key is pressed; false when the layout cannot type it. */
bool chord_sysrq(const struct keymap *keymap, uint32_t character, struct chord *ret);
/* A chord from names that are known to be keys ("KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE"). */
struct chord chord_of(const char *names);

#endif
