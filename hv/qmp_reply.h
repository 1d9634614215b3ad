/* SPDX-License-Identifier: GPL-2.0-or-later */
/* QMP's two shapes of text as trees: a command on its way out, an answer on its way in. */
#ifndef HV_QMP_REPLY_H
#define HV_QMP_REPLY_H

#include "base/error.h"

#include <stdint.h>

struct json_object;

/* One line with a line end: {"execute": ..., "arguments": ..., "id": N}. Takes over arguments (may be NULL). Owned. */
char *qmp_command_text(const char *command, struct json_object *arguments, uint64_t id);

/* The "return" value of an answer, borrowed; or NULL with QEMU's own words in err: ERROR_NOT_FOUND for DeviceNotFound,
 * ERROR_UNSUPPORTED for CommandNotFound, ERROR_FAILED for the rest. A "hint" beside the words (a keeper's own answers) is taken along. */
struct json_object *qmp_reply_value(struct json_object *answer, struct error *err);

#endif
