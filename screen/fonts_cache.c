/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The glyph store as bytes: what was read from firmware and compressed files, to be had again in milliseconds. The
 * bytes are this host's own (its byte order, its widths), but are checked like any others. */
#include "base/file.h"
#include "base/memory.h"
#include "screen/font_store.h"

#include <errno.h>
#include <string.h>

static const char magic[16] = "virtty fonts 1\n";

/* Before the bitmaps, the characters, and the further characters of each size. */
struct size_header {
	uint32_t width, height, columns;
	uint32_t glyphs, aliases;
};

bool fonts_save(const struct fonts *fonts, int fd, struct error *err)
{
	uint32_t count = (uint32_t)fonts->size_count;

	if (!write_all(fd, magic, sizeof magic) || !write_all(fd, &count, sizeof count))
		return error_set_errno(err, errno, "cannot save fonts");
	for (size_t i = 0; i < fonts->size_count; i++) {
		const struct size_class *class = &fonts->sizes[i];
		const struct aliases *aliases = &fonts->aliases[i];
		struct size_header header = { class->width, class->height, class->columns, (uint32_t) class->count,
					      (uint32_t)aliases->count };

		if (!write_all(fd, &header, sizeof header) ||
		    !write_all(fd, class->packed, class->count * class->packed_size) ||
		    !write_all(fd, class->characters, class->count * sizeof *class->characters) ||
		    !write_all(fd, aliases->items, aliases->count * sizeof *aliases->items))
			return error_set_errno(err, errno, "cannot save fonts");
	}
	return true;
}

struct reader {
	const unsigned char *at;
	size_t left;
};

/* count items of size bytes that lie next; NULL when they are not all there. */
static const unsigned char *take(struct reader *reader, size_t count, size_t size)
{
	const unsigned char *taken = reader->at;

	if (count > reader->left / size)
		return NULL;
	reader->at += count * size;
	reader->left -= count * size;
	return taken;
}

static bool restore_size(struct fonts *fonts, struct reader *reader)
{
	struct size_header header;
	const unsigned char *packed, *characters, *aliases, *bytes = take(reader, 1, sizeof header);
	size_t packed_size, row_size;

	if (bytes == NULL)
		return false;
	memcpy(&header, bytes, sizeof header);
	if (header.width < FONT_WIDTH_MIN || header.width > FONT_WIDTH_MAX || header.height < FONT_HEIGHT_MIN ||
	    header.height > FONT_HEIGHT_MAX || header.columns < 1 || header.columns > 2)
		return false;
	row_size = header.width == 8 ? 1 : 2;
	packed_size = row_size * header.height;
	packed = take(reader, header.glyphs, packed_size);
	characters = take(reader, header.glyphs, sizeof(uint32_t));
	aliases = take(reader, header.aliases, sizeof(struct alias));
	if (packed == NULL || characters == NULL || aliases == NULL)
		return false;
	store_reserve(fonts, header.width, header.height, header.columns, header.glyphs);
	for (uint32_t i = 0; i < header.glyphs; i++) {
		struct bitmap bitmap;
		uint32_t character;

		memcpy(&character, characters + i * sizeof character, sizeof character);
		store_unpack(header.width, header.height, packed + i * packed_size, &bitmap);
		store_put(fonts, header.width, header.height, header.columns, &bitmap, character);
	}
	for (uint32_t i = 0; i < header.aliases; i++) {
		struct alias alias;
		struct bitmap bitmap;

		memcpy(&alias, aliases + i * sizeof alias, sizeof alias);
		if (alias.glyph >= header.glyphs)
			return false;
		store_unpack(header.width, header.height, packed + alias.glyph * packed_size, &bitmap);
		store_put(fonts, header.width, header.height, header.columns, &bitmap, alias.character);
	}
	return true;
}

bool fonts_restore(struct fonts *fonts, const void *data, size_t length, struct error *err)
{
	struct reader reader = { data, length };
	const unsigned char *start = take(&reader, 1, sizeof magic), *bytes;
	uint32_t count;

	if (start == NULL || memcmp(start, magic, sizeof magic) != 0 ||
	    (bytes = take(&reader, 1, sizeof count)) == NULL)
		return error_set(err, ERROR_INVALID, "this is no cache of fonts");
	memcpy(&count, bytes, sizeof count);
	for (uint32_t i = 0; i < count && i < STORE_SIZES_MAX; i++)
		if (!restore_size(fonts, &reader))
			return error_set(err, ERROR_INVALID, "the cache of fonts is damaged");
	return true;
}
