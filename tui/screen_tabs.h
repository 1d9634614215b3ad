/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the screens of both kinds of tab share: opening one, turning to another, leaving. */
#ifndef TUI_SCREEN_TABS_H
#define TUI_SCREEN_TABS_H

#include "tui/consoles.h"
#include "tui/screen.h"

struct machine;

/* What a machine can be looked at by. Of one that is off, its definition says so; where nothing does, it is taken to
 * have a console. */
bool machine_has_console(const struct ui *ui, const struct machine *machine);
bool machine_has_view(const struct ui *ui, const struct machine *machine);

/* Opens the machine's serial console, or its screen when that is all it has; or turns to the one that is open. */
void tabs_open_console(struct ui *ui, const struct machine *machine);
/* Opens the machine's screen, or says that it has none. */
void tabs_open_view(struct ui *ui, const struct machine *machine);

/* ---- for the screens of tabs, each of which shows one kind (own) ---- */

/* Rows above the guest's. */
int tabs_rows(const struct screen *screen);
/* Draws them. */
void tabs_head(const struct screen *screen);
/* The current tab is perhaps another now: it is looked at, by the screen of its kind in the place of this one. */
void tabs_turn(struct screen *screen, enum tab_kind own);
/* The commands that turn to other tabs and close or leave this one; false when it is none. */
bool tabs_do(struct screen *screen, enum tab_kind own, enum command command);
/* A tab was clicked: turns to it. */
bool tabs_clicked(struct screen *screen, enum tab_kind own, const struct mouse *mouse);
/* Why one of these commands cannot be done; NULL: it can, or it is none of them. */
const char *tabs_refuse(const struct screen *screen, enum command command);

#endif
