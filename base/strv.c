/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NULL-terminated vectors of owned strings. */
#include "base/strv.h"
#include "base/memory.h"
#include "base/strbuf.h"

#include <stdlib.h>
#include <string.h>

size_t strv_length(char *const *v)
{
	size_t n = 0;

	while (v != NULL && v[n] != NULL)
		n++;
	return n;
}

char **strv_take(char **v, char *text)
{
	size_t n = strv_length(v);
	size_t capacity = 8;

	/* as array_grow(): the capacity is implied by the length */
	while (capacity < n + 2)
		capacity *= 2;
	v = xreallocarray(v, capacity, sizeof *v);
	v[n] = text;
	v[n + 1] = NULL;
	return v;
}

char **strv_add(char **v, const char *text)
{
	return strv_take(v, xstrdup(text));
}

char **strv_addf(char **v, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	char *text = vstrf(format, ap);

	va_end(ap);
	return strv_take(v, text);
}

bool strv_contains(char *const *v, const char *text)
{
	for (; v != NULL && *v != NULL; v++)
		if (strcmp(*v, text) == 0)
			return true;
	return false;
}

char **strv_copy(char *const *v)
{
	if (v == NULL)
		return NULL;
	size_t n = strv_length(v);
	char **copy = xcalloc(n + 1, sizeof *copy);

	for (size_t i = 0; i < n; i++)
		copy[i] = xstrdup(v[i]);
	return copy;
}

char *strv_join(char *const *v, const char *separator)
{
	struct strbuf joined = STRBUF_INIT;

	for (size_t i = 0; v != NULL && v[i] != NULL; i++) {
		if (i > 0)
			strbuf_puts(&joined, separator);
		strbuf_puts(&joined, v[i]);
	}
	return strbuf_take(&joined);
}

char **strv_split(const char *text, const char *separators)
{
	char **v = NULL;

	while (text != NULL && *(text += strspn(text, separators)) != '\0') {
		size_t length = strcspn(text, separators);

		v = strv_take(v, xstrndup(text, length));
		text += length;
	}
	return v;
}

char **strv_split_parts(const char *text)
{
	char **v = NULL;
	const char *at = text;

	for (;;) {
		struct strbuf part = STRBUF_INIT;

		while (*at != '\0' && (*at != ',' || at[1] == ',')) {
			strbuf_putc(&part, *at);
			at += *at == ',' ? 2 : 1;
		}
		v = strv_take(v, strbuf_take(&part));
		if (*at == '\0')
			return v;
		at++;
	}
}

void strv_free(char **v)
{
	for (size_t i = 0; v != NULL && v[i] != NULL; i++)
		free(v[i]);
	free(v);
}

void cleanup_strv(char ***strv)
{
	strv_free(*strv);
}
