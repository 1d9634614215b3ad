/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Volumes that are no files of this host: the programs that carry their bytes, and who uses them. */
#include "base/json.h"
#include "base/memory.h"
#include "base/strv.h"
#include "core/secret.h"
#include "core/storage_internal.h"

#include <json-c/json.h>

#define LOGIN_ID "login0" /* of the password, within one qemu-img */

bool pool_work_login(struct manager *manager, struct pool_work *work, struct error *err)
{
	const struct pool *pool = work->pool;

	if (pool->auth_user == NULL || pool->secret_file != NULL)
		return true;
	if (pool->secret_usage == NULL && pool->secret_uuid == NULL) {
		error_set(err, ERROR_INVALID, "pool '%s': its <auth> names no <secret>", pool->name);
		return error_hint(err, "'virtty secret-define' makes one, 'virtty pool-edit %s' names it", pool->name);
	}
	work->pool->secret_file = secret_file_of(manager, "iscsi", pool->secret_usage, pool->secret_uuid, err);
	return work->pool->secret_file != NULL || error_wrap(err, "pool '%s': cannot log in", pool->name);
}

/* No lock on a server's volume tells who has it; our own machines are known. */
static bool check_machines(struct manager *manager, const struct volume *volume, struct error *err)
{
	struct volume_user *users = NULL;
	size_t count = 0;
	bool ok = true;

	if (!volume_users(manager, volume, &users, &count, err))
		return false;
	for (size_t i = 0; ok && i < count; i++) {
		if (!users[i].running)
			continue;
		error_set(err, ERROR_BUSY, "volume '%s' is in use by %s", volume->name, users[i].who);
		ok = error_hint(err, "shut the machine down first");
	}
	volume_users_free(users, count);
	return ok;
}

static bool begin(struct manager *manager, const struct pool_row *row, const struct volume *volume, struct pool_work *ret,
		  struct error *err)
{
	return check_machines(manager, volume, err) && pool_work_begin_active(manager, row->id, ret, err) &&
	       pool_work_login(manager, ret, err);
}

bool volume_program(struct manager *manager, const struct pool_row *pool, const struct volume *volume, bool write, uint64_t offset,
		    uint64_t length, char ***ret_argv, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	*ret_argv = NULL;
	if (volume->type != VOLUME_NETWORK)
		return true;
	if (!begin(manager, pool, volume, &work, err))
		return false;
	if (work.driver->transfer == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "the bytes of volume '%s' cannot be reached", volume->name);
	*ret_argv = work.driver->transfer(work.pool, volume, write, offset, length, err);
	return *ret_argv != NULL;
}

bool volume_image(struct manager *manager, const struct pool_row *pool, const struct volume *volume, char **ret_name,
		  char **ret_login, struct error *err)
{
	_cleanup_pool_work_ struct pool_work work = { .lock = -1 };

	*ret_name = *ret_login = NULL;
	if (volume->type != VOLUME_NETWORK)
		return true;
	if (!begin(manager, pool, volume, &work, err))
		return false;
	if (work.driver->blockdev == NULL)
		return error_set(err, ERROR_UNSUPPORTED, "the bytes of volume '%s' cannot be reached", volume->name);
	_cleanup_json_ struct json_object *json = json_object_new_object();

	json_set_string(json, "driver", "raw");
	json_set(json, "file", work.driver->blockdev(work.pool, volume, LOGIN_ID));
	_cleanup_free_ char *text = json_text(json);

	*ret_name = strf("json:%s", text);
	*ret_login = xstrdup_null(work.pool->secret_file);
	return true;
}
