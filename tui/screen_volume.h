/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is known of a volume, or of a pool, as a text: figures, chain, users, what its image says of itself, its XML. */
#ifndef TUI_SCREEN_VOLUME_H
#define TUI_SCREEN_VOLUME_H

#include "tui/screen.h"

struct volume;

/* A screen that shows storage must be below: it keeps the pools read. Push the result. */
struct screen *volume_screen(struct ui *ui, const char *pool, const struct volume *volume);
struct screen *pool_screen(struct ui *ui, const char *pool);

#endif
