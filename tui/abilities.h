/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding out what the user's terminal can do, once somebody needs to know: of itself, and of tmux where that stands
 * between. */
#ifndef TUI_ABILITIES_H
#define TUI_ABILITIES_H

#include "tui/screen.h"

/* Asks what was not asked yet; the screen is drawn again when it is known. Where tmux hands pictures on, what it says
 * of our pane is asked anew when the window's size changed. */
void abilities_ask(struct ui *ui);

#endif
