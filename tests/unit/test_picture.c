/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pictures as cells and as images: what covers which cells, in every kind and number of colours, of any part and size.
 */
#include "screen/picture.h"
#include "tests/unit/unit.h"

#define WIDTH  320
#define HEIGHT 200
#define RED    0xffc01010
#define BLUE   0xff1010c0

static struct picture *picture;
static uint32_t *data; /* just as large as the screen: what is read past it is seen by the sanitizers */
static struct pixels screen;

/* Red on the left, blue on the right. */
static void setup(void)
{
	picture = picture_new();
	data = xcalloc((size_t)WIDTH * HEIGHT, sizeof *data);
	for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++)
		data[i] = i % WIDTH < WIDTH / 2 ? RED : BLUE;
	screen = (struct pixels){ data, WIDTH, HEIGHT, WIDTH };
}

static void teardown(void)
{
	picture_free(picture);
	free(data);
}

static unsigned red_of(uint32_t colour)
{
	return colour >> 16 & 0xff;
}

static unsigned blue_of(uint32_t colour)
{
	return colour & 0xff;
}

START_TEST(test_fit)
{
	static const struct {
		unsigned columns, rows, cell_width, cell_height, width, height;
		struct rectangle cells;
	} cases[] = {
		{ 80, 24, 0, 0, 640, 384, { 0, 0, 80, 24 } },	/* as it is */
		{ 80, 24, 0, 0, 320, 192, { 0, 0, 80, 24 } },	/* twice as large */
		{ 80, 24, 0, 0, 1280, 800, { 1, 0, 77, 24 } },	/* the height is what limits it */
		{ 80, 25, 10, 20, 800, 100, { 0, 10, 80, 5 } }, /* the width is */
		{ 20, 5, 0, 0, 720, 400, { 1, 0, 18, 5 } },	/* a small terminal */
		{ 1, 1, 0, 0, 1280, 800, { 0, 0, 1, 1 } },	/* the smallest */
		{ 512, 256, 0, 0, 1, 1, { 0, 0, 512, 256 } },	/* one pixel */
		{ 80, 24, 0, 0, 65535, 1, { 0, 11, 80, 1 } },	/* a line */
		{ 80, 24, 0, 0, 1, 65535, { 39, 0, 1, 24 } },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct picture_style style = { .columns = cases[i].columns,
					       .rows = cases[i].rows,
					       .cell_width = cases[i].cell_width,
					       .cell_height = cases[i].cell_height };
		struct rectangle part = { 0, 0, cases[i].width, cases[i].height }, fit;

		picture_fit(&style, &part, &fit);
		ck_assert_msg(memcmp(&fit, &cases[i].cells, sizeof fit) == 0, "%zu: %u %u %ux%u", i, fit.x, fit.y,
			      fit.width, fit.height);
	}
}
END_TEST

START_TEST(test_kinds)
{
	struct wire_cell cells[40 * 10];
	const struct rectangle all = { 0, 0, WIDTH, HEIGHT };

	for (uint8_t kind = WIRE_ASCII; kind <= WIRE_BLOCKS; kind++) {
		for (uint8_t colours = WIRE_MONO; colours <= WIRE_TRUE; colours++) {
			struct picture_style style = { kind, colours, 40, 10, 0, 0 };
			const struct wire_cell *left = &cells[5 * 40 + 8], *right = &cells[5 * 40 + 31];

			picture_cells(picture, &style, &screen, &all, cells);
			for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
				ck_assert_uint_ge(cells[i].character, ' ');
				ck_assert(kind == WIRE_BLOCKS || cells[i].character < 0x7f);
				ck_assert_uint_eq(cells[i].flags, 0);
			}
			/* the margins are blank */
			ck_assert(cells[0].character == ' ' && cells[0].background == 0);
			if (colours == WIRE_MONO || kind == WIRE_ASCII)
				continue;
			ck_assert_uint_gt(red_of(left->background), blue_of(left->background));
			ck_assert_uint_gt(blue_of(right->background), red_of(right->background));
		}
	}
}
END_TEST

START_TEST(test_quick)
{
	struct picture_style style = { WIRE_BLOCKS, WIRE_TRUE, 40, 10, 0, 0 };
	const struct rectangle all = { 0, 0, WIDTH, HEIGHT };
	struct wire_cell cells[40 * 20];

	picture_quick(&style, &screen, &all, cells);
	ck_assert_uint_eq(cells[5 * 40 + 8].background, RED & 0xffffff);
	ck_assert_uint_eq(cells[5 * 40 + 8].character, ' ');
	ck_assert_uint_eq(cells[5 * 40 + 31].background, BLUE & 0xffffff);
	ck_assert_uint_eq(cells[0].background, 0);
	/* the edge in the middle of a cell: half of it in either colour */
	style.columns = 1;
	style.rows = 1;
	picture_quick(&style, &screen, &(struct rectangle){ WIDTH / 2 - 4, 0, 8, 16 }, cells);
	ck_assert_uint_eq(cells[0].character, 0x258c);
	ck_assert_uint_eq(cells[0].foreground, RED & 0xffffff);
	ck_assert_uint_eq(cells[0].background, BLUE & 0xffffff);
	/* a cell of less than a pixel */
	style.columns = 40;
	style.rows = 20;
	picture_quick(&style, &screen, &(struct rectangle){ WIDTH - 1, HEIGHT - 1, 1, 1 }, cells);
	ck_assert_uint_eq(cells[10 * 40 + 20].background, BLUE & 0xffffff);
}
END_TEST

/* Any part, to the last pixel. */
START_TEST(test_parts)
{
	static const struct rectangle parts[] = {
		{ 0, 0, 1, 1 },
		{ WIDTH - 1, HEIGHT - 1, 1, 1 },
		{ WIDTH - 7, HEIGHT - 5, 7, 5 },
		{ 0, HEIGHT - 1, WIDTH, 1 },
		{ WIDTH - 1, 0, 1, HEIGHT },
		{ WIDTH / 2, HEIGHT / 2, WIDTH / 2, HEIGHT / 2 },
	};
	struct wire_cell cells[20 * 5], symbol, *middle;
	struct rectangle fit;
	struct wire_image image;

	for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
		struct picture_style style = { WIRE_BLOCKS, WIRE_TRUE, 20, 5, 9, 18 };
		bool blue = parts[i].x >= WIDTH / 2;

		picture_cells(picture, &style, &screen, &parts[i], cells);
		picture_fit(&style, &parts[i], &fit);
		middle = &cells[(fit.y + fit.height / 2) * 20 + fit.x + fit.width / 2];
		ck_assert(!blue || blue_of(middle->background) > red_of(middle->background));
		picture_quick(&style, &screen, &parts[i], cells);
		picture_symbol(picture, &style, &screen, &parts[i], &symbol);
		ck_assert_uint_ge(symbol.character, ' ');
		for (uint8_t kind = WIRE_SIXEL; kind <= WIRE_KITTY; kind++) {
			style.picture = kind;
			ck_assert(picture_image(picture, &style, &screen, &parts[i], &image));
			ck_assert(image.picture == kind && image.length > 0);
			ck_assert(image.columns <= 20 && image.rows <= 5 && image.column + image.columns <= 20);
			ck_assert(image.width <= image.columns * 9 && image.height <= image.rows * 18);
			ck_assert(kind == WIRE_KITTY || image.width == image.columns * 9);
		}
	}
}
END_TEST

/* However large a terminal says it is, what is sent has an end. */
START_TEST(test_large)
{
	struct picture_style style = { WIRE_SIXEL, WIRE_TRUE, 512, 256, 256, 256 };
	const struct rectangle all = { 0, 0, 1920, 1200 };
	_cleanup_free_ uint32_t *noise = xcalloc(1920 * 1200, sizeof *noise);
	const struct pixels large = { noise, 1920, 1200, 1920 };
	struct wire_image image;

	for (uint32_t i = 0; i < 1920 * 1200; i++)
		noise[i] = (i * 2654435761u ^ i >> 7) | 0xff000000;
	ck_assert(!picture_image(picture, &style, &large, &all, &image));
	style.picture = WIRE_KITTY;
	ck_assert(!picture_image(picture, &style, &large, &all, &image));
	style.columns = 200;
	style.rows = 60;
	style.cell_width = 10;
	style.cell_height = 20;
	ck_assert(picture_image(picture, &style, &large, &all, &image));
	ck_assert(image.width < 1920 && image.height < 1200 && image.columns > 180);
	ck_assert_uint_lt(image.length, WIRE_LARGEST);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("picture");
	TCase *tests = tcase_create("picture");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_fit);
	tcase_add_test(tests, test_kinds);
	tcase_add_test(tests, test_quick);
	tcase_add_test(tests, test_parts);
	tcase_add_test(tests, test_large);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(all, tests);
	return all;
}

int main(void)
{
	return unit_run(suite());
}
