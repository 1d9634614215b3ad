/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A history of loads as bars, a character each. */
#ifndef TUI_LOAD_BARS_H
#define TUI_LOAD_BARS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The newest most of count percentages (HISTORY_UNKNOWN: a blank), the newest at the right; below 100 % in eight steps. ASCII unless utf8. Owned. */
char *load_bars(const uint8_t *history, size_t count, size_t most, bool utf8);
/* How many of the newest are known in a row. */
size_t load_bars_known(const uint8_t *history, size_t count);

#endif
