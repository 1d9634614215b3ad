/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Fuzzes the readers of what lvm2's tools and sfdisk answer: what comes out keeps its promises, whatever went in. */
#include "base/memory.h"
#include "storage/disk_table.h"
#include "storage/lvm_report.h"

#include <stdlib.h>

#define DISK_BYTES ((uint64_t)100 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fuzz_volumes(const char *text, size_t length)
{
	struct lvm_volume *volumes = NULL;
	size_t count = 0;

	if (lvm_read_volumes(text, length, &volumes, &count, NULL))
		for (size_t i = 0; i < count; i++)
			if (!lvm_name_valid(volumes[i].name) || volumes[i].uuid == NULL || volumes[i].filled > 10000 ||
			    (volumes[i].origin != NULL && !lvm_name_valid(volumes[i].origin)))
				abort();
	lvm_volumes_free(volumes, count);
}

static void fuzz_group(const char *text, size_t length)
{
	struct lvm_physical *physicals = NULL;
	struct lvm_group group = { 0 };
	size_t count = 0;

	if (lvm_read_group(text, length, &group, NULL) &&
	    (!lvm_name_valid(group.name) || group.free_bytes > group.bytes))
		abort();
	lvm_group_clear(&group);
	if (lvm_read_physicals(text, length, &physicals, &count, NULL))
		for (size_t i = 0; i < count; i++)
			if (physicals[i].path[0] != '/')
				abort();
	lvm_physicals_free(physicals, count);
}

/* A place for a new partition lies within the disk, and in no other partition but the frame. */
static void check_place(const struct disk_table *table, uint64_t bytes)
{
	struct disk_place place;

	if (!disk_table_place(table, bytes, false, &place, NULL))
		return;
	if (place.number == 0 || place.sectors == 0 ||
	    (place.start + place.sectors) * table->sector_bytes > DISK_BYTES)
		abort();
	for (size_t i = 0; i < table->count; i++) {
		const struct disk_partition *other = &table->partitions[i];
		bool apart = place.start + place.sectors <= other->start ||
			     other->start + other->sectors <= place.start;

		if (other->number == place.number ||
		    (!apart && !(other->extended && place.number > 4) && other->logical == (place.number > 4)))
			abort();
	}
}

static void fuzz_table(const char *text, size_t length)
{
	struct disk_table table = { 0 };
	uint64_t largest = 0;

	if (disk_table_read(text, length, "/dev/sda", DISK_BYTES, &table, NULL)) {
		uint64_t sum = disk_table_free(&table, &largest);

		if (largest > sum || largest > DISK_BYTES)
			abort();
		for (size_t i = 0; i < table.count; i++)
			if (disk_table_reach(&table, &table.partitions[i]) < table.partitions[i].sectors)
				abort();
		check_place(&table, 1 << 20);
		check_place(&table, (uint64_t)10 << 20);
	}
	disk_table_clear(&table);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	const char *text = (const char *)data + 1;

	/* The first byte: whose answer it is. */
	switch (data[0] % 3) {
	case 0:
		fuzz_volumes(text, size - 1);
		break;
	case 1:
		fuzz_group(text, size - 1);
		break;
	default:
		fuzz_table(text, size - 1);
	}
	return 0;
}
