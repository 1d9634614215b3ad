/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files: bounded reads, atomic writes, directories. All descriptors are close-on-exec. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"

#include <stddef.h>
#include <sys/types.h>

/* Reads a whole regular file, pipe or "-" (stdin), at most limit bytes (more is ERROR_INVALID). The text is NUL-terminated
 * beyond *ret_length (may be NULL). Owned by the caller. A directory is a clear error. */
bool file_read(const char *path, size_t limit, char **ret_text, size_t *ret_length, struct error *err);
/* Reads a small /proc or /sys file without its last newline; NULL when it cannot. */
char *file_read_line(const char *path);
/* Replaces path by a temporary file in the same directory, fsync and rename. */
bool file_write(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);
/* The same without waiting for the disk: for what means nothing any more after a power cut. */
bool file_write_volatile(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err);
/* Makes a directory and its missing parents. */
bool directory_make(const char *path, mode_t mode, struct error *err);
/* Removes a directory and all below it, never following a link; a missing one is fine. */
bool directory_remove(const char *path, struct error *err);
bool path_exists(const char *path);
/* An absolute path from the working directory; ".." and "." stay. Owned. */
char *path_absolute(const char *path);
/* write() until all is out; false with errno set. */
bool write_all(int fd, const void *bytes, size_t length);
struct strbuf;
/* Takes what comes until the other end closes; beyond limit bytes it is passed over. False: that took longer than timeout_ms. */
bool fd_gather(int fd, int timeout_ms, size_t limit, struct strbuf *to);
bool fd_set_nonblock(int fd, bool on);
bool fd_set_cloexec(int fd, bool on);

#endif
