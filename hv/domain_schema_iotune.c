/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of <iotune>, in libvirt's order. */
#include "hv/domain_schema.h"
#include "hv/iotune.h"

#define SCHEMA_TYPE struct disk_iotune
static const struct schema_row iotune_schema_rows[] = {
	ROW_UINT("total_bytes_sec", total_bytes_sec, 0, IOTUNE_MAX, "All, bytes per second", "All: bytes a second"),
	ROW_UINT("read_bytes_sec", read_bytes_sec, 0, IOTUNE_MAX, "Reads, bytes per second", "Reads: bytes a second"),
	ROW_UINT("write_bytes_sec", write_bytes_sec, 0, IOTUNE_MAX, "Writes, bytes per second",
		 "Writes: bytes a second"),
	ROW_UINT("total_iops_sec", total_iops_sec, 0, IOTUNE_MAX, "All, requests per second", "All: requests a second"),
	ROW_UINT("read_iops_sec", read_iops_sec, 0, IOTUNE_MAX, "Reads, requests per second",
		 "Reads: requests a second"),
	ROW_UINT("write_iops_sec", write_iops_sec, 0, IOTUNE_MAX, "Writes, requests per second",
		 "Writes: requests a second"),
	ROW_UINT("total_bytes_sec_max", total_bytes_sec_max, 0, IOTUNE_MAX, NULL,
		 "All: bytes a second for a short while"),
	ROW_UINT("read_bytes_sec_max", read_bytes_sec_max, 0, IOTUNE_MAX, NULL,
		 "Reads: bytes a second for a short while"),
	ROW_UINT("write_bytes_sec_max", write_bytes_sec_max, 0, IOTUNE_MAX, NULL,
		 "Writes: bytes a second for a short while"),
	ROW_UINT("total_iops_sec_max", total_iops_sec_max, 0, IOTUNE_MAX, NULL,
		 "All: requests a second for a short while"),
	ROW_UINT("read_iops_sec_max", read_iops_sec_max, 0, IOTUNE_MAX, NULL,
		 "Reads: requests a second for a short while"),
	ROW_UINT("write_iops_sec_max", write_iops_sec_max, 0, IOTUNE_MAX, NULL,
		 "Writes: requests a second for a short while"),
	ROW_UINT("size_iops_sec", size_iops_sec, 0, IOTUNE_MAX, "I/O size",
		 "Larger requests count as several of this many bytes"),
	ROW_STRING("group_name", group_name, "Group", "Disks of one group share their limits"),
	ROW_UINT("total_bytes_sec_max_length", total_bytes_sec_max_length, 0, INT32_MAX, NULL,
		 "All: seconds that the higher rate of bytes may last"),
	ROW_UINT("read_bytes_sec_max_length", read_bytes_sec_max_length, 0, INT32_MAX, NULL,
		 "Reads: seconds that the higher rate of bytes may last"),
	ROW_UINT("write_bytes_sec_max_length", write_bytes_sec_max_length, 0, INT32_MAX, NULL,
		 "Writes: seconds that the higher rate of bytes may last"),
	ROW_UINT("total_iops_sec_max_length", total_iops_sec_max_length, 0, INT32_MAX, NULL,
		 "All: seconds that the higher rate of requests may last"),
	ROW_UINT("read_iops_sec_max_length", read_iops_sec_max_length, 0, INT32_MAX, NULL,
		 "Reads: seconds that the higher rate of requests may last"),
	ROW_UINT("write_iops_sec_max_length", write_iops_sec_max_length, 0, INT32_MAX, NULL,
		 "Writes: seconds that the higher rate of requests may last"),
};
SCHEMA_DEFINE(iotune_schema, "iotune", iotune_schema_rows, node);
#undef SCHEMA_TYPE
