/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits of a disk's throughput as QEMU takes them: of the device, so that they hold for every medium, cold and hot. */
#include "hv/iotune.h"

#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "hv/domain.h"

#include <string.h>

#define ROW(name, family, qmp)                                                                                         \
	{                                                                                                              \
#name, family, qmp, offsetof(struct disk_iotune, name)                                                 \
	}

const struct iotune_row iotune_rows[] = {
	ROW(total_bytes_sec, IOTUNE_BYTES, "bps"),
	ROW(read_bytes_sec, IOTUNE_BYTES, "bps_rd"),
	ROW(write_bytes_sec, IOTUNE_BYTES, "bps_wr"),
	ROW(total_iops_sec, IOTUNE_IOPS, "iops"),
	ROW(read_iops_sec, IOTUNE_IOPS, "iops_rd"),
	ROW(write_iops_sec, IOTUNE_IOPS, "iops_wr"),
	ROW(total_bytes_sec_max, IOTUNE_BYTES_MAX, "bps_max"),
	ROW(read_bytes_sec_max, IOTUNE_BYTES_MAX, "bps_rd_max"),
	ROW(write_bytes_sec_max, IOTUNE_BYTES_MAX, "bps_wr_max"),
	ROW(total_iops_sec_max, IOTUNE_IOPS_MAX, "iops_max"),
	ROW(read_iops_sec_max, IOTUNE_IOPS_MAX, "iops_rd_max"),
	ROW(write_iops_sec_max, IOTUNE_IOPS_MAX, "iops_wr_max"),
	ROW(size_iops_sec, IOTUNE_SIZE, "iops_size"),
	{ "group_name", IOTUNE_GROUP, "group", 0 },
	ROW(total_bytes_sec_max_length, IOTUNE_BYTES_LENGTH, "bps_max_length"),
	ROW(read_bytes_sec_max_length, IOTUNE_BYTES_LENGTH, "bps_rd_max_length"),
	ROW(write_bytes_sec_max_length, IOTUNE_BYTES_LENGTH, "bps_wr_max_length"),
	ROW(total_iops_sec_max_length, IOTUNE_IOPS_LENGTH, "iops_max_length"),
	ROW(read_iops_sec_max_length, IOTUNE_IOPS_LENGTH, "iops_rd_max_length"),
	ROW(write_iops_sec_max_length, IOTUNE_IOPS_LENGTH, "iops_wr_max_length"),
};
const size_t iotune_row_count = ARRAY_LENGTH(iotune_rows);

uint64_t iotune_value(const struct disk_iotune *iotune, const struct iotune_row *row)
{
	struct opt_uint value;

	if (row->family == IOTUNE_GROUP)
		return 0;
	memcpy(&value, (const char *)iotune + row->offset, sizeof value);
	return value.set ? value.value : 0;
}

void iotune_set(struct disk_iotune *iotune, const struct iotune_row *row, uint64_t value)
{
	const struct opt_uint number = { .set = true, .value = value };

	if (row->family != IOTUNE_GROUP)
		memcpy((char *)iotune + row->offset, &number, sizeof number);
}

bool iotune_any(const struct disk_iotune *iotune)
{
	for (size_t i = 0; i < iotune_row_count; i++)
		if (iotune_value(iotune, &iotune_rows[i]) != 0)
			return true;
	return !text_empty(iotune->group_name);
}

static uint64_t value_of(const struct disk_iotune *iotune, const char *name)
{
	for (size_t i = 0; i < iotune_row_count; i++)
		if (strcmp(iotune_rows[i].name, name) == 0)
			return iotune_value(iotune, &iotune_rows[i]);
	return 0;
}

/* "bytes_sec", "iops_sec_max", ...: a total, or reads and writes. */
static bool check_total(const struct disk_iotune *iotune, const char *kind, const char *what, struct error *err)
{
	_cleanup_free_ char *total = strf("total_%s", kind), *reads = strf("read_%s", kind),
			    *writes = strf("write_%s", kind);

	if (value_of(iotune, total) == 0 || (value_of(iotune, reads) == 0 && value_of(iotune, writes) == 0))
		return true;
	return error_set(err, ERROR_INVALID, "%s: <iotune>: %s cannot be set together with %s or %s", what, total,
			 reads, writes);
}

/* "read_bytes_sec": what may be done for a short while is more than what may be done for long. */
static bool check_burst(const struct disk_iotune *iotune, const struct iotune_row *row, const char *what,
			struct error *err)
{
	_cleanup_free_ char *burst = strf("%s_max", row->name), *length = strf("%s_max_length", row->name);
	uint64_t rate = iotune_value(iotune, row), highest = value_of(iotune, burst),
		 seconds = value_of(iotune, length);

	if (highest != 0 && rate == 0)
		return error_set(err, ERROR_INVALID, "%s: <iotune>: %s needs %s", what, burst, row->name);
	if (highest != 0 && highest < rate)
		return error_set(err, ERROR_INVALID, "%s: <iotune>: %s is lower than %s", what, burst, row->name);
	if (seconds > 1 && highest == 0)
		return error_set(err, ERROR_INVALID, "%s: <iotune>: %s needs %s", what, length, burst);
	return true;
}

bool iotune_check(const struct disk_iotune *iotune, const char *what, struct error *err)
{
	static const char *const kinds[] = { "bytes_sec", "iops_sec", "bytes_sec_max", "iops_sec_max" };

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (!check_total(iotune, kinds[i], what, err))
			return false;
	for (size_t i = 0; i < iotune_row_count; i++)
		if ((iotune_rows[i].family == IOTUNE_BYTES || iotune_rows[i].family == IOTUNE_IOPS) &&
		    !check_burst(iotune, &iotune_rows[i], what, err))
			return false;
	return true;
}

/* Those that QEMU wants to hear, none or not. */
static bool is_required(const struct iotune_row *row)
{
	return row->family == IOTUNE_BYTES || row->family == IOTUNE_IOPS;
}

/* What QEMU's block layer knows the device by: of some, a part of the device is the disk. Owned. */
static char *block_id(const struct disk *disk)
{
	const char *alias = disk->device.alias;

	if (disk->bus == DISK_BUS_VIRTIO)
		return strf("/machine/peripheral/%s/virtio-backend", alias);
	return disk->bus == DISK_BUS_USB ? strf("/machine/peripheral/%s/%s.0/legacy[0]", alias, alias) : xstrdup(alias);
}

char *iotune_own_group(const struct disk *disk)
{
	return strf("drive-%s", disk->device.alias);
}

struct json_object *iotune_arguments(const struct disk *disk, const struct disk_iotune *iotune)
{
	struct json_object *json = json_object_new_object();
	_cleanup_free_ char *id = block_id(disk), *group = iotune_own_group(disk);

	json_set_string(json, "id", id);
	for (size_t i = 0; i < iotune_row_count; i++) {
		uint64_t value = iotune_value(iotune, &iotune_rows[i]);

		if (value != 0 || is_required(&iotune_rows[i]))
			json_set_int(json, iotune_rows[i].qmp, (int64_t)value);
	}
	json_set_string(json, "group", text_empty(iotune->group_name) ? group : iotune->group_name);
	return json;
}
