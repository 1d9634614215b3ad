/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU had to say when a start failed. */
#ifndef CORE_LAST_WORDS_H
#define CORE_LAST_WORDS_H

#include <stdint.h>

struct manager;

/* How QEMU ended and its last lines, if the newest thing that happened to the machine, since a time, is a start that failed. Owned; NULL: nothing
 * but the error itself. */
char *start_last_words(struct manager *manager, int64_t domain_id, int64_t since_ms);

#endif
