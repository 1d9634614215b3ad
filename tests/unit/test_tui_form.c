/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that are typed, and forms of them: editing by characters, focus, choices, proposals. */
#include "base/strv.h"
#include "tests/unit/unit.h"
#include "tui/form.h"

#include <termkey.h>

static struct line_edit line;

static void type(const char *text)
{
	ck_assert(line_insert(&line, text, strlen(text)));
}

static bool command(enum command what)
{
	bool changed = false;

	ck_assert(line_command(&line, what, &changed));
	return changed;
}

static void teardown(void)
{
	line_clear(&line);
}

START_TEST(typing)
{
	const struct key letters[] = {
		{ .type = KEY_TYPE_CHAR, .code = 'a' },
		{ .type = KEY_TYPE_CHAR, .code = 0x6570 },
		{ .type = KEY_TYPE_CHAR, .code = ' ' },
		{ .type = KEY_TYPE_CHAR, .code = 'Z', .modifiers = TERMKEY_KEYMOD_SHIFT },
	};
	const struct key others[] = {
		{ .type = KEY_TYPE_CHAR, .code = 'a', .modifiers = TERMKEY_KEYMOD_CTRL },
		{ .type = KEY_TYPE_CHAR, .code = 'x', .modifiers = TERMKEY_KEYMOD_ALT },
		{ .type = KEY_TYPE_CHAR, .code = 0x1b },
		{ .type = KEY_TYPE_FUNCTION, .code = 1 },
		{ .type = KEY_TYPE_CHAR, .code = 0x202e },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(letters); i++)
		ck_assert(line_key(&line, &letters[i]));
	for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
		ck_assert(!line_key(&line, &others[i]));
	ck_assert_str_eq(line_text(&line), "a数 Z");
}
END_TEST

START_TEST(editing)
{
	type("/srv/isos/de\xcc\x81" "b数.iso");
	command(COMMAND_FIRST);
	ck_assert(!command(COMMAND_ERASE));
	ck_assert(command(COMMAND_ERASE_NEXT));
	ck_assert_str_eq(line_text(&line), "srv/isos/de\xcc\x81" "b数.iso");
	command(COMMAND_LAST);
	ck_assert(!command(COMMAND_ERASE_NEXT));
	for (int i = 0; i < 4; i++)
		ck_assert(command(COMMAND_ERASE));
	ck_assert_str_eq(line_text(&line), "srv/isos/de\xcc\x81" "b数");
	ck_assert(command(COMMAND_ERASE));
	ck_assert(command(COMMAND_ERASE));
	/* the accent goes with its letter */
	ck_assert(command(COMMAND_ERASE));
	ck_assert_str_eq(line_text(&line), "srv/isos/d");
	ck_assert(command(COMMAND_ERASE_WORD));
	ck_assert_str_eq(line_text(&line), "srv/isos/");
	ck_assert(command(COMMAND_ERASE_WORD));
	ck_assert_str_eq(line_text(&line), "srv/");
	command(COMMAND_LEFT);
	type("x");
	ck_assert_str_eq(line_text(&line), "srvx/");
	command(COMMAND_RIGHT);
	command(COMMAND_RIGHT);
	ck_assert(command(COMMAND_ERASE_LINE));
	ck_assert_str_eq(line_text(&line), "");
	ck_assert(!command(COMMAND_ERASE_LINE));
	ck_assert(!command(COMMAND_ERASE_WORD));
}
END_TEST

START_TEST(pasting)
{
	static const char dirty[] = "a\r\n\tb\x1b[31m\xff\xc3(c\xe2\x80\xae" "d\xc2\x9b\xf0\x9f\x98";
	_cleanup_free_ char *long_text = xcalloc(1, 10000);

	type(dirty);
	ck_assert_str_eq(line_text(&line), "ab[31m(cd");
	ck_assert(!line_insert(&line, "\r\n", 2));
	memset(long_text, 'x', 9999);
	ck_assert(!line_insert(&line, long_text, 9999));
	ck_assert_str_eq(line_text(&line), "ab[31m(cd");
}
END_TEST

START_TEST(clicking)
{
	type("a数b");
	line_click(&line, 0);
	ck_assert_uint_eq(line.cursor, 0);
	line_click(&line, 1);
	ck_assert_uint_eq(line.cursor, 1);
	line_click(&line, 2); /* the right half of the wide one */
	ck_assert_uint_eq(line.cursor, 1);
	line_click(&line, 3);
	ck_assert_uint_eq(line.cursor, 4);
	line_click(&line, 99);
	ck_assert_uint_eq(line.cursor, 5);
}
END_TEST

/* ---- forms ---- */

enum { TEXT, CHOICE, NOTE, CHECK, LAST, COUNT };
static int changes;

static void changed(struct form *form, size_t field, void *userdata)
{
	ck_assert_uint_eq(field, form->focus);
	ck_assert_ptr_eq(userdata, &changes);
	changes++;
}

static struct form make_form(void)
{
	struct form form;

	form_init(&form, COUNT);
	form.fields[CHOICE].kind = FIELD_CHOICE;
	form.fields[CHOICE].choices = strv_split("one two three", " ");
	form.fields[NOTE].kind = FIELD_NOTE;
	form.fields[CHECK].kind = FIELD_CHECK;
	form.changed = changed;
	form.userdata = &changes;
	changes = 0;
	return form;
}

START_TEST(focus)
{
	struct form form = make_form();

	ck_assert(form_command(&form, COMMAND_NEXT));
	ck_assert_uint_eq(form.focus, CHOICE);
	ck_assert(form_command(&form, COMMAND_NEXT));
	ck_assert_uint_eq(form.focus, CHECK);
	form.fields[LAST].hidden = true;
	ck_assert(form_command(&form, COMMAND_NEXT));
	ck_assert_uint_eq(form.focus, TEXT);
	ck_assert(form_command(&form, COMMAND_PREVIOUS));
	ck_assert_uint_eq(form.focus, CHECK);
	form_focus(&form, NOTE);
	ck_assert_uint_eq(form.focus, CHECK);
	ck_assert_int_eq(changes, 0);
	form_clear(&form);
}
END_TEST

START_TEST(values)
{
	const struct key space = { .type = KEY_TYPE_CHAR, .code = ' ' };
	struct form form = make_form();

	form_propose(&form, TEXT, xstrdup("demo"));
	ck_assert(form_command(&form, COMMAND_RIGHT));
	ck_assert_str_eq(line_text(&form.fields[TEXT].line), "demo");
	ck_assert(form_key(&form, &space));
	ck_assert(form_command(&form, COMMAND_ERASE));
	form_paste(&form, "-2\r", 3);
	ck_assert_str_eq(line_text(&form.fields[TEXT].line), "demo-2");
	ck_assert_int_eq(changes, 4);

	form_focus(&form, CHOICE);
	ck_assert(form_command(&form, COMMAND_LEFT));
	ck_assert_uint_eq(form.fields[CHOICE].choice, 2);
	ck_assert(form_key(&form, &space));
	ck_assert_uint_eq(form.fields[CHOICE].choice, 0);
	ck_assert(form_command(&form, COMMAND_LAST));
	ck_assert(form_command(&form, COMMAND_LAST));
	ck_assert_int_eq(changes, 7);
	ck_assert(!form_command(&form, COMMAND_ERASE));
	form_paste(&form, "x", 1);

	form_focus(&form, CHECK);
	ck_assert(form_key(&form, &space));
	ck_assert(form.fields[CHECK].checked);
	ck_assert(form_command(&form, COMMAND_LEFT));
	ck_assert(!form.fields[CHECK].checked);
	ck_assert_int_eq(changes, 9);
	form_clear(&form);
}
END_TEST

START_TEST(verdicts)
{
	struct form form = make_form();

	ck_assert_uint_eq(form_first_wrong(&form), COUNT);
	form_say(&form, TEXT, xstrdup("a note"), FIELD_DOUBTFUL, xstrdup("hm"));
	form_say(&form, LAST, NULL, FIELD_WRONG, xstrdup("no"));
	ck_assert_uint_eq(form_first_wrong(&form), LAST);
	form.fields[LAST].hidden = true;
	ck_assert_uint_eq(form_first_wrong(&form), COUNT);
	form_clear(&form);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui form");
	TCase *lines = tcase_create("line");
	TCase *forms = tcase_create("form");

	setlocale(LC_ALL, "C.UTF-8");
	tcase_add_checked_fixture(lines, NULL, teardown);
	tcase_add_test(lines, typing);
	tcase_add_test(lines, editing);
	tcase_add_test(lines, pasting);
	tcase_add_test(lines, clicking);
	suite_add_tcase(suite, lines);
	tcase_add_test(forms, focus);
	tcase_add_test(forms, values);
	tcase_add_test(forms, verdicts);
	suite_add_tcase(suite, forms);
	return unit_run(suite);
}
