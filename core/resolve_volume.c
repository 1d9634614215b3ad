/* SPDX-License-Identifier: GPL-2.0-or-later */
/* <disk type='volume'>: the volume of a pool becomes the file or device that it is, in the view; the document keeps its
 * pool and name. */
#include "base/memory.h"
#include "base/text.h"
#include "core/prepare_internal.h"
#include "core/storage_internal.h"
#include "core/volume_device.h"
#include "hv/domain.h"
#include "storage/pool_iscsi.h"

#include <stdlib.h>
#include <string.h>

/* A pool that is marked to be started by itself is started when a machine needs it. */
static bool find_pool(struct manager *manager, const struct disk *disk, struct pool_row *ret, struct error *err)
{
	if (!pool_find(manager, disk->source.pool, ret, err))
		return false;
	if (ret->active)
		return true;
	if (ret->autostart && pool_start(manager, ret, 0, err)) {
		ret->active = true;
		return true;
	}
	if (!ret->autostart) {
		error_set(err, ERROR_STATE, "pool '%s' is not active", ret->name);
		error_hint(err, "'virtty pool-start %s' starts it", ret->name);
	}
	pool_row_clear(ret);
	return false;
}

/* What QEMU opens as which format: the volume says it, where the disk does not. */
static bool take_format(struct disk *disk, const struct volume *volume, struct error *err)
{
	if (volume->encrypted && disk_encryption(disk) == NULL) {
		error_set(err, ERROR_INVALID, "volume '%s' is encrypted, and the disk does not say with what", volume->name);
		return error_hint(err, "say it in its <source>: " ENCRYPTION_EXAMPLE);
	}
	if (disk->source.format != FORMAT_ABSENT)
		return true;
	int format = disk->kind == DISK_CDROM || volume->format == IMAGE_LUKS || volume->type == VOLUME_BLOCK ||
				     volume->type == VOLUME_NETWORK || volume->format == IMAGE_ISO
			     ? FORMAT_RAW
			     : enum_value(&disk_format_words, enum_word(&image_format_words, (int)volume->format));

	if (format <= 0) {
		error_set(err, ERROR_UNSUPPORTED, "the format of volume '%s' is not one that a machine can run from",
			  volume->name);
		return error_hint(err, "say which it is: <driver name='qemu' type='raw'/>");
	}
	disk->source.format = (enum disk_format)format;
	return true;
}

static void put(char **field, const char *text)
{
	free(*field);
	*field = xstrdup_null(text);
}

/* A LUN that QEMU reaches by itself: where it is, and how to log in, is what the pool's document says. */
static bool take_network(struct manager *manager, struct disk *disk, const struct pool_row *row, const struct volume *volume,
			 struct error *err)
{
	_cleanup_free_ char *xml = pool_xml(manager, row, true, err);
	_cleanup_pool_ struct pool *pool = xml != NULL ? pool_parse(row->name, xml, strlen(xml), err) : NULL;
	struct disk_source *source = &disk->source;
	unsigned lun;

	if (pool == NULL)
		return false;
	if (pool->host_count == 0 || pool->device_count == 0 || !iscsi_volume_lun(volume->name, &lun))
		return error_set(err, ERROR_UNSUPPORTED, "volume '%s' of pool '%s' cannot be reached by QEMU itself", volume->name, row->name);
	if (source->host_count == 0) {
		source->hosts = xcalloc(1, sizeof *source->hosts);
		source->host_count = 1;
	}
	put(&source->hosts[0].name, pool->hosts[0].name);
	source->hosts[0].port = pool->hosts[0].port;
	free(source->name);
	source->name = strf("%s/%u", pool->devices[0].path, lun);
	put(&source->initiator, pool->initiator);
	put(&source->auth.username, pool->auth_user);
	put(&source->auth.secret_usage, pool->secret_usage);
	put(&source->auth.secret_uuid, pool->secret_uuid);
	source->protocol = PROTOCOL_ISCSI;
	source->type = DISK_NETWORK;
	return true;
}

static void take_path(struct disk *disk, const struct volume *volume)
{
	put(volume->type == VOLUME_BLOCK ? &disk->source.dev : &disk->source.file, volume->path);
	disk->source.type = volume->type == VOLUME_BLOCK ? DISK_BLOCK : DISK_FILE;
}

static bool resolve(struct manager *manager, struct disk *disk, struct error *err)
{
	struct volume volume = { 0 };
	struct pool_row pool = { 0 };
	bool ok = find_pool(manager, disk, &pool, err) &&
		  volume_find(manager, &pool, disk->source.volume, &volume, NULL, err);

	if (ok && volume.type == VOLUME_DIR)
		ok = error_set(err, ERROR_UNSUPPORTED, "volume '%s' is a %s, and no disk", volume.name,
			       enum_word(&volume_type_words, (int)volume.type));
	ok = ok && volume_device_whole(manager, &volume, err);
	if (ok && volume.trouble != NULL && (volume.type == VOLUME_BLOCK || disk->source.format != FORMAT_RAW))
		ok = error_set(err, ERROR_INVALID, "%s", volume.trouble);
	ok = ok && take_format(disk, &volume, err);
	if (ok && (volume.type == VOLUME_NETWORK || text_equal(disk->source.mode, "direct")))
		ok = take_network(manager, disk, &pool, &volume, err);
	else if (ok)
		take_path(disk, &volume);
	volume_clear(&volume);
	pool_row_clear(&pool);
	return ok;
}

/* What a machine runs with as raw is the guest's from its first byte on: whatever is written there, the pool that shows it
 * never takes it for an image of another format. */
static void state_raw(struct manager *manager, struct disk *disk)
{
	_cleanup_error_ struct error ignored = ERROR_INIT;

	if (disk->kind != DISK_CDROM && disk->source.format == FORMAT_RAW && disk->source.file != NULL && disk_encryption(disk) == NULL)
		(void)db_run(manager->db, NULL, &ignored, "UPDATE volume SET stated = 1, format = 'raw' WHERE path = ? AND stated = 0",
			     "s", disk->source.file);
}

bool resolve_disk_volume(struct manager *manager, struct disk *disk, struct error *err)
{
	if ((disk->source.type == DISK_VOLUME && !resolve(manager, disk, err)) || !network_login(manager, disk, err) ||
	    !disk_unlock(manager, disk, err))
		return error_wrap(err, "disk '%s'", disk->target != NULL ? disk->target : "");
	state_raw(manager, disk);
	return true;
}

bool resolve_volumes(struct manager *manager, struct domain *domain, struct error *err)
{
	bool ok = true;

	/* those behind one that fails too: who only looks wants all that there are */
	for (size_t i = 0; i < domain->disk_count; i++)
		if (!resolve_disk_volume(manager, &domain->disks[i], ok ? err : NULL))
			ok = false;
	return ok;
}
