/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The wizard: a new machine, page by page. */
#ifndef TUI_SCREEN_WIZARD_H
#define TUI_SCREEN_WIZARD_H

#include "tui/screen.h"

struct install_request;

/* request: what is known already, taken over (left empty); NULL: nothing. quits: leaving it without a machine leaves virtty, too. Push the
 * result. */
struct screen *wizard_screen(struct ui *ui, struct install_request *request, bool autostart, bool quits);

#endif
