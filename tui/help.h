/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The help screen: every key of a screen and of everywhere, made from their tables. */
#ifndef TUI_HELP_H
#define TUI_HELP_H

#include "tui/screen.h"

/* table may be NULL. Push the result. */
struct screen *help_screen(const struct key_table *table);

#endif
