/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of machines: virtty's first screen. */
#ifndef TUI_SCREEN_LIST_H
#define TUI_SCREEN_LIST_H

#include "tui/screen.h"

/* Push the result. */
struct screen *list_screen(struct ui *ui);

#endif
