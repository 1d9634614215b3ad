/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pools of type logical: an LVM volume group, whose logical volumes are the pool's. */
#include "storage/pool_logical.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/pool_drivers.h"
#include "storage/tool.h"


/* ---- questions ---- */

/* ---- life ---- */

static bool logical_check(const struct pool *pool, bool *ret_active, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	struct lvm_group group;

	*ret_active = logical_group(pool, &group, &why);
	lvm_group_clear(&group);
	return *ret_active || why.code == ERROR_NOT_FOUND || error_move(err, &why);
}

static bool logical_start(const struct pool *pool, struct error *err)
{
	struct lvm_group group;
	bool ok = logical_group(pool, &group, err);

	if (!ok) {
		error_wrap(err, "cannot start pool '%s'", pool->name);
		if (err != NULL && err->code == ERROR_NOT_FOUND && err->hint == NULL)
			error_hint(err, "'virtty pool-build %s' makes it of the pool's devices", pool->name);
		return false;
	}
	if (group.partial)
		ok = error_set(err, ERROR_STATE, "cannot start pool '%s': a disk of volume group '%s' is missing",
			       pool->name, group.name);
	lvm_group_clear(&group);
	return ok && (tool_run(LVM_PACKAGE, TOOL_ARGV("vgchange", "--activate", "y", pool->source_name), NULL, NULL,
			       err) ||
		      error_wrap(err, "cannot start pool '%s'", pool->name));
}

/* vgchange would take away what it can, and fail for the rest: here it is all or nothing. */
static bool check_all_closed(const struct pool *pool, struct error *err)
{
	struct lvm_volume *volumes = NULL;
	size_t count = 0, open = 0;
	_cleanup_strv_ char **names = NULL;

	if (!logical_volumes(pool, &volumes, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		if (volumes[i].open && volumes[i].kind != LVM_HIDDEN && volumes[i].kind != LVM_THIN_POOL && open++ < 8)
			names = strv_addf(names, "'%s'", volumes[i].name);
	lvm_volumes_free(volumes, count);
	if (open == 0)
		return true;
	_cleanup_free_ char *list = strv_join(names, ", ");

	return error_set(err, ERROR_BUSY, "cannot stop pool '%s': in use: %s%s", pool->name, list,
			 open > 8 ? ", ..." : "");
}

static bool logical_stop(const struct pool *pool, struct error *err)
{
	bool there = false;

	if (!logical_check(pool, &there, err))
		return false;
	if (!there)
		return true;
	return check_all_closed(pool, err) && (tool_run(LVM_PACKAGE,
							TOOL_ARGV("vgchange", "--activate", "n", pool->source_name),
							NULL, NULL, err) ||
					       error_wrap(err, "cannot stop pool '%s'", pool->name));
}

/* ---- what is in it ---- */

/* What a thin pool has not filled is free as well. */
static struct pool_figures figures_of(const struct lvm_group *group, const struct lvm_volume *volumes, size_t count)
{
	struct pool_figures figures = { .capacity = group->bytes, .available = group->free_bytes };

	for (size_t i = 0; i < count; i++)
		if (volumes[i].kind == LVM_THIN_POOL)
			figures.available += volumes[i].bytes - volumes[i].bytes / 10000 * volumes[i].filled;
	if (figures.available > figures.capacity)
		figures.available = figures.capacity;
	figures.allocation = figures.capacity - figures.available;
	return figures;
}

static bool logical_refresh(const struct pool *pool, const struct volume *known, size_t known_count,
			    struct volume **ret, size_t *ret_count, struct pool_figures *ret_figures,
			    struct error *err)
{
	struct lvm_volume *found = NULL;
	struct lvm_group group;
	size_t count = 0, shown = 0;

	(void)known;
	(void)known_count;
	if (!logical_group(pool, &group, err))
		return false;
	if (!logical_volumes(pool, &found, &count, err)) {
		lvm_group_clear(&group);
		return false;
	}
	struct volume *volumes = xcalloc(count + 1, sizeof *volumes);

	for (size_t i = 0; i < count; i++)
		if (found[i].kind != LVM_HIDDEN && found[i].kind != LVM_THIN_POOL && !found[i].unfinished)
			volumes[shown++] = logical_volume(pool, &found[i], found, count);
	*ret_figures = figures_of(&group, found, count);
	*ret = volumes;
	*ret_count = shown;
	lvm_volumes_free(found, count);
	lvm_group_clear(&group);
	return true;
}

static char *logical_path(const struct pool *pool, const char *name, struct error *err)
{
	return volume_name_check(pool->type, name, err) ? strf("%s/%s", pool->target, name) : NULL;
}

const struct pool_driver pool_logical = {
	.type = POOL_LOGICAL,
	.check = logical_check,
	.build = logical_build,
	.start = logical_start,
	.stop = logical_stop,
	.remove = logical_remove,
	.refresh = logical_refresh,
	.path = logical_path,
	.create = logical_create,
	.finish = logical_finish,
	.delete = logical_delete,
	.resize = logical_resize,
	.find_sources = logical_find_sources,
};
