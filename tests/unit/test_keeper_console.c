/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The real keeper's consoles with a scripted guest: replay, writers, floods, slow viewers, the pty, rotation, adoption and re-execution. */
#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "core/console.h"
#include "tests/unit/keeper_play.h"
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS   20000
#define LINE_SIZE 60   /* of what x-flood says */
#define PORTION   5000 /* lines */

struct view {
	struct console *console;
	struct strbuf text;
	size_t count; /* bytes seen, also when they are not kept */
	bool keep, writer, held;
	unsigned told;
};

static void on_data(const char *bytes, size_t length, void *userdata)
{
	struct view *view = userdata;

	view->count += length;
	if (view->keep)
		strbuf_add(&view->text, bytes, length);
}

static void on_status(bool writer, bool held, void *userdata)
{
	struct view *view = userdata;

	view->writer = writer;
	view->held = held;
	view->told++;
}

static const struct console_callbacks callbacks = { on_data, on_status };

static void view_open(struct view *view, struct play *play, bool write, bool force)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	memset(view, 0, sizeof *view);
	view->keep = true;
	view->console = console_open(play->viewer, write, force, &callbacks, view, &err);
	ck_assert_msg(view->console != NULL, "%s", error_text(&err));
}

static void view_close(struct view *view)
{
	console_close(view->console);
	strbuf_clear(&view->text);
}

/* One step when there is something to do; false when the time is up. */
static bool view_step(struct view *view, int64_t deadline)
{
	struct pollfd p = { .fd = console_fd(view->console), .events = (short)(POLLIN | (console_wants_write(view->console) ? POLLOUT : 0)) };
	_cleanup_error_ struct error err = ERROR_INIT;
	int64_t left = deadline - clock_monotonic_ms();

	if (left <= 0 || poll(&p, 1, (int)left) <= 0)
		return false;
	ck_assert_msg(console_step(view->console, 0, &err), "%s", error_text(&err));
	return true;
}

static void view_expect(struct view *view, const char *text)
{
	int64_t deadline = clock_monotonic_ms() + WAIT_MS;

	while (view->text.data == NULL || strstr(view->text.data, text) == NULL)
		ck_assert_msg(view_step(view, deadline), "'%s' did not come", text);
}

static void view_expect_writer(struct view *view, bool writer, bool held)
{
	int64_t deadline = clock_monotonic_ms() + WAIT_MS;

	while (view->told == 0 || view->writer != writer || view->held != held)
		ck_assert_msg(view_step(view, deadline), "writer is %d, held %d", view->writer, view->held);
}

static void guest_says(struct play *play, const char *text)
{
	_cleanup_free_ char *arguments = strf("{\"text\": \"%s\"}", text);

	play_do(play, "x-say", arguments);
}

static void flood(struct play *play, unsigned lines)
{
	_cleanup_free_ char *arguments = strf("{\"lines\": %u}", lines);

	play_do(play, "x-flood", arguments);
}

/* In portions that a viewer's queue holds, however slow this test is: it gets every byte. */
static void flood_and_drain(struct play *play, struct view *view, unsigned portions)
{
	for (unsigned i = 0; i < portions; i++) {
		int64_t deadline = clock_monotonic_ms() + WAIT_MS;
		size_t end = view->count + PORTION * LINE_SIZE;

		flood(play, PORTION);
		while (view->count < end)
			ck_assert_msg(view_step(view, deadline), "%zu bytes are missing", end - view->count);
		ck_assert_uint_eq(view->count, end);
	}
}

START_TEST(test_live_and_replay)
{
	struct view first, late;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&first, &play, false, false);
	guest_says(&play, "one ");
	view_expect(&first, "one ");
	guest_says(&play, "two ");
	view_expect(&first, "one two ");
	view_open(&late, &play, false, false);
	view_expect(&late, "one two ");
	guest_says(&play, "three");
	view_expect(&late, "one two three");
	view_expect(&first, "one two three");
	view_close(&first);
	view_close(&late);
	play_end(&play);
}
END_TEST

START_TEST(test_writers)
{
	struct view first, second;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&first, &play, true, false);
	view_expect_writer(&first, true, false);
	view_open(&second, &play, true, false);
	view_expect_writer(&second, false, true);
	console_send(second.console, "no", 2);
	console_send(first.console, "yes", 3);
	view_expect(&first, "[yes]");
	console_request_write(second.console, true);
	view_expect_writer(&second, true, false);
	view_expect_writer(&first, false, true);
	console_send(second.console, "now", 3);
	view_expect(&second, "[now]");
	ck_assert_ptr_null(strstr(second.text.data, "no]["));
	view_close(&second);
	view_expect_writer(&first, false, false);
	console_request_write(first.console, false);
	view_expect_writer(&first, true, false);
	console_release_write(first.console);
	view_expect_writer(&first, false, false);
	view_close(&first);
	play_end(&play);
}
END_TEST

/* A break goes by way of QMP: what is typed after it comes after it. */
START_TEST(test_break)
{
	struct view view;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&view, &play, true, false);
	view_expect_writer(&view, true, false);
	console_send(view.console, "before", 6);
	view_expect(&view, "[before]");
	console_send_break(view.console);
	console_send(view.console, "after", 5);
	view_expect(&view, "(break)[after]");
	view_close(&view);
	play_end(&play);
}
END_TEST

/* The replay is the last 256 KiB of the stream, to the byte, and joins what follows. */
START_TEST(test_exact_joint)
{
	struct view all, late;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&all, &play, false, false);
	flood(&play, 6000);
	view_expect(&all, "000005990 ");
	view_open(&late, &play, false, false);
	guest_says(&play, "END");
	view_expect(&all, "END");
	view_expect(&late, "END");
	ck_assert_uint_ge(late.count, 256 * 1024);
	ck_assert_uint_lt(late.count, 256 * 1024 + 1024);
	ck_assert_mem_eq(all.text.data + all.text.length - late.text.length, late.text.data, late.text.length);
	view_close(&all);
	view_close(&late);
	play_end(&play);
}
END_TEST

/* Who does not read holds up nobody, misses the oldest, and sees the newest in whole lines of the stream. */
START_TEST(test_slow_viewer)
{
	struct view slow, quick;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&slow, &play, false, false);
	view_open(&quick, &play, false, false);
	quick.keep = false;
	flood_and_drain(&play, &quick, 20);
	guest_says(&play, "END");
	view_expect(&slow, "END");
	ck_assert_uint_lt(slow.count, 3 * 1024 * 1024);
	view_close(&slow);
	view_close(&quick);
	play_end(&play);
}
END_TEST

/* The guest's log is moved aside past 4 MiB, and viewers notice nothing. */
START_TEST(test_rotation)
{
	struct view view, late;
	struct play play;
	struct stat st;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&view, &play, false, false);
	view.keep = false;
	flood_and_drain(&play, &view, 24);
	_cleanup_free_ char *moved = strf("%s.1", play.log);

	ck_assert_int_eq(stat(moved, &st), 0);
	ck_assert_int_eq(stat(play.log, &st), 0);
	ck_assert_int_lt(st.st_size, 5 * 1024 * 1024);
	view_open(&late, &play, false, false);
	guest_says(&play, "END");
	view_expect(&late, "END");
	ck_assert_uint_ge(late.count, 256 * 1024);
	view_close(&view);
	view_close(&late);
	play_end(&play);
}
END_TEST

static char *pty_of(struct play *play)
{
	_cleanup_json_ struct json_object *status = play_call(play, "virtty-status", NULL);
	struct json_object *consoles = json_get(status, "consoles");

	return xstrdup(json_get_string(json_object_array_get_idx(consoles, 0), "pty", ""));
}

START_TEST(test_pty)
{
	_cleanup_strbuf_ struct strbuf seen = STRBUF_INIT;
	struct view writer;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	_cleanup_free_ char *path = pty_of(&play);
	/* nobody reads it: the guest does not wait */
	flood(&play, 5000);
	view_open(&writer, &play, false, false);
	view_expect(&writer, "000004999 ");
	_cleanup_close_ int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK);
	int64_t deadline = clock_monotonic_ms() + WAIT_MS;

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, "from the pty\n", 13), 13);
	while (seen.data == NULL || strstr(seen.data, "[from the pty\n]") == NULL) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		char bytes[4096];

		ck_assert_msg(poll(&p, 1, (int)(deadline - clock_monotonic_ms())) == 1, "the pty says no more");
		ssize_t n = read(fd, bytes, sizeof bytes);

		if (n > 0)
			strbuf_add(&seen, bytes, (size_t)n);
	}
	/* while a viewer writes, the pty does not */
	console_request_write(writer.console, false);
	view_expect_writer(&writer, true, false);
	ck_assert_int_eq(write(fd, "lost", 4), 4);
	play_do(&play, "virtty-status", NULL);
	console_send(writer.console, "kept", 4);
	view_expect(&writer, "[kept]");
	ck_assert_ptr_null(strstr(writer.text.data, "[lost"));
	view_close(&writer);
	play_end(&play);
}
END_TEST

/* What was said before, and while no keeper lived, is there for the first who looks. */
START_TEST(test_adoption)
{
	struct view view;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	guest_says(&play, "before");
	view_open(&view, &play, false, false);
	view_expect(&view, "before");
	view_close(&view);
	kill(play.keeper, SIGKILL);
	play_reap_keeper(&play);
	_cleanup_close_ int log = open(play.log, O_WRONLY | O_APPEND); /* QEMU's part, when nobody is connected */

	ck_assert_int_eq(write(log, " alone", 6), 6);
	ck_assert(play_adopt(&play, NULL));
	view_open(&view, &play, true, false);
	view_expect(&view, "before alone");
	guest_says(&play, " after");
	view_expect(&view, "before alone after");
	console_send(view.console, "x", 1);
	view_expect(&view, "[x]");
	view_close(&view);
	play_end(&play);
}
END_TEST

START_TEST(test_reexec_keeps_viewers)
{
	const char *directory = getenv("VIRTTY_LIBEXEC") != NULL ? getenv("VIRTTY_LIBEXEC") : ".";
	_cleanup_free_ char *program = strf("%s/virtty-keeper", directory);
	_cleanup_free_ char *whole = realpath(program, NULL), *arguments = strf("{\"path\": \"%s\"}", whole);
	struct view view, late;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	_cleanup_free_ char *pty = pty_of(&play);

	view_open(&view, &play, true, false);
	view_expect_writer(&view, true, false);
	flood(&play, 6000);
	play_do(&play, "virtty-reexec", arguments);
	guest_says(&play, "END");
	view_expect(&view, "END");
	ck_assert_uint_eq(view.count, 6000 * LINE_SIZE + 3);
	console_send(view.console, "still", 5);
	view_expect(&view, "[still]");
	view_open(&late, &play, false, false);
	view_expect(&late, "END[still]");
	ck_assert_mem_eq(view.text.data + view.text.length - late.text.length, late.text.data, late.text.length);
	_cleanup_free_ char *pty_after = pty_of(&play);

	ck_assert_str_eq(pty, pty_after);
	view_close(&view);
	view_close(&late);
	play_end(&play);
}
END_TEST

/* A viewer that breaks the protocol, or says much without being the writer, harms nobody. */
START_TEST(test_rude_viewers)
{
	_cleanup_free_ char *much = xcalloc(1, 65536);
	struct view rude, good;
	struct play play;

	play_begin(&play, NULL);
	ck_assert(play_start(&play, NULL));
	view_open(&good, &play, true, false);
	view_expect_writer(&good, true, false);
	for (int i = 0; i < 8; i++) {
		view_open(&rude, &play, false, false);
		int fd = console_fd(rude.console);

		memset(much, i % 2 == 0 ? 'w' : 0xff, 65536);
		(void)!write(fd, much, 65536);
		view_close(&rude);
	}
	console_send(good.console, "ok", 2);
	view_expect(&good, "[ok]");
	view_close(&good);
	play_end(&play);
}
END_TEST

static Suite *console_suite(void)
{
	Suite *suite = suite_create("keeper_console");
	TCase *tc = tcase_create("all");

	/* tests in this very process have no timeout of Check's: play_begin() sets one */
	tcase_add_checked_fixture(tc, NULL, play_clean_up);
	tcase_add_test(tc, test_live_and_replay);
	tcase_add_test(tc, test_writers);
	tcase_add_test(tc, test_break);
	tcase_add_test(tc, test_exact_joint);
	tcase_add_test(tc, test_slow_viewer);
	tcase_add_test(tc, test_rotation);
	tcase_add_test(tc, test_pty);
	tcase_add_test(tc, test_adoption);
	tcase_add_test(tc, test_reexec_keeps_viewers);
	tcase_add_test(tc, test_rude_viewers);
	suite_add_tcase(suite, tc);
	return suite;
}

int main(int argc, char **argv)
{
	play_role(argc, argv);
	return unit_run(console_suite());
}
