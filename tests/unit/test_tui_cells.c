/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Cells: what of a guest's character may reach the terminal, its colours at every depth, and scrollback that gives back what it was given. */
#include "tests/unit/unit.h"
#include "tui/cell.h"
#include "tui/colours.h"
#include "tui/scrollback.h"

#include <wchar.h>

static struct cell plain(uint32_t c, uint8_t width)
{
	struct cell cell = { .width = width };

	cell.chars[0] = c;
	return cell;
}

static void check_text(struct cell cell, bool utf8, int width, const wchar_t *wanted)
{
	wchar_t text[CELL_TEXT_SIZE];

	ck_assert_int_eq(cell_text(&cell, utf8, text), width);
	ck_assert_msg(wcscmp(text, wanted) == 0, "U+%04X gives U+%04X", (unsigned)cell.chars[0], (unsigned)text[0]);
}

START_TEST(text)
{
	struct cell combined = plain('e', 1);

	check_text(plain('a', 1), true, 1, L"a");
	check_text(plain(0, 1), true, 1, L" ");
	check_text(plain(0x6570, 2), true, 2, L"\u6570");
	check_text(plain(0x6570, 2), false, 1, L"?");
	/* controls of both sets, surrogates, beyond the end, marks of direction */
	check_text(plain(0x1b, 1), true, 1, L"?");
	check_text(plain(0x9b, 1), true, 1, L"?");
	check_text(plain(0x7f, 1), true, 1, L"?");
	check_text(plain(0xd800, 1), true, 1, L"?");
	check_text(plain(0x110000, 1), true, 1, L"?");
	check_text(plain(0x202e, 1), true, 1, L"?");
	/* the guest thinks it narrow, this terminal would draw it wide */
	check_text(plain(0x6570, 1), true, 1, L"\ufffd");
	/* the other way round: a blank follows */
	check_text(plain('a', 2), true, 1, L"a");
	combined.chars[1] = 0x301;
	check_text(combined, true, 1, L"e\u0301");
	check_text(combined, false, 1, L"e");
	combined.chars[1] = 0x1b;
	combined.chars[2] = 'x';
	check_text(combined, true, 1, L"e");
	/* a combining character alone stands on a blank */
	check_text(plain(0x301, 1), true, 1, L" \u0301");
	for (size_t i = 1; i < CELL_CHARS; i++)
		combined.chars[i] = 0x300;
	check_text(combined, true, 1, L"e\u0300\u0300\u0300\u0300");
	check_text(plain(0x2500, 1), false, 1, L"-");
	check_text(plain(0x2502, 1), false, 1, L"|");
	check_text(plain(0x250c, 1), false, 1, L"+");
	check_text(plain(0xa0, 1), false, 1, L" ");
}
END_TEST

static int number(struct colour colour, enum colour_depth depth)
{
	return colour_number(&colour, depth, NULL);
}

START_TEST(colours)
{
	const struct colour own = { COLOUR_DEFAULT, 0, 0, 0 };
	const struct colour red = { COLOUR_INDEX, 1, 0, 0 };
	const struct colour bright_red = { COLOUR_INDEX, 9, 0, 0 };
	const struct colour cube = { COLOUR_INDEX, 196, 0, 0 };
	const struct colour orange = { COLOUR_RGB, 255, 135, 0 };
	const struct colour grey = { COLOUR_RGB, 8, 8, 8 };
	const struct colour nearly_black = { COLOUR_RGB, 0, 0, 5 };
	bool bright = false;

	for (enum colour_depth depth = DEPTH_MONO; depth <= DEPTH_DIRECT; depth++)
		ck_assert_int_eq(number(own, depth), -1);
	ck_assert_int_eq(number(red, DEPTH_MONO), -1);
	ck_assert_int_eq(number(red, DEPTH_8), 1);
	ck_assert_int_eq(colour_number(&bright_red, DEPTH_8, &bright), 1);
	ck_assert(bright);
	ck_assert_int_eq(colour_number(&bright_red, DEPTH_16, &bright), 9);
	ck_assert(!bright);
	ck_assert_int_eq(number(cube, DEPTH_256), 196);
	ck_assert_int_eq(number(cube, DEPTH_16), 9);
	ck_assert_int_eq(number(cube, DEPTH_DIRECT), 0xff0000);
	ck_assert_int_eq(number(red, DEPTH_DIRECT), 1);
	ck_assert_int_eq(number(orange, DEPTH_256), 208);
	ck_assert_int_eq(number(orange, DEPTH_DIRECT), 0xff8700);
	ck_assert_int_eq(number(grey, DEPTH_256), 232);
	/* 1 to 7 are the palette's numbers on a direct-colour terminal, not dark blues */
	ck_assert_int_eq(number(nearly_black, DEPTH_DIRECT), 8);
	for (int i = 0; i < 256; i++) {
		struct colour colour = { COLOUR_INDEX, (uint8_t)i, 0, 0 };

		ck_assert_int_eq(number(colour, DEPTH_256), i);
		ck_assert_int_lt(number(colour, DEPTH_16), 16);
		ck_assert_int_lt(number(colour, DEPTH_8), 8);
	}
}
END_TEST

/* The same numbers at every run. */
static uint32_t next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static void random_line(uint32_t *state, struct cell *cells, size_t count)
{
	static const uint32_t alphabet[] = { 'a', ' ', 0xe9, 0x6570, 0x1f600, 0x2500, 0 };

	memset(cells, 0, count * sizeof *cells);
	for (size_t i = 0; i < count; i++) {
		uint32_t c = alphabet[next_random(state) % 7];

		cells[i].width = 1;
		cells[i].chars[0] = c;
		if (c == 'a' && next_random(state) % 4 == 0)
			cells[i].chars[1] = 0x301;
		if (next_random(state) % 3 == 0)
			cells[i].foreground = (struct colour){ COLOUR_RGB, (uint8_t)next_random(state), 2, 3 };
		if (next_random(state) % 5 == 0)
			cells[i].attributes = CELL_BOLD;
		if (c == 0x6570 && i + 1 < count) {
			cells[i].width = 2;
			i++;
			cells[i].foreground = cells[i - 1].foreground;
			cells[i].background = cells[i - 1].background;
			cells[i].attributes = cells[i - 1].attributes;
		} else if (c == 0x6570) {
			cells[i].chars[0] = 'z';
		}
	}
}

static void check_line(const struct cell *kept, const struct cell *given, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		ck_assert_uint_eq(kept[i].width, given[i].width);
		ck_assert_uint_eq(kept[i].attributes, given[i].attributes);
		ck_assert(colour_equal(&kept[i].foreground, &given[i].foreground));
		ck_assert(colour_equal(&kept[i].background, &given[i].background));
		if (given[i].width == 0 || given[i].chars[0] == 0 || given[i].chars[0] == ' ')
			continue; /* blanks are one */
		ck_assert_int_eq(memcmp(kept[i].chars, given[i].chars, sizeof kept[i].chars), 0);
	}
}

#define LINE 300

START_TEST(round_trip)
{
	struct scrollback *scrollback = scrollback_new(100, 1 << 20);
	struct cell lines[40][LINE];
	struct cell back[LINE];
	uint32_t state = 4711;

	for (size_t i = 0; i < 40; i++) {
		random_line(&state, lines[i], LINE);
		scrollback_push(scrollback, lines[i], LINE);
	}
	ck_assert_uint_eq(scrollback_count(scrollback), 40);
	for (size_t i = 0; i < 40; i++) {
		ck_assert(scrollback_get(scrollback, i, back, LINE));
		check_line(back, lines[39 - i], LINE);
	}
	ck_assert(!scrollback_get(scrollback, 40, back, LINE));
	ck_assert_uint_eq(back[0].width, 1);
	/* a narrower screen gets the beginning */
	ck_assert(scrollback_get(scrollback, 0, back, 1));
	for (size_t i = 40; i-- > 0;) {
		ck_assert(scrollback_pop(scrollback, back, LINE));
		check_line(back, lines[i], LINE);
	}
	ck_assert(!scrollback_pop(scrollback, back, LINE));
	scrollback_free(scrollback);
}
END_TEST

START_TEST(bounds)
{
	struct scrollback *scrollback = scrollback_new(100, 20000);
	struct cell line[LINE];
	struct cell back[8];
	uint32_t state = 1;

	memset(line, 0, sizeof line);
	for (size_t i = 0; i < 1000; i++) {
		line[0] = plain('0' + i % 10, 1);
		scrollback_push(scrollback, line, LINE);
	}
	ck_assert_uint_eq(scrollback_count(scrollback), 100);
	ck_assert(scrollback_get(scrollback, 0, back, 8));
	ck_assert_uint_eq(back[0].chars[0], '9');
	ck_assert(scrollback_get(scrollback, 99, back, 8));
	ck_assert_uint_eq(back[0].chars[0], '0');
	/* lines that cost much push more of the old out */
	for (size_t i = 0; i < 100; i++) {
		random_line(&state, line, LINE);
		scrollback_push(scrollback, line, LINE);
	}
	ck_assert_uint_lt(scrollback_count(scrollback), 30);
	ck_assert_uint_gt(scrollback_count(scrollback), 1);
	scrollback_clear(scrollback);
	ck_assert_uint_eq(scrollback_count(scrollback), 0);
	scrollback_push(scrollback, line, 3);
	ck_assert_uint_eq(scrollback_count(scrollback), 1);
	scrollback_free(scrollback);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui cells");
	TCase *tests = tcase_create("cells");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_test(tests, text);
	tcase_add_test(tests, colours);
	tcase_add_test(tests, round_trip);
	tcase_add_test(tests, bounds);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
