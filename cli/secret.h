/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Passwords that a command is given: read from a file or a terminal, and kept out of argument vectors. */
#ifndef CLI_SECRET_H
#define CLI_SECRET_H

#include "base/error.h"

/* The first line of a file; "-" is standard input, asked for without an echo where that is a terminal. question is what is asked then. Owned;
 * NULL on error. A file that others may read is warned of. */
char *secret_read(const char *path, const char *question, struct error *err);
/* Overwrites the value of key in an argument made of parts ("vnc,password=x"), which lies in the process's own argv: it is no longer to be seen in
 * the list of processes. */
void secret_hide(const char *argument, const char *key);

#endif
