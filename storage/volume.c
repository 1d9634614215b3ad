/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes: their names, the documents that ask for new ones, the documents that describe them. */
#include "storage/volume.h"

#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "storage/pool_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NAME_LIMIT 255
#define LV_LIMIT   127 /* lvm(8) */
#define UNFINISHED_LIMIT 200 /* of a name that is used whole while its volume is made */

ENUM_WORDS(volume_type, VOLUME_TYPE_COUNT, "file", "block", "dir", "network");

void volume_clear(struct volume *volume)
{
	free(volume->name);
	free(volume->key);
	free(volume->path);
	free(volume->backing_path);
	free(volume->trouble);
	*volume = (struct volume){ 0 };
}

void volumes_free(struct volume *volumes, size_t count)
{
	for (size_t i = 0; volumes != NULL && i < count; i++)
		volume_clear(&volumes[i]);
	free(volumes);
}

bool volume_name_check(enum pool_type type, const char *name, struct error *err)
{
	size_t length = strlen(name);

	if (length == 0)
		return error_set(err, ERROR_INVALID, "a volume's name cannot be empty");
	if (length > (type == POOL_LOGICAL ? LV_LIMIT : NAME_LIMIT))
		return error_set(err, ERROR_INVALID, "volume '%.40s...': the name is longer than %d bytes", name,
				 type == POOL_LOGICAL ? LV_LIMIT : NAME_LIMIT);
	if (!utf8_valid(name, length))
		return error_set(err, ERROR_INVALID, "a volume's name must be UTF-8");
	for (const char *at = name; *at != '\0'; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			return error_set(err, ERROR_INVALID,
					 "a volume's name cannot hold control characters, as a line's end");
	if (strchr(name, '/') != NULL)
		return error_set(err, ERROR_INVALID, "volume '%s': a name cannot hold '/': it lies right in its pool",
				 name);
	if (name[0] == '.')
		return error_set(err, ERROR_INVALID, "volume '%s': a name cannot begin with '.'", name);
	if (type == POOL_LOGICAL &&
	    (name[0] == '-' ||
	     strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+_.-") != length))
		return error_set(err, ERROR_INVALID, "volume '%s': LVM takes letters, digits and + _ . - in a name",
				 name);
	return true;
}

char *volume_unfinished_path(const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t directory = slash != NULL ? (size_t)(slash - path) + 1 : 0;

	const char *name = path + directory;

	if (strlen(name) <= UNFINISHED_LIMIT)
		return strf("%.*s.virtty-%s.part", (int)directory, path, name);
	/* Two long names may begin alike. */
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (const char *at = name; *at != '\0'; at++)
		hash = (hash ^ (unsigned char)*at) * UINT64_C(0x100000001b3);
	return strf("%.*s.virtty-%.*s-%016" PRIx64 ".part", (int)directory, path, UNFINISHED_LIMIT - 40, name, hash);
}

void volume_request_clear(struct volume_request *request)
{
	strv_free(request->unmodelled);
	xmlFreeDoc(request->doc);
	free(request->source);
	schema_free(&volume_schema, request); /* which leaves it zeroed */
}

static bool fail(const struct volume_request *request, const char *what, struct error *err)
{
	return error_set(err, ERROR_INVALID, "%s:%ld: <volume>: %s", request->source, xml_line(request->node), what);
}

/* What only some formats have: asked for of another one it would be left out in silence. */
static bool check_format(const struct volume_request *request, struct error *err)
{
	if (request->format == IMAGE_ISO)
		return fail(request, "format iso is what is found, and not what is made: take raw", err);
	if (request->format != IMAGE_RAW && request->format != IMAGE_UNKNOWN)
		return true; /* qemu-img's to judge */
	if (request->backing_path != NULL && request->format == IMAGE_RAW)
		return fail(request, "a raw image has no backing file: take qcow2", err);
	if (request->backing_path == NULL &&
	    (request->cluster_bytes.set || request->compat != NULL || request->lazy_refcounts))
		return fail(request, "cluster size, compat and lazy refcounts are qcow2's", err);
	return true;
}

static bool check_request(const struct volume_request *request, struct error *err)
{
	if (!volume_name_check(POOL_DIR, request->name, err))
		return error_wrap(err, "%s:%ld: <name>", request->source, xml_line(request->node));
	if (!check_format(request, err) || !permissions_check(&request->permissions, request->source, err))
		return false;
	if (request->encryption != NULL && !text_equal(request->encryption, "luks"))
		return fail(request, "only luks encryption is of use: qcow2's own is broken, and QEMU takes it no more",
			    err);
	if (request->encryption != NULL && request->secret_uuid == NULL && request->secret_usage == NULL)
		return fail(request, "<encryption> names no <secret>: 'virtty secret-define' makes one", err);
	if (request->backing_path != NULL && request->backing_path[0] != '/')
		return fail(request, "the backing file's path is not absolute", err);
	if (request->cluster_bytes.set &&
	    (request->cluster_bytes.value < 512 || request->cluster_bytes.value > 2 * 1024 * 1024 ||
	     (request->cluster_bytes.value & (request->cluster_bytes.value - 1)) != 0))
		return fail(request, "<clusterSize> must be a power of two from 512 bytes to 2 MiB", err);
	return true;
}

/* One word says which format an image has, or what a partition holds. Always true. */
static bool settle_format(struct volume_request *request)
{
	int format = enum_value(&image_format_words, request->format_word);
	int content = enum_value(&disk_content_words, request->format_word);

	if (format > 0)
		request->format = (enum image_format)format;
	request->is_partition = format <= 0 && content >= 0;
	if (request->is_partition)
		request->content = (enum disk_content)content;
	return true;
}

bool volume_request_parse(const char *source, const char *text, size_t length, struct volume_request *ret,
			  struct error *err)
{
	struct unmodelled_lines lines = { source, NULL };
	struct schema_reader reader = { source, unmodelled_line, &lines };
	bool ok = false;

	*ret = (struct volume_request){ .source = xstrdup(source), .doc = xml_parse(source, text, length, err) };
	if (ret->doc != NULL) {
		xmlNode *root = xmlDocGetRootElement(ret->doc);

		if (strcmp((const char *)root->name, "volume") != 0 || root->ns != NULL)
			error_set(err, ERROR_INVALID,
				  "%s:%ld: <%s>: not a volume's description, which begins with <volume>", source,
				  xml_line(root), (const char *)root->name);
		else
			ok = schema_parse(&volume_schema, root, ret, &reader, err) && settle_format(ret) &&
			     check_request(ret, err);
		ret->unmodelled = lines.lines;
	}
	if (!ok)
		volume_request_clear(ret);
	return ok;
}

bool volume_request_check_size(const struct volume_request *request, struct error *err)
{
	return request->capacity.set || fail(request, "<capacity> is missing", err);
}

void volume_request_settle(struct volume_request *request)
{
	/* libvirt's raw volume with encryption is a LUKS image. */
	if (request->encryption != NULL && request->backing_path == NULL &&
	    (request->format == IMAGE_RAW || request->format == IMAGE_UNKNOWN))
		request->format = IMAGE_LUKS;
	if (request->format == IMAGE_UNKNOWN)
		request->format = request->backing_path != NULL ? IMAGE_QCOW2 : IMAGE_RAW;
}

static xmlNode *add_number(xmlNode *parent, const char *name, uint64_t value, const char *unit)
{
	_cleanup_free_ char *text = strf("%" PRIu64, value);
	xmlNode *node = xml_add_child(parent, name, text);

	xml_set_attribute(node, "unit", unit);
	return node;
}

static void add_format(xmlNode *parent, enum image_format format)
{
	const char *word = enum_word(&image_format_words, (int)format);

	if (word != NULL)
		xml_set_attribute(xml_add_child(parent, "format", NULL), "type", word);
}

/* Who owns the file, and when it was written, as the file system says now. */
static void add_file(xmlNode *target, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return;
	_cleanup_free_ char *mode = strf("0%03o", (unsigned)(st.st_mode & 07777));
	_cleanup_free_ char *owner = strf("%u", (unsigned)st.st_uid), *group = strf("%u", (unsigned)st.st_gid);
	xmlNode *permissions = xml_add_child(target, "permissions", NULL);

	xml_add_child(permissions, "mode", mode);
	xml_add_child(permissions, "owner", owner);
	xml_add_child(permissions, "group", group);
	const struct timespec *times[] = { &st.st_atim, &st.st_mtim, &st.st_ctim };
	static const char *const names[] = { "atime", "mtime", "ctime" };
	xmlNode *stamps = xml_add_child(target, "timestamps", NULL);

	for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
		_cleanup_free_ char *text = strf("%lld.%09ld", (long long)times[i]->tv_sec, times[i]->tv_nsec);

		xml_add_child(stamps, names[i], text);
	}
}

static void add_image(xmlNode *target, const struct image *image)
{
	if (image->format != IMAGE_QCOW2)
		return;
	xml_add_child(target, "compat", image->version == 2 ? "0.10" : "1.1");
	add_number(target, "clusterSize", UINT64_C(1) << image->cluster_bits, "B");
	if (image->version > 2) {
		xmlNode *features = xml_add_child(target, "features", NULL);

		if (image->lazy_refcounts)
			xml_add_child(features, "lazy_refcounts", NULL);
		if (image->extended_l2)
			xml_add_child(features, "extended_l2", NULL);
	}
}

static void add_encryption(xmlNode *target, const char *secret_uuid)
{
	xmlNode *encryption = xml_add_child(target, "encryption", NULL);

	xml_set_attribute(encryption, "format", "luks");
	if (secret_uuid == NULL)
		return;
	xmlNode *secret = xml_add_child(encryption, "secret", NULL);

	xml_set_attribute(secret, "type", "passphrase");
	xml_set_attribute(secret, "uuid", secret_uuid);
}

char *volume_format(const struct volume *volume, const struct image *image, const char *secret_uuid)
{
	_cleanup_xmldoc_ xmlDoc *doc = xmlNewDoc(BAD_CAST "1.0");
	xmlNode *root = xmlNewNode(NULL, BAD_CAST "volume");

	xmlDocSetRootElement(doc, root);
	xml_set_attribute(root, "type", enum_word(&volume_type_words, (int)volume->type));
	xml_add_child(root, "name", volume->name);
	xml_add_child(root, "key", volume->key);
	add_number(root, "capacity", volume->capacity, "bytes");
	add_number(root, "allocation", volume->allocation, "bytes");
	if (volume->physical != 0)
		add_number(root, "physical", volume->physical, "bytes");
	xmlNode *target = xml_add_child(root, "target", NULL);

	xml_add_child(target, "path", volume->path);
	if (volume->type == VOLUME_FILE)
		add_format(target, volume->format);
	add_file(target, volume->path);
	if (image != NULL)
		add_image(target, image);
	if (volume->encrypted)
		add_encryption(target, secret_uuid);
	if (volume->backing_path != NULL) {
		xmlNode *backing = xml_add_child(root, "backingStore", NULL);

		xml_add_child(backing, "path", volume->backing_path);
		add_format(backing, volume->backing_format);
	}
	return xml_format(doc);
}
