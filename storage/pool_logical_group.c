/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volume groups made, taken apart, and found. */
#include "storage/pool_logical.h"

#include "base/memory.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "storage/block_device.h"
#include "storage/tool.h"

#include <string.h>

static bool pvs(struct lvm_physical **ret, size_t *ret_count, struct error *err)
{
	_cleanup_free_ char *out = NULL;

	*ret = NULL;
	*ret_count = 0;
	return tool_run(LVM_PACKAGE, TOOL_ARGV("pvs", "--reportformat", "json", "-o", LVM_PHYSICAL_FIELDS), NULL, &out,
			err) &&
	       lvm_read_physicals(out, strlen(out), ret, ret_count, err);
}

/* ---- made ---- */

/* What is another group's is never taken, whatever is to be overwritten. */
static bool check_not_grouped(const struct pool *pool, struct error *err)
{
	struct lvm_physical *physicals = NULL;
	size_t count = 0;
	bool ok = pvs(&physicals, &count, err);

	for (size_t i = 0; ok && i < count; i++)
		for (size_t d = 0; ok && d < pool->device_count; d++)
			if (physicals[i].group != NULL && device_same(physicals[i].path, pool->devices[d].path))
				ok = error_set(err, ERROR_BUSY,
					       "cannot build pool '%s': '%s' belongs to volume group '%s'", pool->name,
					       physicals[i].path, physicals[i].group);
	lvm_physicals_free(physicals, count);
	return ok;
}

static bool check_build(const struct pool *pool, bool overwrite, struct error *err)
{
	_cleanup_error_ struct error why = ERROR_INIT;
	struct lvm_group group;

	if (pool->device_count == 0) {
		error_set(err, ERROR_INVALID, "cannot build pool '%s': it names no device to make a volume group of",
			  pool->name);
		return error_hint(err, "<source><device path='/dev/...'/>, or --source-dev");
	}
	if (logical_group(pool, &group, &why)) {
		lvm_group_clear(&group);
		error_set(err, ERROR_EXISTS, "cannot build pool '%s': volume group '%s' is there already", pool->name,
			  pool->source_name);
		return error_hint(err, "'virtty pool-start %s' uses it as it is", pool->name);
	}
	if (why.code != ERROR_NOT_FOUND || why.hint != NULL)
		return error_move(err, &why);
	if (!check_not_grouped(pool, err))
		return false;
	for (size_t i = 0; i < pool->device_count; i++)
		if (!block_check_device(pool, pool->devices[i].path, overwrite, err))
			return false;
	return true;
}

static bool make_group(const struct pool *pool, struct error *err)
{
	_cleanup_strv_ char **argv = strv_add(strv_add(NULL, "vgcreate"), "--yes");

	argv = strv_add(argv, pool->source_name);
	for (size_t i = 0; i < pool->device_count; i++)
		argv = strv_add(argv, pool->devices[i].path);
	return tool_run(LVM_PACKAGE, argv, NULL, NULL, err);
}

static void remove_physicals(const struct pool *pool, size_t count)
{
	for (size_t i = 0; i < count; i++)
		(void)tool_run(LVM_PACKAGE, TOOL_ARGV("pvremove", "--yes", pool->devices[i].path), NULL, NULL, NULL);
}

bool logical_build(const struct pool *pool, bool overwrite, struct error *err)
{
	size_t made = 0;
	bool ok = check_build(pool, overwrite, err);

	if (!ok)
		return false;
	for (; ok && made < pool->device_count; made += ok) {
		const char *device = pool->devices[made].path;

		ok = (!overwrite || device_wipe_signatures(device, err)) &&
		     tool_run(LVM_PACKAGE, TOOL_ARGV("pvcreate", "--yes", device), NULL, NULL, err);
	}
	if (ok && make_group(pool, err))
		return true;
	remove_physicals(pool, made);
	return error_wrap(err, "cannot build pool '%s'", pool->name);
}

/* ---- taken apart ---- */

static bool check_empty(const struct pool *pool, struct error *err)
{
	struct lvm_volume *volumes = NULL;
	size_t count = 0;

	if (!logical_volumes(pool, &volumes, &count, err))
		return false;
	lvm_volumes_free(volumes, count);
	if (count == 0)
		return true;
	error_set(err, ERROR_BUSY, "cannot delete pool '%s': volume group '%s' holds %zu volume%s", pool->name,
		  pool->source_name, count, count == 1 ? "" : "s");
	return error_hint(err, "delete them first: 'virtty vol-delete', or lvremove");
}

bool logical_remove(const struct pool *pool, struct error *err)
{
	struct lvm_physical *physicals = NULL;
	size_t count = 0;

	/* Its disks are asked for before the group is gone: they may be others than the document names. */
	if (!check_empty(pool, err) || !pvs(&physicals, &count, err))
		return false;
	bool ok = tool_run(LVM_PACKAGE, TOOL_ARGV("vgremove", "--yes", pool->source_name), NULL, NULL, err) ||
		  error_wrap(err, "cannot delete pool '%s'", pool->name);

	for (size_t i = 0; ok && i < count; i++)
		if (text_equal(physicals[i].group, pool->source_name))
			ok = tool_run(LVM_PACKAGE, TOOL_ARGV("pvremove", "--yes", physicals[i].path), NULL, NULL, err);
	lvm_physicals_free(physicals, count);
	return ok;
}

/* ---- found ---- */

/* The first disk of a group speaks for all of them. */
static bool is_first(const struct lvm_physical *physicals, size_t index)
{
	for (size_t i = 0; i < index; i++)
		if (text_equal(physicals[i].group, physicals[index].group))
			return false;
	return physicals[index].group != NULL;
}

char *logical_find_sources(const char *spec, struct error *err)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "sources");
	struct lvm_physical *physicals = NULL;
	size_t count = 0;

	(void)spec; /* there is nothing to be said of where: it is this host */
	xmlDocSetRootElement(doc, root);
	if (!pvs(&physicals, &count, err))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!is_first(physicals, i))
			continue;
		xmlNode *source = xml_add_child(root, "source", NULL);

		for (size_t j = i; j < count; j++)
			if (text_equal(physicals[j].group, physicals[i].group))
				xml_set_attribute(xml_add_child(source, "device", NULL), "path", physicals[j].path);
		xml_add_child(source, "name", physicals[i].group);
		xml_set_attribute(xml_add_child(source, "format", NULL), "type", "lvm2");
	}
	lvm_physicals_free(physicals, count);
	return xml_format(doc);
}
