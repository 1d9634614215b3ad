/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A console's log, which QEMU appends to: reading it at an offset, and rotating it by copy and truncate. */
#ifndef CORE_KEEPER_CONSOLE_LOG_H
#define CORE_KEEPER_CONSOLE_LOG_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CONSOLE_LOG_LIMIT (4 * 1024 * 1024)

/* The log's size, 0 when there is none. */
int64_t console_log_size(const char *path);
/* Reads from offset on; a negative offset lies in PATH.1, counted from its end. 0: there is nothing. */
ssize_t console_log_read(const char *path, int64_t offset, char *bytes, size_t length);
/* How far back PATH.1 reaches: the lowest offset that can be read. */
int64_t console_log_lowest(const char *path);
/* Copies the log to PATH.1 and empties it; how many bytes were moved (all offsets sink by that), 0 when it could not be done. */
int64_t console_log_rotate(const char *path);

#endif
