/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to lvm2 about a pool's group and its volumes, answered. */
#include "storage/pool_logical.h"

#include "base/memory.h"
#include "storage/tool.h"

#include <stdlib.h>
#include <string.h>

#define REPORT "--reportformat", "json", "--units", "b", "--nosuffix"

bool logical_group(const struct pool *pool, struct lvm_group *ret, struct error *err)
{
	/* A selection that finds nothing is an answer; a group that is named and not there would be an error among
	 * others. */
	_cleanup_free_ char *selection = strf("vg_name=\"%s\"", pool->source_name), *out = NULL;

	*ret = (struct lvm_group){ 0 };
	if (!tool_run(LVM_PACKAGE, TOOL_ARGV("vgs", REPORT, "-o", LVM_GROUP_FIELDS, "--select", selection), NULL, &out,
		      err))
		return false;
	_cleanup_error_ struct error why = ERROR_INIT;

	if (lvm_read_group(out, strlen(out), ret, &why))
		return true;
	if (why.code != ERROR_NOT_FOUND)
		return error_move(err, &why);
	return error_set(err, ERROR_NOT_FOUND, "there is no volume group '%s'", pool->source_name);
}

bool logical_volumes(const struct pool *pool, struct lvm_volume **ret, size_t *ret_count, struct error *err)
{
	_cleanup_free_ char *out = NULL;

	*ret = NULL;
	*ret_count = 0;
	return tool_run(LVM_PACKAGE, TOOL_ARGV("lvs", REPORT, "-o", LVM_VOLUME_FIELDS, pool->source_name), NULL, &out,
			err) &&
	       lvm_read_volumes(out, strlen(out), ret, ret_count, err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct lvm_volume *)a)->name, ((const struct lvm_volume *)b)->name);
}

const struct lvm_volume *logical_find(const struct lvm_volume *volumes, size_t count, const char *name)
{
	struct lvm_volume key = { .name = (char *)(uintptr_t)name };

	return name != NULL && count > 0 ? bsearch(&key, volumes, count, sizeof *volumes, by_name) : NULL;
}

static char *trouble_of(const struct pool *pool, const struct lvm_volume *volume)
{
	if (volume->state == '-')
		return strf("it is not active: 'lvchange --activate y %s/%s'", pool->source_name, volume->name);
	if (volume->state == 'I' || volume->state == 'S')
		return xstrdup("the store of this snapshot overflowed: what it held is lost");
	return NULL;
}

/* Would it be lost with its origin? A thin snapshot of a thin volume stands for itself. */
static bool needs_origin(const struct lvm_volume *volume, const struct lvm_volume *all, size_t count)
{
	const struct lvm_volume *origin = logical_find(all, count, volume->origin);

	return origin != NULL &&
	       (volume->kind == LVM_SNAPSHOT || (volume->kind == LVM_THIN && origin->kind != LVM_THIN));
}

struct volume logical_volume(const struct pool *pool, const struct lvm_volume *volume, const struct lvm_volume *all,
			     size_t count)
{
	bool snapshot = volume->kind == LVM_SNAPSHOT || volume->kind == LVM_SPARSE;
	uint64_t capacity = snapshot && volume->origin_bytes > 0 ? volume->origin_bytes : volume->bytes;

	return (struct volume){
		.name = xstrdup(volume->name),
		.key = xstrdup(volume->uuid),
		.path = strf("%s/%s", pool->target, volume->name),
		.type = VOLUME_BLOCK,
		.format = IMAGE_RAW,
		.stated = true,
		.capacity = capacity,
		/* of a snapshot its store, which is taken from the group at once */
		.allocation = volume->kind == LVM_THIN ? volume->bytes / 10000 * volume->filled : volume->bytes,
		.physical = capacity,
		.unfinished = volume->unfinished,
		.backing_path =
			needs_origin(volume, all, count) ? strf("%s/%s", pool->target, volume->origin) : NULL,
		.backing_format = needs_origin(volume, all, count) ? IMAGE_RAW : IMAGE_UNKNOWN,
		.trouble = trouble_of(pool, volume),
	};
}
