/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's colours as the host's terminal can show them. */
#ifndef TUI_COLOURS_H
#define TUI_COLOURS_H

#include "tui/cell.h"

enum colour_depth { DEPTH_MONO, DEPTH_8, DEPTH_16, DEPTH_256, DEPTH_DIRECT };

/* The number that ncurses takes for a colour at this depth; -1: the terminal's own. *ret_bright (may be NULL) is set where a bright colour
 * had to become its dark one: bold stands in for it. */
int colour_number(const struct colour *colour, enum colour_depth depth, bool *ret_bright);

#endif
