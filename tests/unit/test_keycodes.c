/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of keys: every row there and back in every code set, and rows as the specifications have them. */
#include "hv/keycodes.h"

#include "base/text.h"
#include "hv/keycodes_table.h"
#include "tests/unit/unit.h"

START_TEST(test_words)
{
	enum codeset set;

	for (int i = 0; i < CODESET_COUNT; i++) {
		ck_assert(codeset_from_word(codeset_word((enum codeset)i), &set));
		ck_assert_int_eq(set, i);
	}
	ck_assert(codeset_from_word("rfb", &set));
	ck_assert_int_eq(set, CODESET_QNUM);
	ck_assert(!codeset_from_word("", &set));
	ck_assert(!codeset_from_word("Linux", &set));
}
END_TEST

/* The same key as linux, as QEMU's number, and in the others; NULL: not in that set. */
static const struct known {
	const char *linux_name;
	uint32_t qnum;
	const char *linux_number, *xt, *atset2, *atset3, *os_x, *xt_kbd, *usb, *win32;
	uint32_t keysym;
} known[] = {
	{ "KEY_ESC", 0x01, "1", "1", "0x76", "0x08", "53", "1", "41", "0x1b", 0xff1b },
	{ "KEY_A", 0x1e, "30", "0x1e", "0x1c", "0x1c", "0", "0x1e", "4", "0x41", 'a' },
	{ "KEY_ENTER", 0x1c, "28", "0x1c", "0x5a", "0x5a", "36", "0x1c", "40", "0x0d", 0xff0d },
	{ "KEY_KPENTER", 0x9c, "96", "0xe01c", "0xe05a", "0x79", "76", "0x11c", "88", NULL, 0xff8d },
	{ "KEY_LEFTCTRL", 0x1d, "29", "0x1d", "0x14", "0x11", "59", "0x1d", "224", "0x11", 0xffe3 },
	{ "KEY_RIGHTCTRL", 0x9d, "97", "0xe01d", "0xe014", "0x58", "62", "0x11d", "228", "0xa3", 0xffe4 },
	{ "KEY_LEFTALT", 0x38, "56", "0x38", "0x11", "0x19", "58", "0x38", "226", "0x12", 0xffe9 },
	{ "KEY_RIGHTALT", 0xb8, "100", "0xe038", "0xe011", "0x39", "61", "0x138", "230", "0xa5", 0xffea },
	{ "KEY_LEFTMETA", 0xdb, "125", "0xe05b", "0xe01f", "0x8b", "55", "0x15b", "227", "0x5b", 0xffeb },
	{ "KEY_DELETE", 0xd3, "111", "0xe053", "0xe071", "0x64", "117", "0x153", "76", "0x2e", 0xffff },
	{ "KEY_UP", 0xc8, "103", "0xe048", "0xe075", "0x63", "126", "0x148", "82", "0x26", 0xff52 },
	{ "KEY_F1", 0x3b, "59", "0x3b", "0x05", "0x07", "122", "0x3b", "58", "0x70", 0xffbe },
	{ "KEY_F7", 0x41, "65", "0x41", "0x83", "0x37", "98", "0x41", "64", "0x76", 0xffc4 },
	{ "KEY_F12", 0x58, "88", "0x58", "0x07", "0x5e", "111", "0x58", "69", "0x7b", 0xffc9 },
	{ "KEY_SYSRQ", 0x54, "99", "0x54", "0x7f", "0x57", NULL, "0x54", "70", "0x2c", 0xff61 },
	{ "KEY_PAUSE", 0xc6, "119", "0xe046", "0xe077", "0x62", NULL, "0x146", "72", "0x13", 0xff13 },
	{ "KEY_BACKSLASH", 0x2b, "43", "0x2b", "0x5d", "0x5c", "42", "0x2b", "49", "0xdc", '\\' },
	{ "KEY_102ND", 0x56, "86", "0x56", "0x61", "0x13", NULL, "0x56", "100", "0xe2", '<' },
	{ "KEY_RO", 0x73, "89", "0x73", "0x51", NULL, "94", "0x73", "135", NULL, 0 },
	{ "KEY_UWB", 0xf4, "239", "0xe074", NULL, NULL, NULL, "0x174", NULL, NULL, 0x1008ff96 },
};

static void check_known(enum codeset set, const char *code, uint32_t qnum)
{
	uint32_t found = 0;

	if (!code)
		return;
	ck_assert_msg(keycode_parse(set, code, &found), "%s has no %s", codeset_word(set), code);
	ck_assert_msg(found == qnum, "%s %s is 0x%x, not 0x%x", codeset_word(set), code, found, qnum);
}

START_TEST(test_known)
{
	for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
		const struct known *key = &known[i];
		_cleanup_free_ char *qnum = strf("%u", (unsigned)key->qnum);

		check_known(CODESET_LINUX, key->linux_name, key->qnum);
		check_known(CODESET_LINUX, key->linux_number, key->qnum);
		check_known(CODESET_XT, key->xt, key->qnum);
		check_known(CODESET_ATSET1, key->xt, key->qnum);
		check_known(CODESET_ATSET2, key->atset2, key->qnum);
		check_known(CODESET_ATSET3, key->atset3, key->qnum);
		check_known(CODESET_OS_X, key->os_x, key->qnum);
		check_known(CODESET_XT_KBD, key->xt_kbd, key->qnum);
		check_known(CODESET_USB, key->usb, key->qnum);
		check_known(CODESET_WIN32, key->win32, key->qnum);
		check_known(CODESET_QNUM, qnum, key->qnum);
		ck_assert_str_eq(keycode_name(key->qnum), key->linux_name);
		ck_assert_uint_eq(keycode_keysym(key->qnum), key->keysym);
	}
}
END_TEST

START_TEST(test_names)
{
	check_known(CODESET_OS_X, "Return", 0x1c);
	check_known(CODESET_OS_X, "kVK_Return", 0x1c);
	check_known(CODESET_OS_X, "ANSI_A", 0x1e);
	check_known(CODESET_WIN32, "VK_RETURN", 0x1c);
	check_known(CODESET_WIN32, "VK_LCONTROL", 0x1d);
	check_known(CODESET_WIN32, "VK_SHIFT", 0x2a);
	check_known(CODESET_WIN32, "0xa2", 0x1d);
	check_known(CODESET_LINUX, "KEY_COFFEE", 0x92);
	check_known(CODESET_LINUX, "KEY_SCREENLOCK", 0x92);
	check_known(CODESET_LINUX, "KEY_HANGUEL", 0x72);
	check_known(CODESET_USB, "50", 0x2b);
}
END_TEST

START_TEST(test_unknown)
{
	static const char *const bad[] = {
		"",	      "KEY_", "KEY_FOO", "ENTER",  "0",	  "999",  "-1",
		"4294967324", "0x",   "1 ",	 "KEY_1 ", "VK_", "kVK_", "18446744073709551617"
	};
	uint32_t qnum = 77;

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++)
		for (int set = 0; set < CODESET_COUNT; set++)
			if (set != CODESET_OS_X || !text_equal(bad[i], "0")) /* kVK_ANSI_A is 0 */
				ck_assert_msg(!keycode_parse((enum codeset)set, bad[i], &qnum), "%s '%s'",
					      codeset_word((enum codeset)set), bad[i]);
	ck_assert(!keycode_parse(CODESET_LINUX, NULL, &qnum));
	ck_assert(!keycode_parse(CODESET_LINUX, "VK_RETURN", &qnum));
	ck_assert(!keycode_parse(CODESET_WIN32, "KEY_ENTER", &qnum));
	ck_assert(!keycode_parse(CODESET_USB, "KEY_ENTER", &qnum));
	ck_assert_uint_eq(qnum, 77);
	ck_assert_ptr_null(keycode_name(0x55 + 0x100));
	ck_assert_uint_eq(keycode_keysym(0), 0);
}
END_TEST

/* Every row: its numbers are its own, its name leads back to it. */
START_TEST(test_rows)
{
	size_t n = 0;
	uint32_t qnum, found;

	for (; keycode_at(n, &qnum); n++) {
		const struct keycode_row *row = &keycode_rows[n];
		_cleanup_free_ char *number = strf("%u", row->number), *set1 = strf("0x%x", row->set1);
		_cleanup_free_ char *usb = strf("%u", row->usb), *os_x = strf("%u", row->os_x);

		ck_assert_uint_ge(qnum, 1);
		ck_assert_uint_le(qnum, 0xff);
		ck_assert((row->set1 & 0xff00) == 0 || (row->set1 & 0xff00) == 0xe000);
		ck_assert_uint_lt(row->set1 & 0xff, 0x80);
		if (row->name) {
			ck_assert(text_starts(row->name, "KEY_"));
			check_known(CODESET_LINUX, row->name, qnum);
			ck_assert_str_eq(keycode_name(qnum), row->name);
		}
		check_known(CODESET_LINUX, number, qnum);
		check_known(CODESET_XT, set1, qnum);
		check_known(CODESET_USB, row->usb ? usb : NULL, qnum);
		check_known(CODESET_OS_X, row->os_x_name, qnum);
		check_known(CODESET_OS_X, row->os_x_name ? os_x : NULL, qnum);
		for (size_t other = 0; other < n; other++)
			ck_assert(keycode_at(other, &found) && found != qnum);
		ck_assert_uint_eq(row->win32 == 0, row->win32_name == NULL);
	}
	ck_assert_uint_eq(n, keycode_row_count);
	ck_assert_uint_ge(n, 230);
}
END_TEST

/* Two keys share one code only where Japanese keyboards do so. */
START_TEST(test_shared)
{
	size_t shared = 0;

	for (size_t i = 0; i < keycode_row_count; i++)
		for (size_t k = i + 1; k < keycode_row_count; k++) {
			const struct keycode_row *a = &keycode_rows[i], *b = &keycode_rows[k];

			if (a->win32 && a->win32 == b->win32) {
				ck_assert(text_equal(a->win32_name, b->win32_name));
				shared++;
			}
		}
	ck_assert_uint_eq(shared, 2); /* OEM_5: backslash and yen; OEM_102: 102ND and RO */
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keycodes");
	TCase *tests = tcase_create("keycodes");

	tcase_add_test(tests, test_words);
	tcase_add_test(tests, test_known);
	tcase_add_test(tests, test_names);
	tcase_add_test(tests, test_unknown);
	tcase_add_test(tests, test_rows);
	tcase_add_test(tests, test_shared);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
