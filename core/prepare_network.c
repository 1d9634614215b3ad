/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The secrets that a disk is opened with; and of disks that a server has, a machine of ours that has the same one. */
#include "base/memory.h"
#include "base/text.h"
#include "core/prepare_internal.h"
#include "core/secret.h"
#include "hv/domain.h"
#include "storage/pool_iscsi.h"

#include <stdlib.h>
#include <string.h>

bool network_login(struct manager *manager, struct disk *disk, struct error *err)
{
	const struct disk_auth *auth = disk->source.auth.username != NULL ? &disk->source.auth : &disk->auth;

	if (disk->source.type != DISK_NETWORK || auth->username == NULL || disk->source.secret_file != NULL)
		return true;
	if (auth->secret_usage == NULL && auth->secret_uuid == NULL)
		return error_set(err, ERROR_INVALID, "its <auth> names no <secret>");
	disk->source.secret_file = secret_file_of(manager, auth->secret_type != NULL ? auth->secret_type : "iscsi", auth->secret_usage,
						  auth->secret_uuid, err);
	return disk->source.secret_file != NULL;
}

bool disk_unlock(struct manager *manager, struct disk *disk, struct error *err)
{
	struct disk_encryption *encryption = disk_encryption(disk);

	if (encryption == NULL || encryption->key_file != NULL)
		return true;
	if (encryption->secret_usage == NULL && encryption->secret_uuid == NULL) {
		error_set(err, ERROR_INVALID, "its <encryption> names no <secret>");
		return error_hint(err, "'virtty secret-define' makes one, <secret type='passphrase' usage='...'/> names it");
	}
	encryption->key_file = secret_file_of(manager, "volume", encryption->secret_usage, encryption->secret_uuid, err);
	return encryption->key_file != NULL;
}

/* The machine that runs with this image; NULL: none (or the database fails: err). Owned. */
static bool find_user(struct manager *manager, int64_t domain_id, const struct disk *disk, const char *text, char **ret_name,
		      struct error *err)
{
	bool writes = !disk->readonly && disk->kind != DISK_CDROM, found;
	sqlite3_stmt *row = db_query(manager->db, err,
				     "SELECT domain.name FROM disk JOIN run USING(domain_id) JOIN domain ON domain.id = disk.domain_id"
				     " WHERE disk.kind = 'live' AND run.phase <> 0 AND disk.domain_id <> ?1 AND disk.path = ?2"
				     " AND (disk.writable OR ?3) AND NOT (disk.shared AND ?4) LIMIT 1",
				     "isii", domain_id, text, (int64_t)writes, (int64_t)disk->shareable);

	*ret_name = NULL;
	if (row == NULL || !db_step(manager->db, row, &found, err))
		return false;
	if (found) {
		*ret_name = db_text(row, 0);
		sqlite3_reset(row);
	}
	return true;
}

/* QEMU waits for a server for ever, and says little of why it is not let in: the LUN is looked at before. */
static bool check_lun(const struct disk *disk, struct error *err)
{
	const struct disk_source *source = &disk->source;
	const char *slash = strrchr(source->name, '/');
	_cleanup_free_ char *target = xstrndup(source->name, slash != NULL ? (size_t)(slash - source->name) : strlen(source->name));
	struct pool_host host = { .name = source->hosts[0].name, .port = source->hosts[0].port };
	struct pool_device device = { .path = target };
	struct pool pool = {
		.hosts = &host,
		.host_count = 1,
		.devices = &device,
		.device_count = 1,
		.initiator = source->initiator,
		.auth_user = source->auth.username != NULL ? source->auth.username : disk->auth.username,
		.secret_file = source->secret_file,
	};
	uint64_t lun = 0;

	if (slash != NULL && (!text_to_uint(slash + 1, false, &lun) || lun > UINT16_MAX))
		return true; /* hv refuses it */
	return iscsi_check_lun(&pool, (unsigned)lun, err) || error_wrap(err, "disk '%s'", disk->target);
}

bool prepare_network_disk(struct manager *manager, int64_t domain_id, const struct disk *disk, struct error *err)
{
	_cleanup_free_ char *text = disk->source.type == DISK_NETWORK ? disk_source_text(&disk->source) : NULL, *user = NULL;

	if (text == NULL)
		return true;
	if (!find_user(manager, domain_id, disk, text, &user, err))
		return false;
	if (user == NULL)
		return disk->source.protocol != PROTOCOL_ISCSI || check_lun(disk, err);
	error_set(err, ERROR_BUSY, "disk '%s' (%s) is in use by machine '%s'", disk->target, text, user);
	return error_hint(err, "'virtty list --all' shows what runs; a read-only or shareable disk may be used twice");
}
