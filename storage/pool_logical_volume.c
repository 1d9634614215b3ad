/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Logical volumes made, resized, deleted. */
#include "storage/pool_logical.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "storage/tool.h"

#include <inttypes.h>
#include <string.h>

/* The group and what is in it, for one change. */
struct view {
	struct lvm_group group;
	struct lvm_volume *volumes; /* owned */
	size_t count;
};
#define _cleanup_view_ _cleanup_(view_clear)

static void view_clear(struct view *view)
{
	lvm_group_clear(&view->group);
	lvm_volumes_free(view->volumes, view->count);
	*view = (struct view){ 0 };
}

static bool view_read(const struct pool *pool, struct view *ret, struct error *err)
{
	return logical_group(pool, &ret->group, err) && logical_volumes(pool, &ret->volumes, &ret->count, err);
}

static uint64_t whole_extents(const struct view *view, uint64_t bytes)
{
	uint64_t extent = view->group.extent_bytes;

	return extent == 0 || bytes % extent == 0 ? bytes : bytes + (extent - bytes % extent);
}

static bool check_room(const struct view *view, uint64_t bytes, struct error *err)
{
	_cleanup_free_ char *where = strf("volume group '%s'", view->group.name);

	return block_room(where, whole_extents(view, bytes), view->group.free_bytes, err);
}

/* ---- what is made ---- */

/* The thin pool for volumes that take no room before they are written: the one that the pool's document names, else the
 * only one there is. *ret NULL: none. */
static bool find_thin_pool(const struct pool *pool, const struct view *view, const char **ret, struct error *err)
{
	*ret = NULL;
	for (size_t i = 0; i < view->count; i++) {
		const struct lvm_volume *volume = &view->volumes[i];

		if (volume->kind != LVM_THIN_POOL ||
		    (pool->thin_pool != NULL && !text_equal(pool->thin_pool, volume->name)))
			continue;
		if (*ret != NULL) {
			error_set(err, ERROR_INVALID, "volume group '%s' has several thin pools, as '%s' and '%s'",
				  view->group.name, *ret, volume->name);
			return error_hint(
				err, "name one in the pool's document: <virtty:thinpool name='%s' xmlns:virtty='%s'/>",
				*ret, POOL_NAMESPACE);
		}
		*ret = volume->name;
	}
	return *ret != NULL || pool->thin_pool == NULL ||
	       error_set(err, ERROR_NOT_FOUND, "volume group '%s' has no thin pool '%s'", view->group.name,
			 pool->thin_pool);
}

static char **begin(const struct volume_request *request)
{
	char **argv = strv_add(strv_add(NULL, "lvcreate"), "--yes");

	if (request->unfinished)
		argv = strv_add(strv_add(argv, "--addtag"), LVM_UNFINISHED);
	return strv_add(strv_add(argv, "--name"), request->name);
}

static char **add_size(char **argv, const char *option, uint64_t bytes)
{
	return strv_addf(strv_add(argv, option), "%" PRIu64 "b", bytes);
}

/* A snapshot of another volume of the group. Owned argv; NULL on error. */
static char **snapshot_argv(const struct pool *pool, const struct volume_request *request, const struct view *view,
			    struct error *err)
{
	size_t prefix = strlen(pool->target);
	const char *name = text_starts(request->backing_path, pool->target) && request->backing_path[prefix] == '/'
				   ? request->backing_path + prefix + 1
				   : NULL;
	const struct lvm_volume *origin = logical_find(view->volumes, view->count, name);
	char **argv = begin(request);

	if (origin == NULL) {
		error_set(err, ERROR_INVALID, "'%s' is no volume of volume group '%s', and nothing else can be behind one",
			  request->backing_path, view->group.name);
	} else if (origin->kind == LVM_SNAPSHOT || origin->kind == LVM_SPARSE) {
		error_set(err, ERROR_UNSUPPORTED, "'%s' is a snapshot itself, and LVM makes none of those",
			  origin->name);
	} else if (request->capacity.value > whole_extents(view, origin->bytes)) {
		_cleanup_free_ char *size = size_format(origin->bytes);

		error_set(err, ERROR_INVALID, "a snapshot of '%s' is as large as that: %s", origin->name, size);
	} else if (origin->kind == LVM_THIN) {
		/* Thin snapshots are passed over at activation, where that is not said otherwise. */
		argv = strv_add(strv_add(strv_add(argv, "--snapshot"), "--setactivationskip"), "n");
		return strv_addf(argv, "%s/%s", view->group.name, origin->name);
	} else {
		/* Every block of the origin may change: a store that is smaller overflows then, and the snapshot is
		 * lost. */
		uint64_t bytes = request->allocation.set && request->allocation.value > 0 ? request->allocation.value
											 : origin->bytes;

		if (check_room(view, bytes, err))
			return strv_addf(add_size(strv_add(argv, "--snapshot"), "--size", bytes), "%s/%s",
					 view->group.name, origin->name);
	}
	strv_free(argv);
	return NULL;
}

/* Less is taken at once than the guest sees. Owned argv; NULL on error. */
static char **sparse_argv(const struct pool *pool, const struct volume_request *request, const struct view *view,
			  struct error *err)
{
	const char *thin_pool = NULL;
	uint64_t bytes = request->allocation.value;

	if (!find_thin_pool(pool, view, &thin_pool, err))
		return NULL;
	if (thin_pool != NULL) {
		char **argv = add_size(begin(request), "--virtualsize", request->capacity.value);

		return strv_addf(strv_add(argv, "--thinpool"), "%s/%s", view->group.name, thin_pool);
	}
	if (bytes == 0) {
		error_set(err, ERROR_UNSUPPORTED,
			  "volume group '%s' has no thin pool: a volume cannot begin with nothing", view->group.name);
		error_hint(err, "'lvcreate --type thin-pool --size SIZE --name NAME %s' makes one; without "
				"--allocation all is taken at once",
			   view->group.name);
		return NULL;
	}
	if (!check_room(view, bytes, err))
		return NULL;
	/* As libvirt does: a snapshot of zeroes. */
	char **argv = add_size(strv_add(strv_add(begin(request), "--type"), "snapshot"), "--size", bytes);

	return strv_add(add_size(argv, "--virtualsize", request->capacity.value), view->group.name);
}

static char **create_argv(const struct pool *pool, const struct volume_request *request, const struct view *view,
			  struct error *err)
{
	if (request->backing_path != NULL)
		return snapshot_argv(pool, request, view, err);
	if (request->allocation.set && request->allocation.value < request->capacity.value)
		return sparse_argv(pool, request, view, err);
	return check_room(view, request->capacity.value, err)
		       ? strv_add(add_size(begin(request), "--size", request->capacity.value), view->group.name)
		       : NULL;
}

/* What was made, as LVM sees it. */
static bool read_made(const struct pool *pool, const char *name, struct volume *ret, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	const struct lvm_volume *volume;

	if (!view_read(pool, &view, err))
		return false;
	volume = logical_find(view.volumes, view.count, name);
	if (volume == NULL)
		return error_set(err, ERROR_FAILED, "it was deleted as soon as it was made");
	*ret = logical_volume(pool, volume, view.volumes, view.count);
	return true;
}

static bool remove_volume(const struct pool *pool, const char *name, struct error *err)
{
	_cleanup_free_ char *both = strf("%s/%s", pool->source_name, name);

	return tool_run(LVM_PACKAGE, TOOL_ARGV("lvremove", "--yes", both), NULL, NULL, err);
}

bool logical_create(const struct pool *pool, const struct volume_request *request, const char *secret_file,
		    struct volume *ret, char ***ret_argv, struct error *err)
{
	_cleanup_view_ struct view view = { 0 };
	_cleanup_strv_ char **argv = NULL;

	(void)secret_file; /* nothing is encrypted here: the check below says so */
	*ret_argv = NULL;
	if (!volume_name_check(pool->type, request->name, err) || !block_request_check(pool, request, err) ||
	    !view_read(pool, &view, err))
		return false;
	if (logical_find(view.volumes, view.count, request->name) != NULL)
		return error_set(err, ERROR_EXISTS, "volume '%s' exists already in pool '%s'", request->name,
				 pool->name);
	argv = create_argv(pool, request, &view, err);
	if (argv == NULL || !tool_run(LVM_PACKAGE, argv, NULL, NULL, err))
		return false;
	if (read_made(pool, request->name, ret, err) && block_set_owner(ret->path, &request->permissions, err))
		return true;
	volume_clear(ret);
	(void)remove_volume(pool, request->name, NULL);
	return false;
}

/* ---- what is there ---- */

/* The volume by its name, if it is still the same. Borrowed from the view. */
static const struct lvm_volume *find_same(const struct view *view, const struct volume *volume, struct error *err)
{
	const struct lvm_volume *found = logical_find(view->volumes, view->count, volume->name);

	if (found != NULL && (volume->key == NULL || text_equal(found->uuid, volume->key)))
		return found;
	error_set(err, ERROR_NOT_FOUND,
		  found == NULL ? "volume '%s' is no longer there" : "volume '%s' is another one by now", volume->name);
	return NULL;
}

bool logical_finish(const struct pool *pool, const struct volume *volume, struct error *err)
{
	_cleanup_free_ char *both = strf("%s/%s", pool->source_name, volume->name);

	return tool_run(LVM_PACKAGE, TOOL_ARGV("lvchange", "--deltag", LVM_UNFINISHED, both), NULL, NULL, err);
}

/* lvremove would take the snapshots of a volume along. */
static bool check_snapshots(const struct view *view, const struct lvm_volume *volume, struct error *err)
{
	for (size_t i = 0; i < view->count; i++)
		if (view->volumes[i].kind == LVM_SNAPSHOT && text_equal(view->volumes[i].origin, volume->name))
			return error_set(err, ERROR_BUSY, "cannot delete volume '%s': '%s' is a snapshot of it",
					 volume->name, view->volumes[i].name);
	return true;
}

bool logical_delete(const struct pool *pool, const struct volume *volume, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	_cleanup_view_ struct view view = { 0 };
	const struct lvm_volume *found;

	if (!view_read(pool, &view, err))
		return false;
	found = find_same(&view, volume, &why);
	/* Gone is what it was to be. */
	if (found == NULL)
		return logical_find(view.volumes, view.count, volume->name) == NULL || error_move(err, &why);
	if (volume->unfinished && !found->unfinished)
		return true;
	return check_snapshots(&view, found, err) && block_check_free(volume, "delete", err) &&
	       remove_volume(pool, volume->name, err);
}

static bool check_resizable(const struct lvm_volume *volume, bool allocate, struct error *err)
{
	if (volume->kind == LVM_SNAPSHOT || volume->kind == LVM_SPARSE)
		return error_set(err, ERROR_UNSUPPORTED, "volume '%s' is a snapshot: its size is that of its origin",
				 volume->name);
	if (volume->kind == LVM_THIN && allocate)
		return error_set(err, ERROR_UNSUPPORTED, "volume '%s' is thin: it takes room as it is written",
				 volume->name);
	return true;
}

bool logical_resize(const struct pool *pool, const struct volume *volume, uint64_t bytes, bool shrink, bool allocate,
		    struct error *err)
{
	_cleanup_free_ char *size = NULL, *both = strf("%s/%s", pool->source_name, volume->name);
	_cleanup_view_ struct view view = { 0 };
	const struct lvm_volume *found;

	if (!view_read(pool, &view, err) || (found = find_same(&view, volume, err)) == NULL ||
	    !check_resizable(found, allocate, err))
		return false;
	bytes = whole_extents(&view, bytes);
	if (bytes == 0)
		return error_set(err, ERROR_INVALID, "volume '%s' cannot have a size of nothing", volume->name);
	if (bytes == found->bytes)
		return true;
	size = strf("%" PRIu64 "b", bytes);
	if (bytes > found->bytes)
		return (found->kind == LVM_THIN || check_room(&view, bytes - found->bytes, err)) &&
		       tool_run(LVM_PACKAGE, TOOL_ARGV("lvextend", "--size", size, both), NULL, NULL, err);
	return (shrink || error_set(err, ERROR_INVALID, "volume '%s' would shrink", volume->name)) &&
	       tool_run(LVM_PACKAGE, TOOL_ARGV("lvreduce", "--yes", "--force", "--size", size, both), NULL, NULL, err);
}
