/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every choice of an installation: what was asked for, else virtty's default. Looks at files, makes none. */
#include "base/file.h"
#include "base/memory.h"
#include "base/strv.h"
#include "base/text.h"
#include "base/xml.h"
#include "core/import.h"
#include "core/install_internal.h"
#include "core/network_choice.h"
#include "hv/arch.h"
#include "hv/caps.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_MEMORY_MIB 2048
#define DEFAULT_VCPUS      2

/* ---- the name ---- */

static bool name_taken(struct manager *manager, const char *name, bool *ret_taken, struct error *err)
{
	sqlite3_stmt *row = db_query(manager->db, err, "SELECT 1 FROM domain WHERE name = ?", "s", name);

	if (!row || !db_step(manager->db, row, ret_taken, err))
		return false;
	sqlite3_reset(row);
	return true;
}

/* "debian-12.iso" -> "debian-12": from the first file there is. Owned. */
static char *name_from_files(const struct install_request *request)
{
	const struct install_disk *disk = request->disk_count ? &request->disks[0] : NULL;
	_cleanup_free_ char *copy = disk && disk->copy ? packing_plain_name(disk->copy) : NULL;
	const char *path = request->cdrom ? request->cdrom : copy ? copy : disk ? disk->path : NULL;
	const char *base = path ? strrchr(path, '/') : NULL;
	const char *dot;
	char *name;

	if (request->proposed_name && name_check("name", request->proposed_name, NULL))
		return xstrdup(request->proposed_name);
	base = base ? base + 1 : path;
	dot = base ? strrchr(base, '.') : NULL;
	name = base && base[0] ? xstrndup(base, dot && dot != base ? (size_t)(dot - base) : strlen(base)) : xstrdup("machine");
	if (name_check("name", name, NULL))
		return name;
	free(name);
	return xstrdup("machine");
}

char *install_propose_name(struct manager *manager, const struct install_request *request, struct error *err)
{
	_cleanup_free_ char *base = name_from_files(request);
	_cleanup_free_ char *name = xstrdup(base);
	bool taken;

	for (int i = 2;; i++) {
		if (!name_taken(manager, name, &taken, err))
			return NULL;
		if (!taken)
			return TAKE_POINTER(name);
		free(name);
		name = strf("%s-%d", base, i);
	}
}

static bool resolve_name(struct manager *manager, struct installation *installation, struct error *err)
{
	const char *stated = installation->request->name;
	bool taken;

	if (!stated) {
		installation->name = install_propose_name(manager, installation->request, err);
		return installation->name != NULL;
	}
	if (!name_check("name", stated, err) || !name_taken(manager, stated, &taken, err))
		return false;
	installation->name = xstrdup(stated);
	if (!taken)
		return true;
	error_set(err, ERROR_EXISTS, "a machine named '%s' exists already", stated);
	return error_hint(err, "choose another --name, or 'virtty undefine' the old one");
}

/* ---- the engine ---- */

static bool resolve_engine(struct manager *manager, struct installation *installation, struct error *err)
{
	const char *type = installation->request->virt_type, *reason = NULL;
	bool usable = manager_kvm(manager, &reason);

	if (type && !text_equal(type, "kvm") && !text_equal(type, "qemu"))
		return error_set(err, ERROR_INVALID, "virt-type is kvm or qemu, not '%s'", type);
	if (text_equal(type, "kvm") && !usable) {
		error_set(err, ERROR_UNSUPPORTED, "KVM is not usable here: %s", reason);
		return error_hint(err, "--virt-type qemu runs the machine under emulation, slowly");
	}
	installation->kvm = type ? text_equal(type, "kvm") : usable;
	installation->arch = arch_host();
	installation->emulator = manager_emulator(manager, NULL, err);
	if (!installation->emulator)
		return false;
	installation->caps = manager_caps(manager, installation->emulator, err);
	if (!installation->caps)
		return false;
	if (!type && !usable)
		installation->warnings = strv_addf(installation->warnings, "KVM is not usable here (%s): '%s' runs under emulation (TCG), slowly",
						   reason, installation->name);
	if (installation->request->machine && !caps_machine(installation->caps, installation->request->machine)) {
		error_set(err, ERROR_INVALID, "machine type '%s' is unknown to %s", installation->request->machine, installation->emulator);
		return error_hint(err, "'%s -machine help' lists them", installation->emulator);
	}
	return true;
}

/* ---- what boots ---- */

/* A new disk falls through to the ISO until a system is on it; after that the same order boots the disk. */
static void default_order(struct installation *installation)
{
	struct install_boot *boot = &installation->boot;
	bool disk_first = true, has_disk = false, has_cdrom = false;

	for (size_t i = 0; i < installation->image_count; i++) {
		const struct install_image *image = &installation->images[i];

		if (!image->cdrom && !has_disk)
			disk_first = image->create || installation->request->import;
		has_disk = has_disk || !image->cdrom;
		has_cdrom = has_cdrom || image->cdrom;
	}
	if (boot->count || boot->kernel)
		return;
	if (has_disk && disk_first)
		boot->order[boot->count++] = BOOT_HD;
	if (has_cdrom)
		boot->order[boot->count++] = BOOT_CDROM;
	if (has_disk && !disk_first)
		boot->order[boot->count++] = BOOT_HD;
}

static bool resolve_boot(struct installation *installation, struct error *err)
{
	struct install_boot *boot = &installation->boot;
	char **files[] = { &boot->kernel, &boot->initrd };

	for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
		char *absolute = *files[i] ? path_absolute(*files[i]) : NULL;

		free(*files[i]);
		*files[i] = absolute;
		if (absolute && !path_exists(absolute))
			return error_set(err, ERROR_NOT_FOUND, "boot: '%s' does not exist", absolute);
	}
	if (installation->request->import && installation->image_count == 0)
		return error_set(err, ERROR_INVALID, "there is no disk to import");
	default_order(installation);
	if (boot->count || boot->kernel)
		return true;
	error_set(err, ERROR_INVALID, "'%s' would have nothing to boot", installation->name);
	return error_hint(err, "give it an ISO, a disk to import, --boot network or a kernel");
}

static bool check_texts(const struct install_request *request, struct error *err)
{
	const struct {
		const char *what, *text;
	} texts[] = { { "title", request->title }, { "description", request->description }, { "cpu", request->cpu }, { "cdrom", request->cdrom } };

	for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
		if (texts[i].text && !xml_text_valid(texts[i].text))
			return error_set(err, ERROR_INVALID, "%s has characters that no document can hold", texts[i].what);
	return true;
}

/* Memory and processors that were not asked for: what the system wants, within what the host has. */
static void resolve_sizes(struct installation *installation)
{
	const struct install_request *request = installation->request;
	const struct os_system *system = installation->system;
	unsigned wanted = system ? os_wants(system).cpus : 0;
	struct host_info host;

	installation->memory_mib = request->memory_mib;
	if (!installation->memory_mib && system)
		installation->memory_mib = install_system_memory(system, host_memory_kib() * 1024);
	if (!installation->memory_mib)
		installation->memory_mib = DEFAULT_MEMORY_MIB;
	wanted = wanted > DEFAULT_VCPUS ? wanted : DEFAULT_VCPUS;
	installation->vcpus = request->vcpus;
	if (!installation->vcpus && host_info_get(&host)) {
		installation->vcpus = host.cpus < wanted ? host.cpus : wanted;
		host_info_clear(&host);
	}
}

/* What starts from UEFI alone gets it: a system, or an ISO where the host has it. */
static bool resolve_firmware(struct installation *installation, struct error *err)
{
	const struct os_system *system = installation->system;
	struct install_boot *boot = &installation->boot;
	bool needed = system && system->uefi && !system->bios;

	if (boot->uefi || boot->kernel || (!needed && (!installation->iso_uefi_alone || boot->count > 0)))
		return true;
	boot->uefi = host_uefi(needed ? err : NULL);
	return boot->uefi || !needed || error_wrap(err, "%s starts from UEFI alone", system->name);
}

bool install_resolve(struct manager *manager, const struct install_request *request, struct installation *ret, struct error *err)
{
	*ret = (struct installation){ .request = request, .default_network = network_default_joined(manager) };
	if (!check_texts(request, err) || !install_read_options(ret, err) || !resolve_name(manager, ret, err) || !resolve_engine(manager, ret, err) ||
	    !install_resolve_system(manager, ret, err))
		return false;
	resolve_sizes(ret);
	return resolve_firmware(ret, err) && install_resolve_images(manager, ret, err) && resolve_boot(ret, err) && install_resolve_seed(manager, ret, err);
}
