/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QEMU's last words: the end of what this run wrote to its stderr file. */
#ifndef CORE_KEEPER_TAIL_H
#define CORE_KEEPER_TAIL_H

#include <stdint.h>

/* The size of the file: where the next run's words begin; 0 when there is none. */
int64_t tail_position(const char *path);
/* The last lines from that position on: at most 10 of them and 2 KiB, control characters as '?', no final line end. Owned, never NULL. */
char *tail_text(const char *path, int64_t from);
/* The last line of such a text without the program's name before it. Owned, never NULL. */
char *tail_last_line(const char *text);

#endif
