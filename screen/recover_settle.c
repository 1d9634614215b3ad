/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a cell cannot say by itself: which of the characters that look the same it is. */
#include "screen/recover_read.h"

#include <string.h>

enum { FULL_BLOCK = 0x2588 };

static bool is_block(uint32_t character)
{
	return character >= 0x2580 && character <= 0x259f && character != LOWER_EIGHTH;
}

/* The same picture, with foreground and background exchanged; 0: there is none. */
static uint32_t opposite(uint32_t character)
{
	switch (character) {
	case 0x2580:
		return 0x2584;
	case 0x2584:
		return 0x2580;
	case 0x258c:
		return 0x2590;
	case 0x2590:
		return 0x258c;
	case 0x2022:
		return 0x25d8;
	case 0x25d8:
		return 0x2022;
	case 0x25cb:
		return 0x25d9;
	case 0x25d9:
		return 0x25cb;
	default:
		return 0;
	}
}

static void exchange(struct text_cell *cell)
{
	uint32_t foreground = cell->foreground;

	cell->foreground = cell->background;
	cell->background = foreground;
	cell->character = opposite(cell->character);
}

/* A block whose neighbours have its colours the other way round is the opposite one. */
static void settle_block(struct text_cell *cell, const struct text_cell *left, const struct text_cell *right)
{
	const struct text_cell *sides[] = { left, right };

	if (opposite(cell->character) == 0)
		return;
	for (int i = 0; i < 2; i++) {
		const struct text_cell *side = sides[i];

		if (side == NULL || side->blank || side->character == 0 || opposite(side->character) != 0)
			continue;
		if (side->foreground == cell->background && side->background == cell->foreground)
			exchange(cell);
		return;
	}
}

/* A cell of one colour as a blank, whatever it was taken for before. */
static void make_blank(const struct recover *recover, struct text_cell *cell)
{
	if (cell->character == FULL_BLOCK)
		cell->background = cell->foreground;
	cell->character = ' ';
	cell->foreground = recover->foreground != cell->background ? recover->foreground : recover->background;
}

/* The block that ends a run of cells of one colour: drawn in it on another one. NULL: this is none. */
static const struct text_cell *end_block(const struct text_cell *side, uint32_t colour)
{
	return is_block(side->character) && side->foreground == colour && side->background != colour ? side : NULL;
}

/* A run of cells of one colour beside a block of that colour is of full blocks, unless text goes on in it. */
static void settle_run(struct text_cell *run, unsigned count, const struct text_cell *left,
		       const struct text_cell *right)
{
	const struct text_cell *sides[] = { left, right }, *block = NULL;
	uint32_t colour = run[0].background;

	for (int i = 0; i < 2; i++) {
		if (sides[i] == NULL || sides[i]->blank)
			continue;
		if (end_block(sides[i], colour) != NULL)
			block = sides[i];
		else if (sides[i]->background == colour)
			return;
	}
	for (unsigned i = 0; block != NULL && i < count; i++) {
		run[i].character = FULL_BLOCK;
		run[i].foreground = colour;
		run[i].background = block->background;
	}
}

static void settle_blanks(const struct recover *recover, struct text_cell *cells, unsigned columns)
{
	for (unsigned i = 0; i < columns; i++)
		if (cells[i].blank)
			make_blank(recover, &cells[i]);
	for (unsigned first = 0, end; first < columns; first = end) {
		uint32_t colour = cells[first].background;

		end = first + 1;
		if (!cells[first].blank || colour == recover->background)
			continue;
		while (end < columns && cells[end].blank && cells[end].background == colour)
			end++;
		settle_run(&cells[first], end - first, first > 0 ? &cells[first - 1] : NULL,
			   end < columns ? &cells[end] : NULL);
	}
}

/* ---- letters that look the same in several scripts ---- */

enum script { SCRIPT_NONE, SCRIPT_LATIN, SCRIPT_GREEK, SCRIPT_CYRILLIC };

static enum script script_of(uint32_t character)
{
	if ((character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
	    (character >= 0xc0 && character < 0x250))
		return SCRIPT_LATIN;
	if (character >= 0x370 && character < 0x400)
		return SCRIPT_GREEK;
	return character >= 0x400 && character < 0x530 ? SCRIPT_CYRILLIC : SCRIPT_NONE;
}

static uint32_t in_script(const struct text_cell *cell, const struct cell_more *more, enum script script)
{
	if (script_of(cell->character) == script)
		return cell->character;
	for (int i = 0; i < 3; i++)
		if (more->others[i] != 0 && script_of(more->others[i]) == script)
			return more->others[i];
	return 0;
}

/* A word is of one script: that of its letters that are of one script only. */
static void settle_word(struct text_cell *cells, struct cell_more *more, unsigned count)
{
	unsigned votes[4] = { 0 };
	enum script script = SCRIPT_LATIN;

	for (unsigned i = 0; i < count; i++) {
		enum script own = script_of(cells[i].character);
		bool sure = own != SCRIPT_NONE;

		for (int k = 0; k < 3 && sure; k++)
			sure = more[i].others[k] == 0 || script_of(more[i].others[k]) == SCRIPT_NONE ||
			       script_of(more[i].others[k]) == own;
		if (sure)
			votes[own]++;
	}
	for (enum script other = SCRIPT_GREEK; other <= SCRIPT_CYRILLIC; other++)
		if (votes[other] > votes[script])
			script = other;
	for (unsigned i = 0; i < count; i++) {
		uint32_t wanted = in_script(&cells[i], &more[i], script);

		for (int k = 0; wanted != 0 && wanted != cells[i].character && k < 3; k++)
			if (more[i].others[k] == wanted) {
				more[i].others[k] = cells[i].character;
				cells[i].character = wanted;
				break;
			}
	}
}

/* ---- frames ---- */

/* The heavy line of the same shape; 0: this is no light one. */
static uint32_t heavier(uint32_t character)
{
	static const uint16_t pairs[][2] = { { 0x2500, 0x2501 }, { 0x2502, 0x2503 }, { 0x250c, 0x250f },
					     { 0x2510, 0x2513 }, { 0x2514, 0x2517 }, { 0x2518, 0x251b },
					     { 0x251c, 0x2523 }, { 0x2524, 0x252b }, { 0x252c, 0x2533 },
					     { 0x2534, 0x253b }, { 0x253c, 0x254b } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		if (pairs[i][0] == character)
			return pairs[i][1];
	return 0;
}

static bool is_line(uint32_t character)
{
	return character >= 0x2500 && character <= 0x254b;
}

/* Takes the heavy or the light one where it may be both. */
static void settle_frame(const struct recover *recover, struct text_cell *cell, struct cell_more *more)
{
	for (int i = 0; i < 3 && more->others[i] != 0; i++) {
		uint32_t other = more->others[i];

		if (recover->heavy_frames ? heavier(cell->character) == other : heavier(other) == cell->character) {
			more->others[i] = cell->character;
			cell->character = other;
			return;
		}
	}
}

void settle_frames(struct recover *recover)
{
	size_t count = (size_t)recover->grid.columns * recover->grid.rows;
	unsigned light = 0, heavy = 0;

	for (size_t i = 0; i < count; i++) {
		uint32_t character = recover->cells[i].character;

		if (!is_line(character) || is_line(recover->more[i].others[0]))
			continue;
		if (heavier(character) != 0)
			light++;
		else
			heavy++;
	}
	if (recover->heavy_frames == (heavy > light))
		return;
	recover->heavy_frames = heavy > light;
	for (size_t i = 0; i < count; i++) {
		struct text_cell *cell = &recover->cells[i];
		uint32_t before = cell->character;

		if (is_line(before))
			settle_frame(recover, cell, &recover->more[i]);
		cell->changed |= cell->character != before;
	}
}

/* ---- text on pictures ---- */

/* So far two glyphs may be apart and still be of one text. */
enum { GAP_MAX = 2 };

/* Takes cells first, ... last as one text of known cells and overlays, or not: it needs two glyphs that are not there
 * by chance. What is between them is then blank. */
static void settle_overlay(struct text_cell *cells, struct cell_more *more, unsigned first, unsigned last)
{
	unsigned worth = 0;

	for (unsigned i = first; i <= last; i++) {
		if (more[i].overlay != 0)
			worth += more[i].worth;
		else if (cells[i].character != 0 && !cells[i].blank)
			worth += WORTH_STRONG;
	}
	for (unsigned i = first; i <= last; i++) {
		if (more[i].overlay != 0) {
			cells[i].character = worth >= 2 * WORTH_STRONG ? more[i].overlay : 0;
		} else if (cells[i].character == 0 && worth >= 2 * WORTH_STRONG) {
			cells[i].character = ' ';
			more[i].gap = true;
		}
	}
}

/* Finds runs of glyphs with some of them on a picture. */
static void settle_overlays(struct recover *recover, unsigned row)
{
	struct text_cell *cells = cell_at(recover, row, 0);
	struct cell_more *more = more_at(recover, row, 0);
	unsigned columns = recover->grid.columns;
	bool any = false;

	for (unsigned i = 0; i < columns; i++) {
		any |= more[i].overlay != 0;
		if (more[i].gap)
			cells[i].character = 0;
		more[i].gap = false;
	}
	for (unsigned first = 0, last; any && first < columns; first = last + 1) {
		last = first;
		if (more[first].overlay == 0 && (cells[first].blank || cells[first].character == 0))
			continue;
		for (unsigned i = first + 1; i < columns && i - last <= GAP_MAX + 1; i++)
			if (more[i].overlay != 0 || (!cells[i].blank && cells[i].character != 0))
				last = i;
		settle_overlay(cells, more, first, last);
	}
}

void settle_row(struct recover *recover, unsigned row)
{
	unsigned columns = recover->grid.columns;
	struct text_cell *cells = cell_at(recover, row, 0);
	unsigned word = 0;

	settle_overlays(recover, row);
	for (unsigned i = 0; i < columns; i++)
		if (recover->heavy_frames && is_line(cells[i].character))
			settle_frame(recover, &cells[i], more_at(recover, row, i));

	for (unsigned i = 0; i < columns; i++) {
		const struct text_cell *left = i > 0 ? &cells[i - 1] : NULL,
				       *right = i + 1 < columns ? &cells[i + 1] : NULL;

		if (!cells[i].blank)
			settle_block(&cells[i], left, right);
	}
	settle_blanks(recover, cells, columns);
	for (unsigned i = 0; i <= columns; i++) {
		if (i < columns && script_of(cells[i].character) != SCRIPT_NONE)
			continue;
		if (i > word)
			settle_word(&cells[word], more_at(recover, row, word), i - word);
		word = i + 1;
	}
}
