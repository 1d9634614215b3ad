/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The last of what a console said, for who comes late: a ring in a file of the run directory, so that it is no memory of the keeper's.
 * It is kept beside QEMU's own log because that is not exact: QEMU logs a byte again when the socket was full at the first try. */
#ifndef CORE_KEEPER_REPLAY_H
#define CORE_KEEPER_REPLAY_H

#include "base/strbuf.h"

#include <stddef.h>
#include <stdint.h>

#define REPLAY_SIZE (256 * 1024)

struct replay {
	int fd;        /* -1: nothing was said yet */
	int64_t total; /* bytes ever added */
};

/* Adds to the ring, which is made at the first byte. When that fails (a full disk) what was there is given up. */
void replay_add(struct replay *replay, const char *path, const char *bytes, size_t length);
/* Appends what the ring holds to ret. */
void replay_get(const struct replay *replay, struct strbuf *ret);
/* Begins with the end of a log: its bytes from offset from on. */
void replay_seed(struct replay *replay, const char *path, const char *log, int64_t from);
/* Takes up the ring of an earlier execution. */
void replay_resume(struct replay *replay, const char *path, int64_t total);
/* Forgets all; the file stays until the next use or the end of the run directory. */
void replay_reset(struct replay *replay);

#endif
