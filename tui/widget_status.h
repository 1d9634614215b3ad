/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lines around a screen: the head line, and the footer made from the key table or, for a while, the status. */
#ifndef TUI_WIDGET_STATUS_H
#define TUI_WIDGET_STATUS_H

#include "tui/screen.h"

/* Text at the left and, where there is room for both, at the right of the first row. */
void head_draw(struct terminal *term, const char *left, const char *right);
/* The last row: a lead (may be NULL), then the status while there is one, else the keys of the screen (as many as fit, whole; what is refused now is
 * dim). */
void footer_draw(struct screen *screen, struct terminal *term, const char *lead);

#endif
