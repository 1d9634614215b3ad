/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The history of machines: every state change and event, written the moment it happens. */
#ifndef CORE_HISTORY_H
#define CORE_HISTORY_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct db;

struct history_event {
	int64_t id;
	int64_t domain_id;   /* of a machine since undefined: 0 */
	char *uuid, *name;   /* as they were then */
	int64_t at_ms;
	char *kind;          /* "lifecycle", "reboot", "io-error", "watchdog", "rtc-change", "device-removed", "console", ... (virsh event's names) */
	char *what;          /* "Started Booted", "Stopped Crashed", ... (virsh's words for lifecycle) */
	char *detail;        /* more, may be NULL: exit status, QEMU's last words */
};

/* Appends; uuid and name come from the domain row. */
bool history_add(struct db *db, int64_t domain_id, const char *kind, const char *what, const char *detail, struct error *err);
/* Events after after_id, oldest first, of one machine (domain_id) or of all (0); at most limit, the newest ones (0: all). Owned array. */
bool history_list(struct db *db, int64_t domain_id, int64_t after_id, size_t limit, struct history_event **ret, size_t *ret_count, struct error *err);
void history_free(struct history_event *events, size_t count);

#endif
