/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where virtty keeps its things: system (root), session (a user) or VIRTTY_HOME. */
#ifndef BASE_PATHS_H
#define BASE_PATHS_H

#include "base/error.h"

#include <sys/types.h>

/* All absolute, without a trailing slash; nothing is created by asking. */
struct paths {
	char *database; /* owned, as all here */
	char *run;      /* run-time sockets; a machine's are in run/<row id>/ */
	char *log;      /* console logs and QEMU's stderr */
	char *images;   /* the default pool */
	char *nvram;    /* UEFI variables: beside the database */
	char *config;   /* the configuration file */
	bool system;    /* root's own, not a session or a VIRTTY_HOME */
};

/* From VIRTTY_HOME, else from the effective uid and XDG_*. Fails when the run directory is so deep that a socket path
 * (run + "/<10 digits>/control") would not stay under 100 bytes: names it and the way out. */
bool paths_get(struct paths *ret, struct error *err);
void paths_clear(struct paths *paths);
/* Makes the directories that state needs (of the database, run, log), 0700. */
bool paths_make(const struct paths *paths, struct error *err);

/* The path of an installed helper ("virtty-keeper", "virtty-tui"): beside the running executable when that is a build tree
 * or $VIRTTY_LIBEXEC, else libexecdir. Owned. */
char *paths_helper(const char *name);
/* The path of the `virtty` command itself: beside the running executable (which may be it), else in bindir. Owned. */
char *paths_program(void);

#endif
