/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text read back from pixels: which grid of cells the guest draws, and which character each cell is. No allocation
 * after the grid is known, no I/O. */
#ifndef SCREEN_RECOVER_H
#define SCREEN_RECOVER_H

#include "screen/fonts.h"
#include "screen/pixels.h"

/* A screen that would have more cells is not taken for text. */
#define TEXT_COLUMNS_MAX 512
#define TEXT_ROWS_MAX	 256

/* A cell of the guest's screen. */
struct text_cell {
	uint32_t character;		 /* 0: no text: what is there is a picture, or a glyph that no font has */
	uint32_t foreground, background; /* 0xRRGGBB; of an unrecognised cell: its two most frequent colours */
	uint8_t columns;		 /* 2: the left half of a wide character; 0: its right half; else 1 */
	bool cursor;  /* the guest's cursor lies on it (a bar below the character, or all of it inverted) */
	bool blank;   /* of one colour */
	bool changed; /* since recover_settle() */
};

/* Where the cells lie: all over the screen, or in the part of it that a console in a smaller mode has (UEFI). */
struct text_grid {
	unsigned cell_width, cell_height; /* 0: no grid was found */
	unsigned x, y;			  /* of the first cell's first pixel */
	unsigned columns, rows;
	/* Cells with a character, of those that are not blank. Blocks are in neither: any picture's edges look like
	 * them. */
	unsigned recognised, filled;
	unsigned letters; /* recognised ones that are letters or digits: pictures have hardly any by chance */
};

struct recover;

/* fonts are borrowed and must live on. */
struct recover *recover_new(const struct fonts *fonts);
void recover_free(struct recover *recover);
/* Reads what lies in the changed rectangles again (count 0: all of it). A screen of another size, and one that its grid
 * no longer fits, is looked at as a whole to find the grid anew. True when the grid is another one than before: then
 * all cells are new. */
bool recover_update(struct recover *recover, const struct pixels *screen, const struct rectangle *changed,
		    size_t count);
const struct text_grid *recover_grid(const struct recover *recover);
/* The cells of a row; grid's columns of them. They lie in recover until the next update. */
const struct text_cell *recover_row(const struct recover *recover, unsigned row);
/* All changes were taken note of: no cell counts as changed from now on. */
void recover_settle(struct recover *recover);
/* The guest's cursor; false when none is seen. It blinks: what was seen in the last second counts, which is the
 * caller's to judge. */
bool recover_cursor(const struct recover *recover, unsigned *ret_row, unsigned *ret_column);

#endif
