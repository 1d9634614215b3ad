/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The raw QMP scanner: framing, strictness, ids replaced in place. */
#include "hv/qmp_scan.h"

#include "base/memory.h"
#include "tests/unit/unit.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static bool scans(const char *text)
{
	struct qmp_message message;

	return qmp_scan(text, strlen(text), &message, NULL);
}

START_TEST(test_strict)
{
	static const char *const good[] = {
		"{}", " { } ", "{\"a\":1}", "{\"a\":-0.5e+10,\"b\":[true,false,null,[],{}]}", "{\"a\":\"\\u00e9\\n\\\\\\\"\"}",
		"{\"id\":{\"execute\":[\"}\"]}}", "{\"a\":\"\xc3\xa9\"}", "{\"a\":1,\"a\":2}",
	};
	static const char *const bad[] = {
		"", "[]", "1", "{", "}", "{]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\":1 \"b\":2}", "{\"a\":01}", "{\"a\":1.}",
		"{\"a\":.5}", "{\"a\":+1}", "{\"a\":1e}", "{\"a\":nul}", "{\"a\":'x'}", "{'a':1}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}",
		"{\"a\":\"\n\"}", "{\"a\":\"x}", "{} {}", "{\"a\":[1,]}", "{\"a\":[1}", "{\"a\":\"\xff\"}", "{\"id\":1,\"id\":2}",
		"{\"\\u0069d\":1}", "{\"a\":-}", "{a:1}", "{\"a\":NaN}", "{\"a\":/**/1}",
	};

	for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
		ck_assert_msg(scans(good[i]), "refused: %s", good[i]);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!scans(bad[i]), "taken: %s", bad[i]);
}
END_TEST

START_TEST(test_nul_inside)
{
	struct qmp_message message;

	ck_assert(!qmp_scan("{\"a\":\0001}", 9, &message, NULL));
	ck_assert(!qmp_scan("{}\0", 3, &message, NULL));
}
END_TEST

START_TEST(test_depth)
{
	_cleanup_strbuf_ struct strbuf text = STRBUF_INIT;
	struct qmp_message message;

	strbuf_puts(&text, "{\"a\":");
	for (int i = 0; i < 1000; i++)
		strbuf_putc(&text, '[');
	for (int i = 0; i < 1000; i++)
		strbuf_putc(&text, ']');
	strbuf_putc(&text, '}');
	ck_assert(qmp_scan(text.data, text.length, &message, NULL));
	strbuf_clear(&text);
	strbuf_puts(&text, "{\"a\":");
	for (int i = 0; i < 100000; i++)
		strbuf_putc(&text, '[');
	_cleanup_error_ struct error err = ERROR_INIT;

	ck_assert(!qmp_scan(text.data, text.length, &message, &err));
	ck_assert_int_eq(err.code, ERROR_PROTOCOL);
}
END_TEST

START_TEST(test_members)
{
	static const char text[] = "{\"execute\": \"query-status\", \"arguments\": {\"id\": 5}, \"id\" : [1, {\"execute\":\"x\"}] }";
	struct qmp_message message;

	ck_assert(qmp_scan(text, strlen(text), &message, NULL));
	ck_assert(qmp_value_is(text, &message, QMP_KEY_EXECUTE, "query-status"));
	ck_assert(!qmp_value_is(text, &message, QMP_KEY_EXECUTE, "query"));
	ck_assert_uint_eq(message.value[QMP_KEY_RETURN].length, 0);
	_cleanup_free_ char *id = xstrndup(text + message.value[QMP_KEY_ID].at, message.value[QMP_KEY_ID].length);
	_cleanup_free_ char *execute = qmp_value_string(text, &message, QMP_KEY_EXECUTE);

	ck_assert_str_eq(id, "[1, {\"execute\":\"x\"}]");
	ck_assert_str_eq(execute, "query-status");
	ck_assert_ptr_null(qmp_value_string(text, &message, QMP_KEY_ID));
}
END_TEST

static char *replaced(const char *text, const char *id)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct qmp_message message;

	ck_assert(qmp_scan(text, strlen(text), &message, NULL));
	qmp_replace_id(&out, text, strlen(text), &message, id, id == NULL ? 0 : strlen(id));
	ck_assert_msg(scans(out.data), "broken: %s", out.data);
	return strbuf_take(&out);
}

START_TEST(test_replace_id)
{
	static const struct {
		const char *text, *id, *want;
	} cases[] = {
		{ "{\"execute\":\"x\",\"id\":1}", "77", "{\"execute\":\"x\",\"id\":77}" },
		{ "{\"id\":{\"a\":[\"}\"]},\"execute\":\"x\"}", "7", "{\"id\":7,\"execute\":\"x\"}" },
		{ "{\"execute\":\"x\"}", "7", "{\"id\": 7, \"execute\":\"x\"}" },
		{ " {\"return\": {}, \"id\": 7}", NULL, " {\"return\": {}}" },
		{ "{\"id\": 7, \"return\": {}}", NULL, "{ \"return\": {}}" },
		{ "{\"a\":1 , \"id\" : 7 , \"return\": {}}", NULL, "{\"a\":1  , \"return\": {}}" },
		{ "{\"id\": 7}", NULL, "{}" },
		{ "{\"return\": {}}", NULL, "{\"return\": {}}" },
		{ "{\"return\": {}, \"id\": 7}", "\"\\u0041 \\\"\"", "{\"return\": {}, \"id\": \"\\u0041 \\\"\"}" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_free_ char *got = replaced(cases[i].text, cases[i].id);

		ck_assert_str_eq(got, cases[i].want);
	}
}
END_TEST

/* Feeds stream in pieces and gathers the messages, one a line; '!' stands for garbage, '#' for too long. */
static char *framed(const char *stream, size_t length, size_t piece, size_t limit)
{
	_cleanup_(qmp_framer_clear) struct qmp_framer framer = { .limit = limit };
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;

	for (size_t at = 0; at < length;) {
		size_t take = length - at < piece ? length - at : piece, used, text_length;
		_cleanup_free_ char *copy = xmalloc(take); /* its own block: reading beyond is seen */
		const char *text;

		memcpy(copy, stream + at, take);
		switch (qmp_framer_feed(&framer, copy, take, &used, &text, &text_length)) {
		case QMP_FRAME_MORE:
			ck_assert_uint_eq(used, take);
			break;
		case QMP_FRAME_MESSAGE:
			strbuf_add(&out, text, text_length);
			strbuf_putc(&out, '\n');
			break;
		case QMP_FRAME_GARBAGE:
			strbuf_puts(&out, "!\n");
			break;
		case QMP_FRAME_TOO_LONG:
			strbuf_puts(&out, "#\n");
			return strbuf_take(&out);
		}
		at += used;
	}
	return strbuf_take(&out);
}

START_TEST(test_framer)
{
	static const char stream[] = "{\"a\":\"}{\\\"\"}\r\n{}{\"b\":[{}]} \n\n xx{}\n{\"c\":1}\n\"{\n{\"d\":\n2}";
	static const char want[] = "{\"a\":\"}{\\\"\"}\n{}\n{\"b\":[{}]}\n!\n{\"c\":1}\n!\n{\"d\":\n2}\n";

	for (size_t piece = 1; piece < sizeof stream; piece++) {
		_cleanup_free_ char *got = framed(stream, sizeof stream - 1, piece, 1000);

		ck_assert_str_eq(got, want);
	}
}
END_TEST

START_TEST(test_framer_limit)
{
	_cleanup_free_ char *fits = framed("{\"a\":\"12345\"}", 13, 3, 13);
	_cleanup_free_ char *long_one = framed("{\"a\":\"123456\"}", 14, 3, 13);
	_cleanup_free_ char *long_whole = framed("{\"a\":\"123456\"}", 14, 14, 13);

	ck_assert_str_eq(fits, "{\"a\":\"12345\"}\n");
	ck_assert_str_eq(long_one, "#\n");
	ck_assert_str_eq(long_whole, "#\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("qmp_scan");
	TCase *tc = tcase_create("all");

	tcase_add_test(tc, test_strict);
	tcase_add_test(tc, test_nul_inside);
	tcase_add_test(tc, test_depth);
	tcase_add_test(tc, test_members);
	tcase_add_test(tc, test_replace_id);
	tcase_add_test(tc, test_framer);
	tcase_add_test(tc, test_framer_limit);
	suite_add_tcase(suite, tc);
	return unit_run(suite);
}
