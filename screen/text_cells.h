/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's grid of text as cells for a viewer: characters where they were recognised, the nearest symbol where not.
 */
#ifndef SCREEN_TEXT_CELLS_H
#define SCREEN_TEXT_CELLS_H

#include "screen/picture.h"
#include "screen/recover.h"
#include "screen/wire.h"

/* Is the grid one that a viewer may have, and worth it? was: it has it now; it is not taken away as easily as it is not
 * given. picture: in what it would be drawn instead; of blocks, no words on it could be read. */
bool text_worth(const struct text_grid *grid, bool was, enum wire_picture picture);
struct wire_layout text_layout(const struct text_grid *grid, const struct pixels *screen);
/* Puts the cells that changed (all: every one) into cells, the grid's columns of them a row. quick: what is no text is
 * drawn roughly; true when there was such a cell. */
bool text_cells(const struct recover *recover, struct picture *picture, const struct picture_style *style,
		const struct pixels *screen, bool all, bool quick, struct wire_cell *cells);

#endif
