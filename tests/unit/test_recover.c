/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text recovery on drawn screens: the grid, characters and colours, changes, the cursor, what is ambiguous, what is no
 * text. */
#include "screen/recover.h"

#include "base/strbuf.h"
#include "tests/unit/screen_draw.h"
#include "tests/unit/unit.h"

#include <stdio.h>

#define BLACK  0x000000u
#define GREY   0xaaaaaau
#define WHITE  0xffffffu
#define BLUE   0x0000aau
#define YELLOW 0xffff55u

/* A screen with fonts and a recovery of it. */
struct fixture {
	struct fonts *fonts;
	struct recover *recover;
	struct canvas canvas;
	struct cells cells;
};

static void fixture_begin(struct fixture *f, unsigned width, unsigned height, struct cells cells)
{
	f->cells = cells;
	f->fonts = draw_fonts(cells.width == 9 ? 8 : cells.width, cells.height);
	f->recover = recover_new(f->fonts);
	f->canvas = canvas_new(width, height, BLACK);
}

static void fixture_end(struct fixture *f)
{
	recover_free(f->recover);
	fonts_free(f->fonts);
	canvas_free(&f->canvas);
}

static void draw(struct fixture *f, unsigned column, unsigned row, const char *text)
{
	canvas_text(&f->canvas, &f->cells, column, row, text, GREY, BLACK);
}

static bool update(struct fixture *f)
{
	return recover_update(f->recover, &f->canvas.pixels, NULL, 0);
}

/* Reads a cell of the grid again. */
static bool update_cell(struct fixture *f, unsigned column, unsigned row)
{
	const struct rectangle changed = { f->cells.x + column * f->cells.width, f->cells.y + row * f->cells.height,
					   f->cells.width, f->cells.height };

	return recover_update(f->recover, &f->canvas.pixels, &changed, 1);
}

static const struct text_cell *cell(const struct fixture *f, unsigned column, unsigned row)
{
	const struct text_grid *grid = recover_grid(f->recover);

	ck_assert_uint_lt(column, grid->columns);
	ck_assert_uint_lt(row, grid->rows);
	return &recover_row(f->recover, row)[column];
}

static void put_utf8(struct strbuf *out, uint32_t character)
{
	if (character < 0x80) {
		strbuf_putc(out, (char)character);
		return;
	}
	if (character < 0x800) {
		strbuf_putc(out, (char)(0xc0 | character >> 6));
	} else {
		strbuf_putc(out, (char)(0xe0 | character >> 12));
		strbuf_putc(out, (char)(0x80 | (character >> 6 & 0x3f)));
	}
	strbuf_putc(out, (char)(0x80 | (character & 0x3f)));
}

/* A row as text, without the blanks at its end; what is no text as '?'. Owned. */
static char *row_text(const struct fixture *f, unsigned row)
{
	struct strbuf out = STRBUF_INIT;
	const struct text_grid *grid = recover_grid(f->recover);

	for (unsigned column = 0; column < grid->columns; column++) {
		const struct text_cell *at = cell(f, column, row);

		if (at->columns > 0)
			put_utf8(&out, at->character == 0 ? '?' : at->character);
	}
	while (out.length > 0 && out.data[out.length - 1] == ' ')
		out.length--;
	strbuf_putc(&out, '\0');
	return strbuf_take(&out);
}

static void check_row(const struct fixture *f, unsigned row, const char *wanted)
{
	_cleanup_free_ char *text = row_text(f, row);

	ck_assert_str_eq(text, wanted);
}

static void check_grid(const struct fixture *f, unsigned width, unsigned height, unsigned x, unsigned y)
{
	const struct text_grid *grid = recover_grid(f->recover);

	ck_assert_msg(grid->cell_width == width && grid->cell_height == height && grid->x == x && grid->y == y,
		      "the grid is %ux%u at %u,%u", grid->cell_width, grid->cell_height, grid->x, grid->y);
}

/* ---- the grid ---- */

static const char *const lines[] = {
	"The quick brown fox jumps over the lazy dog, 0123456789.",
	"~!@#$%^&*() {curly} [square] <angle> \\ / | ; : ' \" ` = + - _",
	"\u250c\u2500\u2500\u2500\u2500\u2500\u2500 no menu but \u2502 what looks like one \u2592\u2592\u2592 \u2518",
};

static void draw_lines(struct fixture *f, unsigned column, unsigned row)
{
	for (unsigned i = 0; i < ARRAY_LENGTH(lines); i++)
		draw(f, column, row + i, lines[i]);
}

/* A screen of 80 by 25 characters on which the grid is found. */
static void fixture_begin_text(struct fixture *f)
{
	fixture_begin(f, 640, 400, (struct cells){ 8, 16, 0, 0 });
	draw_lines(f, 0, 0);
}

static void check_lines(const struct fixture *f, unsigned row)
{
	for (unsigned i = 0; i < ARRAY_LENGTH(lines); i++) {
		_cleanup_free_ char *text = row_text(f, row + i);

		ck_assert_msg(strstr(text, lines[i]) != NULL, "row %u is: %s", row + i, text);
	}
}

START_TEST(test_vga)
{
	struct fixture f;

	fixture_begin(&f, 720, 400, (struct cells){ 9, 16, 0, 0 });
	draw_lines(&f, 0, 3);
	ck_assert(update(&f));
	check_grid(&f, 9, 16, 0, 0);
	ck_assert_uint_eq(recover_grid(f.recover)->columns, 80);
	ck_assert_uint_eq(recover_grid(f.recover)->rows, 25);
	ck_assert_uint_eq(recover_grid(f.recover)->recognised, recover_grid(f.recover)->filled);
	check_lines(&f, 3);
	ck_assert(!update(&f));
	fixture_end(&f);
}
END_TEST

/* A text mode is one even when there is hardly anything on it, or nothing. */
START_TEST(test_vga_blank)
{
	struct fixture f;

	fixture_begin(&f, 720, 400, (struct cells){ 9, 16, 0, 0 });
	ck_assert(update(&f));
	check_grid(&f, 9, 16, 0, 0);
	draw(&f, 2, 24, "$");
	ck_assert(!update_cell(&f, 2, 24));
	check_row(&f, 24, "  $");
	fixture_end(&f);
}
END_TEST

/* Where consoles of that size begin, and where none does. */
static const struct {
	unsigned screen_width, screen_height;
	struct cells cells;
} places[] = {
	{ 640, 400, { 8, 16, 0, 0 } },	    { 640, 480, { 8, 19, 0, 2 } },    { 800, 600, { 8, 19, 0, 1 } },
	{ 800, 600, { 8, 19, 80, 62 } },    { 1024, 768, { 8, 19, 0, 8 } },   { 1280, 800, { 8, 19, 0, 1 } },
	{ 1280, 800, { 8, 19, 240, 105 } }, { 1024, 768, { 8, 16, 10, 10 } }, { 1280, 800, { 8, 16, 0, 0 } },
	{ 720, 400, { 8, 8, 0, 0 } },	    { 640, 480, { 8, 8, 0, 0 } },     { 1600, 1200, { 16, 32, 0, 0 } },
	{ 2560, 1600, { 16, 32, 0, 0 } },   { 640, 350, { 8, 14, 0, 0 } },    { 1000, 700, { 8, 16, 3, 7 } },
	{ 1000, 700, { 12, 24, 5, 20 } },   { 640, 480, { 8, 16, 0, 8 } },    { 1366, 768, { 8, 16, 0, 0 } },
};

START_TEST(test_places)
{
	const struct cells *cells = &places[_i].cells;
	const struct text_grid *grid;
	struct fixture f;

	fixture_begin(&f, places[_i].screen_width, places[_i].screen_height, *cells);
	draw_lines(&f, 0, 4);
	ck_assert(update(&f));
	grid = recover_grid(f.recover);
	check_grid(&f, cells->width, cells->height, grid->x, grid->y);
	ck_assert_uint_eq(grid->x % cells->width, cells->x % cells->width);
	ck_assert_uint_eq(grid->y % cells->height, cells->y % cells->height);
	check_lines(&f, 4 + cells->y / cells->height - grid->y / cells->height);
	ck_assert_uint_eq(recover_grid(f.recover)->recognised, recover_grid(f.recover)->filled);
	fixture_end(&f);
}
END_TEST

/* UEFI's console in a mode smaller than the screen: only that is the grid, until something is drawn beside it. */
START_TEST(test_mode)
{
	const struct rectangle beside = { 0, 105, 100, 19 };
	struct fixture f;

	fixture_begin(&f, 1280, 800, (struct cells){ 8, 19, 240, 105 });
	draw_lines(&f, 0, 0);
	ck_assert(update(&f));
	check_grid(&f, 8, 19, 240, 105);
	ck_assert_uint_eq(recover_grid(f.recover)->columns, 100);
	ck_assert_uint_eq(recover_grid(f.recover)->rows, 31);
	check_lines(&f, 0);
	ck_assert(!update(&f));
	f.cells.x = 0;
	draw(&f, 2, 0, "beside");
	ck_assert(recover_update(f.recover, &f.canvas.pixels, &beside, 1));
	check_grid(&f, 8, 19, 0, 10);
	check_row(&f, 6,
		  "                              ~!@#$%^&*() {curly} [square] <angle> \\ / | ; : ' \" ` = + - _");
	fixture_end(&f);
}
END_TEST

START_TEST(test_other_sizes)
{
	struct fixture f;
	struct canvas first;

	fixture_begin(&f, 720, 400, (struct cells){ 9, 16, 0, 0 });
	draw_lines(&f, 0, 0);
	ck_assert(update(&f));
	first = f.canvas;
	/* a framebuffer follows, and then a picture */
	f.canvas = canvas_new(1024, 768, BLACK);
	f.cells = (struct cells){ 8, 16, 0, 0 };
	draw_lines(&f, 0, 0);
	ck_assert(update(&f));
	check_grid(&f, 8, 16, 0, 0);
	check_lines(&f, 0);
	canvas_free(&f.canvas);
	f.canvas = canvas_new(800, 600, BLUE);
	ck_assert(update(&f));
	ck_assert_uint_eq(recover_grid(f.recover)->cell_width, 0);
	canvas_free(&f.canvas);
	f.canvas = first;
	f.cells = (struct cells){ 9, 16, 0, 0 };
	ck_assert(update(&f));
	check_grid(&f, 9, 16, 0, 0);
	fixture_end(&f);
}
END_TEST

/* The same screen, its text drawn in another grid from now on. */
START_TEST(test_moved)
{
	struct fixture f;

	fixture_begin(&f, 1024, 768, (struct cells){ 8, 16, 0, 0 });
	draw_lines(&f, 0, 0);
	ck_assert(update(&f));
	canvas_fill(&f.canvas, 0, 0, 1024, 768, BLACK);
	f.cells = (struct cells){ 8, 16, 3, 5 };
	draw_lines(&f, 0, 2);
	ck_assert(update(&f));
	check_grid(&f, 8, 16, 3, 5);
	check_lines(&f, 2);
	fixture_end(&f);
}
END_TEST

/* ---- cells ---- */

START_TEST(test_colours)
{
	struct fixture f;

	fixture_begin_text(&f);
	canvas_text(&f.canvas, &f.cells, 4, 6, " Menu ", BLACK, GREY);
	canvas_text(&f.canvas, &f.cells, 4, 7, " Item ", YELLOW, BLUE);
	update(&f);
	check_row(&f, 6, "     Menu");
	ck_assert_uint_eq(cell(&f, 5, 6)->foreground, BLACK);
	ck_assert_uint_eq(cell(&f, 5, 6)->background, GREY);
	ck_assert(cell(&f, 4, 6)->blank);
	ck_assert_uint_eq(cell(&f, 4, 6)->background, GREY);
	ck_assert_uint_eq(cell(&f, 5, 7)->foreground, YELLOW);
	ck_assert_uint_eq(cell(&f, 5, 7)->background, BLUE);
	/* what the highest byte of a pixel holds does not matter */
	for (size_t i = 0; i < (size_t)640 * 400; i++)
		f.canvas.data[i] |= (uint32_t)(i * 7919) << 24;
	update(&f);
	check_row(&f, 6, "     Menu");
	ck_assert_uint_eq(cell(&f, 5, 7)->foreground, YELLOW);
	fixture_end(&f);
}
END_TEST

START_TEST(test_wide)
{
	struct fixture f;

	fixture_begin_text(&f);
	draw(&f, 3, 5, "A\u6c34B\u9f8d\u6c34.");
	update(&f);
	check_row(&f, 5, "   A\u6c34B\u9f8d\u6c34.");
	ck_assert_uint_eq(cell(&f, 4, 5)->columns, 2);
	ck_assert_uint_eq(cell(&f, 5, 5)->columns, 0);
	/* read again by its right half */
	draw(&f, 4, 5, "\u9f8d");
	update_cell(&f, 5, 5);
	check_row(&f, 5, "   A\u9f8dB\u9f8d\u6c34.");
	/* and gone */
	draw(&f, 4, 5, "xy");
	update_cell(&f, 5, 5);
	check_row(&f, 5, "   AxyB\u9f8d\u6c34.");
	fixture_end(&f);
}
END_TEST

/* A glyph that no font has, and pixels that are no glyph, are no text; what is around them is. */
START_TEST(test_unknown)
{
	struct fixture f;
	struct bitmap bitmap;

	fixture_begin_text(&f);
	draw(&f, 0, 5, "before");
	draw_bitmap(0x3b1, 8, 16, &bitmap);
	canvas_bitmap(&f.canvas, 48, 80, 8, 16, &bitmap, GREY, BLUE);
	draw(&f, 7, 5, "after");
	update(&f);
	check_row(&f, 5, "before?after");
	ck_assert_uint_eq(cell(&f, 6, 5)->character, 0);
	ck_assert(!cell(&f, 6, 5)->blank);
	ck_assert_uint_eq(recover_grid(f.recover)->filled, recover_grid(f.recover)->recognised + 1);
	fixture_end(&f);
}
END_TEST

/* ---- what changes ---- */

static unsigned count_changed(const struct fixture *f)
{
	const struct text_grid *grid = recover_grid(f->recover);
	unsigned count = 0;

	for (unsigned row = 0; row < grid->rows; row++)
		for (unsigned column = 0; column < grid->columns; column++)
			count += cell(f, column, row)->changed;
	return count;
}

START_TEST(test_changes)
{
	struct fixture f;

	fixture_begin(&f, 1024, 768, (struct cells){ 8, 16, 0, 0 });
	draw_lines(&f, 0, 0);
	ck_assert(update(&f));
	ck_assert_uint_eq(count_changed(&f), 128 * 48);
	recover_settle(f.recover);
	ck_assert_uint_eq(count_changed(&f), 0);
	/* read again and the same: no change */
	ck_assert(!update(&f));
	ck_assert_uint_eq(count_changed(&f), 0);
	draw(&f, 10, 20, "x");
	draw(&f, 30, 20, "y");
	ck_assert(!update_cell(&f, 10, 20));
	ck_assert_uint_eq(count_changed(&f), 1);
	ck_assert(cell(&f, 10, 20)->changed);
	/* a change counts until it was taken note of */
	ck_assert(!update_cell(&f, 30, 20));
	ck_assert_uint_eq(count_changed(&f), 2);
	fixture_end(&f);
}
END_TEST

/* Rectangles that are none, or lie elsewhere. */
START_TEST(test_rectangles)
{
	static const struct rectangle odd[] = {
		{ 0, 0, 0, 0 },
		{ 5000, 5000, 10, 10 },
		{ 0, 0, UINT32_MAX, UINT32_MAX },
		{ 7, 15, 2, 2 },
		{ UINT32_MAX, 0, 2, 2 },
		{ 1023, 767, 100, 100 },
		{ 0, UINT32_MAX - 1, 1, 1 },
		{ 1020, 0, UINT32_MAX - 1000, 1 },
	};
	struct fixture f;

	fixture_begin(&f, 1024, 768, (struct cells){ 8, 16, 3, 5 });
	draw_lines(&f, 0, 0);
	ck_assert(update(&f));
	recover_settle(f.recover);
	ck_assert(!recover_update(f.recover, &f.canvas.pixels, odd, ARRAY_LENGTH(odd)));
	ck_assert_uint_eq(count_changed(&f), 0);
	check_lines(&f, 0);
	fixture_end(&f);
}
END_TEST

/* ---- the cursor ---- */

static void draw_bar(struct fixture *f, unsigned column, unsigned row, unsigned from, unsigned to)
{
	canvas_fill(&f->canvas, f->cells.x + column * f->cells.width, f->cells.y + row * f->cells.height + from,
		    f->cells.width, to - from + 1, GREY);
}

static void check_cursor(const struct fixture *f, unsigned column, unsigned row)
{
	unsigned at_row = 0, at_column = 0;

	ck_assert(recover_cursor(f->recover, &at_row, &at_column));
	ck_assert_uint_eq(at_row, row);
	ck_assert_uint_eq(at_column, column);
	ck_assert(cell(f, column, row)->cursor);
}

static const struct cells cursor_cells[] = { { 9, 16, 0, 0 }, { 8, 16, 0, 0 } };

START_TEST(test_cursor_bar)
{
	unsigned row, column;
	struct fixture f;

	fixture_begin(&f, _i == 0 ? 720 : 640, 400, cursor_cells[_i]);
	draw_lines(&f, 0, 0);
	draw(&f, 0, 10, "demo:~# ls");
	draw_bar(&f, 10, 10, 13, 14);
	update(&f);
	check_row(&f, 10, "demo:~# ls");
	check_cursor(&f, 10, 10);
	/* it moves onto a letter, which was known before */
	draw(&f, 10, 10, " ");
	draw_bar(&f, 8, 10, 13, 14);
	update_cell(&f, 10, 10);
	update_cell(&f, 8, 10);
	check_row(&f, 10, "demo:~# ls");
	check_cursor(&f, 8, 10);
	/* and blinks */
	recover_settle(f.recover);
	draw(&f, 8, 10, "l");
	update_cell(&f, 8, 10);
	ck_assert(!recover_cursor(f.recover, &row, &column));
	check_row(&f, 10, "demo:~# ls");
	ck_assert_uint_eq(count_changed(&f), 1);
	/* at first sight, too, a letter is known by what the bar leaves of it */
	draw_bar(&f, 9, 10, 13, 14);
	recover_free(f.recover);
	f.recover = recover_new(f.fonts);
	update(&f);
	check_row(&f, 10, "demo:~# ls");
	check_cursor(&f, 9, 10);
	fixture_end(&f);
}
END_TEST

START_TEST(test_cursor_block)
{
	struct fixture f;

	fixture_begin_text(&f);
	draw(&f, 0, 10, "grub> ls");
	draw_bar(&f, 8, 10, 0, 15);
	update(&f);
	check_row(&f, 10, "grub> ls");
	check_cursor(&f, 8, 10);
	/* over a letter it turns the colours */
	draw(&f, 8, 10, " ");
	canvas_text(&f.canvas, &f.cells, 6, 10, "l", BLACK, GREY);
	update(&f);
	check_row(&f, 10, "grub> ls");
	check_cursor(&f, 6, 10);
	fixture_end(&f);
}
END_TEST

/* Underlined words are no cursors, and are read. */
START_TEST(test_underlined)
{
	unsigned row, column;
	struct fixture f;

	fixture_begin_text(&f);
	draw(&f, 0, 10, "links");
	draw_bar(&f, 0, 10, 15, 15);
	draw_bar(&f, 1, 10, 15, 15);
	update(&f);
	check_row(&f, 10, "links");
	ck_assert(!recover_cursor(f.recover, &row, &column));
	fixture_end(&f);
}
END_TEST

/* ---- what looks the same ---- */

START_TEST(test_blocks)
{
	struct fixture f;

	fixture_begin_text(&f);
	/* a bar of progress */
	draw(&f, 0, 5, "\u2588\u2588\u2588\u258c");
	/* halves, on the screen's background and on another */
	draw(&f, 0, 7, "\u2580\u2580 \u2584\u2584");
	canvas_text(&f.canvas, &f.cells, 0, 9, "abc \u2584 \u2580 def", BLACK, GREY);
	canvas_text(&f.canvas, &f.cells, 0, 11, "abc\u2584def", YELLOW, BLUE);
	canvas_text(&f.canvas, &f.cells, 0, 12, "abc\u2580def", YELLOW, BLUE);
	/* text that goes on behind a block is on a background, and the blanks before it are blanks */
	canvas_text(&f.canvas, &f.cells, 0, 14, "\u2590", BLUE, BLACK);
	canvas_text(&f.canvas, &f.cells, 1, 14, "   text", BLACK, BLUE);
	/* a line of another colour is blank, not blocks */
	canvas_text(&f.canvas, &f.cells, 0, 13, " a  ", BLACK, GREY);
	update(&f);
	check_row(&f, 5, "\u2588\u2588\u2588\u258c");
	ck_assert_uint_eq(cell(&f, 0, 5)->foreground, GREY);
	check_row(&f, 7, "\u2580\u2580 \u2584\u2584");
	check_row(&f, 11, "abc\u2584def");
	check_row(&f, 12, "abc\u2580def");
	check_row(&f, 13, " a");
	check_row(&f, 14, "\u2590   text");
	fixture_end(&f);
}
END_TEST

START_TEST(test_scripts)
{
	struct fixture f;

	fixture_begin_text(&f);
	draw(&f, 0, 5, "cope \u0436\u0430\u0440\u0430 ace \u044f");
	update(&f);
	check_row(&f, 5, "cope \u0436\u0430\u0440\u0430 ace \u044f");
	fixture_end(&f);
}
END_TEST

/* Light and heavy lines that look the same are as the others around. */
START_TEST(test_frames)
{
	struct fixture f;

	fixture_begin_text(&f);
	draw(&f, 0, 5, "\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501\u2501");
	draw(&f, 0, 6, "\u2503 a menu   \u2503");
	update(&f);
	check_row(&f, 6, "\u2503 a menu   \u2503");
	recover_settle(f.recover);
	ck_assert(!update(&f));
	ck_assert_uint_eq(count_changed(&f), 0);
	draw(&f, 0, 5, "\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500\u2500");
	update(&f);
	check_row(&f, 6, "\u2502 a menu   \u2502");
	fixture_end(&f);
}
END_TEST

/* ---- pictures ---- */

static uint32_t noise(uint32_t *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

static void draw_noise(struct fixture *f, unsigned x, unsigned y, unsigned width, unsigned height)
{
	uint32_t state = 1;

	for (unsigned dy = 0; dy < height; dy++)
		for (unsigned dx = 0; dx < width; dx++)
			f->canvas.data[(size_t)(y + dy) * f->canvas.pixels.stride + x + dx] = noise(&state);
}

/* Soft, as splash pictures are: hardly a pixel equals the next. */
static void draw_gradient(struct fixture *f)
{
	for (unsigned y = 0; y < f->canvas.pixels.height; y++)
		for (unsigned x = 0; x < f->canvas.pixels.width; x++)
			f->canvas.data[(size_t)y * f->canvas.pixels.stride + x] =
				(x / 5 % 0x40) << 16 | (y / 3 % 0x50) << 8 | (0x60 + (x + y) / 9 % 0x20);
}

START_TEST(test_picture)
{
	struct fixture f;

	fixture_begin(&f, 800, 600, (struct cells){ 8, 16, 0, 0 });
	draw_noise(&f, 0, 0, 800, 600);
	ck_assert(!update(&f));
	ck_assert_uint_eq(recover_grid(f.recover)->cell_width, 0);
	ck_assert_uint_eq(recover_grid(f.recover)->columns, 0);
	draw_gradient(&f);
	ck_assert(!update(&f));
	ck_assert_uint_eq(recover_grid(f.recover)->cell_width, 0);
	fixture_end(&f);
}
END_TEST

/* Rectangles of a desktop: edges and corners everywhere, and hardly a letter. */
START_TEST(test_desktop)
{
	uint32_t state = 7;
	struct fixture f;

	fixture_begin(&f, 1024, 768, (struct cells){ 8, 16, 0, 0 });
	for (unsigned i = 0; i < 300; i++) {
		unsigned width = noise(&state) % 90 + 1, height = noise(&state) % 60 + 1;

		canvas_fill(&f.canvas, noise(&state) % (1024 - width), noise(&state) % (768 - height), width, height,
			    noise(&state));
	}
	update(&f);
	ck_assert_uint_lt(recover_grid(f.recover)->recognised * 2, recover_grid(f.recover)->filled + 1);
	fixture_end(&f);
}
END_TEST

START_TEST(test_text_beside_picture)
{
	struct fixture f;

	fixture_begin(&f, 1024, 768, (struct cells){ 8, 16, 0, 0 });
	draw_noise(&f, 512, 0, 512, 768);
	draw_lines(&f, 0, 10);
	ck_assert(update(&f));
	check_grid(&f, 8, 16, 0, 0);
	for (unsigned i = 0; i < ARRAY_LENGTH(lines); i++) {
		_cleanup_free_ char *text = row_text(&f, 10 + i);

		ck_assert_msg(strncmp(text, lines[i], strlen(lines[i])) == 0, "row is: %s", text);
	}
	ck_assert_uint_eq(cell(&f, 100, 12)->character, 0);
	ck_assert_uint_ne(cell(&f, 100, 12)->foreground, cell(&f, 100, 12)->background);
	fixture_end(&f);
}
END_TEST

/* A boot menu with a picture behind it, and shadows below the letters. */
START_TEST(test_text_on_picture)
{
	static const char *const menu[] = { "Install", "Advanced options", "Install with speech synthesis" };
	struct fixture f;

	fixture_begin(&f, 640, 480, (struct cells){ 8, 16, 0, 8 });
	draw_gradient(&f);
	for (unsigned i = 0; i < ARRAY_LENGTH(menu); i++) {
		struct cells shadow = { 8, 16, 1, 9 };

		canvas_text(&f.canvas, &shadow, 17, 11 + i, menu[i], 0x101010, TRANSPARENT);
		canvas_text(&f.canvas, &f.cells, 17, 11 + i, menu[i], WHITE, TRANSPARENT);
	}
	ck_assert(update(&f));
	check_grid(&f, 8, 16, 0, 8);
	for (unsigned i = 0; i < ARRAY_LENGTH(menu); i++) {
		_cleanup_free_ char *text = row_text(&f, 11 + i);

		ck_assert_msg(strstr(text, menu[i]) != NULL, "row is: %s", text);
	}
	fixture_end(&f);
}
END_TEST

/* ---- absurd ---- */

/* Sizes from nothing to the largest of a hostile server; all rows of them are the same in memory. */
START_TEST(test_sizes)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 9, 15, 16, 17, 400, 720, 4096, 16384, 65535 };
	_cleanup_free_ uint32_t *row = xcalloc(65535, sizeof *row);
	struct fonts *fonts = draw_fonts(8, 16);
	struct recover *recover = recover_new(fonts);
	uint32_t state = 3;

	for (unsigned x = 0; x < 65535; x++)
		row[x] = noise(&state) & 1 ? GREY : BLACK;
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++)
		for (size_t k = 0; k < ARRAY_LENGTH(sizes); k++) {
			struct pixels pixels = { .data = row, .width = sizes[i], .height = sizes[k], .stride = 0 };

			if ((uint64_t)sizes[i] * sizes[k] > (uint64_t)16384 * 4096)
				continue;
			recover_update(recover, &pixels, NULL, 0);
			ck_assert_uint_le(recover_grid(recover)->columns, TEXT_COLUMNS_MAX);
			ck_assert_uint_le(recover_grid(recover)->rows, TEXT_ROWS_MAX);
		}
	recover_free(recover);
	fonts_free(fonts);
}
END_TEST

START_TEST(test_no_fonts)
{
	struct fonts *fonts = fonts_new();
	struct recover *recover = recover_new(fonts);
	struct canvas canvas = canvas_new(720, 400, BLACK);
	unsigned row, column;

	ck_assert(!recover_update(recover, &canvas.pixels, NULL, 0));
	ck_assert_uint_eq(recover_grid(recover)->rows, 0);
	ck_assert(!recover_cursor(recover, &row, &column));
	recover_settle(recover);
	canvas_free(&canvas);
	recover_free(recover);
	fonts_free(fonts);
}
END_TEST

static Suite *suite(void)
{
	Suite *suite = suite_create("recover");
	TCase *grid = tcase_create("grid"), *cells = tcase_create("cells"), *pictures = tcase_create("pictures");

	tcase_set_timeout(grid, 60);
	tcase_add_test(grid, test_vga);
	tcase_add_test(grid, test_vga_blank);
	tcase_add_loop_test(grid, test_places, 0, ARRAY_LENGTH(places));
	tcase_add_test(grid, test_mode);
	tcase_add_test(grid, test_other_sizes);
	tcase_add_test(grid, test_moved);
	suite_add_tcase(suite, grid);
	tcase_add_test(cells, test_colours);
	tcase_add_test(cells, test_wide);
	tcase_add_test(cells, test_unknown);
	tcase_add_test(cells, test_changes);
	tcase_add_test(cells, test_rectangles);
	tcase_add_loop_test(cells, test_cursor_bar, 0, ARRAY_LENGTH(cursor_cells));
	tcase_add_test(cells, test_cursor_block);
	tcase_add_test(cells, test_underlined);
	tcase_add_test(cells, test_blocks);
	tcase_add_test(cells, test_scripts);
	tcase_add_test(cells, test_frames);
	suite_add_tcase(suite, cells);
	tcase_set_timeout(pictures, 120);
	tcase_add_test(pictures, test_picture);
	tcase_add_test(pictures, test_desktop);
	tcase_add_test(pictures, test_text_beside_picture);
	tcase_add_test(pictures, test_text_on_picture);
	tcase_add_test(pictures, test_sizes);
	tcase_add_test(pictures, test_no_fonts);
	suite_add_tcase(suite, pictures);
	return suite;
}

int main(void)
{
	return unit_run(suite());
}
