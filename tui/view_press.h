/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keys that a terminal has not, pressed for a machine's screen: by commands of its menus, by name. */
#ifndef TUI_VIEW_PRESS_H
#define TUI_VIEW_PRESS_H

#include "tui/view_session.h"

/* Presses what the command stands for; false when it is none of these. */
bool view_press(struct view_session *session, enum command command);
/* Alt-SysRq with this key, or says that there is no such. */
void view_press_sysrq(struct view_session *session, const struct key *key);
/* Asks for keys by their names, and presses them for the current tab. */
void view_press_by_name(struct ui *ui);

#endif
