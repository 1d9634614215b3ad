/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures that move, in quarters of cells: a tenth of the time that libchafa takes, for frames that are seen for a
 * thirtieth of a second. */
#include "screen/picture.h"

#define SAMPLES 4 /* pixels looked at, of a quarter's width and of its height */

struct colour {
	int red, green, blue;
};

/* Quarters of a cell: bit 0 top left, 1 top right, 2 bottom left; the one at the bottom right is always background. */
static const uint32_t symbols[8] = { ' ', 0x2598, 0x259d, 0x2580, 0x2596, 0x258c, 0x259e, 0x259b };

/* The mean of some pixels of an area: enough of them, evenly spread. */
static struct colour mean_of(const struct pixels *screen, unsigned left, unsigned top, unsigned right, unsigned bottom)
{
	unsigned across = (right - left + SAMPLES - 1) / SAMPLES, down = (bottom - top + SAMPLES - 1) / SAMPLES;
	int red = 0, green = 0, blue = 0, count = 0;

	for (unsigned y = top + (down - 1) / 2; y < bottom; y += down) {
		const uint32_t *row = screen->data + y * screen->stride;

		for (unsigned x = left + (across - 1) / 2; x < right; x += across) {
			red += (int)(row[x] >> 16 & 0xff);
			green += (int)(row[x] >> 8 & 0xff);
			blue += (int)(row[x] & 0xff);
			count++;
		}
	}
	return (struct colour){ red / count, green / count, blue / count };
}

static int distance(const struct colour *a, const struct colour *b)
{
	int red = a->red - b->red, green = a->green - b->green, blue = a->blue - b->blue;

	/* as bright as the eye takes them, roughly */
	return 2 * red * red + 4 * green * green + blue * blue;
}

static uint32_t packed(const struct colour *colour)
{
	return (uint32_t)(colour->red << 16 | colour->green << 8 | colour->blue);
}

/* The means of the quarters that are in the mask, and of those that are not. */
static void split(const struct colour quarters[4], unsigned mask, struct colour ret[2])
{
	int counts[2] = { 0, 0 };

	ret[0] = ret[1] = (struct colour){ 0, 0, 0 };
	for (unsigned i = 0; i < 4; i++) {
		unsigned side = mask >> i & 1;

		ret[side].red += quarters[i].red;
		ret[side].green += quarters[i].green;
		ret[side].blue += quarters[i].blue;
		counts[side]++;
	}
	for (unsigned side = 0; side < 2; side++) {
		if (counts[side] == 0)
			continue;
		ret[side].red /= counts[side];
		ret[side].green /= counts[side];
		ret[side].blue /= counts[side];
	}
}

/* The symbol and two colours that come nearest to the quarters. */
static void choose(const struct colour quarters[4], struct wire_cell *ret)
{
	int least = -1;

	for (unsigned mask = 0; mask < 8; mask++) {
		struct colour sides[2];
		int error = 0;

		split(quarters, mask, sides);
		for (unsigned i = 0; i < 4; i++)
			error += distance(&quarters[i], &sides[mask >> i & 1]);
		if (least >= 0 && error >= least)
			continue;
		least = error;
		*ret = (struct wire_cell){ symbols[mask], packed(&sides[1]), packed(&sides[0]), 0 };
		if (error == 0)
			return;
	}
}

/* Where the n-th of count parts of an extent begins. */
static unsigned edge(unsigned first, unsigned extent, unsigned n, unsigned count)
{
	return first + (unsigned)((uint64_t)extent * n / count);
}

static void draw_cell(const struct pixels *screen, const struct rectangle *part, const struct rectangle *fit,
		      unsigned column, unsigned row, struct wire_cell *ret)
{
	struct colour quarters[4];

	for (unsigned i = 0; i < 4; i++) {
		unsigned x = column * 2 + (i & 1), y = row * 2 + (i >> 1);
		unsigned left = edge(part->x, part->width, x, fit->width * 2),
			 right = edge(part->x, part->width, x + 1, fit->width * 2);
		unsigned top = edge(part->y, part->height, y, fit->height * 2);
		unsigned bottom = edge(part->y, part->height, y + 1, fit->height * 2);

		/* enlarged, a quarter may be less than a pixel */
		quarters[i] =
			mean_of(screen, left, top, right > left ? right : left + 1, bottom > top ? bottom : top + 1);
	}
	choose(quarters, ret);
}

void picture_quick(const struct picture_style *style, const struct pixels *screen, const struct rectangle *part,
		   struct wire_cell *ret)
{
	struct rectangle fit;

	picture_fit(style, part, &fit);
	for (unsigned row = 0; row < style->rows; row++) {
		for (unsigned column = 0; column < style->columns; column++) {
			struct wire_cell *cell = &ret[row * style->columns + column];

			if (row < fit.y || row >= fit.y + fit.height || column < fit.x || column >= fit.x + fit.width)
				*cell = (struct wire_cell){ .character = ' ' };
			else
				draw_cell(screen, part, &fit, column - fit.x, row - fit.y, cell);
		}
	}
}
