/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Disks: target, bus and device fit one another and the machine. */
#include "hv/domain_validate.h"

#include "base/memory.h"
#include "hv/domain_settle.h"

#include <inttypes.h>

/* A bus and what may be on it. */
struct bus_rule {
	enum disk_bus bus;
	enum address_type address;
	enum controller_type controller;    /* ABSENT: none of its own */
	uint64_t controllers, buses, units; /* limits of a drive address; 0: none */
	bool removable;			    /* may have cdroms */
};

static const struct bus_rule bus_rules[] = {
	{ DISK_BUS_VIRTIO, ADDRESS_PCI, CONTROLLER_ABSENT, 0, 0, 0, false },
	{ DISK_BUS_SATA, ADDRESS_DRIVE, CONTROLLER_SATA, 0, 1, 6, true },
	{ DISK_BUS_SCSI, ADDRESS_DRIVE, CONTROLLER_SCSI, 0, 0, 0, true },
	{ DISK_BUS_IDE, ADDRESS_DRIVE, CONTROLLER_IDE, 1, 2, 2, true },
	{ DISK_BUS_USB, ADDRESS_USB, CONTROLLER_ABSENT, 0, 0, 0, true },
	{ DISK_BUS_FDC, ADDRESS_DRIVE, CONTROLLER_FDC, 1, 1, 2, false },
};

static const struct bus_rule *rule_of(enum disk_bus bus)
{
	for (size_t i = 0; i < ARRAY_LENGTH(bus_rules); i++)
		if (bus_rules[i].bus == bus)
			return &bus_rules[i];
	return NULL;
}

static bool validate_source(const struct check *check, const struct disk *disk)
{
	const xmlNode *node = disk->device.node;
	bool may_be_empty = disk->kind == DISK_CDROM || disk->kind == DISK_FLOPPY;
	bool is_file = disk->source.type == DISK_FILE || disk->source.type == DISK_TYPE_ABSENT;

	if (is_file && disk->source.file == NULL && !may_be_empty)
		return check_fail(check, node, "'%s' has no <source file=>; only a cdrom or floppy may be empty",
				  disk->target);
	if (disk->source.file != NULL && *disk->source.file == '\0')
		return check_fail(check, node, "'%s': <source file=> is empty", disk->target);
	if (disk->kind == DISK_LUN && disk->source.type != DISK_BLOCK && disk->source.type != DISK_NETWORK &&
	    disk->source.type != DISK_VOLUME)
		return check_fail(check, node, "'%s': device 'lun' needs type 'block', 'network' or 'volume'",
				  disk->target);
	return true;
}

static bool validate_drive(const struct check *check, const struct disk *disk, const struct bus_rule *rule)
{
	const struct address *address = &disk->device.address;
	const char *bus = enum_word(&disk_bus_words, (int)disk->bus);

	if (address->type != rule->address)
		return check_fail(check, address->node,
				  "'%s' is on bus '%s', whose addresses are of type '%s', not '%s'", disk->target, bus,
				  enum_word(&address_type_words, (int)rule->address),
				  enum_word(&address_type_words, (int)address->type));
	if (address->type != ADDRESS_DRIVE)
		return true;
	if (rule->controllers > 0 && address->controller.value >= rule->controllers)
		return check_fail(check, address->node, "a machine has only one %s controller, number 0", bus);
	if (rule->buses > 0 && address->bus.value >= rule->buses)
		return check_fail(check, address->node, "bus '%" PRIu64 "' is too large; %s has %" PRIu64,
				  address->bus.value, bus, rule->buses);
	if (rule->units > 0 && address->unit.value >= rule->units)
		return check_fail(check, address->node, "unit '%" PRIu64 "' is too large; %s has %" PRIu64,
				  address->unit.value, bus, rule->units);
	if (controller_find(check->domain, rule->controller, address->controller.value) == NULL)
		return check_fail(check, address->node, "there is no %s controller with index %" PRIu64, bus,
				  address->controller.value);
	return true;
}

/* Addresses that belong to machines without PCI. */
static bool is_other_bus(enum address_type type)
{
	return type == ADDRESS_VIRTIO_MMIO || type == ADDRESS_CCW || type == ADDRESS_UNASSIGNED ||
	       type == ADDRESS_SPAPR_VIO;
}

static bool validate_bus(const struct check *check, const struct disk *disk)
{
	const xmlNode *node = disk->device.node;
	const char *bus = enum_word(&disk_bus_words, (int)disk->bus);
	const struct bus_rule *rule = rule_of(disk->bus);

	if (disk->kind == DISK_CDROM && disk->bus != DISK_BUS_ABSENT && (rule == NULL || !rule->removable))
		return check_fail(check, node, "'%s': a cdrom cannot be on bus '%s'; allowed: sata, scsi, ide, usb",
				  disk->target, bus);
	if ((disk->kind == DISK_FLOPPY) != (disk->bus == DISK_BUS_FDC) && disk->bus != DISK_BUS_ABSENT)
		return check_fail(check, node, "'%s': floppies, and nothing else, are on bus 'fdc'", disk->target);
	if (disk->bus == DISK_BUS_IDE && domain_chipset(check->domain) == CHIPSET_Q35)
		return check_fail(check, node, "'%s': a q35 machine has no IDE; use bus 'sata'", disk->target);
	if (rule != NULL && disk->device.address.type != ADDRESS_ABSENT && !is_other_bus(disk->device.address.type))
		return validate_drive(check, disk, rule);
	return true;
}

bool validate_disks(const struct check *check)
{
	for (size_t i = 0; i < check->domain->disk_count; i++) {
		const struct disk *disk = &check->domain->disks[i];

		if (disk_target_index(disk->target) < 0)
			return check_fail(check, disk->device.node,
					  "target '%s' is not a disk's name; allowed: vd, sd, hd, fd or xvd and "
					  "letters, like vda",
					  disk->target);
		if (!validate_source(check, disk) || !validate_bus(check, disk))
			return false;
	}
	return true;
}
