/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's screen on terminals that can do more than most: pictures by sixel and by the kitty protocol, decoded
 * again; keys with their releases; a mouse to the pixel. The test answers the questions as such a terminal would. */
#include "base/clock.h"
#include "base/memory.h"
#include "base/strbuf.h"
#include "tests/harness/home.h"
#include "tests/terminal/screen_stage.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define BLUE	   0x0000aa
#define WHITE	   0xffffff
#define KIND	   "\033[?62;22c"
#define KIND_SIXEL "\033[?62;4;22c"
#define CELLS	   "\033[6;16;9t"
#define KITTY_KEYS "\033[?0u"
#define PIXELS	   "\033[?1016;2$y"

/* Reads until the program has written this, from a place in its output on; behind it. */
static size_t expect_bytes(struct pty *pty, size_t from, const char *wanted)
{
	int64_t limit = clock_monotonic_ms() + SCREEN_LIMIT_MS;

	for (;;) {
		const struct strbuf *bytes = pty_bytes(pty);
		const char *found = bytes->length > from
					    ? memmem(bytes->data + from, bytes->length - from, wanted, strlen(wanted))
					    : NULL;

		if (found != NULL)
			return (size_t)(found - bytes->data) + strlen(wanted);
		ck_assert_msg(pty_read(pty, 20) && clock_monotonic_ms() < limit, "'%s' was not written", wanted + 1);
	}
}

/* The machine's screen, all blue but for a word; on a terminal that answers this. NULL: no server can be had here. */
static struct pty *open_view(const char *answers)
{
	_cleanup_free_ char *blanks = strf("%80s", "");

	server = rfb_server_new(path, 80, 25);
	if (server == NULL)
		return NULL;
	for (unsigned row = 0; row < 25; row++)
		rfb_server_text(server, row, 0, blanks, WHITE, BLUE);
	rfb_server_text(server, 2, 0, "Setup", WHITE, BLUE);
	stage_run_screen(stage, machine, RUN_RUNNING, 1000, path, false);
	struct pty *pty = stage_tui(stage, 30, 100, NULL);

	pty_expect(pty, "running ");
	pty_send(pty, "v");
	expect_bytes(pty, 0, "\033[c");
	pty_send(pty, answers);
	pty_expect(pty, "Setup");
	return pty;
}

static void leave(struct pty *pty, const char *detach)
{
	pty_send(pty, detach);
	pty_expect(pty, "Name");
	pty_quit(pty);
}

/* ---- sixel ---- */

struct sixel {
	unsigned width, height;
	unsigned char (*colours)[3]; /* owned: in percent, as they came */
	unsigned char *pixels;	     /* owned: their colours' numbers */
};

static unsigned number(const char **at)
{
	unsigned value = 0;

	while (**at >= '0' && **at <= '9')
		value = value * 10 + (unsigned)(*(*at)++ - '0');
	return value;
}

/* "#1;2;0;0;67" defines, "#1" chooses. */
static void colour_of(struct sixel *sixel, const char **at, unsigned *colour)
{
	*colour = number(at) & 255;
	if (**at != ';')
		return;
	(*at)++;
	ck_assert_uint_eq(number(at), 2); /* RGB */
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(**at, ';');
		(*at)++;
		sixel->colours[*colour][i] = (unsigned char)number(at);
	}
}

static void put_column(struct sixel *sixel, unsigned x, unsigned y, char bits, unsigned colour)
{
	for (unsigned i = 0; i < 6; i++)
		if ((bits - '?') & 1 << i && x < sixel->width && y + i < sixel->height)
			sixel->pixels[(size_t)(y + i) * sixel->width + x] = (unsigned char)colour;
}

/* DEC STD 070, as far as pictures need it. at stands behind "\033Pq". */
static void decode(const char *at, struct sixel *ret)
{
	unsigned x = 0, y = 0, colour = 0, times = 1;

	ck_assert_msg(strncmp(at, "\"1;1;", 5) == 0, "no raster attributes");
	at += 5;
	*ret = (struct sixel){ .width = number(&at), .colours = xcalloc(256, sizeof *ret->colours) };
	at++;
	ret->height = number(&at);
	ck_assert(ret->width > 0 && ret->width < 2000 && ret->height > 0 && ret->height < 2000);
	ret->pixels = xcalloc(ret->width, ret->height);
	while (*at != '\033') {
		char c = *at++;

		if (c == '#') {
			colour_of(ret, &at, &colour);
		} else if (c == '!') {
			times = number(&at);
		} else if (c == '$') {
			x = 0;
		} else if (c == '-') {
			x = 0;
			y += 6;
		} else {
			ck_assert_msg(c >= '?' && c <= '~', "%#x is no sixel", c);
			for (; times > 0; times--)
				put_column(ret, x++, y, c, colour);
			times = 1;
		}
	}
	ck_assert_int_eq(at[1], '\\');
}

static void expect_blue(const struct sixel *sixel, unsigned x, unsigned y)
{
	const unsigned char *colour = sixel->colours[sixel->pixels[(size_t)y * sixel->width + x]];

	/* 0xaa is 67 of a hundred; the palette has steps */
	ck_assert_msg(colour[0] < 10 && colour[1] < 10 && colour[2] > 55 && colour[2] < 80, "%u %u %u at %u,%u",
		      colour[0], colour[1], colour[2], x, y);
}

START_TEST(by_sixel)
{
	struct pty *pty = open_view(CELLS KIND_SIXEL);
	struct sixel sixel;

	if (pty == NULL)
		return;
	/* text stays text; as a picture it is one */
	size_t before = pty_bytes_count(pty);

	ck_assert_ptr_null(memmem(pty_bytes(pty)->data, before, "\033Pq", 3));
	pty_send(pty, "\034t");
	size_t at = expect_bytes(pty, before, "\033Pq");

	expect_bytes(pty, at, "\033\\");
	decode(pty_bytes(pty)->data + at, &sixel);
	/* as large as the area of 29 rows and 100 columns lets it be, and of the screen's shape */
	ck_assert_uint_le(sixel.width, 900);
	ck_assert_uint_le(sixel.height, 29 * 16);
	ck_assert_uint_ge(sixel.height, 20 * 16);
	ck_assert_uint_le(abs((int)(sixel.width * 400) - (int)(sixel.height * 720)), 720 * 20);
	expect_blue(&sixel, sixel.width / 2, sixel.height / 2);
	expect_blue(&sixel, sixel.width - 1, sixel.height - 8);
	free(sixel.colours);
	free(sixel.pixels);
	/* back to text: what the picture lay on is drawn */
	pty_send(pty, "\034t");
	pty_expect(pty, "Setup");
	leave(pty, "\035");
}
END_TEST

/* ---- the kitty protocol ---- */

static void add_base64(struct strbuf *out, const char *text, size_t length)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned group = 0, bits = 0;

	for (size_t i = 0; i < length && text[i] != '='; i++) {
		const char *digit = strchr(digits, text[i]);

		ck_assert_ptr_nonnull(digit);
		group = group << 6 | (unsigned)(digit - digits);
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			strbuf_putc(out, (char)(group >> bits));
		}
	}
}

/* All pieces of a picture: decoded, not yet inflated. at stands behind the first piece's "\033_G". */
static void gather(const char *at, struct strbuf *out)
{
	_cleanup_strbuf_ struct strbuf base64 = STRBUF_INIT;

	for (;;) {
		const char *data = strchr(at, ';') + 1, *end = strstr(data, "\033\\");
		bool more = data[-2] == '1';

		strbuf_add(&base64, data, (size_t)(end - data));
		if (!more)
			break;
		at = strstr(end, "\033_G") + 3;
	}
	add_base64(out, base64.data, base64.length);
}

START_TEST(by_kitty)
{
	struct pty *pty = open_view("\033_Gi=31;OK\033\\" CELLS KIND);
	_cleanup_strbuf_ struct strbuf packed = STRBUF_INIT;
	unsigned width = 0, height = 0;

	if (pty == NULL)
		return;
	size_t before = pty_bytes_count(pty);

	pty_send(pty, "\034t");
	size_t at = expect_bytes(pty, before, "\033_Ga=T");

	expect_bytes(pty, at, "m=0;");
	expect_bytes(pty, at, "\0338");
	const char *head = pty_bytes(pty)->data + at - 3;

	ck_assert_int_eq(sscanf(strstr(head, "s="), "s=%u,v=%u", &width, &height), 2);
	gather(head, &packed);
	uLongf length = (uLongf)width * height * 3;
	_cleanup_free_ unsigned char *pixels = xmalloc(length);

	ck_assert_int_eq(uncompress(pixels, &length, (const Bytef *)packed.data, packed.length), Z_OK);
	ck_assert_uint_eq(length, (uLongf)width * height * 3);
	const unsigned char *middle = pixels + ((size_t)(height / 2) * width + width / 2) * 3;

	ck_assert_msg(middle[0] == 0 && middle[1] == 0 && middle[2] == 0xaa, "%u %u %u", middle[0], middle[1],
		      middle[2]);
	/* it goes when the view is left */
	before = pty_bytes_count(pty);
	pty_send(pty, "\035");
	expect_bytes(pty, before, "\033_Ga=d");
	pty_expect(pty, "Name");
	pty_send(pty, "q");
	ck_assert_int_eq(pty_expect_exit(pty), 0);
	pty_free(pty);
}
END_TEST

START_TEST(keys_with_their_release)
{
	struct pty *pty = open_view(KITTY_KEYS KIND);

	if (pty == NULL)
		return;
	expect_bytes(pty, 0, "\033[>15u");
	pty_send(pty, "\033[97u");
	expect_said(pty, "+1e ");
	pty_send(pty, "\033[57441u\033[98:66;2u");
	expect_said(pty, "+2a +30 ");
	pty_send(pty, "\033[97;2:3u");
	expect_said(pty, "-1e ");
	pty_send(pty, "\033[98:66;2:3u\033[57441;2:3u");
	expect_said(pty, "-30 -2a ");
	/* what is down when the view is left does not stay down */
	pty_send(pty, "\033[99u");
	expect_said(pty, "+2e ");
	size_t before = pty_bytes_count(pty);

	pty_send(pty, "\033[93;5u");
	expect_said(pty, "-2e ");
	pty_expect(pty, "Name");
	expect_bytes(pty, before, "\033[<u");
	pty_quit(pty);
}
END_TEST

START_TEST(a_mouse_to_the_pixel)
{
	struct pty *pty = open_view(CELLS PIXELS KIND);

	if (pty == NULL)
		return;
	/* in text it is the guest's once that is said */
	size_t before = pty_bytes_count(pty);

	pty_send(pty, "\034M");
	expect_bytes(pty, before, "\033[?1016h");
	/* cells of 9x16 on both sides: a pixel is a pixel */
	pty_send(pty, "\033[<0;101;38M");
	expect_said(pty, "p100,37,1 ");
	pty_send(pty, "\033[<0;102;38m");
	expect_said(pty, "p101,37,0 ");
	pty_send(pty, "\033[<35;720;400M");
	expect_said(pty, "p719,399,0 ");
	leave(pty, "\035");
}
END_TEST

/* Who answers nothing gets what everybody gets. */
START_TEST(a_silent_terminal)
{
	struct pty *pty = open_view("");

	if (pty == NULL)
		return;
	pty_send(pty, "\034t");
	pty_expect(pty, "[picture 720x400");
	ck_assert_ptr_null(memmem(pty_bytes(pty)->data, pty_bytes_count(pty), "\033Pq", 3));
	ck_assert_ptr_null(memmem(pty_bytes(pty)->data, pty_bytes_count(pty), "\033[>15u", 6));
	leave(pty, "\035");
}
END_TEST

static Suite *suite(void)
{
	Suite *s = suite_create("tui pictures");
	TCase *t = tcase_create("abilities");

	tcase_set_timeout(t, 120);
	tcase_add_checked_fixture(t, screen_setup, screen_teardown);
	tcase_add_test(t, by_sixel);
	tcase_add_test(t, by_kitty);
	tcase_add_test(t, keys_with_their_release);
	tcase_add_test(t, a_mouse_to_the_pixel);
	tcase_add_test(t, a_silent_terminal);
	suite_add_tcase(s, t);
	return s;
}

int main(void)
{
	return suite_main(suite());
}
