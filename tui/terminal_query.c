/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the terminal and its answers: DA1, DECRQM, XTWINOPS, and those of the kitty protocols. */
#include "tui/terminal_query.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NUMBERS	     16
#define CELL_LARGEST 256

/* A picture of one pixel, not to be shown: answered where the kitty graphics protocol is known. Multiplexers take it
 * for a title. */
#define ASK_PICTURES "\033_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\033\\"
#define ASK_KEYS     "\033[?u"
#define ASK_CELL     "\033[16t"
#define ASK_PIXELS   "\033[?1016$p"
#define ASK_KIND     "\033[c"

enum multiplexer multiplexer(void)
{
	if (!text_empty(getenv("TMUX")))
		return MULTIPLEXER_TMUX;
	return text_empty(getenv("STY")) ? MULTIPLEXER_NONE : MULTIPLEXER_SCREEN;
}

const char *terminal_questions(void)
{
	switch (multiplexer()) {
	case MULTIPLEXER_TMUX:
		return ASK_KEYS ASK_CELL ASK_PIXELS ASK_KIND;
	case MULTIPLEXER_SCREEN:
		return NULL;
	case MULTIPLEXER_NONE:
		break;
	}
	return ASK_PICTURES ASK_KEYS ASK_CELL ASK_PIXELS ASK_KIND;
}

/* Numbers with ';' between, from the given place to the first byte that is neither. */
static size_t read_numbers(const char *text, size_t length, unsigned ret[NUMBERS])
{
	size_t count = 1;

	memset(ret, 0, NUMBERS * sizeof *ret);
	for (size_t i = 0; i < length; i++) {
		if (text[i] >= '0' && text[i] <= '9') {
			if (ret[count - 1] < UINT32_MAX / 20)
				ret[count - 1] = ret[count - 1] * 10 + (unsigned)(text[i] - '0');
		} else if (text[i] == ';' && count < NUMBERS) {
			count++;
		} else {
			break;
		}
	}
	return count;
}

static void take_cell(struct terminal_abilities *abilities, unsigned height, unsigned width)
{
	if (width == 0 || height == 0 || width > CELL_LARGEST || height > CELL_LARGEST)
		return;
	abilities->cell_width = width;
	abilities->cell_height = height;
}

/* DA1: "62;4;22": the first number is its kind, the others what it can do; 4 is sixel. */
static void take_kind(struct terminal_abilities *abilities, const unsigned *numbers, size_t count)
{
	for (size_t i = 1; i < count; i++)
		abilities->sixel = abilities->sixel || numbers[i] == 4;
	abilities->answered = true;
}

bool terminal_answer(struct terminal_abilities *abilities, const char *text, size_t length)
{
	unsigned numbers[NUMBERS];
	size_t count;

	if (length > 2 && text[0] == '_') {
		abilities->kitty_pictures = text[1] == 'G' && memmem(text, length, ";OK", 3) != NULL;
		return false;
	}
	if (length < 3 || text[0] != '[')
		return false;
	if (text[1] != '?') {
		count = read_numbers(text + 1, length - 1, numbers);
		if (text[length - 1] == 't' && count >= 3 && numbers[0] == 6)
			take_cell(abilities, numbers[1], numbers[2]);
		return false;
	}
	count = read_numbers(text + 2, length - 2, numbers);
	switch (text[length - 1]) {
	case 'u':
		abilities->kitty_keys = true;
		return false;
	case 'y': /* 1 and 2: it is known, and on or off now */
		if (count >= 2 && numbers[0] == 1016)
			abilities->mouse_pixels = numbers[1] == 1 || numbers[1] == 2;
		return false;
	case 'c':
		take_kind(abilities, numbers, count);
		return true;
	default:
		return false;
	}
}

/* Terminals that are known to draw, by the name they give themselves: through an envelope they cannot be asked. */
static bool is_one_of(const char *name, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (text_starts(name, names[i]))
			return true;
	return false;
}

void terminal_tmux_answer(struct terminal_abilities *abilities, const char *line)
{
	static const char *const kitties[] = { "xterm-kitty", "xterm-ghostty", "ghostty" };
	static const char *const sixels[] = { "foot", "mlterm", "contour", "yaft", "wezterm", "xterm-wezterm" };
	_cleanup_strv_ char **words = strv_split(line, " ");
	uint64_t top = 0, left = 0;

	if (strv_length(words) < 6 || text_equal(words[0], "off") || text_equal(words[0], "0"))
		return;
	size_t count = strv_length(words);

	/* the list of features may be empty, or hold anything but blanks */
	if (!text_to_uint(words[count - 4], false, &top) || !text_to_uint(words[count - 3], false, &left) ||
	    top > 10000 || left > 10000)
		return;
	abilities->passes = true;
	abilities->kitty_pictures = is_one_of(words[1], kitties, ARRAY_LENGTH(kitties));
	abilities->sixel = abilities->sixel || is_one_of(words[1], sixels, ARRAY_LENGTH(sixels)) ||
			   strstr(words[2], "sixel") != NULL;
	abilities->pane_column = (unsigned)left;
	abilities->pane_row = (unsigned)top;
	/* tmux counts a pane's rows below a status line that is on top */
	if (!text_equal(words[count - 2], "off") && text_equal(words[count - 1], "top")) {
		uint64_t lines = 1;

		(void)text_to_uint(words[count - 2], false, &lines);
		abilities->pane_row += (unsigned)lines;
	}
}
