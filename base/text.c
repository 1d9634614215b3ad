/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8 as it is checked and shown, small comparisons, and names. */
#include "base/text.h"
#include "base/memory.h"
#include "base/strbuf.h"

#include <string.h>
#include <wchar.h>

/* The length of the character at p, of which at most room bytes may be read; 0 when it is not strict UTF-8. */
static size_t decode(const unsigned char *p, size_t room, uint32_t *ret)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t length;
	uint32_t c;

	if (room == 0)
		return 0;
	if (p[0] < 0x80) {
		*ret = p[0];
		return 1;
	}
	if ((p[0] & 0xe0) == 0xc0) {
		length = 2;
		c = p[0] & 0x1f;
	} else if ((p[0] & 0xf0) == 0xe0) {
		length = 3;
		c = p[0] & 0x0f;
	} else if ((p[0] & 0xf8) == 0xf0) {
		length = 4;
		c = p[0] & 0x07;
	} else {
		return 0;
	}
	if (length > room)
		return 0;
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least[length] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return 0;
	*ret = c;
	return length;
}

bool utf8_valid(const char *text, size_t length)
{
	uint32_t c;

	for (size_t i = 0; i < length;) {
		size_t n = (unsigned char)text[i] < 0x80 ? 1 : decode((const unsigned char *)text + i, length - i, &c);

		if (n == 0)
			return false;
		i += n;
	}
	return true;
}

/* One character or one invalid byte of a NUL-terminated text; its length, 0 at the end. *ret is UINT32_MAX for an
 * invalid byte. A NUL is no continuation byte, so decode() never reads past it. */
static size_t step(const char *text, uint32_t *ret)
{
	if (*text == '\0')
		return 0;
	size_t n = decode((const unsigned char *)text, 4, ret);

	if (n == 0) {
		*ret = UINT32_MAX;
		return 1;
	}
	return n;
}

uint32_t utf8_next(const char **text)
{
	uint32_t c = 0;

	*text += step(*text, &c);
	return c == UINT32_MAX ? 0xfffd : c;
}

/* Columns of a character, -1 when it must not reach a terminal: controls, invalid bytes, unknown characters and the
 * marks that turn the direction of writing around. */
static int columns_of(uint32_t c)
{
	if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c > 0x10ffff)
		return -1;
	if (c < 0x7f)
		return 1;
	if ((c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069))
		return -1;
	return wcwidth((wchar_t)c);
}

int utf8_width(const char *text)
{
	int width = 0;
	uint32_t c;
	size_t n;

	for (; (n = step(text, &c)) != 0; text += n) {
		int w = columns_of(c);

		width += w < 0 ? 1 : w;
	}
	return width;
}

char *utf8_fit(const char *text, int columns, bool ascii)
{
	struct strbuf out = STRBUF_INIT;
	bool cut = utf8_width(text) > columns;
	int room = cut ? columns - 1 : columns;
	uint32_t c;
	size_t n;

	for (; room >= 0 && (n = step(text, &c)) != 0; text += n) {
		int w = columns_of(c);

		if ((w < 0 ? 1 : w) > room)
			break;
		if (w < 0)
			strbuf_putc(&out, '?');
		else
			strbuf_add(&out, text, n);
		room -= w < 0 ? 1 : w;
	}
	if (cut && columns > 0)
		strbuf_puts(&out, ascii ? "~" : "…");
	return strbuf_take(&out);
}

bool text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool text_ends(const char *text, const char *suffix)
{
	size_t length = strlen(text);
	size_t tail = strlen(suffix);

	return length >= tail && memcmp(text + length - tail, suffix, tail) == 0;
}

char *text_one_line(const char *text)
{
	char *line = xstrdup(text);

	for (char *p = line; *p != '\0'; p++)
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
	return line;
}

bool text_empty(const char *text)
{
	return text == NULL || *text == '\0';
}

static bool has_control(const char *text)
{
	uint32_t c;

	while ((c = utf8_next(&text)) != 0)
		if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			return true;
	return false;
}

bool name_check(const char *what, const char *name, struct error *err)
{
	if (text_empty(name))
		return error_set(err, ERROR_INVALID, "the %s is empty", what);
	size_t length = strlen(name);

	/* these three do not quote the name: the message stays one short line of valid text */
	if (length > 255)
		return error_set(err, ERROR_INVALID, "the %s is %zu bytes long, more than 255", what, length);
	if (!utf8_valid(name, length))
		return error_set(err, ERROR_INVALID, "the %s is not valid UTF-8", what);
	if (has_control(name))
		return error_set(err, ERROR_INVALID, "the %s has a control character in it", what);
	if (strchr(name, '/') != NULL)
		return error_set(err, ERROR_INVALID, "%s '%s' has a '/' in it", what, name);
	if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return error_set(err, ERROR_INVALID, "%s '%s' is not allowed", what, name);
	if (strspn(name, "0123456789") == length) {
		error_set(err, ERROR_INVALID, "%s '%s' is all digits: it could not be told from an id", what, name);
		return error_hint(err, "put a letter in it");
	}
	if (name[0] == ' ' || name[length - 1] == ' ')
		return error_set(err, ERROR_INVALID, "%s '%s' begins or ends with a blank", what, name);
	return true;
}
