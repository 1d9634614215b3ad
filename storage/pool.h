/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools: libvirt's documents as views that know their nodes. As with machines the document is the truth: parse, settle,
 * validate, format; what is not modelled survives and is named in a warning. What can be done with a pool is in
 * pool_driver.h; who may do it, and what is remembered, is core's. */
#ifndef STORAGE_POOL_H
#define STORAGE_POOL_H

#include "base/schema.h"

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

/* Of elements that are virtty's own: <virtty:thinpool name='pool0'/> names the thin pool of a volume group. */
#define POOL_NAMESPACE "urn:virtty:pool"

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
	xmlDoc *doc; /* owned */
	xmlNode *node;
	char *source; /* owned: a file's name, for messages */
	enum pool_type type;
	char *name, *uuid;
	/* where it comes from */
	struct pool_host *hosts;
	size_t host_count;
	struct pool_device *devices;
	size_t device_count;
	char *directory;   /* of a server */
	char *source_name; /* a volume group's */
	char *format;	   /* "nfs", "lvm2", "gpt", "ext4", ... */
	char *protocol_version;
	char *initiator; /* its IQN */
	char *auth_type, *auth_user, *secret_usage, *secret_uuid;
	char *secret_file; /* owned: what holds the login's password, set by core; NULL: not looked for, or not needed */
	/* where it is to be seen here */
	char *target;
	struct pool_permissions permissions;
	char **mount_options; /* owned: of <fs:mount_opts> */
	char *thin_pool;      /* owned: of <virtty:thinpool> */
	char **unmodelled;    /* owned: a line for each thing that was kept and is not looked at */
};
#define _cleanup_pool_ _cleanup_(pool_freep)
struct pool *pool_parse(const char *source, const char *text, size_t length, struct error *err);
void pool_free(struct pool *pool);
static inline void pool_freep(struct pool **pool)
{
	pool_free(*pool);
}
/* Writes into the document what it leaves open: its UUID, and for a type that has a usual one its target. */
bool pool_settle(struct pool *pool, struct error *err);
bool pool_validate(const struct pool *pool, struct error *err);
/* With capacity, allocation and available of figures (NULL: as the document says). Owned. */
struct pool_figures {
	uint64_t capacity, allocation, available; /* bytes */
};
char *pool_format(const struct pool *pool, const struct pool_figures *figures);

#endif
