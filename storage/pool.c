/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pool's document: read, completed, judged and printed again. */
#include "storage/pool.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/uuid.h"
#include "base/xml.h"
#include "storage/lvm_report.h"
#include "storage/pool_schema.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ISCSI_NAME_LIMIT	223 /* RFC 3720 */
#define MOUNT_OPTIONS_NAMESPACE "http://libvirt.org/schemas/storagepool/fs/1.0"

/* What a type needs to be of use. */
enum {
	NEEDS_HOST = 1 << 0,
	NEEDS_DEVICE = 1 << 1,
	NEEDS_DIRECTORY = 1 << 2,
	NEEDS_TARGET = 1 << 3,
	NEEDS_INITIATOR = 1 << 4,
	NOT_HERE = 1 << 5, /* libvirt knows it, and virtty has no driver of it */
};
static const unsigned needs[POOL_TYPE_COUNT] = {
	[POOL_DIR] = NEEDS_TARGET,
	[POOL_FS] = NEEDS_DEVICE | NEEDS_TARGET,
	[POOL_NETFS] = NEEDS_HOST | NEEDS_DIRECTORY | NEEDS_TARGET,
	[POOL_DISK] = NEEDS_DEVICE,
	[POOL_ISCSI] = NEEDS_HOST | NEEDS_DEVICE,
	[POOL_ISCSI_DIRECT] = NEEDS_HOST | NEEDS_DEVICE | NEEDS_INITIATOR,
	[POOL_SCSI] = NOT_HERE,
	[POOL_MPATH] = NOT_HERE,
	[POOL_RBD] = NOT_HERE,
	[POOL_SHEEPDOG] = NOT_HERE,
	[POOL_GLUSTER] = NOT_HERE,
	[POOL_ZFS] = NOT_HERE,
	[POOL_VSTORAGE] = NOT_HERE,
};

void pool_free(struct pool *pool)
{
	if (pool == NULL)
		return;
	strv_free(pool->mount_options);
	free(pool->thin_pool);
	strv_free(pool->unmodelled);
	xmlFreeDoc(pool->doc);
	free(pool->source);
	free(pool->secret_file);
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
		pool->mount_options = strv_add(pool->mount_options, name != NULL ? name : "");
	}
}

/* <virtty:thinpool name='pool0'/> */
static bool read_thin_pool(struct pool *pool, const xmlNode *node)
{
	if (node->ns == NULL || strcmp((const char *)node->ns->href, POOL_NAMESPACE) != 0 ||
	    strcmp((const char *)node->name, "thinpool") != 0)
		return false;
	free(pool->thin_pool);
	pool->thin_pool = xml_attribute(node, "name");
	return true;
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
	else if (attribute != NULL || !read_thin_pool(reading->pool, node))
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
	/* Where a group's volumes are seen is LVM's to say, whatever the document does. */
	if (pool->type == POOL_LOGICAL) {
		_cleanup_free_ char *path = strf("/dev/%s", pool->source_name);

		return text_equal(path, pool->target) || schema_set(&pool_schema, pool, "target/path", path, err);
	}
	if (pool->target != NULL)
		return true;
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

/* ---- is it of use? ---- */

/* "pool.xml:7: <path>: ...". Always false. */
static bool refuse(const char *source, const xmlNode *node, struct error *err, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static bool refuse(const char *source, const xmlNode *node, struct error *err, const char *format, ...)
{
	_cleanup_free_ char *what = NULL;
	va_list ap;

	va_start(ap, format);
	what = vstrf(format, ap);
	va_end(ap);
	return error_set(err, ERROR_INVALID, "%s:%ld: <%s>: %s", source, xml_line(node), (const char *)node->name, what);
}

static bool has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* A path that says where it leads: absolute, without "." and "..". */
static bool check_path(const struct pool *pool, const xmlNode *node, const char *path, struct error *err)
{
	_cleanup_strv_ char **parts = strv_split(path, "/");

	if (has_control(path))
		return refuse(pool->source, node, err, "the path holds a control character, as a line's end");
	if (strlen(path) >= PATH_MAX)
		return refuse(pool->source, node, err, "the path is longer than %d bytes", PATH_MAX - 1);
	if (path[0] != '/')
		return refuse(pool->source, node, err, "'%s' is not an absolute path", path);
	for (size_t i = 0; parts != NULL && parts[i] != NULL; i++)
		if (text_equal(parts[i], "..") || text_equal(parts[i], "."))
			return refuse(pool->source, node, err, "'%s' goes through '%s': write it without", path, parts[i]);
	return true;
}

bool permissions_check(const struct pool_permissions *permissions, const char *source, struct error *err)
{
	const char *mode = permissions->mode;
	int64_t id;

	if (mode != NULL && (text_empty(mode) || strspn(mode, "01234567") != strlen(mode) || strlen(mode) > 5 ||
			     strtoul(mode, NULL, 8) > 07777))
		return refuse(source, permissions->node, err, "<mode> '%s' is not a mode in octal, as 0711", mode);
	if (permissions->owner != NULL && !(text_to_int(permissions->owner, &id) && id >= -1 && id < UINT32_MAX))
		return refuse(source, permissions->node, err, "<owner> '%s' is not a user's number", permissions->owner);
	if (permissions->group != NULL && !(text_to_int(permissions->group, &id) && id >= -1 && id < UINT32_MAX))
		return refuse(source, permissions->node, err, "<group> '%s' is not a group's number", permissions->group);
	return true;
}

/* Words that become words of a command line must not be taken for options, nor for two of them. */
static bool check_host(const struct pool *pool, const struct pool_host *host, struct error *err)
{
	if (host->name[0] == '-' || has_control(host->name) || strpbrk(host->name, " /,\\") != NULL)
		return refuse(pool->source, host->node, err, "'%s' is no server's name or address", host->name);
	return true;
}

static bool check_source_words(const struct pool *pool, struct error *err)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
	const xmlNode *source = xml_child(pool->node, "source");
	const char *version = pool->protocol_version;

	if (pool->format != NULL &&
	    (strspn(pool->format, letters) == 0 || pool->format[strcspn(pool->format, " ,/")] != '\0' || has_control(pool->format)))
		return refuse(pool->source, xml_child(source, "format"), err, "'%s' is no format's name", pool->format);
	if (version != NULL && (*version == '\0' || strspn(version, "0123456789.") != strlen(version)))
		return refuse(pool->source, xml_child(source, "protocol"), err, "'%s' is no version of NFS", version);
	for (size_t i = 0; i < pool->host_count; i++)
		if (!check_host(pool, &pool->hosts[i], err))
			return false;
	for (size_t i = 0; pool->mount_options != NULL && pool->mount_options[i] != NULL; i++)
		if (pool->mount_options[i][0] == '\0' || strchr(pool->mount_options[i], ',') != NULL ||
		    has_control(pool->mount_options[i]))
			return refuse(pool->source, pool->node, err, "<mount_opts>: '%s' is not one option of mount",
				      pool->mount_options[i]);
	return true;
}

static bool check_paths(const struct pool *pool, struct error *err)
{
	bool is_path = pool->type == POOL_FS || pool->type == POOL_DISK || pool->type == POOL_LOGICAL;

	if (pool->target != NULL &&
	    !check_path(pool, xml_child(xml_child(pool->node, "target"), "path"), pool->target, err))
		return false;
	if (pool->directory != NULL &&
	    !check_path(pool, xml_child(xml_child(pool->node, "source"), "dir"), pool->directory, err))
		return false;
	for (size_t i = 0; is_path && i < pool->device_count; i++)
		if (!check_path(pool, pool->devices[i].node, pool->devices[i].path, err))
			return false;
	return true;
}

/* A volume group's name, and what becomes of it. */
static bool check_group(const struct pool *pool, struct error *err)
{
	const xmlNode *source = xml_child(pool->node, "source");

	if (pool->type != POOL_LOGICAL)
		return true;
	if (!lvm_name_valid(pool->source_name))
		return refuse(pool->source, xml_child(source, "name"), err,
			      "'%s' is no name of a volume group: LVM takes letters, digits and + _ . -",
			      pool->source_name);
	if (pool->thin_pool != NULL && !lvm_name_valid(pool->thin_pool))
		return refuse(pool->source, pool->node, err, "<thinpool>: '%s' is no name of a thin pool",
			      pool->thin_pool);
	if (pool->format != NULL && !text_equal(pool->format, "lvm2") && !text_equal(pool->format, "unknown"))
		return refuse(pool->source, xml_child(source, "format"), err, "'%s': a pool of type logical is lvm2",
			      pool->format);
	return true;
}

static bool check_needs(const struct pool *pool, struct error *err)
{
	unsigned needed = needs[pool->type];

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
	return true;
}

/* A name of iSCSI's: it becomes the name of a file, and a word of a command line. */
static bool check_iscsi_name(const struct pool *pool, const char *what, const char *name, struct error *err)
{
	static const char *const kinds[] = { "iqn.", "eui.", "naa." };

	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		if (text_starts(name, kinds[i]) && strlen(name) <= ISCSI_NAME_LIMIT &&
		    strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_") == strlen(name))
			return true;
	return error_set(err, ERROR_INVALID, "%s:%ld: <pool>: %s '%s' is no name of iSCSI's, as iqn.2026-01.org.example:disk", pool->source,
			 xml_line(pool->node), what, name);
}

static bool check_iscsi(const struct pool *pool, struct error *err)
{
	if (pool->type != POOL_ISCSI && pool->type != POOL_ISCSI_DIRECT)
		return true;
	if (!check_iscsi_name(pool, "the target", pool->devices[0].path, err) ||
	    (pool->initiator != NULL && !check_iscsi_name(pool, "the initiator", pool->initiator, err)))
		return false;
	if (pool->auth_type != NULL && !text_equal(pool->auth_type, "chap"))
		return error_set(err, ERROR_UNSUPPORTED, "%s:%ld: <pool>: <auth type='%s'>: iSCSI logs in by 'chap'", pool->source,
				 xml_line(pool->node), pool->auth_type);
	if ((pool->auth_type != NULL || pool->secret_usage != NULL || pool->secret_uuid != NULL) &&
	    (text_empty(pool->auth_user) || strpbrk(pool->auth_user, "\r\n") != NULL))
		return fail(pool, "<auth> does not say who logs in: username='...'", err);
	return true;
}

bool pool_validate(const struct pool *pool, struct error *err)
{
	if (needs[pool->type] & NOT_HERE) {
		error_set(err, ERROR_UNSUPPORTED, "%s:%ld: <pool>: pools of type '%s' are not supported", pool->source,
			  xml_line(pool->node), enum_word(&pool_type_words, (int)pool->type));
		return error_hint(err, "mount or attach it by the host's own means, and make a pool of type dir of it");
	}
	if (!name_check("name", pool->name, err))
		return error_wrap(err, "%s:%ld: <pool>", pool->source, xml_line(pool->node));
	return check_needs(pool, err) && check_paths(pool, err) && check_source_words(pool, err) &&
	       check_group(pool, err) && check_iscsi(pool, err) && permissions_check(&pool->permissions, pool->source, err);
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
