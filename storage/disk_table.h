/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A disk's partition table as `sfdisk --json` tells it, and where there is room in it. Pure: from text to partitions. */
#ifndef STORAGE_DISK_TABLE_H
#define STORAGE_DISK_TABLE_H

#include "base/enum.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DISK_PARTITIONS_LIMIT 1024
#define DISK_ALIGN_BYTES      ((uint64_t)1024 * 1024) /* where a partition may begin */

enum disk_label { DISK_LABEL_OTHER, DISK_LABEL_GPT, DISK_LABEL_DOS, DISK_LABEL_COUNT };
/* The name of a partition whose contents are still being written; a dos label has no names. */
#define DISK_UNFINISHED "virtty-unfinished"

/* What is said to lie in a partition, by libvirt's words. */
enum disk_content {
	DISK_CONTENT_NONE,
	DISK_CONTENT_LINUX,
	DISK_CONTENT_FAT16,
	DISK_CONTENT_FAT32,
	DISK_CONTENT_SWAP,
	DISK_CONTENT_LVM,
	DISK_CONTENT_RAID,
	DISK_CONTENT_EXTENDED, /* dos: the frame of its logical partitions */
	DISK_CONTENT_COUNT
};
ENUM_DECLARE(disk_content);

struct disk_partition {
	char *node;	 /* owned */
	unsigned number; /* from 1; dos: its logical ones from 5 */
	uint64_t start, sectors;
	bool extended, logical, unfinished;
};
struct disk_table {
	enum disk_label label;
	uint64_t sector_bytes;
	uint64_t first, last; /* sectors that partitions may take */
	struct disk_partition *partitions; /* owned, by where they begin */
	size_t count;
};
void disk_table_clear(struct disk_table *table);
/* device is the path that sfdisk was given, disk_bytes its size. What does not lie within the disk is left out. */
bool disk_table_read(const char *text, size_t length, const char *device, uint64_t disk_bytes, struct disk_table *ret,
		     struct error *err);

/* A place for a partition. */
struct disk_place {
	uint64_t start, sectors;
	unsigned number; /* that it will have */
};
/* The first aligned place for so many bytes (rounded up to whole MiB). ERROR_FAILED says what is free; ERROR_STATE: no
 * number is left for it. extended: the frame for logical partitions, of a dos label. */
bool disk_table_place(const struct disk_table *table, uint64_t bytes, bool extended, struct disk_place *ret,
		      struct error *err);
/* Bytes in which aligned partitions can be made; ret_largest (may be NULL): in one piece. */
uint64_t disk_table_free(const struct disk_table *table, uint64_t *ret_largest);
/* As far as the partition can be extended, in sectors from its start. */
uint64_t disk_table_reach(const struct disk_table *table, const struct disk_partition *partition);
/* "/dev/sda" + 1 is /dev/sda1, "/dev/loop0" + 1 is /dev/loop0p1. Owned. */
char *disk_partition_node(const char *device, unsigned number);
/* What a label calls it: 83, 0FC63DAF-... NULL: it has no word for that. */
const char *disk_content_type(enum disk_label label, enum disk_content content);

#endif
