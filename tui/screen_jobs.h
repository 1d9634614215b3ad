/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Jobs: what is being copied, converted or made, how far it is, and what became of those that have ended. */
#ifndef TUI_SCREEN_JOBS_H
#define TUI_SCREEN_JOBS_H

#include "tui/screen.h"

/* Push the result. */
struct screen *jobs_screen(struct ui *ui);

#endif
