/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text recovery on the text front end of Debian's installer, which draws a framebuffer with a font of its own: its menu of languages, in most of
 * the world's scripts, against the list of languages that the installer's own files have. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/harness/reading.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INSTALLER "/usr/lib/debian-installer/images/12/amd64/text/debian-installer/amd64"

/* It unpacks itself and looks for hardware before it asks anything. */
enum { INSTALLER_MS = 480000 };

/* Lines of "0:en:English:English": level, code, name in English, name in the language. Owned. */
static char **language_list(void)
{
	static const char command[] =
		"zcat " INSTALLER "/initrd.gz | cpio -i --quiet --to-stdout usr/share/localechooser/languagelist.data.gz | zcat";
	_cleanup_free_ char *text = NULL;

	expect_ok(run_program((const char *const[]){ "/bin/sh", "-c", command, NULL }), &text);
	return strv_split(text, "\n");
}

/* Is it drawn as it is written, letter by letter, from the left? */
static bool is_plain(const char *text)
{
	uint32_t character;

	while ((character = utf8_next(&text)) != 0)
		if (character >= 0x590 && !(character >= 0x10a0 && character < 0x1100) && character < 0x3040)
			return false;
	return true;
}

/* Does this row begin with the text, in that column, and is nothing right of it? */
static bool row_has(const struct view *view, struct place place, const char *text)
{
	for (; *text != '\0'; text++, place.column++)
		if (cell_character(view, place.row, place.column) != (unsigned char)*text)
			return false;
	return cell_character(view, place.row, place.column) == ' ' && cell_character(view, place.row, place.column + 1) != '(';
}

/* Expects a language's names in the row that has it. first: where the first one is in some row; second: the column of the other. */
static bool expect_language(const struct view *view, struct expected *expected, struct place first, unsigned second, const char *line)
{
	_cleanup_strv_ char **fields = strv_split(line, ":");
	struct place place = first;

	if (strv_length(fields) != 4 || !is_plain(fields[2]) || !is_plain(fields[3]))
		return false;
	for (place.row = 0; place.row < expected->rows && !row_has(view, place, fields[2]); place.row++)
		;
	if (place.row == expected->rows)
		return false;
	expected_put(expected, place.row, place.column, fields[2]);
	expected_put(expected, place.row, second, fields[3]);
	return true;
}

static void compare_languages(struct view *view)
{
	const struct text_grid *grid = recover_grid(view->recover);
	_cleanup_strv_ char **languages = language_list();
	_cleanup_expected_ struct expected expected = expected_new(grid->columns, grid->rows);
	struct place first = wait_text(view, "Albanian", INSTALLER_MS);
	unsigned second = first.column, count = 0;

	while (cell_character(view, first.row, second) != '-')
		ck_assert_uint_lt(++second, grid->columns);
	while (cell_character(view, first.row, ++second) == ' ')
		ck_assert_uint_lt(second, grid->columns);
	for (size_t i = 0; languages[i] != NULL; i++)
		count += expect_language(view, &expected, first, second, languages[i]);
	ck_assert_msg(count >= 10, "only %u languages are on the screen", count);
	compare(view, "Debian's installer, 800x600", &expected, (struct place){ 0, 0 });
	ck_assert_msg(grid->recognised * 1000 >= grid->filled * 995, "%u of %u cells", grid->recognised, grid->filled);
}

START_TEST(test_installer)
{
	char *home;
	struct view view;

	if (!path_exists(INSTALLER "/linux")) {
		skip_test("debian-installer-12-netboot-amd64 is not installed");
		return;
	}
	home = home_new();
	/* The frame buffer of the VGA's BIOS, and no driver that would make another one of it on the way. */
	view = view_start(home, "installer",
			  (const char *const[]){ "-m", "1024", "-kernel", INSTALLER "/linux", "-initrd", INSTALLER "/initrd.gz", "-append",
						 "quiet vga=788 modprobe.blacklist=bochs", NULL });
	wait_text(&view, "Choose the language to be used", INSTALLER_MS);
	compare_languages(&view);
	view_end(&view);
	home_end(home);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("accuracy of the installer");
	TCase *tcase = tcase_create("installer");
	int result;

	tcase_set_timeout(tcase, 600);
	tcase_add_test(tcase, test_installer);
	suite_add_tcase(suite, tcase);
	reading_begin();
	result = suite_main(suite);
	reading_end();
	return result;
}
