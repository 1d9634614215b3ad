/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of functions for each type of pool. */
#ifndef STORAGE_POOL_DRIVER_H
#define STORAGE_POOL_DRIVER_H

#include "storage/volume.h"

struct json_object;

/* What a type of pool can do. A NULL function: this type cannot, and core says so. None asks, prints, or touches the
 * database; none outlives its call. */
struct pool_driver {
	enum pool_type type;
	bool (*check)(const struct pool *pool, bool *ret_active, struct error *err); /* does it run now? */
	bool (*build)(const struct pool *pool, bool overwrite,
		      struct error *err); /* makes what is under it: a directory, a file system, a volume group */
	bool (*start)(const struct pool *pool, struct error *err); /* mounts, logs in, activates */
	bool (*stop)(const struct pool *pool, struct error *err);
	bool (*remove)(const struct pool *pool, struct error *err); /* pool-delete: undoes build */
	/* What is in it. known: what the last refresh found, by name, whose unchanged entries are taken over without
	 * being opened. */
	bool (*refresh)(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
			size_t *ret_count, struct pool_figures *ret_figures, struct error *err);
	/* Where a volume of that name is or would be. Owned. */
	char *(*path)(const struct pool *pool, const char *name, struct error *err);
	/* The only name that the next volume can have. Owned. NULL function: any that is free. */
	char *(*next_name)(const struct pool *pool, struct error *err);
	/* Makes a volume. What may take long is left to the caller: *ret_argv (owned) is then what makes it at
	 * volume_unfinished_path(), to be renamed to its path when that went well; NULL in the answer: it is whole, and
	 * there. ERROR_EXISTS when the name is taken. */
	bool (*create)(const struct pool *pool, const struct volume_request *request, const char *secret_file,
		       struct volume *ret, char ***ret_argv, struct error *err);
	/* A volume that was made unfinished has its contents now. NULL: this type has no such volumes. */
	bool (*finish)(const struct pool *pool, const struct volume *volume, struct error *err);
	/* Of an unfinished volume: only if it is still that, as far as the pool can tell. key NULL then: it is not known,
	 * and one that cannot be told from a finished one stays. */
	bool (*delete)(const struct pool *pool, const struct volume *volume, struct error *err);
	bool (*resize)(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
		       struct error *err);
	/* Of volumes that are no files. What prints such a volume's bytes, or takes them on its standard input; length 0: to
	 * the end. Owned argv. */
	char **(*transfer)(const struct pool *pool, const struct volume *volume, bool write, uint64_t offset, uint64_t length,
			   struct error *err);
	/* And what QEMU opens instead of a file: a block node, whose password is in the QEMU object secret_id. Owned. */
	struct json_object *(*blockdev)(const struct pool *pool, const struct volume *volume, const char *secret_id);
	/* A document <sources> of what could be made pools of. spec may be NULL. Owned. */
	char *(*find_sources)(const char *spec, struct error *err);
};
/* ERROR_UNSUPPORTED names the type and those that there are. */
const struct pool_driver *pool_driver_find(enum pool_type type, struct error *err);

#endif
