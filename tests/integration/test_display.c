/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Views of real machines' screens: firmware's text, two viewers at once, a reset, a stop, a QEMU that stands still,
 * passwords and TCP. */
#include "core/display.h"

#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/harness/machine.h"
#include "tests/harness/task.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define VIEWS 2

/* Viewers of one machine, in this process. */
static struct viewer_of_screen {
	struct display *display;
	unsigned frames, sizes;
	uint16_t width, height;
} views[VIEWS];

static struct manager *manager;

static void on_state(void *userdata)
{
	struct viewer_of_screen *view = userdata;
	const struct wire_state *state = display_state(view->display);

	if (state->width != view->width || state->height != view->height)
		view->sizes++;
	view->width = state->width;
	view->height = state->height;
}

static void on_frame(void *userdata)
{
	struct viewer_of_screen *view = userdata;

	view->frames++;
	display_shown(view->display);
}

static const struct display_callbacks callbacks = { .state = on_state, .frame = on_frame };

/* A home with a running machine that shows its firmware, and this process as a front end of it. */
static char *begin(const char *graphics)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *home = home_new();
	_cleanup_free_ char *inner = strf("%s<video><model type='vga'/></video>", graphics);
	_cleanup_free_ char *document = bare_machine(home, "vm", NULL, inner);

	define_start(home, "vm", document);
	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	memset(views, 0, sizeof views);
	return home;
}

static void end(char *home)
{
	for (size_t i = 0; i < VIEWS; i++)
		display_close(views[i].display);
	manager_close(manager);
	expect_ok(virtty("destroy", "vm", NULL), NULL);
	wait_processes(home, "virtty-keeper", 0, SOON_MS);
	wait_processes(home, "virtty-screen", 0, SOON_MS);
	home_end(home);
}

static void find_machine(struct machine *ret)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert_msg(machine_find(manager, "vm", ret, &err), "%s", error_text(&err));
}

static void attach(struct viewer_of_screen *view)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };

	find_machine(&machine);
	ck_assert_msg(display_connect(view->display, &machine, &err), "%s", error_text(&err));
}

static void look(struct viewer_of_screen *view)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };

	find_machine(&machine);
	view->display = display_open(manager, &machine, &callbacks, view, &err);
	ck_assert_msg(view->display != NULL, "%s", error_text(&err));
	display_view(view->display,
		     &(struct wire_view){ .picture = WIRE_BLOCKS, .colours = WIRE_TRUE, .columns = 80, .rows = 24 });
	attach(view);
}

static void step(struct viewer_of_screen *view, int wait_ms)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct pollfd fd = { .fd = display_fd(view->display), .events = POLLIN };

	if (display_wants_write(view->display))
		fd.events |= POLLOUT;
	(void)poll(&fd, 1, wait_ms);
	ck_assert_msg(display_step(view->display, 0, &err), "%s", error_text(&err));
}

static bool holds(const struct viewer_of_screen *view, const char *text)
{
	const struct wire_layout *layout = display_layout(view->display);

	if (layout->kind != WIRE_KIND_GRID)
		return false;
	for (unsigned row = 0; row < layout->rows; row++) {
		_cleanup_free_ char *line = display_text(view->display, row);

		if (strstr(line, text) != NULL)
			return true;
	}
	return false;
}

static void wait_text(struct viewer_of_screen *view, const char *text)
{
	int64_t deadline = clock_monotonic_ms() + BOOT_MS;

	while (!holds(view, text)) {
		ck_assert_msg(clock_monotonic_ms() < deadline, "'%s' did not come; the view: %s, %ux%u", text,
			      display_state(view->display)->text, display_state(view->display)->width,
			      display_state(view->display)->height);
		step(view, 100);
	}
}

static void wait_link(struct viewer_of_screen *view, uint8_t link)
{
	int64_t deadline = clock_monotonic_ms() + SOON_MS;

	while (display_state(view->display)->link != link) {
		ck_assert_msg(clock_monotonic_ms() < deadline, "link is %d: %s", display_state(view->display)->link,
			      display_state(view->display)->text);
		step(view, 100);
	}
}

#define FIRMWARE "SeaBIOS (version"
#define SETTLED	 "No bootable device."

START_TEST(firmware_is_read)
{
	char *home = begin("<graphics type='vnc'/>");
	struct viewer_of_screen *view = &views[0];
	unsigned row, column;

	look(view);
	wait_text(view, FIRMWARE);
	ck_assert_uint_eq(display_layout(view->display)->width, 720);
	ck_assert_uint_eq(display_layout(view->display)->columns, 80);
	ck_assert_uint_eq(display_layout(view->display)->rows, 25);
	ck_assert(display_state(view->display)->scancodes);
	ck_assert_ptr_nonnull(strstr(display_state(view->display)->text, "vm"));
	wait_text(view, SETTLED);
	while (!display_cursor(view->display, &row, &column))
		step(view, 100);
	ck_assert_uint_lt(row, 25);
	end(home);
}
END_TEST

/* Whoever comes second sends nobody away, and both see the same. */
START_TEST(two_viewers)
{
	char *home = begin("<graphics type='vnc'/>");

	look(&views[0]);
	wait_text(&views[0], FIRMWARE);
	look(&views[1]);
	wait_text(&views[1], SETTLED);
	wait_text(&views[0], SETTLED);
	for (unsigned row = 0; row < 25; row++) {
		_cleanup_free_ char *one = display_text(views[0].display, row);
		_cleanup_free_ char *other = display_text(views[1].display, row);

		ck_assert_str_eq(one, other);
	}
	display_close(views[0].display);
	views[0].display = NULL;
	ck_assert_int_eq(display_state(views[1].display)->link, WIRE_CONNECTED);
	display_refresh(views[1].display);
	expect_ok(virtty("reset", "vm", NULL), NULL);
	unsigned before = views[1].frames;

	while (views[1].frames == before)
		step(&views[1], 100);
	end(home);
}
END_TEST

/* A guest that starts anew changes its screen's size more than once: the view goes along, without a new connection. */
START_TEST(reset)
{
	char *home = begin("<graphics type='vnc'/>");
	struct viewer_of_screen *view = &views[0];

	look(view);
	wait_text(view, SETTLED);
	unsigned before = view->sizes;

	expect_ok(virtty("reset", "vm", NULL), NULL);
	int64_t deadline = clock_monotonic_ms() + BOOT_MS;

	while (holds(view, SETTLED) && clock_monotonic_ms() < deadline)
		step(view, 100);
	wait_text(view, SETTLED);
	ck_assert_int_eq(display_state(view->display)->link, WIRE_CONNECTED);
	ck_assert_uint_ge(view->sizes, before);
	end(home);
}
END_TEST

/* The machine stops and starts: the view says so, and is connected to the new QEMU when it is asked to. */
START_TEST(stop_and_start)
{
	char *home = begin("<graphics type='vnc'/>");
	_cleanup_error_ struct error err = ERROR_INIT;
	struct viewer_of_screen *view = &views[0];

	look(view);
	wait_text(view, FIRMWARE);
	expect_ok(virtty("destroy", "vm", NULL), NULL);
	wait_link(view, WIRE_CLOSED);
	ck_assert(holds(view, FIRMWARE)); /* what was seen last stays */
	{
		_cleanup_machine_ struct machine machine = { 0 };

		find_machine(&machine);
		ck_assert(!display_connect(view->display, &machine, &err));
		ck_assert_int_eq(err.code, ERROR_STATE);
	}
	expect_ok(virtty("start", "vm", NULL), NULL);
	attach(view);
	wait_link(view, WIRE_CONNECTED);
	wait_text(view, SETTLED);
	end(home);
}
END_TEST

/* A QEMU that does not answer blocks nobody. */
START_TEST(stopped_qemu)
{
	char *home = begin("<graphics type='vnc'/>");
	pid_t qemu = home_process(home, "qemu-system");
	struct viewer_of_screen *view = &views[0];
	int64_t start;

	ck_assert_int_eq(kill(qemu, SIGSTOP), 0);
	start = clock_monotonic_ms();
	look(view);
	step(view, 0);
	ck_assert_int_lt(clock_monotonic_ms() - start, 5000);
	wait_link(view, WIRE_CLOSED);
	ck_assert_ptr_nonnull(strstr(display_state(view->display)->text, "did not answer"));
	ck_assert_int_eq(kill(qemu, SIGCONT), 0);
	attach(view);
	wait_text(view, FIRMWARE);
	end(home);
}
END_TEST

START_TEST(password_and_tcp)
{
	char *home = begin("<graphics type='vnc' autoport='yes' passwd='Geheim12'/>");

	look(&views[0]);
	wait_text(&views[0], FIRMWARE);
	end(home);
}
END_TEST

/* A keeper's death is nothing to a view; nor is the view's to the machine. */
START_TEST(without_a_keeper)
{
	char *home = begin("<graphics type='vnc'/>");

	home_kill(home, "virtty-keeper");
	look(&views[0]);
	wait_text(&views[0], FIRMWARE);
	home_kill(home, "virtty-screen");
	while (display_step(views[0].display, 0, NULL)) {
		struct pollfd fd = { .fd = display_fd(views[0].display), .events = POLLIN };

		(void)poll(&fd, 1, 100);
	}
	display_close(views[0].display);
	look(&views[0]);
	wait_text(&views[0], FIRMWARE);
	end(home);
}
END_TEST

static Suite *suite(void)
{
	Suite *all = suite_create("display");
	TCase *tests = tcase_create("display");

	tcase_add_test(tests, firmware_is_read);
	tcase_add_test(tests, two_viewers);
	tcase_add_test(tests, reset);
	tcase_add_test(tests, stop_and_start);
	tcase_add_test(tests, stopped_qemu);
	tcase_add_test(tests, password_and_tcp);
	tcase_add_test(tests, without_a_keeper);
	tcase_set_timeout(tests, 4 * BOOT_MS / 1000);
	suite_add_tcase(all, tests);
	return all;
}

int main(void)
{
	return suite_main(suite());
}
