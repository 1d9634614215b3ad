/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys of a terminal, keys of a guest. */
#include "tui/guest_keys.h"

#include "base/gettext.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "hv/keycodes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>

/* Linux's names of the keys that have a symbol in the terminal. Its erase key is Backspace, whichever byte it sends. */
static const struct {
	TermKeySym symbol;
	const char *name;
} symbols[] = {
	{ TERMKEY_SYM_UP, "KEY_UP" },
	{ TERMKEY_SYM_DOWN, "KEY_DOWN" },
	{ TERMKEY_SYM_LEFT, "KEY_LEFT" },
	{ TERMKEY_SYM_RIGHT, "KEY_RIGHT" },
	{ TERMKEY_SYM_HOME, "KEY_HOME" },
	{ TERMKEY_SYM_FIND, "KEY_HOME" },
	{ TERMKEY_SYM_END, "KEY_END" },
	{ TERMKEY_SYM_SELECT, "KEY_END" },
	{ TERMKEY_SYM_PAGEUP, "KEY_PAGEUP" },
	{ TERMKEY_SYM_PAGEDOWN, "KEY_PAGEDOWN" },
	{ TERMKEY_SYM_INSERT, "KEY_INSERT" },
	{ TERMKEY_SYM_DELETE, "KEY_DELETE" },
	{ TERMKEY_SYM_BACKSPACE, "KEY_BACKSPACE" },
	{ TERMKEY_SYM_DEL, "KEY_BACKSPACE" },
	{ TERMKEY_SYM_ENTER, "KEY_ENTER" },
	{ TERMKEY_SYM_KPENTER, "KEY_KPENTER" },
	{ TERMKEY_SYM_TAB, "KEY_TAB" },
	{ TERMKEY_SYM_ESCAPE, "KEY_ESC" },
	{ TERMKEY_SYM_SPACE, "KEY_SPACE" },
	{ TERMKEY_SYM_PRINT, "KEY_SYSRQ" },
};

/* Words that people use. */
static const struct {
	const char *word, *name;
} words[] = {
	{ "ctrl", "KEY_LEFTCTRL" },	{ "control", "KEY_LEFTCTRL" },	{ "rctrl", "KEY_RIGHTCTRL" },
	{ "alt", "KEY_LEFTALT" },	{ "altgr", "KEY_RIGHTALT" },	{ "ralt", "KEY_RIGHTALT" },
	{ "shift", "KEY_LEFTSHIFT" },	{ "rshift", "KEY_RIGHTSHIFT" }, { "super", "KEY_LEFTMETA" },
	{ "win", "KEY_LEFTMETA" },	{ "meta", "KEY_LEFTMETA" },	{ "logo", "KEY_LEFTMETA" },
	{ "del", "KEY_DELETE" },	{ "ins", "KEY_INSERT" },	{ "escape", "KEY_ESC" },
	{ "return", "KEY_ENTER" },	{ "bs", "KEY_BACKSPACE" },	{ "pgup", "KEY_PAGEUP" },
	{ "pgdn", "KEY_PAGEDOWN" },	{ "print", "KEY_SYSRQ" },	{ "prtsc", "KEY_SYSRQ" },
	{ "menu", "KEY_COMPOSE" },	{ "caps", "KEY_CAPSLOCK" },	{ "num", "KEY_NUMLOCK" },
	{ "scroll", "KEY_SCROLLLOCK" },
};

static bool find_name(const char *name, uint32_t *ret)
{
	return keycode_parse(CODESET_LINUX, name, ret);
}

static unsigned stroke_modifiers(unsigned modifiers)
{
	return (modifiers & TERMKEY_KEYMOD_SHIFT ? STROKE_SHIFT : 0) |
	       (modifiers & TERMKEY_KEYMOD_ALT ? STROKE_ALT : 0) |
	       (modifiers & TERMKEY_KEYMOD_CTRL ? STROKE_CONTROL : 0);
}

static const char *key_name(const struct key *key, char room[32])
{
	if (key->type == KEY_TYPE_FUNCTION && key->code <= 24) {
		snprintf(room, 32, "KEY_F%u", (unsigned)key->code);
		return room;
	}
	for (size_t i = 0; key->type == KEY_TYPE_SYMBOL && i < ARRAY_LENGTH(symbols); i++)
		if ((uint32_t)symbols[i].symbol == key->code)
			return symbols[i].name;
	return NULL;
}

size_t guest_key(const struct keymap *keymap, const struct key *key, struct stroke ret[KEYMAP_STROKES])
{
	char room[32];

	if (key->type == KEY_TYPE_CHAR) {
		/* Ctrl-Space comes as Ctrl-@ from most terminals */
		bool nul = key->modifiers & TERMKEY_KEYMOD_CTRL && key->code == '@';
		size_t count = keymap_type(keymap, nul ? ' ' : key->code, ret);

		if (count > 0)
			/* the layout knows about Shift: the character has it already */
			ret[count - 1].modifiers |= stroke_modifiers(key->modifiers & ~(unsigned)TERMKEY_KEYMOD_SHIFT);
		return count;
	}
	const char *name = key_name(key, room);
	uint32_t qnum;

	if (name == NULL || !find_name(name, &qnum))
		return 0;
	ret[0] = (struct stroke){ .qnum = qnum,
				  .modifiers = stroke_modifiers(key->modifiers),
				  .keysym = keycode_keysym(qnum) };
	return 1;
}

/* XT set 1; extended ones with 0x80 set. */
static const uint32_t modifier_keys[] = {
	[KEY_MODIFIER_SHIFT_LEFT] = 0x2a,    [KEY_MODIFIER_SHIFT_RIGHT] = 0x36, [KEY_MODIFIER_CONTROL_LEFT] = 0x1d,
	[KEY_MODIFIER_CONTROL_RIGHT] = 0x9d, [KEY_MODIFIER_ALT_LEFT] = 0x38,	[KEY_MODIFIER_ALT_RIGHT] = 0xb8,
	[KEY_MODIFIER_SUPER_LEFT] = 0xdb,    [KEY_MODIFIER_SUPER_RIGHT] = 0xdc, [KEY_MODIFIER_CAPS_LOCK] = 0x3a,
	[KEY_MODIFIER_NUM_LOCK] = 0x45,	     [KEY_MODIFIER_SCROLL_LOCK] = 0x46,
};

bool guest_key_alone(const struct keymap *keymap, const struct key *key, uint32_t *ret_qnum, uint32_t *ret_keysym)
{
	struct stroke strokes[KEYMAP_STROKES];
	struct key alone = *key;

	if (key->type == KEY_TYPE_MODIFIER) {
		if (key->code >= ARRAY_LENGTH(modifier_keys))
			return false;
		*ret_qnum = modifier_keys[key->code];
		*ret_keysym = keycode_keysym(*ret_qnum);
		return true;
	}
	alone.modifiers = 0;
	if (key->type == KEY_TYPE_CHAR)
		alone.code = key->plain;
	if (guest_key(keymap, &alone, strokes) != 1 || strokes[0].modifiers != 0)
		return false;
	*ret_qnum = strokes[0].qnum;
	*ret_keysym = key->type == KEY_TYPE_CHAR ? key->plain : strokes[0].keysym;
	return true;
}

/* ---- chords ---- */

static bool add_key(struct chord *chord, uint32_t qnum, uint32_t keysym)
{
	if (chord->count == CHORD_KEYS)
		return false;
	chord->keys[chord->count].qnum = qnum;
	chord->keys[chord->count++].keysym = keysym;
	return true;
}

struct chord chord_of(const char *names)
{
	_cleanup_strv_ char **each = strv_split(names, " ");
	struct chord chord = { .count = 0 };
	uint32_t qnum;

	for (size_t i = 0; each != NULL && each[i] != NULL; i++)
		if (find_name(each[i], &qnum))
			add_key(&chord, qnum, keycode_keysym(qnum));
	return chord;
}

static bool add_stroke(struct chord *chord, const struct stroke *stroke)
{
	static const struct {
		unsigned modifier;
		const char *name;
	} held[] = {
		{ STROKE_SHIFT, "KEY_LEFTSHIFT" }, { STROKE_ALTGR, "KEY_RIGHTALT" }, { STROKE_CONTROL, "KEY_LEFTCTRL" },
		{ STROKE_ALT, "KEY_LEFTALT" },	   { STROKE_SUPER, "KEY_LEFTMETA" },
	};
	uint32_t qnum;

	for (size_t i = 0; i < ARRAY_LENGTH(held); i++)
		if (stroke->modifiers & held[i].modifier && find_name(held[i].name, &qnum) &&
		    !add_key(chord, qnum, keycode_keysym(qnum)))
			return false;
	return add_key(chord, stroke->qnum, stroke->keysym);
}

bool chord_sysrq(const struct keymap *keymap, uint32_t character, struct chord *ret)
{
	struct stroke strokes[KEYMAP_STROKES];

	*ret = chord_of("KEY_LEFTALT KEY_SYSRQ");
	return keymap_type(keymap, character, strokes) == 1 && add_stroke(ret, &strokes[0]);
}

/* A word that is no character: one of people's, or Linux's name of a key with or without its prefix. */
static bool add_word(struct chord *chord, const char *word)
{
	_cleanup_free_ char *name = strf("KEY_%s", word);
	uint32_t qnum;

	for (char *at = name; *at != '\0'; at++)
		*at = (char)toupper((unsigned char)*at);
	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcasecmp(words[i].word, word) == 0)
			return find_name(words[i].name, &qnum) && add_key(chord, qnum, keycode_keysym(qnum));
	if (!find_name(name, &qnum) && !find_name(name + strlen("KEY_"), &qnum))
		return false;
	return add_key(chord, qnum, keycode_keysym(qnum));
}

static bool add_character(const struct keymap *keymap, struct chord *chord, const char *word)
{
	const char *rest = word;
	uint32_t character = utf8_next(&rest);
	struct stroke strokes[KEYMAP_STROKES];

	/* "ctrl-C" is what others call "ctrl-c" */
	if (chord->count > 0 && character >= 'A' && character <= 'Z')
		character += 'a' - 'A';
	return keymap_type(keymap, character, strokes) == 1 && add_stroke(chord, &strokes[0]);
}

static bool is_one_character(const char *word)
{
	const char *rest = word;

	return utf8_next(&rest) != 0 && *rest == '\0';
}

static bool add_part(const struct keymap *keymap, struct chord *chord, const char *word, struct error *err)
{
	if (*word == '\0')
		return error_set(err, ERROR_INVALID, _("a key is missing at the end: ctrl-alt-f2"));
	if (chord->count == CHORD_KEYS)
		return error_set(err, ERROR_INVALID, _("these are too many keys, and the most is %d"), CHORD_KEYS);
	if (is_one_character(word) ? add_character(keymap, chord, word) : add_word(chord, word))
		return true;
	return error_set(err, ERROR_INVALID, _("'%s' is no key: ctrl, alt, altgr, shift, super, f1, del, esc, a, ..."),
			 word);
}

bool chord_parse(const struct keymap *keymap, const char *text, struct chord *ret, struct error *err)
{
	size_t left;

	*ret = (struct chord){ .count = 0 };
	text += strspn(text, " ");
	for (left = strlen(text); left > 0 && text[left - 1] == ' ';)
		left--;
	for (;;) {
		size_t length = strcspn(text, "-+");

		/* what joins keys is a key itself where one is to come */
		length = length > left ? left : length == 0 && left > 0 ? 1 : length;
		_cleanup_free_ char *word = xstrndup(text, length);

		if (!add_part(keymap, ret, word, err))
			return false;
		if (length == left)
			return true;
		text += length + 1;
		left -= length + 1;
	}
}
