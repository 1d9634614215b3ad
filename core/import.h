/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes from elsewhere: disk images of any format, compressed or not, and appliances (OVA, OVF). Looked at here, and
 * made into requests for core/install.h, which takes them over in jobs. Nothing here is trusted: what would lead to other
 * files of this host is refused. */
#ifndef CORE_IMPORT_H
#define CORE_IMPORT_H

#include "core/install.h"
#include "storage/image.h"
#include "storage/ovf.h"
#include "storage/packing.h"

/* Where the bytes of one image are, and what they are. */
struct import_image {
	char *path;		 /* owned, absolute: the file that holds it */
	char *name;		 /* owned: what it is called, for people and for the machine's name ("web1.vmdk") */
	uint64_t offset, length; /* of an archive's member; both 0: the whole file */
	uint64_t stored_bytes;	 /* as it lies there */
	enum packing packing;
	enum image_format format;
	uint64_t virtual_bytes; /* 0: not known before it is unpacked */
	uint64_t taken_bytes;	/* that it takes when it is copied, as far as can be told; 0: not known */
	enum digest digest;
	char *digest_hex; /* owned; NULL: nothing vouches for it */
};
void import_image_clear(struct import_image *image);
void import_image_free(struct import_image *image);
/* A copy, owned. */
struct import_image *import_image_copy(const struct import_image *image);

/* Looks at an image. format: what it is known to be; IMAGE_UNKNOWN: by its head. Refused: what is not whole in itself, an ISO, an archive, an
 * image that a running machine writes. */
bool import_look(const char *path, enum image_format format, struct import_image *ret, struct error *err);

/* ---- appliances ---- */

struct import_drive {
	struct import_image *image; /* owned; NULL: an empty disk of size_bytes */
	uint64_t size_bytes;
	enum ovf_bus bus;
	char *controller; /* owned; NULL: not said */
	bool cdrom;
};
struct import_appliance {
	char *path; /* owned, absolute */
	struct ovf ovf;
	struct import_drive *drives; /* owned array: disks, then CD-ROMs */
	size_t drive_count;
	char **notes; /* owned: a line for each thing that is not taken over, and why */
};
void import_appliance_clear(struct import_appliance *appliance);
/* Is it one, by its first bytes? */
bool import_is_appliance(const char *path);
/* Reads the envelope, finds its files, and has its own digest compared where there is a manifest; those of the disks are compared
 * when they are copied. */
bool import_appliance_open(const char *path, struct import_appliance *ret, struct error *err);
/* The machine that it describes, into what the request leaves open: name, memory, CPUs, firmware, system, networks, disks.
 * bus: of its disks; NULL: as it says, as far as QEMU has it. pool: where they go; NULL: the default. format: NULL for qcow2. The disks borrow
 * nothing. Each thing that differs is a line in appliance->notes. */
bool import_appliance_request(struct import_appliance *appliance, const char *bus, const char *pool, const char *format,
			      struct install_request *request, struct error *err);

#endif
