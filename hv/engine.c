/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of engines: which functions run a <domain type>. */
#include <string.h>

#include "base/memory.h"
#include "hv/caps.h"
#include "hv/launch.h"

static const struct engine engines[] = {
	{ .type = "kvm", .needs_kvm = true, .probe = caps_probe, .build = launch_build },
	{ .type = "qemu", .needs_kvm = false, .probe = caps_probe, .build = launch_build },
};

const struct engine *engine_find(const char *type)
{
	if (!type)
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(engines); i++)
		if (strcmp(engines[i].type, type) == 0)
			return &engines[i];
	return NULL;
}
