/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of type disk: the partitions of one disk, by sfdisk, told to the kernel one by one so that what is in use on the
 * same disk is left alone. */
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/block_device.h"
#include "storage/disk_table.h"
#include "storage/pool_block.h"
#include "storage/pool_drivers.h"
#include "storage/tool.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PACKAGE	      "fdisk"
#define NODE_LIMIT_MS 10000

/* The disk as the kernel names it, and its table. */
struct view {
	char *device; /* owned */
	struct disk_table table;
};
#define _cleanup_view_ _cleanup_(view_clear)

static void view_clear(struct view *view)
{
	free(view->device);
	disk_table_clear(&view->table);
	*view = (struct view){ 0 };
}

/* sfdisk numbers partitions after the name that it is given: the kernel's own. Owned. */
static char *find_device(const struct pool *pool, struct error *err)
{
	char *real = realpath(pool->devices[0].path, NULL);

	if (real == NULL)
		error_set_errno(err, errno, "device '%s'", pool->devices[0].path);
	return real;
}

static bool view_read(const struct pool *pool, struct view *ret, struct error *err)
{
	_cleanup_free_ char *out = NULL;
	uint64_t bytes = 0;

	*ret = (struct view){ .device = find_device(pool, err) };
	return ret->device != NULL && device_size(ret->device, &bytes, err) &&
	       tool_run(PACKAGE, TOOL_ARGV("sfdisk", "--json", ret->device), NULL, &out, err) &&
	       disk_table_read(out, strlen(out), ret->device, bytes, &ret->table, err);
}

/* One change of the table: nothing is read again by the kernel, which would refuse it while any partition is in use. */
static bool change(const struct view *view, const char *how, const char *number, const char *input, struct error *err)
{
	return tool_run(PACKAGE,
			TOOL_ARGV("sfdisk", "--quiet", "--lock=yes", "--no-reread", "--no-tell-kernel", "--wipe",
				  "never", "--wipe-partitions", "always", how, view->device, number),
			input, NULL, err);
}

/* ---- life ---- */

static const char *label_of(const struct pool *pool)
{
	/* libvirt's own where none is named */
	return pool->format == NULL || text_equal(pool->format, "unknown") ? "dos" : pool->format;
}

static bool disk_build(const struct pool *pool, bool overwrite, struct error *err)
{
	_cleanup_free_ char *device = find_device(pool, err), *input = strf("label: %s\n", label_of(pool));

	if (device == NULL)
		return false;
	if (!text_equal(label_of(pool), "dos") && !text_equal(label_of(pool), "gpt"))
		return error_set(err, ERROR_UNSUPPORTED,
				 "cannot build pool '%s': labels of type %s are not made here, but gpt and dos are",
				 pool->name, label_of(pool));
	if (!block_check_device(pool, device, overwrite, err))
		return false;
	return tool_run(PACKAGE, TOOL_ARGV("sfdisk", "--quiet", "--lock=yes", "--wipe", "always", device), input, NULL,
			err) ||
	       error_wrap(err, "cannot build pool '%s'", pool->name);
}

static bool disk_check(const struct pool *pool, bool *ret_active, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };

	(void)err;
	*ret_active = view_read(pool, &view, NULL);
	return true;
}

static bool disk_start(const struct pool *pool, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };

	if (!view_read(pool, &view, err)) {
		error_wrap(err, "cannot start pool '%s'", pool->name);
		if (view.device != NULL && err != NULL && err->hint == NULL)
			error_hint(err, "'virtty pool-build %s' makes a partition table on a disk that has none",
				   pool->name);
		return false;
	}
	if ((text_equal(pool->format, "gpt") && view.table.label != DISK_LABEL_GPT) ||
	    (text_equal(pool->format, "dos") && view.table.label != DISK_LABEL_DOS))
		return error_set(err, ERROR_STATE, "cannot start pool '%s': the label of '%s' is not %s, as it says",
				 pool->name, view.device, pool->format);
	return true;
}

static bool disk_stop(const struct pool *pool, struct error *err)
{
	(void)pool;
	(void)err;
	return true;
}

/* ---- what is in it ---- */

static struct volume volume_of(const struct pool *pool, const struct view *view, const struct disk_partition *partition)
{
	uint64_t bytes = partition->sectors * view->table.sector_bytes;
	char *path = device_stable_path(pool->target, partition->node);

	return (struct volume){
		.name = xstrdup(strrchr(partition->node, '/') + 1),
		.key = xstrdup(path),
		.path = path,
		.type = VOLUME_BLOCK,
		.format = IMAGE_RAW,
		.stated = true,
		.capacity = bytes,
		.allocation = partition->extended ? 0 : bytes,
		.physical = bytes,
		.unfinished = partition->unfinished,
		.trouble = partition->extended ? xstrdup("it is the frame of the logical partitions, and no disk") : NULL,
	};
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct volume *)a)->name, ((const struct volume *)b)->name);
}

static bool disk_refresh(const struct pool *pool, const struct volume *known, size_t known_count, struct volume **ret,
			 size_t *ret_count, struct pool_figures *ret_figures, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };

	(void)known;
	(void)known_count;
	if (!view_read(pool, &view, err))
		return false;
	struct volume *volumes = xcalloc(view.table.count + 1, sizeof *volumes);
	size_t count = 0;

	*ret_figures = (struct pool_figures){ .available = disk_table_free(&view.table, NULL) };
	for (size_t i = 0; i < view.table.count; i++) {
		struct volume volume = volume_of(pool, &view, &view.table.partitions[i]);

		ret_figures->allocation += volume.allocation;
		if (volume.unfinished)
			volume_clear(&volume);
		else
			volumes[count++] = volume;
	}
	if (!device_size(view.device, &ret_figures->capacity, NULL))
		ret_figures->capacity = ret_figures->allocation + ret_figures->available;
	qsort(volumes, count, sizeof *volumes, by_name);
	*ret = volumes;
	*ret_count = count;
	return true;
}

static char *disk_path(const struct pool *pool, const char *name, struct error *err)
{
	_cleanup_free_ char *node = strf("/dev/%s", name);

	return volume_name_check(pool->type, name, err) ? device_stable_path(pool->target, node) : NULL;
}

/* The partition that a volume is. Borrowed; NULL on error. */
static const struct disk_partition *find_partition(const struct view *view, const char *name, struct error *err)
{
	for (size_t i = 0; i < view->table.count; i++)
		if (text_equal(strrchr(view->table.partitions[i].node, '/') + 1, name))
			return &view->table.partitions[i];
	error_set(err, ERROR_NOT_FOUND, "'%s' has no partition '%s'", view->device, name);
	return NULL;
}

/* ---- changes ---- */

/* Partitions are called by their numbers: no other name can be kept. */
static bool check_name(const struct view *view, const char *name, unsigned number, struct error *err)
{
	_cleanup_free_ char *node = disk_partition_node(view->device, number);
	const char *expected = strrchr(node, '/') + 1;

	if (text_equal(name, expected))
		return true;
	error_set(err, ERROR_INVALID, "a volume of this pool is called after its partition: '%s' is the next",
		  expected);
	return error_hint(err, "ask for '%s'", expected);
}

/* Where something small would go tells the number that anything would have. Owned. */
static char *disk_next_name(const struct pool *pool, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	_cleanup_free_ char *node = NULL;
	struct disk_place place;

	if (!view_read(pool, &view, err) || !disk_table_place(&view.table, 1, false, &place, err))
		return NULL;
	node = disk_partition_node(view.device, place.number);
	return xstrdup(strrchr(node, '/') + 1);
}

/* The kernel is told of a partition that is in the table. */
static bool tell_kernel(const struct view *view, const struct disk_partition *partition, struct error *err)
{
	uint64_t bytes = view->table.sector_bytes;
	/* As the kernel itself does: of a frame there is its own sector to be seen, and not what lies in it. */
	uint64_t length = partition->extended ? (bytes > 1024 ? bytes : 1024) : partition->sectors * bytes;

	return device_partition_add(view->device, partition->number, partition->start * bytes, length, err);
}

static bool show(const struct view *view, const struct disk_partition *partition, struct error *err)
{
	return tell_kernel(view, partition, err) &&
	       (device_wait(partition->node, true, NODE_LIMIT_MS) ||
		error_set(err, ERROR_TIMEOUT, "'%s' does not appear: the kernel or udev did not make it",
			  partition->node));
}

static bool take_back(const struct view *view, unsigned number)
{
	_cleanup_free_ char *text = strf("%u", number);

	(void)device_partition_delete(view->device, number, NULL);
	return change(view, "--delete", text, NULL, NULL);
}

/* Is it where and what it was to be? */
static const struct disk_partition *find_made(const struct view *view, const struct disk_place *place,
					      struct error *err)
{
	for (size_t i = 0; i < view->table.count; i++) {
		const struct disk_partition *partition = &view->table.partitions[i];

		if (partition->start == place->start && partition->number == place->number)
			return partition;
	}
	error_set(err, ERROR_FAILED, "the partition is not where it was to be: somebody else changed the table");
	return NULL;
}

static bool make(const struct pool *pool, const struct view *view, const struct disk_place *place, const char *type,
		 const struct volume_request *request, struct volume *ret, struct error *err)
{
	bool marked = request->unfinished && view->table.label == DISK_LABEL_GPT;
	_cleanup_free_ char *input = strf("start=%" PRIu64 ", size=%" PRIu64 ", type=%s%s\n", place->start, place->sectors,
					  type, marked ? ", name=\"" DISK_UNFINISHED "\"" : "");
	_cleanup_view_ struct view after = { 0 };
	const struct disk_partition *made = NULL;

	if (!change(view, "--append", NULL, input, err))
		return false;
	if (view_read(pool, &after, err) && (made = find_made(&after, place, err)) != NULL &&
	    show(&after, made, err)) {
		*ret = volume_of(pool, &after, made);
		if (block_set_owner(ret->path, &request->permissions, err))
			return true;
		volume_clear(ret);
	}
	if (made != NULL)
		(void)take_back(view, place->number);
	return false;
}

static bool disk_create(const struct pool *pool, const struct volume_request *request, const char *secret_file,
			struct volume *ret, char ***ret_argv, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	struct disk_place place;

	(void)secret_file; /* nothing is encrypted here: the check below says so */
	*ret_argv = NULL;
	if (!volume_name_check(pool->type, request->name, err) || !block_request_check(pool, request, err) ||
	    !view_read(pool, &view, err))
		return false;
	if (request->backing_path != NULL)
		return error_set(err, ERROR_UNSUPPORTED, "nothing can be behind a partition");
	const char *type = disk_content_type(view.table.label, (enum disk_content)request->content);

	if (type == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "the label of '%s' has no partitions of type %s", view.device,
				 enum_word(&disk_content_words, (int)request->content));
	return disk_table_place(&view.table, request->capacity.value, request->content == DISK_CONTENT_EXTENDED, &place,
				err) &&
	       check_name(&view, request->name, place.number, err) &&
	       make(pool, &view, &place, type, request, ret, err);
}

static bool disk_finish(const struct pool *pool, const struct volume *volume, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	_cleanup_free_ char *number = NULL;
	const struct disk_partition *partition;

	if (!view_read(pool, &view, err) || (partition = find_partition(&view, volume->name, err)) == NULL)
		return false;
	if (!partition->unfinished)
		return true;
	number = strf("%u", partition->number);
	return tool_run(PACKAGE,
			TOOL_ARGV("sfdisk", "--quiet", "--lock=yes", "--no-reread", "--no-tell-kernel", "--part-label",
				  view.device, number, ""),
			NULL, NULL, err);
}

/* The numbers, and with them the names, of the logical partitions behind a deleted one change. */
static bool check_deletable(const struct view *view, const struct disk_partition *partition, struct error *err)
{
	for (size_t i = 0; i < view->table.count; i++) {
		const struct disk_partition *other = &view->table.partitions[i];

		if (partition->extended && other->logical)
			return error_set(err, ERROR_BUSY, "'%s' holds '%s': delete that first", partition->node,
					 other->node);
		if (partition->logical && other->number > partition->number)
			return error_set(err, ERROR_BUSY,
					 "without '%s', '%s' would be called otherwise: delete that first",
					 partition->node, other->node);
	}
	return true;
}

static bool disk_delete(const struct pool *pool, const struct volume *volume, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	_cleanup_view_ struct view view = { 0 };
	const struct disk_partition *partition;

	if (!view_read(pool, &view, err))
		return false;
	partition = find_partition(&view, volume->name, &why);
	if (partition == NULL)
		return true; /* gone is what it was to be */
	/* A dos label cannot mark what is unfinished. */
	if (volume->unfinished && !partition->unfinished &&
	    (volume->key == NULL || view.table.label == DISK_LABEL_GPT))
		return true;
	if (!check_deletable(&view, partition, err) || !block_check_free(volume, "delete", err) ||
	    !device_partition_delete(view.device, partition->number, err))
		return false;
	_cleanup_free_ char *number = strf("%u", partition->number);

	if (change(&view, "--delete", number, NULL, err)) {
		(void)device_wait(partition->node, false, NODE_LIMIT_MS);
		return true;
	}
	(void)tell_kernel(&view, partition, NULL);
	return false;
}

static bool disk_resize(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
			struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	const struct disk_partition *partition;

	(void)allocate; /* all of a partition is there in any case */
	if (!view_read(pool, &view, err) || (partition = find_partition(&view, volume->name, err)) == NULL)
		return false;
	uint64_t sectors = bytes / view.table.sector_bytes + (bytes % view.table.sector_bytes != 0);
	uint64_t reach = disk_table_reach(&view.table, partition);

	if (partition->extended)
		return error_set(err, ERROR_UNSUPPORTED, "'%s' holds other partitions, and is not resized",
				 partition->node);
	if (sectors == 0 || (sectors < partition->sectors && !shrink))
		return error_set(err, ERROR_INVALID, "volume '%s' would shrink", volume->name);
	if (sectors > reach)
		return block_room("the space up to what follows it", (sectors - partition->sectors) * view.table.sector_bytes,
				  (reach - partition->sectors) * view.table.sector_bytes, err);
	_cleanup_free_ char *number = strf("%u", partition->number), *input = strf("size=%" PRIu64 "\n", sectors);

	return tool_run(PACKAGE,
			TOOL_ARGV("sfdisk", "--quiet", "--lock=yes", "--no-reread", "--no-tell-kernel", "--wipe",
				  "never", "--wipe-partitions", "never", "--partno", number, view.device),
			input, NULL, err) &&
	       device_partition_resize(view.device, partition->number, partition->start * view.table.sector_bytes,
				       sectors * view.table.sector_bytes, err);
}

const struct pool_driver pool_disk = {
	.type = POOL_DISK,
	.check = disk_check,
	.build = disk_build,
	.start = disk_start,
	.stop = disk_stop,
	.refresh = disk_refresh,
	.path = disk_path,
	.next_name = disk_next_name,
	.create = disk_create,
	.finish = disk_finish,
	.delete = disk_delete,
	.resize = disk_resize,
};
