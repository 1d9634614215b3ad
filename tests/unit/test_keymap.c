/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keyboard layouts: the built-in one, every installed file, files that are bad, and strokes as presses and releases. */
#include "hv/keymap.h"

#include "base/strv.h"
#include "base/text.h"
#include "hv/keymap_internal.h"
#include "hv/keysyms.h"
#include "tests/unit/unit.h"

#define INSTALLED "/usr/share/qemu/keymaps"

static struct keymap *load(const char *name)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct keymap *keymap = keymap_load(name, NULL, &err);

	ck_assert_msg(keymap, "%s: %s", name, error_text(&err));
	return keymap;
}

/* A character is one stroke of that key. */
static void check_stroke(const struct keymap *keymap, uint32_t character, uint32_t qnum, unsigned modifiers)
{
	struct stroke strokes[KEYMAP_STROKES];
	size_t count = keymap_type(keymap, character, strokes);

	ck_assert_msg(count == 1, "%s: U+%04X takes %zu strokes", keymap_name(keymap), character, count);
	ck_assert_msg(strokes[0].qnum == qnum && strokes[0].modifiers == modifiers, "%s: U+%04X is 0x%x with %x",
		      keymap_name(keymap), character, strokes[0].qnum, strokes[0].modifiers);
	ck_assert_uint_ne(strokes[0].keysym, 0);
}

/* A character is a dead key and a letter. */
static void check_dead(const struct keymap *keymap, uint32_t character, uint32_t dead, uint32_t letter)
{
	struct stroke strokes[KEYMAP_STROKES];

	ck_assert_uint_eq(keymap_type(keymap, character, strokes), 2);
	ck_assert_uint_eq(strokes[0].qnum, dead);
	ck_assert_uint_eq(strokes[1].qnum, letter);
}

START_TEST(test_built_in)
{
	struct keymap *keymap = load(NULL);
	struct stroke strokes[KEYMAP_STROKES];

	ck_assert_str_eq(keymap_name(keymap), "en-us");
	for (uint32_t c = ' '; c < 0x7f; c++) {
		ck_assert_uint_eq(keymap_type(keymap, c, strokes), 1);
		ck_assert_uint_eq(strokes[0].keysym, c);
	}
	check_stroke(keymap, 'a', 0x1e, 0);
	check_stroke(keymap, 'Z', 0x2c, STROKE_SHIFT);
	check_stroke(keymap, '|', 0x2b, STROKE_SHIFT);
	check_stroke(keymap, '~', 0x29, STROKE_SHIFT);
	check_stroke(keymap, '<', 0x33, STROKE_SHIFT);
	check_stroke(keymap, '\n', 0x1c, 0);
	check_stroke(keymap, '\r', 0x1c, 0);
	check_stroke(keymap, '\t', 0x0f, 0);
	ck_assert_uint_eq(keymap_type(keymap, 0, strokes), 0);
	ck_assert_uint_eq(keymap_type(keymap, 0x1b, strokes), 0);
	ck_assert_uint_eq(keymap_type(keymap, 0x7f, strokes), 0);
	ck_assert_uint_eq(keymap_type(keymap, 0xe9, strokes), 0);
	ck_assert_uint_eq(keymap_type(keymap, 0xffffffff, strokes), 0);
	keymap_free(keymap);
}
END_TEST

/* The built-in layout is the installed one, read from its file. */
START_TEST(test_built_in_is_installed)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct keymap *built_in = load("en-us"), from_file = { 0 };
	struct keymap_reader reader = { &from_file, NULL, NULL };
	struct stroke strokes[KEYMAP_STROKES];
	_cleanup_free_ char *text = NULL;
	size_t length;

	ck_assert_ok(file_read(INSTALLED "/en-us", KEYMAP_FILE_LIMIT, &text, &length, &err), &err);
	ck_assert_ok(keymap_read(&reader, text, length, &err), &err);
	keymap_settle(&from_file);
	from_file.name = built_in->name;
	for (uint32_t c = ' '; c < 0x7f; c++) {
		ck_assert_uint_eq(keymap_type(built_in, c, strokes), 1);
		check_stroke(&from_file, c, strokes[0].qnum, strokes[0].modifiers);
	}
	free(from_file.entries);
	keymap_free(built_in);
}
END_TEST

START_TEST(test_layouts)
{
	struct keymap *de = load("de"), *fr = load("fr"), *es = load("es"), *ru = load("ru"), *sv = load("sv");
	struct keymap *gb = load("en-gb"), *sl = load("sl"), *hu = load("hu");

	check_stroke(de, 'z', 0x15, 0);
	check_stroke(de, 'y', 0x2c, 0);
	check_stroke(de, 0xfc, 0x1a, 0);
	check_stroke(de, '@', 0x10, STROKE_ALTGR);
	check_stroke(de, '\\', 0x0c, STROKE_ALTGR);
	check_stroke(de, '|', 0x56, STROKE_ALTGR);
	check_stroke(de, '/', 0x08, STROKE_SHIFT);
	check_stroke(de, 0x20ac, 0x12, STROKE_ALTGR);
	check_stroke(fr, 'a', 0x10, 0);
	check_stroke(fr, '1', 0x02, STROKE_SHIFT);
	check_stroke(fr, 0xe9, 0x03, 0);
	check_stroke(es, 0xf1, 0x27, 0);
	check_dead(es, 0xe1, 0x28, 0x1e);  /* á: acute, a */
	check_dead(es, 0xc1, 0x28, 0x1e);  /* Á */
	check_dead(es, 0x129, 0x0d, 0x17); /* ĩ: tilde with AltGr, i */
	check_stroke(ru, 0x444, 0x1e, 0);  /* ф */
	check_stroke(ru, 0x424, 0x1e, STROKE_SHIFT);
	check_dead(sv, 0xe9, 0x0d, 0x12);
	check_dead(sv, '~', 0x1b, 0x39); /* a tilde alone: with a blank */
	check_stroke(gb, 0xa3, 0x04, STROKE_SHIFT);
	check_stroke(gb, '\\', 0x56, 0);
	check_stroke(sl, 'Q', 0x10, STROKE_SHIFT); /* addupper */
	check_stroke(hu, 0x151, 0x1a, 0);	   /* ő */
	keymap_free(de), keymap_free(fr), keymap_free(es), keymap_free(ru), keymap_free(sv);
	keymap_free(gb), keymap_free(sl), keymap_free(hu);
}
END_TEST

/* Layouts whose alphabet is another one hold no Latin letters. */
static bool latin(const char *name)
{
	static const char *const others[] = { "ar", "et", "mk", "ru", "th" };

	for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
		if (text_equal(name, others[i]))
			return false;
	return true;
}

/* Every symbol of an installed layout that stands for a character can be typed, and a prompt's characters are there. */
START_TEST(test_every_installed)
{
	_cleanup_strv_ char **names = keymap_names();
	size_t layouts = 0;

	ck_assert_uint_ge(strv_length(names), 20);
	for (char **name = names; *name; name++, layouts++) {
		struct keymap *keymap = load(*name);
		struct stroke strokes[KEYMAP_STROKES];

		ck_assert_str_eq(keymap_name(keymap), *name);
		ck_assert_uint_ge(keymap->count, 40);
		for (size_t i = 0; i < keymap->count; i++) {
			const struct keymap_entry *entry = &keymap->entries[i];

			ck_assert_uint_eq(keymap_type(keymap, entry->character, strokes), 1);
			ck_assert_uint_eq(strokes[0].qnum, entry->stroke.qnum);
			ck_assert(i == 0 || entry[-1].character < entry->character);
			ck_assert_uint_eq(entry->stroke.modifiers & ~(unsigned)(STROKE_SHIFT | STROKE_ALTGR), 0);
		}
		for (uint32_t c = ' '; latin(*name) && c < 0x7f; c++)
			ck_assert_msg(keymap_type(keymap, c, strokes) > 0, "%s has no '%c'", *name, (int)c);
		keymap_free(keymap);
	}
}
END_TEST

START_TEST(test_missing)
{
	static const char *const bad[] = { "", "xx", "../keymaps/de", "/etc/passwd", ".", "..", "de/../fr", "a b" };
	_cleanup_error_ struct error err = ERROR_INIT;

	for (size_t i = 0; i < ARRAY_LENGTH(bad); i++) {
		ck_assert_ptr_null(keymap_load(bad[i], NULL, &err));
		ck_assert_ptr_nonnull(strstr(err.hint, "de, "));
		ck_assert_ptr_nonnull(strstr(err.hint, "en-us"));
		ck_assert_error(&err, ERROR_NOT_FOUND, "there is no keymap '");
	}
}
END_TEST

static void write_file(const char *directory, const char *name, const char *text, size_t length)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *path = strf("%s/%s", directory, name);

	ck_assert_ok(file_write(path, text, length, 0600, &err), &err);
}

START_TEST(test_own_files)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *directory = unit_tempdir();
	struct keymap *keymap;
	struct stroke strokes[KEYMAP_STROKES];
	static const char mine[] = "# mine\nmap 0x407\ninclude base\n\n"
				   "eacute\t0x03\r\nU20AC 0x12 altgr\n0x01000416 0x27 shift\n"
				   "a 0x1000\na 0x00\nb x\nc\nnosuchsymbol 0x10\nd 0x20 ctrl\ne 0x12 numlock\n"
				   "U0007 0x10\nUD800 0x10\nU110000 0x10\n0x1f 0x10\n0xfe51 0x10\n"
				   "q 0xf6\nq 0x10 shift";

	write_file(directory, "mine", mine, sizeof mine - 1);
	write_file(directory, "base", "x 0x2d addupper\n", 16);
	keymap = keymap_load("mine", directory, &err);
	ck_assert_msg(keymap, "%s", error_text(&err));
	ck_assert_uint_eq(keymap->count, 6);
	check_stroke(keymap, 0xe9, 0x03, 0);
	check_stroke(keymap, 0x20ac, 0x12, STROKE_ALTGR);
	check_stroke(keymap, 0x416, 0x27, STROKE_SHIFT);
	check_stroke(keymap, 'x', 0x2d, 0);
	check_stroke(keymap, 'X', 0x2d, STROKE_SHIFT);
	check_stroke(keymap, 'q', 0x10, STROKE_SHIFT); /* not the key that no keyboard has */
	ck_assert_uint_eq(keymap_type(keymap, 'a', strokes), 0);
	keymap_free(keymap);
	unit_tempdir_remove(directory);
}
END_TEST

START_TEST(test_bad_files)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	char *directory = unit_tempdir();
	char *large = xmalloc(KEYMAP_FILE_LIMIT + 1);

	memset(large, '\n', KEYMAP_FILE_LIMIT + 1);
	write_file(directory, "large", large, KEYMAP_FILE_LIMIT + 1);
	ck_assert_ptr_null(keymap_load("large", directory, &err));
	ck_assert_error(&err, ERROR_INVALID, "large");
	free(large);
	write_file(directory, "binary", "a 0x1e\0b", 8);
	ck_assert_ptr_null(keymap_load("binary", directory, &err));
	ck_assert_error(&err, ERROR_INVALID, "it is not text");
	write_file(directory, "loop", "include loop\n", 13);
	ck_assert_ptr_null(keymap_load("loop", directory, &err));
	ck_assert_error(&err, ERROR_INVALID, "too many files are included");
	write_file(directory, "out", "include ../../etc/passwd\n", 25);
	ck_assert_ptr_null(keymap_load("out", directory, &err));
	ck_assert_error(&err, ERROR_INVALID, "'include' without a keymap's name");
	write_file(directory, "gone", "include gone-too\n", 17);
	ck_assert_ptr_null(keymap_load("gone", directory, &err));
	ck_assert_error(&err, ERROR_NOT_FOUND, "the included keymap 'gone-too' does not exist");
	write_file(directory, "empty", "", 0);
	keymap_free(keymap_load("empty", directory, &err));
	unit_tempdir_remove(directory);
}
END_TEST

START_TEST(test_directory)
{
	_cleanup_free_ char *found = keymap_directory("/usr/bin/qemu-system-x86_64");

	ck_assert(path_exists(found));
	ck_assert_ptr_null(keymap_directory("qemu"));
	ck_assert_ptr_null(keymap_directory(NULL));
}
END_TEST

START_TEST(test_keysyms)
{
	const char *name, *before = "";
	uint32_t character, keysym;
	size_t n = 0;

	for (; keysym_name_at(n, &name); n++, before = name) {
		ck_assert_msg(strcmp(before, name) < 0, "%s before %s", before, name);
		ck_assert(keysym_character(name, &character, &keysym));
		ck_assert_uint_ge(character, ' ');
	}
	ck_assert_uint_ge(n, 500);
	ck_assert(keysym_character("Cyrillic_a", &character, &keysym));
	ck_assert_uint_eq(character, 0x430);
	ck_assert_uint_eq(keysym, 0x6c1);
	ck_assert(keysym_character("EuroSign", &character, &keysym));
	ck_assert_uint_eq(character, 0x20ac);
	ck_assert_uint_eq(keysym, 0x20ac);
	ck_assert(keysym_character("U1200", &character, &keysym));
	ck_assert_uint_eq(keysym, 0x01001200);
	ck_assert(!keysym_character("Return", &character, &keysym));
	ck_assert(!keysym_character("U12", &character, &keysym));
	ck_assert(!keysym_character("U123", &character, &keysym));
	ck_assert(!keysym_character("Uxyzw", &character, &keysym));
	ck_assert(!keysym_character("0xffffffffffff", &character, &keysym));
}
END_TEST

START_TEST(test_events)
{
	struct stroke stroke = { 0x1e, STROKE_SHIFT | STROKE_ALTGR, 'A' };
	struct key_event events[12];

	ck_assert_uint_eq(stroke_events(&stroke, events), 6);
	ck_assert(events[0].qnum == 0x2a && events[0].down && events[0].keysym == 0xffe1);
	ck_assert(events[1].qnum == 0xb8 && events[1].down);
	ck_assert(events[2].qnum == 0x1e && events[2].down && events[2].keysym == 'A');
	ck_assert(events[3].qnum == 0x1e && !events[3].down);
	ck_assert(events[4].qnum == 0xb8 && !events[4].down);
	ck_assert(events[5].qnum == 0x2a && !events[5].down);
	stroke.modifiers = STROKE_CONTROL | STROKE_ALT | STROKE_SHIFT | STROKE_ALTGR | STROKE_SUPER;
	ck_assert_uint_eq(stroke_events(&stroke, events), 12);
	stroke.modifiers = 0;
	ck_assert_uint_eq(stroke_events(&stroke, events), 2);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("keymap");
	TCase *tests = tcase_create("keymap");

	tcase_add_test(tests, test_built_in);
	tcase_add_test(tests, test_built_in_is_installed);
	tcase_add_test(tests, test_layouts);
	tcase_add_test(tests, test_every_installed);
	tcase_add_test(tests, test_missing);
	tcase_add_test(tests, test_own_files);
	tcase_add_test(tests, test_bad_files);
	tcase_add_test(tests, test_directory);
	tcase_add_test(tests, test_keysyms);
	tcase_add_test(tests, test_events);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
