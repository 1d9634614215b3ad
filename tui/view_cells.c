/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the cells of virtty-screen to those that are drawn. */
#include "tui/view_cells.h"

#include "base/memory.h"

#include <string.h>

#define BRIGHT 200 /* a level from which on text stands out, where there are no colours */

static struct colour colour_of(uint32_t rgb)
{
	return (struct colour){ COLOUR_RGB, (uint8_t)(rgb >> 16), (uint8_t)(rgb >> 8), (uint8_t)rgb };
}

static unsigned level_of(uint32_t rgb)
{
	return ((rgb >> 16 & 0xff) * 30 + (rgb >> 8 & 0xff) * 59 + (rgb & 0xff) * 11) / 100;
}

/* Without colours: what lies on another ground than the rest is shown reversed, as are the guest's menus and buttons. A
 * picture's cell is reversed when it is light on the dark side. */
static void show_without_colours(const struct wire_cell *from, uint32_t common, struct cell *ret)
{
	bool text = from->flags & WIRE_CELL_TEXT;

	if (text ? from->background != common : level_of(from->background) > level_of(from->foreground))
		ret->attributes |= CELL_REVERSE;
	else if (text && level_of(from->foreground) >= BRIGHT && level_of(common) < BRIGHT)
		ret->attributes |= CELL_BOLD;
}

/* Two of the guest's colours that became one of the terminal's would hide the text. */
static void keep_apart(const struct wire_cell *from, enum colour_depth depth, struct cell *ret)
{
	bool bright, ground_bright;
	int fore = colour_number(&ret->foreground, depth, &bright);
	int back = colour_number(&ret->background, depth, &ground_bright);

	if (fore == back && bright == ground_bright && from->foreground != from->background)
		ret->foreground = colour_of(level_of(from->background) < 128 ? 0xe5e5e5 : 0x000000);
}

void view_cell(const struct wire_cell *from, enum colour_depth depth, uint32_t common, struct cell *ret)
{
	*ret = (struct cell){ .chars = { from->character }, .width = from->flags & WIRE_CELL_WIDE ? 2 : 1 };
	if (from->flags & WIRE_CELL_RIGHT)
		*ret = (struct cell){ .width = 0 };
	if (depth == DEPTH_MONO) {
		show_without_colours(from, common, ret);
		return;
	}
	ret->foreground = colour_of(from->foreground);
	ret->background = colour_of(from->background);
	if (depth != DEPTH_DIRECT && from->flags & WIRE_CELL_TEXT && from->character != ' ')
		keep_apart(from, depth, ret);
}

void view_common_add(struct view_common *common, const struct wire_cell *cells, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		for (size_t j = 0; j < ARRAY_LENGTH(common->seen); j++)
			if (common->seen[j].count == 0 || common->seen[j].colour == cells[i].background) {
				common->seen[j].colour = cells[i].background;
				common->seen[j].count++;
				break;
			}
}

uint32_t view_common(const struct view_common *common)
{
	size_t best = 0;

	for (size_t i = 1; i < ARRAY_LENGTH(common->seen); i++)
		if (common->seen[i].count > common->seen[best].count)
			best = i;
	return common->seen[best].colour;
}
