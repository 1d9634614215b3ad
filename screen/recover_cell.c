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
		if (others)
			return ret->kind = CELL_MANY;
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

unsigned cell_worth(const struct bitmap *bitmap, unsigned width, unsigned height)
{
	unsigned mask = (1u << width) - 1, ink = 0, kinds = 0, first = bitmap->rows[0];
	bool bars = true;

	for (unsigned y = 0; y < height; y++) {
		unsigned row = bitmap->rows[y];

		ink += (unsigned)__builtin_popcount(row);
		kinds += row != first;
		bars = bars && (row == 0 || row == mask);
	}
	if (ink > width * height / 2)
		ink = width * height - ink;
	return kinds == 0 || bars || ink < 8 ? 1 : WORTH_STRONG;
}

/* A cell's most frequent colours, first the most frequent. */
enum { COLOURS_KEPT = 4 };
struct histogram {
	uint32_t colours[COLOURS_KEPT];
	unsigned counts[COLOURS_KEPT]; /* 0 for those that there are not */
};

static void count_colours(const struct pixels *screen, unsigned x, unsigned y, unsigned width, unsigned height,
			  struct histogram *ret)
{
	enum { KINDS = 16 }; /* what comes after so many is not counted */
	uint32_t colours[KINDS];
	unsigned counts[KINDS] = { 0 }, kinds = 0;

	for (unsigned dy = 0; dy < height; dy++) {
		const uint32_t *row = screen->data + (size_t)(y + dy) * screen->stride + x;

		for (unsigned dx = 0, k = 0; dx < width; dx++) {
			uint32_t colour = row[dx] & RGB;

			/* most pixels are as the one before */
			if (k < kinds && colours[k] == colour) {
				counts[k]++;
				continue;
			}
			for (k = 0; k < kinds && colours[k] != colour; k++)
				;
			if (k == KINDS)
				continue;
			if (k == kinds)
				colours[kinds++] = colour;
			counts[k]++;
		}
	}
	*ret = (struct histogram){ 0 };
	for (unsigned n = 0; n < COLOURS_KEPT && n < kinds; n++) {
		unsigned most = 0;

		for (unsigned k = 1; k < kinds; k++)
			if (counts[k] > counts[most])
				most = k;
		ret->colours[n] = colours[most];
		ret->counts[n] = counts[most];
		counts[most] = 0;
	}
}

bool cell_read_overlay(const struct fonts *fonts, const struct pixels *screen, unsigned x, unsigned y, unsigned width,
		       unsigned height, struct cell_image *ret, struct glyph *ret_glyph)
{
	struct histogram histogram;

	count_colours(screen, x, y, width, height, &histogram);
	for (unsigned n = 0; n < COLOURS_KEPT; n++) {
		uint32_t ink = histogram.colours[n];

		/* less is a dot, more is no letter */
		if (histogram.counts[n] < 4 || histogram.counts[n] > width * height / 2)
			continue;
		memset(&ret->bitmap, 0, sizeof ret->bitmap);
		for (unsigned dy = 0; dy < height; dy++) {
			const uint32_t *row = screen->data + (size_t)(y + dy) * screen->stride + x;
			unsigned bits = 0;

			for (unsigned dx = 0; dx < width; dx++)
				bits = bits << 1 | ((row[dx] & RGB) == ink);
			ret->bitmap.rows[dy] = (uint16_t)bits;
		}
		if (!fonts_find(fonts, width, height, &ret->bitmap, ret_glyph) || ret_glyph->inverse)
			continue;
		ret->colours[0] = histogram.colours[n == 0 ? 1 : 0];
		ret->colours[1] = ink;
		return true;
	}
	ret->colours[0] = histogram.colours[0];
	ret->colours[1] = histogram.colours[1];
	return false;
}
