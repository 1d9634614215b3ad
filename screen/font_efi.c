/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UEFI's console font: an array of EFI_NARROW_GLYPH somewhere in an unpacked firmware volume. */
#include "screen/font_read.h"

#include <string.h>

/* A code point of 16 bits, attributes of 8, and 19 rows of 8 pixels. */
enum { RECORD = 22, ROWS = 3, HEIGHT = 19, WIDE = 2 /* attribute: not of a narrow cell */ };

/* A font's array begins with a blank, and "!" to ")" follow: 10 records in order, none of them blank but the first. */
static bool is_start(const unsigned char *p, size_t length)
{
	static const unsigned char blank[HEIGHT];

	if (length < (size_t)10 * RECORD)
		return false;
	for (unsigned i = 0; i < 10; i++) {
		const unsigned char *record = p + (size_t)i * RECORD;

		if (le16(record) != ' ' + i || record[2] != 0 ||
		    (memcmp(record + ROWS, blank, HEIGHT) == 0) != (i == 0))
			return false;
	}
	return true;
}

/* A record of zeroes, or what is no record, ends the array. */
static size_t read_array(struct fonts *fonts, const unsigned char *p, size_t length)
{
	size_t taken = 0;

	for (; length >= RECORD; p += RECORD, length -= RECORD) {
		struct bitmap bitmap = { { 0 } };
		uint32_t character = le16(p);

		if (character < ' ' || p[2] > 3)
			break;
		for (unsigned y = 0; y < HEIGHT; y++)
			bitmap.rows[y] = p[ROWS + y];
		if (!(p[2] & WIDE))
			taken += store_put(fonts, 8, HEIGHT, 1, &bitmap, character);
	}
	return taken;
}

size_t font_efi_scan(struct fonts *fonts, const unsigned char *data, size_t length)
{
	static const unsigned char first[ROWS] = { ' ', 0, 0 };
	size_t taken = 0, at = 0;

	while (at < length) {
		const unsigned char *found = memmem(data + at, length - at, first, sizeof first);

		if (found == NULL)
			break;
		at = (size_t)(found - data);
		if (is_start(found, length - at))
			taken += read_array(fonts, found, length - at < FONT_TABLE_MAX ? length - at : FONT_TABLE_MAX);
		at++;
	}
	return taken;
}
