/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts and pixels. */
#include "tui/view_picture.h"

static unsigned lesser(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* A length of the screen's, with a place kept inside. */
static unsigned inside(long long at, unsigned length, unsigned whole)
{
	long long most = (long long)whole - length;

	return at > most ? (unsigned)(most > 0 ? most : 0) : at < 0 ? 0 : (unsigned)at;
}

/* The part gets another size; its middle stays. */
static void resize(struct view_part *part, unsigned width, unsigned height, unsigned wanted_width,
		   unsigned wanted_height)
{
	struct view_part now = part->width > 0 ? *part : (struct view_part){ 0, 0, width, height };
	long long middle_x = (long long)now.x + now.width / 2;
	long long middle_y = (long long)now.y + now.height / 2;

	if (wanted_width >= width && wanted_height >= height) {
		*part = (struct view_part){ 0, 0, 0, 0 };
		return;
	}
	part->width = lesser(wanted_width, width);
	part->height = lesser(wanted_height, height);
	part->x = inside(middle_x - part->width / 2, part->width, width);
	part->y = inside(middle_y - part->height / 2, part->height, height);
}

void view_part_zoom_in(struct view_part *part, unsigned width, unsigned height)
{
	unsigned now_width = part->width > 0 ? part->width : width;
	unsigned now_height = part->height > 0 ? part->height : height;

	if (now_width / 2 >= VIEW_PART_LEAST && now_height / 2 >= VIEW_PART_LEAST)
		resize(part, width, height, now_width / 2, now_height / 2);
}

void view_part_zoom_out(struct view_part *part, unsigned width, unsigned height)
{
	if (part->width > 0)
		resize(part, width, height, part->width * 2, part->height * 2);
}

void view_part_pixels(struct view_part *part, unsigned width, unsigned height, unsigned shown_width,
		      unsigned shown_height)
{
	resize(part, width, height, shown_width, shown_height);
}

bool view_part_move(struct view_part *part, unsigned width, unsigned height, int right, int down)
{
	if (part->width == 0)
		return false;
	part->x = inside((long long)part->x + right * (long long)(part->width / 4), part->width, width);
	part->y = inside((long long)part->y + down * (long long)(part->height / 4), part->height, height);
	return true;
}

bool view_pixel(const struct wire_layout *layout, int row, int column, unsigned *ret_x, unsigned *ret_y)
{
	if (layout->kind == WIRE_KIND_NONE || layout->width == 0 || layout->height == 0 || row < 0 || column < 0 ||
	    row >= layout->rows || column >= layout->columns)
		return false;
	uint64_t x = layout->x + ((2 * (uint64_t)column + 1) * layout->cell_width_256) / 512;
	uint64_t y = layout->y + ((2 * (uint64_t)row + 1) * layout->cell_height_256) / 512;

	if (x >= layout->width || y >= layout->height)
		return false;
	*ret_x = (unsigned)x;
	*ret_y = (unsigned)y;
	return true;
}

bool view_pixel_exact(const struct wire_layout *layout, int x, int y, unsigned cell_width, unsigned cell_height,
		      unsigned *ret_x, unsigned *ret_y)
{
	unsigned ignored_x, ignored_y;

	if (x < 0 || y < 0 || cell_width == 0 || cell_height == 0 ||
	    !view_pixel(layout, y / (int)cell_height, x / (int)cell_width, &ignored_x, &ignored_y))
		return false;
	uint64_t right = layout->x + (uint64_t)x * layout->cell_width_256 / (256 * (uint64_t)cell_width);
	uint64_t down = layout->y + (uint64_t)y * layout->cell_height_256 / (256 * (uint64_t)cell_height);

	if (right >= layout->width || down >= layout->height)
		return false;
	*ret_x = (unsigned)right;
	*ret_y = (unsigned)down;
	return true;
}
