/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's screen drawn into an area of the terminal. */
#ifndef TUI_VIEW_DRAW_H
#define TUI_VIEW_DRAW_H

#include "tui/view_session.h"

struct terminal;

struct view_area {
	int row, column, rows, columns;
};

/* Draws the part that the session's window shows, or the picture. */
void view_draw(const struct view_session *session, struct terminal *term, const struct view_area *area);

#endif
