/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UUIDs and MAC addresses: made at random, parsed leniently, printed one way. */
#include "base/uuid.h"
#include "base/memory.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static void random_bytes(unsigned char *bytes, size_t length)
{
	/* up to 256 bytes come whole once the kernel's pool is ready; before that the call waits */
	while (getrandom(bytes, length, 0) != (ssize_t)length)
		if (errno != EINTR)
			abort();
}

static int hex_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void uuid_print(const unsigned char b[16], char ret[UUID_TEXT_SIZE])
{
	snprintf(ret, UUID_TEXT_SIZE, "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", b[0],
		 b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]);
}

void uuid_make(char ret[UUID_TEXT_SIZE])
{
	unsigned char bytes[16];

	random_bytes(bytes, sizeof bytes);
	bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40); /* version 4: random */
	bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
	uuid_print(bytes, ret);
}

bool uuid_parse(const char *text, char ret[UUID_TEXT_SIZE])
{
	unsigned char bytes[16] = { 0 };
	size_t digits = 0;
	bool dash = false;

	for (; text != NULL && *text != '\0'; text++) {
		int digit = hex_of(*text);

		if (digit >= 0) {
			if (digits == 32)
				return false;
			bytes[digits / 2] = (unsigned char)(bytes[digits / 2] << 4 | digit);
			digits++;
			dash = false;
		} else if (*text == '-' && digits > 0) {
			dash = true;
		} else if (strchr(" \t\r\n", *text) == NULL) {
			return false;
		}
	}
	if (digits != 32 || dash)
		return false;
	uuid_print(bytes, ret);
	return true;
}

static void mac_print(const unsigned char b[6], char ret[MAC_TEXT_SIZE])
{
	snprintf(ret, MAC_TEXT_SIZE, "%02x:%02x:%02x:%02x:%02x:%02x", b[0], b[1], b[2], b[3], b[4], b[5]);
}

void mac_make(char ret[MAC_TEXT_SIZE])
{
	unsigned char bytes[6] = { 0x52, 0x54, 0x00 };

	random_bytes(bytes + 3, 3);
	mac_print(bytes, ret);
}

bool mac_parse(const char *text, char ret[MAC_TEXT_SIZE])
{
	unsigned char bytes[6];

	if (text == NULL || strlen(text) != MAC_TEXT_SIZE - 1)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++) {
		int high = hex_of(text[i * 3]);
		int low = hex_of(text[i * 3 + 1]);

		if (high < 0 || low < 0 || (i < 5 && text[i * 3 + 2] != ':'))
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	if ((bytes[0] & 1) != 0)
		return false;
	mac_print(bytes, ret);
	return true;
}
