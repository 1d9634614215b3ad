/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool's document: read, completed, judged and printed again. */
#include "storage/pool.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "storage/pool_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define MOUNT_OPTIONS_NAMESPACE "http://libvirt.org/schemas/storagepool/fs/1.0"

/* What a type needs to be of use. */
enum {
	NEEDS_HOST = 1 << 0,
	NEEDS_DEVICE = 1 << 1,
	NEEDS_DIRECTORY = 1 << 2,
	NEEDS_TARGET = 1 << 3,
	NEEDS_INITIATOR = 1 << 4
};
static const unsigned needs[POOL_TYPE_COUNT] = {
	[POOL_DIR] = NEEDS_TARGET,
	[POOL_FS] = NEEDS_DEVICE | NEEDS_TARGET,
	[POOL_NETFS] = NEEDS_HOST | NEEDS_DIRECTORY | NEEDS_TARGET,
	[POOL_DISK] = NEEDS_DEVICE,
	[POOL_ISCSI] = NEEDS_HOST | NEEDS_DEVICE,
	[POOL_ISCSI_DIRECT] = NEEDS_HOST | NEEDS_DEVICE | NEEDS_INITIATOR,
};

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	strv_free(pool->mount_options);
	strv_free(pool->unmodelled);
	xmlFreeDoc(pool->doc);
	free(pool->source);
	schema_free(&pool_schema, pool);
	free(pool);
}

static bool is_mount_options(const xmlNode *node)
{
	return node->ns != NULL && strcmp((const char *)node->ns->href, MOUNT_OPTIONS_NAMESPACE) == 0 &&
	       strcmp((const char *)node->name, "mount_opts") == 0;
}

/* <fs:mount_opts><fs:option name='sync'/></fs:mount_opts> */
static void read_mount_options(struct pool *pool, const xmlNode *node)
{
	for (const xmlNode *option = node->children; option != NULL; option = option->next) {
		_cleanup_free_ char *name = NULL;

		if (option->type != XML_ELEMENT_NODE || strcmp((const char *)option->name, "option") != 0)
			continue;
		name = xml_attribute(option, "name");
		if (!text_empty(name))
			pool->mount_options = strv_add(pool->mount_options, name);
	}
}

struct pool_reading {
	struct unmodelled_lines lines;
	struct pool *pool;
};

static void unmodelled_in_pool(void *context, const xmlNode *node, const xmlAttr *attribute)
{
	struct pool_reading *reading = context;

	if (attribute == NULL && is_mount_options(node))
		read_mount_options(reading->pool, node);
	else
		unmodelled_line(&reading->lines, node, attribute);
}

struct pool *pool_parse(const char *source, const char *text, size_t length, struct error *err)
{
	_cleanup_pool_ struct pool *pool = xcalloc(1, sizeof *pool);
	struct pool_reading reading = { { source, NULL }, pool };
	struct schema_reader reader = { source, unmodelled_in_pool, &reading };

	pool->source = xstrdup(source);
	pool->doc = xml_parse(source, text, length, err);
	if (pool->doc == NULL)
		return NULL;
	xmlNode *root = xmlDocGetRootElement(pool->doc);

	if (strcmp((const char *)root->name, "pool") != 0 || root->ns != NULL) {
		error_set(err, ERROR_INVALID, "%s:%ld: <%s>: not a pool's definition, which begins with <pool>", source,
			  xml_line(root), (const char *)root->name);
		return NULL;
	}
	bool ok = schema_parse(&pool_schema, root, pool, &reader, err);

	pool->unmodelled = reading.lines.lines;
	return ok ? TAKE_POINTER(pool) : NULL;
}

static bool fail(const struct pool *pool, const char *what, struct error *err)
{
	return error_set(err, ERROR_INVALID, "%s:%ld: <pool>: %s", pool->source, xml_line(pool->node), what);
}

/* What libvirt too takes for granted: a volume group is called as the pool, and devices are seen under /dev. */
static bool settle_defaults(struct pool *pool, struct error *err)
{
	if (pool->type == POOL_LOGICAL && pool->source_name == NULL &&
	    !schema_set(&pool_schema, pool, "source/name", pool->name, err))
		return false;
	if (pool->target != NULL)
		return true;
	if (pool->type == POOL_LOGICAL) {
		_cleanup_free_ char *path = strf("/dev/%s", pool->source_name);

		return schema_set(&pool_schema, pool, "target/path", path, err);
	}
	if (pool->type == POOL_DISK || pool->type == POOL_ISCSI)
		return schema_set(&pool_schema, pool, "target/path",
				  pool->type == POOL_DISK ? "/dev" : "/dev/disk/by-path", err);
	return true;
}

bool pool_settle(struct pool *pool, struct error *err)
{
	if (pool->uuid == NULL) {
		char uuid[UUID_TEXT_SIZE];

		uuid_make(uuid);
		if (!schema_set(&pool_schema, pool, "uuid", uuid, err))
			return false;
	}
	if (pool->name == NULL) {
		/* libvirt names a pool after its volume group */
		if (pool->source_name == NULL)
			return fail(pool, "<name> is missing", err);
		if (!schema_set(&pool_schema, pool, "name", pool->source_name, err))
			return false;
	}
	return settle_defaults(pool, err);
}

/* A path that says where it leads: absolute, without "." and "..". */
static bool check_path(const struct pool *pool, const char *path, const char *what, struct error *err)
{
	_cleanup_strv_ char **parts = strv_split(path, "/");

	if (path[0] != '/')
		return error_set(err, ERROR_INVALID, "%s: %s '%s' is not an absolute path", pool->source, what, path);
	for (size_t i = 0; parts != NULL && parts[i] != NULL; i++)
		if (text_equal(parts[i], "..") || text_equal(parts[i], "."))
			return error_set(err, ERROR_INVALID, "%s: %s '%s' goes through '%s': write it without",
					 pool->source, what, path, parts[i]);
	return true;
}

static bool check_permissions(const struct pool *pool, struct error *err)
{
	const struct pool_permissions *permissions = &pool->permissions;
	int64_t id;

	if (permissions->mode != NULL &&
	    (strspn(permissions->mode, "01234567") != strlen(permissions->mode) || strlen(permissions->mode) > 4))
		return error_set(err, ERROR_INVALID, "%s: <mode> '%s' is not a mode in octal, as 0711", pool->source,
				 permissions->mode);
	if (permissions->owner != NULL && !(text_to_int(permissions->owner, &id) && id >= -1 && id < UINT32_MAX))
		return error_set(err, ERROR_INVALID, "%s: <owner> '%s' is not a user's number", pool->source,
				 permissions->owner);
	if (permissions->group != NULL && !(text_to_int(permissions->group, &id) && id >= -1 && id < UINT32_MAX))
		return error_set(err, ERROR_INVALID, "%s: <group> '%s' is not a group's number", pool->source,
				 permissions->group);
	return true;
}

bool pool_validate(const struct pool *pool, struct error *err)
{
	unsigned needed = needs[pool->type];

	if (!name_check("name", pool->name, err))
		return error_wrap(err, "%s:%ld: <pool>", pool->source, xml_line(pool->node));
	if ((needed & NEEDS_TARGET) && text_empty(pool->target))
		return fail(pool, "<target><path> is missing: where its volumes are to be seen", err);
	if ((needed & NEEDS_HOST) && pool->host_count == 0)
		return fail(pool, "<source><host name=> is missing: the server", err);
	if (pool->host_count > 1 && (needed & NEEDS_HOST))
		return fail(pool, "more than one <host> is not possible for this type", err);
	if ((needed & NEEDS_DEVICE) && pool->device_count == 0)
		return fail(pool, "<source><device path=> is missing", err);
	if (pool->device_count > 1 && pool->type != POOL_LOGICAL)
		return fail(pool, "more than one <device> is not possible for this type", err);
	if ((needed & NEEDS_DIRECTORY) && text_empty(pool->directory))
		return fail(pool, "<source><dir path=> is missing: what the server exports", err);
	if ((needed & NEEDS_INITIATOR) && text_empty(pool->initiator))
		return fail(pool, "<source><initiator><iqn name=> is missing: who logs in", err);
	if (pool->target != NULL && !check_path(pool, pool->target, "<target><path>", err))
		return false;
	if (pool->directory != NULL && !check_path(pool, pool->directory, "<source><dir>", err))
		return false;
	return check_permissions(pool, err);
}

static void put_size(xmlNode *after, const char *name, uint64_t bytes, xmlNode **ret)
{
	_cleanup_free_ char *text = strf("%" PRIu64, bytes);
	xmlNode *node = xml_child(after->parent, name);

	if (node == NULL)
		node = xml_add_after(after, name, NULL);
	xml_set_text(node, text);
	xml_set_attribute(node, "unit", "bytes");
	*ret = node;
}

char *pool_format(const struct pool *pool, const struct pool_figures *figures)
{
	if (figures == NULL)
		return xml_format(pool->doc);
	_cleanup_xmldoc_ xmlDoc *copy = xmlCopyDoc(pool->doc, 1);
	xmlNode *root = xmlDocGetRootElement(copy);
	xmlNode *at = xml_child(root, "uuid");

	if (at == NULL)
		at = xml_child(root, "name");
	if (at != NULL) {
		put_size(at, "capacity", figures->capacity, &at);
		put_size(at, "allocation", figures->allocation, &at);
		put_size(at, "available", figures->available, &at);
	}
	return xml_format(copy);
}
