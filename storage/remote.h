/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File systems that a server has, and that may keep whoever touches them waiting for ever when it goes away. */
#ifndef STORAGE_REMOTE_H
#define STORAGE_REMOTE_H

#include "storage/pool_driver.h"

#include <sys/stat.h>

/* Does what holds this path answer? A local file system does, and costs a look at the mounts; a network one is asked by a child, which is given
 * up on after 5 s: ERROR_TIMEOUT names the mount. Called before a path is touched that may lie on one; an answer is good for a second. */
bool remote_answers(const char *path, struct error *err);
/* Does a network file system hold the path? */
bool remote_is(const char *path);
/* As stat(), which fails with ETIMEDOUT where that does not answer. */
int remote_stat(const char *path, struct stat *ret);
/* A path as /proc/self/mountinfo writes it (\040 for a blank and so on), in place. */
void mount_unescape(char *text);
/* A refresh that may hang, in a child: it is given up on when its file system no longer answers, however long the refresh itself takes. */
bool remote_refresh(bool (*refresh)(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
				    size_t *ret_count, struct pool_figures *ret_figures, struct error *err),
		    const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret, size_t *ret_count,
		    struct pool_figures *ret_figures, struct error *err);

#endif
