/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Step 2: what a document leaves open is settled once, in libvirt's way, and written into it. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/text.h"
#include "base/xml.h"
#include "hv/arch.h"
#include "hv/caps.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <string.h>

static void put_number(const struct schema *schema, void *object, const char *path, uint64_t number)
{
	_cleanup_free_ char *text = strf("%" PRIu64, number);

	schema_set(schema, object, path, text, NULL);
}

static void settle_identity(struct domain *domain)
{
	/* an id belongs to a run, not to a definition */
	xml_set_attribute(domain->node, "id", NULL);
	if (domain->uuid == NULL) {
		char uuid[UUID_TEXT_SIZE];

		uuid_make(uuid);
		schema_set(&domain_schema, domain, "uuid", uuid, NULL);
	}
}

/* Architecture, machine type and emulator: as much of them as is known without the emulator. */
static bool settle_machine(struct domain *domain, const struct qemu_caps *caps, struct error *err)
{
	struct domain_os *os = schema_open(&domain_schema, domain, "os");

	if (os->type == NULL)
		schema_set(&os_schema, os, "type", "hvm", NULL);
	if (os->arch == NULL) {
		const struct arch *host = arch_host();
		const char *arch = caps != NULL ? caps->arch : host != NULL ? host->name : NULL;

		if (arch == NULL)
			return error_set(
				err, ERROR_INVALID,
				"%s:%ld: <os>: <type arch=> is missing, and the host's own is not known to virtty",
				domain->source, xml_line(os->node));
		schema_set(&os_schema, os, "type/@arch", arch, NULL);
	}
	const struct arch *arch = arch_find(os->arch);

	if (os->machine == NULL && arch != NULL)
		schema_set(&os_schema, os, "type/@machine", arch->default_machine, NULL);
	const struct qemu_machine *machine =
		caps != NULL && os->machine != NULL ? caps_machine(caps, os->machine) : NULL;

	if (machine != NULL && strcmp(machine->name, os->machine) != 0)
		schema_set(&os_schema, os, "type/@machine", machine->name, NULL);
	if (domain->emulator == NULL && caps != NULL && caps->binary != NULL)
		schema_set(&domain_schema, domain, "devices/emulator", caps->binary, NULL);
	return true;
}

/* Is there a boot order of any kind? Without one libvirt boots from the first disk. */
static bool has_boot_order(const struct domain *domain)
{
	if (domain->os.boot_count > 0)
		return true;
	for (size_t i = 0; i < domain->disk_count; i++)
		if (domain->disks[i].device.boot_order.set)
			return true;
	for (size_t i = 0; i < domain->interface_count; i++)
		if (domain->interfaces[i].device.boot_order.set)
			return true;
	return false;
}

static void settle_rest(struct domain *domain)
{
	schema_open(&domain_schema, domain, "clock");
	/* as libvirt: who takes memory away changes <memory> alone, and the balloon cannot leave more than there is */
	if (!domain->current_memory_kib.set || domain->current_memory_kib.value > domain->memory_kib)
		put_number(&domain_schema, domain, "currentMemory", domain->memory_kib);
	if (!domain->vcpu.set)
		schema_set(&domain_schema, domain, "vcpu", "1", NULL);
	if (!has_boot_order(domain))
		schema_set(&os_schema, &domain->os, "boot/@dev", "hd", NULL);
	schema_defaults(&domain_schema, domain);
}

bool domain_settle(struct domain *domain, const struct qemu_caps *caps, struct error *err)
{
	settle_identity(domain);
	if (!settle_machine(domain, caps, err))
		return false;
	settle_rest(domain);
	settle_disks(domain);
	settle_chardevs(domain);
	settle_graphics(domain);
	settle_other_devices(domain, caps);
	settle_controllers(domain);
	settle_drive_addresses(domain);
	settle_usb_addresses(domain);
	settle_serial_addresses(domain);
	if (!settle_pci_addresses(domain, err))
		return false;
	settle_aliases(domain);
	return true;
}

bool domain_is_settled(const struct domain *domain)
{
	static const char *const aliases[] = {
		"pc", "q35", "virt", "pseries", "s390-ccw-virtio", "ubuntu", "ubuntu-q35"
	};
	const char *machine = domain->os.machine;

	if (domain->uuid == NULL || domain->emulator == NULL || domain->os.arch == NULL || machine == NULL)
		return false;
	for (size_t i = 0; i < ARRAY_LENGTH(aliases); i++)
		if (strcmp(machine, aliases[i]) == 0)
			return false;
	return true;
}
