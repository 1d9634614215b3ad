/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes, as front ends ask for them: rows in the database over storage/'s drivers. One change at a time to
 * a pool, across processes. */
#ifndef CORE_STORAGE_H
#define CORE_STORAGE_H

#include "core/job.h"
#include "core/manager.h"
#include "storage/volume.h"

/* ---- pools ---- */

struct pool_row {
	int64_t id;
	char *name, *uuid; /* owned */
	enum pool_type type;
	bool active, persistent, autostart;
	struct pool_figures figures; /* as of the last refresh; 0 while inactive */
	size_t volumes;
	char *target; /* owned; NULL: none */
};
void pool_row_clear(struct pool_row *row);
void pool_rows_free(struct pool_row *rows, size_t count);

/* By name. A `default` dir pool (the images directory) is there from the first time. */
bool pool_list(struct manager *manager, struct pool_row **ret, size_t *ret_count, struct error *err);
/* By name, then UUID. ERROR_NOT_FOUND: "no pool is named 'x'" + hint. */
bool pool_find(struct manager *manager, const char *key, struct pool_row *ret, struct error *err);
/* Of the pool whose target holds this path. ERROR_NOT_FOUND. */
bool pool_find_path(struct manager *manager, const char *path, struct pool_row *ret, struct error *err);
bool pool_define(struct manager *manager, const char *source, const char *text, size_t length, struct pool_row *ret,
		 char ***ret_warnings, struct error *err);
enum { POOL_BUILD = 1 << 0, POOL_OVERWRITE = 1 << 1, POOL_NO_OVERWRITE = 1 << 2 };
/* A transient one, built first if asked, started. */
bool pool_create(struct manager *manager, const char *source, const char *text, size_t length, unsigned flags,
		 struct pool_row *ret, struct error *err);
bool pool_build(struct manager *manager, const struct pool_row *row, unsigned flags, struct error *err);
bool pool_start(struct manager *manager, const struct pool_row *row, unsigned flags, struct error *err);
bool pool_stop(struct manager *manager, const struct pool_row *row,
	       struct error *err); /* pool-destroy: nothing in it is touched */
bool pool_delete(struct manager *manager, const struct pool_row *row, struct error *err);
bool pool_undefine(struct manager *manager, const struct pool_row *row, struct error *err);
/* ERROR_STATE says that it is not active, with the way out. */
bool pool_check_active(const struct pool_row *row, struct error *err);
bool pool_refresh(struct manager *manager, struct pool_row *row, struct error *err);
bool pool_set_autostart(struct manager *manager, const struct pool_row *row, bool on, struct error *err);
char *pool_xml(struct manager *manager, const struct pool_row *row, bool inactive, struct error *err);
char *pool_find_sources(struct manager *manager, enum pool_type type, const char *spec, struct error *err);

/* ---- volumes ---- */

struct image_uses;
struct volume_user {
	char *who; /* owned: "machine 'web1'", "machine 'web2' (through '/srv/over.qcow2')", "volume 'default/web2.qcow2'" */
	bool running;
};
bool volume_list(struct manager *manager, const struct pool_row *pool, struct volume **ret, size_t *ret_count,
		 struct error *err);
/* By name in a pool; pool NULL: key is a key or a path. ret_pool may be NULL. */
bool volume_find(struct manager *manager, const struct pool_row *pool, const char *key, struct volume *ret,
		 struct pool_row *ret_pool, struct error *err);
char *volume_xml(struct manager *manager, const struct pool_row *pool, const struct volume *volume, struct error *err);
/* Where a new volume of that name would be. ERROR_UNSUPPORTED where a pool's server makes its volumes. Owned. */
char *volume_place(struct manager *manager, const struct pool_row *pool, const char *name, struct error *err);
/* The only name that the next volume of a pool can have, where its type knows but one: a partition's. *ret NULL: any that
 * is free. Owned. */
bool volume_next_name(struct manager *manager, const struct pool_row *pool, char **ret, struct error *err);
enum { COPY_REFLINK = 1 << 0 /* or not at all */, COPY_COMPRESS = 1 << 1, VOLUME_METADATA = 1 << 2 /* qcow2: tables at once */ };
/* Makes one; flags: VOLUME_METADATA. What takes long is a job: *ret_job is its id, 0: it is done. The space is compared
 * first. */
bool volume_create(struct manager *manager, const struct pool_row *pool, const char *source, const char *text,
		   size_t length, unsigned flags, struct volume *ret, int64_t *ret_job, struct error *err);
/* Makes one with the contents of another (vol-create-from, vol-clone): converted where the formats differ, a reflink or
 * a sparse copy where not. */
bool volume_create_from(struct manager *manager, const struct pool_row *pool, const char *source, const char *text,
			size_t length, const struct pool_row *from_pool, const struct volume *from, unsigned flags,
			struct volume *ret, int64_t *ret_job, struct error *err);
/* Refused while a machine or another volume uses it: says who. */
bool volume_delete(struct manager *manager, const struct pool_row *pool, const struct volume *volume,
		   struct error *err);
bool volume_users(struct manager *manager, const struct volume *volume, struct volume_user **ret, size_t *ret_count,
		  struct error *err);
/* The same for many volumes, of what image_uses_load() (core/image_uses.h) gathered once. Adds to the array. */
void volume_users_among(const struct image_uses *uses, const struct volume *volume, struct volume_user **ret,
			size_t *ret_count);
void volume_users_free(struct volume_user *users, size_t count);
enum { RESIZE_ALLOCATE = 1 << 0, RESIZE_SHRINK = 1 << 1, RESIZE_DELTA = 1 << 2 };
bool volume_resize(struct manager *manager, const struct pool_row *pool, const struct volume *volume, uint64_t bytes,
		   unsigned flags, struct error *err);
bool volume_wipe(struct manager *manager, const struct pool_row *pool, const struct volume *volume,
		 const char *algorithm, int64_t *ret_job, struct error *err);
bool volume_upload(struct manager *manager, const struct pool_row *pool, const struct volume *volume, int fd,
		   uint64_t offset, uint64_t length, int64_t *ret_job, struct error *err);
bool volume_download(struct manager *manager, const struct pool_row *pool, const struct volume *volume, int fd,
		     uint64_t offset, uint64_t length, bool sparse, int64_t *ret_job, struct error *err);
/* The same to a file by its name. Refused before anything is written when it is the volume itself, another volume, or what
 * a machine or a volume needs: says who. A plain file is there when it is whole, and replaces what had its name. */
bool volume_download_file(struct manager *manager, const struct pool_row *pool, const struct volume *volume, const char *file,
			  uint64_t offset, uint64_t length, int64_t *ret_job, struct error *err);

/* The volume of a path or key, as its pool's last refresh found it; nothing is looked into. False: there is none. */
bool volume_known(struct manager *manager, const char *key, struct volume *ret);

/* Who uses what, of all paths at once and by their names alone: machines' disks, and volumes that are read through other
 * volumes. For lists; volume_users() also knows a file by another name. Sorted by path, machines first. Owned array. */
struct path_use {
	char *path, *who; /* owned; who: a machine, or "pool/volume" */
	bool is_volume, running;
};
bool path_uses(struct manager *manager, struct path_use **ret, size_t *ret_count, struct error *err);
void path_uses_free(struct path_use *uses, size_t count);
/* The first use of a path; count: nobody's. */
size_t path_uses_find(const struct path_use *uses, size_t count, const char *path);
/* Differs (memcmp()) when a pool's volumes are not what they were: much cheaper than reading them. */
#define VOLUMES_STAMP_FIGURES 7
struct volumes_stamp {
	double figures[VOLUMES_STAMP_FIGURES];
};
bool volumes_stamp(struct manager *manager, int64_t pool_id, struct volumes_stamp *ret, struct error *err);

/* Is there room for so many more bytes where path lies? ERROR_FAILED says how much lacks. */
bool storage_room(const char *path, uint64_t bytes, struct error *err);

#endif
