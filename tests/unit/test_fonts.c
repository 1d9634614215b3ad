/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fonts from files of every format, whole and damaged; looking bitmaps up; the cache. */
#include "screen/fonts.h"

#include "base/strv.h"
#include "screen/font_read.h"
#include "tests/unit/screen_draw.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <lzma.h>
#include <stdio.h>
#include <unistd.h>
#include <zlib.h>

#define _cleanup_fonts_ __attribute__((cleanup(cleanup_fonts)))
static void cleanup_fonts(struct fonts **fonts)
{
	fonts_free(*fonts);
}

static bool add(struct fonts *fonts, const struct strbuf *file)
{
	return fonts_add(fonts, "file", file->data, file->length, NULL);
}

/* The character that a store finds for the tests' bitmap of it; 0: none. */
static uint32_t looked_up(const struct fonts *fonts, uint32_t character, unsigned width, unsigned height)
{
	struct bitmap bitmap;
	struct glyph glyph;

	draw_bitmap(character, width, height, &bitmap);
	if (!fonts_find(fonts, width, height, &bitmap, &glyph) || glyph.inverse)
		return 0;
	return glyph.characters[0];
}

/* All of the tests' characters are found, each as itself or as what looks the same and is likelier. */
static void check_all(const struct fonts *fonts, unsigned width, unsigned height)
{
	ck_assert_uint_gt(fonts_count(fonts, width, height), 90);
	for (size_t i = 0; draw_characters[i] != 0; i++) {
		uint32_t character = draw_characters[i], found = looked_up(fonts, character, width, height);

		if (character >= 0x430 && character <= 0x441 && found < 0x80)
			ck_assert_ptr_nonnull(strchr(LOOKALIKES_LATIN, (int)found));
		else if (character == 0x2503)
			ck_assert_uint_eq(found, 0x2502);
		else
			ck_assert_msg(found == character, "U+%04X at %ux%u is found as U+%04X", character, width,
				      height, found);
	}
}

START_TEST(test_psf)
{
	static const unsigned sizes[][2] = { { 8, 8 }, { 8, 14 }, { 8, 16 }, { 10, 18 }, { 12, 24 }, { 16, 32 } };
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	unsigned width, height;

	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;

		if (i % 2 == 0 && sizes[i][0] == 8)
			draw_psf1(&file, sizes[i][1]);
		else
			draw_psf2(&file, sizes[i][0], sizes[i][1], true);
		ck_assert(add(fonts, &file));
		check_all(fonts, sizes[i][0], sizes[i][1]);
		ck_assert(fonts_size(fonts, i, &width, &height));
		ck_assert_uint_eq(width, sizes[i][0]);
		ck_assert_uint_eq(height, sizes[i][1]);
	}
	ck_assert(!fonts_size(fonts, ARRAY_LENGTH(sizes), &width, &height));
	ck_assert_uint_eq(fonts_count(fonts, 8, 19), 0);
}
END_TEST

START_TEST(test_psf_without_table)
{
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;

	draw_psf2(&file, 8, 16, false);
	ck_assert(add(fonts, &file));
	ck_assert_uint_eq(fonts_count(fonts, 8, 16), 0x7f - 0x20);
	ck_assert_uint_eq(looked_up(fonts, 'A', 8, 16), 'A');
}
END_TEST

START_TEST(test_pf2)
{
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;
	struct bitmap bitmap;
	struct glyph glyph;

	draw_pf2(&file, 13, 3);
	ck_assert(add(fonts, &file));
	ck_assert_uint_eq(looked_up(fonts, 'A', 8, 16), 'A');
	ck_assert_uint_eq(looked_up(fonts, '_', 8, 16), '_');
	ck_assert_uint_eq(looked_up(fonts, ' ', 8, 16), ' ');
	ck_assert_uint_eq(looked_up(fonts, 0x2584, 8, 16), 0x2584);
	draw_bitmap(DRAW_WIDE, 16, 16, &bitmap);
	ck_assert(fonts_find(fonts, 16, 16, &bitmap, &glyph));
	ck_assert_uint_eq(glyph.characters[0], DRAW_WIDE);
	ck_assert_uint_eq(glyph.columns, 2);
}
END_TEST

/* Tables lie anywhere in an image. */
START_TEST(test_cp437)
{
	static const unsigned sizes[][2] = { { 8, 16 }, { 8, 14 }, { 8, 8 }, { 16, 32 } };
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	_cleanup_strbuf_ struct strbuf image = STRBUF_INIT;

	strbuf_puts(&image, "something before it");
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		draw_cp437(&image, sizes[i][0], sizes[i][1]);
		strbuf_puts(&image, "and between");
	}
	ck_assert(add(fonts, &image));
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		ck_assert_uint_eq(looked_up(fonts, 'A', sizes[i][0], sizes[i][1]), 'A');
		ck_assert_uint_eq(looked_up(fonts, 0x263a, sizes[i][0], sizes[i][1]), 0x263a);
		ck_assert_uint_eq(looked_up(fonts, 0x2302, sizes[i][0], sizes[i][1]), 0x2302);
		ck_assert_uint_eq(looked_up(fonts, 0x25a0, sizes[i][0], sizes[i][1]), 0x25a0);
		ck_assert_uint_gt(fonts_count(fonts, sizes[i][0], sizes[i][1]), 240);
	}
}
END_TEST

/* Cut off, and with other bytes where the blocks are, it is no table. */
START_TEST(test_no_cp437)
{
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	_cleanup_strbuf_ struct strbuf image = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;

	draw_cp437(&image, 8, 16);
	ck_assert(!fonts_add(fonts, "cut.bin", image.data, image.length - 1, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'cut.bin' holds no font");
	image.data[0xdb * 16 + 5] = 0;
	ck_assert(!add(fonts, &image));
	ck_assert(!fonts_add(fonts, "empty", "", 0, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "'empty'");
}
END_TEST

/* ---- compressed ---- */

static void pack_gzip(struct strbuf *out, const struct strbuf *in)
{
	z_stream stream = { .next_in = (unsigned char *)in->data, .avail_in = (unsigned)in->length };

	ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
	stream.avail_out = (unsigned)deflateBound(&stream, in->length);
	stream.next_out = (unsigned char *)strbuf_reserve(out, stream.avail_out);
	ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
	strbuf_commit(out, stream.total_out);
	deflateEnd(&stream);
}

static void pack_lzma(struct strbuf *out, const struct strbuf *in, bool xz)
{
	lzma_stream stream = LZMA_STREAM_INIT;
	lzma_options_lzma options;
	size_t room = in->length + in->length / 2 + 1024;

	ck_assert(!lzma_lzma_preset(&options, 1));
	ck_assert_int_eq(xz ? lzma_easy_encoder(&stream, 1, LZMA_CHECK_CRC32) : lzma_alone_encoder(&stream, &options),
			 LZMA_OK);
	stream.next_in = (const uint8_t *)in->data;
	stream.avail_in = in->length;
	stream.next_out = (uint8_t *)strbuf_reserve(out, room);
	stream.avail_out = room;
	ck_assert_int_eq(lzma_code(&stream, LZMA_FINISH), LZMA_STREAM_END);
	strbuf_commit(out, stream.total_out);
	lzma_end(&stream);
}

static void put_le32(struct strbuf *out, size_t value)
{
	for (int i = 0; i < 4; i++, value >>= 8)
		strbuf_putc(out, (char)value);
}

/* One sequence: literals, and after them a match with the byte before (none: it is the last one). */
static void put_lz4(struct strbuf *out, const char *literals, size_t count, size_t match)
{
	size_t coded = match == 0 ? 0 : match - 4;

	strbuf_putc(out, (char)((count < 15 ? count : 15) << 4 | (coded < 15 ? coded : 15)));
	if (count >= 15) {
		for (size_t left = count - 15; left >= 255; left -= 255)
			strbuf_putc(out, (char)255);
		strbuf_putc(out, (char)((count - 15) % 255));
	}
	strbuf_add(out, literals, count);
	if (match == 0)
		return;
	strbuf_add(out, "\1\0", 2);
	if (coded >= 15) {
		for (size_t left = coded - 15; left >= 255; left -= 255)
			strbuf_putc(out, (char)255);
		strbuf_putc(out, (char)((coded - 15) % 255));
	}
}

/* The legacy frame, with runs of one byte as matches. */
static void pack_lz4(struct strbuf *out, const struct strbuf *in)
{
	_cleanup_strbuf_ struct strbuf block = STRBUF_INIT;
	size_t from = 0;

	for (size_t at = 0, run; at < in->length; at += run) {
		for (run = 1; at + run < in->length && in->data[at + run] == in->data[at]; run++)
			;
		if (run < 6)
			continue;
		put_lz4(&block, in->data + from, at + 1 - from, run - 1);
		from = at + run;
	}
	put_lz4(&block, in->data + from, in->length - from, 0);
	strbuf_add(out, "\x02\x21\x4c\x18", 4);
	put_le32(out, block.length);
	strbuf_add(out, block.data, block.length);
}

START_TEST(test_gzip)
{
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	_cleanup_strbuf_ struct strbuf file = STRBUF_INIT, packed = STRBUF_INIT, bomb = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct strbuf cut;

	draw_psf2(&file, 8, 16, true);
	pack_gzip(&packed, &file);
	ck_assert(add(fonts, &packed));
	check_all(fonts, 8, 16);
	cut = (struct strbuf){ .data = packed.data, .length = packed.length / 2 };
	ck_assert(!fonts_add(fonts, "half.gz", cut.data, cut.length, &err));
	ck_assert_error(&err, ERROR_INVALID, "'half.gz' is compressed");
	/* more than any font */
	strbuf_clear(&file);
	memset(strbuf_reserve(&file, FONT_FILE_MAX + 1), 0, FONT_FILE_MAX + 1);
	strbuf_commit(&file, FONT_FILE_MAX + 1);
	pack_gzip(&bomb, &file);
	ck_assert(!fonts_add(fonts, "bomb.gz", bomb.data, bomb.length, &err));
	ck_assert_error(&err, ERROR_INVALID, "too large");
}
END_TEST

/* A firmware volume: a section defined by the GUID of LZMA, the array far inside. */
static void draw_firmware(struct strbuf *image)
{
	static const char guid[] = "\x98\x58\x4e\xee\x14\x39\x59\x42\x9d\x6e\xdc\x7b\xd7\x94\x03\xcf";
	_cleanup_strbuf_ struct strbuf volume = STRBUF_INIT, packed = STRBUF_INIT;
	size_t before = 1000003;

	memset(strbuf_reserve(&volume, before), ' ', before);
	strbuf_commit(&volume, before);
	draw_efi(&volume);
	memset(strbuf_reserve(&volume, before), 0xff, before);
	strbuf_commit(&volume, before);
	pack_lzma(&packed, &volume, false);
	strbuf_puts(image, "firmware");
	put_le32(image, (24 + packed.length) | 2u << 24);
	strbuf_add(image, guid, 16);
	strbuf_add(image, "\x18\0\1\0", 4);
	strbuf_add(image, packed.data, packed.length);
	strbuf_puts(image, "more of it");
}

START_TEST(test_firmware)
{
	_cleanup_fonts_ struct fonts *fonts = fonts_new();
	_cleanup_strbuf_ struct strbuf image = STRBUF_INIT;

	draw_firmware(&image);
	ck_assert(add(fonts, &image));
	check_all(fonts, 8, 19);
}
END_TEST

/* A kernel of x86: two sectors of set-up, then a payload. */
static void draw_kernel(struct strbuf *image, const struct strbuf *payload)
{
	enum { SETUP = 3 * 512, OFFSET = 100 };
	char *header = strbuf_reserve(image, SETUP + OFFSET);

	memset(header, 0, SETUP + OFFSET);
	header[0x1f1] = 2;
	memcpy(header + 0x202, "HdrS\x0f\x02", 6);
	header[0x248] = OFFSET;
	for (int i = 0; i < 4; i++)
		header[0x24c + i] = (char)(payload->length >> 8 * i);
	strbuf_commit(image, SETUP + OFFSET);
	strbuf_add(image, payload->data, payload->length);
}

/* Its large font is what it is read for. */
START_TEST(test_kernel)
{
	_cleanup_strbuf_ struct strbuf vmlinux = STRBUF_INIT;
	size_t before = 700001;

	memset(strbuf_reserve(&vmlinux, before), 0x90, before);
	strbuf_commit(&vmlinux, before);
	draw_cp437(&vmlinux, 16, 32);
	memset(strbuf_reserve(&vmlinux, before), 0x90, before);
	strbuf_commit(&vmlinux, before);
	for (int kind = 0; kind < 4; kind++) {
		_cleanup_fonts_ struct fonts *fonts = fonts_new();
		_cleanup_strbuf_ struct strbuf packed = STRBUF_INIT, image = STRBUF_INIT;

		if (kind == 0)
			pack_gzip(&packed, &vmlinux);
		else if (kind == 3)
			pack_lz4(&packed, &vmlinux);
		else
			pack_lzma(&packed, &vmlinux, kind == 1);
		put_le32(&packed, vmlinux.length);
		draw_kernel(&image, &packed);
		ck_assert_msg(add(fonts, &image), "kind %d", kind);
		ck_assert_uint_eq(looked_up(fonts, 'A', 16, 32), 'A');
		ck_assert_uint_gt(fonts_count(fonts, 16, 32), 240);
	}
}
END_TEST

/* ---- damaged ---- */

/* Whatever is cut off or changed, nothing is read beyond the end, and what is found can be saved and read again. */
static void check_damaged(const struct strbuf *file)
{
	size_t step = file->length / 97 + 1;

	for (size_t length = 0; length < file->length; length += length < 64 ? 1 : step) {
		_cleanup_fonts_ struct fonts *fonts = fonts_new();
		_cleanup_free_ char *copy = xmalloc(length);

		memcpy(copy, file->data, length);
		fonts_add(fonts, "cut", copy, length, NULL);
	}
	for (size_t at = 0; at < file->length; at += at < 64 ? 1 : step) {
		_cleanup_fonts_ struct fonts *fonts = fonts_new();
		_cleanup_free_ char *copy = xmalloc(file->length);

		memcpy(copy, file->data, file->length);
		copy[at] = (char)(copy[at] ^ 0xff);
		fonts_add(fonts, "changed", copy, file->length, NULL);
	}
}

START_TEST(test_damaged)
{
	_cleanup_strbuf_ struct strbuf psf1 = STRBUF_INIT, psf2 = STRBUF_INIT, pf2 = STRBUF_INIT, efi = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf table = STRBUF_INIT, packed = STRBUF_INIT, kernel = STRBUF_INIT;

	draw_psf1(&psf1, 16);
	check_damaged(&psf1);
	draw_psf2(&psf2, 12, 24, true);
	check_damaged(&psf2);
	draw_pf2(&pf2, 13, 3);
	check_damaged(&pf2);
	draw_efi(&efi);
	check_damaged(&efi);
	draw_cp437(&table, 8, 16);
	check_damaged(&table);
	pack_lz4(&packed, &table);
	draw_kernel(&kernel, &packed);
	check_damaged(&kernel);
}
END_TEST

/* Sizes that no cell has, more glyphs than there are characters: passed over, not believed. */
START_TEST(test_absurd)
{
	static const unsigned fields[] = { 8, 16, 20, 24, 28 };
	static const uint32_t values[] = { 0, 1, 7, 33, 0x7fffffff, 0x80000000, 0xffffffff, 0x10001, 0x1fffffff };

	for (size_t i = 0; i < ARRAY_LENGTH(fields); i++)
		for (size_t k = 0; k < ARRAY_LENGTH(values); k++) {
			_cleanup_fonts_ struct fonts *fonts = fonts_new();
			_cleanup_strbuf_ struct strbuf file = STRBUF_INIT;
			unsigned width, height;

			draw_psf2(&file, 8, 16, true);
			for (int b = 0; b < 4; b++)
				file.data[fields[i] + (unsigned)b] = (char)(values[k] >> 8 * b);
			add(fonts, &file);
			for (size_t n = 0; fonts_size(fonts, n, &width, &height); n++)
				ck_assert(width >= FONT_WIDTH_MIN && width <= FONT_WIDTH_MAX &&
					  height >= FONT_HEIGHT_MIN && height <= FONT_HEIGHT_MAX);
		}
}
END_TEST

/* ---- looking up ---- */

START_TEST(test_shared)
{
	_cleanup_fonts_ struct fonts *fonts = draw_fonts(8, 16);
	_cleanup_strbuf_ struct strbuf table = STRBUF_INIT;
	struct bitmap bitmap;
	struct glyph glyph;

	draw_bitmap('o', 8, 16, &bitmap);
	ck_assert(fonts_find(fonts, 8, 16, &bitmap, &glyph));
	ck_assert_uint_eq(glyph.characters[0], 'o');
	ck_assert_uint_eq(glyph.characters[1], 0x43e);
	ck_assert_uint_eq(glyph.characters[2], 0);
	draw_cp437(&table, 8, 16);
	ck_assert(add(fonts, &table));
	draw_bitmap(' ', 8, 16, &bitmap);
	ck_assert(fonts_find(fonts, 8, 16, &bitmap, &glyph));
	ck_assert_uint_eq(glyph.characters[0], ' ');
	ck_assert_uint_eq(glyph.characters[1], 0xa0);
}
END_TEST

START_TEST(test_inverse)
{
	_cleanup_fonts_ struct fonts *fonts = draw_fonts(8, 16);
	struct bitmap bitmap;
	struct glyph glyph;

	draw_bitmap('A', 8, 16, &bitmap);
	for (unsigned y = 0; y < 16; y++)
		bitmap.rows[y] ^= 0xff;
	ck_assert(fonts_find(fonts, 8, 16, &bitmap, &glyph));
	ck_assert(glyph.inverse);
	ck_assert_uint_eq(glyph.characters[0], 'A');
	/* a full block is one, and not the inverse of a blank */
	draw_bitmap(0x2588, 8, 16, &bitmap);
	ck_assert(fonts_find(fonts, 8, 16, &bitmap, &glyph));
	ck_assert(!glyph.inverse);
	ck_assert_uint_eq(glyph.characters[0], 0x2588);
	bitmap.rows[3] = 0x5a;
	ck_assert(!fonts_find(fonts, 8, 16, &bitmap, &glyph));
	ck_assert(!fonts_find(fonts, 8, 17, &bitmap, &glyph));
	ck_assert(!fonts_find(fonts, 99, 99, &bitmap, &glyph));
}
END_TEST

START_TEST(test_nine)
{
	_cleanup_fonts_ struct fonts *fonts = draw_fonts(8, 16);
	struct bitmap bitmap;
	struct glyph glyph;

	ck_assert_uint_gt(fonts_count(fonts, 9, 16), 0);
	draw_bitmap('A', 8, 16, &bitmap);
	for (unsigned y = 0; y < 16; y++)
		bitmap.rows[y] = (uint16_t)(bitmap.rows[y] << 1);
	ck_assert(fonts_find(fonts, 9, 16, &bitmap, &glyph) && glyph.characters[0] == 'A');
	bitmap.rows[4] |= 1;
	ck_assert(!fonts_find(fonts, 9, 16, &bitmap, &glyph));
	draw_bitmap(0x2500, 8, 16, &bitmap);
	for (unsigned y = 0; y < 16; y++)
		bitmap.rows[y] = (uint16_t)(bitmap.rows[y] << 1 | (bitmap.rows[y] & 1));
	ck_assert(fonts_find(fonts, 9, 16, &bitmap, &glyph) && glyph.characters[0] == 0x2500);
}
END_TEST

START_TEST(test_covered)
{
	_cleanup_fonts_ struct fonts *fonts = draw_fonts(8, 16);
	struct bitmap bitmap;
	struct glyph glyph;

	draw_bitmap('A', 8, 16, &bitmap);
	bitmap.rows[12] = bitmap.rows[13] = 0xff;
	ck_assert(fonts_find_covered(fonts, 8, 16, &bitmap, 12, 13, 0, &glyph));
	ck_assert_uint_eq(glyph.characters[0], 'A');
	/* below the bar there may be an underscore or nothing: a blank is likelier, unless it was known */
	memset(&bitmap, 0, sizeof bitmap);
	bitmap.rows[14] = bitmap.rows[15] = 0xff;
	ck_assert(fonts_find_covered(fonts, 8, 16, &bitmap, 14, 15, 0, &glyph));
	ck_assert_uint_eq(glyph.characters[0], ' ');
	ck_assert(fonts_find_covered(fonts, 8, 16, &bitmap, 14, 15, '_', &glyph));
	ck_assert_uint_eq(glyph.characters[0], '_');
	bitmap.rows[3] = 0x5a;
	ck_assert(!fonts_find_covered(fonts, 8, 16, &bitmap, 14, 15, 0, &glyph));
}
END_TEST

/* ---- the cache ---- */

static char *saved(const struct fonts *fonts, size_t *ret_length)
{
	char *directory = unit_tempdir(), *bytes = NULL;
	_cleanup_free_ char *path = strf("%s/fonts", directory);
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_int_ge(fd, 0);
	ck_assert_ok(fonts_save(fonts, fd, &err), &err);
	ck_assert_ok(file_read(path, 64 * 1024 * 1024, &bytes, ret_length, &err), &err);
	unit_tempdir_remove(directory);
	return bytes;
}

START_TEST(test_cache)
{
	_cleanup_fonts_ struct fonts *fonts = draw_fonts(8, 16), *again = fonts_new();
	_cleanup_strbuf_ struct strbuf large = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *bytes = NULL, *second = NULL;
	size_t length, second_length;

	draw_psf2(&large, 16, 32, true);
	ck_assert(add(fonts, &large));
	bytes = saved(fonts, &length);
	ck_assert_ok(fonts_restore(again, bytes, length, &err), &err);
	check_all(again, 16, 32);
	ck_assert_uint_eq(looked_up(again, 'A', 8, 16), 'A');
	second = saved(again, &second_length);
	ck_assert_uint_eq(second_length, length);
	ck_assert_int_eq(memcmp(bytes, second, length), 0);
}
END_TEST

START_TEST(test_cache_damaged)
{
	_cleanup_fonts_ struct fonts *fonts = draw_fonts(8, 16);
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	bytes = saved(fonts, &length);
	for (size_t cut = 0; cut < length; cut += cut < 100 ? 1 : 101) {
		_cleanup_fonts_ struct fonts *again = fonts_new();
		_cleanup_free_ char *copy = xmalloc(cut);

		memcpy(copy, bytes, cut);
		ck_assert(!fonts_restore(again, copy, cut, &err));
		ck_assert_error(&err, ERROR_INVALID, "cache of fonts");
	}
	for (size_t at = 0; at < length; at += at < 100 ? 1 : 101) {
		_cleanup_fonts_ struct fonts *again = fonts_new();

		bytes[at] = (char)(bytes[at] ^ 0xff);
		fonts_restore(again, bytes, length, NULL);
		bytes[at] = (char)(bytes[at] ^ 0xff);
	}
}
END_TEST

/* ---- what is installed ---- */

START_TEST(test_installed)
{
	_cleanup_strv_ char **files = fonts_installed();
	_cleanup_free_ char *stamp = fonts_stamp(), *again = fonts_stamp();
	_cleanup_fonts_ struct fonts *fonts = fonts_new();

	ck_assert_str_eq(stamp, again);
	ck_assert_ptr_null(strchr(stamp, '\n'));
	fonts_add_installed(fonts);
	if (files == NULL || files[0] == NULL || strstr(files[0], "vgabios") == NULL) {
		printf("SKIP: no VGA BIOS is installed\n");
		return;
	}
	ck_assert_uint_ge(fonts_count(fonts, 8, 16), 250);
	ck_assert_uint_ge(fonts_count(fonts, 8, 14), 250);
	ck_assert_uint_ge(fonts_count(fonts, 8, 8), 250);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("fonts");
	TCase *formats = tcase_create("formats"), *lookup = tcase_create("lookup");

	tcase_set_timeout(formats, 120);
	tcase_add_test(formats, test_psf);
	tcase_add_test(formats, test_psf_without_table);
	tcase_add_test(formats, test_pf2);
	tcase_add_test(formats, test_cp437);
	tcase_add_test(formats, test_no_cp437);
	tcase_add_test(formats, test_gzip);
	tcase_add_test(formats, test_firmware);
	tcase_add_test(formats, test_kernel);
	tcase_add_test(formats, test_damaged);
	tcase_add_test(formats, test_absurd);
	tcase_add_test(formats, test_installed);
	suite_add_tcase(suite, formats);
	tcase_add_test(lookup, test_shared);
	tcase_add_test(lookup, test_inverse);
	tcase_add_test(lookup, test_nine);
	tcase_add_test(lookup, test_covered);
	tcase_add_test(lookup, test_cache);
	tcase_add_test(lookup, test_cache_damaged);
	suite_add_tcase(suite, lookup);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
