/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Drive addresses by libvirt's rule, from the letters of the target; and the controllers that they need. */
#include "hv/domain_settle.h"

#include "base/memory.h"
#include "hv/domain_schema.h"

/* How the disks of a bus are numbered: "sdh" on SATA is the 8th, unit 1 of controller 1. */
struct drive_bus {
	enum disk_bus bus;
	enum controller_type controller;
	unsigned int buses, units; /* of a controller, of a bus */
	const char *model;
};

static const struct drive_bus drive_buses[] = {
	{ DISK_BUS_SCSI, CONTROLLER_SCSI, 1, 7, "virtio-scsi" },
	{ DISK_BUS_FDC, CONTROLLER_FDC, 1, 2, NULL },
	{ DISK_BUS_IDE, CONTROLLER_IDE, 2, 2, NULL },
	{ DISK_BUS_SATA, CONTROLLER_SATA, 1, 6, NULL },
};

static bool is_taken(const struct domain *domain, enum disk_bus bus, uint64_t controller, uint64_t number,
		     uint64_t unit)
{
	for (size_t i = 0; i < domain->disk_count; i++) {
		const struct disk *disk = &domain->disks[i];
		const struct address *address = &disk->device.address;

		if (disk->bus == bus && address->type == ADDRESS_DRIVE && address->controller.value == controller &&
		    address->bus.value == number && address->unit.value == unit && address->target.value == 0)
			return true;
	}
	return false;
}

/* Gives the disk the place of its name, or the first free one where another disk has that already. */
static void assign(const struct domain *domain, struct disk *disk, const struct drive_bus *bus)
{
	int index = disk_target_index(disk->target);
	struct device_ref ref = { &disk_schema, &disk->device };
	unsigned int per_controller = bus->buses * bus->units;

	if (index < 0 || (unsigned int)index / per_controller > CONTROLLER_INDEX_MAX)
		return;
	for (unsigned int n = (unsigned int)index, next = 0;; n = next++) {
		unsigned int controller = n / per_controller;
		unsigned int number = n % per_controller / bus->units;
		unsigned int unit = n % bus->units;

		if (controller > CONTROLLER_INDEX_MAX)
			return;
		if (is_taken(domain, bus->bus, controller, number, unit))
			continue;
		address_put_drive(&ref, controller, number, unit);
		return;
	}
}

static void settle_bus(struct domain *domain, const struct drive_bus *bus)
{
	bool any = false;
	uint64_t last = 0;

	for (size_t i = 0; i < domain->disk_count; i++) {
		struct disk *disk = &domain->disks[i];

		if (disk->bus != bus->bus)
			continue;
		if (disk->device.address.type == ADDRESS_ABSENT)
			assign(domain, disk, bus);
		const struct address *address = &disk->device.address;

		if (address->type != ADDRESS_DRIVE)
			continue;
		any = true;
		if (address->controller.value > last && address->controller.value <= CONTROLLER_INDEX_MAX)
			last = address->controller.value;
	}
	if (any)
		controller_fill(domain, bus->controller, last, bus->model);
}

void settle_drive_addresses(struct domain *domain)
{
	for (size_t i = 0; i < ARRAY_LENGTH(drive_buses); i++)
		settle_bus(domain, &drive_buses[i]);
}
