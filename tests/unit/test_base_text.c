/* SPDX-License-Identifier: GPL-2.0-or-later */
/* UTF-8, numbers, sizes and names. */
#include "base/text.h"
#include "tests/unit/unit.h"

struct utf8_case {
	const char *text;
	bool valid;
};

START_TEST(utf8_validity)
{
	static const struct utf8_case cases[] = {
		{ "", true },
		{ "plain", true },
		{ "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", true },
		{ "\xf4\x8f\xbf\xbf", true },      /* U+10FFFF */
		{ "\xf4\x90\x80\x80", false },     /* beyond it */
		{ "\xc0\xaf", false },             /* overlong '/' in two, three and four bytes */
		{ "\xe0\x80\xaf", false },
		{ "\xf0\x80\x80\xaf", false },
		{ "\xc1\xbf", false },
		{ "\xed\x9f\xbf", true },          /* U+D7FF */
		{ "\xed\xa0\x80", false },         /* surrogates */
		{ "\xed\xbf\xbf", false },
		{ "\xee\x80\x80", true },          /* U+E000 */
		{ "\x80", false },                 /* a continuation alone */
		{ "\xc3", false },                 /* cut short */
		{ "\xe2\x82", false },
		{ "\xf0\x9f\x98", false },
		{ "\xc3(", false },
		{ "\xff", false },
		{ "\xf8\x88\x80\x80\x80", false }, /* five bytes */
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
		ck_assert_msg(utf8_valid(cases[i].text, strlen(cases[i].text)) == cases[i].valid, "case %zu", i);
	ck_assert(utf8_valid("a\0b", 3));
	/* length counts, not the NUL */
	ck_assert(!utf8_valid("\xe2\x82\xac", 2));
}
END_TEST

START_TEST(utf8_decoding)
{
	const char *p = "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80";

	ck_assert_uint_eq(utf8_next(&p), 'a');
	ck_assert_uint_eq(utf8_next(&p), 0xe4);
	ck_assert_uint_eq(utf8_next(&p), 0x20ac);
	ck_assert_uint_eq(utf8_next(&p), 0x1f600);
	ck_assert_uint_eq(utf8_next(&p), 0);
	ck_assert_uint_eq(utf8_next(&p), 0);
	/* invalid bytes end too */
	p = "\xe2\x82";
	ck_assert_uint_eq(utf8_next(&p), 0xfffd);
	ck_assert_uint_eq(utf8_next(&p), 0xfffd);
	ck_assert_uint_eq(utf8_next(&p), 0);
}
END_TEST

START_TEST(utf8_columns)
{
	ck_assert_int_eq(utf8_width(""), 0);
	ck_assert_int_eq(utf8_width("web1"), 4);
	ck_assert_int_eq(utf8_width("\xc3\xa4\xc3\xb6"), 2);
	ck_assert_int_eq(utf8_width("e\xcc\x81"), 1);         /* e and a combining acute */
	ck_assert_int_eq(utf8_width("\xe6\x97\xa5\xe6\x9c\xac"), 4); /* two wide characters */
	ck_assert_int_eq(utf8_width("a\nb\x1b"), 4);
	ck_assert_int_eq(utf8_width("\xff\xfe"), 2);
	ck_assert_int_eq(utf8_width("\xc2\x9b"), 1); /* CSI in one character */
}
END_TEST

struct fit_case {
	const char *text;
	int columns;
	bool ascii;
	const char *want;
};

START_TEST(utf8_fitting)
{
	static const struct fit_case cases[] = {
		{ "web1", 4, false, "web1" },
		{ "web1", 3, false, "we\xe2\x80\xa6" },
		{ "web1", 3, true, "we~" },
		{ "web1", 1, true, "~" },
		{ "web1", 0, true, "" },
		{ "web1", -5, true, "" },
		{ "", 0, false, "" },
		{ "a\nb\x1b[1m\x7f", 20, false, "a?b?[1m?" },
		{ "\xc2\x9b""31m", 20, false, "?31m" },
		{ "a\xffz", 9, false, "a?z" },
		{ "a\xe2\x80\xaez", 9, false, "a?z" }, /* right-to-left override */
		{ "\xe6\x97\xa5\xe6\x9c\xac", 4, false, "\xe6\x97\xa5\xe6\x9c\xac" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 3, true, "\xe6\x97\xa5~" },
		{ "\xe6\x97\xa5\xe6\x9c\xac", 2, true, "~" }, /* half a wide character does not exist */
		{ "e\xcc\x81x", 2, false, "e\xcc\x81x" },
		{ "e\xcc\x81xyz", 2, true, "e\xcc\x81~" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_free_ char *got = utf8_fit(cases[i].text, cases[i].columns, cases[i].ascii);

		ck_assert_msg(strcmp(got, cases[i].want) == 0, "case %zu gives '%s'", i, got);
	}
}
END_TEST

START_TEST(numbers_unsigned)
{
	uint64_t value = 7;
	static const char *const bad[] = { "", " 1", "1 ", "+1", "-1", "1a", "0x10", "18446744073709551616", "99999999999999999999", "1.0" };

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!text_to_uint(bad[i], false, &value), "'%s'", bad[i]);
	ck_assert(!text_to_uint(NULL, false, &value));
	ck_assert(!text_to_uint("0x", true, &value));
	ck_assert(!text_to_uint("0x10000000000000000", true, &value));
	ck_assert(!text_to_uint("0xfg", true, &value));
	ck_assert_uint_eq(value, 7);
	ck_assert(text_to_uint("18446744073709551615", false, &value));
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert(text_to_uint("0", false, &value));
	ck_assert_uint_eq(value, 0);
	ck_assert(text_to_uint("007", false, &value));
	ck_assert_uint_eq(value, 7);
	ck_assert(text_to_uint("0xFFffFFffFFffFFff", true, &value));
	ck_assert_uint_eq(value, UINT64_MAX);
	ck_assert(text_to_uint("10", true, &value));
	ck_assert_uint_eq(value, 10);
}
END_TEST

START_TEST(numbers_signed)
{
	int64_t value = 7;
	static const char *const bad[] = { "", "-", "--1", "+1", "- 1", "9223372036854775808", "-9223372036854775809", "1e3" };

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		ck_assert_msg(!text_to_int(bad[i], &value), "'%s'", bad[i]);
	ck_assert(!text_to_int(NULL, &value));
	ck_assert_int_eq(value, 7);
	ck_assert(text_to_int("9223372036854775807", &value));
	ck_assert_int_eq(value, INT64_MAX);
	ck_assert(text_to_int("-9223372036854775808", &value));
	ck_assert_int_eq(value, INT64_MIN);
	ck_assert(text_to_int("-0", &value));
	ck_assert_int_eq(value, 0);
}
END_TEST

START_TEST(comparisons)
{
	ck_assert(text_equal(NULL, NULL) && !text_equal(NULL, "") && !text_equal("", NULL) && text_equal("a", "a"));
	ck_assert(text_starts("domain", "dom") && text_starts("a", "") && !text_starts("do", "dom"));
	ck_assert(text_ends("a.qcow2", ".qcow2") && text_ends("a", "") && !text_ends("w2", ".qcow2"));
	ck_assert(text_empty(NULL) && text_empty("") && !text_empty(" "));
}
END_TEST

START_TEST(names)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	static const char *const good[] = { "a", "web 1", "...", "-x", "\xe6\x97\xa5\xe6\x9c\xac", "a.b", "50%", "1a", "\xf0\x9f\x98\x80" };
	static const char *const bad[] = { "",      ".",      "..",    "a/b",    "/",       " a",         "a ",  "a\nb",
					   "a\x7f", "\x1b[m", "\tx", "\xc2\x85", "\xc0\xaf", "\xed\xa0\x80", "a\xff",
					   "0",     "123" };
	char name[257];

	for (size_t i = 0; i < ARRAY_LENGTH(good); i++)
		ck_assert_ok(name_check("name", good[i], &err), &err);
	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		ck_assert_msg(!name_check("name", bad[i], &err), "case %zu", i);
		ck_assert(utf8_valid(err.message, strlen(err.message)) && strchr(err.message, '\n') == NULL);
		ck_assert_error(&err, ERROR_INVALID, "name");
	}
	ck_assert(!name_check("name", NULL, &err));
	memset(name, 'x', sizeof name);
	name[255] = '\0';
	ck_assert(name_check("name", name, &err));
	name[255] = 'x';
	name[256] = '\0';
	ck_assert(!name_check("pool name", name, &err));
	ck_assert_error(&err, ERROR_INVALID, "pool name");
}
END_TEST

struct size_case {
	const char *text;
	const char *unit;
	uint64_t want;
};

START_TEST(sizes)
{
	static const struct size_case cases[] = {
		{ "0", "KiB", 0 },
		{ "512", "b", 512 },
		{ "512", NULL, 512 },
		{ "512", "KiB", 512 * 1024 },
		{ "512", "MiB", 512ULL << 20 },
		{ "20G", "b", 20ULL << 30 },
		{ "20g", "MiB", 20ULL << 30 },
		{ "20GiB", "b", 20ULL << 30 },
		{ "20GB", "b", 20000000000ULL },
		{ "1.5GiB", "b", 3ULL << 29 },
		{ "1.5", "G", 3ULL << 29 },
		{ "0.1k", "b", 102 },
		{ "100 MB", "b", 100000000 },
		{ "1.000000000000000000000000001M", "b", 1 << 20 },
		{ "15.999999999999999999EiB", "b", UINT64_MAX - 1 },
		{ "18446744073709551615", "b", UINT64_MAX },
		{ "1.0 b", "M", 1 },
		{ "7 bytes", "M", 7 },
	};
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		uint64_t got = 1;

		ck_assert_ok(size_parse(cases[i].text, cases[i].unit, &got, &err), &err);
		/* the last digits of a long fraction are below what is asked here */
		ck_assert_msg(got == cases[i].want || (i == 14 && got > UINT64_MAX - 4), "'%s' gives %lu", cases[i].text,
			      (unsigned long)got);
	}
}
END_TEST

START_TEST(sizes_refused)
{
	static const char *const bad[] = { "",     "-1",   "-0.5G", "G",    "x",    " 1", "1 ",  "1,5G", "1.G",   ".5G", "1..5G", "nan", "inf",
					   "1e3",  "0x10", "20X",   "20Gi", "20GG", "+1", "1.5", "16E",  "16384P", "18446744073709551616",
					   "20 G B" };
	_cleanup_error_ struct error err = ERROR_INIT;
	uint64_t value = 5;

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		/* a blank after a bare number is nothing worth an error */
		if (strcmp(bad[i], "1 ") == 0)
			continue;
		ck_assert_msg(!size_parse(bad[i], "b", &value, &err), "'%s'", bad[i]);
		ck_assert_error(&err, ERROR_INVALID, bad[i]);
	}
	ck_assert(!size_parse(NULL, "b", &value, &err));
	ck_assert(!size_parse("1", "parsec", &value, &err));
	ck_assert_ptr_nonnull(err.hint);
	ck_assert_error(&err, ERROR_INVALID, "parsec");
	ck_assert(!size_parse("18446744073709551615", "KiB", &value, &err));
	ck_assert_error(&err, ERROR_INVALID, "too large");
	ck_assert_uint_eq(value, 5);
}
END_TEST

START_TEST(units)
{
	ck_assert_uint_eq(unit_factor("b"), 1);
	ck_assert_uint_eq(unit_factor("Bytes"), 1);
	ck_assert_uint_eq(unit_factor("k"), 1024);
	ck_assert_uint_eq(unit_factor("KB"), 1000);
	ck_assert_uint_eq(unit_factor("kib"), 1024);
	ck_assert_uint_eq(unit_factor("T"), 1ULL << 40);
	ck_assert_uint_eq(unit_factor("PB"), 1000000000000000ULL);
	ck_assert_uint_eq(unit_factor("EiB"), 1ULL << 60);
	ck_assert_uint_eq(unit_factor(""), 0);
	ck_assert_uint_eq(unit_factor(NULL), 0);
	ck_assert_uint_eq(unit_factor("Ki"), 0);
	ck_assert_uint_eq(unit_factor("ZiB"), 0);
	ck_assert_uint_eq(unit_factor("KiBx"), 0);
}
END_TEST

struct format_case {
	uint64_t bytes;
	const char *want;
};

START_TEST(sizes_formatted)
{
	static const struct format_case cases[] = {
		{ 0, "0 B" },
		{ 1023, "1023 B" },
		{ 1024, "1 KiB" },
		{ 1536, "1.5 KiB" },
		{ 512ULL << 20, "512 MiB" },
		{ (1ULL << 20) - 1, "1 MiB" },
		{ 3ULL << 29, "1.5 GiB" },
		{ 1ULL << 60, "1 EiB" },
		{ UINT64_MAX, "16 EiB" },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
		_cleanup_free_ char *got = size_format(cases[i].bytes);

		ck_assert_str_eq(got, cases[i].want);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base: text");
	TCase *utf8 = tcase_create("utf-8");
	TCase *numbers = tcase_create("numbers");

	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		setlocale(LC_CTYPE, "en_US.UTF-8");
	tcase_add_test(utf8, utf8_validity);
	tcase_add_test(utf8, utf8_decoding);
	tcase_add_test(utf8, utf8_columns);
	tcase_add_test(utf8, utf8_fitting);
	tcase_add_test(utf8, comparisons);
	tcase_add_test(utf8, names);
	tcase_add_test(numbers, numbers_unsigned);
	tcase_add_test(numbers, numbers_signed);
	tcase_add_test(numbers, sizes);
	tcase_add_test(numbers, sizes_refused);
	tcase_add_test(numbers, units);
	tcase_add_test(numbers, sizes_formatted);
	suite_add_tcase(suite, utf8);
	suite_add_tcase(suite, numbers);
	return unit_run(suite);
}
