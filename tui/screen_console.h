/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A machine's serial console. */
#ifndef TUI_SCREEN_CONSOLE_H
#define TUI_SCREEN_CONSOLE_H

#include "tui/screen.h"

/* Shows the current tab, which is a console; of a machine that is off it waits for it. Leaving it keeps the console open. Push the result. */
struct screen *console_screen(struct ui *ui);

#endif
