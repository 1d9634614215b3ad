/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of <pool>: what is modelled, in the order in which it is written. */
#include "storage/pool_schema.h"

ENUM_WORDS(pool_type, POOL_TYPE_COUNT, NULL, "dir", "fs", "netfs", "logical", "disk", "iscsi", "iscsi-direct", "scsi",
	   "mpath", "rbd", "sheepdog", "gluster", "zfs", "vstorage");

#define SCHEMA_TYPE struct pool_host
static const struct schema_row host_rows[] = {
	ROW_STRING("@name", name, "Server", "Name or address of the server", .required = true),
	ROW_UINT("@port", port, 1, 65535, "Port", "The server's port, where it is not the usual one"),
};
static SCHEMA_DEFINE(host_schema, "host", host_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct pool_device
static const struct schema_row device_rows[] = {
	ROW_STRING("@path", path, "Device", "Path of a block device, or the IQN of a target", .required = true),
	ROW_KNOWN("@part_separator"),
};
static SCHEMA_DEFINE(device_schema, "device", device_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct pool_permissions
static const struct schema_row permission_rows[] = {
	ROW_STRING("mode", mode, "Mode", "Permissions in octal: 0711"),
	ROW_STRING("owner", owner, "Owner", "Number of the owner; -1: whoever makes it"),
	ROW_STRING("group", group, "Group", "Number of the group; -1: whoever makes it"),
	ROW_STRING("label", label, NULL, "Security label, kept and not set"),
};
SCHEMA_DEFINE(permissions_schema, "permissions", permission_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct pool
static const struct schema_row pool_rows[] = {
	ROW_WORD("@type", type, pool_type_words, "Type", "Where volumes live", .required = true),
	ROW_RAW("name", name, "Name", "The pool's name"),
	{ .path = "uuid",
	  .kind = SCHEMA_UUID,
	  .offset = offsetof(struct pool, uuid),
	  .label = "UUID",
	  .help = "The pool's identity, made at random when none is given" },
	/* what a dump says, and a definition need not */
	ROW_KNOWN("capacity"),
	ROW_KNOWN("capacity/@unit"),
	ROW_KNOWN("allocation"),
	ROW_KNOWN("allocation/@unit"),
	ROW_KNOWN("available"),
	ROW_KNOWN("available/@unit"),
	ROW_LIST("source/host", hosts, host_count, host_schema),
	ROW_LIST("source/device", devices, device_count, device_schema),
	ROW_STRING("source/dir/@path", directory, "Directory", "What the server exports"),
	ROW_STRING("source/initiator/iqn/@name", initiator, "Initiator", "The name that this host logs in with"),
	ROW_STRING("source/name", source_name, "Name at the source", "A volume group's name"),
	ROW_STRING("source/format/@type", format, "Format", "What lies on the source: nfs, lvm2, gpt, ext4"),
	ROW_STRING("source/protocol/@ver", protocol_version, "NFS version", "The protocol's version"),
	ROW_KNOWN("source/vendor/@name"),
	ROW_KNOWN("source/product/@name"),
	ROW_STRING("source/auth/@type", auth_type, "Login", "chap"),
	ROW_STRING("source/auth/@username", auth_user, "User", "Who logs in"),
	ROW_STRING("source/auth/secret/@usage", secret_usage, "Secret", "What the secret of the login is used for"),
	{ .path = "source/auth/secret/@uuid",
	  .kind = SCHEMA_UUID,
	  .offset = offsetof(struct pool, secret_uuid),
	  .label = NULL,
	  .help = "The secret's UUID" },
	ROW_STRING("target/path", target, "Path", "Where its volumes are to be seen on this host"),
	ROW_NESTED("target/permissions", permissions, permissions_schema),
};
SCHEMA_DEFINE(pool_schema, "pool", pool_rows, node);
#undef SCHEMA_TYPE
