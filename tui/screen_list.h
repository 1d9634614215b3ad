/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list of machines: virtty's first screen. */
#ifndef TUI_SCREEN_LIST_H
#define TUI_SCREEN_LIST_H

#include "tui/screen.h"

/* Push the result. */
struct screen *list_screen(struct ui *ui);
/* The list under all else, if there is one: the selection goes to this machine once the model has it. */
void list_screen_select(struct ui *ui, int64_t id);

#endif
