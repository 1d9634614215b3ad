/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of <volume>, as it is asked for. */
#include "storage/pool_schema.h"

/* image_format's words, and disk_content's, which libvirt writes at the same place. */
SCHEMA_CHOICES(formats, "raw", "qcow2", "qcow", "qed", "vmdk", "vdi", "vhdx", "vpc", "luks", "iso", "none", "linux",
	       "fat16", "fat32", "linux-swap", "linux-lvm", "linux-raid", "extended");
SCHEMA_CHOICES(compats, "0.10", "1.1");
SCHEMA_CHOICES(encryptions, "luks", "qcow", "default");
SCHEMA_CHOICES(secret_types, "passphrase");

#define SCHEMA_TYPE struct volume_request
static const struct schema_row volume_rows[] = {
	ROW_KNOWN("@type"),
	ROW_RAW("name", name, "Name", "The volume's name in its pool", .required = true),
	ROW_KNOWN("key"),
	{ .path = "capacity",
	  .kind = SCHEMA_BYTES,
	  .offset = offsetof(struct volume_request, capacity),
	  .label = "Size",
	  .help = "What the guest sees" },
	{ .path = "allocation",
	  .kind = SCHEMA_BYTES,
	  .offset = offsetof(struct volume_request, allocation),
	  .label = "Allocated",
	  .help = "What is taken at once" },
	ROW_KNOWN("physical"),
	ROW_KNOWN("physical/@unit"),
	ROW_KNOWN("source"),
	ROW_KNOWN("target/path"),
	ROW_CHOICE("target/format/@type", format_word, formats, "Format", "qcow2 or raw"),
	ROW_NESTED("target/permissions", permissions, permissions_schema),
	ROW_CHOICE("target/compat", compat, compats, NULL, "Which QEMU can read it: 0.10, 1.1"),
	ROW_FLAG("target/nocow", nocow, NULL, "No copy on write, on btrfs"),
	ROW_FLAG("target/features/lazy_refcounts", lazy_refcounts, NULL, "Reference counts are written late"),
	{ .path = "target/clusterSize",
	  .kind = SCHEMA_BYTES,
	  .offset = offsetof(struct volume_request, cluster_bytes),
	  .label = NULL,
	  .help = "Size of a cluster of a qcow2 image" },
	ROW_CHOICE("target/encryption/@format", encryption, encryptions, "Encryption", "luks"),
	ROW_CHOICE("target/encryption/secret/@type", secret_type, secret_types, NULL, "passphrase"),
	{ .path = "target/encryption/secret/@uuid",
	  .kind = SCHEMA_UUID,
	  .offset = offsetof(struct volume_request, secret_uuid),
	  .label = NULL,
	  .help = "The secret that holds the passphrase" },
	ROW_STRING("target/encryption/secret/@usage", secret_usage, NULL, "What that secret is used for"),
	ROW_KNOWN("target/timestamps"),
	ROW_KNOWN("target/timestamps/atime"),
	ROW_KNOWN("target/timestamps/mtime"),
	ROW_KNOWN("target/timestamps/ctime"),
	ROW_KNOWN("target/timestamps/btime"),
	ROW_STRING("backingStore/path", backing_path, "Backing file",
		   "What is read where the volume holds nothing yet"),
	ROW_WORD("backingStore/format/@type", backing_format, image_format_words, NULL, "The backing file's format"),
	ROW_KNOWN("backingStore/permissions"),
};
SCHEMA_DEFINE(volume_schema, "volume", volume_rows, node);
#undef SCHEMA_TYPE
