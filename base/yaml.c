/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A YAML writer. */
#include "base/yaml.h"

#include "base/memory.h"
#include "base/text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

#define BYTE_ORDER_MARK	  0xfeff
#define REPLACEMENT	  0xfffd
#define LINE_SEPARATOR	  0x2028
#define PARAGRAPH_SEPARATOR 0x2029

void yaml_clear(struct yaml *yaml)
{
	strbuf_clear(&yaml->text);
}

/* In double quotes all that a reader could take for its own is escaped. */
static void put_character(struct strbuf *text, const char *at, size_t length, uint32_t character)
{
	switch (character) {
	case '"':
		strbuf_puts(text, "\\\"");
		return;
	case '\\':
		strbuf_puts(text, "\\\\");
		return;
	case '\n':
		strbuf_puts(text, "\\n");
		return;
	case '\t':
		strbuf_puts(text, "\\t");
		return;
	default:
		break;
	}
	if (character < 0x20 || (character >= 0x7f && character < 0xa0))
		strbuf_printf(text, "\\x%02" PRIx32, character);
	else if (character == BYTE_ORDER_MARK || character == LINE_SEPARATOR || character == PARAGRAPH_SEPARATOR ||
		 (character >= REPLACEMENT + 1 && character <= REPLACEMENT + 2))
		strbuf_printf(text, "\\u%04" PRIx32, character);
	else
		strbuf_add(text, at, length);
}

static void put_quoted(struct strbuf *text, const char *value)
{
	bool valid = utf8_valid(value, strlen(value));

	strbuf_putc(text, '"');
	while (*value != '\0') {
		const char *at = value;

		if (!valid && (unsigned char)*value >= 0x80) {
			strbuf_puts(text, "\\ufffd");
			value++;
			continue;
		}
		uint32_t character = utf8_next(&value);

		put_character(text, at, (size_t)(value - at), character);
	}
	strbuf_putc(text, '"');
}

/* One that needs no quotes, and that no reader takes for true, false or nothing. */
static bool is_plain_key(const char *key)
{
	static const char *const words[] = { "y", "n", "yes", "no", "on", "off", "true", "false", "null" };

	for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
		if (strcmp(key, words[i]) == 0)
			return false;
	return ((key[0] >= 'a' && key[0] <= 'z') || key[0] == '_') && strspn(key, "abcdefghijklmnopqrstuvwxyz_-0123456789") == strlen(key);
}

/* Where a line begins: its indentation, the dash of a list's item, its key. */
static void begin(struct yaml *yaml, const char *key)
{
	bool is_list = yaml->is_list[yaml->depth];
	/* the first line of a map in a list stands behind the dash */
	unsigned blanks = yaml->dash ? 0 : yaml->depth * 2;

	assert(is_list == (key == NULL));
	for (unsigned i = 0; i < blanks; i++)
		strbuf_putc(&yaml->text, ' ');
	yaml->dash = false;
	if (is_list) {
		strbuf_puts(&yaml->text, "- ");
		return;
	}
	if (is_plain_key(key))
		strbuf_puts(&yaml->text, key);
	else
		put_quoted(&yaml->text, key);
	strbuf_putc(&yaml->text, ':');
}

static void put(struct yaml *yaml, const char *key, const char *plain)
{
	begin(yaml, key);
	strbuf_printf(&yaml->text, "%s%s\n", key != NULL ? " " : "", plain);
}

void yaml_text(struct yaml *yaml, const char *key, const char *value)
{
	begin(yaml, key);
	if (key != NULL)
		strbuf_putc(&yaml->text, ' ');
	put_quoted(&yaml->text, value);
	strbuf_putc(&yaml->text, '\n');
}

void yaml_bool(struct yaml *yaml, const char *key, bool value)
{
	put(yaml, key, value ? "true" : "false");
}

void yaml_number(struct yaml *yaml, const char *key, uint64_t value)
{
	_cleanup_free_ char *text = strf("%" PRIu64, value);

	put(yaml, key, text);
}

static void open(struct yaml *yaml, const char *key, bool is_list)
{
	begin(yaml, key);
	if (key != NULL)
		strbuf_putc(&yaml->text, '\n');
	else
		yaml->dash = true;
	assert(yaml->depth + 1 < YAML_DEPTH && !(is_list && key == NULL));
	yaml->is_list[++yaml->depth] = is_list;
}

void yaml_open_map(struct yaml *yaml, const char *key)
{
	open(yaml, key, false);
}

void yaml_open_list(struct yaml *yaml, const char *key)
{
	open(yaml, key, true);
}

void yaml_close(struct yaml *yaml)
{
	assert(yaml->depth > 0 && !yaml->dash);
	yaml->depth--;
}

void yaml_texts(struct yaml *yaml, const char *key, char *const *values)
{
	if (values == NULL || values[0] == NULL)
		return;
	yaml_open_list(yaml, key);
	for (; *values != NULL; values++)
		yaml_text(yaml, NULL, *values);
	yaml_close(yaml);
}
