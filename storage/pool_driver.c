/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which types of pool there are. */
#include "storage/pool_driver.h"

#include "base/memory.h"
#include "storage/pool_drivers.h"

static const struct pool_driver *const drivers[] = { &pool_dir, &pool_fs, &pool_netfs, &pool_logical, &pool_disk,
						   &pool_iscsi, &pool_iscsi_direct };

const struct pool_driver *pool_driver_find(enum pool_type type, struct error *err)
{
	for (size_t i = 0; i < ARRAY_LENGTH(drivers); i++)
		if (drivers[i]->type == type)
			return drivers[i];
	error_set(err, ERROR_UNSUPPORTED, "pools of type '%s' are not supported",
		  enum_word(&pool_type_words, (int)type));
	error_hint(err, "mount or attach it by the host's own means, and make a pool of type dir of it");
	return NULL;
}
