/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of a guest's output: through the gate and libvterm to cells, with windows that change their size. In the input a byte 0xff and the
 * two after it are a new size, 0xfe and the one after it scroll, 0xfd and the one after it are the rows to be seen, 0xfc begins anew; all
 * else is what the guest writes. */
#include "base/memory.h"
#include "tui/vt.h"
#include "tests/fuzz/must.h"

#include <locale.h>
#include <stdint.h>
#include <stdlib.h>

#define COLUMNS 100

static void on_output(const char *bytes, size_t length, void *userdata)
{
	(void)bytes;
	(void)userdata;
	must(length < 4096); /* an answer, not a flood */
}

static void on_bell(void *userdata)
{
	(void)userdata;
}

static const struct vt_callbacks callbacks = { .output = on_output, .bell = on_bell };

static void look(const struct vt *vt)
{
	struct cell cells[COLUMNS];
	wchar_t text[CELL_TEXT_SIZE];
	int rows, columns;

	vt_size(vt, &rows, &columns);
	for (int row = 0; row < rows; row++) {
		vt_row(vt, row, cells, COLUMNS);
		for (int i = 0; i < COLUMNS; i++) {
			int width = cell_text(&cells[i], true, text);

			must(cells[i].width <= 2);
			must(width == 1 || width == 2);
			must(text[0] >= 0x20 && text[0] != 0x7f && !(text[0] >= 0x80 && text[0] < 0xa0));
		}
	}
}

/* What one looks at lies within what is kept. */
static void look_back(struct vt *vt)
{
	uint64_t first = vt_line_first(vt);
	uint64_t end = vt_line_end(vt);

	vt_follow_cursor(vt);
	must(vt_line_top(vt) >= first && vt_line_top(vt) + (uint64_t)vt_window_rows(vt) <= end);
	vt_show_line(vt, first);
	must(vt_line_top(vt) == first);
	vt_show_line(vt, end - 1);
	must(vt_line_top(vt) + (uint64_t)vt_window_rows(vt) == end);
}

/* How many bytes a command of ours takes; 0: it is the guest's. */
static size_t command_size(uint8_t byte)
{
	return byte == 0xff ? 3 : byte == 0xfe || byte == 0xfd ? 2 : byte == 0xfc ? 1 : 0;
}

static void obey(struct vt *vt, const uint8_t *command)
{
	if (command[0] == 0xff)
		vt_resize(vt, command[1] % 64, command[2]);
	else if (command[0] == 0xfe)
		vt_scroll(vt, (int8_t)command[1]);
	else if (command[0] == 0xfd)
		vt_window(vt, command[1] % 64);
	else
		vt_begin_anew(vt, "begun anew");
	look_back(vt);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vt *vt = vt_new(24, 80, &callbacks, NULL);
	size_t from = 0;

	setlocale(LC_CTYPE, "C.UTF-8");
	for (size_t i = 0; i < size; i++) {
		size_t skip = command_size(data[i]);

		if (skip == 0 || i + skip > size)
			continue;
		vt_write(vt, (const char *)data + from, i - from, i % 2 == 0);
		obey(vt, data + i);
		i += skip - 1;
		from = i + 1;
	}
	vt_write(vt, (const char *)data + from, size - from, false);
	look(vt);
	vt_free(vt);
	return 0;
}
