/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON: strict parsing, getters by path, text in the C locale. */
#include "base/json.h"
#include "base/strbuf.h"
#include "tests/unit/unit.h"

static struct json_object *parse(const char *text, struct error *err)
{
	return json_parse("test.json", text, strlen(text), err);
}

START_TEST(parses)
{
	static const char *const good[] = { "{}", " [1, 2]\n", "7", "-1.5e3", "\"x\"", "true", "{\"a\":null}", "\t{\"a\" : [ ] }\r\n " };
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
		_cleanup_json_ struct json_object *object = parse(good[i], &err);

		ck_assert_msg(object != NULL, "'%s': %s", good[i], error_text(&err));
	}
}
END_TEST

START_TEST(refuses)
{
	static const char *const bad[] = { "",        " ",        "{",      "{\"a\":1",       "{} {}",  "{}x",     "{'a':1}",   "{a:1}",
					   "[1,]",    "{\"a\":1,}", "nul",    "TRUE",           "01",     "\"a",     "[1 2]",     "/* c */ {}",
					   "\"\xff\"", "{\"a\"}",   "\"a\nb\"", "[\"\xc0\xaf\"]", "null", "[NaN]", "[Infinity]", "1 2" };
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		_cleanup_json_ struct json_object *object = parse(bad[i], &err);

		ck_assert_msg(object == NULL, "'%s' was taken", bad[i]);
		ck_assert_error(&err, ERROR_INVALID, "test.json: ");
	}
	/* a NUL is no end of text */
	ck_assert_ptr_null(json_parse("test.json", "{}\0x", 4, &err));
	ck_assert_ptr_null(json_parse("test.json", "{}\0", 3, NULL));
	/* what lies beyond length is not read */
	_cleanup_json_ struct json_object *object = json_parse("test.json", "123456", 2, NULL);

	ck_assert_int_eq(json_object_get_int64(object), 12);
}
END_TEST

static char *nested(int depth)
{
	struct strbuf b = STRBUF_INIT;

	for (int i = 0; i < depth; i++)
		strbuf_putc(&b, '[');
	for (int i = 0; i < depth; i++)
		strbuf_putc(&b, ']');
	return strbuf_take(&b);
}

START_TEST(depth)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *fits = nested(64);
	_cleanup_free_ char *deep = nested(65);
	_cleanup_free_ char *abyss = nested(100000);
	_cleanup_json_ struct json_object *object = parse(fits, &err);

	ck_assert_ptr_nonnull(object);
	ck_assert_ptr_null(parse(deep, &err));
	ck_assert_error(&err, ERROR_INVALID, "nested more than 64 deep");
	ck_assert_ptr_null(parse(abyss, &err));
}
END_TEST

START_TEST(getters)
{
	_cleanup_json_ struct json_object *object =
		parse("{\"a\":{\"b\":{\"n\":42,\"s\":\"x\",\"t\":true,\"l\":[1]}},\"big\":9223372036854775807,\"z\":null}", NULL);

	ck_assert_int_eq(json_get_int(object, "a/b/n", -1), 42);
	ck_assert_int_eq(json_get_int(object, "big", -1), INT64_MAX);
	ck_assert_str_eq(json_get_string(object, "a/b/s", "no"), "x");
	ck_assert(json_get_bool(object, "a/b/t", false));
	ck_assert(json_get(object, "") == object);
	/* missing, and of another type */
	ck_assert_int_eq(json_get_int(object, "a/x/n", -1), -1);
	ck_assert_int_eq(json_get_int(object, "a/b/s", -1), -1);
	ck_assert_int_eq(json_get_int(object, "a/b/t", -1), -1);
	ck_assert_str_eq(json_get_string(object, "a/b/n", "no"), "no");
	ck_assert_ptr_null(json_get_string(object, "z", NULL));
	ck_assert(json_get_bool(object, "a/b/n", true));
	ck_assert_ptr_null(json_get(object, "a/b/l/0"));
	ck_assert_ptr_null(json_get(object, "a/b/n/x"));
	ck_assert_ptr_null(json_get(NULL, "a"));
	ck_assert_str_eq(json_get_string(NULL, "a", "no"), "no");
}
END_TEST

START_TEST(text)
{
	_cleanup_json_ struct json_object *object = json_object_new_object();

	/* a locale with a decimal comma must not show, where there is one */
	setlocale(LC_NUMERIC, "de_DE.UTF-8");
	json_set_string(object, "path", "/a/b");
	json_set_string(object, "none", NULL);
	json_set_int(object, "n", INT64_MIN);
	json_set_bool(object, "t", true);
	json_set(object, "d", json_object_new_double(1.5));
	_cleanup_free_ char *got = json_text(object);

	setlocale(LC_NUMERIC, "C");
	ck_assert_str_eq(got, "{\"path\":\"/a/b\",\"n\":-9223372036854775808,\"t\":true,\"d\":1.5}");
	/* and back */
	_cleanup_json_ struct json_object *again = parse(got, NULL);

	ck_assert(json_object_equal(object, again));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: json");
	TCase *parsing = tcase_create("parsing");
	TCase *values = tcase_create("values");

	tcase_add_test(parsing, parses);
	tcase_add_test(parsing, refuses);
	tcase_add_test(parsing, depth);
	tcase_add_test(values, getters);
	tcase_add_test(values, text);
	suite_add_tcase(suite, parsing);
	suite_add_tcase(suite, values);
	return unit_run(suite);
}
