/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's graphical screen. */
#ifndef TUI_SCREEN_VIEW_H
#define TUI_SCREEN_VIEW_H

#include "tui/screen.h"

/* Shows the current tab, which is a screen. Leaving it keeps the tab open. Push the result. */
struct screen *view_screen(struct ui *ui);

#endif
