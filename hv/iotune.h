/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of a disk's throughput: what libvirt calls them, and what QEMU does. */
#ifndef HV_IOTUNE_H
#define HV_IOTUNE_H

#include "base/error.h"

#include <stddef.h>
#include <stdint.h>

struct disk;
struct disk_iotune;
struct json_object;

#define IOTUNE_MAX UINT64_C(1000000000000000) /* QEMU's own limit */

/* Limits that are set together: one given, the others of its family are none. */
enum iotune_family {
	IOTUNE_BYTES,
	IOTUNE_IOPS,
	IOTUNE_BYTES_MAX,
	IOTUNE_IOPS_MAX,
	IOTUNE_SIZE,
	IOTUNE_GROUP,
	IOTUNE_BYTES_LENGTH,
	IOTUNE_IOPS_LENGTH,
	IOTUNE_FAMILY_COUNT
};

struct iotune_row {
	const char *name; /* libvirt's, and the element's: "total_bytes_sec" */
	enum iotune_family family;
	const char *qmp; /* the argument of block_set_io_throttle, and the member of query-block */
	size_t offset;	 /* of its struct opt_uint; the group's row has none: it is a text */
};
/* In the order in which virsh prints them. */
extern const struct iotune_row iotune_rows[];
extern const size_t iotune_row_count;

/* The value of a number's row; 0: none. */
uint64_t iotune_value(const struct disk_iotune *iotune, const struct iotune_row *row);
void iotune_set(struct disk_iotune *iotune, const struct iotune_row *row, uint64_t value);
bool iotune_any(const struct disk_iotune *iotune);
/* Together with a total nothing is said of reads or writes alone; a short while's rate needs a lasting one, and is
 * not below it. what names the disk. */
bool iotune_check(const struct disk_iotune *iotune, const char *what, struct error *err);
/* The group of a disk that states none: libvirt's name for it. Owned. */
char *iotune_own_group(const struct disk *disk);
/* Arguments of block_set_io_throttle for a disk, with these limits. Owned. */
struct json_object *iotune_arguments(const struct disk *disk, const struct disk_iotune *iotune);

#endif
