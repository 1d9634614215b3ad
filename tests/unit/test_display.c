/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of a screen through the real virtty-screen, against VNC servers that a test plays: good, slow, silent and
 * hostile ones. */
#include "core/display.h"

#include "base/clock.h"
#include "base/process.h"
#include "base/strbuf.h"
#include "screen/fonts.h"
#include "tests/unit/manage.h"
#include "tests/unit/rfb_server.h"
#include "tests/unit/scratch.h"
#include "tests/unit/screen_draw.h"
#include "tests/unit/unit.h"

#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000

static struct rfb_server server;
static struct machine machine;

/* A view, and what it was told. */
static struct {
	struct display *display; /* owned */
	bool hold;		 /* frames are not shown as they come */
	unsigned states, layouts, frames, bells;
	struct strbuf cut;
} view;

static void on_state(void *userdata)
{
	(void)userdata;
	view.states++;
}

static void on_layout(void *userdata)
{
	(void)userdata;
	view.layouts++;
}

static void on_frame(void *userdata)
{
	(void)userdata;
	view.frames++;
	if (!view.hold)
		display_shown(view.display);
}

static void on_bell(void *userdata)
{
	(void)userdata;
	view.bells++;
}

static void on_cut(const char *text, size_t length, void *userdata)
{
	(void)userdata;
	view.cut.length = 0;
	strbuf_add(&view.cut, text, length);
}

static const struct display_callbacks callbacks = { on_state, on_layout, on_frame, on_bell, on_cut };

/* ---- the stage ---- */

/* The fonts that the tests draw with, as if they were the installed ones. */
static void make_fonts(void)
{
	_cleanup_free_ char *path = scratch_path("fonts.cache");
	_cleanup_free_ char *stamp = fonts_stamp();
	struct fonts *fonts = draw_fonts(8, 16);
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert(write_all(fd, stamp, strlen(stamp)) && write_all(fd, "\n", 1) && fonts_save(fonts, fd, NULL));
	fonts_free(fonts);
}

static void setup(void)
{
	_cleanup_free_ char *path = NULL, *text = NULL;

	if (!getenv("VIRTTY_LIBEXEC"))
		setenv("VIRTTY_LIBEXEC", ".", 1);
	manage_setup();
	path = scratch_path("vnc");
	make_fonts();
	text = manage_document("web1", NULL, "<graphics type='vnc' passwd='pa55word'/>");
	free(manage_define(text));
	machine = manage_find("web1");
	/* as if it ran: its server is ours */
	machine.truth = TRUTH_RUNNING;
	machine.run.detail = strf("{\"vnc\":\"unix:%s\"}", path);
	server_open(&server, path);
	memset(&view, 0, sizeof view);
}

static void teardown(void)
{
	display_close(view.display);
	strbuf_clear(&view.cut);
	server_close(&server);
	machine_clear(&machine);
	manage_teardown();
	/* no zombie is left */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}

static void open_view(uint8_t mode, uint8_t picture)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	view.display = display_open(manager, &machine, &callbacks, NULL, &err);
	ck_assert_msg(view.display != NULL, "%s", error_text(&err));
	display_view(view.display,
		     &(struct wire_view){
			     .mode = mode, .picture = picture, .colours = WIRE_TRUE, .columns = 80, .rows = 25 });
}

static void attach(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	view.states = 0; /* what was said of another connection counts no more */
	ck_assert_ok(display_connect(view.display, &machine, &err), &err);
	ck_assert_ok(display_step(view.display, 0, &err), &err);
}

/* Steps the view until something is so. */
static void wait_until(bool (*condition)(const void *data), const void *data, const char *what)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	int64_t deadline = clock_monotonic_ms() + PATIENCE_MS;

	while (!condition(data)) {
		struct pollfd fd = { .fd = display_fd(view.display), .events = POLLIN };

		if (display_wants_write(view.display))
			fd.events |= POLLOUT;
		ck_assert_msg(clock_monotonic_ms() < deadline, "not in time: %s; the view says: %s", what,
			      display_state(view.display)->text);
		(void)poll(&fd, 1, 100);
		ck_assert_ok(display_step(view.display, 0, &err), &err);
	}
}

static bool link_is(const void *data)
{
	return display_state(view.display)->link == *(const int *)data && view.states > 0;
}

static void wait_link(int link)
{
	wait_until(link_is, &link, link == WIRE_CONNECTED ? "connected" : link == WIRE_CLOSED ? "closed" : "refused");
}

/* The link ends, one way or the other. */
static bool link_ended(const void *data)
{
	(void)data;
	return view.states > 0 && display_state(view.display)->link >= WIRE_CLOSED;
}

static bool frames_are(const void *data)
{
	return view.frames >= *(const unsigned *)data;
}

static void wait_frame(void)
{
	unsigned wanted = view.frames + 1;

	wait_until(frames_are, &wanted, "a frame");
}

static bool row_holds(const void *data)
{
	for (unsigned row = 0; row < display_layout(view.display)->rows; row++) {
		_cleanup_free_ char *text = display_text(view.display, row);

		if (strstr(text, data))
			return true;
	}
	return false;
}

static void begin(uint8_t mode, uint8_t picture, unsigned width, unsigned height)
{
	open_view(mode, picture);
	attach();
	server_accept(&server);
	server_welcome(&server, width, height, "a server");
	wait_link(WIRE_CONNECTED);
}

/* The only child. */
static pid_t screen_pid(void)
{
	_cleanup_free_ char *path = strf("/proc/self/task/%d/children", (int)getpid());
	FILE *children = fopen(path, "re");
	pid_t pid = 0;

	ck_assert_ptr_nonnull(children);
	ck_assert_int_eq(fscanf(children, "%d", &pid), 1);
	(void)fclose(children);
	return pid;
}

/* How many descriptors it has. */
static size_t screen_descriptors(void)
{
	_cleanup_free_ char *path = strf("/proc/%d/fd", (int)screen_pid());
	DIR *directory = opendir(path);
	size_t count = 0;

	ck_assert_ptr_nonnull(directory);
	for (const struct dirent *entry = readdir(directory); entry; entry = readdir(directory))
		count += *entry->d_name != '.';
	closedir(directory);
	return count;
}

/* ---- good servers ---- */

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

/* ---- bad servers ---- */

#define HELLO	"RFB 003.008\n\001\001\0\0\0\0"
#define FORMAT	"\040\030\0\001\0\377\0\377\0\377\020\010\0\0\0\0"
#define WELCOME HELLO "\0\100\0\040" FORMAT "\0\0\0\004test"
#define HOSTILE(name, bytes, link, words)                                                                              \
	{                                                                                                              \
		name, bytes, sizeof bytes - 1, link, words                                                             \
	}

/* All that a server says before it waits; and what the view then says. */
static const struct hostile {
	const char *name, *bytes;
	size_t length;
	int link; /* -1: it stays connected */
	const char *words;
} hostile[] = {
	HOSTILE("another protocol", "HTTP/1.1 400 Bad Request\r\n\r\n", WIRE_REFUSED, "Not a valid VNC server"),
	HOSTILE("an old protocol", "RFB 003.003\n\0\0\0\036", WIRE_REFUSED, "RFB 003.003, which is too old"),
	HOSTILE("a version that is none", "RFB -03.-03\n\0\0\0\036", WIRE_REFUSED, "Not a valid VNC server"),
	HOSTILE("no security", "RFB 003.008\n\0\0\0\0\022\033]0;owned\007too many", WIRE_REFUSED,
		"refused us: ?]0;owned?too many"),
	HOSTILE("security that is not ours", "RFB 003.008\n\001\022", WIRE_REFUSED, "none that can be shown"),
	HOSTILE("a reason of 4 GiB", "RFB 003.008\n\0\377\377\377\377", WIRE_REFUSED, "limit"),
	HOSTILE("16384x16384", HELLO "\100\0\100\0" FORMAT "\0\0\0\004test", WIRE_REFUSED, "16384x16384 pixels"),
	HOSTILE("65535x65535", HELLO "\377\377\377\377" FORMAT "\0\0\0\004test", WIRE_REFUSED, "65535x65535 pixels"),
	HOSTILE("a name of 4 GiB", HELLO "\0\100\0\040" FORMAT "\377\377\377\377", WIRE_REFUSED, "name"),
	HOSTILE("no screen at all", HELLO "\0\0\0\0" FORMAT "\0\0\0\004test", -1, NULL),
	HOSTILE("a message that is none", WELCOME "\310", -1, NULL), /* refused once more of it came */
	HOSTILE("a rectangle past the edge", WELCOME "\0\0\0\001\0\100\0\040\0\002\0\001\0\0\0\0", WIRE_REFUSED,
		"Rect too large"),
	HOSTILE("an encoding that is none", WELCOME "\0\0\0\001\0\0\0\0\0\001\0\001\0\0\022\064", WIRE_REFUSED,
		"Unknown rect encoding"),
	HOSTILE("grown to 65535x65535", WELCOME "\0\0\0\001\0\0\0\0\377\377\377\377\377\377\377\041", WIRE_REFUSED,
		"65535x65535 pixels"),
	HOSTILE("shrunk to nothing", WELCOME "\0\0\0\001\0\0\0\0\0\0\0\0\377\377\377\041", -1, NULL),
	HOSTILE("a clipboard of 4 GiB", WELCOME "\003\0\0\0\377\377\377\377", WIRE_REFUSED, "cut text"),
	HOSTILE("a pointer that is none", WELCOME "\0\0\0\001\0\007\0\0\0\001\0\001\377\377\376\377", -1, NULL),
	HOSTILE("endless rectangles begin",
		WELCOME "\0\0\377\377\0\0\0\0\0\001\0\001\0\0\0\0abcd\0\0\0\0\0\0\0\0\0\0\0\0", -1, NULL),
	HOSTILE("a chat of 4 GiB", WELCOME "\013\0\0\0\377\377\377\360", WIRE_REFUSED, "broke the protocol"),
	HOSTILE("a zlib rectangle of nonsense", WELCOME "\0\0\0\001\0\0\0\0\0\100\0\040\0\0\0\006\0\0\0\004nope",
		WIRE_REFUSED, "broke the protocol"),
};

/* The colour in the middle of the area. */
static uint32_t middle(void)
{
	const struct wire_layout *layout = display_layout(view.display);

	return display_row(view.display, layout->rows / 2)[layout->columns / 2].background;
}

/* A good server shows something: the same virtty-screen lives, and can. */
static void expect_alive(void)
{
	unsigned before = view.layouts;

	attach();
	server_accept(&server);
	server_welcome(&server, 96 + 8 * (before % 4), 64, "good again");
	wait_link(WIRE_CONNECTED);
	server_fill(&server, 0, 0, 96 + 8 * (before % 4), 64, 0x123456);
	wait_frame();
	ck_assert_uint_eq(middle(), 0x123456);
}

START_TEST(test_hostile)
{
	const struct hostile *one = &hostile[_i];

	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	attach();
	server_accept(&server);
	ck_assert(server_say(&server, one->bytes, one->length));
	if (one->link >= 0) {
		wait_link(one->link);
		ck_assert_msg(strstr(display_state(view.display)->text, one->words), "%s: %s", one->name,
			      display_state(view.display)->text);
	} else {
		wait_link(WIRE_CONNECTED);
	}
	server_hang_up(&server);
	wait_until(link_ended, NULL, one->name);
	expect_alive();
}
END_TEST

/* A few bytes that ask for much: thousands of copies of a whole large screen, in one update that does not end. */
START_TEST(test_much_for_little)
{
	_cleanup_strbuf_ struct strbuf copies = STRBUF_INIT;
	int64_t start;

	begin(WIRE_MODE_PICTURE, WIRE_BLOCKS, 4096, 4096);
	server_fill(&server, 0, 0, 4096, 16, 0xffffff);
	wait_frame();
	strbuf_add(&copies, "\0\0\377\377", 4);
	for (unsigned i = 0; i < 4000; i++)
		strbuf_add(&copies, "\0\0\0\001\020\0\017\377\0\0\0\001\0\0\0\0", 16);
	ck_assert(server_say(&server, copies.data, copies.length));
	start = clock_monotonic_ms();
	display_view(view.display, &(struct wire_view){ .mode = WIRE_MODE_PICTURE,
							.picture = WIRE_BLOCKS,
							.colours = WIRE_TRUE,
							.columns = 30,
							.rows = 10 });
	while (display_layout(view.display)->columns != 30)
		wait_frame();
	ck_assert_int_lt(clock_monotonic_ms() - start, 5000);
	start = clock_monotonic_ms();
	expect_alive();
	ck_assert_int_lt(clock_monotonic_ms() - start, 5000);
}
END_TEST

/* Wherever a server's words end, the view says so and lives. */
START_TEST(test_cut_anywhere)
{
	_cleanup_strbuf_ struct strbuf session = STRBUF_INIT;

	strbuf_add(&session, WELCOME, sizeof WELCOME - 1);
	strbuf_add(&session, "\0\0\0\003\0\0\0\0\0\100\0\001\0\0\0\0", 16);
	for (size_t i = 0; i < 64; i++)
		strbuf_add(&session, "\020\040\060\0", 4);
	strbuf_add(&session, "\0\0\0\001\0\100\0\001\0\0\0\001\0\0\0\0", 16);
	strbuf_add(&session, "\0\0\0\0\0\200\0\200\377\377\377\041", 12);
	strbuf_add(&session, "\003\0\0\0\0\0\0\005hello", 13);
	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	for (size_t length = 0; length<session.length; length += length> 80 && length < 300 ? 23 : 1) {
		attach();
		server_accept(&server);
		ck_assert(server_say(&server, session.data, length));
		shutdown(server.client, SHUT_WR);
		wait_until(link_ended, NULL, "the end");
		ck_assert_int_eq(display_state(view.display)->link, WIRE_CLOSED);
	}
	expect_alive();
	/* the three standard ones, the viewer's, the thread's, and the server's twice */
	ck_assert_uint_le(screen_descriptors(), 8);
}
END_TEST

/* A byte at a time, while the view goes on answering. */
START_TEST(test_slow_server)
{
	_cleanup_strbuf_ struct strbuf session = STRBUF_INIT;

	strbuf_add(&session, WELCOME "\0\0\0\001\0\0\0\0\0\100\0\040\0\0\0\0", sizeof WELCOME - 1 + 16);
	for (size_t i = 0; i < 64 * 32; i++)
		strbuf_add(&session, "\300\100\040\0", 4);
	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	attach();
	server_accept(&server);
	for (size_t i = 0; i < session.length; i++) {
		ck_assert(server_say(&server, session.data + i, 1));
		ck_assert(display_step(view.display, 0, NULL));
	}
	while (view.frames == 0 || display_row(view.display, 12)[40].background != 0x2040c0)
		wait_frame();
}
END_TEST

/* A server that connects and says nothing, and one that stops in the middle of a rectangle: the view answers within its
 * own time. */
START_TEST(test_silent_server)
{
	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	attach();
	server_accept(&server);
	wait_link(WIRE_CONNECTING);
	expect_alive();
	server_update(&server, 1);
	server_rectangle(&server, 0, 0, 64, 64, ENCODING_RAW);
	server_say(&server, "abc", 3);
	display_view(view.display, &(struct wire_view){ .mode = WIRE_MODE_PICTURE,
							.picture = WIRE_BLOCKS,
							.colours = WIRE_TRUE,
							.columns = 30,
							.rows = 10 });
	wait_frame();
	ck_assert_uint_eq(display_layout(view.display)->columns, 30);
	/* and it is left at once for another */
	expect_alive();
}
END_TEST

START_TEST(test_silence_ends)
{
	int64_t start = clock_monotonic_ms();

	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	attach();
	server_accept(&server);
	server_say(&server, "RFB 003.", 8);
	wait_link(WIRE_CLOSED);
	ck_assert_str_eq(display_state(view.display)->text, "the VNC server did not answer within 10 seconds");
	ck_assert_int_ge(clock_monotonic_ms() - start, 9000);
	expect_alive();
}
END_TEST

/* ---- the process ---- */

START_TEST(test_killed)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	begin(WIRE_MODE_PICTURE, WIRE_BLOCKS, 64, 64);
	/* a signal of which no sanitizer makes a report */
	ck_assert_int_eq(kill(screen_pid(), SIGKILL), 0);
	while (display_step(view.display, 0, &err)) {
		struct pollfd fd = { .fd = display_fd(view.display), .events = POLLIN };

		ck_assert_int_gt(poll(&fd, 1, PATIENCE_MS), 0);
	}
	ck_assert_error(&err, ERROR_FAILED, "virtty-screen has ended: ");
	ck_assert(!display_step(view.display, 0, &err));
	ck_assert_error(&err, ERROR_FAILED, "virtty-screen has ended: ");
	/* what was known stays, and what is asked for goes nowhere */
	display_key(view.display, true, 'a', 0x1e);
	display_refresh(view.display);
	ck_assert_uint_eq(display_state(view.display)->width, 64);
	display_close(view.display);
	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	expect_alive();
}
END_TEST

START_TEST(test_not_installed)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *old = xstrdup(getenv("VIRTTY_LIBEXEC"));

	setenv("VIRTTY_LIBEXEC", "/no/such/directory", 1);
	ck_assert_ptr_null(display_open(manager, &machine, &callbacks, NULL, &err));
	setenv("VIRTTY_LIBEXEC", old, 1);
	ck_assert(strstr(err.hint, "VIRTTY_LIBEXEC"));
	ck_assert_error(&err, ERROR_SYSTEM, "cannot run '/no/such/directory/virtty-screen'");
}
END_TEST

/* ---- where the server is ---- */

static void expect_unreachable(const char *detail, enum error_code code, const char *words)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	free(machine.run.detail);
	machine.run.detail = xstrdup(detail);
	ck_assert(!display_connect(view.display, &machine, &err));
	ck_assert_error(&err, code, words);
}

START_TEST(test_reach)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	expect_unreachable("{}", ERROR_UNSUPPORTED, "'web1' has no graphics");
	expect_unreachable("{\"vnc\":\"127.0.0.1:auto\"}", ERROR_STATE, "has not said its port");
	expect_unreachable("{\"vnc\":\"unix:/no/such/socket\"}", ERROR_SYSTEM,
			   "cannot connect to the VNC server of 'web1'");
	expect_unreachable("{\"vnc\":\"some.host:5900\"}", ERROR_UNSUPPORTED, "not a number");
	machine.truth = TRUTH_OFF;
	ck_assert(!display_connect(view.display, &machine, &err));
	ck_assert_error(&err, ERROR_STATE, "not running");
}
END_TEST

START_TEST(test_tcp)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), unix_listener = server.listener;

	ck_assert_int_eq(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
	ck_assert_int_eq(listen(listener, 1), 0);
	ck_assert_int_eq(getsockname(listener, (struct sockaddr *)&address, &size), 0);
	free(machine.run.detail);
	machine.run.detail = strf("{\"vnc\":\"127.0.0.1:%u\"}", ntohs(address.sin_port));
	server.listener = listener;
	open_view(WIRE_MODE_PICTURE, WIRE_BLOCKS);
	expect_alive();
	/* nobody listens there any more */
	close(listener);
	server.listener = unix_listener;
	ck_assert(display_connect(view.display, &machine, NULL));
	wait_until(link_ended, NULL, "refused by the kernel");
	ck_assert_msg(strstr(display_state(view.display)->text, "Connection refused"), "%s",
		      display_state(view.display)->text);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("display");
	TCase *good = tcase_create("good"), *bad = tcase_create("bad"), *process = tcase_create("process");

	tcase_add_checked_fixture(good, setup, teardown);
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
	tcase_add_checked_fixture(bad, setup, teardown);
	tcase_add_loop_test(bad, test_hostile, 0, sizeof hostile / sizeof *hostile);
	tcase_add_test(bad, test_much_for_little);
	tcase_add_test(bad, test_cut_anywhere);
	tcase_add_test(bad, test_slow_server);
	tcase_add_test(bad, test_silent_server);
	tcase_add_test(bad, test_silence_ends);
	tcase_set_timeout(bad, 120);
	suite_add_tcase(all, bad);
	tcase_add_checked_fixture(process, setup, teardown);
	tcase_add_test(process, test_killed);
	tcase_add_test(process, test_not_installed);
	tcase_add_test(process, test_reach);
	tcase_add_test(process, test_tcp);
	tcase_set_timeout(process, 120);
	suite_add_tcase(all, process);
	return all;
}

int main(void)
{
	return unit_run(suite());
}
