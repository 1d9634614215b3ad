/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The viewer's end of a console against a scripted keeper. */
#include "core/console.h"

#include "base/memory.h"
#include "base/socket.h"
#include "base/strbuf.h"
#include "core/console_frame.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct view {
	char directory[32];
	char *path;
	int listener, peer;
	struct console *console;
	struct strbuf seen;
};

static void on_data(const char *bytes, size_t length, void *userdata)
{
	struct view *view = userdata;

	strbuf_add(&view->seen, bytes, length);
}

static void on_status(bool writer, bool held, void *userdata)
{
	struct view *view = userdata;

	strbuf_printf(&view->seen, "<%d%d>", writer, held);
}

static const struct console_callbacks callbacks = { on_data, on_status };

static void view_begin(struct view *view, bool write, bool force)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	memset(view, 0, sizeof *view);
	strcpy(view->directory, "/tmp/test_console.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(view->directory));
	view->path = strf("%s/v", view->directory);
	view->listener = socket_listen(view->path, 4, NULL);
	view->console = console_open(view->path, write, force, &callbacks, view, &err);
	ck_assert_msg(view->console != NULL, "%s", error_text(&err));
	view->peer = accept(view->listener, NULL, NULL);
	ck_assert_int_ge(view->peer, 0);
}

static void view_end(struct view *view)
{
	console_close(view->console);
	close(view->peer);
	close(view->listener);
	unlink(view->path);
	rmdir(view->directory);
	free(view->path);
	strbuf_clear(&view->seen);
}

static void frame(struct strbuf *out, char type, const char *payload)
{
	unsigned char header[CONSOLE_FRAME_HEADER];

	console_frame_header(header, type, strlen(payload));
	strbuf_add(out, header, sizeof header);
	strbuf_puts(out, payload);
}

START_TEST(test_frames_in)
{
	_cleanup_strbuf_ struct strbuf stream = STRBUF_INIT;

	frame(&stream, 's', "{\"writer\":false,\"held-by-other\":true,\"live\":false}");
	frame(&stream, 'd', "hello ");
	frame(&stream, 'd', "");
	frame(&stream, 'z', "from the future");
	frame(&stream, 'd', "world");
	frame(&stream, 's', "{\"writer\":true}");
	for (size_t piece = 1; piece <= stream.length; piece += 3) {
		struct view view;

		view_begin(&view, false, false);
		for (size_t at = 0; at < stream.length; at += piece) {
			size_t n = stream.length - at < piece ? stream.length - at : piece;

			ck_assert_int_eq(send(view.peer, stream.data + at, n, 0), (ssize_t)n);
			ck_assert(console_step(view.console, 0, NULL));
		}
		ck_assert_str_eq(view.seen.data, "<01>hello world<10>");
		view_end(&view);
	}
}
END_TEST

START_TEST(test_budget)
{
	_cleanup_strbuf_ struct strbuf stream = STRBUF_INIT;
	struct view view;

	frame(&stream, 'd', "0123456789");
	view_begin(&view, false, false);
	ck_assert_int_gt(send(view.peer, stream.data, stream.length, 0), 0);
	ck_assert(console_step(view.console, 7, NULL));
	ck_assert_str_eq(view.seen.data, "012");
	ck_assert(console_step(view.console, 7, NULL));
	ck_assert_str_eq(view.seen.data, "0123456789");
	view_end(&view);
}
END_TEST

START_TEST(test_out)
{
	_cleanup_strbuf_ struct strbuf want = STRBUF_INIT;
	struct view view;
	char got[256];

	view_begin(&view, true, true);
	ck_assert(console_send(view.console, "ls\n", 3));
	console_send_break(view.console);
	console_release_write(view.console);
	console_request_write(view.console, false);
	ck_assert(console_wants_write(view.console));
	ck_assert(console_step(view.console, 0, NULL));
	ck_assert(!console_wants_write(view.console));
	frame(&want, 'w', "force");
	frame(&want, 'd', "ls\n");
	frame(&want, 'b', "");
	frame(&want, 'r', "");
	frame(&want, 'w', "");
	ck_assert_int_eq(recv(view.peer, got, sizeof got, 0), (ssize_t)want.length);
	ck_assert_mem_eq(got, want.data, want.length);
	view_end(&view);
}
END_TEST

START_TEST(test_input_bound)
{
	_cleanup_free_ char *much = xcalloc(1, 100000);
	struct view view;

	view_begin(&view, true, false);
	ck_assert(!console_send(view.console, much, 100000));
	ck_assert(!console_send(view.console, much, 1));
	view_end(&view);
}
END_TEST

START_TEST(test_endings)
{
	_cleanup_strbuf_ struct strbuf stream = STRBUF_INIT;
	_cleanup_error_ struct error err = ERROR_INIT;
	struct view view;

	view_begin(&view, true, false);
	frame(&stream, 'd', "last");
	ck_assert_int_gt(send(view.peer, stream.data, stream.length, 0), 0);
	shutdown(view.peer, SHUT_RDWR);
	ck_assert(!console_step(view.console, 0, &err));
	ck_assert_str_eq(view.seen.data, "last");
	ck_assert(error_is_set(&err));
	view_end(&view);

	view_begin(&view, false, false);
	strbuf_clear(&stream);
	frame(&stream, 's', "{\"writer\":");
	ck_assert_int_gt(send(view.peer, stream.data, stream.length, 0), 0);
	ck_assert(!console_step(view.console, 0, &err));
	view_end(&view);

	view_begin(&view, false, false);
	ck_assert_int_gt(send(view.peer, "s\0\xff\xff", 4, 0), 0);
	_cleanup_free_ char *much = xcalloc(1, 65535);

	ck_assert_int_gt(send(view.peer, much, 65535, 0), 0);
	ck_assert(!console_step(view.console, 0, &err));
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
	view_end(&view);
	ck_assert_ptr_null(console_open("/nonexistent/v", false, false, &callbacks, NULL, &err));
	ck_assert_int_eq(err.code, ERROR_NOT_FOUND);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("console");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, test_frames_in);
	tcase_add_test(tc, test_budget);
	tcase_add_test(tc, test_out);
	tcase_add_test(tc, test_input_bound);
	tcase_add_test(tc, test_endings);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
