/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fonts that guests draw their text with, from what is installed on the host: by bitmap of a cell to the character that
 * it is. */
#ifndef SCREEN_FONTS_H
#define SCREEN_FONTS_H

#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Cells are 8 to 16 pixels wide (VGA's ninth column and doubled fonts included), 8 to 32 high. */
#define FONT_WIDTH_MIN	8
#define FONT_WIDTH_MAX	16
#define FONT_HEIGHT_MIN 8
#define FONT_HEIGHT_MAX 32
#define FONT_GLYPHS_MAX 65536		   /* of one font */
#define FONT_FILE_MAX	(16 * 1024 * 1024) /* after decompression */

/* A cell's bitmap: a row in each word, the leftmost pixel in the highest of width bits; rows past the height are 0. */
struct bitmap {
	uint16_t rows[FONT_HEIGHT_MAX];
};

struct fonts;

struct fonts *fonts_new(void);
void fonts_free(struct fonts *fonts);
/* Takes in every font of a file, whatever it is by its content: an image with tables of code page 437 in it (a VGA
 * BIOS's 8x16, 8x14 and 8x8; QEMU's own program, whose 8x16 is that of Linux; a Linux kernel, whose payload is
 * searched), a firmware image (the console font in its LZMA sections, EFI_NARROW_GLYPH records), PSF 1 and 2 with their
 * Unicode tables, GRUB's PF2, and any of them compressed by gzip. name is for messages. The bytes are not trusted.
 * ERROR_NOT_FOUND when it holds no font that is understood; what was found before a fault stays. */
bool fonts_add(struct fonts *fonts, const char *name, const void *data, size_t length, struct error *err);
/* The files that are installed here, best first (VGA BIOS, QEMU, firmware, console fonts, GRUB's, the kernel). Owned
 * vector. */
char **fonts_installed(void);
/* All of them, by fonts_installed() and fonts_add(): what cannot be read is passed over. */
void fonts_add_installed(struct fonts *fonts);
/* How many different cell bitmaps are known for a cell size. 0: no font is of that size. */
size_t fonts_count(const struct fonts *fonts, unsigned width, unsigned height);
/* The sizes for which there is a font: the n-th one; false past the last. */
bool fonts_size(const struct fonts *fonts, size_t n, unsigned *ret_width, unsigned *ret_height);

/* What is known of one bitmap. Characters that share it (a blank, NUL and NBSP; full block and inverse blank) are all
 * named. */
struct glyph {
	uint32_t characters[4]; /* likeliest first; 0 ends them when fewer */
	bool inverse;		/* it is the inverse of a glyph: foreground and background are to be exchanged */
	uint8_t columns;	/* cells it takes: 1, or 2 for a wide one, whose bitmap is of both cells */
};
/* False when no font has it. Cells 9 pixels wide are found in fonts of 8 as VGA widens them: the ninth column is
 * background, or repeats the eighth. A bitmap that is a glyph and another one's inverse is found as the glyph. */
bool fonts_find(const struct fonts *fonts, unsigned width, unsigned height, const struct bitmap *bitmap,
		struct glyph *ret);

/* As fonts_find() for a bitmap of which the rows from, ... to are covered, by a cursor's bar: they are not compared. Of
 * glyphs that differ in them only, one that shows likely is taken if there is one, else a blank, else the likeliest.
 * Looks at each glyph of the size, and not at inverse or wide ones. */
bool fonts_find_covered(const struct fonts *fonts, unsigned width, unsigned height, const struct bitmap *bitmap,
			unsigned from, unsigned to, uint32_t likely, struct glyph *ret);

/* Reading firmware and compressed files takes time: the outcome as bytes that fonts_restore() reads in a few
 * milliseconds. They are not trusted either. */
bool fonts_save(const struct fonts *fonts, int fd, struct error *err);
bool fonts_restore(struct fonts *fonts, const void *data, size_t length, struct error *err);
/* Names, sizes and times of the files that fonts_installed() finds, in one line: a cache made under another one is old.
 * Owned. */
char *fonts_stamp(void);

#endif
