/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Allocation that ends the process when there is no memory, and the cleanup functions behind _cleanup_. */
#include "base/memory.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void memory_exhausted(void)
{
	static const char message[] = "virtty: out of memory\n";
	ssize_t ignored = write(STDERR_FILENO, message, sizeof message - 1);

	(void)ignored;
	abort();
}

void *xmalloc(size_t size)
{
	void *p = malloc(size != 0 ? size : 1);

	if (p == NULL)
		memory_exhausted();
	return p;
}

void *xcalloc(size_t count, size_t size)
{
	void *p = count == 0 || size == 0 ? calloc(1, 1) : calloc(count, size);

	if (p == NULL)
		memory_exhausted();
	return p;
}

void *xreallocarray(void *old, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		memory_exhausted();
	void *p = realloc(old, total != 0 ? total : 1);

	if (p == NULL)
		memory_exhausted();
	return p;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

char *xstrdup_null(const char *text)
{
	return text != NULL ? xstrdup(text) : NULL;
}

char *xstrndup(const char *text, size_t length)
{
	length = strnlen(text, length);
	char *copy = xmalloc(length + 1);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *vstrf(const char *format, va_list ap)
{
	char *text = NULL;

	/* the formats are constants and their arguments text: what can fail is the memory */
	if (vasprintf(&text, format, ap) < 0 || text == NULL)
		memory_exhausted();
	return text;
}

char *strf(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	char *text = vstrf(format, ap);

	va_end(ap);
	return text;
}

void *array_grow(void *array, size_t count, size_t size)
{
	size_t capacity = 4;

	/* Capacity is not stored: it is the next power of two, and realloc() to the same size costs nothing. */
	while (capacity <= count) {
		if (capacity > SIZE_MAX / 2)
			memory_exhausted();
		capacity *= 2;
	}
	array = xreallocarray(array, capacity, size);
	memset((char *)array + count * size, 0, size);
	return array;
}

void cleanup_free(void *pointer_to_pointer)
{
	void *p;

	/* by memcpy: the variable is a pointer to anything, not a void * */
	memcpy(&p, pointer_to_pointer, sizeof p);
	free(p);
}

void cleanup_close(const int *fd)
{
	if (*fd < 0)
		return;
	int saved = errno;

	close(*fd);
	errno = saved;
}
