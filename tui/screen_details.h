/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The details of one machine, in tabs: what it is, its devices, its events, its XML, its notes. */
#ifndef TUI_SCREEN_DETAILS_H
#define TUI_SCREEN_DETAILS_H

#include "tui/screen.h"

struct machine;

/* Push the result. It closes itself when the machine is undefined. */
struct screen *details_screen(const struct machine *machine);

#endif
