/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Readers of font files, one a format: bytes that are not trusted in, glyphs into the store. */
#ifndef SCREEN_FONT_READ_H
#define SCREEN_FONT_READ_H

#include "screen/font_store.h"

/* Each says by the bytes whether they are of its format, and then reads what is whole: a glyph or a table that is cut
 * off or absurd ends the reading, what came before it stays. Returns how many glyphs were taken in, known ones
 * included. */

bool font_psf_is(const unsigned char *data, size_t length);
size_t font_psf_read(struct fonts *fonts, const unsigned char *data, size_t length);

bool font_pf2_is(const unsigned char *data, size_t length);
size_t font_pf2_read(struct fonts *fonts, const unsigned char *data, size_t length);

/* Tables without a header, somewhere in a larger image: a VGA BIOS, a firmware volume, a program that draws text. */

/* Whole fonts of code page 437: 256 glyphs in a row, in cells of 8x8, 8x14, 8x16 and 16x32. */
size_t font_cp437_scan(struct fonts *fonts, const unsigned char *data, size_t length);
/* The character that code page 437 has for a byte; 0x00 and 0xff are blanks. */
uint32_t font_cp437_character(unsigned char byte);
/* Arrays of UEFI's EFI_NARROW_GLYPH, in cells of 8x19. */
size_t font_efi_scan(struct fonts *fonts, const unsigned char *data, size_t length);
/* The longest of these tables is not longer: windows onto a stream that overlap by it miss none. */
#define FONT_TABLE_MAX (32 * 1024)

/* What is compressed inside an image (LZMA sections of firmware, the payload of a Linux kernel), searched for the
 * tables above as it is decompressed. */
size_t font_image_scan(struct fonts *fonts, const unsigned char *data, size_t length);

static inline uint32_t le16(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t le32(const unsigned char *p)
{
	return le16(p) | le16(p + 2) << 16;
}

static inline uint32_t be16(const unsigned char *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static inline uint32_t be32(const unsigned char *p)
{
	return be16(p) << 16 | be16(p + 2);
}

#endif
