/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every screen as text: at 80x24 and at 160x50, in UTF-8 and in ASCII; and the help of every key table.
 *
 * VIRTTY_SCREENS: those alone whose name begins so. */
#include "base/memory.h"
#include "base/text.h"
#include "tests/harness/home.h"
#include "tests/terminal/places.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	int rows, columns;
} sizes[] = { { 24, 80 }, { 50, 160 } };

static const struct {
	const char *suffix;
	const char *extra[2];
} charsets[] = { { "", { NULL } }, { "-ascii", { "LC_ALL=C", NULL } } };

/* The load of the one machine that runs is there: it comes with the first second. True where no such machine is seen. */
static bool has_figures(struct pty *pty)
{
	_cleanup_free_ char *screen = pty_screen(pty);
	const char *uptime = strstr(screen, "5 h 20 min");

	if (uptime == NULL)
		return true;
	const char *begin = uptime;

	while (begin > screen && begin[-1] != '\n')
		begin--;
	_cleanup_free_ char *line = xstrndup(begin, (size_t)(uptime - begin));

	return strstr(line, " 0 ") != NULL;
}

/* Two sizes of one program: what was resized looks as what began so. */
static void check_texts(struct pty *pty, const char *prefix, const char *name, const char *suffix)
{
	for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
		_cleanup_free_ char *golden = strf("%s%s-%dx%d%s", prefix, name, sizes[i].columns, sizes[i].rows, suffix);

		if (i > 0)
			pty_resize(pty, sizes[i].rows, sizes[i].columns);
		while (!has_figures(pty))
			ck_assert_msg(pty_read(pty, 2000), "the program has ended");
		pty_expect_golden(pty, golden);
	}
}

static void end(struct pty *pty)
{
	kill(pty_pid(pty), SIGTERM);
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	expect_restored(pty);
	pty_free(pty);
}

static bool is_wanted(const char *name)
{
	const char *wanted = getenv("VIRTTY_SCREENS");

	return wanted == NULL || text_starts(name, wanted);
}

START_TEST(screen)
{
	const struct place *place = &places[_i];

	if (!is_wanted(place->name))
		return;
	if (place->keys == &keys_help)
		return; /* those are below, one for each table */
	struct stage *stage = place_stage(place);

	for (size_t i = 0; i < ARRAY_LENGTH(charsets); i++) {
		struct pty *pty = place_open(stage, place, sizes[0].rows, sizes[0].columns, charsets[i].extra);

		check_texts(pty, "", place->name, charsets[i].suffix);
		end(pty);
	}
	stage_free(stage);
}
END_TEST

START_TEST(help)
{
	const struct key_table *keys = key_tables[_i];
	const struct place *place = place_of(keys);

	/* what holds everywhere is the end of each help */
	ck_assert_msg(place != NULL || keys == &keys_everywhere, "no place has the keys of [%s]", keys->name);
	if (place == NULL || place_help_key(keys) == NULL || !is_wanted(keys->name))
		return;
	struct stage *stage = place_stage(place);

	for (size_t i = 0; i < ARRAY_LENGTH(charsets); i++) {
		struct pty *pty = place_open(stage, place, sizes[0].rows, sizes[0].columns, charsets[i].extra);

		pty_send(pty, place_help_key(keys));
		pty_expect(pty, "virtty: help");
		check_texts(pty, "help-", keys->name, charsets[i].suffix);
		end(pty);
	}
	stage_free(stage);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui screens");
	TCase *tests = tcase_create("screens");

	tcase_set_timeout(tests, 120);
	tcase_add_loop_test(tests, screen, 0, (int)place_count);
	tcase_add_loop_test(tests, help, 0, (int)key_table_count);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
