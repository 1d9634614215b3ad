/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of a screen through the real virtty-screen, against good VNC servers that a test plays; bad ones are in
 * test_display_faults.c. */
#include "tests/unit/display_stage.h"
#include "tests/unit/screen_draw.h"

#include <poll.h>

static bool row_holds(const void *data)
{
	for (unsigned row = 0; row < display_layout(view.display)->rows; row++) {
		_cleanup_free_ char *text = display_text(view.display, row);

		if (strstr(text, data))
			return true;
	}
	return false;
}

static const char *const lines[] = { "Press F12 for boot menu.", "Booting from Hard Disk...", "login: " };

static void draw_lines(struct canvas *canvas, size_t count)
{
	const struct cells cells = { 8, 16, 0, 0 };

	for (size_t i = 0; i < count; i++)
		canvas_text(canvas, &cells, 0, (unsigned)i, lines[i], 0xaaaaaa, 0x000000);
}

START_TEST(test_text)
{
	struct canvas canvas = canvas_new(640, 400, 0x000000);
	_cleanup_free_ char *first = NULL;
	unsigned row, column;

	draw_lines(&canvas, 2);
	begin(WIRE_MODE_AUTO, WIRE_BLOCKS, 640, 400);
	ck_assert_str_eq(display_state(view.display)->text, "a server");
	ck_assert(!server_hear_request(&server)); /* all of it */
	server_pixels(&server, 640, 400, canvas.data, 640);
	wait_until(row_holds, lines[1], "text");
	ck_assert_int_eq(display_layout(view.display)->kind, WIRE_KIND_GRID);
	ck_assert_uint_eq(display_layout(view.display)->columns, 80);
	ck_assert_uint_eq(display_layout(view.display)->rows, 25);
	ck_assert_uint_eq(display_layout(view.display)->cell_height_256, 16 * 256);
	first = display_text(view.display, 0);
	ck_assert_str_eq(first, lines[0]);
	ck_assert_uint_eq(display_row(view.display, 0)[0].character, 'P');
	ck_assert_uint_eq(display_row(view.display, 0)[0].foreground, 0xaaaaaa);
	ck_assert_uint_eq(display_row(view.display, 0)[0].flags, WIRE_CELL_TEXT);
	ck_assert_ptr_null(display_image(view.display));
	/* only what changed is sent, and only when it was asked for */
	ck_assert(server_hear_request(&server));
	draw_lines(&canvas, 3);
	server_update(&server, 1);
	server_rectangle(&server, 0, 32, 640, 16, ENCODING_RAW);
	server_say(&server, canvas.data + 32 * 640, 16 * 640 * 4);
	wait_until(row_holds, "login:", "the third line");
	ck_assert_uint_eq(view.layouts, 1);
	/* a cursor */
	canvas_fill(&canvas, 7 * 8, 32 + 14, 8, 2, 0xaaaaaa);
	ck_assert(server_hear_request(&server));
	server_update(&server, 1);
	server_rectangle(&server, 0, 32, 640, 16, ENCODING_RAW);
	server_say(&server, canvas.data + 32 * 640, 16 * 640 * 4);
	wait_frame();
	ck_assert(display_cursor(view.display, &row, &column));
	ck_assert(row == 2 && column == 7);
	canvas_free(&canvas);
}
END_TEST

/* A part of the screen is copied by the server's word alone: text that scrolls. */
START_TEST(test_copy)
{
	struct canvas canvas = canvas_new(640, 400, 0x000000);
	_cleanup_free_ char *moved = NULL;

	draw_lines(&canvas, 2);
	begin(WIRE_MODE_TEXT, WIRE_BLOCKS, 640, 400);
	server_pixels(&server, 640, 400, canvas.data, 640);
	wait_until(row_holds, lines[1], "text");
	server_update(&server, 2);
	server_rectangle(&server, 0, 0, 640, 384, ENCODING_COPY);
	server_say_16(&server, 0);
	server_say_16(&server, 16);
	/* from outside of the screen: nothing happens */
	server_rectangle(&server, 0, 0, 640, 384, ENCODING_COPY);
	server_say_16(&server, 600);
	server_say_16(&server, 399);
	wait_frame();
	moved = display_text(view.display, 0);
	ck_assert_str_eq(moved, lines[1]);
	canvas_free(&canvas);
}
END_TEST

START_TEST(test_picture)
{
	const struct wire_layout *layout;

	begin(WIRE_MODE_PICTURE, WIRE_BLOCKS, 400, 400);
	server_fill(&server, 0, 0, 400, 400, 0x2040c0);
	wait_frame();
	layout = display_layout(view.display);
	ck_assert_int_eq(layout->kind, WIRE_KIND_PICTURE);
	ck_assert(layout->columns == 80 && layout->rows == 25);
	/* as high as the area, and in the middle of it */
	ck_assert_uint_eq(layout->top, 0);
	ck_assert_uint_eq(layout->left, 15);
	ck_assert_uint_eq(layout->cell_width_256, 400 * 256 / 50);
	ck_assert_uint_eq(display_row(view.display, 12)[40].background, 0x2040c0);
	ck_assert_uint_eq(display_row(view.display, 12)[5].background, 0);
	ck_assert_uint_eq(display_row(view.display, 12)[40].flags, 0);
	/* a part of it */
	server_fill(&server, 0, 0, 100, 100, 0xff0000);
	wait_frame();
	display_view(view.display, &(struct wire_view){ .mode = WIRE_MODE_PICTURE,
							.picture = WIRE_BLOCKS,
							.colours = WIRE_256,
							.columns = 40,
							.rows = 20,
							.width = 100,
							.height = 100 });
	wait_frame();
	layout = display_layout(view.display);
	ck_assert(layout->columns == 40 && layout->rows == 20 && layout->cell_height_256 == 100 * 256 / 20);
	ck_assert_uint_eq(display_row(view.display, 10)[20].background, 0xff0000);
}
END_TEST

START_TEST(test_images)
{
	static const uint8_t kinds[] = { WIRE_SIXEL, WIRE_KITTY };
	const struct wire_image *image;

	begin(WIRE_MODE_PICTURE, WIRE_BLOCKS, 320, 200);
	server_fill(&server, 0, 0, 320, 200, 0x00ff00);
	wait_frame();
	for (size_t i = 0; i < sizeof kinds; i++) {
		display_view(view.display, &(struct wire_view){ .mode = WIRE_MODE_PICTURE,
								.picture = kinds[i],
								.colours = WIRE_TRUE,
								.columns = 40,
								.rows = 12,
								.cell_width = 10,
								.cell_height = 20 });
		wait_frame();
		image = display_image(view.display);
		ck_assert_ptr_nonnull(image);
		ck_assert_uint_eq(image->picture, kinds[i]);
		ck_assert(image->width <= 400 && image->height <= 240 && image->length > 10);
	}
	/* and back to cells */
	display_view(view.display, &(struct wire_view){ .mode = WIRE_MODE_PICTURE,
							.picture = WIRE_BLOCKS,
							.colours = WIRE_TRUE,
							.columns = 40,
							.rows = 12 });
	wait_frame();
	ck_assert_ptr_null(display_image(view.display));
	ck_assert_uint_eq(display_row(view.display, 6)[20].background, 0x00ff00);
}
END_TEST

/* A new size, as at a mode change of the guest. */
START_TEST(test_resize)
{
	struct canvas canvas = canvas_new(800, 600, 0x000000);
	const struct cells cells = { 8, 16, 0, 0 };

	begin(WIRE_MODE_AUTO, WIRE_BLOCKS, 320, 200);
	server_fill(&server, 0, 0, 320, 200, 0x0000ff);
	wait_frame();
	ck_assert(!server_hear_request(&server));
	ck_assert(server_hear_request(&server));
	server_update(&server, 1);
	server_rectangle(&server, 0, 0, 800, 600, ENCODING_SIZE);
	while (server_hear_request(&server)) /* until all of it is asked for anew */
		;
	canvas_text(&canvas, &cells, 3, 30, "a larger screen of text", 0xffffff, 0x0000aa);
	server_pixels(&server, 800, 600, canvas.data, 800);
	wait_until(row_holds, "a larger screen of text", "the new screen");
	ck_assert_uint_eq(display_state(view.display)->width, 800);
	ck_assert_uint_eq(display_layout(view.display)->columns, 100);
	canvas_free(&canvas);
}
END_TEST

/* While a frame is not shown, nothing more is asked of the server, and nothing piles up. */
START_TEST(test_slow_terminal)
{
	begin(WIRE_MODE_PICTURE, WIRE_BLOCKS, 64, 64);
	view.hold = true;
	ck_assert(!server_hear_request(&server));
	server_fill(&server, 0, 0, 64, 64, 0x111111);
	wait_frame();
	ck_assert(server_hear_request(&server));
	server_fill(&server, 0, 0, 64, 64, 0x222222);
	/* unasked ones too: they change the pixels, and make no frame */
	for (unsigned i = 0; i < 50; i++)
		server_fill(&server, 0, 0, 64, 64, 0x030303 * i);
	server_say(&server, "\002", 1); /* a bell comes through, after them */
	while (view.bells == 0) {
		struct pollfd fd = { .fd = display_fd(view.display), .events = POLLIN };

		ck_assert_int_gt(poll(&fd, 1, PATIENCE_MS), 0);
		ck_assert(display_step(view.display, 0, NULL));
	}
	ck_assert_uint_eq(view.frames, 1);
	view.hold = false;
	display_shown(view.display);
	wait_frame();
	ck_assert_uint_eq(display_row(view.display, 12)[40].background, 0x030303 * 49);
}
END_TEST

START_TEST(test_input)
{
	unsigned char key[11], keysym[7], pointer[5], cut[8 + 16];

	begin(WIRE_MODE_AUTO, WIRE_BLOCKS, 640, 400);
	/* before the server says that it takes codes */
	display_key(view.display, true, 0xff0d, 0x1c);
	display_key(view.display, true, 0, 0x1c); /* nothing that it could take */
	ck_assert(display_step(view.display, 0, NULL));
	server_hear_message(&server, 4, keysym, sizeof keysym);
	ck_assert_mem_eq(keysym, "\001\0\0\0\0\377\015", 7);
	server_update(&server, 2);
	server_rectangle(&server, 0, 0, 640, 400, ENCODING_KEYS);
	server_rectangle(&server, 1, 0, 640, 400, ENCODING_POINTER);
	server_fill(&server, 0, 0, 640, 400, 0);
	wait_frame();
	ck_assert(display_state(view.display)->scancodes && display_state(view.display)->absolute);
	display_key(view.display, true, 0xff0d, 0x9c);
	display_pointer(view.display, 100, 200, 1);
	display_copied(view.display, "caf\303\251", 5);
	ck_assert(display_step(view.display, 0, NULL));
	server_hear_message(&server, 255, key, sizeof key);
	ck_assert_mem_eq(key, "\0\0\001\0\0\377\015\0\0\0\234", 11);
	server_hear_message(&server, 5, pointer, sizeof pointer);
	ck_assert_mem_eq(pointer, "\001\0\144\0\310", 5);
	server_hear_message(&server, 6, cut, 5);
	ck_assert_mem_eq(cut, "caf\303\251", 5);
	/* a pointer that moves by differences */
	server_update(&server, 1);
	server_rectangle(&server, 0, 0, 640, 400, ENCODING_POINTER);
	server_say(&server, "\002", 1);
	while (view.bells == 0)
		ck_assert(display_step(view.display, 0, NULL));
	ck_assert(!display_state(view.display)->absolute);
	display_pointer(view.display, 110, 195, 0);
	ck_assert(display_step(view.display, 0, NULL));
	server_hear_message(&server, 5, pointer, sizeof pointer);
	ck_assert_mem_eq(pointer, "\0\200\011\177\372", 5);
}
END_TEST

static bool cut_came(const void *data)
{
	(void)data;
	return view.cut.length > 0;
}

START_TEST(test_clipboard)
{
	static const char utf8[] = "Gr\303\274\303\237e", latin1[] = "caf\351";

	begin(WIRE_MODE_AUTO, WIRE_BLOCKS, 64, 64);
	server_say(&server, "\003\0\0\0", 4);
	server_say_32(&server, sizeof utf8 - 1);
	server_say(&server, utf8, sizeof utf8 - 1);
	wait_until(cut_came, NULL, "UTF-8");
	ck_assert_str_eq(view.cut.data, utf8);
	view.cut.length = 0;
	server_say(&server, "\003\0\0\0", 4);
	server_say_32(&server, sizeof latin1 - 1);
	server_say(&server, latin1, sizeof latin1 - 1);
	wait_until(cut_came, NULL, "Latin-1");
	ck_assert_str_eq(view.cut.data, "caf\303\251");
}
END_TEST

START_TEST(test_password)
{
	open_view(WIRE_MODE_AUTO, WIRE_BLOCKS);
	attach();
	server_accept(&server);
	ck_assert(server_ask_password(&server, "pa55word"));
	server_say_32(&server, 0);
	server_begin(&server, 64, 64, "secret screen");
	wait_link(WIRE_CONNECTED);
	/* the server has another one */
	attach();
	server_accept(&server);
	ck_assert(!server_ask_password(&server, "other"));
	server_say_32(&server, 1);
	server_say_32(&server, 21);
	server_say(&server, "Authentication failed", 21);
	wait_link(WIRE_REFUSED);
	ck_assert_msg(strstr(display_state(view.display)->text, "refused us: Authentication failed"), "%s",
		      display_state(view.display)->text);
}
END_TEST

START_TEST(test_no_password)
{
	_cleanup_free_ char *text = manage_document("web2", NULL, "<graphics type='vnc'/>");
	char *detail = machine.run.detail;

	free(manage_define(text));
	machine.run.detail = NULL;
	machine_clear(&machine);
	machine = manage_find("web2");
	machine.truth = TRUTH_RUNNING;
	machine.run.detail = detail;
	open_view(WIRE_MODE_AUTO, WIRE_BLOCKS);
	attach();
	server_accept(&server);
	server_say(&server, "RFB 003.008\n\001\0020123456789abcdef", 30);
	wait_link(WIRE_REFUSED);
	ck_assert_msg(strstr(display_state(view.display)->text, "wants a password"), "%s",
		      display_state(view.display)->text);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("display");
	TCase *good = tcase_create("good");

	tcase_add_checked_fixture(good, stage_setup, stage_teardown);
	tcase_add_test(good, test_text);
	tcase_add_test(good, test_copy);
	tcase_add_test(good, test_picture);
	tcase_add_test(good, test_images);
	tcase_add_test(good, test_resize);
	tcase_add_test(good, test_slow_terminal);
	tcase_add_test(good, test_input);
	tcase_add_test(good, test_clipboard);
	tcase_add_test(good, test_password);
	tcase_add_test(good, test_no_password);
	tcase_set_timeout(good, 120);
	suite_add_tcase(all, good);
	return all;
}

int main(void)
{
	return unit_run(suite());
}
