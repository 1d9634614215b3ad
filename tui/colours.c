/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reducing colours: RGB to the 256 of xterm, those to 16, those to 8. */
#include "tui/colours.h"

struct rgb {
	int red, green, blue;
};

static const struct rgb basic[16] = {
	{ 0, 0, 0 },	   { 205, 0, 0 },     { 0, 205, 0 },	 { 205, 205, 0 },
	{ 0, 0, 238 },	   { 205, 0, 205 },   { 0, 205, 205 },	 { 229, 229, 229 },
	{ 127, 127, 127 }, { 255, 0, 0 },     { 0, 255, 0 },	 { 255, 255, 0 },
	{ 92, 92, 255 },   { 255, 0, 255 },   { 0, 255, 255 },	 { 255, 255, 255 },
};

static int cube_level(int step)
{
	return step == 0 ? 0 : 55 + 40 * step;
}

static struct rgb rgb_of_index(int index)
{
	if (index < 16)
		return basic[index];
	if (index >= 232) {
		int grey = 8 + 10 * (index - 232);

		return (struct rgb){ grey, grey, grey };
	}
	index -= 16;
	return (struct rgb){ cube_level(index / 36), cube_level(index / 6 % 6), cube_level(index % 6) };
}

static int distance(struct rgb a, struct rgb b)
{
	int red = a.red - b.red;
	int green = a.green - b.green;
	int blue = a.blue - b.blue;

	return red * red + green * green + blue * blue;
}

/* The cube's step nearest to a level. */
static int cube_step(int level)
{
	return level < 48 ? 0 : level < 115 ? 1 : (level - 35) / 40;
}

static int index_256(struct rgb c)
{
	int red = cube_step(c.red);
	int green = cube_step(c.green);
	int blue = cube_step(c.blue);
	int cube = 16 + 36 * red + 6 * green + blue;
	int average = (c.red + c.green + c.blue) / 3;
	int grey = average < 3 ? 0 : average > 238 ? 23 : (average - 3) / 10;

	return distance(c, rgb_of_index(232 + grey)) < distance(c, rgb_of_index(cube)) ? 232 + grey : cube;
}

static int index_16(struct rgb c)
{
	int best = 0;

	for (int i = 1; i < 16; i++)
		if (distance(c, basic[i]) < distance(c, basic[best]))
			best = i;
	return best;
}

static int direct_number(struct rgb c)
{
	int number = c.red << 16 | c.green << 8 | c.blue;

	/* the first eight numbers of a direct-colour terminal are its palette */
	return number < 8 ? (number == 0 ? 0 : 8) : number;
}

int colour_number(const struct colour *colour, enum colour_depth depth, bool *ret_bright)
{
	int index = colour->red;
	struct rgb c = { colour->red, colour->green, colour->blue };

	if (ret_bright != NULL)
		*ret_bright = false;
	if (colour->type == COLOUR_DEFAULT || depth == DEPTH_MONO)
		return -1;
	if (colour->type == COLOUR_INDEX)
		c = rgb_of_index(index);
	if (depth == DEPTH_DIRECT)
		return colour->type == COLOUR_INDEX && index < 8 ? index : direct_number(c);
	if (colour->type == COLOUR_RGB)
		index = depth == DEPTH_256 ? index_256(c) : index_16(c);
	else if (depth != DEPTH_256 && index >= 16)
		index = index_16(c);
	if (depth == DEPTH_8 && index >= 8) {
		index -= 8;
		if (ret_bright != NULL)
			*ret_bright = true;
	}
	return index;
}
