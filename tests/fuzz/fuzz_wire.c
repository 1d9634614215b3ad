/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzer of the frames between virtty-screen and its viewers: the input is a stream that either end may hear. What is
 * understood is said again and must be understood as the same; nothing that could act on a terminal gets through. */
#include "screen/wire.h"
#include "tests/fuzz/must.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* What another end hears of what this one says. */
struct echo {
	struct wire *says, *hears;
};

static struct wire_frame again(struct echo *echo)
{
	struct wire_frame frame;

	for (int i = 0; i < 1000; i++) {
		must(wire_step(echo->says, 0, NULL) && wire_step(echo->hears, 0, NULL));
		if (wire_next(echo->hears, &frame))
			return frame;
	}
	abort();
}

static void hear_view(struct echo *echo, const struct wire_frame *frame)
{
	struct wire_view view, back;
	struct wire_frame said;

	if (!wire_get_view(frame, &view))
		return;
	wire_put_view(echo->says, &view);
	said = again(echo);
	must(wire_get_view(&said, &back));
	must(said.length == frame->length && memcmp(said.payload, frame->payload, said.length) == 0);
	must(view.columns <= WIRE_COLUMNS && view.rows <= WIRE_ROWS);
}

static void hear_state(struct echo *echo, const struct wire_frame *frame)
{
	struct wire_state state, back;
	struct wire_frame said;

	if (!wire_get_state(frame, &state))
		return;
	for (const char *c = state.text; *c; c++)
		must((unsigned char)*c >= 0x20 && *c != 0x7f);
	wire_put_state(echo->says, &state);
	said = again(echo);
	must(wire_get_state(&said, &back) && strcmp(state.text, back.text) == 0);
}

static void hear_cells(struct echo *echo, const struct wire_frame *frame)
{
	struct wire_cell room[WIRE_COLUMNS], room_back[WIRE_COLUMNS];
	struct wire_cells cells, back;
	struct wire_frame said;

	if (!wire_get_cells(frame, room, &cells))
		return;
	must(cells.count > 0 && cells.column + cells.count <= WIRE_COLUMNS && cells.row < WIRE_ROWS);
	for (size_t i = 0; i < cells.count; i++) {
		must(room[i].character >= 0x20 && room[i].character <= 0x10ffff);
		must(room[i].character < 0x7f || room[i].character >= 0xa0);
	}
	wire_put_cells(echo->says, &cells);
	said = again(echo);
	must(wire_get_cells(&said, room_back, &back) && back.count == cells.count);
}

static void hear_rest(const struct wire_frame *frame)
{
	struct wire_connect connect;
	struct wire_pointer pointer;
	struct wire_layout layout;
	struct wire_cursor cursor;
	struct wire_image image;
	struct wire_key key;
	const char *text;
	uint32_t serial;
	size_t length;

	(void)wire_get_connect(frame, &connect);
	(void)wire_get_pointer(frame, &pointer);
	(void)wire_get_key(frame, &key);
	(void)wire_get_serial(frame, &serial);
	if (wire_get_layout(frame, &layout))
		must(layout.columns <= WIRE_COLUMNS && layout.rows <= WIRE_ROWS);
	if (wire_get_cursor(frame, &cursor))
		must(cursor.row < WIRE_ROWS);
	if (wire_get_text(frame, &text, &length))
		must(length <= WIRE_CLIPBOARD);
	if (wire_get_image(frame, &image))
		must(!memchr(image.bytes, 0x1b, image.length) && !memchr(image.bytes, 0x9c, image.length));
}

static struct wire *pair_of(struct wire **ret_other)
{
	int pair[2];

	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	*ret_other = wire_new(pair[1]);
	return wire_new(pair[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct echo echo;
	struct wire_frame frame;
	struct wire *reader;
	int pair[2];

	if (size > 100000)
		return 0;
	echo.says = pair_of(&echo.hears);
	must(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	reader = wire_new(pair[0]);
	must(write(pair[1], data, size) == (ssize_t)size);
	(void)wire_step(reader, 0, NULL);
	while (wire_next(reader, &frame)) {
		must(frame.length <= WIRE_LARGEST && frame.fd == -1);
		hear_view(&echo, &frame);
		hear_state(&echo, &frame);
		hear_cells(&echo, &frame);
		hear_rest(&frame);
	}
	close(pair[1]);
	wire_free(reader);
	wire_free(echo.says);
	wire_free(echo.hears);
	return 0;
}
