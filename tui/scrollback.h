/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines that have scrolled off a guest's screen: the newest ones, packed, within bounds that a hostile guest cannot move. */
#ifndef TUI_SCROLLBACK_H
#define TUI_SCROLLBACK_H

#include "tui/cell.h"

struct scrollback;

/* Keeps at most lines lines and bytes bytes. */
struct scrollback *scrollback_new(size_t lines, size_t bytes);
void scrollback_free(struct scrollback *scrollback);
void scrollback_clear(struct scrollback *scrollback);
size_t scrollback_count(const struct scrollback *scrollback);
/* Adds the newest line; what was never written at its end is not kept. */
void scrollback_push(struct scrollback *scrollback, const struct cell *cells, size_t count);
/* A line into count cells, blank where it has none; index 0 is the newest. False (and all blank) when there is no such line. */
bool scrollback_get(const struct scrollback *scrollback, size_t index, struct cell *ret, size_t count);
/* As scrollback_get() of the newest, which is then no longer kept. */
bool scrollback_pop(struct scrollback *scrollback, struct cell *ret, size_t count);

#endif
