/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys: their names, and that every table is whole: each binding has keys, help and a command, and no key means two things. */
#include "tests/unit/unit.h"
#include "tui/bindings.h"

#include <termkey.h>

static struct key parse(const char *name)
{
	struct key key;

	ck_assert_msg(key_parse(name, strlen(name), &key), "'%s' is no key", name);
	return key;
}

static void check_label(const char *name, bool utf8, const char *wanted)
{
	struct key key = parse(name);
	char label[64];

	key_label(&key, utf8, label, sizeof label);
	ck_assert_str_eq(label, wanted);
}

START_TEST(names)
{
	struct key key = parse("C-]");

	ck_assert_int_eq(key.type, KEY_TYPE_CHAR);
	ck_assert_uint_eq(key.code, ']');
	ck_assert_uint_eq(key.modifiers, TERMKEY_KEYMOD_CTRL);
	key = parse("S-PgUp");
	ck_assert_int_eq(key.type, KEY_TYPE_SYMBOL);
	ck_assert_uint_eq(key.code, TERMKEY_SYM_PAGEUP);
	ck_assert_uint_eq(key.modifiers, TERMKEY_KEYMOD_SHIFT);
	key = parse("F10");
	ck_assert_int_eq(key.type, KEY_TYPE_FUNCTION);
	ck_assert_uint_eq(key.code, 10);
	key = parse("F");
	ck_assert_int_eq(key.type, KEY_TYPE_CHAR);
	key = parse("é");
	ck_assert_uint_eq(key.code, 0xe9);
	key = parse("-");
	ck_assert_uint_eq(key.code, '-');
	key = parse("C--");
	ck_assert_uint_eq(key.modifiers, TERMKEY_KEYMOD_CTRL);
	ck_assert(!key_parse("", 0, &key));
	ck_assert(!key_parse("Nonsense", 8, &key));
	ck_assert(!key_parse("F0", 2, &key));
	ck_assert(!key_parse("F99", 3, &key));
	ck_assert(!key_parse("\xff", 1, &key));
}
END_TEST

START_TEST(labels)
{
	check_label("C-]", true, "^]");
	check_label("C-c", true, "^C");
	check_label("S-PgUp", true, "Shift-PgUp");
	check_label("M-x", true, "Alt-x");
	check_label("Up", true, "↑");
	check_label("Up", false, "Up");
	check_label("F12", false, "F12");
	check_label("Space", false, "Space");
	check_label("é", true, "é");
}
END_TEST

START_TEST(equality)
{
	struct key erase = { .type = KEY_TYPE_SYMBOL, .code = TERMKEY_SYM_DEL };
	struct key backspace = parse("Backspace");
	struct key shifted = { .type = KEY_TYPE_CHAR, .code = 'G', .modifiers = TERMKEY_KEYMOD_SHIFT };
	struct key capital = parse("G");
	struct key small = parse("g");

	ck_assert(key_equal(&erase, &backspace));
	ck_assert(key_equal(&shifted, &capital));
	ck_assert(!key_equal(&small, &capital));
}
END_TEST

/* A key of one binding bound again, in this table or in the one that is asked after it: to another command, that is. */
static void check_unique(const struct key_table *table, const struct key_table *other, size_t from, size_t binding, const struct key *key)
{
	struct key again;

	for (size_t i = from; i < other->count; i++)
		for (size_t n = 0; (other == table || other->bindings[i].command != table->bindings[binding].command) &&
				   key_binding_key(&other->bindings[i], n, &again);
		     n++)
			ck_assert_msg(!key_equal(key, &again), "%s: '%s' and '%s' share a key", table->title,
				      table->bindings[binding].help, other->bindings[i].help);
}

static void check_table(const struct key_table *table)
{
	struct key key;

	ck_assert_ptr_nonnull(table->title);
	for (size_t i = 0; i < table->count; i++) {
		const struct key_binding *binding = &table->bindings[i];
		size_t n = 0;

		ck_assert_msg(binding->help != NULL && *binding->help != '\0', "%s: '%s' has no help", table->title, binding->keys);
		ck_assert_msg(binding->command > COMMAND_NONE && binding->command < COMMAND_COUNT, "%s: '%s'", table->title,
			      binding->keys);
		for (; key_binding_key(binding, n, &key); n++) {
			ck_assert_int_eq(key_table_find(table, &key), binding->command);
			check_unique(table, table, i + 1, i, &key);
		}
		size_t words = 1;

		for (const char *at = binding->keys; *at != '\0'; at++)
			words += *at == ' ';
		ck_assert_msg(n == words, "%s: '%s' has a key that is none", table->title, binding->keys);
	}
}

START_TEST(tables)
{
	struct key key;

	for (size_t t = 0; t < key_table_count; t++) {
		check_table(key_tables[t]);
		/* help's own table closes by the key that opens it */
		if (key_tables[t] == &keys_everywhere || key_tables[t] == &keys_help)
			continue;
		for (size_t i = 0; i < key_tables[t]->count; i++)
			for (size_t n = 0; key_binding_key(&key_tables[t]->bindings[i], n, &key); n++)
				check_unique(key_tables[t], &keys_everywhere, 0, i, &key);
	}
}
END_TEST

START_TEST(finding)
{
	struct key key = parse("s");
	char label[32];

	ck_assert_int_eq(key_table_find(&keys_list, &key), COMMAND_START);
	ck_assert_int_eq(key_table_find(&keys_console, &key), COMMAND_NONE);
	ck_assert_int_eq(key_table_find(NULL, &key), COMMAND_NONE);
	key_table_label(&keys_console, COMMAND_DETACH, true, label, sizeof label);
	ck_assert_str_eq(label, "^]");
	key_table_label(&keys_console, COMMAND_START, true, label, sizeof label);
	ck_assert_str_eq(label, "");
	_cleanup_free_ char *all = key_binding_text(&keys_everywhere.bindings[0], true);

	ck_assert_str_eq(all, "?, F1");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui keys");
	TCase *tests = tcase_create("keys");

	setlocale(LC_CTYPE, "C.UTF-8");
	tcase_add_test(tests, names);
	tcase_add_test(tests, labels);
	tcase_add_test(tests, equality);
	tcase_add_test(tests, tables);
	tcase_add_test(tests, finding);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
