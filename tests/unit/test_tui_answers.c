/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a terminal sends beyond plain keys: the kitty protocol's keys, answers to our questions; and pictures on their
 * way to it. */
#include "base/strbuf.h"
#include "tests/unit/unit.h"
#include "tui/input_filter.h"
#include "tui/kitty_keys.h"
#include "tui/terminal_image.h"
#include "tui/terminal_query.h"

#include <termkey.h>

/* ---- keys ---- */

static const struct {
	const char *sequence;
	enum key_type type;
	uint32_t code;
	unsigned modifiers;
	enum key_action action;
	uint32_t plain;
} keys[] = {
	{ "97u", KEY_TYPE_CHAR, 'a', 0, KEY_PRESSED, 'a' },
	{ "97;1:3u", KEY_TYPE_CHAR, 'a', 0, KEY_RELEASED, 'a' },
	{ "97:65;2u", KEY_TYPE_CHAR, 'A', 0, KEY_PRESSED, 'a' },
	{ "97:65;2:2u", KEY_TYPE_CHAR, 'A', 0, KEY_REPEATED, 'a' },
	{ "92;5u", KEY_TYPE_CHAR, '\\', TERMKEY_KEYMOD_CTRL, KEY_PRESSED, '\\' },
	{ "97;69u", KEY_TYPE_CHAR, 'a', TERMKEY_KEYMOD_CTRL, KEY_PRESSED, 'a' }, /* Caps Lock is on */
	{ "13u", KEY_TYPE_SYMBOL, TERMKEY_SYM_ENTER, 0, KEY_PRESSED, 0 },
	{ "27;1:3u", KEY_TYPE_SYMBOL, TERMKEY_SYM_ESCAPE, 0, KEY_RELEASED, 0 },
	{ "57441u", KEY_TYPE_MODIFIER, KEY_MODIFIER_SHIFT_LEFT, 0, KEY_PRESSED, 0 },
	{ "57442;5:3u", KEY_TYPE_MODIFIER, KEY_MODIFIER_CONTROL_LEFT, TERMKEY_KEYMOD_CTRL, KEY_RELEASED, 0 },
	{ "57453u", KEY_TYPE_MODIFIER, KEY_MODIFIER_ALT_RIGHT, 0, KEY_PRESSED, 0 },
	{ "57399u", KEY_TYPE_CHAR, '0', 0, KEY_PRESSED, '0' },
	{ "57376u", KEY_TYPE_FUNCTION, 13, 0, KEY_PRESSED, 0 },
	{ "A", KEY_TYPE_SYMBOL, TERMKEY_SYM_UP, 0, KEY_PRESSED, 0 },
	{ "1;1:3A", KEY_TYPE_SYMBOL, TERMKEY_SYM_UP, 0, KEY_RELEASED, 0 },
	{ "1;6P", KEY_TYPE_FUNCTION, 1, TERMKEY_KEYMOD_CTRL | TERMKEY_KEYMOD_SHIFT, KEY_PRESSED, 0 },
	{ "3~", KEY_TYPE_SYMBOL, TERMKEY_SYM_DELETE, 0, KEY_PRESSED, 0 },
	{ "24;1:3~", KEY_TYPE_FUNCTION, 12, 0, KEY_RELEASED, 0 },
};

START_TEST(kitty_keys)
{
	struct key key;

	ck_assert(kitty_key(keys[_i].sequence, strlen(keys[_i].sequence), &key));
	ck_assert_int_eq(key.type, keys[_i].type);
	ck_assert_uint_eq(key.code, keys[_i].code);
	ck_assert_uint_eq(key.modifiers, keys[_i].modifiers);
	ck_assert_int_eq(key.action, keys[_i].action);
	ck_assert_uint_eq(key.plain, keys[_i].plain);
	ck_assert(key.real);
}
END_TEST

START_TEST(no_kitty_keys)
{
	static const char *const none[] = { "",	       "u",	   "200~",    "201~",	"99999999999u",
					    "97;;;;u", "1:2:3:4u", "<0;1;1M", "57344u", "5u",
					    "x",       "0n" };
	struct key key;

	for (size_t i = 0; i < sizeof none / sizeof *none; i++)
		ck_assert_msg(!kitty_key(none[i], strlen(none[i]), &key), "%s", none[i]);
}
END_TEST

/* ---- the filter ---- */

struct heard {
	struct strbuf bytes, keys, answers;
};

static void on_bytes(const char *bytes, size_t length, void *userdata)
{
	strbuf_add(&((struct heard *)userdata)->bytes, bytes, length);
}

static void on_key(const struct key *key, void *userdata)
{
	strbuf_printf(&((struct heard *)userdata)->keys, "%u/%d ", (unsigned)key->code, (int)key->action);
}

static void on_answer(const char *text, size_t length, void *userdata)
{
	struct heard *heard = userdata;

	strbuf_add(&heard->answers, text, length);
	strbuf_putc(&heard->answers, ' ');
}

static void on_mouse(const struct sgr_mouse *mouse, void *userdata)
{
	strbuf_printf(&((struct heard *)userdata)->keys, "%u@%u,%u%s ", mouse->button, mouse->x, mouse->y, mouse->released ? "up" : "");
}

static const struct input_filter_callbacks callbacks = { on_bytes, on_key, on_mouse, on_answer };

static void expect(const struct strbuf *text, const char *expected)
{
	ck_assert_str_eq(text->data != NULL ? text->data : "", expected);
}

static void clear(struct heard *heard)
{
	strbuf_clear(&heard->bytes);
	strbuf_clear(&heard->keys);
	strbuf_clear(&heard->answers);
}

static const char mixed[] =
	"ab\033[A\033[97;1:3u\033[?62;4;22c\033_Gi=31;OK\033\\c\033[6;19;9tx\033[?1016;2$y\033[<0;3;4M";

/* However the bytes are cut, the outcome is the same. */
START_TEST(filtering)
{
	for (size_t step = 1; step < sizeof mixed; step++) {
		struct heard heard = { 0 };
		struct input_filter filter = {
			.callbacks = &callbacks, .userdata = &heard, .kitty = true, .answers = true
		};

		for (size_t at = 0; at < sizeof mixed - 1; at += step)
			input_filter_push(&filter, mixed + at,
					  sizeof mixed - 1 - at < step ? sizeof mixed - 1 - at : step);
		ck_assert(!input_filter_waits(&filter));
		expect(&heard.bytes, "abcx\033[<0;3;4M");
		_cleanup_free_ char *typed = strf("%u/0 97/2 ", (unsigned)TERMKEY_SYM_UP);

		expect(&heard.keys, typed);
		expect(&heard.answers, "[?62;4;22c _Gi=31;OK [6;19;9t [?1016;2$y ");
		clear(&heard);
	}
}
END_TEST

START_TEST(nothing_was_asked)
{
	struct heard heard = { 0 };
	struct input_filter filter = { .callbacks = &callbacks, .userdata = &heard };

	static const char said[] = "\033[A\033[97u\033[?62c\033_x";

	input_filter_push(&filter, said, sizeof said - 1);
	input_filter_flush(&filter);
	expect(&heard.bytes, "\033[A\033[97u\033_x");
	expect(&heard.keys, "");
	expect(&heard.answers, "");
	clear(&heard);
}
END_TEST

START_TEST(a_mouse_in_pixels)
{
	static const char said[] = "\033[<0;3000;1999M\033[<0;3000;1999m\033[<0;1M\033[<0;1;2;3M";
	struct heard heard = { 0 };
	struct input_filter filter = { .callbacks = &callbacks, .userdata = &heard, .pixels = true };

	input_filter_push(&filter, said, sizeof said - 1);
	expect(&heard.keys, "0@3000,1999 0@3000,1999up ");
	expect(&heard.bytes, "\033[<0;1M\033[<0;1;2;3M");
	clear(&heard);
}
END_TEST

/* What is pasted is text, whatever it looks like. */
START_TEST(a_paste_is_text)
{
	/* an answer is none of the terminal's there, and no key */
	static const char paste[] = "\033[200~\033[13u\033[?62;4c\033_Gi=31;OK\033\\\033[201~\033[13u";
	struct heard heard = { 0 };
	struct input_filter filter = { .callbacks = &callbacks, .userdata = &heard, .kitty = true, .answers = true };

	input_filter_push(&filter, paste, sizeof paste - 1);
	_cleanup_free_ char *enter = strf("%u/0 ", (unsigned)TERMKEY_SYM_ENTER);

	expect(&heard.keys, enter);
	expect(&heard.answers, "");
	expect(&heard.bytes, "\033[200~\033[13u\033_Gi=31;OK\033\\\033[201~");
	clear(&heard);
}
END_TEST

/* What libtermkey would look up beyond the end of its tables does not come to it, pasted or not. */
START_TEST(what_has_no_key)
{
	static const char *const none[] = { "\033[#R", "\033[?A", "\033[>0;276;0c", "\033[=1u", "\033[1#A", "\033[u", "\033[~", "\033[;5u", "\033[27~", "\033[27;5~",
					    "\033[27;;~", "\033[27;5;~", "\033[99999999u", "\033[1;99999999A", "\033[<1A" };
	static const char *const known[] = { "\033[A", "\033[1;5A", "\033[15~", "\033[15;2~", "\033[27;5;9~", "\033[97u", "\033[97;5u", "\033[<0;3;4M", "\033[<0;3;4m",
					    "\033[M", "\033[Z", "\033[I", "\033[[" };
	struct heard heard = { 0 };
	struct input_filter filter = { .callbacks = &callbacks, .userdata = &heard };

	for (int pasting = 0; pasting < 2; pasting++) {
		filter.pasting = pasting == 1;
		for (size_t i = 0; i < ARRAY_LENGTH(none); i++) {
			input_filter_push(&filter, none[i], strlen(none[i]));
			ck_assert_msg(heard.bytes.length == 0 && filter.length == 0, "%s", none[i] + 1);
		}
		for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
			input_filter_push(&filter, known[i], strlen(known[i]));
			expect(&heard.bytes, known[i]);
			clear(&heard);
		}
	}
	/* nor by its rest, after a byte that no sequence has */
	input_filter_push(&filter, "\033[\001#R", 5);
	expect(&heard.bytes, "\001#R");
	clear(&heard);
}
END_TEST

START_TEST(an_escape_alone)
{
	struct heard heard = { 0 };
	struct input_filter filter = { .callbacks = &callbacks, .userdata = &heard };

	input_filter_push(&filter, "\033", 1);
	ck_assert(input_filter_waits(&filter));
	input_filter_flush(&filter);
	expect(&heard.bytes, "\033");
	input_filter_push(&filter, "\033\033[B", 4);
	expect(&heard.bytes, "\033\033\033[B");
	clear(&heard);
}
END_TEST

START_TEST(what_never_ends)
{
	struct heard heard = { 0 };
	struct input_filter filter = { .callbacks = &callbacks, .userdata = &heard, .answers = true };
	char longest[4096];

	memset(longest, '1', sizeof longest);
	input_filter_push(&filter, "\033[", 2);
	input_filter_push(&filter, longest, sizeof longest);
	input_filter_push(&filter, "\033_", 2);
	input_filter_push(&filter, longest, sizeof longest);
	ck_assert_uint_eq(heard.bytes.length + filter.length, 4 + 2 * sizeof longest);
	clear(&heard);
}
END_TEST

/* ---- abilities ---- */

static bool answer(struct terminal_abilities *abilities, const char *text)
{
	return terminal_answer(abilities, text, strlen(text));
}

START_TEST(abilities)
{
	struct terminal_abilities can = { 0 };

	ck_assert(!answer(&can, "_Gi=31;OK"));
	ck_assert(!answer(&can, "[?0u"));
	ck_assert(!answer(&can, "[6;20;10t"));
	ck_assert(!answer(&can, "[?1016;2$y"));
	ck_assert(answer(&can, "[?62;4;22c"));
	ck_assert(can.kitty_pictures && can.kitty_keys && can.mouse_pixels && can.sixel && can.answered);
	ck_assert_uint_eq(can.cell_width, 10);
	ck_assert_uint_eq(can.cell_height, 20);
	can = (struct terminal_abilities){ 0 };
	ck_assert(!answer(&can, "_Gi=31;ENOTSUPPORTED:no"));
	ck_assert(!answer(&can, "[6;9999;0t"));
	ck_assert(!answer(&can, "[?1016;0$y"));
	ck_assert(!answer(&can, ""));
	ck_assert(!answer(&can, "[?"));
	ck_assert(answer(&can, "[?6c"));
	ck_assert(!can.kitty_pictures && !can.mouse_pixels && !can.sixel && can.cell_width == 0);
}
END_TEST

START_TEST(through_tmux)
{
	struct terminal_abilities can = { 0 };

	terminal_tmux_answer(&can, "off xterm-kitty 256,RGB 0 0 on bottom");
	ck_assert(!can.passes && !can.kitty_pictures);
	terminal_tmux_answer(&can, "on xterm-kitty 256,RGB,title 5 40 on bottom");
	ck_assert(can.passes && can.kitty_pictures && !can.sixel);
	ck_assert_uint_eq(can.pane_row, 5);
	ck_assert_uint_eq(can.pane_column, 40);
	can = (struct terminal_abilities){ 0 };
	terminal_tmux_answer(&can, "on foot RGB 0 0 2 top");
	ck_assert(can.sixel && can.pane_row == 2);
	terminal_tmux_answer(&can, "");
	terminal_tmux_answer(&can, "on x");
}
END_TEST

/* ---- pictures ---- */

START_TEST(pictures)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct terminal_abilities plain = { .sixel = true },
				  enveloped = { .sixel = true, .passes = true, .pane_row = 10, .pane_column = 20 };
	struct wire_image image = {
		.picture = WIRE_SIXEL, .row = 1, .column = 2, .rows = 3, .columns = 4, .bytes = "#0~-", .length = 4
	};

	terminal_image_draw(&out, &plain, &image, 5, 6);
	expect(&out, "\0337\033[7;9H\033Pq#0~-\033\\\0338");
	strbuf_clear(&out);
	terminal_image_draw(&out, &enveloped, &image, 5, 6);
	expect(&out, "\033Ptmux;\033\0337\033\033[17;29H\033\033Pq#0~-\033\033\\\033\0338\033\\");
	strbuf_clear(&out);
	terminal_image_erase(&out, &plain, WIRE_SIXEL);
	ck_assert_uint_eq(out.length, 0);
}
END_TEST

START_TEST(large_pictures_go_in_pieces)
{
	_cleanup_strbuf_ struct strbuf out = STRBUF_INIT;
	struct terminal_abilities plain = { .kitty_pictures = true };
	char data[10000];
	struct wire_image image = { .picture = WIRE_KITTY,
				    .rows = 3,
				    .columns = 4,
				    .width = 32,
				    .height = 48,
				    .bytes = data,
				    .length = sizeof data };
	size_t pieces = 0;

	memset(data, 'A', sizeof data);
	terminal_image_draw(&out, &plain, &image, 0, 0);
	for (const char *at = out.data; (at = strstr(at, "\033_G")) != NULL; at++) {
		const char *end = strstr(at, "\033\\"), *semicolon = strchr(at, ';');

		ck_assert(end != NULL && semicolon != NULL && end - semicolon - 1 <= 4096);
		ck_assert_int_eq(semicolon[-1], ++pieces < 3 ? '1' : '0');
	}
	ck_assert_uint_eq(pieces, 3);
	ck_assert_ptr_nonnull(strstr(out.data, "s=32,v=48,c=4,r=3"));
	strbuf_clear(&out);
	terminal_image_erase(&out, &plain, WIRE_KITTY);
	ck_assert_ptr_nonnull(strstr(out.data, "a=d"));
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tui: what a terminal answers");
	TCase *t = tcase_create("answers");

	tcase_add_loop_test(t, kitty_keys, 0, sizeof keys / sizeof *keys);
	tcase_add_test(t, no_kitty_keys);
	tcase_add_test(t, filtering);
	tcase_add_test(t, nothing_was_asked);
	tcase_add_test(t, a_mouse_in_pixels);
	tcase_add_test(t, a_paste_is_text);
	tcase_add_test(t, what_has_no_key);
	tcase_add_test(t, an_escape_alone);
	tcase_add_test(t, what_never_ends);
	tcase_add_test(t, abilities);
	tcase_add_test(t, through_tmux);
	tcase_add_test(t, pictures);
	tcase_add_test(t, large_pictures_go_in_pieces);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return unit_run(suite());
}
