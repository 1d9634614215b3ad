/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's serial console. */
#ifndef TUI_SCREEN_CONSOLE_H
#define TUI_SCREEN_CONSOLE_H

#include "tui/screen.h"

struct machine;

/* Opens a console of the machine, or turns to the one that is open; of a machine that is off it waits for it. Leaving the screen keeps the console
 * open. Push the result. */
struct screen *console_screen(struct ui *ui, const struct machine *machine);

#endif
