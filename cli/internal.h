/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries that people do not type: for the keeper, the shell and the build. */
#ifndef CLI_INTERNAL_H
#define CLI_INTERNAL_H

#include "base/error.h"

#include <stdbool.h>

/* `virtty internal prepare|release ...`, `complete -- WORDS...`, `man`. Returns the exit status. */
int internal_main(int argc, char **argv);

/* Becomes virtty-tui, with the words given (NULL: none); returns only with an error. */
bool internal_run_tui(char *const *words, struct error *err);

/* Prints what the shell may offer for the last of the words (those after "virtty"), one a line. A line of only a tab
 * means "names of files". */
void complete_words(int count, char *const *words);

#endif
