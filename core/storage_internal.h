/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of storage in core/ share: rows, the lock of a pool, its document and driver. */
#ifndef CORE_STORAGE_INTERNAL_H
#define CORE_STORAGE_INTERNAL_H

#include "core/manager_internal.h"
#include "core/storage.h"
#include "storage/pool_driver.h"

/* A pool being worked with: its row, its document, what can be done with it, and the lock that keeps other processes
 * from changing it meanwhile. */
struct pool_work {
	struct pool_row row;
	struct pool *pool; /* owned */
	const struct pool_driver *driver;
	int lock; /* -1: not taken */
};
#define _cleanup_pool_work_ _cleanup_(pool_work_end)
/* Reads the row anew under the lock. The lock is waited for, 30 s at most: ERROR_BUSY then. */
bool pool_work_begin(struct manager *manager, int64_t id, struct pool_work *ret, struct error *err);
/* As pool_work_begin(), of a pool that is active: ERROR_STATE says that it is not, with the way out. */
bool pool_work_begin_active(struct manager *manager, int64_t id, struct pool_work *ret, struct error *err);
/* That ERROR_STATE. Always false. */
bool pool_work_inactive(const struct pool_work *work, struct error *err);
void pool_work_end(struct pool_work *work);

/* Writes a row that is new (id 0) or known; inside the caller's transaction. */
bool pool_row_put(struct manager *manager, struct pool_row *row, const char *xml, struct error *err);
bool pool_row_set_active(struct manager *manager, int64_t id, bool active, struct error *err);
/* Reads what is there into the rows of its volumes. The lock is held. */
bool pool_work_refresh(struct manager *manager, struct pool_work *work, struct error *err);

/* Finds the password of a pool whose server wants one; what logs in calls it first. The lock is held. */
bool pool_work_login(struct manager *manager, struct pool_work *work, struct error *err);

/* A volume that is no file here: what prints its bytes, or writes what it reads; *ret_argv NULL: it is one. ERROR_BUSY while a machine runs
 * with it. */
bool volume_program(struct manager *manager, const struct pool_row *pool, const struct volume *volume, bool write, uint64_t offset,
		    uint64_t length, char ***ret_argv, struct error *err);
/* The same for qemu-img: what it opens instead of a file, and the file of the password, its object "login0"; both NULL: it is a file. */
bool volume_image(struct manager *manager, const struct pool_row *pool, const struct volume *volume, char **ret_name,
		  char **ret_login, struct error *err);

/* Volumes of a pool by name. Owned array. */
bool volume_rows(struct manager *manager, int64_t pool_id, struct volume **ret, size_t *ret_count, struct error *err);
bool volume_row_put(struct manager *manager, int64_t pool_id, const struct volume *volume, struct error *err);
bool volume_row_delete(struct manager *manager, int64_t pool_id, const char *name, struct error *err);

/* No job may be making a volume of that name: under the lock, its file would be written by both. */
bool check_not_made(struct manager *manager, const struct pool_work *work, const char *name, struct error *err);
/* Nobody may use a volume that is to be deleted; with above, nobody may read another image through one that is to be
 * changed. verb is for the message. ERROR_BUSY says who. */
bool check_users(struct manager *manager, const struct volume *volume, const char *verb, bool above, struct error *err);
/* The file of the passphrase that a new volume is to be encrypted with; *ret NULL: it is not to be. Owned. */
bool volume_request_secret(struct manager *manager, const struct volume_request *request, char **ret,
			   struct error *err);

/* Where a download goes: what was handed over, or a file that gets its name when it is whole. */
struct volume_target {
	int fd;			    /* -1: the file */
	char *unfinished, *final;   /* owned; NULL: fd */
	char *mode, *owner, *group; /* owned: what the file has at the end; owner, group NULL: whoever runs it */
};
bool volume_download_begin(struct manager *manager, const struct pool_row *pool, const struct volume *volume,
			   const struct volume_target *target, uint64_t offset, uint64_t length, int64_t *ret_job,
			   struct error *err);

/* Before qemu-img opens a volume for its contents: what is below it must be stated, and its passphrase known, which is the
 * secret whose usage is the volume. *ret_secret: its file, owned; NULL: not encrypted. */
bool volume_source_check(struct manager *manager, const struct volume *from, char **ret_secret, struct error *err);

#endif
