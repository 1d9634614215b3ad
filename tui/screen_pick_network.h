/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A picker of what a network card can be joined to: virtty's networks, the host's bridges and devices, user networking; with what each means. */
#ifndef TUI_SCREEN_PICK_NETWORK_H
#define TUI_SCREEN_PICK_NETWORK_H

#include "tui/screen.h"

/* chosen is called once with network_choice_option() of what was chosen, or not at all; what userdata points to must live below it on the stack.
 * option: what is chosen now; NULL: nothing. none: no card is a choice too. Push the result. */
struct screen *pick_network_screen(struct ui *ui, const char *option, bool none, void (*chosen)(struct ui *ui, const char *option, void *userdata),
				   void *userdata);

#endif
