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

const char arch_words[] = "aarch64 alpha armv6l armv7b armv7l cris i686 itanium lm32 loongarch64 m68k microblaze microblazeel mips mips64 mips64el "
			  "mipsel openrisc parisc parisc64 ppc ppc64 ppc64le ppcemb riscv32 riscv64 s390 s390x sh4 sh4eb sparc sparc64 "
			  "unicore32 x86_64 xtensa xtensaeb";

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
