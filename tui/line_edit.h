/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One line of text that is being typed: UTF-8, a cursor, and a view that scrolls with it. */
#ifndef TUI_LINE_EDIT_H
#define TUI_LINE_EDIT_H

#include "tui/keys.h"
#include "tui/theme.h"

struct terminal;

/* Zeroed is an empty line. */
struct line_edit {
	char *text;    /* owned; NULL: empty */
	size_t cursor; /* bytes; always between characters */
	size_t view;   /* bytes scrolled out at the left */
	bool secret;   /* each character is drawn as a '*' */
};

void line_clear(struct line_edit *line);
/* The text; never NULL. Borrowed. */
const char *line_text(const struct line_edit *line);
/* Replaces the text; the cursor goes to its end. */
void line_set(struct line_edit *line, const char *text);
/* Puts text in at the cursor: controls and bytes that are no UTF-8 are left out, newlines too. True when the text changed. */
bool line_insert(struct line_edit *line, const char *text, size_t length);
/* Puts a printable character in; false for any other key. */
bool line_key(struct line_edit *line, const struct key *key);
/* Moves or erases by one of COMMAND_LEFT, RIGHT, FIRST, LAST, ERASE, ERASE_NEXT, ERASE_WORD, ERASE_LINE; false when it is none of them.
 * *ret_changed: the text is another now. */
bool line_command(struct line_edit *line, enum command command, bool *ret_changed);
/* The cursor to where a click at this column of the view falls. */
void line_click(struct line_edit *line, int column);
/* Draws the part in view, padded to columns; focused: and places the cursor. */
void line_draw(struct line_edit *line, struct terminal *term, int row, int column, int columns, enum style style, bool focused);

#endif
