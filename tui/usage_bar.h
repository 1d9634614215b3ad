/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How full something is, as a bar of characters. */
#ifndef TUI_USAGE_BAR_H
#define TUI_USAGE_BAR_H

#include <stdbool.h>
#include <stdint.h>

/* A bar of so many columns; what is used at all shows. total 0: blanks. Owned. */
char *usage_bar(uint64_t used, uint64_t total, int columns, bool utf8);
/* Whole percents, 0 to 100; what is not full is not said to be. */
unsigned usage_percent(uint64_t used, uint64_t total);

#endif
