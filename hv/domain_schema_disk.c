/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of <disk> and of the backing chain below it. */
#include "hv/domain_schema.h"

ENUM_WORDS(tray_state, TRI_COUNT, NULL, "open", "closed");

SCHEMA_CHOICES(disk_drivers, "qemu");

SCHEMA_CHOICES(host_transports, "tcp", "unix", "rdma");
SCHEMA_CHOICES(yes_no, "yes", "no");
SCHEMA_CHOICES(volume_modes, "host", "direct");

#define SCHEMA_TYPE struct disk_host
static const struct schema_row host_rows[] = {
	ROW_STRING("@name", name, "Server", "Name or address of the server"),
	ROW_UINT("@port", port, 1, 65535, "Port", "The server's port, where it is not the usual one"),
	ROW_CHOICE("@transport", transport, host_transports, NULL, "tcp, unix or rdma"),
	ROW_STRING("@socket", socket, NULL, "Path of the server's socket, for transport unix"),
};
static SCHEMA_DEFINE(host_schema, "host", host_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct disk_auth
static const struct schema_row auth_rows[] = {
	ROW_STRING("@username", username, "User", "Who logs in at the server", .required = true),
	ROW_STRING("secret/@type", secret_type, NULL, "What the secret is used for: iscsi"),
	ROW_STRING("secret/@usage", secret_usage, "Secret", "Whose secret holds the password"),
	ROW_STRING("secret/@uuid", secret_uuid, NULL, "The secret's UUID"),
};
static SCHEMA_DEFINE(auth_schema, "auth", auth_rows, node);
#undef SCHEMA_TYPE

SCHEMA_CHOICES(encryption_formats, "luks", "luks2", "luks-any", "qcow", "default");
SCHEMA_CHOICES(encryption_engines, "qemu", "librbd");
SCHEMA_CHOICES(encryption_secrets, "passphrase");

#define SCHEMA_TYPE struct disk_encryption
static const struct schema_row encryption_rows[] = {
	ROW_CHOICE("@format", format, encryption_formats, "Encryption", "luks", .required = true),
	ROW_CHOICE("@engine", engine, encryption_engines, NULL, "qemu"),
	ROW_CHOICE("secret/@type", secret_type, encryption_secrets, NULL, "passphrase"),
	ROW_STRING("secret/@usage", secret_usage, "Secret", "Whose secret holds the passphrase"),
	ROW_STRING("secret/@uuid", secret_uuid, NULL, "The secret's UUID"),
};
static SCHEMA_DEFINE(encryption_schema, "encryption", encryption_rows, node);
#undef SCHEMA_TYPE

#define IS_FILE (BIT(DISK_TYPE_ABSENT) | BIT(DISK_FILE))

static const struct schema backing_schema;

/* Where an image is: a union by the disk's type, the same at the head and in each <backingStore>. */
#define SOURCE_ROWS(prefix) \
	ROW_STRING("source/@file", prefix file, "Image", "Path of the image file", SCHEMA_WHEN(prefix type, IS_FILE)), \
	ROW_STRING("source/@dev", prefix dev, "Device", "Path of the block device", SCHEMA_WHEN(prefix type, BIT(DISK_BLOCK)), \
		   .required = true), \
	ROW_STRING("source/@pool", prefix pool, "Pool", "Storage pool of the volume", SCHEMA_WHEN(prefix type, BIT(DISK_VOLUME)), \
		   .required = true), \
	ROW_STRING("source/@volume", prefix volume, "Volume", "Name of the volume in its pool", \
		   SCHEMA_WHEN(prefix type, BIT(DISK_VOLUME)), .required = true), \
	ROW_CHOICE("source/@mode", prefix mode, volume_modes, NULL, "Of an iSCSI pool: by the host's device, or by QEMU itself", \
		   SCHEMA_WHEN(prefix type, BIT(DISK_VOLUME))), \
	ROW_WORD("source/@protocol", prefix protocol, disk_protocol_words, "Protocol", "How the server is spoken to", \
		 SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK)), .required = true), \
	ROW_STRING("source/@name", prefix name, "Name", "What the server is asked for: an export, a target and its LUN, a path", \
		   SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK))), \
	ROW_STRING("source/@query", prefix query, NULL, "What follows '?' in a URL", SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK))), \
	ROW_CHOICE("source/@tls", prefix tls, yes_no, NULL, "Encrypted on its way", SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK))), \
	{ .path = "source/host", .kind = SCHEMA_LIST, .offset = offsetof(SCHEMA_TYPE, prefix hosts), \
	  .count_offset = offsetof(SCHEMA_TYPE, prefix host_count), .schema = &host_schema, SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK)) }, \
	ROW_STRING("source/initiator/iqn/@name", prefix initiator, "Initiator", "The name to log in with", \
		   SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK))), \
	{ .path = "source/auth", .kind = SCHEMA_NESTED, .offset = offsetof(SCHEMA_TYPE, prefix auth), .schema = &auth_schema, \
	  SCHEMA_WHEN(prefix type, BIT(DISK_NETWORK)) }, \
	{ .path = "backingStore", .kind = SCHEMA_TREE, .offset = offsetof(SCHEMA_TYPE, prefix backing), \
	  .count_offset = offsetof(SCHEMA_TYPE, prefix backing_end), .schema = &backing_schema }

#define SCHEMA_TYPE struct disk_source
static const struct schema_row backing_rows[] = {
	ROW_WORD("@type", type, disk_type_words, NULL, "Where the image below is", .key = true),
	ROW_WORD("format/@type", format, disk_format_words, NULL, "Its format: stated, never guessed"),
	SOURCE_ROWS(),
};
static SCHEMA_DEFINE(backing_schema, "backingStore", backing_rows, node);
#undef SCHEMA_TYPE

#define SCHEMA_TYPE struct disk
static const struct schema_row disk_rows[] = {
	ROW_WORD("@type", source.type, disk_type_words, "Source", "Where the image is", .key = true, .default_value = "file"),
	ROW_WORD("@device", kind, disk_device_words, "Device", "What the guest sees", .key = true, .default_value = "disk"),
	ROW_CHOICE("driver/@name", driver_name, disk_drivers, NULL, "qemu", .default_value = "qemu"),
	ROW_WORD("driver/@type", source.format, disk_format_words, "Format", "The image's format: stated, never guessed",
		 SCHEMA_WHEN(source.type, ~BIT(DISK_VOLUME)), .default_value = "raw"),
	ROW_WORD("driver/@type", source.format, disk_format_words, "Format", "The image's format: stated, never guessed",
		 SCHEMA_WHEN(source.type, BIT(DISK_VOLUME))),
	ROW_WORD("driver/@cache", cache, disk_cache_words, "Cache", "none and directsync bypass the host's page cache"),
	ROW_WORD("driver/@io", io, disk_io_words, "I/O", "How the host reads and writes"),
	ROW_WORD("driver/@discard", discard, disk_discard_words, "Discard", "unmap: what the guest trims is freed on the host"),
	ROW_WORD("driver/@detect_zeroes", zeroes, detect_zeroes_words, "Detect zeroes", "Do not store blocks of zeroes"),
	ROW_UINT("driver/@queues", queues, 1, UINT16_MAX, NULL, "Queues of a virtio disk"),
	{ .path = "auth", .kind = SCHEMA_NESTED, .offset = offsetof(struct disk, auth), .schema = &auth_schema,
	  SCHEMA_WHEN(source.type, BIT(DISK_NETWORK)) },
	ROW_NESTED("encryption", encryption, encryption_schema),
	ROW_NESTED("source/encryption", source.encryption, encryption_schema),
	SOURCE_ROWS(source.),
	ROW_STRING("target/@dev", target, "Target", "The device's name as libvirt says it: vda, sda, hda", .required = true),
	ROW_WORD("target/@bus", bus, disk_bus_words, "Bus", "How the guest sees the disk; virtio is fastest"),
	ROW_WORD("target/@tray", tray_open, tray_state_words, NULL, "A drive's tray"),
	ROW_FLAG("readonly", readonly, "Read-only", "The guest cannot write it"),
	ROW_FLAG("shareable", shareable, "Shareable", "More than one machine may use it at once"),
	ROW_FLAG("transient", transient, NULL, "Changes are forgotten when the machine stops"),
	ROW_RAW("serial", serial, "Serial number", "What the guest reads as the disk's serial number"),
	ROW_NESTED("iotune", iotune, iotune_schema),
	BOOT_ROW,
	DEVICE_ROWS,
};
SCHEMA_DEFINE(disk_schema, "disk", disk_rows, device.node);
#undef SCHEMA_TYPE
