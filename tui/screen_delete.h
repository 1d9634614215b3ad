/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The question before machines are deleted: says what goes and what stays, and offers their disks. */
#ifndef TUI_SCREEN_DELETE_H
#define TUI_SCREEN_DELETE_H

#include "tui/screen.h"

/* For machines of the model, by their indices. Push the result. */
struct screen *delete_screen(struct ui *ui, const size_t *indices, size_t count);

#endif
