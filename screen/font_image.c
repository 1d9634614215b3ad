/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fonts inside what is compressed in an image: LZMA sections of UEFI firmware, the payload of a Linux kernel. What
 * comes out is large and only looked at, so it passes through a window and is never whole in memory. */
#include "base/memory.h"
#include "screen/font_read.h"

#include <lzma.h>
#include <stdlib.h>
#include <string.h>
#define ZLIB_CONST
#include <zlib.h>

enum {
	HISTORY = 64 * 1024, /* kept of what was seen: for tables that cross a window's end, and for LZ4 */
	WINDOW = 512 * 1024,
	SECTIONS_MAX = 8, /* of an image */
};
#define UNPACKED_MAX ((size_t)128 * 1024 * 1024) /* of an image */
#define LZMA_MEMORY  ((uint64_t)96 * 1024 * 1024)

_Static_assert(HISTORY >= FONT_TABLE_MAX, "a table fits into what is kept");

typedef size_t scan_function(struct fonts *fonts, const unsigned char *data, size_t length);

struct window {
	struct fonts *fonts;
	scan_function *scan;
	unsigned char *bytes; /* owned; WINDOW of them */
	size_t fill;	      /* what is there */
	size_t seen;	      /* in all */
	size_t taken;	      /* glyphs */
};

/* Looks at what is there and makes room. False when the image has had its share. */
static bool window_turn(struct window *window)
{
	size_t keep = window->fill < HISTORY ? window->fill : HISTORY;

	window->taken += window->scan(window->fonts, window->bytes, window->fill);
	window->seen += window->fill - keep;
	memmove(window->bytes, window->bytes + window->fill - keep, keep);
	window->fill = keep;
	return window->seen < UNPACKED_MAX;
}

static void unpack_lzma(struct window *window, lzma_stream *stream, const unsigned char *data, size_t length)
{
	lzma_ret result = LZMA_OK;

	stream->next_in = data;
	stream->avail_in = length;
	while (result == LZMA_OK) {
		stream->next_out = window->bytes + window->fill;
		stream->avail_out = WINDOW - window->fill;
		result = lzma_code(stream, LZMA_RUN);
		window->fill = WINDOW - stream->avail_out;
		if (stream->avail_out > 0 && stream->avail_in == 0)
			break;
		if (stream->avail_out == 0 && !window_turn(window))
			break;
	}
	lzma_end(stream);
}

static void unpack_gzip(struct window *window, const unsigned char *data, size_t length)
{
	z_stream stream = { .next_in = data, .avail_in = (unsigned)length };
	int result = inflateInit2(&stream, 16 + MAX_WBITS);

	while (result == Z_OK) {
		stream.next_out = window->bytes + window->fill;
		stream.avail_out = (unsigned)(WINDOW - window->fill);
		result = inflate(&stream, Z_NO_FLUSH);
		window->fill = WINDOW - stream.avail_out;
		if (stream.avail_out > 0 && stream.avail_in == 0)
			break;
		if (stream.avail_out == 0 && !window_turn(window))
			break;
	}
	inflateEnd(&stream);
}

/* Appends count bytes that lie distance before the end, or (distance 0) that come from literals. */
static bool lz4_append(struct window *window, const unsigned char *literals, size_t distance, size_t count)
{
	while (count > 0) {
		size_t piece = WINDOW - window->fill < count ? WINDOW - window->fill : count;

		if (distance == 0) {
			memcpy(window->bytes + window->fill, literals, piece);
			literals += piece;
			window->fill += piece;
		} else {
			if (distance > window->fill)
				return false;
			for (size_t i = 0; i < piece; i++, window->fill++)
				window->bytes[window->fill] = window->bytes[window->fill - distance];
		}
		count -= piece;
		if (window->fill == WINDOW && !window_turn(window))
			return false;
	}
	return true;
}

/* A length of LZ4: 15 in the token means that bytes follow, up to one that is not 255. */
static bool lz4_length(const unsigned char **at, const unsigned char *end, size_t *length)
{
	unsigned char more = 255;

	if (*length != 15)
		return true;
	while (more == 255) {
		if (*at == end || *length > UNPACKED_MAX)
			return false;
		more = *(*at)++;
		*length += more;
	}
	return true;
}

static bool unpack_lz4_block(struct window *window, const unsigned char *at, const unsigned char *end)
{
	while (at < end) {
		unsigned char token = *at++;
		size_t literals = token >> 4, match = token & 15, distance;

		if (!lz4_length(&at, end, &literals) || (size_t)(end - at) < literals ||
		    !lz4_append(window, at, 0, literals))
			return false;
		at += literals;
		if (at == end)
			return true; /* the last sequence has no match */
		if (end - at < 2)
			return false;
		distance = le16(at);
		at += 2;
		if (distance == 0 || !lz4_length(&at, end, &match) || !lz4_append(window, NULL, distance, match + 4))
			return false;
	}
	return true;
}

/* The frame format that the kernel calls legacy: blocks after their length, without checksums. */
static void unpack_lz4(struct window *window, const unsigned char *data, size_t length)
{
	size_t at = 4;

	while (length - at >= 4) {
		size_t size = le32(data + at);

		at += 4;
		if (size == 0 || size > length - at || !unpack_lz4_block(window, data + at, data + at + size))
			return;
		at += size;
	}
}

/* By its first bytes. Zstandard is not read. */
static void unpack(struct window *window, const unsigned char *data, size_t length)
{
	lzma_stream stream = LZMA_STREAM_INIT;

	if (length >= 6 && memcmp(data,
				  "\xfd"
				  "7zXZ",
				  6) == 0) {
		if (lzma_stream_decoder(&stream, LZMA_MEMORY, 0) == LZMA_OK)
			unpack_lzma(window, &stream, data, length);
	} else if (length >= 13 && data[0] == 0x5d) {
		if (lzma_alone_decoder(&stream, LZMA_MEMORY) == LZMA_OK)
			unpack_lzma(window, &stream, data, length);
	} else if (length >= 4 && memcmp(data, "\x1f\x8b", 2) == 0) {
		unpack_gzip(window, data, length);
	} else if (length >= 4 && memcmp(data, "\x02\x21\x4c\x18", 4) == 0) {
		unpack_lz4(window, data, length);
	}
	/* what is left in the window; the next section has nothing to do with it */
	window_turn(window);
	window->fill = 0;
}

/* Firmware: sections defined by the GUID of LZMA, ee4e5898-3914-4259-9d6e-dc7bd79403cf. The section's header ends with
 * it, the offset of the data and attributes follow. */
static void scan_sections(struct window *window, const unsigned char *data, size_t length)
{
	static const unsigned char guid[16] = { 0x98, 0x58, 0x4e, 0xee, 0x14, 0x39, 0x59, 0x42,
						0x9d, 0x6e, 0xdc, 0x7b, 0xd7, 0x94, 0x03, 0xcf };
	enum { COMMON_HEADER = 4, GUID_DEFINED = 2, HEADER = 24 };
	size_t at = 0;

	for (unsigned n = 0; n < SECTIONS_MAX && length - at >= HEADER; n++) {
		const unsigned char *found = memmem(data + at, length - at, guid, sizeof guid), *section;
		size_t size, offset;

		if (found == NULL)
			return;
		at = (size_t)(found - data) + sizeof guid;
		if ((size_t)(found - data) < COMMON_HEADER || length - at < 4)
			continue;
		section = found - COMMON_HEADER;
		size = le32(section) & 0xffffff;
		offset = le16(found + sizeof guid);
		/* Sections of 16 MiB and more say their size elsewhere: theirs end by themselves. */
		if (section[3] != GUID_DEFINED || size == 0xffffff || size > length - (size_t)(section - data))
			size = length - (size_t)(section - data);
		if (section[3] != GUID_DEFINED || offset < HEADER || offset > size)
			continue;
		unpack(window, section + offset, size - offset);
	}
}

/* A bzImage of x86, by its boot protocol: where the payload lies is in the header of the set-up sectors. */
static bool kernel_payload(const unsigned char *data, size_t length, const unsigned char **ret, size_t *ret_length)
{
	enum { SETUP_SECTORS = 0x1f1, MAGIC = 0x202, VERSION = 0x206, OFFSET = 0x248, LENGTH = 0x24c, END = 0x250 };
	size_t start;

	if (length < END || memcmp(data + MAGIC, "HdrS", 4) != 0 || le16(data + VERSION) < 0x208)
		return false;
	start = ((size_t)(data[SETUP_SECTORS] == 0 ? 4 : data[SETUP_SECTORS]) + 1) * 512 + le32(data + OFFSET);
	if (start >= length)
		return false;
	*ret = data + start;
	*ret_length = le32(data + LENGTH);
	if (*ret_length > length - start)
		*ret_length = length - start;
	return true;
}

size_t font_image_scan(struct fonts *fonts, const unsigned char *data, size_t length)
{
	_cleanup_free_ unsigned char *room = NULL;
	struct window window = { .fonts = fonts };
	const unsigned char *payload;
	size_t payload_length;

	window.bytes = room = xmalloc(WINDOW);
	if (kernel_payload(data, length, &payload, &payload_length)) {
		window.scan = font_cp437_scan;
		unpack(&window, payload, payload_length);
	} else {
		window.scan = font_efi_scan;
		scan_sections(&window, data, length);
	}
	return window.taken;
}
