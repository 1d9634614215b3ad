/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The drivers, for the one table of them, and what those share that keep volumes as files of a directory. */
#ifndef STORAGE_POOL_DRIVERS_H
#define STORAGE_POOL_DRIVERS_H

#include "storage/pool_driver.h"

extern const struct pool_driver pool_dir, pool_fs, pool_netfs;
extern const struct pool_driver pool_logical, pool_disk, pool_iscsi, pool_iscsi_direct;

/* The functions of a directory of files: of dir, and of fs and netfs once they are mounted. */
bool directory_build(const struct pool *pool, bool overwrite, struct error *err);
bool directory_refresh(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
		       size_t *ret_count, struct pool_figures *ret_figures, struct error *err);
char *directory_path(const struct pool *pool, const char *name, struct error *err);
bool directory_create(const struct pool *pool, const struct volume_request *request, const char *secret_file,
		      struct volume *ret, char ***ret_argv, struct error *err);
/* What makes an image of any format but raw. Owned. */
char **directory_create_argv(const char *made, const struct volume_request *request, const char *secret_file,
			     struct error *err);
bool directory_delete(const struct pool *pool, const struct volume *volume, struct error *err);
bool directory_resize(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
		      struct error *err);

#endif
