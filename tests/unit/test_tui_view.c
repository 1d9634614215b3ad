/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's screen in the terminal: keys to keys, parts of pictures, cells without colours, the pace of typing. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "hv/keycodes.h"
#include "tests/unit/unit.h"
#include "tui/guest_keys.h"
#include "tui/key_feed.h"
#include "tui/view_cells.h"
#include "tui/view_picture.h"

#include <event2/event.h>
#include <termkey.h>

static struct keymap *keymap;

static void setup(void)
{
	keymap = keymap_load(NULL, NULL, NULL);
	ck_assert_ptr_nonnull(keymap);
}

static void teardown(void)
{
	keymap_free(keymap);
}

static uint32_t qnum(const char *name)
{
	uint32_t number;

	ck_assert_msg(keycode_parse(CODESET_LINUX, name, &number), "%s is no key", name);
	return number;
}

/* ---- a terminal's keys ---- */

static void check_key(const char *name, const char *wanted, unsigned modifiers)
{
	struct stroke strokes[KEYMAP_STROKES];
	struct key key;

	ck_assert_msg(key_parse(name, strlen(name), &key), "%s", name);
	ck_assert_msg(guest_key(keymap, &key, strokes) == 1, "%s has no stroke", name);
	ck_assert_msg(strokes[0].qnum == qnum(wanted), "%s is %s", name, keycode_name(strokes[0].qnum));
	ck_assert_msg(strokes[0].modifiers == modifiers, "%s has modifiers %u", name, strokes[0].modifiers);
}

START_TEST(keys)
{
	check_key("a", "KEY_A", 0);
	check_key("A", "KEY_A", STROKE_SHIFT);
	check_key("C-a", "KEY_A", STROKE_CONTROL);
	check_key("M-x", "KEY_X", STROKE_ALT);
	check_key("C-M-x", "KEY_X", STROKE_CONTROL | STROKE_ALT);
	check_key("C-]", "KEY_RIGHTBRACE", STROKE_CONTROL);
	check_key("C-^", "KEY_6", STROKE_CONTROL | STROKE_SHIFT);
	check_key("C-@", "KEY_SPACE", STROKE_CONTROL);
	check_key("Up", "KEY_UP", 0);
	check_key("C-S-Left", "KEY_LEFT", STROKE_CONTROL | STROKE_SHIFT);
	check_key("Enter", "KEY_ENTER", 0);
	check_key("Esc", "KEY_ESC", 0);
	check_key("Backspace", "KEY_BACKSPACE", 0);
	check_key("Del", "KEY_DELETE", 0);
	check_key("S-Tab", "KEY_TAB", STROKE_SHIFT);
	check_key("F12", "KEY_F12", 0);
	check_key("M-F4", "KEY_F4", STROKE_ALT);
}
END_TEST

START_TEST(no_such_key)
{
	struct stroke strokes[KEYMAP_STROKES];
	const struct key snowman = { .type = KEY_TYPE_CHAR, .code = 0x2603 };
	const struct key far = { .type = KEY_TYPE_FUNCTION, .code = 60 };
	const struct key unknown = { .type = KEY_TYPE_SYMBOL, .code = TERMKEY_SYM_UNDO };

	ck_assert_uint_eq(guest_key(keymap, &snowman, strokes), 0);
	ck_assert_uint_eq(guest_key(keymap, &far, strokes), 0);
	ck_assert_uint_eq(guest_key(keymap, &unknown, strokes), 0);
}
END_TEST

/* Every symbol of the terminal's that has a row has a key of the guest's, with a symbol for servers that take no
 * numbers. */
START_TEST(symbols_are_keys)
{
	for (int symbol = TERMKEY_SYM_BACKSPACE; symbol <= TERMKEY_SYM_KPEQUALS; symbol++) {
		const struct key key = { .type = KEY_TYPE_SYMBOL, .code = (uint32_t)symbol };
		struct stroke strokes[KEYMAP_STROKES];

		if (guest_key(keymap, &key, strokes) == 1)
			ck_assert_uint_ne(strokes[0].keysym, 0);
	}
}
END_TEST

/* ---- chords ---- */

static void check_chord(const char *text, const char *wanted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_strbuf_ struct strbuf names = STRBUF_INIT;
	struct chord chord;

	ck_assert_msg(chord_parse(keymap, text, &chord, &err), "%s: %s", text, error_text(&err));
	for (size_t i = 0; i < chord.count; i++)
		strbuf_printf(&names, "%s%s", i > 0 ? " " : "", keycode_name(chord.keys[i].qnum) + strlen("KEY_"));
	ck_assert_str_eq(names.data, wanted);
}

START_TEST(chords)
{
	check_chord("ctrl-alt-f2", "LEFTCTRL LEFTALT F2");
	check_chord("Ctrl+Alt+Del", "LEFTCTRL LEFTALT DELETE");
	check_chord(" super ", "LEFTMETA");
	check_chord("a", "A");
	check_chord("A", "LEFTSHIFT A");
	check_chord("ctrl-C", "LEFTCTRL C");
	check_chord("ctrl--", "LEFTCTRL MINUS");
	check_chord("-", "MINUS");
	check_chord("ctrl-+", "LEFTCTRL LEFTSHIFT EQUAL");
	check_chord("shift-pgup", "LEFTSHIFT PAGEUP");
	check_chord("alt-sysrq-b", "LEFTALT SYSRQ B");
	check_chord("KEY_VOLUMEUP", "VOLUMEUP");
	check_chord("volumeup", "VOLUMEUP");
	check_chord("win-l", "LEFTMETA L");
}
END_TEST

static void check_no_chord(const char *text, const char *wanted)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	struct chord chord;

	ck_assert_msg(!chord_parse(keymap, text, &chord, &err), "%s is a chord", text);
	ck_assert_msg(strstr(error_text(&err), wanted) != NULL, "%s: %s", text, error_text(&err));
}

START_TEST(no_chords)
{
	check_no_chord("", "missing");
	check_no_chord("   ", "missing");
	check_no_chord("ctrl-", "missing");
	check_no_chord("ctrl-nothing", "'nothing' is no key");
	check_no_chord("hyper-x", "'hyper' is no key");
	check_no_chord("\xe2\x98\x83", "is no key");
	check_no_chord("a-a-a-a-a-a-a-a-a", "too many");
}
END_TEST

START_TEST(sysrq)
{
	struct chord chord;

	ck_assert(chord_sysrq(keymap, 'h', &chord));
	ck_assert_uint_eq(chord.count, 3);
	ck_assert_uint_eq(chord.keys[1].qnum, 0x54);
	ck_assert_uint_eq(chord.keys[2].qnum, qnum("KEY_H"));
	ck_assert(!chord_sysrq(keymap, 0x2603, &chord));
}
END_TEST

/* ---- the pace ---- */

static void note_press(bool down, uint32_t number, uint32_t keysym, void *userdata)
{
	ck_assert_uint_ne(keysym, 0);
	strbuf_printf(userdata, "%c%02x ", down ? '+' : '-', (unsigned)number);
}

START_TEST(paced)
{
	struct event_base *base = event_base_new();
	_cleanup_strbuf_ struct strbuf pressed = STRBUF_INIT;
	struct key_feed *feed;
	struct stroke strokes[KEYMAP_STROKES];
	struct chord chord = chord_of("KEY_LEFTCTRL KEY_LEFTALT KEY_DELETE");

	event_base_priority_init(base, 2);
	feed = key_feed_new(base, note_press, &pressed);
	ck_assert_uint_eq(keymap_type(keymap, 'a', strokes), 1);
	ck_assert(key_feed_stroke(feed, &strokes[0]));
	ck_assert_str_eq(pressed.data, "+1e -1e "); /* the first does not wait */
	strokes[0].modifiers = STROKE_SHIFT;
	ck_assert(key_feed_stroke(feed, &strokes[0]));
	ck_assert(key_feed_chord(feed, &chord));
	ck_assert_str_eq(pressed.data, "+1e -1e ");
	ck_assert_uint_eq(key_feed_waiting(feed), 2);
	int64_t began = clock_monotonic_ms();

	while (key_feed_waiting(feed) > 0)
		event_base_loop(base, EVLOOP_ONCE);
	ck_assert_int_ge(clock_monotonic_ms() - began, 20);
	ck_assert_str_eq(pressed.data, "+1e -1e +2a +1e -1e -2a +1d +38 +d3 -d3 -38 -1d ");
	/* on a busy host some more go at once */
	while (key_feed_stroke(feed, &strokes[0]))
		;
	ck_assert_uint_eq(key_feed_waiting(feed), KEY_FEED_LIMIT);
	key_feed_clear(feed);
	ck_assert_uint_eq(key_feed_waiting(feed), 0);
	key_feed_free(feed);
	event_base_free(base);
}
END_TEST

/* ---- parts of a picture ---- */

static void check_part(const struct view_part *part, unsigned x, unsigned y, unsigned width, unsigned height)
{
	ck_assert_uint_eq(part->x, x);
	ck_assert_uint_eq(part->y, y);
	ck_assert_uint_eq(part->width, width);
	ck_assert_uint_eq(part->height, height);
}

START_TEST(parts)
{
	struct view_part part = { 0, 0, 0, 0 };

	ck_assert(!view_part_move(&part, 800, 600, 1, 1));
	view_part_zoom_out(&part, 800, 600);
	check_part(&part, 0, 0, 0, 0);
	view_part_zoom_in(&part, 800, 600);
	check_part(&part, 200, 150, 400, 300);
	ck_assert(view_part_move(&part, 800, 600, 1, -1));
	check_part(&part, 300, 75, 400, 300);
	view_part_move(&part, 800, 600, 500, 500);
	check_part(&part, 400, 300, 400, 300);
	view_part_zoom_in(&part, 800, 600);
	check_part(&part, 500, 375, 200, 150);
	/* the screen became smaller meanwhile */
	view_part_move(&part, 640, 400, 0, 0);
	check_part(&part, 440, 250, 200, 150);
	view_part_zoom_out(&part, 640, 400);
	view_part_zoom_out(&part, 640, 400);
	check_part(&part, 0, 0, 0, 0);
	view_part_pixels(&part, 800, 600, 640, 1000);
	check_part(&part, 80, 0, 640, 600);
	view_part_pixels(&part, 800, 600, 800, 600);
	check_part(&part, 0, 0, 0, 0);
	for (int i = 0; i < 20; i++)
		view_part_zoom_in(&part, 800, 600);
	ck_assert_uint_ge(part.height, VIEW_PART_LEAST);
	/* nothing is known of the screen yet */
	part = (struct view_part){ 0, 0, 0, 0 };
	view_part_zoom_in(&part, 0, 0);
	check_part(&part, 0, 0, 0, 0);
	view_part_pixels(&part, 0, 0, 80, 25);
	check_part(&part, 0, 0, 0, 0);
}
END_TEST

START_TEST(pixels)
{
	struct wire_layout grid = { .kind = WIRE_KIND_GRID,
				    .columns = 80,
				    .rows = 25,
				    .cell_width_256 = 9 * 256,
				    .cell_height_256 = 16 * 256,
				    .width = 720,
				    .height = 400 };
	struct wire_layout part = { .kind = WIRE_KIND_PICTURE,
				    .columns = 40,
				    .rows = 10,
				    .x = 100,
				    .y = 50,
				    .cell_width_256 = 5 * 128,
				    .cell_height_256 = 20 * 256,
				    .width = 800,
				    .height = 600 };
	unsigned x, y;

	ck_assert(view_pixel(&grid, 0, 0, &x, &y));
	ck_assert_uint_eq(x, 4);
	ck_assert_uint_eq(y, 8);
	ck_assert(view_pixel(&grid, 24, 79, &x, &y));
	ck_assert_uint_eq(x, 715);
	ck_assert_uint_eq(y, 392);
	ck_assert(!view_pixel(&grid, 25, 0, &x, &y));
	ck_assert(!view_pixel(&grid, 0, 80, &x, &y));
	ck_assert(!view_pixel(&grid, -1, 0, &x, &y));
	ck_assert(view_pixel(&part, 1, 2, &x, &y));
	ck_assert_uint_eq(x, 106);
	ck_assert_uint_eq(y, 80);
	part.kind = WIRE_KIND_NONE;
	ck_assert(!view_pixel(&part, 1, 2, &x, &y));
}
END_TEST

/* ---- cells ---- */

START_TEST(without_colours)
{
	struct wire_cell cells[] = {
		{ 'a', 0xaaaaaa, 0x0000aa, WIRE_CELL_TEXT },
		{ 'b', 0xffffff, 0x0000aa, WIRE_CELL_TEXT },
		{ 'c', 0x000000, 0xaaaaaa, WIRE_CELL_TEXT },
		{ 0x2580, 0x000000, 0xffffff, 0 },
	};
	struct view_common common = { 0 };
	struct cell cell;

	view_common_add(&common, cells, ARRAY_LENGTH(cells));
	ck_assert_uint_eq(view_common(&common), 0x0000aa);
	view_cell(&cells[0], DEPTH_MONO, 0x0000aa, &cell);
	ck_assert_uint_eq(cell.attributes, 0);
	ck_assert_uint_eq(cell.foreground.type, COLOUR_DEFAULT);
	view_cell(&cells[1], DEPTH_MONO, 0x0000aa, &cell);
	ck_assert_uint_eq(cell.attributes, CELL_BOLD);
	view_cell(&cells[2], DEPTH_MONO, 0x0000aa, &cell);
	ck_assert_uint_eq(cell.attributes, CELL_REVERSE);
	view_cell(&cells[3], DEPTH_MONO, 0x0000aa, &cell);
	ck_assert_uint_eq(cell.attributes, CELL_REVERSE);
}
END_TEST

/* A few colours: dark grey on black would be black on black. */
START_TEST(kept_apart)
{
	const struct wire_cell hidden = { 'x', 0x202020, 0x000000, WIRE_CELL_TEXT };
	const struct wire_cell same = { 'x', 0x202020, 0x202020, WIRE_CELL_TEXT };
	struct cell cell;

	view_cell(&hidden, DEPTH_8, 0, &cell);
	ck_assert_int_ne(colour_number(&cell.foreground, DEPTH_8, NULL),
			 colour_number(&cell.background, DEPTH_8, NULL));
	view_cell(&same, DEPTH_8, 0, &cell);
	ck_assert_int_eq(colour_number(&cell.foreground, DEPTH_8, NULL),
			 colour_number(&cell.background, DEPTH_8, NULL));
	view_cell(&hidden, DEPTH_DIRECT, 0, &cell);
	ck_assert_uint_eq(cell.foreground.red, 0x20);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tui view");
	TCase *tests = tcase_create("view");

	tcase_add_checked_fixture(tests, setup, teardown);
	tcase_add_test(tests, keys);
	tcase_add_test(tests, no_such_key);
	tcase_add_test(tests, symbols_are_keys);
	tcase_add_test(tests, chords);
	tcase_add_test(tests, no_chords);
	tcase_add_test(tests, sysrq);
	tcase_add_test(tests, paced);
	tcase_add_test(tests, parts);
	tcase_add_test(tests, pixels);
	tcase_add_test(tests, without_colours);
	tcase_add_test(tests, kept_apart);
	suite_add_tcase(suite, tests);
	return unit_run(suite);
}
