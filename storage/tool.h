/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's own storage tools (lvm2, sfdisk, wipefs, ...), run with an argv. */
#ifndef STORAGE_TOOL_H
#define STORAGE_TOOL_H

#include "base/error.h"

#include <stdint.h>

/* One run: package is what it comes in, for a hint; input may be NULL, ret_output too (then nothing is kept). The
 * tool's own last stderr line is the reason, but for warnings and advice; ERROR_NOT_FOUND: it is not installed; who is
 * not root is told what is needed. */
bool tool_run(const char *package, char *const *argv, const char *input, char **ret_output, struct error *err);
/* The words of an argv, one by one. */
#define TOOL_ARGV(...) ((char *const *)(uintptr_t)(const char *const[]){ __VA_ARGS__, NULL })

#endif
