/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys as bytes of an xterm. */
#include "tests/terminal/key_bytes.h"

#include "base/memory.h"
#include "base/strbuf.h"

#include <termkey.h>

/* CSI 1;M x, and without modifiers CSI x */
static const struct {
	TermKeySym symbol;
	char final;
} letters[] = {
	{ TERMKEY_SYM_UP, 'A' },   { TERMKEY_SYM_DOWN, 'B' }, { TERMKEY_SYM_RIGHT, 'C' },
	{ TERMKEY_SYM_LEFT, 'D' }, { TERMKEY_SYM_HOME, 'H' }, { TERMKEY_SYM_END, 'F' },
};

/* CSI n;M ~ */
static const struct {
	TermKeySym symbol;
	int number;
} numbers[] = {
	{ TERMKEY_SYM_INSERT, 2 }, { TERMKEY_SYM_DELETE, 3 }, { TERMKEY_SYM_PAGEUP, 5 }, { TERMKEY_SYM_PAGEDOWN, 6 },
};

static const struct {
	TermKeySym symbol;
	const char *bytes;
} plain[] = {
	{ TERMKEY_SYM_ENTER, "\r" }, { TERMKEY_SYM_ESCAPE, "\033" }, { TERMKEY_SYM_TAB, "\t" }, { TERMKEY_SYM_BACKSPACE, "\177" },
	{ TERMKEY_SYM_SPACE, " " },
};

/* The modifiers as xterm counts them: 1, and 1 for Shift, 2 for Alt, 4 for Control. */
static unsigned modifier_number(const struct key *key)
{
	return 1 + (key->modifiers & TERMKEY_KEYMOD_SHIFT ? 1 : 0) + (key->modifiers & TERMKEY_KEYMOD_ALT ? 2 : 0) +
	       (key->modifiers & TERMKEY_KEYMOD_CTRL ? 4 : 0);
}

static char *symbol_bytes(const struct key *key)
{
	unsigned modifiers = modifier_number(key);

	if (key->code == TERMKEY_SYM_TAB && key->modifiers == TERMKEY_KEYMOD_SHIFT)
		return xstrdup("\033[Z");
	for (size_t i = 0; i < ARRAY_LENGTH(letters); i++)
		if ((uint32_t)letters[i].symbol == key->code)
			return modifiers > 1 ? strf("\033[1;%u%c", modifiers, letters[i].final) : strf("\033[%c", letters[i].final);
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
		if ((uint32_t)numbers[i].symbol == key->code)
			return modifiers > 1 ? strf("\033[%d;%u~", numbers[i].number, modifiers) : strf("\033[%d~", numbers[i].number);
	for (size_t i = 0; i < ARRAY_LENGTH(plain); i++)
		if ((uint32_t)plain[i].symbol == key->code && modifiers == 1)
			return xstrdup(plain[i].bytes);
	return NULL;
}

static char *function_bytes(const struct key *key)
{
	static const int codes[] = { 0, 0, 0, 0, 0, 15, 17, 18, 19, 20, 21, 23, 24 };

	if (key->modifiers != 0 || key->code < 1 || key->code >= ARRAY_LENGTH(codes))
		return NULL;
	return key->code <= 4 ? strf("\033O%c", (char)('P' + key->code - 1)) : strf("\033[%d~", codes[key->code]);
}

static char *character_bytes(const struct key *key)
{
	const char *alt = key->modifiers & TERMKEY_KEYMOD_ALT ? "\033" : "";

	if (key->code >= 0x80)
		return NULL; /* no table has one */
	if (key->modifiers & TERMKEY_KEYMOD_CTRL)
		return strf("%s%c", alt, (char)(key->code & 0x1f));
	return strf("%s%c", alt, (char)key->code);
}

char *key_bytes(const struct key *key)
{
	switch (key->type) {
	case KEY_TYPE_SYMBOL:
		return symbol_bytes(key);
	case KEY_TYPE_FUNCTION:
		return function_bytes(key);
	case KEY_TYPE_CHAR:
		return character_bytes(key);
	case KEY_TYPE_MODIFIER:
		break; /* alone they send nothing */
	}
	return NULL;
}
