/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Screens of real guests, compared cell by cell with what is known to be on them. */
#include "tests/harness/reading.h"

#include "base/memory.h"
#include "base/text.h"
#include "screen/font_store.h"
#include "tests/harness/home.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Least share of the cells of text that must be recognised, in thousandths. */
enum { LEAST = 995 };

static struct fonts *fonts;

void reading_begin(void)
{
	fonts = fonts_new();
	fonts_add_installed(fonts);
}

void reading_end(void)
{
	fonts_free(fonts);
}

struct expected expected_new(unsigned columns, unsigned rows)
{
	return (struct expected){ columns, rows, xcalloc((size_t)columns * rows, sizeof(uint32_t)) };
}

void expected_clear(struct expected *expected)
{
	free(expected->characters);
	expected->characters = NULL;
}

uint32_t *expected_at(const struct expected *expected, unsigned row, unsigned column)
{
	return &expected->characters[(size_t)row * expected->columns + column];
}

void expected_put(struct expected *expected, unsigned row, unsigned column, const char *text)
{
	uint32_t character;

	while ((character = utf8_next(&text)) != 0) {
		ck_assert_uint_lt(column, expected->columns);
		*expected_at(expected, row, column) = character;
		column += character >= 0x2e80 ? 2 : 1;
	}
}

void view_end(struct view *view)
{
	recover_free(view->recover);
	qemu_end(&view->qemu);
}

struct view view_start(const char *directory, const char *name, const char *const *arguments)
{
	return (struct view){ .qemu = qemu_start(directory, name, arguments), .recover = recover_new(fonts) };
}

void view_update(struct view *view)
{
	qemu_dump(&view->qemu);
	recover_update(view->recover, &view->qemu.screen, NULL, 0);
}

uint32_t cell_character(const struct view *view, unsigned row, unsigned column)
{
	const struct text_grid *grid = recover_grid(view->recover);

	return row < grid->rows && column < grid->columns ? recover_row(view->recover, row)[column].character : 0;
}

bool find_text(const struct view *view, const char *text, struct place *ret)
{
	const struct text_grid *grid = recover_grid(view->recover);
	size_t length = strlen(text);

	for (unsigned row = 0; row < grid->rows; row++)
		for (unsigned column = 0; column + length <= grid->columns; column++) {
			size_t i;

			for (i = 0; i < length && cell_character(view, row, column + (unsigned)i) == (unsigned char)text[i]; i++)
				;
			if (i == length) {
				*ret = (struct place){ row, column };
				return true;
			}
		}
	return false;
}

struct wait {
	struct view *view;
	const char *text;
	struct place place;
};

static bool has_text(void *data)
{
	struct wait *wait = data;

	view_update(wait->view);
	return find_text(wait->view, wait->text, &wait->place);
}

static void print_screen(const struct view *view)
{
	const struct text_grid *grid = recover_grid(view->recover);

	for (unsigned row = 0; row < grid->rows; row++) {
		for (unsigned column = 0; column < grid->columns; column++) {
			uint32_t character = cell_character(view, row, column);

			putchar(character == 0 ? '?' : character < 0x7f ? (int)character : '*');
		}
		putchar('\n');
	}
}

struct place wait_text(struct view *view, const char *text, int timeout_ms)
{
	struct wait wait = { .view = view, .text = text };

	if (!wait_for(has_text, &wait, timeout_ms)) {
		print_screen(view);
		ck_abort_msg("'%s' did not come", text);
	}
	return wait.place;
}

/* Both are names of one bitmap: nobody can tell them apart. */
static bool looks_same(const struct text_grid *grid, uint32_t a, uint32_t b)
{
	const struct size_class *class = store_size(fonts, grid->cell_width == 9 ? 8 : grid->cell_width, grid->cell_height, 1);

	for (size_t number = 0; class != NULL && number < class->count; number++) {
		uint32_t characters[4];
		bool has_a = false, has_b = false;

		store_characters(fonts, class, number, characters);
		for (int i = 0; i < 4; i++) {
			has_a |= characters[i] == a;
			has_b |= characters[i] == b;
		}
		if (has_a && has_b)
			return true;
	}
	return false;
}

struct score judge(const struct view *view, const struct expected *expected, struct place place, const char *say)
{
	const struct text_grid *grid = recover_grid(view->recover);
	struct score score = { 0 };

	for (unsigned row = 0; row < expected->rows; row++)
		for (unsigned column = 0; column < expected->columns; column++) {
			uint32_t wanted = *expected_at(expected, row, column);
			uint32_t found = cell_character(view, place.row + row, place.column + column);
			bool same = found == wanted || (found != 0 && wanted != 0 && looks_same(grid, found, wanted));

			if (wanted == 0)
				continue;
			score.cells += wanted != ' ';
			score.known += wanted != ' ' && same;
			score.wrong += !same && found != 0;
			if (!same && say != NULL && score.wrong < 10)
				printf("  %s: row %u, column %u is U+%04X and was read as U+%04X\n", say, row, column, wanted, found);
		}
	return score;
}

void compare(const struct view *view, const char *name, const struct expected *expected, struct place place)
{
	const struct text_grid *grid = recover_grid(view->recover);
	struct score score = judge(view, expected, place, name);

	printf("%-36s %4ux%-4u in %2ux%-2u %5u cells %8.3f %% %3u wrong\n", name, view->qemu.screen.width, view->qemu.screen.height, grid->cell_width,
	       grid->cell_height, score.cells, score.cells == 0 ? 0.0 : 100.0 * score.known / score.cells, score.wrong);
	fflush(stdout);
	ck_assert_msg(score.cells >= 30, "%s: only %u cells of text", name, score.cells);
	ck_assert_msg(score.wrong == 0, "%s: %u cells are wrong", name, score.wrong);
	ck_assert_msg(score.known * 1000 >= score.cells * LEAST, "%s: %u of %u cells", name, score.known, score.cells);
}
