/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Storage: pools, and the volumes of the one that has the focus; side by side where there is room, else one after the other. */
#ifndef TUI_SCREEN_STORAGE_H
#define TUI_SCREEN_STORAGE_H

#include "tui/screen.h"

/* Push the result. */
struct screen *storage_screen(struct ui *ui);

#endif
