/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The mouse over a guest's screen. */
#ifndef TUI_VIEW_MOUSE_H
#define TUI_VIEW_MOUSE_H

#include "tui/view_session.h"

/* Is it the guest's? In a picture it is, in text it marks, unless it was said otherwise. */
bool view_mouse_is_guests(const struct view_session *session);
/* Moves the guest's pointer and presses its buttons. Rows count from the first that shows the screen. */
void view_mouse_to_guest(struct view_session *session, const struct mouse *mouse);

#endif
