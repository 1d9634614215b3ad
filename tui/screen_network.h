/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that is known of a network, as a text: state, addresses, machines, traffic, history, XML. */
#ifndef TUI_SCREEN_NETWORK_H
#define TUI_SCREEN_NETWORK_H

#include "tui/screen.h"

/* A screen that shows networks must be below: it keeps them read. Push the result. */
struct screen *network_screen(struct ui *ui, const char *network);

#endif
