/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty blkdeviotune`: the limits of a disk's throughput. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/device.h"
#include "hv/iotune.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* The option of a row: "total-bytes-sec". Owned. */
static char *option_name(const struct iotune_row *row)
{
	char *name = xstrdup(row->name);

	for (char *c = name; *c; c++)
		*c = *c == '_' ? '-' : *c;
	return name;
}

static bool is_size(const struct iotune_row *row)
{
	return row->family == IOTUNE_BYTES || row->family == IOTUNE_BYTES_MAX;
}

/* ---- looking ---- */

static void show(struct cli *cli, const struct disk_iotune *iotune)
{
	struct json_object *object = json_object_new_object();

	for (size_t i = 0; i < iotune_row_count; i++) {
		const struct iotune_row *row = &iotune_rows[i];
		uint64_t value = iotune_value(iotune, row);

		if (row->family == IOTUNE_GROUP) {
			json_set_string(object, row->name, iotune->group_name ? iotune->group_name : "");
			if (!cli->json)
				printf("%-15s: %s\n", row->name, iotune->group_name ? iotune->group_name : "");
			continue;
		}
		json_set_int(object, row->name, (int64_t)value);
		if (!cli->json)
			printf("%-15s: %" PRIu64 "\n", row->name, value);
	}
	if (cli->json)
		cli_json(object);
	else
		json_object_put(object);
}

/* ---- setting ---- */

static bool read_value(struct cli *cli, const struct iotune_row *row, const char *option, uint64_t *ret,
		       struct error *err)
{
	int64_t number;

	if (is_size(row)) {
		if (!size_parse(cli_string(cli, option), "b", ret, err)) {
			cli->usage = true;
			return error_wrap(err, "--%s", option);
		}
	} else {
		number = argument_int(&cli->arguments, option, 0);
		*ret = (uint64_t)number;
	}
	return *ret <= IOTUNE_MAX ||
	       cli_usage(cli, err, _("--%s: %" PRIu64 " is more than QEMU can limit to"), option, *ret);
}

/* What was given, by families: in each that is touched, what is not given is none. */
static bool change(struct cli *cli, struct disk_iotune *iotune, bool *touched, struct error *err)
{
	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < iotune_row_count; i++) {
			const struct iotune_row *row = &iotune_rows[i];
			_cleanup_free_ char *option = option_name(row);
			uint64_t value = 0;

			if (pass == 0) {
				touched[row->family] = touched[row->family] || cli_string(cli, option) != NULL;
				continue;
			}
			if (!touched[row->family])
				continue;
			if (row->family == IOTUNE_GROUP) {
				free(iotune->group_name);
				iotune->group_name = xstrdup(cli_string(cli, option));
				continue;
			}
			if (cli_string(cli, option) && !read_value(cli, row, option, &value, err))
				return false;
			iotune_set(iotune, row, value);
		}
	}
	return true;
}

static bool is_given(const struct cli *cli)
{
	for (size_t i = 0; i < iotune_row_count; i++) {
		_cleanup_free_ char *option = option_name(&iotune_rows[i]);

		if (cli_string(cli, option))
			return true;
	}
	return false;
}

/* A short while's limits that were there, and have lost what they add to, are none any more. */
static void drop_orphans(struct disk_iotune *iotune, const bool *touched)
{
	for (size_t i = 0; i < iotune_row_count; i++) {
		_cleanup_free_ char *burst = strf("%s_max", iotune_rows[i].name),
				    *length = strf("%s_max_length", iotune_rows[i].name);
		bool none = iotune_value(iotune, &iotune_rows[i]) == 0;

		if (iotune_rows[i].family != IOTUNE_BYTES && iotune_rows[i].family != IOTUNE_IOPS)
			continue;
		for (size_t j = 0; j < iotune_row_count; j++)
			if (none && !touched[iotune_rows[j].family] &&
			    (strcmp(iotune_rows[j].name, burst) == 0 || strcmp(iotune_rows[j].name, length) == 0))
				iotune_set(iotune, &iotune_rows[j], 0);
	}
}

static bool set(struct cli *cli, const struct machine *machine, unsigned flags, struct error *err)
{
	const char *device = cli_string(cli, "device");
	/* what is not given stays as it is where the machine runs, or else where it is stored */
	unsigned from = flags & CHANGE_LIVE ? CHANGE_LIVE : flags;
	struct disk_iotune iotune = { 0 };
	bool touched[IOTUNE_FAMILY_COUNT] = { false };
	bool ok = domain_get_iotune(cli->manager, machine, device, from, &iotune, err) &&
		  change(cli, &iotune, touched, err);

	if (ok) {
		drop_orphans(&iotune, touched);
		ok = domain_set_iotune(cli->manager, machine, device, &iotune, flags, err);
	}
	free(iotune.group_name);
	return ok;
}

static bool run_blkdeviotune(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	struct disk_iotune iotune = { 0 };
	unsigned flags;

	if (!cli_change_flags(cli, false, &flags, err) || !cli_machine(cli, &machine, err))
		return false;
	if (is_given(cli))
		return set(cli, &machine, flags, err);
	if ((flags & CHANGE_LIVE) && (flags & CHANGE_CONFIG))
		return cli_usage(cli, err, _("to look at them, say --live or --config"));
	if (!domain_get_iotune(cli->manager, &machine, cli_string(cli, "device"), flags, &iotune, err))
		return false;
	show(cli, &iotune);
	free(iotune.group_name);
	return true;
}

#define ROW(name, alias, kind, traits, value, help)                                                                    \
	{                                                                                                              \
		name, alias, 0, kind, TRAIT_POSITIONAL | (traits), COMPLETE_NONE, NULL, value, help                                         \
	}

static const struct option blkdeviotune_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_DISK("device", TRAIT_REQUIRED, N_("the disk: its target or the path of its image")),
	ROW("total-bytes-sec", "total_bytes_sec", OPTION_STRING, 0, N_("SIZE"), N_("all requests: bytes a second")),
	ROW("read-bytes-sec", "read_bytes_sec", OPTION_STRING, 0, N_("SIZE"), N_("reads: bytes a second")),
	ROW("write-bytes-sec", "write_bytes_sec", OPTION_STRING, 0, N_("SIZE"), N_("writes: bytes a second")),
	ROW("total-iops-sec", "total_iops_sec", OPTION_INT, 0, N_("NUMBER"), N_("all requests: requests a second")),
	ROW("read-iops-sec", "read_iops_sec", OPTION_INT, 0, N_("NUMBER"), N_("reads: requests a second")),
	ROW("write-iops-sec", "write_iops_sec", OPTION_INT, 0, N_("NUMBER"), N_("writes: requests a second")),
	ROW("total-bytes-sec-max", "total_bytes_sec_max", OPTION_STRING, 0, N_("SIZE"),
	    N_("all requests: bytes a second for a short while")),
	ROW("read-bytes-sec-max", "read_bytes_sec_max", OPTION_STRING, 0, N_("SIZE"),
	    N_("reads: bytes a second for a short while")),
	ROW("write-bytes-sec-max", "write_bytes_sec_max", OPTION_STRING, 0, N_("SIZE"),
	    N_("writes: bytes a second for a short while")),
	ROW("total-iops-sec-max", "total_iops_sec_max", OPTION_INT, 0, N_("NUMBER"),
	    N_("all requests: requests a second for a short while")),
	ROW("read-iops-sec-max", "read_iops_sec_max", OPTION_INT, 0, N_("NUMBER"),
	    N_("reads: requests a second for a short while")),
	ROW("write-iops-sec-max", "write_iops_sec_max", OPTION_INT, 0, N_("NUMBER"),
	    N_("writes: requests a second for a short while")),
	ROW("size-iops-sec", "size_iops_sec", OPTION_INT, 0, N_("BYTES"),
	    N_("larger requests count as several of this many bytes")),
	ROW("group-name", "group_name", OPTION_STRING, TRAIT_EMPTY, N_("GROUP"),
	    N_("disks of one group share their limits")),
	ROW("total-bytes-sec-max-length", "total_bytes_sec_max_length", OPTION_INT, 0, N_("SECONDS"),
	    N_("all requests: how long the higher rate of bytes may last")),
	ROW("read-bytes-sec-max-length", "read_bytes_sec_max_length", OPTION_INT, 0, N_("SECONDS"),
	    N_("reads: how long the higher rate of bytes may last")),
	ROW("write-bytes-sec-max-length", "write_bytes_sec_max_length", OPTION_INT, 0, N_("SECONDS"),
	    N_("writes: how long the higher rate of bytes may last")),
	ROW("total-iops-sec-max-length", "total_iops_sec_max_length", OPTION_INT, 0, N_("SECONDS"),
	    N_("all requests: how long the higher rate of requests may last")),
	ROW("read-iops-sec-max-length", "read_iops_sec_max_length", OPTION_INT, 0, N_("SECONDS"),
	    N_("reads: how long the higher rate of requests may last")),
	ROW("write-iops-sec-max-length", "write_iops_sec_max_length", OPTION_INT, 0, N_("SECONDS"),
	    N_("writes: how long the higher rate of requests may last")),
	OPTIONS_CHANGE_BASIC,
	OPTION_JSON,
	OPTION_END,
};

const struct command command_blkdeviotune = {
	.name = "blkdeviotune",
	.group = GROUP_DOMAIN,
	.summary = N_("show or set limits of a disk's throughput"),
	.description = N_("Without a limit, prints those that hold. With some, sets them: others of the same kind "
			  "(bytes a second, requests a "
			  "second, ...) are taken away, and 0 is no limit. Sizes are bytes, and take units: 10M."),
	.options = blkdeviotune_options,
	.run = run_blkdeviotune,
};
