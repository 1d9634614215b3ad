/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When machines start with the host: a form for the mark, the order and the delay. */
#ifndef TUI_SCREEN_AUTOSTART_H
#define TUI_SCREEN_AUTOSTART_H

#include "tui/batch.h"

struct screen;
struct ui;

/* For machines of the model, by their indices; filled in as the first of them has it. Push the result. */
struct screen *autostart_screen(struct ui *ui, const size_t *indices, size_t count);

#endif
