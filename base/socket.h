/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Unix stream sockets by path: 0600, close-on-exec, paths that fit. */
#ifndef BASE_SOCKET_H
#define BASE_SOCKET_H

#include "base/error.h"

/* A listening socket at path (an old socket file there is removed first). Non-blocking. -1 on error. */
int socket_listen(const char *path, int backlog, struct error *err);
/* A blocking, connected socket; ERROR_NOT_FOUND when nothing listens there (missing file, refused). -1 on error. */
int socket_connect(const char *path, struct error *err);

#endif
