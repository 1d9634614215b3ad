/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Images as QEMU's block nodes: a storage node below, a format node above, and the backing chain where it was stated.
 */

#include "base/memory.h"
#include "base/text.h"
#include "hv/launch_build.h"

unsigned blockdev_count(const struct disk *disk)
{
	unsigned count = 0;

	for (const struct disk_source *source = &disk->source; source; source = source->backing)
		count++;
	return count;
}

struct disk_encryption *disk_encryption(struct disk *disk)
{
	if (disk->source.encryption.node)
		return &disk->source.encryption;
	return disk->encryption.node ? &disk->encryption : NULL;
}

/* What a cache mode means below the guest; "default" and absent leave it to QEMU. */
static void add_cache(const struct disk *disk, struct json_object *json)
{
	bool direct = disk->cache == CACHE_NONE || disk->cache == CACHE_DIRECTSYNC;
	struct json_object *cache;

	if (disk->cache == CACHE_ABSENT || disk->cache == CACHE_DEFAULT)
		return;
	cache = json_object_new_object();
	json_set_bool(cache, "direct", direct);
	json_set_bool(cache, "no-flush", disk->cache == CACHE_UNSAFE);
	json_set(json, "cache", cache);
}

static bool check_io(struct builder *b, const struct disk *disk)
{
	if (disk->io == IO_NATIVE && disk->cache != CACHE_NONE && disk->cache != CACHE_DIRECTSYNC)
		return build_invalid(b, "add cache='none' to its <driver>",
				     "disk '%s': io='native' needs cache 'none' or 'directsync'", disk->target);
	if (disk->io == IO_NATIVE && !caps_has(b->caps, CAP_AIO_NATIVE))
		return build_unsupported(b, "use io='threads'", "disk '%s': '%s' was built without io='native'",
					 disk->target, b->caps->binary);
	if (disk->io == IO_URING && !caps_has(b->caps, CAP_IO_URING))
		return build_unsupported(b, "use io='threads'", "disk '%s': '%s' was built without io='io_uring'",
					 disk->target, b->caps->binary);
	return true;
}

/* QEMU's driver of an image format. A head without a format is raw (libvirt's rule: never probed); a layer below must
 * say. */
static const char *format_driver(struct builder *b, const struct disk *disk, const struct disk_source *source)
{
	switch (source->format) {
	case FORMAT_ABSENT:
		if (source == &disk->source)
			return "raw";
		build_invalid(b, "state it: <format type='qcow2'/> or 'raw'",
			      "disk '%s': a backing store without a format is never guessed", disk->target);
		return NULL;
	case FORMAT_RAW:
	case FORMAT_QCOW2:
	case FORMAT_VMDK:
	case FORMAT_VDI:
	case FORMAT_VHDX:
	case FORMAT_VPC:
	case FORMAT_QED:
		return enum_word(&disk_format_words, (int)source->format);
	case FORMAT_ISO: /* an ISO image is its own bytes */
		return "raw";
	case FORMAT_QCOW:
	case FORMAT_BOCHS:
	case FORMAT_CLOOP:
	case FORMAT_DMG:
	case FORMAT_LUKS:
	case FORMAT_FAT:
	case FORMAT_DIR:
	case FORMAT_PLOOP:
	case FORMAT_COUNT:
		break;
	}
	build_unsupported(b, "convert it with 'qemu-img convert -O qcow2'",
			  "disk '%s': image format '%s' is not supported", disk->target,
			  enum_word(&disk_format_words, (int)source->format));
	return NULL;
}

static const char *source_path(struct builder *b, const struct disk *disk, const struct disk_source *source,
			       const char **ret_driver)
{
	const char *path = source->type == DISK_BLOCK ? source->dev : source->file;

	*ret_driver = source->type == DISK_BLOCK ? "host_device" : "file";
	if (source->type != DISK_FILE && source->type != DISK_BLOCK && source->type != DISK_TYPE_ABSENT) {
		build_unsupported(b, "use type='file', 'block', 'volume' or 'network'", "disk '%s': type '%s' is not supported yet",
				  disk->target, enum_word(&disk_type_words, (int)source->type));
		return NULL;
	}
	if (text_empty(path)) {
		build_invalid(b, NULL, "disk '%s' has no source", disk->target);
		return NULL;
	}
	return path;
}

/* {"driver": "file", "filename": ...} */
static struct json_object *build_path(struct builder *b, const struct disk *disk, const struct disk_source *source)
{
	const char *driver, *path = source_path(b, disk, source, &driver);
	bool readonly = disk->readonly || disk->kind == DISK_CDROM || source != &disk->source;
	struct json_object *json;

	if (!path)
		return NULL;
	json = device_new(driver);
	json_set_string(json, "filename", path);
	json_set_string(json, "aio", enum_word(&disk_io_words, (int)disk->io));
	build_file(b, path, readonly, false);
	return json;
}

static bool build_storage(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned number)
{
	_cleanup_free_ char *name = strf("libvirt-%u-storage", number);
	struct json_object *json = source->type == DISK_NETWORK ? build_network(b, disk, source, name) : build_path(b, disk, source);

	if (!json)
		return false;
	json_set_string(json, "node-name", name);
	add_cache(disk, json);
	json_set_bool(json, "auto-read-only", true);
	json_set_string(json, "discard", "unmap");
	build_json(b, "-blockdev", json);
	return true;
}

/* Detecting zeroes to punch holes makes sense only where holes may be punched. */
static const char *zeroes_word(const struct disk *disk)
{
	if (disk->zeroes == ZEROES_UNMAP && disk->discard != DISCARD_UNMAP)
		return "on";
	return enum_word(&detect_zeroes_words, (int)disk->zeroes);
}

static bool check_encryption(struct builder *b, const struct disk *disk, const struct disk_encryption *encryption)
{
	enum disk_format format = disk->source.format;

	if (!text_equal(encryption->format, "luks") || text_equal(encryption->engine, "librbd"))
		return build_unsupported(b, "use <encryption format='luks'>", "disk '%s': encryption '%s' is not supported",
					 disk->target, text_equal(encryption->format, "luks") ? encryption->engine : encryption->format);
	if (format != FORMAT_ABSENT && format != FORMAT_RAW && format != FORMAT_QCOW2)
		return build_unsupported(b, "use a raw or a qcow2 image", "disk '%s': a %s image cannot be encrypted", disk->target,
					 enum_word(&disk_format_words, (int)format));
	if (!encryption->key_file)
		return build_invalid(b, "name it: <encryption format='luks'><secret type='passphrase' usage='...'/></encryption>",
				     "disk '%s': there is no passphrase to open it with", disk->target);
	return true;
}

/* The head's encryption: all of a raw image is LUKS's, in qcow2 the guest's data alone. */
static bool add_encryption(struct builder *b, const struct disk *disk, const char *node, struct json_object *json)
{
	const struct disk_encryption *encryption = disk->source.encryption.node ? &disk->source.encryption : &disk->encryption;
	_cleanup_free_ char *id = strf("%s-encryption-secret0", node);
	struct json_object *encrypt;

	if (!encryption->node)
		return true;
	if (!check_encryption(b, disk, encryption))
		return false;
	build_secret(b, id, encryption->key_file);
	if (disk->source.format != FORMAT_QCOW2) {
		json_set_string(json, "driver", "luks");
		json_set_string(json, "key-secret", id);
		return true;
	}
	encrypt = json_object_new_object();
	json_set_string(encrypt, "format", "luks");
	json_set_string(encrypt, "key-secret", id);
	json_set(json, "encrypt", encrypt);
	return true;
}

static bool build_format(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned number)
{
	bool head = source == &disk->source;
	const char *driver = format_driver(b, disk, source);
	_cleanup_free_ char *name = strf("libvirt-%u-format", number);
	_cleanup_free_ char *storage = strf("libvirt-%u-storage", number);
	_cleanup_free_ char *backing = strf("libvirt-%u-format", number + 1);
	struct json_object *json;

	if (!driver)
		return false;
	if (source->backing && (source->format == FORMAT_RAW || source->format == FORMAT_ABSENT))
		return build_invalid(b, "remove its <backingStore>", "disk '%s': a raw image has no backing store",
				     disk->target);
	json = json_object_new_object();
	json_set_string(json, "node-name", name);
	json_set_bool(json, "read-only", !head || disk->readonly || disk->kind == DISK_CDROM);
	json_set_string(json, "discard", enum_word(&disk_discard_words, (int)disk->discard));
	if (head)
		json_set_string(json, "detect-zeroes", zeroes_word(disk));
	add_cache(disk, json);
	json_set_string(json, "driver", driver);
	if (head && !add_encryption(b, disk, name, json)) {
		json_object_put(json);
		return false;
	}
	json_set_string(json, "file", storage);
	if (source->backing)
		json_set_string(json, "backing", backing);
	else if (source->backing_end && source->format != FORMAT_RAW && source->format != FORMAT_ABSENT)
		json_set(json, "backing", NULL); /* stated to end here, whatever the image says */
	build_json(b, "-blockdev", json);
	return true;
}

/* The lowest layer first: a node must exist before another names it. */
static bool build_layer(struct builder *b, const struct disk *disk, const struct disk_source *source, unsigned number)
{
	if (source->backing && !build_layer(b, disk, source->backing, number + 1))
		return false;
	return build_storage(b, disk, source, number) && build_format(b, disk, source, number);
}

bool build_blockdevs(struct builder *b, const struct disk *disk, unsigned number)
{
	return check_io(b, disk) && build_layer(b, disk, &disk->source, number);
}
