/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pane beside or below the list that shows what the selected machine shows: its screen, or what its serial console
 * said last. */
#ifndef TUI_PREVIEW_H
#define TUI_PREVIEW_H

#include "tui/screen.h"
#include "tui/view_draw.h"

struct machine;
struct preview;

struct preview *preview_new(struct ui *ui);
void preview_free(struct preview *preview);
/* Shown or not, whatever it is by itself: where the terminal is wide, and the settings do not say otherwise. */
void preview_toggle(struct preview *preview);
/* Divides the area of a list (rows and columns of it): what is left for the list, and the pane's own (rows 0: none). */
void preview_divide(const struct preview *preview, struct view_area *list, struct view_area *pane);
/* The machine that is to be shown, NULL for none. It is when it has been the same for a moment. */
void preview_select(struct preview *preview, const struct machine *machine);
/* Is the pane seen? Otherwise nothing is asked for. */
void preview_look(struct preview *preview, bool seen);
/* Once a second, and when the state has changed. */
void preview_poll(struct preview *preview);
void preview_draw(struct preview *preview, struct terminal *term, const struct view_area *pane);

#endif
