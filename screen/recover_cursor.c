/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's cursor: a bar below a character, or a cell turned inside out, of which there is only one. */
#include "screen/recover_read.h"

/* The one cell that differs from all around it, by which a cursor is known. */
struct candidate {
	unsigned count, row, column;
};

static void candidate_add(struct candidate *candidate, unsigned row, unsigned column)
{
	candidate->count++;
	candidate->row = row;
	candidate->column = column;
}

/* The screen's colours the other way round: a blank that is filled, or a character that was seen to turn. Others are
 * marked so for other reasons. */
static bool is_reverse(const struct recover *recover, unsigned row, unsigned column)
{
	const struct text_cell *cell = cell_at(recover, row, column);

	if (cell->background != recover->foreground || cell->background == recover->background)
		return false;
	return cell->blank || (cell->foreground == recover->background && more_at(recover, row, column)->turned);
}

/* And not so on both sides of it. */
static bool is_lone_reverse(const struct recover *recover, unsigned row, unsigned column)
{
	return is_reverse(recover, row, column) && !(column > 0 && is_reverse(recover, row, column - 1)) &&
	       !(column + 1 < recover->grid.columns && is_reverse(recover, row, column + 1));
}

void find_cursor(struct recover *recover)
{
	struct candidate bar = { 0 }, low = { 0 }, reverse = { 0 }, *found = NULL;

	for (unsigned row = 0; row < recover->grid.rows; row++) {
		struct text_cell *cells = cell_at(recover, row, 0);
		const struct cell_more *more = more_at(recover, row, 0);

		for (unsigned column = 0; column < recover->grid.columns; column++) {
			if (more[column].bar) {
				candidate_add(&bar, row, column);
			} else if (more[column].low != 0) {
				candidate_add(&low, row, column);
				cells[column].character = more[column].low;
			} else if (is_lone_reverse(recover, row, column)) {
				candidate_add(&reverse, row, column);
			}
		}
	}
	if (bar.count == 1)
		found = &bar;
	else if (low.count == 1)
		found = &low;
	else if (reverse.count == 1)
		found = &reverse;
	if (recover->cursor_seen)
		cell_at(recover, recover->cursor_row, recover->cursor_column)->cursor = false;
	recover->cursor_seen = found != NULL;
	if (found == NULL)
		return;
	recover->cursor_row = found->row;
	recover->cursor_column = found->column;
	cell_at(recover, found->row, found->column)->cursor = true;
	/* A bar below nothing looks like this block. */
	if (found == &low)
		cell_at(recover, found->row, found->column)->character = ' ';
}
