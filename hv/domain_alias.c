/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Aliases, libvirt's names for devices: imported saves and qemu:commandline depend on them. Stated ones stay. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/domain_schema.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put(const struct schema *schema, struct device *device, char *alias)
{
	if (alias != NULL)
		schema_set(schema, device, "alias/@name", alias, NULL);
	free(alias);
}

static unsigned int number_of(const struct opt_uint *number)
{
	return (unsigned int)number->value;
}

/* Is the SCSI controller one of the old, narrow kind? Their disks have no target in the alias. */
static bool is_narrow_scsi(const struct domain *domain, uint64_t index)
{
	const struct controller *controller = controller_find(domain, CONTROLLER_SCSI, index);

	return controller != NULL && controller->model != NULL && !text_starts(controller->model, "virtio");
}

static char *disk_alias(const struct domain *domain, const struct disk *disk)
{
	const struct address *address = &disk->device.address;
	unsigned int controller = number_of(&address->controller);
	unsigned int bus = number_of(&address->bus);
	unsigned int target = number_of(&address->target);
	unsigned int unit = number_of(&address->unit);
	const char *word = enum_word(&disk_bus_words, (int)disk->bus);
	int index = disk_target_index(disk->target);

	switch (disk->bus) {
	case DISK_BUS_SCSI:
		if (address->type == ADDRESS_DRIVE && !is_narrow_scsi(domain, address->controller.value))
			return strf("scsi%u-%u-%u-%u", controller, bus, target, unit);
		return address->type == ADDRESS_DRIVE ? strf("scsi%u-%u-%u", controller, bus, unit) : NULL;
	case DISK_BUS_SATA:
	case DISK_BUS_IDE:
	case DISK_BUS_FDC:
		return address->type == ADDRESS_DRIVE ? strf("%s%u-%u-%u", word, controller, bus, unit) : NULL;
	case DISK_BUS_VIRTIO:
	case DISK_BUS_USB:
	case DISK_BUS_SD:
	case DISK_BUS_XEN:
		return index >= 0 ? strf("%s-disk%d", word, index) : NULL;
	case DISK_BUS_ABSENT:
	case DISK_BUS_COUNT:
		break;
	}
	return NULL;
}

static char *controller_alias(const struct controller *controller, enum chipset chipset)
{
	unsigned int index = number_of(&controller->index);
	const char *word = enum_word(&controller_type_words, (int)controller->type);

	switch (controller->type) {
	case CONTROLLER_PCI:
		/* the root's is the name of QEMU's own bus */
		return strf("%s.%u", text_equal(controller->model, "pcie-root") ? "pcie" : "pci", index);
	case CONTROLLER_USB:
		if (controller->master_startport != NULL)
			return NULL;
		return index == 0 ? xstrdup("usb") : strf("usb%u", index);
	case CONTROLLER_IDE:
		return index == 0 && chipset == CHIPSET_I440FX ? xstrdup("ide") : strf("ide%u", index);
	case CONTROLLER_SATA:
		return index == 0 && chipset == CHIPSET_Q35 ? xstrdup("ide") : strf("sata%u", index);
	case CONTROLLER_SCSI:
	case CONTROLLER_VIRTIO_SERIAL:
	case CONTROLLER_FDC:
	case CONTROLLER_CCID:
	case CONTROLLER_ISA:
	case CONTROLLER_XENBUS:
	case CONTROLLER_ABSENT:
	case CONTROLLER_TYPE_COUNT:
		break;
	}
	return strf("%s%u", word, index);
}

/* The number in "net12" of a stated alias, or -1. */
static long counted(const char *alias, const char *prefix)
{
	uint64_t number = 0;

	if (alias == NULL || !text_starts(alias, prefix) || !text_to_uint(alias + strlen(prefix), false, &number) ||
	    number > INT32_MAX)
		return -1;
	return (long)number;
}

/* Kinds that are counted: their place, or one more than the highest where some have an alias already. */
static void settle_counted(const struct device_ref *refs, size_t count, const struct schema *schema, const char *prefix)
{
	long next = 0;

	for (size_t i = 0; i < count; i++)
		if (refs[i].schema == schema && counted(refs[i].device->alias, prefix) >= next)
			next = counted(refs[i].device->alias, prefix) + 1;
	for (size_t i = 0; i < count; i++)
		if (refs[i].schema == schema && refs[i].device->alias == NULL)
			put(schema, refs[i].device, strf("%s%ld", prefix, next++));
}

/* A console that is a serial port has that port's alias, which is not written twice; the others are named by their
 * place. */
static void settle_consoles(struct domain *domain)
{
	for (size_t i = 0; i < domain->console_count; i++) {
		struct device *device = &domain->consoles[i].device;

		if (!domain->consoles[i].same_as_serial && device->alias == NULL)
			put(&console_schema, device, strf("console%zu", i));
	}
}

void settle_aliases(struct domain *domain)
{
	static const struct {
		const struct schema *schema;
		const char *prefix;
	} kinds[] = {
		{ &interface_schema, "net" }, { &serial_schema, "serial" },	 { &channel_schema, "channel" },
		{ &input_schema, "input" },   { &video_schema, "video" },	 { &memballoon_schema, "balloon" },
		{ &rng_schema, "rng" },
	};
	enum chipset chipset = domain_chipset(domain);
	size_t count = 0;
	_cleanup_free_ struct device_ref *refs = domain_devices(domain, &count);

	for (size_t i = 0; i < domain->disk_count; i++)
		if (domain->disks[i].device.alias == NULL)
			put(&disk_schema, &domain->disks[i].device, disk_alias(domain, &domain->disks[i]));
	for (size_t i = 0; i < domain->controller_count; i++)
		if (domain->controllers[i].device.alias == NULL)
			put(&controller_schema, &domain->controllers[i].device,
			    controller_alias(&domain->controllers[i], chipset));
	for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
		settle_counted(refs, count, kinds[i].schema, kinds[i].prefix);
	settle_consoles(domain);
}
