/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of keys, and looking keys up in tables. */
#include "tui/keys.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termkey.h>

static const struct {
	const char *name;
	TermKeySym symbol;
} symbols[] = {
	{ "Up", TERMKEY_SYM_UP },
	{ "Down", TERMKEY_SYM_DOWN },
	{ "Left", TERMKEY_SYM_LEFT },
	{ "Right", TERMKEY_SYM_RIGHT },
	{ "Home", TERMKEY_SYM_HOME },
	{ "End", TERMKEY_SYM_END },
	{ "PgUp", TERMKEY_SYM_PAGEUP },
	{ "PgDn", TERMKEY_SYM_PAGEDOWN },
	{ "Ins", TERMKEY_SYM_INSERT },
	{ "Del", TERMKEY_SYM_DELETE },
	{ "Tab", TERMKEY_SYM_TAB },
	{ "Enter", TERMKEY_SYM_ENTER },
	{ "Esc", TERMKEY_SYM_ESCAPE },
	{ "Backspace", TERMKEY_SYM_BACKSPACE },
};

static unsigned modifier_of(char letter)
{
	switch (letter) {
	case 'C':
		return TERMKEY_KEYMOD_CTRL;
	case 'M':
		return TERMKEY_KEYMOD_ALT;
	case 'S':
		return TERMKEY_KEYMOD_SHIFT;
	default:
		return 0;
	}
}

bool key_parse(const char *name, size_t length, struct key *ret)
{
	struct key key = { .type = KEY_TYPE_CHAR };

	while (length > 2 && name[1] == '-' && modifier_of(name[0]) != 0) {
		key.modifiers |= modifier_of(name[0]);
		name += 2;
		length -= 2;
	}
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++)
		if (strlen(symbols[i].name) == length && memcmp(symbols[i].name, name, length) == 0) {
			key.type = KEY_TYPE_SYMBOL;
			key.code = (uint32_t)symbols[i].symbol;
			*ret = key;
			return true;
		}
	_cleanup_free_ char *word = xstrndup(name, length);
	uint64_t number;

	if (length > 1 && word[0] == 'F' && text_to_uint(word + 1, false, &number) && number >= 1 && number <= 63) {
		key.type = KEY_TYPE_FUNCTION;
		key.code = (uint32_t)number;
	} else if (strcmp(word, "Space") == 0) {
		key.code = ' ';
	} else {
		const char *rest = word;

		if (length == 0 || !utf8_valid(word, length))
			return false;
		key.code = utf8_next(&rest);
		if (*rest != '\0')
			return false;
	}
	*ret = key;
	return true;
}

static size_t encode(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned char heads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n - 1; i > 0; i--, c >>= 6)
		out[i] = (char)(0x80 | (c & 0x3f));
	out[0] = (char)(heads[n] | c);
	return n;
}

/* Arrows are shorter, and clearer, as arrows. */
static const char *symbol_label(TermKeySym symbol, bool utf8)
{
	if (utf8 && symbol == TERMKEY_SYM_UP)
		return "↑";
	if (utf8 && symbol == TERMKEY_SYM_DOWN)
		return "↓";
	if (utf8 && symbol == TERMKEY_SYM_LEFT)
		return "←";
	if (utf8 && symbol == TERMKEY_SYM_RIGHT)
		return "→";
	for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++)
		if (symbols[i].symbol == symbol)
			return symbols[i].name;
	return "?";
}

void key_label(const struct key *key, bool utf8, char *ret, size_t size)
{
	char character[8] = "";
	char function[16];
	const char *text = character;
	const char *control = "";

	switch (key->type) {
	case KEY_TYPE_SYMBOL:
		text = symbol_label((TermKeySym)key->code, utf8);
		break;
	case KEY_TYPE_FUNCTION:
		snprintf(function, sizeof function, "F%u", (unsigned)key->code);
		text = function;
		break;
	case KEY_TYPE_CHAR:
		if (key->code == ' ')
			text = "Space";
		else
			character[encode(key->code, character)] = '\0';
		if ((key->modifiers & TERMKEY_KEYMOD_CTRL) && key->code >= 'a' && key->code <= 'z')
			character[0] = (char)(key->code - 'a' + 'A');
		break;
	case KEY_TYPE_MODIFIER:
		text = "?"; /* is in no table */
		break;
	}
	if (key->modifiers & TERMKEY_KEYMOD_CTRL)
		control = key->type == KEY_TYPE_CHAR && key->code != ' ' ? "^" : "Ctrl-";
	snprintf(ret, size, "%s%s%s%s", key->modifiers & TERMKEY_KEYMOD_ALT ? "Alt-" : "",
		 key->modifiers & TERMKEY_KEYMOD_SHIFT ? "Shift-" : "", control, text);
}

static struct key plain(const struct key *key)
{
	struct key out = *key;

	if (out.type == KEY_TYPE_SYMBOL && out.code == TERMKEY_SYM_DEL)
		out.code = TERMKEY_SYM_BACKSPACE;
	if (out.type == KEY_TYPE_CHAR)
		out.modifiers &= ~(unsigned)TERMKEY_KEYMOD_SHIFT;
	return out;
}

bool key_equal(const struct key *a, const struct key *b)
{
	struct key x = plain(a);
	struct key y = plain(b);

	return x.type == y.type && x.code == y.code && x.modifiers == y.modifiers;
}

/* What the configuration says other than the tables, which are constant. */
static struct override {
	const struct key_binding *binding;
	char *keys; /* owned */
} *overrides;
static size_t override_count;

const char *key_binding_keys(const struct key_binding *binding)
{
	for (size_t i = 0; i < override_count; i++)
		if (overrides[i].binding == binding)
			return overrides[i].keys;
	return binding->keys;
}

void key_binding_set(const struct key_binding *binding, const char *keys)
{
	size_t at = 0;

	while (at < override_count && overrides[at].binding != binding)
		at++;
	if (at < override_count) {
		free(overrides[at].keys);
		overrides[at] = overrides[--override_count];
	}
	if (keys != NULL)
		*ARRAY_ADD(overrides, override_count) = (struct override){ binding, xstrdup(keys) };
}

bool key_binding_key(const struct key_binding *binding, size_t n, struct key *ret)
{
	const char *at = key_binding_keys(binding);

	for (;;) {
		at += strspn(at, " ");
		size_t length = strcspn(at, " ");

		if (length == 0)
			return false;
		if (n-- == 0)
			return key_parse(at, length, ret);
		at += length;
	}
}

enum command key_table_find(const struct key_table *table, const struct key *key)
{
	struct key bound;

	for (size_t i = 0; table != NULL && i < table->count; i++)
		for (size_t n = 0; key_binding_key(&table->bindings[i], n, &bound); n++)
			if (key_equal(&bound, key))
				return table->bindings[i].command;
	return COMMAND_NONE;
}

char *key_binding_text(const struct key_binding *binding, bool utf8)
{
	struct strbuf out = STRBUF_INIT;
	struct key key;
	char label[64];

	for (size_t n = 0; key_binding_key(binding, n, &key); n++) {
		key_label(&key, utf8, label, sizeof label);
		if (n > 0)
			strbuf_puts(&out, ", ");
		strbuf_puts(&out, label);
	}
	return strbuf_take(&out);
}

void key_table_label(const struct key_table *table, enum command command, bool utf8, char *ret, size_t size)
{
	struct key key;

	*ret = '\0';
	for (size_t i = 0; table != NULL && i < table->count; i++)
		if (table->bindings[i].command == command && key_binding_key(&table->bindings[i], 0, &key)) {
			key_label(&key, utf8, ret, size);
			return;
		}
}
