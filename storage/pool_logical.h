/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files of the logical pool share: questions to lvm2, answered. */
#ifndef STORAGE_POOL_LOGICAL_H
#define STORAGE_POOL_LOGICAL_H

#include "storage/lvm_report.h"
#include "storage/pool_block.h"

#define LVM_PACKAGE "lvm2"

/* The pool's group. ERROR_NOT_FOUND: "there is no volume group 'vg0'". */
bool logical_group(const struct pool *pool, struct lvm_group *ret, struct error *err);
/* All volumes of it, those that the pool does not show too. Owned array. */
bool logical_volumes(const struct pool *pool, struct lvm_volume **ret, size_t *ret_count, struct error *err);
/* The one of that name among them; NULL: none. */
const struct lvm_volume *logical_find(const struct lvm_volume *volumes, size_t count, const char *name);
/* As a volume of the pool. Owned members. */
struct volume logical_volume(const struct pool *pool, const struct lvm_volume *volume, const struct lvm_volume *all,
			     size_t count);

bool logical_build(const struct pool *pool, bool overwrite, struct error *err);
bool logical_remove(const struct pool *pool, struct error *err);
char *logical_find_sources(const char *spec, struct error *err);

bool logical_create(const struct pool *pool, const struct volume_request *request, const char *secret_file,
		    struct volume *ret, char ***ret_argv, struct error *err);
bool logical_finish(const struct pool *pool, const struct volume *volume, struct error *err);
bool logical_delete(const struct pool *pool, const struct volume *volume, struct error *err);
bool logical_resize(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
		    struct error *err);

#endif
