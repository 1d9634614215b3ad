/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a list's filter finds: words, in whatever case of whatever script. */
#ifndef TUI_FILTER_WORDS_H
#define TUI_FILTER_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Is each word in one of the texts (count of them, any may be NULL)? words may be NULL: nothing is asked for. */
bool filter_matches(char *const *words, const char *const *texts, size_t count);

#endif
