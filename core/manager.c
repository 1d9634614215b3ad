/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opening and closing the state. */
#include "core/manager.h"

#include "base/file.h"
#include "base/memory.h"
#include "core/keeper_spawn.h"
#include "core/manager_internal.h"
#include "hv/accel.h"
#include "hv/caps.h"

#include <stdlib.h>
#include <unistd.h>

bool manager_open(struct manager **ret, struct error *err)
{
	struct manager *manager = xcalloc(1, sizeof *manager);

	*ret = NULL;
	manager->watch = -1;
	manager->kvm = -1;
	if (!paths_get(&manager->paths, err))
		goto failed;
	if (!path_exists(manager->paths.database) && !paths_make(&manager->paths, err))
		goto failed;
	manager->db = db_open(manager->paths.database, DB_FRONT, err);
	if (!manager->db)
		goto failed;
	*ret = manager;
	return true;
failed:
	manager_close(manager);
	return false;
}

void manager_close(struct manager *manager)
{
	if (!manager)
		return;
	for (size_t i = 0; i < manager->caps_count; i++) {
		free(manager->caps[i].binary);
		caps_free(manager->caps[i].caps);
		error_clear(&manager->caps[i].error);
	}
	free(manager->caps);
	free(manager->kvm_reason);
	free(manager->emulator);
	keepers_reap(manager);
	free(manager->keepers);
	watch_close(manager);
	db_close(manager->db);
	paths_clear(&manager->paths);
	free(manager);
}

const struct paths *manager_paths(const struct manager *manager)
{
	return &manager->paths;
}

struct db *manager_db(struct manager *manager)
{
	return manager->db;
}

bool manager_kvm(struct manager *manager, const char **ret_reason)
{
	if (manager->kvm < 0) {
		_cleanup_error_ struct error err = ERROR_INIT;

		manager->kvm = accel_kvm_usable(&err);
		if (!manager->kvm)
			manager->kvm_reason = xstrdup(error_text(&err));
	}
	if (ret_reason)
		*ret_reason = manager->kvm_reason;
	return manager->kvm;
}
