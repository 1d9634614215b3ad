/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What PCI slot each device wants, and finding one on a bus. */
#include "hv/address_pci.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/domain_schema.h"

#include <string.h>

enum pci_bus_kind pci_bus_kind(const char *model)
{
	static const struct {
		const char *model;
		enum pci_bus_kind kind;
	} table[] = {
		{ "pci-root", PCI_BUS_ROOT },
		{ "pcie-root", PCI_BUS_PCIE_ROOT },
		{ "pcie-root-port", PCI_BUS_PORT },
		{ "pcie-switch-downstream-port", PCI_BUS_PORT },
		{ "pcie-switch-upstream-port", PCI_BUS_UPSTREAM },
		{ "pci-bridge", PCI_BUS_BRIDGE },
		{ "pcie-to-pci-bridge", PCI_BUS_BRIDGE },
		{ "dmi-to-pci-bridge", PCI_BUS_BRIDGE },
	};

	for (size_t i = 0; model != NULL && i < ARRAY_LENGTH(table); i++)
		if (strcmp(table[i].model, model) == 0)
			return table[i].kind;
	return PCI_BUS_OTHER;
}

unsigned int pci_first_slot(enum pci_bus_kind kind)
{
	return kind == PCI_BUS_PORT || kind == PCI_BUS_UPSTREAM || kind == PCI_BUS_OTHER ? 0 : 1;
}

unsigned int pci_last_slot(enum pci_bus_kind kind)
{
	return kind == PCI_BUS_PORT ? 0 : PCI_SLOTS - 1;
}

enum pci_need pci_controller_need(const char *model)
{
	if (text_equal(model, "pcie-root-port"))
		return PCI_NEED_ROOT_PORT;
	if (text_equal(model, "pci-bridge"))
		return PCI_NEED_CONVENTIONAL;
	if (text_equal(model, "pcie-to-pci-bridge") || text_equal(model, "pcie-switch-upstream-port"))
		return PCI_NEED_PCIE;
	if (text_equal(model, "pcie-switch-downstream-port"))
		return PCI_NEED_DOWNSTREAM_PORT;
	if (text_equal(model, "pci-root") || text_equal(model, "pcie-root"))
		return PCI_NEED_NONE;
	return PCI_NEED_ROOT_SLOT;
}

/* virtio devices are PCI Express endpoints on a PCI Express machine, but for the "transitional" ones of old guests. */
static enum pci_need virtio_need(const char *model)
{
	return model != NULL && text_ends(model, "-transitional") && !text_ends(model, "non-transitional")
		       ? PCI_NEED_CONVENTIONAL
		       : PCI_NEED_PCIE;
}

static bool is_virtio(const char *model)
{
	return model != NULL && text_starts(model, "virtio");
}

static enum pci_need interface_need(const struct interface *interface)
{
	static const char *const not_pci[] = {
		"usb-net", "ne2k_isa", "lan9118", "smc91c111", "spapr-vlan", "netfront"
	};
	const char *model = interface->model;

	for (size_t i = 0; i < ARRAY_LENGTH(not_pci); i++)
		if (text_equal(model, not_pci[i]))
			return PCI_NEED_NONE;
	if (interface->type == INTERFACE_HOSTDEV || interface->type == INTERFACE_VDPA)
		return PCI_NEED_PCIE;
	if (is_virtio(model))
		return virtio_need(model);
	return text_equal(model, "e1000e") || text_equal(model, "igb") ? PCI_NEED_PCIE : PCI_NEED_CONVENTIONAL;
}

static enum pci_need controller_need(const struct controller *controller)
{
	const char *model = controller->model;

	switch (controller->type) {
	case CONTROLLER_SCSI:
		return is_virtio(model) ? virtio_need(model) : PCI_NEED_CONVENTIONAL;
	case CONTROLLER_USB:
		if (text_equal(model, "none"))
			return PCI_NEED_NONE;
		return text_equal(model, "qemu-xhci") || text_equal(model, "nec-xhci") ? PCI_NEED_PCIE
										       : PCI_NEED_CONVENTIONAL;
	case CONTROLLER_VIRTIO_SERIAL:
		return virtio_need(model);
	case CONTROLLER_SATA:
	case CONTROLLER_IDE:
		return PCI_NEED_CONVENTIONAL;
	case CONTROLLER_ABSENT:
	case CONTROLLER_PCI:
	case CONTROLLER_FDC:
	case CONTROLLER_CCID:
	case CONTROLLER_ISA:
	case CONTROLLER_XENBUS:
	case CONTROLLER_TYPE_COUNT:
		break;
	}
	return PCI_NEED_NONE;
}

static enum pci_need video_need(const struct video *video)
{
	if (text_equal(video->model, "none") || text_equal(video->model, "ramfb"))
		return PCI_NEED_NONE;
	if (is_virtio(video->model))
		return virtio_need(video->model);
	return text_equal(video->model, "bochs") ? PCI_NEED_PCIE : PCI_NEED_CONVENTIONAL;
}

/* On a PCI Express machine. */
static enum pci_need express_need(const struct device_ref *ref)
{
	const void *object = ref->device;

	if (ref->schema == &disk_schema)
		return ((const struct disk *)object)->bus == DISK_BUS_VIRTIO ? PCI_NEED_PCIE : PCI_NEED_NONE;
	if (ref->schema == &interface_schema)
		return interface_need(object);
	if (ref->schema == &controller_schema)
		return controller_need(object);
	if (ref->schema == &video_schema)
		return video_need(object);
	if (ref->schema == &memballoon_schema) {
		const struct memballoon *balloon = object;

		return is_virtio(balloon->model) ? virtio_need(balloon->model) : PCI_NEED_NONE;
	}
	if (ref->schema == &rng_schema)
		return virtio_need(((const struct rng *)object)->model);
	if (ref->schema == &input_schema)
		return ((const struct input *)object)->bus == INPUT_VIRTIO ? PCI_NEED_PCIE : PCI_NEED_NONE;
	if (ref->schema == &serial_schema)
		return ((const struct chardev *)object)->serial_target == SERIAL_PCI ? PCI_NEED_CONVENTIONAL
										     : PCI_NEED_NONE;
	return PCI_NEED_NONE;
}

enum pci_need pci_need_of(const struct device_ref *ref, enum chipset chipset)
{
	enum pci_need need = express_need(ref);

	return need != PCI_NEED_NONE && chipset == CHIPSET_I440FX ? PCI_NEED_CONVENTIONAL : need;
}

bool pci_is_unplaced(const struct device *device)
{
	const struct address *address = &device->address;

	return address->type == ADDRESS_ABSENT ||
	       (address->type == ADDRESS_PCI && !address->slot.set && !address->bus.set);
}

void pci_reserve(struct pci_bus *buses, const struct pci_place *place, bool root_port)
{
	struct pci_bus *bus = &buses[place->bus];
	bool joins = bus->used[place->slot] == 0 || bus->shared[place->slot];

	bus->shared[place->slot] = root_port && joins;
	bus->used[place->slot] |= (uint8_t)(1U << place->function);
}

static bool suits(enum pci_bus_kind kind, enum pci_need need)
{
	switch (need) {
	case PCI_NEED_CONVENTIONAL:
		return kind == PCI_BUS_ROOT || kind == PCI_BUS_BRIDGE;
	case PCI_NEED_PCIE:
		return kind == PCI_BUS_PORT;
	case PCI_NEED_ROOT_PORT:
		return kind == PCI_BUS_PCIE_ROOT;
	case PCI_NEED_ROOT_SLOT:
		return kind == PCI_BUS_ROOT || kind == PCI_BUS_PCIE_ROOT;
	case PCI_NEED_DOWNSTREAM_PORT:
		return kind == PCI_BUS_UPSTREAM;
	case PCI_NEED_NONE:
		break;
	}
	return false;
}

/* The function to take of a slot: 0 of a free one, or the next of one that root ports share; -1: none. */
static int free_function(const struct pci_bus *bus, unsigned int slot, enum pci_need need)
{
	if (bus->used[slot] == 0)
		return 0;
	if (need != PCI_NEED_ROOT_PORT || !bus->shared[slot] || (bus->used[slot] & 1) == 0)
		return -1;
	for (int function = 1; function < 8; function++)
		if ((bus->used[slot] & (1U << function)) == 0)
			return function;
	return -1;
}

bool pci_take(struct pci_bus *buses, unsigned int count, enum pci_need need, unsigned int below, struct pci_place *ret)
{
	for (unsigned int number = 0; number < count && number < below; number++) {
		const struct pci_bus *bus = &buses[number];

		if (!suits(bus->kind, need))
			continue;
		for (unsigned int slot = pci_first_slot(bus->kind); slot <= pci_last_slot(bus->kind); slot++) {
			int function = free_function(bus, slot, need);

			if (function < 0)
				continue;
			*ret = (struct pci_place){ number, slot, (unsigned int)function };
			pci_reserve(buses, ret, need == PCI_NEED_ROOT_PORT);
			return true;
		}
	}
	return false;
}
