/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix stream sockets by path: 0600, close-on-exec, paths that fit. */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

#include "base/error.h"

#include <sys/types.h>

/* A listening socket at path (an old socket file there is removed first). Non-blocking. -1 on error. */
int socket_listen(const char *path, int backlog, struct error *err);
/* A blocking, connected socket; ERROR_NOT_FOUND when nothing listens there (missing file, refused). -1 on error. */
int socket_connect(const char *path, struct error *err);

/* send() and recv() that never wait, with a descriptor beside the bytes. fd stays the caller's; *ret_fd (owned, close-on-exec) is the last
 * that came, -1 when none did. */
ssize_t socket_send_fd(int socket, const void *bytes, size_t length, int fd);
ssize_t socket_receive_fd(int socket, void *bytes, size_t size, int *ret_fd);

#endif
