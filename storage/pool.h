/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools and volumes: libvirt's documents as views that know their nodes, and a table of functions for each type of
 * pool.
 *
 * As with machines the document is the truth: parse, settle (UUID, defaults), validate, format; what is not modelled
 * survives and is named in a warning. What a pool's driver does is said in struct pool_driver; who may do it, and what
 * is remembered, is core's. */
#ifndef STORAGE_POOL_H
#define STORAGE_POOL_H

#include "base/schema.h"
#include "storage/image.h"

enum pool_type {
	POOL_ABSENT,
	POOL_DIR,
	POOL_FS,
	POOL_NETFS,
	POOL_LOGICAL,
	POOL_DISK,
	POOL_ISCSI,
	POOL_ISCSI_DIRECT,
	POOL_SCSI,
	POOL_MPATH,
	POOL_RBD,
	POOL_SHEEPDOG,
	POOL_GLUSTER,
	POOL_ZFS,
	POOL_VSTORAGE,
	POOL_TYPE_COUNT
};
ENUM_DECLARE(pool_type);

struct pool_host {
	char *name;
	struct opt_uint port;
	xmlNode *node;
};
struct pool_device {
	char *path;
	xmlNode *node;
};
struct pool_permissions {
	char *mode, *owner, *group, *label;
	xmlNode *node;
};

struct pool {
	char *source_name; /* for messages: a file's name */
	xmlDoc *document;  /* owned */
	xmlNode *node;
	enum pool_type type;
	char *name, *uuid;
	/* source */
	struct pool_host *hosts;
	size_t host_count;
	struct pool_device *devices;
	size_t device_count;
	char *source_dir, *vg_name, *adapter, *format; /* format: "nfs", "lvm2", "gpt", "ext4", ... */
	char *initiator;
	char *auth_type, *auth_username, *auth_secret; /* the secret's usage or UUID */
	bool auth_secret_is_uuid;
	/* target */
	char *target;
	struct pool_permissions permissions;
	char **mount_options; /* fs:mount_opts */
	char **unmodelled;    /* owned: what was kept and is not looked at, for warnings */
};
#define _cleanup_pool_ _cleanup_(pool_freep)
struct pool *pool_parse(const char *source, const char *text, size_t length, struct error *err);
void pool_free(struct pool *pool);
static inline void pool_freep(struct pool **pool)
{
	pool_free(*pool);
}
/* Writes UUID (a new one where there is none) and defaults. */
bool pool_settle(struct pool *pool, struct error *err);
bool pool_validate(const struct pool *pool, struct error *err);
/* With capacity, allocation and available of figures (NULL: as the document says). Owned. */
struct pool_figures {
	uint64_t capacity, allocation, available; /* bytes */
};
char *pool_format(const struct pool *pool, const struct pool_figures *figures);

/* A volume as its pool knows it. */
enum volume_type { VOLUME_FILE, VOLUME_BLOCK, VOLUME_DIR, VOLUME_NETWORK, VOLUME_TYPE_COUNT };
ENUM_DECLARE(volume_type);
struct volume {
	char *name, *key, *path; /* key: the path, or what the source has for ever (a LUN's, an LV's UUID) */
	enum volume_type type;
	enum image_format format;
	uint64_t capacity, allocation, physical; /* bytes */
	char *backing_path;			 /* owned; NULL: none */
	enum image_format backing_format;
	bool encrypted;
	char *trouble; /* owned: why it could not be read; NULL: fine */
	int64_t mtime_ns;
	uint64_t inode;
};
void volume_clear(struct volume *volume);
void volumes_free(struct volume *volumes, size_t count);

/* What a new volume is to be: its XML. */
struct volume_request {
	xmlDoc *document; /* owned */
	xmlNode *node;
	char *name;
	struct opt_uint capacity, allocation; /* bytes */
	enum image_format format;	      /* IMAGE_UNKNOWN: the pool's own */
	char *backing_path;
	enum image_format backing_format;
	char *compat;
	enum tristate lazy_refcounts, nocow;
	struct opt_uint cluster_bytes;
	char *secret; /* LUKS: UUID or usage */
	struct pool_permissions permissions;
};
bool volume_request_parse(const char *source, const char *text, size_t length, struct volume_request *ret,
			  struct error *err);
void volume_request_clear(struct volume_request *request);
/* A volume's document, as vol-dumpxml prints it. Owned. */
char *volume_format(const struct volume *volume, const struct image *image /* NULL: not an image */);
/* May this be a volume's name in that type of pool? No slash, no "..", no control character, not hidden, at most 255
 * bytes. */
bool volume_name_check(enum pool_type type, const char *name, struct error *err);

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
	/* Makes the volume's room. ret_argv (owned; NULL in the answer: it is done already): what a job must run to
	 * make it whole. */
	bool (*create)(const struct pool *pool, const struct volume_request *request, const char *secret_file,
		       struct volume *ret, char ***ret_argv, struct error *err);
	bool (*delete)(const struct pool *pool, const struct volume *volume, struct error *err);
	bool (*resize)(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
		       struct error *err);
	/* A document <sources> of what could be made pools of. spec may be NULL. Owned. */
	char *(*find_sources)(const char *spec, struct error *err);
};
/* ERROR_UNSUPPORTED names the type and those that there are. */
const struct pool_driver *pool_driver_find(enum pool_type type, struct error *err);

#endif
