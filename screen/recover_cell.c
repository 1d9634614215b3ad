/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cell of the screen reduced to two colours: what all recovery spends its time on. */
#include "screen/recover_cell.h"

#include <string.h>

#define RGB_TWICE ((uint64_t)RGB << 32 | RGB)

/* Two pixels at once. */
static uint64_t pair(const uint32_t *p)
{
	uint64_t both;

	memcpy(&both, p, sizeof both);
	return both;
}

/* Most rows of most cells are of one colour. */
static bool is_row_of(const uint32_t *row, unsigned width, uint32_t colour)
{
	uint64_t wanted = (uint64_t)colour << 32 | colour, differs;

	differs = (pair(row) ^ wanted) | (pair(row + 2) ^ wanted) | (pair(row + 4) ^ wanted) | (pair(row + 6) ^ wanted);
	for (unsigned i = 8; i < width; i++)
		differs |= row[i] ^ colour;
	return (differs & RGB_TWICE) == 0;
}

/* The two most frequent colours of a cell that has more: every second pixel of every second row is counted. */
static void two_of_many(const struct pixels *screen, unsigned x, unsigned y, unsigned width, unsigned height,
			struct cell_image *ret)
{
	enum { KINDS = 16 };
	uint32_t colours[KINDS];
	unsigned counts[KINDS] = { 0 }, kinds = 0, first = 0, second;

	for (unsigned dy = 0; dy < height; dy += 2) {
		const uint32_t *row = screen->data + (size_t)(y + dy) * screen->stride + x;

		for (unsigned dx = 0; dx < width; dx += 2) {
			uint32_t colour = row[dx] & RGB;
			unsigned k;

			for (k = 0; k < kinds && colours[k] != colour; k++)
				;
			if (k == KINDS)
				continue;
			if (k == kinds)
				colours[kinds++] = colour;
			counts[k]++;
		}
	}
	for (unsigned k = 1; k < kinds; k++)
		if (counts[k] > counts[first])
			first = k;
	second = first == 0 && kinds > 1 ? 1 : 0;
	for (unsigned k = 0; k < kinds; k++)
		if (k != first && counts[k] > counts[second])
			second = k;
	ret->colours[0] = colours[first];
	ret->colours[1] = colours[second];
}

enum cell_colours cell_read(const struct pixels *screen, unsigned x, unsigned y, unsigned width, unsigned height,
			    struct cell_image *ret)
{
	const uint32_t *row = screen->data + (size_t)y * screen->stride + x;
	uint32_t first = row[0] & RGB, second = first;

	memset(&ret->bitmap, 0, sizeof ret->bitmap);
	ret->colours[0] = first;
	for (unsigned dy = 0; dy < height; dy++, row += screen->stride) {
		unsigned bits = 0, others = 0;

		if (is_row_of(row, width, first))
			continue;
		for (unsigned i = 0; second == first; i++)
			second = row[i] & RGB;
		for (unsigned i = 0; i < width; i++) {
			uint32_t colour = row[i] & RGB;

			bits = bits << 1 | (colour != first);
			others |= (colour != first) & (colour != second);
		}
		if (others) {
			two_of_many(screen, x, y, width, height, ret);
			return ret->kind = CELL_MANY;
		}
		ret->bitmap.rows[dy] = (uint16_t)bits;
	}
	ret->colours[1] = second;
	return ret->kind = second == first ? CELL_ONE : CELL_TWO;
}

void cell_invert(struct cell_image *cell, unsigned width, unsigned height)
{
	uint32_t first = cell->colours[0];
	unsigned mask = (1u << width) - 1;

	cell->colours[0] = cell->colours[1];
	cell->colours[1] = first;
	for (unsigned y = 0; y < height; y++)
		cell->bitmap.rows[y] = (uint16_t)(~cell->bitmap.rows[y] & mask);
}
