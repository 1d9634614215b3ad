/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing byte buffer that is always NUL-terminated. */
#include "base/strbuf.h"
#include "base/memory.h"

#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *strbuf_reserve(struct strbuf *b, size_t length)
{
	if (length >= SIZE_MAX / 2 - b->length)
		memory_exhausted();
	size_t needed = b->length + length + 1;

	if (needed > b->capacity) {
		size_t capacity = b->capacity < 32 ? 64 : b->capacity * 2;

		if (capacity < needed)
			capacity = needed;
		b->data = xreallocarray(b->data, capacity, 1);
		b->capacity = capacity;
		b->data[b->length] = '\0';
	}
	return b->data + b->length;
}

void strbuf_commit(struct strbuf *b, size_t length)
{
	assert(b->length + length < b->capacity);
	b->length += length;
	b->data[b->length] = '\0';
}

void strbuf_add(struct strbuf *b, const void *bytes, size_t length)
{
	char *to = strbuf_reserve(b, length);

	if (length > 0)
		memcpy(to, bytes, length);
	strbuf_commit(b, length);
}

void strbuf_puts(struct strbuf *b, const char *text)
{
	strbuf_add(b, text, strlen(text));
}

void strbuf_putc(struct strbuf *b, char c)
{
	strbuf_add(b, &c, 1);
}

void strbuf_printf(struct strbuf *b, const char *format, ...)
{
	va_list ap;
	char *to = strbuf_reserve(b, 64);
	size_t room = b->capacity - b->length;

	va_start(ap, format);
	int length = vsnprintf(to, room, format, ap);

	va_end(ap);
	if (length < 0) {
		*to = '\0';
		return;
	}
	if ((size_t)length >= room) {
		to = strbuf_reserve(b, (size_t)length);
		va_start(ap, format);
		length = vsnprintf(to, (size_t)length + 1, format, ap);
		va_end(ap);
	}
	strbuf_commit(b, length > 0 ? (size_t)length : 0);
}

void strbuf_puts_quoted(struct strbuf *b, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_@%+=:,./-";

	if (*text != '\0' && text[strspn(text, plain)] == '\0') {
		strbuf_puts(b, text);
		return;
	}
	strbuf_putc(b, '\'');
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			strbuf_puts(b, "'\\''");
		else
			strbuf_putc(b, *text);
	}
	strbuf_putc(b, '\'');
}

void strbuf_put_part(struct strbuf *b, const char *key, const char *value)
{
	if (b->length > 0)
		strbuf_putc(b, ',');
	strbuf_puts(b, key);
	strbuf_putc(b, '=');
	for (; *value != '\0'; value++) {
		if (*value == ',')
			strbuf_putc(b, ',');
		strbuf_putc(b, *value);
	}
}

void strbuf_consume(struct strbuf *b, size_t length)
{
	assert(length <= b->length);
	if (length == 0)
		return;
	memmove(b->data, b->data + length, b->length - length + 1);
	b->length -= length;
}

char *strbuf_take(struct strbuf *b)
{
	char *text = b->data != NULL ? b->data : xstrdup("");

	*b = (struct strbuf)STRBUF_INIT;
	return text;
}

void strbuf_clear(struct strbuf *b)
{
	free(b->data);
	*b = (struct strbuf)STRBUF_INIT;
}
