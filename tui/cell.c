/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a guest's cell to characters that are safe and right on the host's terminal. */
#include "tui/cell.h"

#include <string.h>

/* Without UTF-8, lines and blocks keep their shape; the rest is '?'. */
static wchar_t ascii_of(uint32_t c)
{
	if (c >= 0x20 && c < 0x7f)
		return (wchar_t)c;
	if (c == 0xa0)
		return L' ';
	if (c == 0x2500 || c == 0x2501 || c == 0x2550)
		return L'-';
	if (c == 0x2502 || c == 0x2503 || c == 0x2551)
		return L'|';
	if (c > 0x2500 && c < 0x2580)
		return L'+';
	if (c >= 0x2580 && c <= 0x259f)
		return L'#';
	return L'?';
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0) || c > 0x10ffff || (c >= 0xd800 && c < 0xe000);
}

/* Marks that turn the direction of writing would reorder the host's line. */
static bool is_direction(uint32_t c)
{
	return (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0x200e || c == 0x200f;
}

int cell_text(const struct cell *cell, bool utf8, wchar_t ret[CELL_TEXT_SIZE])
{
	uint32_t base = cell->chars[0];
	int width = cell->width == 2 ? 2 : 1;
	size_t count = 1;

	memset(ret, 0, CELL_TEXT_SIZE * sizeof *ret);
	if (base == 0 || is_control(base) || is_direction(base)) {
		ret[0] = base == 0 ? L' ' : L'?';
		return 1;
	}
	if (!utf8) {
		ret[0] = ascii_of(base);
		return 1;
	}
	int shown = wcwidth((wchar_t)base);

	ret[0] = (wchar_t)base;
	if (shown == 0)
		ret[count++] = ret[0], ret[0] = L' ';
	else if (shown < 0 || shown > width)
		ret[0] = 0xfffd;
	for (size_t i = 1; i < CELL_CHARS && cell->chars[i] != 0 && count < CELL_TEXT_SIZE - 1; i++)
		if (!is_control(cell->chars[i]) && !is_direction(cell->chars[i]) && wcwidth((wchar_t)cell->chars[i]) == 0)
			ret[count++] = (wchar_t)cell->chars[i];
	return shown == 2 && width == 2 ? 2 : 1;
}

bool colour_equal(const struct colour *a, const struct colour *b)
{
	return memcmp(a, b, sizeof *a) == 0;
}
