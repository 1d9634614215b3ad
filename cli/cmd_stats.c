/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `virtty domstats`: figures of machines under virsh's keys. */
#include "config.h"

#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "cli/machine_filter.h"
#include "hv/domain.h"
#include "storage/image.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* The figures of one machine gather in a JSON object, which keeps their order: virsh's. */
static void put(struct json_object *figures, uint64_t value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void put(struct json_object *figures, uint64_t value, const char *format, ...)
{
	_cleanup_free_ char *key = NULL;
	va_list ap;

	va_start(ap, format);
	key = vstrf(format, ap);
	va_end(ap);
	json_set(figures, key, json_object_new_uint64(value));
}

static void put_text(struct json_object *figures, const char *value, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void put_text(struct json_object *figures, const char *value, const char *format, ...)
{
	_cleanup_free_ char *key = NULL;
	va_list ap;

	va_start(ap, format);
	key = vstrf(format, ap);
	va_end(ap);
	json_set_string(figures, key, value);
}

static void add_balloon(struct json_object *figures, const struct machine *machine, const struct machine_stats *stats)
{
	int64_t actual = json_get_int(stats->balloon, "actual", -1);

	put(figures, actual >= 0 ? (uint64_t)actual / 1024 : machine->memory_kib, "balloon.current");
	put(figures, machine->max_memory_kib, "balloon.maximum");
	if (machine_is_active(machine))
		put(figures, stats->rss_kib, "balloon.rss");
}

/* A thread's time on a CPU, from the scheduler. */
static bool thread_time_ns(pid_t pid, int64_t thread, uint64_t *ret)
{
	_cleanup_free_ char *path = strf("/proc/%d/task/%" PRId64 "/schedstat", (int)pid, thread);
	_cleanup_free_ char *line = file_read_line(path);

	if (!line)
		return false;
	line[strcspn(line, " ")] = '\0';
	return text_to_uint(line, false, ret);
}

static void add_vcpus(struct json_object *figures, const struct machine *machine, const struct machine_stats *stats)
{
	size_t count = stats->vcpus ? json_object_array_length(stats->vcpus) : 0;

	put(figures, count ? count : machine->vcpus, "vcpu.current");
	put(figures, machine->vcpus, "vcpu.maximum");
	for (size_t i = 0; i < count; i++) {
		struct json_object *cpu = json_object_array_get_idx(stats->vcpus, i);
		int64_t index = json_get_int(cpu, "cpu-index", (int64_t)i);
		uint64_t time_ns;

		put(figures, 1, "vcpu.%" PRId64 ".state", index);
		if (thread_time_ns(machine->run.qemu.pid, json_get_int(cpu, "thread-id", 0), &time_ns))
			put(figures, time_ns, "vcpu.%" PRId64 ".time", index);
	}
}

/* Is this the device of that alias? QEMU names it by its id, or by a path that the id is part of. */
static bool is_device(const char *qdev, const char *alias)
{
	const char *at;
	size_t length;

	if (text_empty(qdev) || text_empty(alias))
		return false;
	if (strcmp(qdev, alias) == 0)
		return true;
	length = strlen(alias);
	at = strstr(qdev, "/peripheral/");
	if (!at)
		return false;
	at += strlen("/peripheral/");
	return strncmp(at, alias, length) == 0 && (at[length] == '\0' || at[length] == '/');
}

static struct json_object *find_blockstats(struct json_object *all, const char *alias)
{
	for (size_t i = 0; all && i < json_object_array_length(all); i++) {
		struct json_object *entry = json_object_array_get_idx(all, i);

		if (is_device(json_get_string(entry, "qdev", NULL), alias))
			return json_get(entry, "stats");
	}
	return NULL;
}

/* What the guest sees as its disk's size: the head of the image says it, no question to QEMU is needed. */
static uint64_t capacity(const char *path, enum disk_format format, uint64_t file_size)
{
	_cleanup_image_ struct image image = { 0 };
	_cleanup_close_ int fd = format == FORMAT_QCOW2 ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd >= 0 && image_read(fd, path, IMAGE_QCOW2, &image, NULL))
		return image.virtual_bytes;
	return file_size;
}

static void add_disk(struct json_object *figures, size_t index, const struct disk *disk, struct json_object *stats)
{
	static const struct {
		const char *key, *member;
	} rows[] = {
		{ "rd.reqs", "rd_operations" },
		{ "rd.bytes", "rd_bytes" },
		{ "rd.times", "rd_total_time_ns" },
		{ "wr.reqs", "wr_operations" },
		{ "wr.bytes", "wr_bytes" },
		{ "wr.times", "wr_total_time_ns" },
		{ "fl.reqs", "flush_operations" },
		{ "fl.times", "flush_total_time_ns" },
		{ "allocation", "wr_highest_offset" },
	};
	const char *path = disk->source.file;
	struct stat file;

	put_text(figures, disk->target, "block.%zu.name", index);
	if (!text_empty(path))
		put_text(figures, path, "block.%zu.path", index);
	for (size_t i = 0; stats && i < ARRAY_LENGTH(rows); i++) {
		int64_t value = json_get_int(stats, rows[i].member, -1);

		if (value >= 0)
			put(figures, (uint64_t)value, "block.%zu.%s", index, rows[i].key);
	}
	if (!text_empty(path) && stat(path, &file) == 0 && S_ISREG(file.st_mode)) {
		put(figures, capacity(path, disk->source.format, (uint64_t)file.st_size), "block.%zu.capacity", index);
		put(figures, (uint64_t)file.st_size, "block.%zu.physical", index);
	}
}

static void add_blocks(struct cli *cli, struct json_object *figures, const struct machine *machine,
		       const struct machine_stats *stats)
{
	/* A machine that went away meanwhile has no disks to show. */
	_cleanup_domain_ struct domain *domain = domain_load(cli->manager, machine, machine_is_active(machine), NULL);

	put(figures, domain ? domain->disk_count : 0, "block.count");
	for (size_t i = 0; domain && i < domain->disk_count; i++)
		add_disk(figures, i, &domain->disks[i],
			 find_blockstats(stats->blockstats, domain->disks[i].device.alias));
}

static struct json_object *collect(struct cli *cli, unsigned groups, const struct machine *machine,
				   const struct machine_stats *stats)
{
	struct json_object *figures = json_object_new_object();

	if (groups & STATS_STATE) {
		put(figures, (uint64_t)machine->state, "state.state");
		put(figures, (uint64_t)machine->reason, "state.reason");
	}
	if ((groups & STATS_CPU) && machine_is_active(machine)) {
		put(figures, stats->cpu_ns, "cpu.time");
		put(figures, stats->cpu_user_ns, "cpu.user");
		put(figures, stats->cpu_system_ns, "cpu.system");
	}
	if (groups & STATS_BALLOON)
		add_balloon(figures, machine, stats);
	if (groups & STATS_VCPU)
		add_vcpus(figures, machine, stats);
	if (groups & STATS_BLOCK)
		add_blocks(cli, figures, machine, stats);
	return figures;
}

static void print_record(const struct machine *machine, struct json_object *figures)
{
	printf(_("Domain: '%s'\n"), machine->name);
	json_object_object_foreach(figures, key, value) printf("  %s=%s\n", key, json_object_get_string(value));
}

static void report(struct cli *cli, unsigned groups, const struct machine *machines, const struct machine_stats *stats,
		   size_t count)
{
	struct json_object *array = cli->json ? json_object_new_array() : NULL;

	for (size_t i = 0; i < count; i++) {
		struct json_object *figures = collect(cli, groups, &machines[i], &stats[i]);

		if (array) {
			struct json_object *record = json_object_new_object();

			json_set_string(record, "name", machines[i].name);
			json_set_string(record, "uuid", machines[i].uuid);
			json_set(record, "stats", figures);
			json_object_array_add(array, record);
			continue;
		}
		print_record(&machines[i], figures);
		if (i + 1 < count)
			putchar('\n');
		json_object_put(figures);
	}
	if (array)
		cli_json(array);
}

static unsigned chosen_groups(const struct cli *cli)
{
	static const struct {
		const char *option;
		unsigned bit;
	} rows[] = {
		{ "state", STATS_STATE }, { "cpu-total", STATS_CPU }, { "balloon", STATS_BALLOON },
		{ "vcpu", STATS_VCPU },	  { "block", STATS_BLOCK },
	};
	unsigned groups = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		groups |= cli_flag(cli, rows[i].option) ? rows[i].bit : 0;
	return groups ? groups : STATS_ALL;
}

static unsigned chosen_filter(const struct cli *cli)
{
	static const struct {
		const char *option;
		unsigned bit;
	} rows[] = {
		{ "list-active", FILTER_ACTIVE },	  { "list-inactive", FILTER_INACTIVE },
		{ "list-persistent", FILTER_PERSISTENT }, { "list-transient", FILTER_TRANSIENT },
		{ "list-running", FILTER_RUNNING },	  { "list-paused", FILTER_PAUSED },
		{ "list-shutoff", FILTER_SHUTOFF },	  { "list-other", FILTER_OTHER },
	};
	unsigned filter = 0;

	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		filter |= cli_flag(cli, rows[i].option) ? rows[i].bit : 0;
	return filter;
}

/* The machines named, or those that the filter lets through. */
static bool choose_machines(struct cli *cli, struct machine **ret, size_t *ret_count, struct error *err)
{
	size_t named = 0;
	const char *const *names = argument_list(&cli->arguments, "domain", &named);
	unsigned filter = chosen_filter(cli);

	if (named && filter)
		return cli_usage(cli, err, _("name machines or choose them by --list-..., not both"));
	if (!cli_manager(cli, err))
		return false;
	if (!named) {
		if (!machine_list(cli->manager, ret, ret_count, err))
			return false;
		*ret_count = machines_filter(*ret, *ret_count, filter);
		machines_sort(*ret, *ret_count);
		return true;
	}
	*ret = xcalloc(named, sizeof **ret);
	for (*ret_count = 0; *ret_count < named; ++*ret_count) {
		if (!machine_find(cli->manager, names[*ret_count], &(*ret)[*ret_count], err))
			return false;
	}
	return true;
}

static bool run_domstats(struct cli *cli, struct error *err)
{
	struct machine *machines = NULL;
	size_t count = 0;
	unsigned groups = chosen_groups(cli);
	bool good = choose_machines(cli, &machines, &count, err);

	if (good) {
		_cleanup_free_ struct machine_stats *stats = xcalloc(count, sizeof *stats);

		good = count == 0 || machine_stats(cli->manager, machines, count, groups, stats, err);
		if (good)
			report(cli, groups, machines, stats, count);
		for (size_t i = 0; i < count; i++)
			machine_stats_clear(&stats[i]);
	}
	machines_free(machines, count);
	return good;
}

static const struct option domstats_options[] = {
	OPTION_SIMPLE("state", N_("state and reason, as numbers")),
	OPTION_SIMPLE("cpu-total", N_("CPU time of QEMU, in nanoseconds")),
	OPTION_SIMPLE("balloon", N_("memory, in KiB")),
	OPTION_SIMPLE("vcpu", N_("virtual CPUs")),
	OPTION_SIMPLE("block", N_("disks")),
	OPTION_SIMPLE("list-active", N_("only machines that run")),
	OPTION_SIMPLE("list-inactive", N_("only machines that do not")),
	OPTION_SIMPLE("list-persistent", N_("only machines with a stored definition")),
	OPTION_SIMPLE("list-transient", N_("only machines without one")),
	OPTION_SIMPLE("list-running", N_("only machines that are running")),
	OPTION_SIMPLE("list-paused", N_("only machines that are paused")),
	OPTION_SIMPLE("list-shutoff", N_("only machines that are shut off")),
	OPTION_SIMPLE("list-other", N_("only machines in another state")),
	OPTION_SIMPLE("raw", N_("numbers and no words (as always; for virsh's scripts)")),
	{ "domain", NULL, 0, OPTION_LIST, TRAIT_POSITIONAL, COMPLETE_DOMAIN, NULL, N_("DOMAIN"),
	  N_("machines; without any, all") },
	OPTION_JSON,
	OPTION_END,
};

const struct command command_domstats = {
	.name = "domstats",
	.group = GROUP_MONITOR,
	.summary = N_("figures of machines"),
	.description = N_("Prints figures as KEY=VALUE under virsh's keys. Without a group option, all groups."),
	.options = domstats_options,
	.run = run_domstats,
};
