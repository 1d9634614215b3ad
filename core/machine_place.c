/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where each machine's files are. */
#include "core/manager_internal.h"

#include "base/memory.h"

#include <inttypes.h>

char *machine_run_directory(struct manager *manager, int64_t domain_id)
{
	return strf("%s/%" PRId64, manager->paths.run, domain_id);
}

char *machine_log_directory(struct manager *manager, int64_t domain_id)
{
	return strf("%s/%" PRId64, manager->paths.log, domain_id);
}

char *machine_nvram(struct manager *manager, const char *uuid)
{
	return strf("%s/%s_VARS.qcow2", manager->paths.nvram, uuid);
}
