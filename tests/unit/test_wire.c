/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frames between virtty-screen and its viewers: there and back, in pieces, with descriptors, and what breaks the
 * rules. */
#include "screen/wire.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

static struct wire *viewer, *screen;

static void setup(void)
{
	int pair[2];

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	viewer = wire_new(pair[0]);
	screen = wire_new(pair[1]);
}

static void teardown(void)
{
	wire_free(viewer);
	wire_free(screen);
}

/* Moves what one end has queued to the other, and takes the next frame there. */
static struct wire_frame carry(struct wire *from, struct wire *to)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct wire_frame frame;

	for (int i = 0; i < 1000; i++) {
		ck_assert_ok(wire_step(from, 0, &err), &err);
		ck_assert_ok(wire_step(to, 0, &err), &err);
		if (wire_next(to, &frame))
			return frame;
	}
	ck_abort_msg("no frame came");
	return frame;
}

START_TEST(test_requests)
{
	const struct wire_view view = { WIRE_MODE_TEXT, WIRE_KITTY, WIRE_256, 200, 50, 9, 18, 1, 2, 300, 400, 25 };
	struct wire_frame frame;
	struct wire_view view_back;
	struct wire_key key;
	struct wire_pointer pointer;
	uint32_t serial;
	const char *text;
	size_t length;

	wire_put_view(viewer, &view);
	frame = carry(viewer, screen);
	ck_assert_int_eq(frame.type, WIRE_VIEW);
	ck_assert(wire_get_view(&frame, &view_back));
	ck_assert(view_back.mode == view.mode && view_back.picture == view.picture &&
		  view_back.colours == view.colours);
	ck_assert(view_back.columns == 200 && view_back.rows == 50 && view_back.cell_width == 9 &&
		  view_back.cell_height == 18);
	ck_assert(view_back.x == 1 && view_back.y == 2 && view_back.width == 300 && view_back.height == 400);
	ck_assert_uint_eq(view_back.frames_per_second, 25);
	wire_put_ack(viewer, 0xfedcba98);
	frame = carry(viewer, screen);
	ck_assert(wire_get_serial(&frame, &serial) && serial == 0xfedcba98);
	wire_put_key(viewer, &(struct wire_key){ true, 0xff0d, 0x1c });
	frame = carry(viewer, screen);
	ck_assert(wire_get_key(&frame, &key) && key.down && key.keysym == 0xff0d && key.scancode == 0x1c);
	wire_put_pointer(viewer, &(struct wire_pointer){ 1279, 799, 0x11 });
	frame = carry(viewer, screen);
	ck_assert(wire_get_pointer(&frame, &pointer) && pointer.x == 1279 && pointer.y == 799 &&
		  pointer.buttons == 0x11);
	wire_put_text(viewer, WIRE_COPIED, "Gr\303\274\303\237e\n", 8);
	frame = carry(viewer, screen);
	ck_assert(wire_get_text(&frame, &text, &length) && length == 8 &&
		  memcmp(text, "Gr\303\274\303\237e\n", 8) == 0);
	wire_put_plain(viewer, WIRE_REFRESH);
	frame = carry(viewer, screen);
	ck_assert(frame.type == WIRE_REFRESH && frame.length == 0 && frame.fd == -1);
}
END_TEST

START_TEST(test_reports)
{
	const struct wire_layout layout = { WIRE_KIND_PICTURE, 80, 24, 991, 1, 2, 3, 4, 2048, 4096, 1280, 800 };
	const struct wire_cell cells[] = { { 'A', 0x010203, 0xfefdfc, WIRE_CELL_TEXT }, { 0x2588, 0xffffff, 0, 0 } };
	struct wire_state state = { WIRE_CONNECTED, true, false, true, 1280, 800, "QEMU (web1)" }, state_back;
	struct wire_image image = { WIRE_SIXEL, 1, 2, 3, 4, 32, 48, "#0;2;0;0;0#0!32~-", 17 }, image_back;
	struct wire_cell room[WIRE_COLUMNS];
	struct wire_layout layout_back;
	struct wire_cursor cursor;
	struct wire_cells run;
	struct wire_frame frame;

	wire_put_state(screen, &state);
	frame = carry(screen, viewer);
	ck_assert(wire_get_state(&frame, &state_back));
	ck_assert(state_back.scancodes && !state_back.clipboard && state_back.absolute && state_back.width == 1280);
	ck_assert_str_eq(state_back.text, "QEMU (web1)");
	wire_put_layout(screen, &layout);
	frame = carry(screen, viewer);
	ck_assert(wire_get_layout(&frame, &layout_back));
	ck_assert(layout_back.kind == WIRE_KIND_PICTURE && layout_back.columns == 80 && layout_back.recognised == 991);
	ck_assert(layout_back.left == 3 && layout_back.top == 4 && layout_back.cell_height_256 == 4096 &&
		  layout_back.height == 800);
	wire_put_cells(screen, &(struct wire_cells){ 23, 78, 2, cells });
	frame = carry(screen, viewer);
	ck_assert(wire_get_cells(&frame, room, &run));
	ck_assert(run.row == 23 && run.column == 78 && run.count == 2);
	ck_assert(room[0].character == 'A' && room[0].foreground == 0x010203 && room[0].background == 0xfefdfc);
	ck_assert(room[0].flags == WIRE_CELL_TEXT && room[1].character == 0x2588);
	wire_put_image(screen, &image);
	frame = carry(screen, viewer);
	ck_assert(wire_get_image(&frame, &image_back));
	ck_assert(image_back.rows == 3 && image_back.height == 48 && image_back.length == 17 &&
		  memcmp(image_back.bytes, image.bytes, 17) == 0);
	wire_put_cursor(screen, &(struct wire_cursor){ true, 24, 79 });
	frame = carry(screen, viewer);
	ck_assert(wire_get_cursor(&frame, &cursor) && cursor.shown && cursor.row == 24 && cursor.column == 79);
}
END_TEST

/* The other end is not trusted: nothing that it says may act on a terminal. */
START_TEST(test_hostile_words)
{
	const uint32_t hostile[] = { 0,	     0x1b,   0x7f,   0x9b,    0x301,	0x200b,	 0x202e,
				     0x2066, 0xd800, 0xfeff, 0xe0041, 0x110000, 0xffffff };
	struct wire_state state = { .link = WIRE_CLOSED, .text = "a\033]0;b\007c\302\233d" }, state_back;
	struct wire_image image = { WIRE_KITTY, 0, 0, 1, 1, 8, 16, "AAAA\033\\AA", 8 };
	struct wire_cell room[WIRE_COLUMNS];
	struct wire_cells run;
	struct wire_frame frame;

	wire_put_state(screen, &state);
	frame = carry(screen, viewer);
	ck_assert(wire_get_state(&frame, &state_back));
	ck_assert_str_eq(state_back.text, "a?]0;b?c?d");
	for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
		wire_put_cells(screen, &(struct wire_cells){ 0, 0, 1, &(struct wire_cell){ hostile[i], 0, 0, 0xff } });
		frame = carry(screen, viewer);
		ck_assert(wire_get_cells(&frame, room, &run));
		ck_assert_uint_eq(room[0].character, 0xfffd);
		ck_assert_uint_eq(room[0].flags, WIRE_CELL_TEXT | WIRE_CELL_WIDE | WIRE_CELL_RIGHT);
	}
	for (int kind = WIRE_SIXEL; kind <= WIRE_KITTY; kind++) {
		image.picture = (uint8_t)kind;
		wire_put_image(screen, &image);
		frame = carry(screen, viewer);
		ck_assert(!wire_get_image(&frame, &image));
		image.bytes = "AAAA\033\\AA";
		image.length = 8;
		image.row = image.column = 0;
		image.rows = image.columns = 1;
		image.width = 8;
		image.height = 16;
	}
}
END_TEST

START_TEST(test_broken_payloads)
{
	unsigned char bytes[64] = { 0 };
	struct wire_frame frame = { .payload = bytes, .fd = -1 };
	struct wire_connect connect;
	struct wire_cell room[WIRE_COLUMNS];
	struct wire_cells cells;
	struct wire_layout layout;
	struct wire_view view;
	struct wire_key key;
	const char *text;
	size_t length;
	uint32_t serial;

	/* cut and overlong */
	for (frame.length = 0; frame.length < sizeof bytes; frame.length++) {
		ck_assert(wire_get_serial(&frame, &serial) == (frame.length == 4));
		ck_assert(wire_get_key(&frame, &key) == (frame.length == 9));
		ck_assert(wire_get_view(&frame, &view) == (frame.length == 20));
		ck_assert(!wire_get_cells(&frame, room, &cells)); /* none of them */
		ck_assert(wire_get_layout(&frame, &layout) == (frame.length == 27));
		ck_assert(!wire_get_connect(&frame, &connect)); /* without a descriptor */
	}
	/* out of range */
	frame.length = 20;
	bytes[0] = 3;
	ck_assert(!wire_get_view(&frame, &view));
	bytes[0] = 0;
	bytes[3] = 80; /* columns without rows */
	ck_assert(!wire_get_view(&frame, &view));
	bytes[5] = 24;
	ck_assert(wire_get_view(&frame, &view));
	bytes[4] = 3; /* 848 columns */
	ck_assert(!wire_get_view(&frame, &view));
	frame.length = 9;
	bytes[0] = 2; /* neither up nor down */
	ck_assert(!wire_get_key(&frame, &key));
	frame.length = 3;
	memcpy(bytes, "a\xc3\x28", 3);
	ck_assert(!wire_get_text(&frame, &text, &length));
}
END_TEST

/* Every frame comes whole however the bytes are cut. */
START_TEST(test_pieces)
{
	int pair[2], pipe_pair[2];
	struct wire *from, *to;
	char bytes[4096];
	ssize_t count;
	struct wire_frame frame;
	size_t frames = 0;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pipe_pair), 0);
	from = wire_new(pair[0]);
	to = wire_new(pipe_pair[0]);
	for (uint32_t i = 0; i < 50; i++) {
		wire_put_ack(from, i);
		wire_put_plain(from, WIRE_REFRESH);
	}
	ck_assert(wire_step(from, 0, NULL));
	count = read(pair[1], bytes, sizeof bytes);
	ck_assert_int_eq(count, 50 * (8 + 4));
	for (ssize_t i = 0; i < count; i++) {
		ck_assert_int_eq(write(pipe_pair[1], bytes + i, 1), 1);
		ck_assert(wire_step(to, 0, NULL));
		while (wire_next(to, &frame)) {
			uint32_t serial;

			ck_assert_int_eq(frame.type, frames % 2 ? WIRE_REFRESH : WIRE_ACK);
			ck_assert(frames % 2 || (wire_get_serial(&frame, &serial) && serial == frames / 2));
			frames++;
		}
	}
	ck_assert_uint_eq(frames, 100);
	wire_free(from);
	wire_free(to);
	close(pair[1]);
	close(pipe_pair[1]);
}
END_TEST

static int new_file(char mark)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(pwrite(fd, &mark, 1, 0), 1);
	return fd;
}

/* Each descriptor arrives with its own frame, whatever lies between. */
START_TEST(test_descriptors)
{
	struct wire_connect connect = { .password = "secret" }, back;
	struct wire_frame frame;

	wire_put_plain(viewer, WIRE_REFRESH);
	for (char mark = 'a'; mark < 'd'; mark++) {
		wire_put_connect(viewer, &connect, new_file(mark));
		wire_put_ack(viewer, 7);
	}
	frame = carry(viewer, screen);
	ck_assert_int_eq(frame.type, WIRE_REFRESH);
	for (char mark = 'a'; mark < 'd'; mark++) {
		char found;

		frame = carry(viewer, screen);
		ck_assert(wire_get_connect(&frame, &back));
		ck_assert_str_eq(back.password, "secret");
		ck_assert_int_eq(pread(frame.fd, &found, 1, 0), 1);
		ck_assert_int_eq(found, mark);
		ck_assert(fcntl(frame.fd, F_GETFD) & FD_CLOEXEC);
		close(frame.fd);
		frame = carry(viewer, screen);
		ck_assert_int_eq(frame.type, WIRE_ACK);
	}
	/* those that nobody takes are closed with the end that has them: the sanitizers and the next test would see */
	wire_put_connect(viewer, &connect, new_file('x'));
	ck_assert(wire_step(viewer, 0, NULL));
	ck_assert(wire_step(screen, 0, NULL));
	wire_put_connect(viewer, &connect, new_file('y'));
}
END_TEST

START_TEST(test_too_many_descriptors)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct wire_connect connect = { .password = "" };
	bool fine = true;

	for (int i = 0; i < 64 && fine; i++) {
		wire_put_connect(viewer, &connect, new_file('a'));
		ck_assert(wire_step(viewer, 0, NULL));
		fine = wire_step(screen, 0, &err);
	}
	ck_assert(!fine);
	ck_assert_error(&err, ERROR_PROTOCOL, "descriptors");
}
END_TEST

START_TEST(test_too_long)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	const unsigned char header[] = { WIRE_CELLS, 1, 0, 0x80 }; /* a byte more than the largest */

	ck_assert_int_eq(write(wire_fd(screen), header, sizeof header), (ssize_t)sizeof header);
	ck_assert(!wire_step(viewer, 0, &err));
	ck_assert_error(&err, ERROR_PROTOCOL, "8388609 bytes");
}
END_TEST

/* What was said before the end is heard. */
START_TEST(test_last_words)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct wire_frame frame;
	int pair[2];
	struct wire *from, *to;

	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	from = wire_new(pair[0]);
	to = wire_new(pair[1]);
	wire_put_plain(from, WIRE_BELL);
	ck_assert(wire_step(from, 0, NULL));
	wire_free(from);
	wire_put_plain(to, WIRE_REFRESH);
	ck_assert(!wire_step(to, 0, &err));
	ck_assert_error(&err, ERROR_STATE, "closed");
	ck_assert(wire_next(to, &frame) && frame.type == WIRE_BELL);
	ck_assert(!wire_next(to, &frame));
	wire_free(to);
}
END_TEST

/* The largest frame passes, through sockets that take a part of it at a time. */
START_TEST(test_largest)
{
	size_t length = WIRE_LARGEST - 13;
	_cleanup_free_ char *bytes = xmalloc(length);
	struct wire_image image = { WIRE_SIXEL, 0, 0, 1, 1, 8, 16, bytes, length }, back;
	struct wire_frame frame;

	memset(bytes, '~', length);
	wire_put_image(screen, &image);
	frame = carry(screen, viewer);
	ck_assert_uint_eq(frame.length, WIRE_LARGEST);
	ck_assert(wire_get_image(&frame, &back) && back.length == length);
	ck_assert_uint_eq(wire_queued(screen), 0);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("wire");
	TCase *tests = tcase_create("wire");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, test_requests);
	tcase_add_test(tests, test_reports);
	tcase_add_test(tests, test_hostile_words);
	tcase_add_test(tests, test_broken_payloads);
	tcase_add_test(tests, test_pieces);
	tcase_add_test(tests, test_descriptors);
	tcase_add_test(tests, test_too_many_descriptors);
	tcase_add_test(tests, test_too_long);
	tcase_add_test(tests, test_last_words);
	tcase_add_test(tests, test_largest);
	tcase_set_timeout(tests, 60);
	suite_add_tcase(all, tests);
	return all;
}

int main(void)
{
	return unit_run(suite());
}
