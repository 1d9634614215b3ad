/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads a partition table, and finds the gaps in it. */
#include "storage/disk_table.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/pool_block.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define DOS_PRIMARIES 4
#define GPT_ENTRIES   128

ENUM_WORDS(disk_content, DISK_CONTENT_COUNT, "none", "linux", "fat16", "fat32", "linux-swap", "linux-lvm", "linux-raid",
	   "extended");

/* ---- reading ---- */

void disk_table_clear(struct disk_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->partitions[i].node);
	free(table->partitions);
	*table = (struct disk_table){ 0 };
}

static uint64_t number(struct json_object *object, const char *key)
{
	int64_t value = json_get_int(object, key, 0);

	return value > 0 ? (uint64_t)value : 0;
}

char *disk_partition_node(const char *device, unsigned number_)
{
	size_t length = strlen(device);

	return strf("%s%s%u", device, length > 0 && isdigit((unsigned char)device[length - 1]) ? "p" : "", number_);
}

/* The number in a node's name; 0: the node is none of this device. */
static unsigned number_of(const char *device, const char *node)
{
	uint64_t value = 0;
	const char *digits = node + strlen(node);

	while (digits > node && isdigit((unsigned char)digits[-1]))
		digits--;
	if (!text_starts(node, device) || !text_to_uint(digits, false, &value) || value == 0 ||
	    value > DISK_PARTITIONS_LIMIT)
		return 0;
	_cleanup_free_ char *expected = disk_partition_node(device, (unsigned)value);

	return text_equal(expected, node) ? (unsigned)value : 0;
}

static bool is_extended(const char *type)
{
	return text_equal(type, "5") || text_equal(type, "f") || text_equal(type, "85");
}

static bool read_partition(struct json_object *object, const char *device, uint64_t disk_sectors,
			   struct disk_table *table)
{
	const char *node = json_get_string(object, "node", "");
	uint64_t start = number(object, "start"), sectors = number(object, "size");
	unsigned at = number_of(device, node);

	if (at == 0 || sectors == 0 || start >= disk_sectors || sectors > disk_sectors - start)
		return false;
	*ARRAY_ADD(table->partitions, table->count) = (struct disk_partition){
		.node = xstrdup(node),
		.number = at,
		.start = start,
		.sectors = sectors,
		.extended = table->label == DISK_LABEL_DOS && is_extended(json_get_string(object, "type", "")),
		.logical = table->label == DISK_LABEL_DOS && at > DOS_PRIMARIES,
		.unfinished = text_equal(json_get_string(object, "name", NULL), DISK_UNFINISHED),
	};
	return true;
}

/* Of two that begin at one place the frame comes first. */
static int by_start(const void *a, const void *b)
{
	const struct disk_partition *x = a, *y = b;

	return x->start != y->start ? (x->start < y->start ? -1 : 1) : (int)x->logical - (int)y->logical;
}

static void read_bounds(struct json_object *json, uint64_t disk_sectors, struct disk_table *table)
{
	uint64_t align = DISK_ALIGN_BYTES / table->sector_bytes;

	table->first = number(json, "firstlba");
	table->last = number(json, "lastlba");
	if (table->label != DISK_LABEL_GPT || table->last == 0) {
		table->first = align;
		table->last = disk_sectors > 0 ? disk_sectors - 1 : 0;
	}
	/* 32 bits is as far as a dos label counts */
	if (table->label == DISK_LABEL_DOS && table->last > UINT32_MAX - 1)
		table->last = UINT32_MAX - 1;
	if (table->last >= disk_sectors)
		table->last = disk_sectors > 0 ? disk_sectors - 1 : 0;
}

bool disk_table_read(const char *text, size_t length, const char *device, uint64_t disk_bytes, struct disk_table *ret,
		     struct error *err)
{
	_cleanup_json_ struct json_object *whole = json_parse("sfdisk", text, length, err);
	struct json_object *json = json_get(whole, "partitiontable"), *partitions = json_get(json, "partitions");
	const char *label = json_get_string(json, "label", NULL);

	*ret = (struct disk_table){ .sector_bytes = number(json, "sectorsize") };
	if (whole == NULL)
		return false;
	if (ret->sector_bytes == 0)
		ret->sector_bytes = 512;
	if (label == NULL || ret->sector_bytes > DISK_ALIGN_BYTES || DISK_ALIGN_BYTES % ret->sector_bytes != 0 ||
	    !text_equal(json_get_string(json, "unit", "sectors"), "sectors"))
		return error_set(err, ERROR_PROTOCOL, "sfdisk answers in a way that is not understood");
	uint64_t sectors = disk_bytes / ret->sector_bytes;

	ret->label = text_equal(label, "gpt")	? DISK_LABEL_GPT
		     : text_equal(label, "dos") ? DISK_LABEL_DOS
						: DISK_LABEL_OTHER;
	read_bounds(json, sectors, ret);
	for (size_t i = 0; json_object_is_type(partitions, json_type_array) &&
			   i < json_object_array_length(partitions) && ret->count < DISK_PARTITIONS_LIMIT;
	     i++)
		(void)read_partition(json_object_array_get_idx(partitions, i), device, sectors, ret);
	if (ret->count > 1)
		qsort(ret->partitions, ret->count, sizeof *ret->partitions, by_start);
	return true;
}

/* ---- room ---- */

static const struct disk_partition *extended_of(const struct disk_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->partitions[i].extended)
			return &table->partitions[i];
	return NULL;
}

/* The lowest number that nobody has; 0: none is left. */
static unsigned free_number(const struct disk_table *table, unsigned from, unsigned to)
{
	for (unsigned number_ = from; number_ <= to; number_++) {
		bool taken = false;

		for (size_t i = 0; i < table->count; i++)
			taken = taken || table->partitions[i].number == number_;
		if (!taken)
			return number_;
	}
	return 0;
}

/* Gaps, in turn: begun with at = where the region begins. lead is what must stay free before a partition. */
struct gaps {
	const struct disk_table *table;
	bool logical; /* within the frame, else around it */
	uint64_t at, end, lead; /* end: the first sector behind */
	size_t next;
};

static struct gaps gaps_begin(const struct disk_table *table, bool logical)
{
	const struct disk_partition *frame = logical ? extended_of(table) : NULL;
	struct gaps gaps = { .table = table, .logical = logical };

	if (frame != NULL) {
		/* a logical partition has its own table in the sector before it */
		gaps.lead = 1;
		gaps.at = frame->start;
		gaps.end = frame->start + frame->sectors;
	} else if (!logical && table->last >= table->first) {
		gaps.at = table->first;
		gaps.end = table->last + 1;
	}
	return gaps;
}

/* The next gap, of whole aligned MiBs. False: there is none. */
static bool gaps_next(struct gaps *gaps, struct disk_place *ret)
{
	const struct disk_table *table = gaps->table;
	uint64_t align = DISK_ALIGN_BYTES / table->sector_bytes;

	while (gaps->at < gaps->end) {
		const struct disk_partition *partition = NULL;

		while (gaps->next < table->count && table->partitions[gaps->next].logical != gaps->logical)
			gaps->next++;
		if (gaps->next < table->count)
			partition = &table->partitions[gaps->next++];
		uint64_t from = (gaps->at + gaps->lead + align - 1) / align * align;
		uint64_t to = partition != NULL && partition->start < gaps->end ? partition->start : gaps->end;
		uint64_t after = partition != NULL ? partition->start + partition->sectors : gaps->end;

		gaps->at = after > gaps->at ? after : gaps->at;
		if (to > from && (to - from) / align > 0) {
			*ret = (struct disk_place){ .start = from, .sectors = (to - from) / align * align };
			return true;
		}
	}
	return false;
}

uint64_t disk_table_free(const struct disk_table *table, uint64_t *ret_largest)
{
	uint64_t sum = 0, largest = 0;

	for (int logical = 0; logical < 2; logical++) {
		struct gaps gaps = gaps_begin(table, logical != 0);
		struct disk_place place;

		while (gaps_next(&gaps, &place)) {
			sum += place.sectors;
			largest = place.sectors > largest ? place.sectors : largest;
		}
	}
	if (ret_largest != NULL)
		*ret_largest = largest * table->sector_bytes;
	return sum * table->sector_bytes;
}

static bool find_gap(const struct disk_table *table, bool logical, uint64_t sectors, struct disk_place *ret)
{
	struct gaps gaps = gaps_begin(table, logical);
	struct disk_place place;

	while (gaps_next(&gaps, &place))
		if (place.sectors >= sectors) {
			*ret = (struct disk_place){ .start = place.start, .sectors = sectors };
			return true;
		}
	return false;
}

static bool say_no_room(const struct disk_table *table, uint64_t bytes, struct error *err)
{
	uint64_t largest = 0;

	(void)disk_table_free(table, &largest);
	if (bytes > largest)
		return block_room("one piece of the disk", bytes, largest, err);
	error_set(err, ERROR_STATE, "no more partitions fit into this disk's table");
	return error_hint(err, table->label == DISK_LABEL_DOS ?
				       "a dos label has four, of which one may be extended and hold others: "
				       "<format type='extended'/>" :
				       "delete one first");
}

bool disk_table_place(const struct disk_table *table, uint64_t bytes, bool extended, struct disk_place *ret,
		      struct error *err)
{
	bool dos = table->label == DISK_LABEL_DOS;
	uint64_t align = DISK_ALIGN_BYTES / table->sector_bytes;
	uint64_t mebibytes = bytes / DISK_ALIGN_BYTES + (bytes % DISK_ALIGN_BYTES != 0);
	unsigned primary = free_number(table, 1, dos ? DOS_PRIMARIES : GPT_ENTRIES);

	if (extended && (!dos || extended_of(table) != NULL))
		return error_set(err, ERROR_INVALID,
				 dos ? "this disk has an extended partition already"
				     : "extended partitions are of dos labels only");
	if (mebibytes == 0 || mebibytes > UINT64_MAX / DISK_ALIGN_BYTES / 2)
		return error_set(err, ERROR_INVALID, "a partition cannot be of %llu bytes", (unsigned long long)bytes);
	if (primary != 0 && find_gap(table, false, mebibytes * align, ret)) {
		ret->number = primary;
		return true;
	}
	if (dos && !extended && find_gap(table, true, mebibytes * align, ret)) {
		ret->number = free_number(table, DOS_PRIMARIES + 1, DISK_PARTITIONS_LIMIT);
		return ret->number != 0;
	}
	return say_no_room(table, mebibytes * DISK_ALIGN_BYTES, err);
}

uint64_t disk_table_reach(const struct disk_table *table, const struct disk_partition *partition)
{
	const struct disk_partition *frame = partition->logical ? extended_of(table) : NULL;
	uint64_t end = frame != NULL ? frame->start + frame->sectors : table->last + 1;

	for (size_t i = 0; i < table->count; i++) {
		const struct disk_partition *other = &table->partitions[i];

		if (other->logical == partition->logical && other->start > partition->start && other->start < end)
			end = other->start - (other->logical ? 1 : 0);
	}
	return end > partition->start + partition->sectors ? end - partition->start : partition->sectors;
}

/* ---- types ---- */

const char *disk_content_type(enum disk_label label, enum disk_content content)
{
	static const char *const types[][2] = {
		[DISK_CONTENT_NONE] = { "0FC63DAF-8483-4772-8E79-3D69D8477DE4", "83" },
		[DISK_CONTENT_LINUX] = { "0FC63DAF-8483-4772-8E79-3D69D8477DE4", "83" },
		[DISK_CONTENT_FAT16] = { "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "6" },
		[DISK_CONTENT_FAT32] = { "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7", "c" },
		[DISK_CONTENT_SWAP] = { "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F", "82" },
		[DISK_CONTENT_LVM] = { "E6D6D379-F507-44C2-A23C-238F2A3DF928", "8e" },
		[DISK_CONTENT_RAID] = { "A19D880F-05FC-4D3B-A006-743F0F84911E", "fd" },
		[DISK_CONTENT_EXTENDED] = { NULL, "5" },
	};

	return label == DISK_LABEL_OTHER ? NULL : types[content][label == DISK_LABEL_DOS];
}
