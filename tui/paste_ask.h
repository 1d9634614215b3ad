/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether several lines are really to be typed: to a shell each of them is a command. */
#ifndef TUI_PASTE_ASK_H
#define TUI_PASTE_ASK_H

#include "tui/screen.h"

/* Calls type at once for a text of one line, and for one of several when the user says yes. The userdata must live below on the stack. */
void paste_ask(struct ui *ui, const char *text, void (*type)(struct ui *ui, void *userdata), void *userdata);

#endif
