/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random keys, mouse events, pastes, resizes and guests' words, in every place of the TUI: nothing ends it, breaks it, or reaches beyond its home.
 *
 * VIRTTY_KEYS_SEED: other keys (the seed is printed). VIRTTY_KEYS_COUNT: how many, in all. VIRTTY_KEYS_PLACE: in this place alone. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "tests/harness/home.h"
#include "tests/terminal/key_bytes.h"
#include "tests/terminal/places.h"
#include "tests/terminal/puppet.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RUNS	      4 /* the places are shared among so many tests */
#define DEFAULT_COUNT 10000
#define DEFAULT_SEED  1
#define KEPT_KEYS     40 /* shown when something goes wrong */

static unsigned long number_of(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text != NULL && *text != '\0' ? strtoul(text, NULL, 10) : otherwise;
}

struct monkey {
	struct stage *stage;
	const struct place *place;
	struct pty *pty;
	uint64_t state;
	char **keys;		    /* owned; all that any table has */
	char *typed[KEPT_KEYS]; /* owned; the last, a ring */
	size_t count;
};

/* SplitMix64: the same everywhere. */
static uint32_t draw(struct monkey *monkey, uint32_t below)
{
	uint64_t z = monkey->state += 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (uint32_t)((z ^ (z >> 31)) >> 32) % below;
}

static char **all_keys(void)
{
	char **keys = NULL;
	struct key key;

	for (size_t i = 0; i < key_table_count; i++)
		for (size_t j = 0; j < key_tables[i]->count; j++)
			for (size_t n = 0; key_binding_key(&key_tables[i]->bindings[j], n, &key); n++) {
				char *bytes = key_bytes(&key);

				if (bytes != NULL && !strv_contains(keys, bytes))
					keys = strv_take(keys, bytes);
				else
					free(bytes);
			}
	return keys;
}

static char *mouse_event(struct monkey *monkey)
{
	static const unsigned buttons[] = { 0, 0, 0, 1, 2, 32, 35, 64, 65, 4 };
	unsigned button = buttons[draw(monkey, ARRAY_LENGTH(buttons))];
	unsigned column = 1 + draw(monkey, 90), row = 1 + draw(monkey, 30);

	if (draw(monkey, 4) == 0) /* a double click */
		return strf("\033[<0;%u;%uM\033[<0;%u;%um\033[<0;%u;%uM\033[<0;%u;%um", column, row, column, row, column, row, column, row);
	return strf("\033[<%u;%u;%u%c", button, column, row, draw(monkey, 3) == 0 ? 'm' : 'M');
}

static char *something(struct monkey *monkey)
{
	static const char *const texts[] = {
		"a", "web", "9", "-", "%", "~", ".iso", "数据", "e\xcc\x81", "\xc3\xa9", "\xff", "\xe6\x95", "<&>", "'", "\033", "\033\033",
		"\033[", "\033[200~pasted\r\nlines \033[201~", "\033[200~x", "\033[201~", "\033[?1;2c", "\033[I", "\033[O", "\033]0;x\a", "\0331",
	};

	switch (draw(monkey, 10)) {
	case 0:
	case 1:
		return mouse_event(monkey);
	case 2:
		return xstrdup(texts[draw(monkey, ARRAY_LENGTH(texts))]);
	default:
		return xstrdup(monkey->keys[draw(monkey, (uint32_t)strv_length(monkey->keys))]);
	}
}

/* What was typed last, as a C string would have it. Owned. */
static char *last_keys(const struct monkey *monkey)
{
	struct strbuf out = STRBUF_INIT;

	for (size_t i = monkey->count > KEPT_KEYS ? monkey->count - KEPT_KEYS : 0; i < monkey->count; i++) {
		strbuf_puts(&out, " \"");
		for (const char *at = monkey->typed[i % KEPT_KEYS]; *at != '\0'; at++) {
			if (*at >= ' ' && *at < 0x7f && *at != '"' && *at != '\\')
				strbuf_putc(&out, *at);
			else
				strbuf_printf(&out, "\\%03o", (unsigned char)*at);
		}
		strbuf_putc(&out, '"');
	}
	return strbuf_take(&out);
}

static void failed(const struct monkey *monkey, const char *what, int status)
{
	_cleanup_free_ char *keys = last_keys(monkey);
	_cleanup_free_ char *screen = pty_screen(monkey->pty);

	ck_abort_msg("%s (%d) in '%s' after %zu keys with VIRTTY_KEYS_SEED=%lu; the last:%s\n%s", what, status, monkey->place->name, monkey->count,
		     number_of("VIRTTY_KEYS_SEED", DEFAULT_SEED), keys, screen);
}

static void open_place(struct monkey *monkey)
{
	/* the TUI that was here before may have left a console behind */
	stage_hang_up(monkey->stage);
	monkey->pty = place_open(monkey->stage, monkey->place, 24, 80, NULL);
}

/* It has ended: by a key that ends it, and then well. */
static void expect_good_end(struct monkey *monkey)
{
	int status = pty_expect_exit(monkey->pty);

	if (status != 0)
		failed(monkey, "ended with an error", status);
	expect_restored(monkey->pty);
	pty_free(monkey->pty);
	monkey->pty = NULL;
}

static void guest_speaks(struct monkey *monkey)
{
	static const char *const words[] = {
		"login: ",
		"\033[2J\033[H",
		"\033[?1049h\033[5;20r\033[20;70H数数数",
		"\033[?1049l\0338\r\n\r\n\r\n",
		"\033[?1000h\033[?1006h",
		"\033[?1000l\033[?2004h\033[?1h",
		"\033[31;1;48;2;9;9;9mcolour\033[0m a line that is longer than most, so that it is wrapped sooner or later on any terminal "
		"of this size\r\n",
		"\033]52;c;RVZJTA==\a\033]0;title\a\033P1$r\033\\",
		"\033[6n\033[5n\033[c",
		"e\xcc\x81\xcc\x81\xcc\x81\xff\xfe\t\b\b\a",
	};

	stage_offer(monkey->stage, words[draw(monkey, ARRAY_LENGTH(words))], draw(monkey, 4) != 0, draw(monkey, 12) == 0);
}

static void remember(struct monkey *monkey, char *keys)
{
	free(monkey->typed[monkey->count % KEPT_KEYS]);
	monkey->typed[monkey->count++ % KEPT_KEYS] = keys;
}

/* One thing happens. */
static void happen(struct monkey *monkey)
{
	if (draw(monkey, 40) == 0)
		pty_resize(monkey->pty, 1 + (int)draw(monkey, 60), 1 + (int)draw(monkey, 200));
	if (draw(monkey, 20) == 0)
		guest_speaks(monkey);
	remember(monkey, something(monkey));
	pty_send(monkey->pty, monkey->typed[(monkey->count - 1) % KEPT_KEYS]);
	/* Esc is a key, and not the beginning of one, now and then */
	if (!pty_read(monkey->pty, draw(monkey, 10) == 0 ? 60 : 0)) {
		expect_good_end(monkey);
		open_place(monkey);
	}
}

static void run_place(struct monkey *monkey, unsigned long count)
{
	static const char *const verbs[] = { "start", "shutdown", "undefine", "install", "autostart", "domrename" };

	monkey->stage = place_stage(monkey->place);
	for (size_t i = 0; i < ARRAY_LENGTH(verbs) && monkey->place->prepare == NULL; i++)
		if (draw(monkey, 2) == 0)
			puppet_answer(verbs[i], "fail");
	size_t machines = stage_machines(monkey->stage);

	open_place(monkey);
	for (unsigned long i = 0; i < count; i++)
		happen(monkey);
	stage_hang_up(monkey->stage);
	kill(pty_pid(monkey->pty), SIGTERM);
	expect_good_end(monkey);
	/* all of it went by the puppet, and what plays the machines' QEMU lives */
	stage_expect_untouched(monkey->stage, machines);
	stage_free(monkey->stage);
}

START_TEST(random_keys)
{
	unsigned long seed = number_of("VIRTTY_KEYS_SEED", DEFAULT_SEED);
	unsigned long count = number_of("VIRTTY_KEYS_COUNT", DEFAULT_COUNT);
	struct monkey monkey = { .keys = all_keys() };

	pty_typed_signals(false);
	for (size_t i = (size_t)_i; i < place_count; i += RUNS) {
		if (getenv("VIRTTY_KEYS_PLACE") != NULL && strcmp(getenv("VIRTTY_KEYS_PLACE"), places[i].name) != 0)
			continue;
		monkey.place = &places[i];
		monkey.state = seed * 1000003 + i;
		monkey.count = 0;
		run_place(&monkey, (count + place_count - 1) / place_count);
	}
	for (size_t i = 0; i < KEPT_KEYS; i++)
		free(monkey.typed[i]);
	strv_free(monkey.keys);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui random keys");
	TCase *tests = tcase_create("random keys");

	printf("VIRTTY_KEYS_SEED=%lu VIRTTY_KEYS_COUNT=%lu\n", number_of("VIRTTY_KEYS_SEED", DEFAULT_SEED),
	       number_of("VIRTTY_KEYS_COUNT", DEFAULT_COUNT));
	fflush(stdout);
	tcase_set_timeout(tests, 60 + (double)number_of("VIRTTY_KEYS_COUNT", DEFAULT_COUNT) / 10);
	tcase_add_loop_test(tests, random_keys, 0, RUNS);
	suite_add_tcase(suite, tests);
	return suite_main(suite);
}
