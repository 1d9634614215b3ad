/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host: its processors, its memory, whether KVM is usable. */
#include "base/file.h"
#include "base/memory.h"
#include "base/text.h"
#include "core/manager.h"
#include "hv/accel.h"
#include "hv/arch.h"
#include "hv/firmware.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The number after "Name:" of /proc/meminfo; 0 when it is not there. */
static uint64_t meminfo(const char *text, const char *name)
{
	const char *line = strstr(text, name);

	return line ? strtoull(line + strlen(name), NULL, 10) : 0;
}

uint64_t host_memory_kib(void)
{
	long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);

	return pages > 0 && page > 0 ? (uint64_t)pages * ((uint64_t)page / 1024) : 0;
}

bool host_info_get(struct host_info *ret)
{
	_cleanup_error_ struct error err = ERROR_INIT;
	_cleanup_free_ char *memory = NULL;
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	*ret = (struct host_info){ .cpus = cpus > 0 ? (unsigned)cpus : 1 };
	ret->kvm = accel_kvm_usable(&err);
	if (!ret->kvm)
		ret->kvm_reason = xstrdup(error_text(&err));
	if (!file_read("/proc/meminfo", 65536, &memory, NULL, NULL))
		return false;
	ret->memory_kib = meminfo(memory, "MemTotal:");
	ret->memory_available_kib = meminfo(memory, "MemAvailable:");
	return true;
}

bool host_uefi(struct error *err)
{
	const struct arch *arch = arch_host();
	/* Descriptors name machines by patterns such as "pc-q35-*": any version will do to ask. */
	_cleanup_free_ char *machine =
		strf("%s%s-7.2", text_equal(arch->modern_machine, "q35") ? "pc-" : "", arch->modern_machine);
	const struct firmware_request request = { .arch = arch->name, .machine = machine };
	struct firmware *firmware = firmware_choose(&request, err);

	firmware_free(firmware);
	return firmware != NULL;
}

void host_info_clear(struct host_info *info)
{
	free(info->kvm_reason);
	*info = (struct host_info){ 0 };
}
