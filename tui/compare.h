/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How two rows of a list are ordered by what a column says of them: less than 0, 0, more than 0. */
#ifndef TUI_COMPARE_H
#define TUI_COMPARE_H

#include <stdint.h>

int compare_signed(int64_t a, int64_t b);
int compare_unsigned(uint64_t a, uint64_t b);
/* Without regard to case. NULL or "", where there is nothing to say, comes last. */
int compare_texts(const char *a, const char *b);

#endif
