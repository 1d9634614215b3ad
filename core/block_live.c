/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks of running machines: made larger, looked at. */
#include "base/json.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/device_internal.h"
#include "core/storage.h"
#include "hv/iotune.h"
#include "storage/image.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define QUERY_TIMEOUT_MS 10000
#define SECTOR		 512

/* ---- size ---- */

/* As large as the block device is by now. */
static bool device_size(const struct disk *disk, uint64_t *ret, struct error *err)
{
	_cleanup_close_ int fd = -1;
	off_t end;

	if (disk->source.type != DISK_BLOCK) {
		error_set(err, ERROR_INVALID, "disk '%s' is not on a block device, whose size it could take",
			  disk->target);
		return error_hint(err, "say how large it is to be");
	}
	fd = open(disk->source.dev, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	end = fd >= 0 ? lseek(fd, 0, SEEK_END) : -1;
	if (end < 0)
		return error_set_errno(err, errno, "'%s'", disk->source.dev);
	*ret = (uint64_t)end;
	return true;
}

static bool check_shrink(const struct disk *disk, uint64_t now, uint64_t bytes, bool shrink, struct error *err)
{
	_cleanup_free_ char *is = size_format(now), *wanted = size_format(bytes);

	if (bytes >= now || shrink)
		return true;
	error_set(err, ERROR_INVALID, "disk '%s' has %s: %s would cut its end off", disk->target, is, wanted);
	return error_hint(err, "--shrink does it all the same: what lies there is lost");
}

/* The volume's row says how large it is, too. */
static void refresh_volume(struct manager *manager, const char *path)
{
	struct pool_row pool = { 0 };

	if (path && pool_find_path(manager, path, &pool, NULL) && pool.active)
		(void)pool_refresh(manager, &pool, NULL);
	pool_row_clear(&pool);
}

static bool resize(struct device_change *change, struct disk *disk, uint64_t bytes, bool shrink, struct error *err)
{
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *entry = change_block(change, disk->device.alias, &answer, err), *arguments;
	const char *node = json_get_string(entry, "inserted/node-name", NULL);
	_cleanup_free_ char *size = NULL, *detail = NULL;

	if (!entry)
		return false;
	if (!node)
		return error_set(err, ERROR_STATE, "drive '%s' is empty", disk->target);
	if (!resolve_disk_volume(change->manager, disk, err) || (bytes == 0 && !device_size(disk, &bytes, err)) ||
	    !check_shrink(disk, (uint64_t)json_get_int(entry, "inserted/image/virtual-size", 0), bytes, shrink, err))
		return false;
	bytes = (bytes + SECTOR - 1) / SECTOR * SECTOR;
	arguments = json_object_new_object();
	json_set_string(arguments, "node-name", node);
	json_set_int(arguments, "size", (int64_t)bytes);
	if (!change_call(change, "block_resize", arguments, NULL, err))
		return error_wrap(err, "'%s': disk '%s'", change->machine.name, disk->target);
	size = size_format(bytes);
	detail = strf("%s (%" PRIu64 " bytes)", size, bytes);
	refresh_volume(change->manager, disk->source.file ? disk->source.file : disk->source.dev);
	return change_commit(change, "block-resize", disk->target, detail, err);
}

bool domain_block_resize(struct manager *manager, const struct machine *machine, const char *key, uint64_t bytes,
			 bool shrink, struct error *err)
{
	struct device_change change = { .fd = -1, .events = -1 };
	struct disk *disk;
	bool ok;

	if (bytes > INT64_MAX - SECTOR)
		return error_set(err, ERROR_INVALID, "no disk can have %" PRIu64 " bytes", bytes);
	ok = change_begin(&change, manager, machine, CHANGE_LIVE, err);
	disk = ok ? find_disk(&change, change.live, key, err) : NULL;
	ok = disk && resize(&change, disk, bytes, shrink, err);
	change_end(&change);
	return ok;
}

/* ---- looking ---- */

struct domain *domain_disks(struct manager *manager, const struct machine *machine, bool live, struct error *err)
{
	struct domain *domain = domain_load(manager, machine, live, err);

	for (size_t i = 0; domain && i < domain->disk_count; i++)
		(void)resolve_disk_volume(manager, &domain->disks[i], NULL);
	return domain;
}

/* Images that no running QEMU answers for: by their own heads. */
static bool size_by_image(const struct disk *disk, int fd, const char *path, struct block_size *ret, struct error *err)
{
	_cleanup_image_ struct image image = { 0 };
	int format = disk->source.format != FORMAT_ABSENT
			     ? enum_value(&image_format_words, enum_word(&disk_format_words, (int)disk->source.format))
			     : IMAGE_RAW;
	off_t end = lseek(fd, 0, SEEK_END);

	ret->physical = end > 0 ? (uint64_t)end : 0;
	ret->capacity = ret->physical;
	if (format <= IMAGE_RAW || disk->source.format == FORMAT_ISO)
		return true;
	if (!image_read(fd, path, (enum image_format)format, &image, err))
		return false;
	ret->capacity = image.virtual_bytes;
	return true;
}

static bool ask_entry(struct manager *manager, const struct machine *machine, const struct disk *disk,
		      const char *command, struct json_object **ret_answer, struct json_object **ret, struct error *err)
{
	if (!domain_qmp(manager, machine, command, NULL, QUERY_TIMEOUT_MS, ret_answer, err))
		return false;
	*ret = block_entry(*ret_answer, disk->device.alias);
	return *ret || error_set(err, ERROR_NOT_FOUND, "'%s': QEMU has no disk '%s'", machine->name, disk->target);
}

bool domain_block_size(struct manager *manager, const struct machine *machine, const struct disk *disk, bool live,
		       struct block_size *ret, struct error *err)
{
	const char *path = disk->source.type == DISK_BLOCK ? disk->source.dev : disk->source.file;
	_cleanup_json_ struct json_object *answer = NULL;
	_cleanup_close_ int fd = -1;
	struct json_object *entry = NULL;
	struct stat st;

	*ret = (struct block_size){ 0 };
	if (live && !ask_entry(manager, machine, disk, "query-block", &answer, &entry, err))
		return false;
	if (live ? !json_get(entry, "inserted") : !path)
		return error_set(err, ERROR_STATE, "drive '%s' is empty", disk->target);
	fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	if (!live && fd < 0)
		return error_set_errno(err, errno, "disk '%s': '%s' cannot be read", disk->target, path);
	if (fd >= 0 && !size_by_image(disk, fd, path, ret, live ? NULL : err) && !live)
		return false;
	if (fd >= 0 && fstat(fd, &st) == 0)
		ret->allocation = S_ISBLK(st.st_mode) ? ret->physical : (uint64_t)st.st_blocks * SECTOR;
	if (live)
		ret->capacity = (uint64_t)json_get_int(entry, "inserted/image/virtual-size", (int64_t)ret->capacity);
	return true;
}

/* ---- limits ---- */

/* A group that nobody stated is the disk's own, and not shown as one. */
static void iotune_of_query(const struct disk *disk, struct json_object *inserted, struct disk_iotune *ret)
{
	_cleanup_free_ char *own = iotune_own_group(disk);
	const char *group = json_get_string(inserted, "group", NULL);

	for (size_t i = 0; i < iotune_row_count; i++) {
		const struct iotune_row *row = &iotune_rows[i];
		int64_t value = json_get_int(inserted, row->qmp, 0);

		if (row->family == IOTUNE_GROUP)
			ret->group_name = text_equal(group, own) ? NULL : xstrdup_null(group);
		else if (value > 0)
			iotune_set(ret, row, (uint64_t)value);
	}
}

bool domain_get_iotune(struct manager *manager, const struct machine *machine, const char *key, unsigned flags,
		       struct disk_iotune *ret, struct error *err)
{
	bool live = machine_is_active(machine) && !(flags & CHANGE_CONFIG);
	_cleanup_domain_ struct domain *domain = NULL;
	_cleanup_json_ struct json_object *answer = NULL;
	struct json_object *entry;
	struct disk *disk;

	*ret = (struct disk_iotune){ 0 };
	if ((flags & CHANGE_LIVE) && !machine_is_active(machine))
		return error_set(err, ERROR_STATE, "'%s' is not running", machine->name);
	if ((flags & CHANGE_CONFIG) && !machine->persistent)
		return error_set(err, ERROR_STATE, "'%s' is transient: it has no stored definition", machine->name);
	domain = domain_load(manager, machine, live, err);
	disk = domain ? domain_find_disk(domain, key) : NULL;
	if (domain && !disk)
		return error_set(err, ERROR_NOT_FOUND, "'%s' has no disk '%s'", machine->name, key);
	if (!domain || (live && !ask_entry(manager, machine, disk, "query-block", &answer, &entry, err)))
		return false;
	if (live && json_get(entry, "inserted")) {
		iotune_of_query(disk, json_get(entry, "inserted"), ret);
		return true;
	}
	*ret = disk->iotune;
	ret->node = NULL;
	ret->group_name = xstrdup_null(disk->iotune.group_name);
	return true;
}
