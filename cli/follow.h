/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Showing what happens while it happens, as virsh's event commands do. */
#ifndef CLI_FOLLOW_H
#define CLI_FOLLOW_H

#include "cli/cli.h"

/* Shows what is new; *ret_shown: how much in all. One thing at most, unless loop. */
typedef bool follow_show(void *userdata, bool loop, size_t *ret_shown, struct error *err);

/* Is --timeout one that can be waited for? */
bool cli_follow_check(struct cli *cli, struct error *err);
/* Calls show when the state changes (fd: manager_watch()'s), until something was shown or, with loop, until --timeout is over or a signal
 * comes. Says how it ended; that nothing came in time is ERROR_TIMEOUT. */
bool cli_follow(struct cli *cli, int fd, bool loop, follow_show *show, void *userdata, struct error *err);

#endif
