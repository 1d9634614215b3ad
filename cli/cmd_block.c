/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Commands that look at the disks of a machine: domblklist, domblkinfo, domblkstat, domblkerror; and blockresize. */
#include "config.h"

#include "base/json.h"
#include "base/text.h"
#include "cli/device.h"
#include "cli/output_table.h"
#include "cli/storage.h"

#include <inttypes.h>
#include <string.h>

#define QUERY_TIMEOUT_MS 10000

/* A machine's document, live or not, as a command needs it. */
struct view {
	struct machine machine;
	struct domain *domain;
	bool live;
};

static void view_clear(struct view *view)
{
	machine_clear(&view->machine);
	domain_free(view->domain);
}
#define _cleanup_view_ _cleanup_(view_clear)

static bool view_open(struct cli *cli, bool inactive, struct view *ret, struct error *err)
{
	if (!cli_machine(cli, &ret->machine, err))
		return false;
	ret->live = machine_is_active(&ret->machine) && !inactive;
	ret->domain = domain_disks(cli->manager, &ret->machine, ret->live, err);
	return ret->domain != NULL;
}

static const struct disk *view_disk(const struct view *view, const char *key, struct error *err)
{
	const struct disk *disk = domain_find_disk(view->domain, key);

	if (!disk) {
		error_set(err, ERROR_NOT_FOUND, _("'%s' has no disk '%s'"), view->machine.name, key);
		error_hint(err, _("'virtty domblklist %s' shows its disks"), view->machine.name);
	}
	return disk;
}

/* ---- domblklist ---- */

static const char *source_of(const struct disk *disk)
{
	const struct disk_source *source = &disk->source;

	return source->volume ? source->volume : source->file ? source->file : source->dev ? source->dev : source->name;
}

/* As the document has it: a volume was looked up in the view. */
static const char *type_of(const struct disk *disk)
{
	if (disk->source.volume)
		return "volume";
	return disk->source.type ? enum_word(&disk_type_words, (int)disk->source.type) : "file";
}

static struct json_object *disk_json(const struct disk *disk)
{
	struct json_object *object = json_object_new_object();
	_cleanup_free_ char *where = disk_source_text(&disk->source);

	json_set_string(object, "target", disk->target);
	json_set_string(object, "type", type_of(disk));
	json_set_string(object, "device", enum_word(&disk_device_words, disk->kind ? (int)disk->kind : DISK_DISK));
	json_set_string(object, "bus", enum_word(&disk_bus_words, (int)disk->bus));
	json_set_string(object, "format", enum_word(&disk_format_words, (int)disk->source.format));
	json_set_string(object, "source", where);
	json_set_string(object, "pool", disk->source.pool);
	json_set_string(object, "volume", disk->source.volume);
	json_set_string(object, "alias", disk->device.alias);
	json_set_bool(object, "readonly", disk->readonly);
	return object;
}

static bool run_domblklist(struct cli *cli, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	_cleanup_table_ struct output_table table = { 0 };
	struct json_object *array;
	bool details = cli_flag(cli, "details");

	if (!view_open(cli, cli_flag(cli, "inactive"), &view, err))
		return false;
	array = json_object_new_array();
	if (details)
		output_table_init(&table, _("Type"), _("Device"), _("Target"), _("Source"), NULL);
	else
		output_table_init(&table, _("Target"), _("Source"), NULL);
	for (size_t i = 0; i < view.domain->disk_count; i++) {
		const struct disk *disk = &view.domain->disks[i];
		const char *source = source_of(disk) ? source_of(disk) : "-";

		json_object_array_add(array, disk_json(disk));
		if (details)
			output_table_row(&table, type_of(disk),
					 enum_word(&disk_device_words, disk->kind ? (int)disk->kind : DISK_DISK),
					 disk->target, source);
		else
			output_table_row(&table, disk->target, source);
	}
	if (cli->json) {
		cli_json(array);
		return true;
	}
	json_object_put(array);
	output_table_print(&table, stdout, cli->quiet);
	return true;
}

static const struct option domblklist_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_SIMPLE("inactive", N_("the stored definition, though the machine runs")),
	OPTION_SIMPLE("details", N_("show types and devices")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domblklist = {
	.name = "domblklist",
	.group = GROUP_MONITOR,
	.summary = N_("the disks of a machine"),
	.description = N_("Prints the disks that the machine has; those of the running machine, where it runs."),
	.options = domblklist_options,
	.run = run_domblklist,
};

/* ---- domblkinfo ---- */

static struct json_object *size_json(const struct disk *disk, const struct block_size *size)
{
	struct json_object *object = json_object_new_object();

	json_set_string(object, "target", disk->target);
	json_set_int(object, "capacity", (int64_t)size->capacity);
	json_set_int(object, "allocation", (int64_t)size->allocation);
	json_set_int(object, "physical", (int64_t)size->physical);
	return object;
}

static char *figure(const struct cli *cli, uint64_t bytes)
{
	return cli_flag(cli, "human") ? cli_size(bytes, false) : strf("%" PRIu64, bytes);
}

static bool show_one_size(struct cli *cli, const struct view *view, struct error *err)
{
	const struct disk *disk = view_disk(view, cli_string(cli, "device"), err);
	struct block_size size;

	if (!disk || !domain_block_size(cli->manager, &view->machine, disk, view->live, &size, err))
		return false;
	if (cli->json) {
		cli_json(size_json(disk, &size));
		return true;
	}
	_cleanup_free_ char *capacity = figure(cli, size.capacity), *allocation = figure(cli, size.allocation),
			    *physical = figure(cli, size.physical);

	printf("%-15s %s\n%-15s %s\n%-15s %s\n", _("Capacity:"), capacity, _("Allocation:"), allocation, _("Physical:"),
	       physical);
	return true;
}

static bool show_all_sizes(struct cli *cli, const struct view *view)
{
	_cleanup_table_ struct output_table table = { 0 };
	struct json_object *array = json_object_new_array();

	output_table_init(&table, _("Target"), _("Capacity"), _("Allocation"), _("Physical"), NULL);
	for (size_t i = 0; i < view->domain->disk_count; i++) {
		const struct disk *disk = &view->domain->disks[i];
		struct block_size size = { 0 };
		/* empty, or not to be had: a line all the same */
		bool known = domain_block_size(cli->manager, &view->machine, disk, view->live, &size, NULL);
		_cleanup_free_ char *capacity = known ? figure(cli, size.capacity) : xstrdup("-"),
				    *allocation = known ? figure(cli, size.allocation) : xstrdup("-"),
				    *physical = known ? figure(cli, size.physical) : xstrdup("-");

		if (known)
			json_object_array_add(array, size_json(disk, &size));
		output_table_row(&table, disk->target, capacity, allocation, physical);
	}
	if (cli->json) {
		cli_json(array);
		return true;
	}
	json_object_put(array);
	output_table_print(&table, stdout, cli->quiet);
	return true;
}

static bool run_domblkinfo(struct cli *cli, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };

	if (cli_flag(cli, "all") == (cli_string(cli, "device") != NULL))
		return cli_usage(cli, err, _("name a disk, or say --all"));
	if (!view_open(cli, false, &view, err))
		return false;
	return cli_flag(cli, "all") ? show_all_sizes(cli, &view) : show_one_size(cli, &view, err);
}

static const struct option domblkinfo_options[] = {
	OPTION_DOMAIN(COMPLETE_DOMAIN),
	OPTION_DISK("device", 0, N_("the disk: its target or the path of its image")),
	OPTION_SIMPLE("human", N_("with units")),
	OPTION_SIMPLE("all", N_("all disks, as a table")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domblkinfo = {
	.name = "domblkinfo",
	.group = GROUP_MONITOR,
	.summary = N_("how large a machine's disk is"),
	.description = N_("Prints what the guest sees (capacity), what that takes on the host (allocation), and how "
			  "large the file or device is "
			  "(physical), in bytes."),
	.options = domblkinfo_options,
	.run = run_domblkinfo,
};

/* ---- domblkstat ---- */

static const struct figure_row {
	const char *name, *member, *words;
} figures[] = {
	{ "rd_req", "rd_operations", N_("number of read operations:") },
	{ "rd_bytes", "rd_bytes", N_("number of bytes read:") },
	{ "wr_req", "wr_operations", N_("number of write operations:") },
	{ "wr_bytes", "wr_bytes", N_("number of bytes written:") },
	{ "flush_operations", "flush_operations", N_("number of flush operations:") },
	{ "rd_total_times", "rd_total_time_ns", N_("total duration of reads (ns):") },
	{ "wr_total_times", "wr_total_time_ns", N_("total duration of writes (ns):") },
	{ "flush_total_times", "flush_total_time_ns", N_("total duration of flushes (ns):") },
};

/* Adds up what the machine's disks did, or one disk. */
static void add_figures(const struct domain *domain, const struct disk *only, struct json_object *answer,
			int64_t *values)
{
	for (size_t i = 0; i < domain->disk_count; i++) {
		struct json_object *stats = NULL;

		if (only == NULL || only == &domain->disks[i])
			stats = json_get(block_entry(answer, domain->disks[i].device.alias), "stats");
		for (size_t row = 0; row < ARRAY_LENGTH(figures); row++)
			values[row] += json_get_int(stats, figures[row].member, 0);
	}
}

static void print_figures(struct cli *cli, const char *device, const int64_t *values)
{
	struct json_object *object = json_object_new_object();

	if (cli_flag(cli, "human") && !cli->json)
		printf(_("Device: %s\n"), device);
	for (size_t row = 0; row < ARRAY_LENGTH(figures); row++) {
		json_set_int(object, figures[row].name, values[row]);
		if (cli->json)
			continue;
		if (cli_flag(cli, "human"))
			printf(" %-31s %" PRId64 "\n", _(figures[row].words), values[row]);
		else
			printf("%s %s %" PRId64 "\n", device, figures[row].name, values[row]);
	}
	if (cli->json)
		cli_json(object);
	else
		json_object_put(object);
}

static bool run_domblkstat(struct cli *cli, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	_cleanup_json_ struct json_object *answer = NULL;
	const char *key = cli_string(cli, "device");
	int64_t values[ARRAY_LENGTH(figures)] = { 0 };
	const struct disk *disk = NULL;

	if (!view_open(cli, false, &view, err))
		return false;
	if (!text_empty(key)) {
		disk = view_disk(&view, key, err);
		if (!disk)
			return false;
	}
	if (!domain_qmp(cli->manager, &view.machine, "query-blockstats", NULL, QUERY_TIMEOUT_MS, &answer, err))
		return false;
	add_figures(view.domain, disk, answer, values);
	print_figures(cli, disk ? disk->target : "", values);
	return true;
}

static const struct option domblkstat_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_DISK("device", TRAIT_EMPTY, N_("the disk; without it, all of them together")),
	OPTION_SIMPLE("human", N_("in words")),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domblkstat = {
	.name = "domblkstat",
	.group = GROUP_MONITOR,
	.summary = N_("what a running machine's disk has read and written"),
	.description = N_("Prints requests, bytes and time, since the machine was started or the disk was attached."),
	.options = domblkstat_options,
	.run = run_domblkstat,
};

/* ---- domblkerror ---- */

/* NULL: none. */
static const char *error_words(struct json_object *entry)
{
	const char *status = json_get_string(entry, "io-status", "ok");

	if (strcmp(status, "nospace") == 0)
		return _("no space");
	return strcmp(status, "ok") == 0 ? NULL : _("unspecified error");
}

static bool run_domblkerror(struct cli *cli, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *object;
	bool any = false;

	if (!view_open(cli, false, &view, err) ||
	    !domain_qmp(cli->manager, &view.machine, "query-block", NULL, QUERY_TIMEOUT_MS, &answer, err))
		return false;
	object = json_object_new_object();
	for (size_t i = 0; i < view.domain->disk_count; i++) {
		const struct disk *disk = &view.domain->disks[i];
		const char *words = error_words(block_entry(answer, disk->device.alias));

		if (!words)
			continue;
		any = true;
		json_set_string(object, disk->target, words);
		if (!cli->json)
			printf("%s: %s\n", disk->target, words);
	}
	if (cli->json) {
		cli_json(object);
		return true;
	}
	json_object_put(object);
	if (!any)
		printf(_("No errors found\n"));
	return true;
}

static const struct option domblkerror_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domblkerror = {
	.name = "domblkerror",
	.group = GROUP_MONITOR,
	.summary = N_("errors of a running machine's disks"),
	.description =
		N_("Prints the disks whose reads or writes failed, so that the machine was paused or the guest told."),
	.options = domblkerror_options,
	.run = run_domblkerror,
};

/* ---- blockresize ---- */

static bool run_blockresize(struct cli *cli, struct error *err)
{
	_cleanup_machine_ struct machine machine = { 0 };
	const char *size = cli_string(cli, "size"), *path = cli_string(cli, "path");
	bool capacity = cli_flag(cli, "capacity");
	uint64_t bytes = 0;

	if (capacity == (size != NULL))
		return cli_usage(cli, err, _("say how large it is to be, or --capacity"));
	if (size && !size_parse(size, "KiB", &bytes, err)) {
		cli->usage = true;
		return false;
	}
	if (size && bytes == 0)
		return cli_usage(cli, err, _("a disk of no size is none"));
	if (!cli_machine(cli, &machine, err))
		return false;
	if (!machine_is_active(&machine)) {
		error_set(err, ERROR_STATE, _("'%s' is not running"), machine.name);
		return error_hint(err, _("'virtty vol-resize' changes the size of an image that nobody uses"));
	}
	if (!domain_block_resize(cli->manager, &machine, path, bytes, cli_flag(cli, "shrink"), err))
		return false;
	cli_note(cli, _("Block device '%s' is resized\n"), path);
	return true;
}

static const struct option blockresize_options[] = {
	OPTION_DOMAIN(COMPLETE_ACTIVE),
	OPTION_DISK("path", TRAIT_REQUIRED, N_("the disk: its target or the path of its image")),
	{ "size", NULL, 0, OPTION_STRING, TRAIT_POSITIONAL, COMPLETE_NONE, NULL, N_("SIZE"),
	  N_("the new size; without a unit, in KiB") },
	OPTION_SIMPLE("capacity", N_("as large as the block device is that it lies on")),
	OPTION_SIMPLE("shrink", N_("make it smaller: what lies at its end is lost")),
	OPTION_END,
};

const struct command command_blockresize = {
	.name = "blockresize",
	.group = GROUP_DOMAIN,
	.summary = N_("change the size of a running machine's disk"),
	.description = N_("The guest sees the new size at once; its partitions and file systems are its own to "
			  "enlarge. A number without a unit "
			  "counts KiB; 20G and 512MiB are understood."),
	.options = blockresize_options,
	.run = run_blockresize,
};
