/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What terminfo knows of the user's terminal. */
#ifndef TUI_TERMINFO_H
#define TUI_TERMINFO_H

#include "base/error.h"

/* Is this TERM known, and able to place its cursor? Otherwise an error with the way out. */
bool terminfo_check(const char *name, struct error *err);
/* The name to draw by: a terminal that says it has true colours (COLORTERM) is drawn by its direct-colour description, where one is installed. Owned. */
char *terminfo_drawing_name(const char *name);

/* ---- of the terminal that ncurses has set up ---- */

bool terminfo_has(const char *capability);
/* A capability's text without padding, for terminals that need none; "" when it has none. Owned. */
char *terminfo_text(const char *capability);
/* Its colours are numbers of red, green and blue. */
bool terminfo_direct(void);

#endif
