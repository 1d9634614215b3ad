/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A view of a screen through the real virtty-screen, against hostile, slow, silent and missing VNC servers, and without
 * virtty-screen itself. */
#include "base/clock.h"
#include "tests/unit/display_stage.h"

#include <dirent.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

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

/* ---- bad servers ---- */

#define MUCH_MS 20000 /* on a busy host; all of the copies take a minute and more */
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
	ck_assert_int_lt(clock_monotonic_ms() - start, MUCH_MS);
	start = clock_monotonic_ms();
	expect_alive();
	ck_assert_int_lt(clock_monotonic_ms() - start, MUCH_MS);
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
	Suite *all = suite_create("display_faults");
	TCase *bad = tcase_create("bad"), *process = tcase_create("process");

	tcase_add_checked_fixture(bad, stage_setup, stage_teardown);
	tcase_add_loop_test(bad, test_hostile, 0, sizeof hostile / sizeof *hostile);
	tcase_add_test(bad, test_much_for_little);
	tcase_add_test(bad, test_cut_anywhere);
	tcase_add_test(bad, test_slow_server);
	tcase_add_test(bad, test_silent_server);
	tcase_add_test(bad, test_silence_ends);
	tcase_set_timeout(bad, 120);
	suite_add_tcase(all, bad);
	tcase_add_checked_fixture(process, stage_setup, stage_teardown);
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
