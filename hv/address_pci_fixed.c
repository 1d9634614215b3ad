/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Places that a chipset dictates: its own functions, the first video, and the companions of ICH9's USB. */
#include "hv/address_pci.h"

#include "base/memory.h"
#include "base/text.h"
#include "hv/domain_schema.h"

#include <string.h>

#define I440FX_SOUTH 0x01 /* PIIX3: ISA bridge, IDE, USB, power management */
#define I440FX_VIDEO 0x02
#define Q35_SOUTH    0x1f /* ICH9: LPC bridge, SATA, SMBus */
#define Q35_VIDEO    0x01
#define ICH9_USB     0x1d /* and a second one at 0x1a */
#define ICH9_USB_2   0x1a

bool pci_is_builtin_slot(enum chipset chipset, unsigned int bus, unsigned int slot)
{
	return bus == 0 && slot == (chipset == CHIPSET_Q35 ? Q35_SOUTH : I440FX_SOUTH);
}

static void place(struct pci_bus *buses, const struct device_ref *ref, unsigned int bus, unsigned int slot,
		  unsigned int function)
{
	struct pci_place place = { bus, slot, function };

	pci_reserve(buses, &place, false);
	address_put_pci(ref, bus, slot, function);
}

/* The chipset's own controllers have one place only. */
static void place_builtin(struct domain *domain, enum chipset chipset, struct pci_bus *buses)
{
	static const struct {
		enum chipset chipset;
		enum controller_type type;
		const char *model;
		unsigned int slot, function;
	} table[] = {
		{ CHIPSET_I440FX, CONTROLLER_IDE, NULL, I440FX_SOUTH, 1 },
		{ CHIPSET_I440FX, CONTROLLER_USB, "piix3-uhci", I440FX_SOUTH, 2 },
		{ CHIPSET_Q35, CONTROLLER_SATA, NULL, Q35_SOUTH, 2 },
	};

	for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
		struct controller *controller = controller_find(domain, table[i].type, 0);

		if (table[i].chipset != chipset || controller == NULL || !pci_is_unplaced(&controller->device))
			continue;
		if (table[i].model != NULL && !text_equal(controller->model, table[i].model))
			continue;
		if ((buses[0].used[table[i].slot] & (1U << table[i].function)) != 0)
			continue;
		place(buses, &(struct device_ref){ &controller_schema, &controller->device }, 0, table[i].slot,
		      table[i].function);
	}
}

static void place_video(struct domain *domain, enum chipset chipset, struct pci_bus *buses)
{
	unsigned int slot = chipset == CHIPSET_Q35 ? Q35_VIDEO : I440FX_VIDEO;

	if (domain->video_count == 0)
		return;
	struct device_ref ref = { &video_schema, &domain->videos[0].device };

	if (pci_is_unplaced(ref.device) && pci_need_of(&ref, chipset) != PCI_NEED_NONE && buses[0].used[slot] == 0)
		place(buses, &ref, 0, slot, 0);
}

/* The function of each of ICH9's USB controllers within their slot; -1: none of them. */
static int ich9_function(const char *model)
{
	static const struct {
		const char *model;
		int function;
	} table[] = { { "ich9-uhci1", 0 }, { "ich9-uhci2", 1 }, { "ich9-uhci3", 2 }, { "ich9-ehci1", 7 } };

	for (size_t i = 0; model != NULL && i < ARRAY_LENGTH(table); i++)
		if (strcmp(model, table[i].model) == 0)
			return table[i].function;
	return -1;
}

/* Where the others of the same USB bus are, or a free slot of bus 0, from ICH9's own downwards; 0: none. */
static unsigned int ich9_slot(const struct domain *domain, const struct controller *controller,
			      const struct pci_bus *buses)
{
	for (size_t i = 0; i < domain->controller_count; i++) {
		const struct controller *other = &domain->controllers[i];
		const struct address *address = &other->device.address;

		if (other->type == CONTROLLER_USB && other->index.value == controller->index.value &&
		    ich9_function(other->model) >= 0 && address->type == ADDRESS_PCI && address->bus.value == 0 &&
		    address->slot.set)
			return (unsigned int)address->slot.value;
	}
	unsigned int slot = controller->index.value == 1 ? ICH9_USB_2 : ICH9_USB;

	while (slot > 0 && buses[0].used[slot] != 0)
		slot--;
	return slot;
}

static void place_ich9_usb(struct domain *domain, struct pci_bus *buses)
{
	for (size_t i = 0; i < domain->controller_count; i++) {
		struct controller *controller = &domain->controllers[i];
		int function = controller->type == CONTROLLER_USB ? ich9_function(controller->model) : -1;

		if (function < 0 || !pci_is_unplaced(&controller->device))
			continue;
		unsigned int slot = ich9_slot(domain, controller, buses);

		if (slot > 0 && (buses[0].used[slot] & (1U << function)) == 0)
			place(buses, &(struct device_ref){ &controller_schema, &controller->device }, 0, slot,
			      (unsigned int)function);
	}
}

void pci_place_fixed(struct domain *domain, enum chipset chipset, struct pci_bus *buses)
{
	unsigned int south = chipset == CHIPSET_Q35 ? Q35_SOUTH : I440FX_SOUTH;

	buses[0].used[0] = 0xff;
	place_builtin(domain, chipset, buses);
	buses[0].used[south] = 0xff;
	place_video(domain, chipset, buses);
	place_ich9_usb(domain, buses);
}
