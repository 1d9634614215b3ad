/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A viewer of a machine's console in a test: sees, waits for words, types, asks for the writer's place. */
#include "tests/harness/viewer.h"
#include "base/clock.h"
#include "base/memory.h"
#include "core/console.h"
#include "core/manager.h"

#include <check.h>
#include <poll.h>
#include <string.h>

#define TYPE_LIMIT_MS 20000

static void take_data(const char *bytes, size_t length, void *userdata)
{
	struct viewer *viewer = userdata;

	strbuf_add(&viewer->text, bytes, length);
}

static void take_status(bool writer, bool held, void *userdata)
{
	struct viewer *viewer = userdata;

	viewer->writer = writer;
	viewer->held = held;
	viewer->told = true;
}

/* The first console's viewer socket. Owned. */
static char *viewer_socket(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_machine_ struct machine machine = { 0 };
	struct manager *manager = NULL;
	struct console_info *infos = NULL;
	size_t count = 0;

	ck_assert_msg(manager_open(&manager, &err), "%s", error_text(&err));
	ck_assert_msg(machine_find(manager, name, &machine, &err), "%s", error_text(&err));
	ck_assert_msg(domain_consoles(manager, &machine, &infos, &count, &err), "%s", error_text(&err));
	ck_assert_msg(count > 0, "'%s' has no console", name);
	char *socket = xstrdup(infos[0].viewer);

	console_infos_free(infos, count);
	manager_close(manager);
	return socket;
}

void viewer_open(struct viewer *viewer, const char *name, bool write, bool force)
{
	static const struct console_callbacks callbacks = { .data = take_data, .status = take_status };
	_cleanup_free_ char *socket = viewer_socket(name);

	*viewer = (struct viewer){ 0 };
	viewer->console = console_open(socket, write, force, &callbacks, viewer, &viewer->err);
	ck_assert_msg(viewer->console != NULL, "%s", error_text(&viewer->err));
}

void viewer_close(struct viewer *viewer)
{
	console_close(viewer->console);
	strbuf_clear(&viewer->text);
	error_clear(&viewer->err);
	*viewer = (struct viewer){ 0 };
}

/* One wait and step; false when the time is up or the console is gone (viewer->err). */
static bool step(struct viewer *viewer, int64_t deadline)
{
	int64_t left = deadline - clock_monotonic_ms();
	struct pollfd fd = { .fd = console_fd(viewer->console), .events = POLLIN };

	if (left <= 0)
		return false;
	if (console_wants_write(viewer->console))
		fd.events |= POLLOUT;
	poll(&fd, 1, (int)left);
	return console_step(viewer->console, 0, &viewer->err);
}

static const char *tail(const struct viewer *viewer)
{
	if (viewer->text.length == 0)
		return "";
	return viewer->text.length > 600 ? viewer->text.data + viewer->text.length - 600 : viewer->text.data;
}

void viewer_expect(struct viewer *viewer, const char *text, int timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	for (;;) {
		const char *found = viewer->text.length <= viewer->from ? NULL :
									  memmem(viewer->text.data + viewer->from,
										 viewer->text.length - viewer->from, text, strlen(text));

		if (found != NULL) {
			viewer->from = (size_t)(found - viewer->text.data) + strlen(text);
			return;
		}
		ck_assert_msg(step(viewer, deadline), "the console did not show '%s' (%s); it ends in: %s", text,
			      error_is_set(&viewer->err) ? error_text(&viewer->err) : "no error", tail(viewer));
	}
}

void viewer_expect_writer(struct viewer *viewer, bool writer, int timeout_ms)
{
	int64_t deadline = clock_monotonic_ms() + timeout_ms;

	while (!viewer->told || viewer->writer != writer)
		ck_assert_msg(step(viewer, deadline), "still %s (%s)", viewer->writer ? "the writer" : "a reader",
			      error_is_set(&viewer->err) ? error_text(&viewer->err) : "no error");
}

void viewer_type(struct viewer *viewer, const char *text)
{
	int64_t deadline = clock_monotonic_ms() + TYPE_LIMIT_MS;

	ck_assert_msg(console_send(viewer->console, text, strlen(text)), "the console takes no more input");
	while (console_wants_write(viewer->console))
		ck_assert_msg(step(viewer, deadline), "typing hangs: %s", error_text(&viewer->err));
}
