/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The cells of a guest's screen as the host's terminal can show them: in its colours, or with none. */
#ifndef TUI_VIEW_CELLS_H
#define TUI_VIEW_CELLS_H

#include "screen/wire.h"
#include "tui/cell.h"
#include "tui/colours.h"

/* One cell of its row. common: the background that most cells have (view_common()); where there are no colours, text on
 * another one is shown reversed. */
void view_cell(const struct wire_cell *from, enum colour_depth depth, uint32_t common, struct cell *ret);
/* Counts backgrounds, a row after the other; then says which is the commonest. */
struct view_common {
	struct {
		uint32_t colour, count;
	} seen[8];
};
void view_common_add(struct view_common *common, const struct wire_cell *cells, unsigned count);
uint32_t view_common(const struct view_common *common);

#endif
