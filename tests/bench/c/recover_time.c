/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times text recovery on a screen full of text, drawn with the fonts that are installed: for each thing its name and
 * nanoseconds of each round. recover_time ROUNDS WIDTH HEIGHT */
#include "base/memory.h"
#include "screen/font_store.h"
#include "screen/recover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { CELL_WIDTH = 8, CELL_HEIGHT = 16 };

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void report(const char *name, int64_t *ns, int rounds)
{
	printf("%s", name);
	for (int i = 0; i < rounds; i++)
		printf(" %lld", (long long)ns[i]);
	printf("\n");
}

static void draw_cell(uint32_t *screen, unsigned width, unsigned column, unsigned row, const struct bitmap *bitmap)
{
	for (unsigned y = 0; y < CELL_HEIGHT; y++)
		for (unsigned x = 0; x < CELL_WIDTH; x++)
			screen[(size_t)(row * CELL_HEIGHT + y) * width + column * CELL_WIDTH + x] =
				bitmap->rows[y] >> (CELL_WIDTH - 1 - x) & 1 ? 0xaaaaaa : 0;
}

/* Every cell has a glyph: none is blank, which would be faster. */
static void draw_row(uint32_t *screen, unsigned width, unsigned row, const struct size_class *class, unsigned salt)
{
	for (unsigned column = 0; column < width / CELL_WIDTH; column++) {
		struct bitmap bitmap;

		store_unpack(CELL_WIDTH, CELL_HEIGHT,
			     class->packed + ((row * 31 + column * 7 + salt) % 222 + 33) * class->packed_size, &bitmap);
		draw_cell(screen, width, column, row, &bitmap);
	}
}

/* What is timed, and where the times go. */
struct bench {
	struct fonts *fonts;
	const struct size_class *class;
	struct recover *recover;
	uint32_t *screen, *copy;
	struct pixels pixels;
	int64_t *ns;
	int rounds;
};

static void time_first(struct bench *bench)
{
	for (int i = 0; i < bench->rounds; i++) {
		int64_t begin = now_ns();

		recover_free(bench->recover);
		bench->recover = recover_new(bench->fonts);
		recover_update(bench->recover, &bench->pixels, NULL, 0);
		bench->ns[i] = now_ns() - begin;
	}
	report("first", bench->ns, bench->rounds);
}

static void time_full(struct bench *bench)
{
	for (int i = 0; i < bench->rounds; i++) {
		int64_t begin = now_ns();

		recover_update(bench->recover, &bench->pixels, NULL, 0);
		bench->ns[i] = now_ns() - begin;
	}
	report("full", bench->ns, bench->rounds);
}

static void time_line(struct bench *bench)
{
	const struct rectangle line = { 0, 10 * CELL_HEIGHT, bench->pixels.width, CELL_HEIGHT };

	for (int i = 0; i < bench->rounds; i++) {
		int64_t begin;

		draw_row(bench->screen, bench->pixels.width, 10, bench->class, (unsigned)i);
		begin = now_ns();
		recover_update(bench->recover, &bench->pixels, &line, 1);
		bench->ns[i] = now_ns() - begin;
	}
	report("line", bench->ns, bench->rounds);
}

static void time_copy(struct bench *bench)
{
	size_t count = (size_t)bench->pixels.width * bench->pixels.height;

	for (int i = 0; i < bench->rounds; i++) {
		int64_t begin = now_ns();

		memcpy(bench->copy, bench->screen, count * sizeof *bench->screen);
		/* what was copied is looked at, so that it is copied */
		bench->ns[i] = now_ns() - begin + (bench->copy[(size_t)i % count] == UINT32_MAX);
	}
	report("copy", bench->ns, bench->rounds);
}

static bool time_restore(struct bench *bench)
{
	int fd = memfd_create("fonts", MFD_CLOEXEC);
	off_t length;
	void *bytes;

	if (fd < 0 || !fonts_save(bench->fonts, fd, NULL))
		return false;
	length = lseek(fd, 0, SEEK_END);
	bytes = mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	for (int i = 0; i < bench->rounds; i++) {
		struct fonts *again = fonts_new();
		int64_t begin = now_ns();

		fonts_restore(again, bytes, (size_t)length, NULL);
		bench->ns[i] = now_ns() - begin;
		fonts_free(again);
	}
	report("restore", bench->ns, bench->rounds);
	return true;
}

static bool begin(struct bench *bench, char **words)
{
	unsigned width = (unsigned)strtoul(words[2], NULL, 10), height = (unsigned)strtoul(words[3], NULL, 10);

	bench->rounds = (int)strtol(words[1], NULL, 10);
	if (bench->rounds < 1 || width < 80 * CELL_WIDTH || height < 25 * CELL_HEIGHT)
		return false;
	bench->fonts = fonts_new();
	fonts_add_installed(bench->fonts);
	bench->class = store_size(bench->fonts, CELL_WIDTH, CELL_HEIGHT, 1);
	if (bench->class == NULL || bench->class->count < 256)
		return false;
	bench->screen = xcalloc((size_t)width * height, sizeof *bench->screen);
	bench->copy = xcalloc((size_t)width * height, sizeof *bench->copy);
	bench->ns = xcalloc((size_t)bench->rounds, sizeof *bench->ns);
	bench->pixels = (struct pixels){ bench->screen, width, height, width };
	for (unsigned row = 0; row < height / CELL_HEIGHT; row++)
		draw_row(bench->screen, width, row, bench->class, 0);
	return true;
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };

	if (argc != 4 || !begin(&bench, argv))
		return 2;
	time_first(&bench);
	if (recover_grid(bench.recover)->recognised * 100 < recover_grid(bench.recover)->filled * 99)
		return 1;
	time_full(&bench);
	time_line(&bench);
	time_copy(&bench);
	return time_restore(&bench) ? 0 : 1;
}
