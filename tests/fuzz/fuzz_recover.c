/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of text recovery: a screen is drawn on by the input's bytes and read again in pieces. */
#include "base/memory.h"
#include "screen/recover.h"
#include "tests/unit/screen_draw.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 12, RECTANGLES_MAX = 8 };

/* The input from its front; zeroes when it is at its end. */
struct input {
	const uint8_t *data;
	size_t size;
};

static unsigned take(struct input *input, unsigned bytes)
{
	unsigned value = 0;

	for (; bytes > 0 && input->size > 0; bytes--, input->size--)
		value = value << 8 | *input->data++;
	return value;
}

static void check_cells(const struct recover *recover, const struct text_grid *grid)
{
	unsigned cursors = 0, cursor_row, cursor_column;

	for (unsigned row = 0; row < grid->rows; row++) {
		const struct text_cell *cells = recover_row(recover, row);

		for (unsigned column = 0; column < grid->columns; column++) {
			const struct text_cell *cell = &cells[column];

			must(cell->foreground <= 0xffffff && cell->background <= 0xffffff);
			must(cell->character == 0 || cell->character >= ' ');
			must(cell->columns <= 2 && !(cell->blank && cell->character == 0));
			must(cell->columns != 2 || (column + 1 < grid->columns && cell[1].columns == 0));
			must(cell->columns != 0 || (column > 0 && cell[-1].columns == 2));
			cursors += cell->cursor;
		}
	}
	if (recover_cursor(recover, &cursor_row, &cursor_column)) {
		must(cursor_row < grid->rows && cursor_column < grid->columns && cursors == 1);
		must(recover_row(recover, cursor_row)[cursor_column].cursor);
	} else {
		must(cursors == 0);
	}
}

static void check(const struct recover *recover, const struct pixels *screen)
{
	const struct text_grid *grid = recover_grid(recover);

	must(grid->columns <= TEXT_COLUMNS_MAX && grid->rows <= TEXT_ROWS_MAX && grid->recognised <= grid->filled);
	must((grid->cell_width == 0) == (grid->columns == 0) && (grid->columns == 0) == (grid->rows == 0));
	must(grid->x + grid->columns * grid->cell_width <= screen->width);
	must(grid->y + grid->rows * grid->cell_height <= screen->height);
	check_cells(recover, grid);
}

/* A part of the screen that lies on it. */
static struct rectangle take_part(struct input *input, const struct pixels *screen)
{
	struct rectangle part = { .x = take(input, 1) * 4, .y = take(input, 1) * 2 };

	part.x %= screen->width;
	part.y %= screen->height;
	part.width = take(input, 1) * 4 % (screen->width - part.x) + 1;
	part.height = take(input, 1) * 2 % (screen->height - part.y) + 1;
	return part;
}

static void draw_text(struct input *input, struct canvas *canvas)
{
	static const struct cells kinds[] = { { 8, 16, 0, 0 }, { 9, 16, 0, 0 }, { 8, 16, 3, 5 } };
	const struct cells *cells = &kinds[take(input, 1) % ARRAY_LENGTH(kinds)];
	unsigned columns = (canvas->pixels.width - cells->x) / cells->width;
	unsigned rows = (canvas->pixels.height - cells->y) / cells->height;
	unsigned column = take(input, 1), row = take(input, 1), length = take(input, 1) % 40;
	uint32_t foreground = take(input, 3), background = take(input, 1) & 1 ? TRANSPARENT : take(input, 1);
	char text[2] = { 0 };

	for (; length > 0 && rows > 0 && column < columns; length--, column++) {
		text[0] = (char)(' ' + take(input, 1) % 0x5f);
		canvas_text(canvas, cells, column, row % rows, text, foreground, background);
	}
}

static void draw_noise(struct input *input, struct canvas *canvas)
{
	struct rectangle part = take_part(input, &canvas->pixels);
	uint32_t state = take(input, 2), mask = take(input, 1) & 1 ? 0xffffffff : 0x808080;

	for (unsigned y = part.y; y < part.y + part.height; y++)
		for (unsigned x = part.x; x < part.x + part.width; x++) {
			state = state * 1664525 + 1013904223;
			canvas->data[(size_t)y * canvas->pixels.stride + x] = state & mask;
		}
}

static void read_some(struct input *input, struct recover *recover, const struct pixels *screen)
{
	struct rectangle changed[RECTANGLES_MAX];
	unsigned count = take(input, 1) % (RECTANGLES_MAX + 1);

	for (unsigned i = 0; i < count; i++) {
		changed[i] = take_part(input, screen);
		/* now and then one that lies elsewhere */
		if (take(input, 1) == 0xff)
			changed[i].x = take(input, 4);
		if (changed[i].height == 3)
			changed[i].width = take(input, 4);
	}
	recover_update(recover, screen, changed, count);
	check(recover, screen);
}

static void step(struct input *input, struct recover *recover, struct canvas *canvas)
{
	static const unsigned sizes[][2] = {
		{ 720, 400 }, { 640, 400 }, { 320, 200 }, { 8, 8 }, { 33, 17 }, { 163, 95 }
	};
	struct rectangle part;
	unsigned size;

	switch (take(input, 1) % 8) {
	case 0:
		size = take(input, 1) % ARRAY_LENGTH(sizes);
		canvas_free(canvas);
		*canvas = canvas_new(sizes[size][0], sizes[size][1], take(input, 3));
		break;
	case 1:
	case 2:
		draw_text(input, canvas);
		break;
	case 3:
		part = take_part(input, &canvas->pixels);
		canvas_fill(canvas, part.x, part.y, part.width, part.height, take(input, 4));
		break;
	case 4:
		draw_noise(input, canvas);
		break;
	case 5:
		recover_settle(recover);
		break;
	default:
		read_some(input, recover, &canvas->pixels);
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct fonts *fonts;
	struct input input = { data, size };
	struct canvas canvas = canvas_new(320, 200, 0);
	struct recover *recover;

	if (fonts == NULL)
		fonts = draw_fonts(8, 16);
	recover = recover_new(fonts);
	for (unsigned i = 0; i < STEPS_MAX && input.size > 0; i++)
		step(&input, recover, &canvas);
	recover_update(recover, &canvas.pixels, NULL, 0);
	check(recover, &canvas.pixels);
	recover_free(recover);
	canvas_free(&canvas);
	return 0;
}
