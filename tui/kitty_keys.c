/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes CSI sequences of the kitty keyboard protocol. */
#include "tui/kitty_keys.h"

#include "base/memory.h"

#include <termkey.h>

#define FIELDS	  3 /* key; modifiers; text */
#define SUBFIELDS 3 /* key: itself, shifted, on a US keyboard; modifiers: themselves, event */
#define LARGEST	  0x10ffffu
#define F13_CODE  57376u
#define F35_CODE  57398u

enum { EVENT_PRESS = 1, EVENT_REPEAT = 2, EVENT_RELEASE = 3 };

struct sequence {
	unsigned fields[FIELDS][SUBFIELDS];
	char final;
};

/* Keys without a character, by their code points in the private use area. */
static const struct {
	unsigned code;
	enum key_type type;
	uint32_t key;
} functional[] = {
	{ 9, KEY_TYPE_SYMBOL, TERMKEY_SYM_TAB },
	{ 13, KEY_TYPE_SYMBOL, TERMKEY_SYM_ENTER },
	{ 27, KEY_TYPE_SYMBOL, TERMKEY_SYM_ESCAPE },
	{ 127, KEY_TYPE_SYMBOL, TERMKEY_SYM_BACKSPACE },
	{ 57358, KEY_TYPE_MODIFIER, KEY_MODIFIER_CAPS_LOCK },
	{ 57359, KEY_TYPE_MODIFIER, KEY_MODIFIER_SCROLL_LOCK },
	{ 57360, KEY_TYPE_MODIFIER, KEY_MODIFIER_NUM_LOCK },
	{ 57361, KEY_TYPE_SYMBOL, TERMKEY_SYM_PRINT },
	{ 57362, KEY_TYPE_SYMBOL, TERMKEY_SYM_SUSPEND },
	{ 57363, KEY_TYPE_SYMBOL, TERMKEY_SYM_OPTIONS },
	{ 57399, KEY_TYPE_CHAR, '0' },
	{ 57400, KEY_TYPE_CHAR, '1' },
	{ 57401, KEY_TYPE_CHAR, '2' },
	{ 57402, KEY_TYPE_CHAR, '3' },
	{ 57403, KEY_TYPE_CHAR, '4' },
	{ 57404, KEY_TYPE_CHAR, '5' },
	{ 57405, KEY_TYPE_CHAR, '6' },
	{ 57406, KEY_TYPE_CHAR, '7' },
	{ 57407, KEY_TYPE_CHAR, '8' },
	{ 57408, KEY_TYPE_CHAR, '9' },
	{ 57409, KEY_TYPE_CHAR, '.' },
	{ 57410, KEY_TYPE_CHAR, '/' },
	{ 57411, KEY_TYPE_CHAR, '*' },
	{ 57412, KEY_TYPE_CHAR, '-' },
	{ 57413, KEY_TYPE_CHAR, '+' },
	{ 57414, KEY_TYPE_SYMBOL, TERMKEY_SYM_ENTER },
	{ 57415, KEY_TYPE_CHAR, '=' },
	{ 57417, KEY_TYPE_SYMBOL, TERMKEY_SYM_LEFT },
	{ 57418, KEY_TYPE_SYMBOL, TERMKEY_SYM_RIGHT },
	{ 57419, KEY_TYPE_SYMBOL, TERMKEY_SYM_UP },
	{ 57420, KEY_TYPE_SYMBOL, TERMKEY_SYM_DOWN },
	{ 57421, KEY_TYPE_SYMBOL, TERMKEY_SYM_PAGEUP },
	{ 57422, KEY_TYPE_SYMBOL, TERMKEY_SYM_PAGEDOWN },
	{ 57423, KEY_TYPE_SYMBOL, TERMKEY_SYM_HOME },
	{ 57424, KEY_TYPE_SYMBOL, TERMKEY_SYM_END },
	{ 57425, KEY_TYPE_SYMBOL, TERMKEY_SYM_INSERT },
	{ 57426, KEY_TYPE_SYMBOL, TERMKEY_SYM_DELETE },
	{ 57427, KEY_TYPE_SYMBOL, TERMKEY_SYM_BEGIN },
	{ 57441, KEY_TYPE_MODIFIER, KEY_MODIFIER_SHIFT_LEFT },
	{ 57442, KEY_TYPE_MODIFIER, KEY_MODIFIER_CONTROL_LEFT },
	{ 57443, KEY_TYPE_MODIFIER, KEY_MODIFIER_ALT_LEFT },
	{ 57444, KEY_TYPE_MODIFIER, KEY_MODIFIER_SUPER_LEFT },
	{ 57447, KEY_TYPE_MODIFIER, KEY_MODIFIER_SHIFT_RIGHT },
	{ 57448, KEY_TYPE_MODIFIER, KEY_MODIFIER_CONTROL_RIGHT },
	{ 57449, KEY_TYPE_MODIFIER, KEY_MODIFIER_ALT_RIGHT },
	{ 57450, KEY_TYPE_MODIFIER, KEY_MODIFIER_SUPER_RIGHT },
	{ 57453, KEY_TYPE_MODIFIER, KEY_MODIFIER_ALT_RIGHT }, /* ISO level 3 shift: AltGr */
};

/* "1;5:3A": the letter says the key. */
static const struct {
	char final;
	enum key_type type;
	uint32_t key;
} letters[] = {
	{ 'A', KEY_TYPE_SYMBOL, TERMKEY_SYM_UP },
	{ 'B', KEY_TYPE_SYMBOL, TERMKEY_SYM_DOWN },
	{ 'C', KEY_TYPE_SYMBOL, TERMKEY_SYM_RIGHT },
	{ 'D', KEY_TYPE_SYMBOL, TERMKEY_SYM_LEFT },
	{ 'E', KEY_TYPE_SYMBOL, TERMKEY_SYM_BEGIN },
	{ 'F', KEY_TYPE_SYMBOL, TERMKEY_SYM_END },
	{ 'H', KEY_TYPE_SYMBOL, TERMKEY_SYM_HOME },
	{ 'P', KEY_TYPE_FUNCTION, 1 },
	{ 'Q', KEY_TYPE_FUNCTION, 2 },
	{ 'S', KEY_TYPE_FUNCTION, 4 },
};

/* "15;2:3~": the number says it. */
static const struct {
	unsigned number;
	enum key_type type;
	uint32_t key;
} numbers[] = {
	{ 2, KEY_TYPE_SYMBOL, TERMKEY_SYM_INSERT },
	{ 3, KEY_TYPE_SYMBOL, TERMKEY_SYM_DELETE },
	{ 5, KEY_TYPE_SYMBOL, TERMKEY_SYM_PAGEUP },
	{ 6, KEY_TYPE_SYMBOL, TERMKEY_SYM_PAGEDOWN },
	{ 7, KEY_TYPE_SYMBOL, TERMKEY_SYM_HOME },
	{ 8, KEY_TYPE_SYMBOL, TERMKEY_SYM_END },
	{ 11, KEY_TYPE_FUNCTION, 1 },
	{ 12, KEY_TYPE_FUNCTION, 2 },
	{ 13, KEY_TYPE_FUNCTION, 3 },
	{ 14, KEY_TYPE_FUNCTION, 4 },
	{ 15, KEY_TYPE_FUNCTION, 5 },
	{ 17, KEY_TYPE_FUNCTION, 6 },
	{ 18, KEY_TYPE_FUNCTION, 7 },
	{ 19, KEY_TYPE_FUNCTION, 8 },
	{ 20, KEY_TYPE_FUNCTION, 9 },
	{ 21, KEY_TYPE_FUNCTION, 10 },
	{ 23, KEY_TYPE_FUNCTION, 11 },
	{ 24, KEY_TYPE_FUNCTION, 12 },
};

static bool parse(const char *text, size_t length, struct sequence *ret)
{
	size_t field = 0, subfield = 0;

	*ret = (struct sequence){ 0 };
	for (size_t i = 0; i + 1 < length; i++) {
		unsigned *value = &ret->fields[field][subfield];

		if (text[i] >= '0' && text[i] <= '9') {
			*value = *value * 10 + (unsigned)(text[i] - '0');
			if (*value > LARGEST)
				return false;
		} else if (text[i] == ':' && subfield + 1 < SUBFIELDS) {
			subfield++;
		} else if (text[i] == ';' && field + 1 < FIELDS) {
			field++;
			subfield = 0;
		} else {
			return false;
		}
	}
	ret->final = length > 0 ? text[length - 1] : '\0';
	return length > 0;
}

static bool find_letter(const struct sequence *sequence, struct key *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(letters); i++) {
		if (letters[i].final != sequence->final)
			continue;
		ret->type = letters[i].type;
		ret->code = letters[i].key;
		return true;
	}
	return false;
}

static bool find_number(const struct sequence *sequence, struct key *ret)
{
	for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
		if (numbers[i].number != sequence->fields[0][0])
			continue;
		ret->type = numbers[i].type;
		ret->code = numbers[i].key;
		return true;
	}
	return false;
}

static bool find_code(const struct sequence *sequence, struct key *ret)
{
	unsigned code = sequence->fields[0][0], shifted = sequence->fields[0][1];

	for (size_t i = 0; i < ARRAY_LENGTH(functional); i++) {
		if (functional[i].code != code)
			continue;
		ret->type = functional[i].type;
		ret->code = functional[i].key;
		ret->plain = ret->type == KEY_TYPE_CHAR ? ret->code : 0;
		return true;
	}
	if (code >= F13_CODE && code <= F35_CODE) {
		ret->type = KEY_TYPE_FUNCTION;
		ret->code = code - F13_CODE + 13;
		return true;
	}
	if (code < 32 || (code >= 57344 && code <= 63743))
		return false;
	ret->type = KEY_TYPE_CHAR;
	ret->code = code;
	ret->plain = code;
	/* As tables see it: shift is part of the character. */
	if ((ret->modifiers & TERMKEY_KEYMOD_SHIFT) && shifted >= 32) {
		ret->code = shifted;
		ret->modifiers &= ~(unsigned)TERMKEY_KEYMOD_SHIFT;
	}
	return true;
}

bool kitty_key(const char *text, size_t length, struct key *ret)
{
	struct sequence sequence;

	if (!parse(text, length, &sequence))
		return false;
	unsigned modifiers = sequence.fields[1][0], event = sequence.fields[1][1];

	/* shift, alt and control are the lowest three bits, as libtermkey has them */
	*ret = (struct key){ .modifiers = modifiers > 0 ? (modifiers - 1) & 7 : 0 };
	ret->action = event == EVENT_RELEASE ? KEY_RELEASED : event == EVENT_REPEAT ? KEY_REPEATED : KEY_PRESSED;
	ret->real = true;
	if (sequence.final == 'u')
		return find_code(&sequence, ret);
	if (sequence.final == '~')
		return find_number(&sequence, ret);
	return find_letter(&sequence, ret);
}
