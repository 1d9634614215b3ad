/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of architectures. */
#include "hv/arch.h"

#include <string.h>
#include <sys/utsname.h>

#include "base/memory.h"

static const struct arch rows[] = {
	{
		.name = "x86_64",
		.emulator = "qemu-system-x86_64",
		.default_machine = "pc",
		.modern_machine = "q35",
		.panic_device = "pvpanic",
		.has_acpi = true,
		.has_bios = true,
	},
};

const struct arch *arch_find(const char *name)
{
	if (!name)
		return NULL;
	for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	return NULL;
}

const struct arch *arch_host(void)
{
	struct utsname host;

	return uname(&host) == 0 ? arch_find(host.machine) : NULL;
}
