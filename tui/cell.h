/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One character cell of a guest's terminal, free of libvterm and ncurses: what scrollback keeps and the screen draws. */
#ifndef TUI_CELL_H
#define TUI_CELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <wchar.h>

enum {
	CELL_BOLD = 1 << 0,
	CELL_UNDERLINE = 1 << 1,
	CELL_ITALIC = 1 << 2,
	CELL_BLINK = 1 << 3,
	CELL_REVERSE = 1 << 4,
	CELL_WRAPPED = 1 << 5, /* in a line's first cell: the line goes on from the one before, which was full */
};

enum colour_type { COLOUR_DEFAULT, COLOUR_INDEX, COLOUR_RGB };

struct colour {
	uint8_t type;             /* enum colour_type */
	uint8_t red, green, blue; /* COLOUR_INDEX: red is the index, 0 to 255 */
};

#define CELL_CHARS 6

struct cell {
	uint32_t chars[CELL_CHARS]; /* a base character and its combining ones, ended by 0 when fewer; chars[0] 0: blank */
	uint8_t width;              /* 1 or 2 columns; 0: the right half of a wide one */
	uint8_t attributes;
	struct colour foreground, background;
};

#define CELL_TEXT_SIZE 6 /* what ncurses takes in one cell: five characters and the end */

/* What may be written to the terminal for a cell: printable characters alone, of exactly the width returned (1 or 2); a character that this
 * locale cannot show, or shows in another width than the guest thinks, becomes a stand-in. */
int cell_text(const struct cell *cell, bool utf8, wchar_t ret[CELL_TEXT_SIZE]);

bool colour_equal(const struct colour *a, const struct colour *b);

#endif
