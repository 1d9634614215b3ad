/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user's terminal can do beyond what terminfo knows, by asking it: pictures, real keys, a mouse in pixels. */
#ifndef TUI_TERMINAL_QUERY_H
#define TUI_TERMINAL_QUERY_H

#include <stdbool.h>
#include <stddef.h>

/* Who stands between us and the terminal. */
enum multiplexer { MULTIPLEXER_NONE, MULTIPLEXER_TMUX, MULTIPLEXER_SCREEN };
enum multiplexer multiplexer(void);

struct terminal_abilities {
	bool asked, answered;
	bool sixel, kitty_pictures; /* what it draws */
	bool passes; /* tmux hands on what is in its envelope: where in the terminal our pane begins is said below */
	bool kitty_keys;
	bool mouse_pixels;
	unsigned cell_width, cell_height; /* pixels; 0: not known */
	unsigned pane_row, pane_column;	  /* of our first cell in the terminal */
};

/* The questions, the last of which every terminal answers. Borrowed. NULL: this one is not asked, since it would take
 * them for text. */
const char *terminal_questions(void);
/* Takes an answer, as struct input_filter_callbacks gives it. True when it was the last one. */
bool terminal_answer(struct terminal_abilities *abilities, const char *text, size_t length);
/* What tmux says of its client and our pane, one line as `virtty internal tmux` prints it. */
void terminal_tmux_answer(struct terminal_abilities *abilities, const char *line);

#endif
