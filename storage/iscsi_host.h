/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host's kernel knows of iSCSI sessions: read from sysfs, which asks no server. */
#ifndef STORAGE_ISCSI_HOST_H
#define STORAGE_ISCSI_HOST_H

#include "storage/pool_driver.h"

struct iscsi_session {
	unsigned number;
	char *portal; /* owned: "address:port" */
	bool works;   /* logged in, and the server answers as far as the kernel knows */
	char *state;  /* owned: "LOGGED_IN", "FAILED", ... */
};
void iscsi_session_clear(struct iscsi_session *session);
/* The session with the pool's target; *ret_found false: there is none. */
bool iscsi_session_find(const struct pool *pool, struct iscsi_session *ret, bool *ret_found, struct error *err);
/* Its disks as volumes, sorted by name. Owned array. */
bool iscsi_session_volumes(const struct pool *pool, const struct iscsi_session *session, struct volume **ret, size_t *ret_count,
			   struct error *err);

#endif
