/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every key of every key table, pressed where it holds: it does what its command is said to do there, and the terminal is sane behind it.
 *
 * VIRTTY_KEYS_TABLE: those of this table alone. */
#include "base/clock.h"
#include "base/memory.h"
#include "tests/harness/home.h"
#include "tests/terminal/key_bytes.h"
#include "tests/terminal/key_effects.h"
#include "tests/terminal/places.h"
#include "tests/terminal/puppet.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#define LIMIT_MS 15000
#define SELECTED 6 /* the background of what is selected */

/* A key that is pressed now; what is said when it does not do its work. */
struct press {
	struct stage *stage;
	struct pty *pty;
	const struct key_effect *effect;
	char *what; /* owned: "[list] q F10: the 2nd key" */
};

static void failed(const struct press *press, const char *text)
{
	_cleanup_free_ char *screen = pty_screen(press->pty);

	ck_abort_msg("%s: %s\n%s", press->what, text, screen);
}

static bool selected(const struct press *press)
{
	int row, column;

	return pty_find(press->pty, press->effect->selects, &row, &column) && pty_look(press->pty, row, column).background == SELECTED;
}

static bool has_written(struct pty *pty, size_t from, const char *text)
{
	const struct strbuf *bytes = pty_bytes(pty);

	return bytes->length > from && memmem(bytes->data + from, bytes->length - from, text, strlen(text)) != NULL;
}

/* All that is said to be seen then, but for what ends the program or goes to the guest. */
static bool is_seen(const struct press *press, size_t bytes, int row, int column)
{
	const struct key_effect *effect = press->effect;
	int now_row, now_column;

	pty_cursor(press->pty, &now_row, &now_column);
	return (effect->shows == NULL || pty_find(press->pty, effect->shows, NULL, NULL)) &&
	       (effect->gone == NULL || !pty_find(press->pty, effect->gone, NULL, NULL)) && (effect->selects == NULL || selected(press)) &&
	       (!effect->moves || now_row != row || now_column != column) &&
	       (effect->writes == NULL || has_written(press->pty, bytes, effect->writes)) &&
	       (effect->asks == NULL || puppet_asked(effect->asks));
}

static void expect_effect(const struct press *press, size_t bytes, int row, int column)
{
	int64_t limit = clock_monotonic_ms() + LIMIT_MS;

	if (press->effect->ends) {
		ck_assert_int_eq(pty_expect_exit(press->pty), 0);
		return;
	}
	if (press->effect->frame != 0)
		stage_expect(press->stage, press->pty, press->effect->frame, press->effect->sends);
	while (!is_seen(press, bytes, row, column)) {
		if (!pty_read(press->pty, 20))
			failed(press, "the program has ended");
		if (clock_monotonic_ms() > limit)
			failed(press, "it does not do its work");
	}
}

static void talk(struct stage *stage, struct pty *pty)
{
	for (int i = 0; i < 100; i++) {
		_cleanup_free_ char *line = strf("line %d.\r\n", i);

		stage_write(stage, pty, line);
	}
	pty_expect(pty, "line 99.");
}

/* Until it is drawn anew, for the new size. */
static void shrink(struct pty *pty, int rows)
{
	size_t before = pty_bytes(pty)->length;

	pty_resize(pty, rows, 80);
	while (!has_written(pty, before, "\033[2J"))
		ck_assert(pty_read(pty, LIMIT_MS));
}

static void press_key(struct press *press, const char *bytes)
{
	const struct key_effect *effect = press->effect;
	int row, column;

	if (effect->talk)
		talk(press->stage, press->pty);
	if (effect->before != NULL)
		pty_send(press->pty, effect->before);
	if (effect->ready != NULL)
		pty_expect(press->pty, effect->ready);
	while (pty_read(press->pty, 0) && effect->moves && !pty_cursor_shown(press->pty))
		;
	pty_cursor(press->pty, &row, &column);
	size_t before = pty_bytes(press->pty)->length;

	pty_send(press->pty, bytes);
	if (effect->after != NULL)
		pty_send(press->pty, effect->after);
	expect_effect(press, before, row, column);
}

static void check_key(struct stage *stage, const struct place *place, const struct key_effect *effect, const char *bytes, char *what)
{
	struct press press = { .stage = stage, .effect = effect, .what = what };

	puppet_forget();
	press.pty = place_open(stage, place, 24, 80, NULL);
	if (effect->rows > 0 && effect->rows != 24)
		shrink(press.pty, effect->rows);
	press_key(&press, bytes);
	if (!effect->ends) {
		kill(pty_pid(press.pty), SIGTERM);
		ck_assert_int_eq(pty_expect_exit(press.pty), 0);
	}
	expect_restored(press.pty);
	pty_free(press.pty);
	stage_hang_up(stage);
	free(what);
}

static void check_binding(const struct key_table *keys, const struct place *first, struct stage *stage, const struct key_binding *binding)
{
	const struct key_effect *effect = key_effect(keys, binding->command);
	struct key key;

	ck_assert_msg(effect != NULL, "[%s] %s: nothing is said in key_effects.c of what it does", keys->name, binding->keys);
	const struct place *place = effect->place != NULL ? place_find(effect->place) : first;

	ck_assert_ptr_nonnull(place);
	for (size_t n = 0; key_binding_key(binding, n, &key); n++) {
		_cleanup_free_ char *bytes = key_bytes(&key);

		ck_assert_msg(bytes != NULL, "[%s] %s: no bytes are known for its key %zu", keys->name, binding->keys, n + 1);
		check_key(stage, place, effect, bytes, strf("[%s] %s, key %zu", keys->name, binding->keys, n + 1));
	}
}

START_TEST(table)
{
	const struct key_table *keys = key_tables[_i];
	const struct place *place = keys == &keys_everywhere ? place_find("list") : place_of(keys);
	const char *only = getenv("VIRTTY_KEYS_TABLE");

	if (only != NULL && strcmp(only, keys->name) != 0)
		return;
	ck_assert_msg(place != NULL, "no place has the keys of [%s]", keys->name);
	struct stage *stage = place_stage(place);

	for (size_t i = 0; i < keys->count; i++)
		check_binding(keys, place, stage, &keys->bindings[i]);
	stage_free(stage);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui keys");
	TCase *tests = tcase_create("keys");

	tcase_set_timeout(tests, 180);
	tcase_add_loop_test(tests, table, 0, (int)key_table_count);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
