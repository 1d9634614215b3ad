/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The small things: memory, errors, buffers, vectors, enums, clocks, UUIDs. */
#include "base/clock.h"
#include "base/enum.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/uuid.h"
#include "tests/unit/unit.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum colour { COLOUR_ABSENT, COLOUR_RED, COLOUR_BLUE, COLOUR_COUNT };

ENUM_DECLARE(colour);
ENUM_WORDS(colour, COLOUR_COUNT, NULL, "red", "blue");

START_TEST(memory_strings)
{
	_cleanup_free_ char *cut = xstrndup("abcdef", 3);
	_cleanup_free_ char *whole = xstrndup("ab", 100);
	_cleanup_free_ char *none = xstrdup_null(NULL);
	_cleanup_free_ char *made = strf("%s-%d", "a", 7);
	_cleanup_free_ void *nothing = xmalloc(0);

	ck_assert_str_eq(cut, "abc");
	ck_assert_str_eq(whole, "ab");
	ck_assert_ptr_null(none);
	ck_assert_str_eq(made, "a-7");
	ck_assert_ptr_nonnull(nothing);
}
END_TEST

START_TEST(memory_arrays)
{
	struct { int a; char b[20]; } *items = NULL;
	size_t count = 0;

	for (int i = 0; i < 100; i++) {
		__typeof__(items) item = ARRAY_ADD(items, count);

		ck_assert_int_eq(item->a, 0);
		item->a = i + 1;
		memset(item->b, 'x', sizeof item->b);
	}
	ck_assert_uint_eq(count, 100);
	for (int i = 0; i < 100; i++)
		ck_assert_int_eq(items[i].a, i + 1);
	/* an array of an exact size from elsewhere may grow as well */
	count = 3;
	items = xreallocarray(items, count, sizeof *items);
	ck_assert_int_eq(ARRAY_ADD(items, count)->a, 0);
	ck_assert_int_eq(items[2].a, 3);
	free(items);
}
END_TEST

START_TEST(memory_overflow_aborts)
{
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY);

		signal(SIGABRT, SIG_DFL);
		dup2(null, STDERR_FILENO);
		free(xreallocarray(NULL, SIZE_MAX / 2, 3));
		_exit(0);
	}
	int status;

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}
END_TEST

START_TEST(memory_take)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	int taken = TAKE_FD(fd);
	char *text = xstrdup("x");
	_cleanup_free_ char *owner = TAKE_POINTER(text);

	ck_assert_int_eq(fd, -1);
	ck_assert_int_ge(taken, 0);
	ck_assert_ptr_null(text);
	ck_assert_str_eq(owner, "x");
	errno = ENOENT;
	cleanup_close(&taken);
	cleanup_close(&fd);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(fcntl(taken, F_GETFD), -1);
}
END_TEST

START_TEST(errors_set_and_wrap)
{
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(!error_is_set(&err) && !error_is_set(NULL));
	ck_assert_str_eq(error_text(&err), "unknown error");
	ck_assert(!error_set(&err, ERROR_EXISTS, "'%s' exists", "a"));
	ck_assert(!error_hint(&err, "remove %s", "it"));
	ck_assert(!error_wrap(&err, "cannot make '%s'", "b"));
	ck_assert_str_eq(err.message, "cannot make 'b': 'a' exists");
	ck_assert_str_eq(err.hint, "remove it");
	ck_assert_int_eq(err.code, ERROR_EXISTS);
	/* made from its own text, and the hint of the old error goes */
	error_set(&err, ERROR_FAILED, "again: %s", err.message);
	ck_assert_str_eq(err.message, "again: cannot make 'b': 'a' exists");
	ck_assert_ptr_null(err.hint);
	error_set_errno(&err, ENOENT, "cannot open '%s'", "c");
	ck_assert_error(&err, ERROR_SYSTEM, "cannot open 'c': No such file or directory");
	error_wrap(&err, "context");
	ck_assert_error(&err, ERROR_FAILED, "context: unknown error");
	/* nobody wants to know */
	ck_assert(!error_set(NULL, ERROR_FAILED, "x") && !error_wrap(NULL, "x") && !error_hint(NULL, "x") &&
		  !error_set_errno(NULL, 1, "x"));
	error_clear(NULL);
}
END_TEST

START_TEST(errors_move)
{
	_cleanup_error_ struct error from = ERROR_INIT;
	_cleanup_error_ struct error to = ERROR_INIT;

	error_set(&from, ERROR_BUSY, "busy");
	error_set(&to, ERROR_FAILED, "old");
	error_hint(&to, "old hint");
	ck_assert(!error_move(&to, &from));
	ck_assert(!error_is_set(&from));
	ck_assert_str_eq(to.message, "busy");
	ck_assert_ptr_null(to.hint);
	error_move(&to, &to);
	ck_assert_str_eq(to.message, "busy");
	error_move(NULL, &to);
	ck_assert(!error_is_set(&to));
}
END_TEST

START_TEST(buffers)
{
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;
	_cleanup_strbuf_ struct strbuf big = STRBUF_INIT;

	strbuf_puts(&b, "ab");
	strbuf_putc(&b, 'c');
	strbuf_printf(&b, "-%d", 5);
	ck_assert_str_eq(b.data, "abc-5");
	strbuf_consume(&b, 2);
	ck_assert_str_eq(b.data, "c-5");
	ck_assert_uint_eq(b.length, 3);
	strbuf_consume(&b, 3);
	ck_assert_str_eq(b.data, "");
	strbuf_add(&b, "x\0y", 3);
	ck_assert_uint_eq(b.length, 3);
	ck_assert_int_eq(b.data[3], '\0');
	memcpy(strbuf_reserve(&b, 1000), "1234", 4);
	strbuf_commit(&b, 4);
	ck_assert_uint_eq(b.length, 7);
	strbuf_add(&b, NULL, 0);
	/* longer than the first guess of printf */
	strbuf_printf(&big, "%0500d", 1);
	ck_assert_uint_eq(big.length, 500);
	ck_assert_uint_eq(strlen(big.data), 500);
	_cleanup_free_ char *taken = strbuf_take(&big);

	ck_assert_uint_eq(strlen(taken), 500);
	ck_assert_ptr_null(big.data);
	_cleanup_free_ char *empty = strbuf_take(&big);

	ck_assert_str_eq(empty, "");
}
END_TEST

START_TEST(vectors)
{
	_cleanup_strv_ char **v = NULL;

	ck_assert_uint_eq(strv_length(v), 0);
	ck_assert(!strv_contains(v, "a"));
	v = strv_add(v, "a");
	v = strv_take(v, xstrdup("b"));
	v = strv_addf(v, "%d", 3);
	ck_assert_uint_eq(strv_length(v), 3);
	ck_assert(strv_contains(v, "b") && !strv_contains(v, "c"));
	_cleanup_free_ char *joined = strv_join(v, ", ");
	_cleanup_free_ char *nothing = strv_join(NULL, ", ");
	_cleanup_strv_ char **copy = strv_copy(v);

	ck_assert_str_eq(joined, "a, b, 3");
	ck_assert_str_eq(nothing, "");
	/* the copy has no room to spare: growing it must not overrun */
	for (int i = 0; i < 50; i++)
		copy = strv_add(copy, "more");
	ck_assert_uint_eq(strv_length(copy), 53);
	ck_assert_ptr_null(strv_copy(NULL));
}
END_TEST

START_TEST(vectors_split)
{
	_cleanup_strv_ char **v = strv_split(",a, b,,c ,", ", ");
	_cleanup_free_ char *joined = strv_join(v, "|");

	ck_assert_str_eq(joined, "a|b|c");
	ck_assert_ptr_null(strv_split("", ","));
	ck_assert_ptr_null(strv_split(",,,", ","));
	ck_assert_ptr_null(strv_split(NULL, ","));
}
END_TEST

/* Each line: a text of parts, and the parts with blanks between, "-" for an empty one. */
START_TEST(vectors_of_parts)
{
	static const char *const cases[][2] = {
		{ "a,b=x,,y,c", "a b=x,y c" }, { "", "-" },	{ "a", "a" },	{ ",", "- -" },
		{ ",,", "," },			 { "a,,,b", "a, b" }, { "a,", "a -" }, { "x=,,,,", "x=,," },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_strv_ char **parts = strv_split_parts(cases[i][0]), **wanted = strv_split(cases[i][1], " ");

		ck_assert_uint_eq(strv_length(parts), strv_length(wanted));
		for (size_t j = 0; parts[j] != NULL; j++)
			ck_assert_str_eq(*parts[j] != '\0' ? parts[j] : "-", wanted[j]);
	}
	_cleanup_strbuf_ struct strbuf b = STRBUF_INIT;

	strbuf_put_part(&b, "a", ",x,");
	strbuf_put_part(&b, "b", "");
	ck_assert_str_eq(b.data, "a=,,x,,,b=");
	_cleanup_strv_ char **again = strv_split_parts(b.data);

	ck_assert_str_eq(again[0], "a=,x,");
	ck_assert_str_eq(again[1], "b=");
}
END_TEST

START_TEST(enums)
{
	_cleanup_free_ char *list = enum_list(&colour_words);

	ck_assert_int_eq(enum_value(&colour_words, "blue"), COLOUR_BLUE);
	ck_assert_int_eq(enum_value(&colour_words, "Blue"), -1);
	ck_assert_int_eq(enum_value(&colour_words, ""), -1);
	ck_assert_int_eq(enum_value(&colour_words, NULL), -1);
	ck_assert_str_eq(enum_word(&colour_words, COLOUR_RED), "red");
	ck_assert_ptr_null(enum_word(&colour_words, COLOUR_ABSENT));
	ck_assert_str_eq(enum_word(&colour_words, -1), "?");
	ck_assert_str_eq(enum_word(&colour_words, COLOUR_COUNT), "?");
	ck_assert_str_eq(list, "red, blue");
}
END_TEST

struct duration_case {
	int64_t ms;
	const char *want;
};

START_TEST(clocks)
{
	static const struct duration_case cases[] = {
		{ -5, "0 s" },
		{ 999, "0 s" },
		{ 3000, "3 s" },
		{ 59999, "59 s" },
		{ 12 * 60000, "12 min" },
		{ 5 * 3600000, "5 h" },
		{ 5 * 3600000 + 20 * 60000, "5 h 20 min" },
		{ 76 * 3600000LL, "3 d 4 h" },
		{ 400 * 86400000LL, "400 d" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_free_ char *got = clock_duration(cases[i].ms);

		ck_assert_str_eq(got, cases[i].want);
	}
	setenv("TZ", "UTC0", 1);
	tzset();
	_cleanup_free_ char *text = clock_text(1772373909123);
	_cleanup_free_ char *before = clock_text(-1);

	ck_assert_str_eq(text, "2026-03-01 14:05:09");
	ck_assert_str_eq(before, "1969-12-31 23:59:59");
	_cleanup_free_ char *never = clock_text(INT64_MAX);

	ck_assert_ptr_nonnull(never);
	ck_assert_int_gt(clock_wall_ms(), 1700000000000);
	int64_t now = clock_monotonic_ms();

	ck_assert_int_ge(clock_monotonic_ms(), now);
}
END_TEST

START_TEST(uuids)
{
	char a[UUID_TEXT_SIZE], b[UUID_TEXT_SIZE];
	static const char *const same[] = { "C7A5FDBD-EDAF-9455-926A-D65C16DB1809", "c7a5fdbdedaf9455926ad65c16db1809",
					    " c7a5fdbd-edaf 9455-926a-d65c16db1809\n", "c7a5-fdbd-edaf-9455-926a-d65c-16db-1809" };
	static const char *const bad[] = { "",
					   "c7a5fdbd",
					   "c7a5fdbd-edaf-9455-926a-d65c16db180",
					   "c7a5fdbd-edaf-9455-926a-d65c16db18090",
					   "g7a5fdbd-edaf-9455-926a-d65c16db1809",
					   "-c7a5fdbd-edaf-9455-926a-d65c16db1809",
					   "c7a5fdbd-edaf-9455-926a-d65c16db1809-",
					   "{c7a5fdbd-edaf-9455-926a-d65c16db1809}" };

	uuid_make(a);
	uuid_make(b);
	ck_assert_str_ne(a, b);
	ck_assert_uint_eq(strlen(a), 36);
	ck_assert_int_eq(a[14], '4');
	ck_assert_ptr_nonnull(strchr("89ab", a[19]));
	ck_assert(uuid_parse(a, b));
	ck_assert_str_eq(a, b);
	for (size_t i = 0; i < ARRAY_LENGTH(same); i++) {
		ck_assert_msg(uuid_parse(same[i], b), "case %zu", i);
		ck_assert_str_eq(b, "c7a5fdbd-edaf-9455-926a-d65c16db1809");
	}
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!uuid_parse(bad[i], b), "case %zu", i);
	ck_assert(!uuid_parse(NULL, b));
}
END_TEST

START_TEST(macs)
{
	char mac[MAC_TEXT_SIZE], other[MAC_TEXT_SIZE];
	static const char *const bad[] = { "",
					   "52:54:00:aa:bb",
					   "52:54:00:aa:bb:c",
					   "52:54:00:aa:bb:cc:",
					   "52-54-00-aa-bb-cc",
					   "52:54:00:aa:bb:cg",
					   "01:00:5e:00:00:01",
					   "ff:ff:ff:ff:ff:ff" };

	mac_make(mac);
	ck_assert_int_eq(strncmp(mac, "52:54:00:", 9), 0);
	ck_assert(mac_parse(mac, other));
	ck_assert_str_eq(mac, other);
	ck_assert(mac_parse("52:54:00:AA:bB:0c", mac));
	ck_assert_str_eq(mac, "52:54:00:aa:bb:0c");
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!mac_parse(bad[i], mac), "case %zu", i);
	ck_assert(!mac_parse(NULL, mac));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: containers");
	TCase *memory = tcase_create("memory and errors");
	TCase *containers = tcase_create("buffers and vectors");
	TCase *words = tcase_create("enums, clocks, ids");

	tcase_add_test(memory, memory_strings);
	tcase_add_test(memory, memory_arrays);
	tcase_add_test(memory, memory_overflow_aborts);
	tcase_add_test(memory, memory_take);
	tcase_add_test(memory, errors_set_and_wrap);
	tcase_add_test(memory, errors_move);
	tcase_add_test(containers, buffers);
	tcase_add_test(containers, vectors);
	tcase_add_test(containers, vectors_split);
	tcase_add_test(containers, vectors_of_parts);
	tcase_add_test(words, enums);
	tcase_add_test(words, clocks);
	tcase_add_test(words, uuids);
	tcase_add_test(words, macs);
	suite_add_tcase(suite, memory);
	suite_add_tcase(suite, containers);
	suite_add_tcase(suite, words);
	return unit_run(suite);
}
