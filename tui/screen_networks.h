/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks, and what lies in the one that has the focus; side by side where there is room, else one after the other. */
#ifndef TUI_SCREEN_NETWORKS_H
#define TUI_SCREEN_NETWORKS_H

#include "tui/screen.h"

/* Push the result. */
struct screen *networks_screen(struct ui *ui);

#endif
