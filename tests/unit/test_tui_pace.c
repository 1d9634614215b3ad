/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is typed at a guest: all of it, in order, not faster than a serial line, and nothing more after a ^C. */
#include "base/clock.h"
#include "base/strbuf.h"
#include "tests/unit/unit.h"
#include "tui/console_input.h"

#include <event2/event.h>

static struct event_base *base;
static struct console_input input;
static struct strbuf sent;
static size_t largest;

static void on_send(const char *bytes, size_t length, void *userdata)
{
	(void)userdata;
	strbuf_add(&sent, bytes, length);
	largest = length > largest ? length : largest;
	console_input_heard(&input);
}

static void setup(void)
{
	base = event_base_new();
	console_input_begin(&input, base, on_send, NULL);
	largest = 0;
}

static void teardown(void)
{
	console_input_end(&input);
	event_base_free(base);
	strbuf_clear(&sent);
}

static void fill(struct strbuf *text, size_t length)
{
	for (size_t i = 0; text->length < length; i++)
		strbuf_printf(text, "%zu ", i);
}

START_TEST(keys)
{
	for (int i = 0; i < 100; i++)
		ck_assert(console_input_type(&input, "k", 1));
	ck_assert_uint_eq(sent.length, 100); /* nobody waits who types */
	ck_assert_uint_eq(console_input_waiting(&input), 0);
}
END_TEST

START_TEST(much)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	int64_t began = clock_monotonic_ms();

	fill(&text, 4000);
	ck_assert(console_input_type(&input, text.data, 1000));
	ck_assert(console_input_type(&input, text.data + 1000, text.length - 1000));
	ck_assert_uint_gt(console_input_waiting(&input), 3000);
	ck_assert(console_input_type(&input, "end", 3)); /* behind the rest */
	while (console_input_waiting(&input) > 0)
		ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	strbuf_puts(&text, "end");
	ck_assert_str_eq(sent.data, text.data);
	ck_assert_uint_le(largest, 256);
	ck_assert_int_ge(clock_monotonic_ms() - began, 300);
}
END_TEST

START_TEST(interrupted)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	fill(&text, 4000);
	ck_assert(console_input_type(&input, text.data, text.length));
	ck_assert(console_input_type(&input, "\003", 1));
	ck_assert_uint_eq(console_input_waiting(&input), 1); /* only the pace is kept */
	while (console_input_waiting(&input) > 0)
		ck_assert_int_eq(event_base_loop(base, EVLOOP_ONCE), 0);
	ck_assert_uint_le(sent.length, 257);
	ck_assert_int_eq(sent.data[sent.length - 1], '\003');
}
END_TEST

START_TEST(too_much)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;

	fill(&text, 2 * CONSOLE_INPUT_LIMIT);
	ck_assert(!console_input_type(&input, text.data, text.length));
	ck_assert_uint_eq(console_input_waiting(&input), CONSOLE_INPUT_LIMIT);
	ck_assert(!console_input_type(&input, "x", 1));
	console_input_drop(&input);
	ck_assert_uint_eq(console_input_waiting(&input), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui pace");
	TCase *tests = tcase_create("pace");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, keys);
	tcase_add_test(tests, much);
	tcase_add_test(tests, interrupted);
	tcase_add_test(tests, too_much);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
