/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stage for views of a screen: the test's side. */
#include "tests/unit/display_stage.h"

#include "base/clock.h"
#include "screen/fonts.h"
#include "tests/unit/scratch.h"
#include "tests/unit/screen_draw.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

struct rfb_server server;
struct machine machine;
struct stage_view view;

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

const struct display_callbacks callbacks = { on_state, on_layout, on_frame, on_bell, on_cut };

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

void stage_setup(void)
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

void stage_teardown(void)
{
	display_close(view.display);
	strbuf_clear(&view.cut);
	server_close(&server);
	machine_clear(&machine);
	manage_teardown();
	/* no zombie is left */
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}

void open_view(uint8_t mode, uint8_t picture)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	view.display = display_open(manager, &machine, &callbacks, NULL, &err);
	ck_assert_msg(view.display != NULL, "%s", error_text(&err));
	display_view(view.display,
		     &(struct wire_view){
			     .mode = mode, .picture = picture, .colours = WIRE_TRUE, .columns = 80, .rows = 25 });
}

void attach(void)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	view.states = 0; /* what was said of another connection counts no more */
	ck_assert_ok(display_connect(view.display, &machine, &err), &err);
	ck_assert_ok(display_step(view.display, 0, &err), &err);
}

void wait_until(bool (*condition)(const void *data), const void *data, const char *what)
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

void wait_link(int link)
{
	wait_until(link_is, &link, link == WIRE_CONNECTED ? "connected" : link == WIRE_CLOSED ? "closed" : "refused");
}

bool link_ended(const void *data)
{
	(void)data;
	return view.states > 0 && display_state(view.display)->link >= WIRE_CLOSED;
}

static bool frames_are(const void *data)
{
	return view.frames >= *(const unsigned *)data;
}

void wait_frame(void)
{
	unsigned wanted = view.frames + 1;

	wait_until(frames_are, &wanted, "a frame");
}

void begin(uint8_t mode, uint8_t picture, unsigned width, unsigned height)
{
	open_view(mode, picture);
	attach();
	server_accept(&server);
	server_welcome(&server, width, height, "a server");
	wait_link(WIRE_CONNECTED);
}

pid_t screen_pid(void)
{
	_cleanup_free_ char *path = strf("/proc/self/task/%d/children", (int)getpid());
	FILE *children = fopen(path, "re");
	pid_t pid = 0;

	ck_assert_ptr_nonnull(children);
	ck_assert_int_eq(fscanf(children, "%d", &pid), 1);
	(void)fclose(children);
	return pid;
}
