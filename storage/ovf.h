/* SPDX-License-Identifier: GPL-2.0-or-later */
/* OVF envelopes (DSP0243 1.x and 2.x): the one machine that a document describes, as far as virtty can make it. A
 * hostile document: sizes are bounded, names are plain, nothing that it names is opened here. */
#ifndef STORAGE_OVF_H
#define STORAGE_OVF_H

#include "base/enum.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OVF_ITEMS 256 /* disks, files or pieces of hardware */

enum ovf_bus { OVF_BUS_NONE, OVF_BUS_IDE, OVF_BUS_SCSI, OVF_BUS_SATA, OVF_BUS_NVME, OVF_BUS_COUNT };
ENUM_DECLARE(ovf_bus); /* NULL, "ide", "scsi", "sata", "nvme" */

/* A file that comes along. */
struct ovf_file {
	char *id, *href; /* owned; href is relative and plain */
	bool gzip;	 /* compressed once more, for the transport */
	uint64_t size;	 /* 0: not stated */
};
/* A virtual disk of the envelope. */
struct ovf_disk {
	char *id, *file; /* owned; file is an ovf_file's id, NULL: an empty disk */
	char *parent;	 /* owned: the disk it is a difference to; NULL: none */
	uint64_t capacity; /* bytes; 0: not stated */
};
enum ovf_drive_kind { OVF_DRIVE_DISK, OVF_DRIVE_CDROM, OVF_DRIVE_FLOPPY };
/* A drive of the machine. */
struct ovf_drive {
	enum ovf_drive_kind kind;
	enum ovf_bus bus;
	char *controller; /* owned: its model ("lsilogic", "VirtualSCSI", "AHCI"); NULL: not said */
	uint64_t controller_number, place;
	const struct ovf_disk *disk; /* in the envelope's array; NULL: none */
	const struct ovf_file *file; /* what is in it; NULL: nothing */
};
struct ovf_nic {
	char *model, *network, *mac; /* owned; NULL: not said */
};

struct ovf {
	unsigned version; /* 1 or 2 */
	char *id;	  /* owned: of the virtual system */
	char *name, *description, *product, *vendor, *product_version; /* owned; NULL: not said */
	uint64_t os_id;						       /* CIM's number; 0: not said */
	char *os_text, *os_type; /* owned: in words; "debian11_64Guest", "Debian_64": another program's name */
	uint64_t vcpus, memory_bytes; /* 0: not said */
	bool efi, secure_boot;
	struct ovf_file *files; /* owned arrays */
	size_t file_count;
	struct ovf_disk *disks;
	size_t disk_count;
	struct ovf_drive *drives; /* by controller and place */
	size_t drive_count;
	struct ovf_nic *nics;
	size_t nic_count;
	char **notes; /* owned: a line for each thing that is there and is not taken over */
};
#define _cleanup_ovf_ _cleanup_(ovf_clear)
void ovf_clear(struct ovf *ovf);

/* Reads a document; source is a file's name for messages. More than one machine: ERROR_UNSUPPORTED with their names. */
bool ovf_parse(const char *source, const char *text, size_t length, struct ovf *ret, struct error *err);
/* "byte * 2^30", "GigaBytes", "MB", "": how many bytes one unit is; false when it is none. */
bool ovf_unit(const char *text, uint64_t *ret);

/* ---- manifests ---- */

enum digest { DIGEST_NONE, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA512, DIGEST_COUNT };
ENUM_DECLARE(digest); /* NULL, "SHA1", "SHA256", "SHA512" */

struct manifest_line {
	char *name, *hex; /* owned; hex in lower case */
	enum digest digest;
};
struct manifest {
	struct manifest_line *lines; /* owned array */
	size_t count;
};
#define _cleanup_manifest_ _cleanup_(manifest_clear)
void manifest_clear(struct manifest *manifest);
/* "SHA256(disk1.vmdk)= 0f1e...": one line a file. */
bool manifest_parse(const char *source, const char *text, size_t length, struct manifest *ret, struct error *err);
const struct manifest_line *manifest_find(const struct manifest *manifest, const char *name);
/* Hexadecimal digits of a digest. */
size_t digest_hex_length(enum digest digest);

#endif
