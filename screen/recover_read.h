/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What recovery knows between updates, and its steps: cells read, what is ambiguous settled, the cursor found. */
#ifndef SCREEN_RECOVER_READ_H
#define SCREEN_RECOVER_READ_H

#include "screen/recover_cell.h"

/* Blocks that a cursor over a blank looks like. */
enum { LOWER_EIGHTH = 0x2581, LOWER_QUARTER = 0x2582 };

/* What is known of a cell beyond what others see. */
struct cell_more {
	uint32_t others[3]; /* characters that look the same, 0 after the last */
	uint32_t low;	    /* it is this block at the cell's bottom, or the bar of a cursor */
	uint32_t overlay;   /* it is this on a picture, or nothing */
	unsigned worth;	    /* of that */
	bool gap;	    /* a picture between such */
	bool bar;	    /* a bar covers rows of it */
	bool turned;	    /* the same character was seen in these colours and in the opposite ones */
};

struct recover {
	const struct fonts *fonts; /* borrowed */
	unsigned width, height;	   /* of the screen that the grid is for */
	struct text_grid grid;
	struct text_cell *cells; /* owned; rows of grid.columns */
	struct cell_more *more;	 /* owned; one of each cell */
	struct text_cell *old;	 /* owned; a row as it was */
	uint32_t background;	 /* the screen's commonest, and the commonest of text on it */
	uint32_t foreground;
	bool heavy_frames; /* most lines on it are heavy ones */
	bool cursor_seen;
	unsigned cursor_row, cursor_column;
	unsigned covered_left;		    /* how many cells of this update may still be searched for below a bar */
	unsigned accepted, accepted_filled; /* recognised and filled cells when the grid was last chosen */
	struct text_grid whole; /* the grid before it was cut to the console's mode; as grid when it was not */
	uint32_t outside;	/* the one colour around it */
	unsigned misfits;	/* updates since the grid was last looked for in vain */
};

static inline struct text_cell *cell_at(const struct recover *recover, unsigned row, unsigned column)
{
	return &recover->cells[(size_t)row * recover->grid.columns + column];
}

static inline struct cell_more *more_at(const struct recover *recover, unsigned row, unsigned column)
{
	return &recover->more[(size_t)row * recover->grid.columns + column];
}

/* Reads the cells first, ... last of a row. */
void read_cells(struct recover *recover, const struct pixels *screen, unsigned row, unsigned first, unsigned last);
/* Chooses among what looks the same, by what stands beside it. */
void settle_row(struct recover *recover, unsigned row);
/* Chooses, all over the screen, among lines that look the same in the fonts of two consoles, a light one in one of them
 * and a heavy one in the other: by the lines that are certain. */
void settle_frames(struct recover *recover);
/* Finds the cursor among all cells, and marks it. */
void find_cursor(struct recover *recover);

/* The text modes of a VGA, which are what they are however little is on the screen. */
bool grid_of_mode(const struct recover *recover, const struct pixels *screen, struct text_grid *ret);
/* UEFI's console is in the middle of the screen, in one of a few modes: the smallest that has all there is. */
bool grid_cut(const struct recover *recover, const struct pixels *screen, struct text_grid *ret);
/* Has something been drawn beside the part of the screen that is read? */
bool grid_outgrown(const struct recover *recover, const struct pixels *screen, const struct rectangle *changed);

#endif
