/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A growing byte buffer that is always NUL-terminated: for building text and for queues of bytes. */
#ifndef BASE_STRBUF_H
#define BASE_STRBUF_H

#include <stddef.h>

/* Zeroed is a valid empty buffer; data is NULL until something was added. */
struct strbuf {
	char *data; /* owned */
	size_t length;
	size_t capacity;
};

#define STRBUF_INIT \
	{ 0 }
#define _cleanup_strbuf_ _cleanup_(strbuf_clear)

void strbuf_add(struct strbuf *b, const void *bytes, size_t length);
void strbuf_puts(struct strbuf *b, const char *text);
/* The text as one word of a shell: in single quotes where a shell would read anything into it. */
void strbuf_puts_quoted(struct strbuf *b, const char *text);
/* "key=value" behind a comma where something stands before: a part for strv_split_parts(), a comma in the value written twice. */
void strbuf_put_part(struct strbuf *b, const char *key, const char *value);
void strbuf_putc(struct strbuf *b, char c);
void strbuf_printf(struct strbuf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Removes the first length bytes (a queue's head). */
void strbuf_consume(struct strbuf *b, size_t length);
/* Makes room for length more bytes and returns where to put them; strbuf_commit() says how many came. */
char *strbuf_reserve(struct strbuf *b, size_t length);
void strbuf_commit(struct strbuf *b, size_t length);
/* Hands the text (never NULL) to the caller and empties the buffer. */
char *strbuf_take(struct strbuf *b);
void strbuf_clear(struct strbuf *b);

#endif
