/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The head of a sound qcow2 image, and how a test lies in it. */
#ifndef TESTS_UNIT_QCOW2_HEAD_H
#define TESTS_UNIT_QCOW2_HEAD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define HEAD_BYTES     ((size_t)4096)
#define FILE_BYTES     (UINT64_C(10) * 65536)
#define BACKING_FORMAT 0xe2792acau
#define DATA_FILE      0x44415441u

static inline void head_put(uint8_t *bytes, unsigned length, uint64_t value)
{
	for (unsigned i = 0; i < length; i++)
		bytes[i] = (uint8_t)(value >> (8 * (length - 1 - i)));
}

/* Of an image of 1 MiB in a file of ten clusters. */
static inline void sound_head(uint8_t head[HEAD_BYTES])
{
	memset(head, 0, HEAD_BYTES);
	memcpy(head, "QFI\xfb", 4);
	head_put(head + 4, 4, 3);
	head_put(head + 20, 4, 16);
	head_put(head + 24, 8, 1024 * 1024);
	head_put(head + 36, 4, 1);
	head_put(head + 40, 8, 3 * 65536);
	head_put(head + 48, 8, 65536);
	head_put(head + 56, 4, 1);
	head_put(head + 96, 4, 4);
	head_put(head + 100, 4, 104);
}

static inline void name_backing(uint8_t head[HEAD_BYTES], const char *name)
{
	size_t length = strlen(name);

	memcpy(head + 2048, name, length);
	head_put(head + 8, 8, 2048);
	head_put(head + 16, 4, length);
}

/* Puts an extension of the header at an offset; the first may be at 104. Where the next one may begin. */
static inline size_t put_extension(uint8_t *head, size_t at, uint32_t type, const char *text, uint32_t length)
{
	head_put(head + at, 4, type);
	head_put(head + at + 4, 4, length);
	memcpy(head + at + 8, text, strlen(text));
	return at + 8 + (strlen(text) + 7) / 8 * 8;
}

#endif
